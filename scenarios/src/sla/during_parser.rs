//! Reads the interval of an SLA: `[from, to]`, each end a time, or `start`, `end`, `fault`, `fault.end`,
//! `fault NAME`, `fault NAME.end` with `+ time` or `- time`.

use super::model::{Anchor, During, FaultChoice, Moment, Shift};
use super::parser::Parser;
use super::text::Part;
use crate::log::{Finding, nearest, one_of, quote};
use crate::units;
use cusinart_policies::{Duration, Instant};

/// What an interval looks like.
const FORM: &str = "`during [from, to]`, such as `during [10m, 20m]` or `during [fault, fault + 5m]`";
/// What an end of an interval looks like.
const END_FORM: &str = "a time such as `10m`, or `start`, `end`, `fault`, `fault.end`, `fault NAME` or `fault NAME.end`, \
                        with `+ 5m` or `- 5m` if need be";

impl Parser<'_> {
    /// The interval after the word `during`.
    pub(super) fn during(&self, part: Part<'_>) -> Result<During, Finding> {
        let ends = part.inside('[', ']').map(Part::between_commas);
        let Some([from_part, to_part]) = ends.as_deref() else {
            return Err(self.finding(part, quote(part.text), FORM));
        };
        let (from, to) = (self.moment(*from_part)?, self.moment(*to_part)?);
        let during = During { from, to };
        self.check_same_fault(during, *to_part)?;
        self.check_order(during, part, *to_part)?;
        Ok(during)
    }

    /// Two ends that hang on faults must hang on the same ones.
    fn check_same_fault(&self, during: During, to_part: Part<'_>) -> Result<(), Finding> {
        let choice = |moment: Moment| match moment.anchor {
            Anchor::Fault(choice) | Anchor::FaultEnd(choice) => Some(choice),
            Anchor::Start | Anchor::End => None,
        };
        match (choice(during.from), choice(during.to)) {
            (Some(one), Some(other)) if one != other => {
                let found = format!("another fault, {}", quote(to_part.text));
                Err(self.finding(to_part, found, "both ends told from the same fault"))
            }
            (Some(_) | None, Some(_) | None) => Ok(()),
        }
    }

    /// What can be known of an interval before the run: its ends ascend and lie within the run.
    fn check_order(&self, during: During, part: Part<'_>, to_part: Part<'_>) -> Result<(), Finding> {
        let end = self.names.end;
        if during.faults().is_some() {
            // Told from one anchor, both ends move together: any time shows their order.
            let middle = Instant::from_nanos(Instant::FAR_FUTURE.as_nanos() / 2);
            let (from, to) = during.times(end, (middle, middle));
            let together = match (during.from.anchor, during.to.anchor) {
                (Anchor::Fault(_), Anchor::Fault(_)) | (Anchor::FaultEnd(_), Anchor::FaultEnd(_)) => true,
                (Anchor::Start | Anchor::End | Anchor::Fault(_) | Anchor::FaultEnd(_), _) => false,
            };
            if together && from >= to {
                return Err(self.finding(part, quote(part.text), "two ascending times"));
            }
            return Ok(());
        }
        let (from, to) = during.times(end, (Instant::ZERO, end));
        if from >= to || from >= end {
            let expected = format!("two ascending times, the first before the end of the run, `{end}`");
            return Err(self.finding(part, quote(part.text), expected));
        }
        if to > end {
            let expected = format!("a time up to `{end}`, the end of the run");
            return Err(self
                .finding(to_part, quote(to_part.text), expected)
                .hint("nothing happens after the end; make `duration` longer or stop earlier"));
        }
        Ok(())
    }

    /// One end of an interval.
    fn moment(&self, part: Part<'_>) -> Result<Moment, Finding> {
        let (anchor, shift) = split_shift(part);
        let Some((sign, span_part)) = shift else {
            if let Ok(time) = units::duration(part.text) {
                return Ok(Moment { anchor: Anchor::Start, shift: Shift::Later(time) });
            }
            return Ok(Moment { anchor: self.anchor(part)?, shift: Shift::Later(Duration::ZERO) });
        };
        let anchor = self.anchor(anchor)?;
        let span = units::duration(span_part.text).map_err(|hint| {
            self.finding(span_part, quote(span_part.text), "a time such as `5m`").hint_if(hint)
        })?;
        let shift = if sign == '+' { Shift::Later(span) } else { Shift::Earlier(span) };
        let is_outside = match (anchor, shift) {
            (Anchor::Start, Shift::Earlier(span)) | (Anchor::End, Shift::Later(span)) => !span.is_zero(),
            (Anchor::Start | Anchor::End | Anchor::Fault(_) | Anchor::FaultEnd(_), _) => false,
        };
        if is_outside {
            return Err(self.finding(part, quote(part.text), "a time between `start` and `end`"));
        }
        Ok(Moment { anchor, shift })
    }

    fn anchor(&self, part: Part<'_>) -> Result<Anchor, Finding> {
        let words = part.words();
        match words.as_slice() {
            [word] => match word.text {
                "start" => Ok(Anchor::Start),
                "end" => Ok(Anchor::End),
                "fault" => Ok(Anchor::Fault(FaultChoice::Any)),
                "fault.end" => Ok(Anchor::FaultEnd(FaultChoice::Any)),
                _ => Err(self.no_anchor(part)),
            },
            [word, name] if word.text == "fault" => match name.text.strip_suffix(".end") {
                Some(text) => self.named(Part { text, at: name.at }).map(Anchor::FaultEnd),
                None => self.named(*name).map(Anchor::Fault),
            },
            [] | [_, _, ..] => Err(self.no_anchor(part)),
        }
    }

    fn named(&self, name: Part<'_>) -> Result<FaultChoice, Finding> {
        let faults = &self.names.faults;
        if let Some(position) = faults.iter().position(|known| !known.is_empty() && known == name.text) {
            return Ok(FaultChoice::One(position));
        }
        let known = || faults.iter().map(String::as_str).filter(|known| !known.is_empty());
        let found = format!("the unknown fault {}", quote(name.text));
        if known().next().is_none() {
            let hint = format!("give the fault that is meant `name: {}`", name.text);
            return Err(self.finding(name, found, "the name of a fault: none has one").hint(hint));
        }
        let best = nearest(name.text, known()).map(|best| format!("did you mean `{best}`?"));
        Err(self.finding(name, found, one_of(known())).hint_if(best))
    }

    fn no_anchor(&self, part: Part<'_>) -> Finding {
        let text = part.text;
        let is_fault = |name: &str| self.names.faults.iter().any(|known| !known.is_empty() && known == name);
        let hint = if is_fault(text.strip_suffix(".end").unwrap_or(text)) {
            Some(format!("write `fault {text}`"))
        } else if let Some((anchor, span)) = text.split_once('-') {
            Some(format!("put blanks around the minus: `{anchor} - {span}`"))
        } else if text.starts_with("fault ") {
            Some("SLAs know a fault by its `name`, which is one word; its `label` is for people".into())
        } else {
            units::duration(text).err().flatten().filter(|_| text.starts_with(|c: char| c.is_ascii_digit()))
        };
        self.finding(part, quote(text), END_FORM).hint_if(hint)
    }
}

/// Parts the anchor from `+ time` or `- time`. A minus needs a blank before it, because names have such signs, too.
fn split_shift(part: Part<'_>) -> (Part<'_>, Option<(char, Part<'_>)>) {
    let minus = part
        .text
        .match_indices('-')
        .map(|(at, _)| at)
        .find(|at| part.text[..*at].ends_with(char::is_whitespace));
    let found = part.text.find('+').or(minus);
    found.map_or((part, None), |at| {
        let sign = if part.text[at..].starts_with('+') { '+' } else { '-' };
        (part.slice(0, at).trim(), Some((sign, part.from(at + 1).trim())))
    })
}
