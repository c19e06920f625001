//! Parts of an SLA's text, and its normal form:
//! `metric[.stat][(arguments, subjects)] [during [from, to]] op limit`.

use super::metric::Metric;
use super::metrics::{SubjectKind, Unit};
use super::model::{Anchor, During, FaultChoice, Moment, Shift, Subject};
use crate::model::Scenario;
use crate::resolve::Names;
use crate::units;
use cusinart_policies::Duration;

/// A part of a text that knows where in the text it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    /// The part.
    pub(super) text: &'a str,
    /// Its first byte.
    pub(super) at: usize,
}

impl<'a> Part<'a> {
    /// A whole text.
    pub(super) const fn whole(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The bytes `from..to` of it.
    pub(super) fn slice(self, from: usize, to: usize) -> Self {
        Self { text: &self.text[from..to], at: self.at + from }
    }

    /// What is left from byte `from` on.
    pub(super) fn from(self, from: usize) -> Self {
        self.slice(from, self.text.len())
    }

    /// Without blanks around it.
    pub(super) fn trim(self) -> Self {
        let start = self.text.len() - self.text.trim_start().len();
        Self { text: self.text.trim(), at: self.at + start }
    }

    /// What stands between two signs at its ends.
    pub(super) fn inside(self, open: char, close: char) -> Option<Self> {
        let text = self.text.strip_prefix(open)?.strip_suffix(close)?;
        Some(Self { text, at: self.at + open.len_utf8() })
    }

    /// What stands between commas, without blanks around; never empty.
    pub(super) fn between_commas(self) -> Vec<Self> {
        let mut at = self.at;
        let parts = self.text.split(',').map(|text| {
            let part = Self { text, at };
            at += text.len() + 1;
            part.trim()
        });
        parts.collect()
    }

    /// The words between blanks.
    pub(super) fn words(self) -> Vec<Self> {
        let mut words = Vec::new();
        let mut rest = self.trim();
        while !rest.text.is_empty() {
            let end = rest.text.find(char::is_whitespace).unwrap_or(rest.text.len());
            words.push(rest.slice(0, end));
            rest = rest.from(end).trim();
        }
        words
    }
}

/// The names of one kind, by position; an empty one has no name.
pub(super) fn names_of(kind: SubjectKind, names: &Names) -> &[String] {
    match kind {
        SubjectKind::Client => &names.clients,
        SubjectKind::Service => &names.services,
        SubjectKind::Zone => &names.zones,
        SubjectKind::Fault => &names.faults,
    }
}

/// The kinds of which something has a name, among those that a metric allows.
pub(super) fn kinds_of(name: &str, metric: Metric, names: &Names) -> Vec<SubjectKind> {
    let has =
        |kind: &SubjectKind| !name.is_empty() && names_of(*kind, names).iter().any(|known| known == name);
    metric.info().subjects.iter().copied().filter(has).collect()
}

/// The normal form of what is measured, without its interval.
pub(super) fn what_text(metric: Metric, subject: Subject, names: &Names) -> String {
    let subjects = SubjectKind::ALL.into_iter().filter_map(|kind| {
        let name = names_of(kind, names).get(subject.get(kind)?)?;
        let is_clear = kinds_of(name, metric, names).len() == 1;
        Some(if is_clear { name.clone() } else { format!("{} {name}", kind.word()) })
    });
    metric.with_subjects(subjects.collect())
}

/// Adds the interval to the normal form.
pub(super) fn with_interval(text: String, during: Option<During>, names: &Names) -> String {
    match during {
        Some(during) => format!("{text} during {}", during_text(during, &names.faults)),
        None => text,
    }
}

impl During {
    /// As written in an SLA, for example `[fault, fault + 5m]`.
    pub fn text(self, scenario: &Scenario) -> String {
        let names = scenario.faults.iter().map(|fault| fault.name.clone().unwrap_or_default());
        during_text(self, &names.collect::<Vec<String>>())
    }
}

fn during_text(during: During, faults: &[String]) -> String {
    format!("[{}, {}]", moment_text(during.from, faults), moment_text(during.to, faults))
}

fn moment_text(moment: Moment, faults: &[String]) -> String {
    let fault = |choice: FaultChoice| match choice {
        FaultChoice::Any => "fault".to_owned(),
        FaultChoice::One(position) => {
            format!("fault {}", faults.get(position).map_or("", String::as_str))
        }
    };
    let anchor = match (moment.anchor, moment.shift) {
        (Anchor::Start, Shift::Later(span)) => return span.to_string(),
        (Anchor::Start, Shift::Earlier(_)) => "start".to_owned(),
        (Anchor::End, _) => "end".to_owned(),
        (Anchor::Fault(choice), _) => fault(choice),
        (Anchor::FaultEnd(choice), _) => format!("{}.end", fault(choice)),
    };
    match moment.shift {
        Shift::Later(Duration::ZERO) | Shift::Earlier(Duration::ZERO) => anchor,
        Shift::Later(span) => format!("{anchor} + {span}"),
        Shift::Earlier(span) => format!("{anchor} - {span}"),
    }
}

/// The normal form of a limit.
pub(super) fn limit_text(metric: Metric, limit: f64) -> String {
    match metric.unit() {
        Unit::Fraction => units::percent_text(limit),
        Unit::Seconds => units::seconds_text(limit),
        Unit::PerSecond => units::rate_text(limit),
        Unit::Count | Unit::Currency | Unit::Factor => format!("{limit}"),
    }
}
