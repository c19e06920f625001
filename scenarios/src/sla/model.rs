//! What must hold at the end of a run.

use super::metric::Metric;
use cusinart_policies::Instant;

/// One service level agreement of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Sla {
    /// In normal form: `latency.p99(shoppers) < 500ms during [10m, 20m]`.
    pub text: String,
    /// Line in the scenario file, from 1; 0 if it came from elsewhere.
    pub line: usize,
    /// What is measured.
    pub objective: Objective,
    /// How the value is compared.
    pub comparison: Comparison,
    /// The limit, in the metric's base unit (seconds, fraction, count, 1/s, currency).
    pub limit: f64,
}

/// What is measured: a metric, the part of the cluster and the time it is about. An SLA puts a limit on it;
/// comparisons and sweeps measure it as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// In normal form: `latency.p99(shoppers) during [10m, 20m]`.
    pub text: String,
    /// What is measured.
    pub metric: Metric,
    /// Client or service it is restricted to, by name; checked to exist.
    pub subject: Option<Subject>,
    /// Only this time counts.
    pub during: Option<(Instant, Instant)>,
}

impl Objective {
    /// A metric of the whole cluster and the whole run.
    pub fn of(metric: Metric) -> Self {
        Self { text: metric.to_string(), metric, subject: None, during: None }
    }
}

/// Restriction of a metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A client, by index.
    Client(usize),
    /// A service, by index.
    Service(usize),
}

/// How a value is compared with its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `==`
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
