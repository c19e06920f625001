//! What must hold at the end of a run.

use super::metric::Metric;
use super::metrics::SubjectKind;
use cusinart_policies::{Duration, Instant};

/// One service level agreement of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Sla {
    /// In normal form: `latency.p99(shoppers) during [10m, 20m] < 500ms`.
    pub text: String,
    /// Line in the scenario file, from 1; 0 if it came from elsewhere.
    pub line: usize,
    /// What is measured.
    pub objective: Objective,
    /// How the value is compared.
    pub comparison: Comparison,
    /// The limit, in the metric's base unit (seconds, fraction, count, 1/s, currency).
    pub limit: f64,
    /// What the author of the scenario expects of it. It is judged the same way.
    pub expected: Expectation,
}

/// What the author of a scenario expects of an agreement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expectation {
    /// It holds.
    #[default]
    Hold,
    /// It is missed, because that is what the scenario shows.
    Miss,
}

/// What is measured: a metric, the part of the cluster and the time it is about. An SLA puts a limit on it;
/// comparisons and sweeps measure it as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// In normal form: `latency.p99(shoppers) during [10m, 20m]`.
    pub text: String,
    /// What is measured.
    pub metric: Metric,
    /// The part of the cluster it is restricted to.
    pub subject: Subject,
    /// Only this time counts; `None`: the whole run after the warm-up.
    pub during: Option<During>,
}

impl Objective {
    /// A metric of the whole cluster and the whole run.
    pub fn of(metric: Metric) -> Self {
        Self { text: metric.to_string(), metric, subject: Subject::default(), during: None }
    }
}

/// The part of the cluster that a metric is restricted to: all that is given must be met. Positions are those of
/// the scenario's lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// Requests of this client.
    pub client: Option<usize>,
    /// This service: its nodes, and the requests of its clients.
    pub service: Option<usize>,
    /// Nodes of this zone.
    pub zone: Option<usize>,
    /// Nodes that this fault touched, in any of its occurrences.
    pub fault: Option<usize>,
}

impl Subject {
    /// Whether it is the whole cluster.
    pub fn is_whole(self) -> bool {
        self == Self::default()
    }

    /// The position of what it is restricted to, of one kind.
    pub const fn get(self, kind: SubjectKind) -> Option<usize> {
        match kind {
            SubjectKind::Client => self.client,
            SubjectKind::Service => self.service,
            SubjectKind::Zone => self.zone,
            SubjectKind::Fault => self.fault,
        }
    }

    /// Restricts it further.
    pub(super) const fn set(&mut self, kind: SubjectKind, position: usize) {
        match kind {
            SubjectKind::Client => self.client = Some(position),
            SubjectKind::Service => self.service = Some(position),
            SubjectKind::Zone => self.zone = Some(position),
            SubjectKind::Fault => self.fault = Some(position),
        }
    }
}

/// A part of the run. If one end hangs on a fault there is one such part for each occurrence, and the worst counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct During {
    /// Its start.
    pub from: Moment,
    /// Its end, which does not belong to it.
    pub to: Moment,
}

/// The faults that an interval hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultChoice {
    /// Every fault.
    Any,
    /// The fault at this position in the scenario.
    One(usize),
}

impl During {
    /// A part of the run between two fixed times.
    pub fn between(from: Instant, to: Instant) -> Self {
        let at =
            |time: Instant| Moment { anchor: Anchor::Start, shift: Shift::Later(time.since(Instant::ZERO)) };
        Self { from: at(from), to: at(to) }
    }

    /// The faults it hangs on; `None` if its times are fixed.
    pub const fn faults(self) -> Option<FaultChoice> {
        match (self.from.anchor, self.to.anchor) {
            (Anchor::Fault(choice) | Anchor::FaultEnd(choice), _)
            | (_, Anchor::Fault(choice) | Anchor::FaultEnd(choice)) => Some(choice),
            (Anchor::Start | Anchor::End, Anchor::Start | Anchor::End) => None,
        }
    }

    /// Its start and end in a run that ends at `end`, for a fault that lasts over `fault`.
    pub fn times(self, end: Instant, fault: (Instant, Instant)) -> (Instant, Instant) {
        (self.from.time(end, fault), self.to.time(end, fault))
    }
}

/// A moment of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// What it is told from.
    pub anchor: Anchor,
    /// How far from there.
    pub shift: Shift,
}

/// What a moment is told from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The start of the run.
    Start,
    /// The end of the run.
    End,
    /// When a fault strikes.
    Fault(FaultChoice),
    /// When a fault ends; the end of the run if it does not.
    FaultEnd(FaultChoice),
}

/// How far from its anchor a moment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    /// After it.
    Later(Duration),
    /// Before it, but not before the start of the run.
    Earlier(Duration),
}

impl Moment {
    fn time(self, end: Instant, fault: (Instant, Instant)) -> Instant {
        let anchor = match self.anchor {
            Anchor::Start => Instant::ZERO,
            Anchor::End => end,
            Anchor::Fault(_) => fault.0,
            Anchor::FaultEnd(_) => fault.1,
        };
        match self.shift {
            Shift::Later(span) => anchor + span,
            Shift::Earlier(span) => anchor - span,
        }
    }
}

/// How a value is compared with its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Comparison {
    /// `<`
    #[serde(rename = "<")]
    Below,
    /// `<=`
    #[serde(rename = "<=")]
    AtMost,
    /// `>`
    #[serde(rename = ">")]
    Above,
    /// `>=`
    #[serde(rename = ">=")]
    AtLeast,
    /// `==`
    #[serde(rename = "==")]
    Equal,
}

impl Comparison {
    /// Whether `value` meets `limit`.
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Below => value < limit,
            Self::AtMost => value <= limit,
            Self::Above => value > limit,
            Self::AtLeast => value >= limit,
            Self::Equal => value == limit,
        }
    }

    /// As written in the file.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Equal => "==",
        }
    }
}
