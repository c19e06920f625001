//! What must hold at the end of a run.

use crate::units::percent_text;
use cusinart_policies::Instant;
use serde::Serialize;
use std::fmt;

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

/// Which way a metric is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

impl Metric {
    /// Which way it is better.
    pub const fn better(self) -> Better {
        match self {
            Self::Availability | Self::Goodput | Self::NodesMin => Better::Higher,
            Self::ErrorRatio
            | Self::Latency(_)
            | Self::TimeToDetect(_)
            | Self::TimeToRecover(_)
            | Self::FalseAlarms
            | Self::HealthyRestarted
            | Self::Cost
            | Self::NodesMax
            | Self::RetryRatio
            | Self::ShardsLost
            | Self::ReplicasLost
            | Self::PlansGivenUp
            | Self::Unrouted => Better::Lower,
        }
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

/// What an SLA measures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Metric {
    /// Good requests / all ended requests. Fraction.
    Availability,
    /// Failed requests / all ended requests. Fraction.
    ErrorRatio,
    /// Good requests per second / offered requests per second. Fraction. Unlike availability, what is still in
    /// flight at the end counts against it.
    Goodput,
    /// Latency of good requests, from the intended start. Seconds.
    Latency(Statistic),
    /// Time from a fault touching a node to the control plane declaring the node failed. Seconds.
    TimeToDetect(Statistic),
    /// Time from a fault touching a node to the node, or its replacement, serving again. Seconds. A recovery
    /// that did not end counts as infinite in `max` and quantiles.
    TimeToRecover(Statistic),
    /// Node failures declared although the node was up and reachable on the data path. Count.
    FalseAlarms,
    /// Healthy nodes restarted / nodes (at the start). Fraction.
    HealthyRestarted,
    /// Cost of all nodes over the run. Currency.
    Cost,
    /// Most nodes provisioned at once. Count.
    NodesMax,
    /// Fewest nodes believed able to serve at once. Count.
    NodesMin,
    /// Retries / first tries. Fraction.
    RetryRatio,
    /// Shards without any replica left. Count.
    ShardsLost,
    /// Replicas lost. Count.
    ReplicasLost,
    /// Recovery plans given up. Count.
    PlansGivenUp,
    /// Requests that no node was eligible for. Count.
    Unrouted,
}

/// Which statistic of a distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Statistic {
    /// Arithmetic mean.
    Mean,
    /// Greatest value.
    Max,
    /// Quantile, 0..1 (`p99` is 0.99, `p99.9` is 0.999).
    Quantile(f64),
}

impl fmt::Display for Metric {
    /// Writes the metric with its statistic as scenario files do: `availability`, `latency.p99`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Self::Availability => "availability",
            Self::ErrorRatio => "error_ratio",
            Self::Goodput => "goodput",
            Self::Latency(statistic) => return write!(out, "latency.{statistic}"),
            Self::TimeToDetect(statistic) => return write!(out, "time_to_detect.{statistic}"),
            Self::TimeToRecover(statistic) => return write!(out, "time_to_recover.{statistic}"),
            Self::FalseAlarms => "false_alarms",
            Self::HealthyRestarted => "healthy_restarted",
            Self::Cost => "cost",
            Self::NodesMax => "nodes.max",
            Self::NodesMin => "nodes.min",
            Self::RetryRatio => "retry_ratio",
            Self::ShardsLost => "shards_lost",
            Self::ReplicasLost => "replicas_lost",
            Self::PlansGivenUp => "plans_given_up",
            Self::Unrouted => "unrouted",
        };
        out.write_str(word)
    }
}

impl fmt::Display for Statistic {
    /// Writes `mean`, `max`, `p99`, `p99.9`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mean => out.write_str("mean"),
            Self::Max => out.write_str("max"),
            Self::Quantile(q) => write!(out, "p{}", percent_text(*q).trim_end_matches('%')),
        }
    }
}
