//! The metrics: what can be measured, in which unit, and about which part of the cluster.

use crate::units::percent_text;
use std::fmt;

/// What is measured.
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

/// What a number counts, which decides how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A share, written in percent: `99.9%`.
    Fraction,
    /// Seconds, written as a time: `500ms`.
    Seconds,
    /// A number of things.
    Count,
    /// Money, in the currency of the scenario's costs.
    Currency,
    /// Things per second: `400/s`.
    PerSecond,
    /// How many times something, without unit: `14.4`.
    Factor,
}

/// Whether more of a metric is better or worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// What a metric can be restricted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    /// Requests of one client.
    Client,
    /// One service: its nodes, and the requests of its clients.
    Service,
    /// Nodes of one zone.
    Zone,
    /// Nodes that one fault touched, in all its occurrences.
    Fault,
}

impl SubjectKind {
    /// All kinds, in the order in which subjects are written.
    pub const ALL: [Self; 4] = [Self::Client, Self::Service, Self::Zone, Self::Fault];

    /// As written in an SLA.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Service => "service",
            Self::Zone => "zone",
            Self::Fault => "fault",
        }
    }
}

/// A metric as documentation lists it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetricInfo {
    /// Its word in an SLA, without statistic and arguments.
    pub name: &'static str,
    /// How it is written in full, for example `latency.p99`.
    pub example: &'static str,
    /// Unit of its values.
    pub unit: Unit,
    /// Whether more is better.
    pub better: Better,
    /// What it can be restricted to.
    pub subjects: &'static [SubjectKind],
    /// What it measures, in one line.
    pub meaning: &'static str,
}

const OF_REQUESTS: &[SubjectKind] = &[SubjectKind::Client, SubjectKind::Service];
const OF_SERVICES: &[SubjectKind] = &[SubjectKind::Service];

/// Every metric, in the order of documentation.
pub const METRICS: &[MetricInfo] = &[
    MetricInfo {
        name: "availability",
        example: "availability",
        unit: Unit::Fraction,
        better: Better::Higher,
        subjects: OF_REQUESTS,
        meaning: "good requests / requests that ended",
    },
    MetricInfo {
        name: "error_ratio",
        example: "error_ratio",
        unit: Unit::Fraction,
        better: Better::Lower,
        subjects: OF_REQUESTS,
        meaning: "failed requests / requests that ended",
    },
    MetricInfo {
        name: "goodput",
        example: "goodput",
        unit: Unit::Fraction,
        better: Better::Higher,
        subjects: OF_REQUESTS,
        meaning: "good requests / requests offered; what is still in flight at the end counts against it",
    },
    MetricInfo {
        name: "latency",
        example: "latency.p99",
        unit: Unit::Seconds,
        better: Better::Lower,
        subjects: OF_REQUESTS,
        meaning: "latency of good requests, from the intended start",
    },
    MetricInfo {
        name: "time_to_detect",
        example: "time_to_detect.max",
        unit: Unit::Seconds,
        better: Better::Lower,
        subjects: OF_SERVICES,
        meaning: "from a fault touching a node to the node being declared failed",
    },
    MetricInfo {
        name: "time_to_recover",
        example: "time_to_recover.p95",
        unit: Unit::Seconds,
        better: Better::Lower,
        subjects: OF_SERVICES,
        meaning: "from a fault touching a node to the node, or its replacement, serving again",
    },
    MetricInfo {
        name: "false_alarms",
        example: "false_alarms",
        unit: Unit::Count,
        better: Better::Lower,
        subjects: OF_SERVICES,
        meaning: "nodes declared failed although up and reachable",
    },
    MetricInfo {
        name: "healthy_restarted",
        example: "healthy_restarted",
        unit: Unit::Fraction,
        better: Better::Lower,
        subjects: OF_SERVICES,
        meaning: "healthy nodes restarted / nodes at the start",
    },
    MetricInfo {
        name: "cost",
        example: "cost",
        unit: Unit::Currency,
        better: Better::Lower,
        subjects: OF_SERVICES,
        meaning: "cost of the nodes",
    },
    MetricInfo {
        name: "nodes.max",
        example: "nodes.max",
        unit: Unit::Count,
        better: Better::Lower,
        subjects: OF_SERVICES,
        meaning: "most nodes at once",
    },
    MetricInfo {
        name: "nodes.min",
        example: "nodes.min",
        unit: Unit::Count,
        better: Better::Higher,
        subjects: OF_SERVICES,
        meaning: "fewest nodes believed healthy at once",
    },
    MetricInfo {
        name: "retry_ratio",
        example: "retry_ratio",
        unit: Unit::Fraction,
        better: Better::Lower,
        subjects: OF_REQUESTS,
        meaning: "further tries / requests offered",
    },
    MetricInfo {
        name: "shards_lost",
        example: "shards_lost",
        unit: Unit::Count,
        better: Better::Lower,
        subjects: OF_SERVICES,
        meaning: "shards without any replica left: data loss",
    },
    MetricInfo {
        name: "replicas_lost",
        example: "replicas_lost",
        unit: Unit::Count,
        better: Better::Lower,
        subjects: OF_SERVICES,
        meaning: "replicas destroyed",
    },
    MetricInfo {
        name: "plans_given_up",
        example: "plans_given_up",
        unit: Unit::Count,
        better: Better::Lower,
        subjects: OF_SERVICES,
        meaning: "recovery plans given up",
    },
    MetricInfo {
        name: "unrouted",
        example: "unrouted",
        unit: Unit::Count,
        better: Better::Lower,
        subjects: OF_REQUESTS,
        meaning: "requests that no node was eligible for",
    },
];

impl Metric {
    /// Its entry in [`METRICS`].
    pub fn info(self) -> &'static MetricInfo {
        METRICS.iter().find(|known| known.name == self.name()).expect("METRICS lists every metric")
    }

    /// Unit of its values.
    pub fn unit(self) -> Unit {
        self.info().unit
    }

    /// Whether more of it is better or worse.
    pub fn better(self) -> Better {
        self.info().better
    }

    /// Whether its values are shares, written in percent.
    pub fn is_share(self) -> bool {
        self.unit() == Unit::Fraction
    }

    /// Its word, without statistic and arguments.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Availability => "availability",
            Self::ErrorRatio => "error_ratio",
            Self::Goodput => "goodput",
            Self::Latency(_) => "latency",
            Self::TimeToDetect(_) => "time_to_detect",
            Self::TimeToRecover(_) => "time_to_recover",
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
        }
    }

    /// Which statistic of its times it is, if it is one of several.
    pub const fn statistic(self) -> Option<Statistic> {
        match self {
            Self::Latency(statistic) | Self::TimeToDetect(statistic) | Self::TimeToRecover(statistic) => {
                Some(statistic)
            }
            Self::Availability
            | Self::ErrorRatio
            | Self::Goodput
            | Self::FalseAlarms
            | Self::HealthyRestarted
            | Self::Cost
            | Self::NodesMax
            | Self::NodesMin
            | Self::RetryRatio
            | Self::ShardsLost
            | Self::ReplicasLost
            | Self::PlansGivenUp
            | Self::Unrouted => None,
        }
    }
}

impl fmt::Display for Metric {
    /// Writes the metric with its statistic as scenario files do: `availability`, `latency.p99`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.statistic() {
            Some(statistic) => write!(out, "{}.{statistic}", self.name()),
            None => out.write_str(self.name()),
        }
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
