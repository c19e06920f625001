//! The metrics: what can be measured.

use super::metrics::{Better, METRICS, MetricInfo, Unit};
use crate::units::percent_text;
use cusinart_policies::Duration;
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
    /// Good requests per second of the time that counts. Per second.
    Throughput,
    /// Most requests waiting at nodes at the end of any window. Count.
    QueueMax,
    /// Share of the error budget that was spent: (1 - availability) / (1 - target). Fraction; above 1 is more than
    /// there was.
    ErrorBudget {
        /// The availability that the budget belongs to. Range 0..1.
        target: f64,
    },
    /// Greatest value over time of the lesser of the burn rates over a long and a short time: the condition of
    /// alerts on several windows and burn rates, Google SRE Workbook, chapter 5. The burn rate of some time is the
    /// share of requests that failed in it / (1 - target). Factor.
    BurnRate {
        /// The availability that the budget belongs to. Range 0..1.
        target: f64,
        /// The long time, which tells that it is worth it.
        long: Duration,
        /// The short time, which tells that it goes on.
        short: Duration,
    },
    /// Time from the end of the last fault until the system has converged for good. Seconds; infinite if it has not
    /// by the end of the run.
    TimeToConverge,
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
            Self::Throughput => "throughput",
            Self::QueueMax => "queue.max",
            Self::ErrorBudget { .. } => "error_budget",
            Self::BurnRate { .. } => "burn_rate",
            Self::TimeToConverge => "time_to_converge",
        }
    }

    /// The statistic of a time that may never come, so that it is censored; `None` for all other metrics. There is one
    /// time to converge, which is its own greatest.
    pub const fn awaited(self) -> Option<Statistic> {
        match self {
            Self::TimeToDetect(statistic) | Self::TimeToRecover(statistic) => Some(statistic),
            Self::TimeToConverge => Some(Statistic::Max),
            Self::Availability
            | Self::ErrorRatio
            | Self::Goodput
            | Self::Latency(_)
            | Self::FalseAlarms
            | Self::HealthyRestarted
            | Self::Cost
            | Self::NodesMax
            | Self::NodesMin
            | Self::RetryRatio
            | Self::ShardsLost
            | Self::ReplicasLost
            | Self::PlansGivenUp
            | Self::Unrouted
            | Self::Throughput
            | Self::QueueMax
            | Self::ErrorBudget { .. }
            | Self::BurnRate { .. } => None,
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
            | Self::Unrouted
            | Self::Throughput
            | Self::QueueMax
            | Self::ErrorBudget { .. }
            | Self::BurnRate { .. }
            | Self::TimeToConverge => None,
        }
    }
}

impl Metric {
    /// What it is given in brackets before any subject, in normal form: the target of a budget, the times of a rate.
    pub(super) fn arguments(self) -> Vec<String> {
        match self {
            Self::ErrorBudget { target } => vec![percent_text(target)],
            Self::BurnRate { target, long, short } => {
                vec![percent_text(target), long.to_string(), short.to_string()]
            }
            Self::Availability
            | Self::ErrorRatio
            | Self::Goodput
            | Self::Latency(_)
            | Self::TimeToDetect(_)
            | Self::TimeToRecover(_)
            | Self::FalseAlarms
            | Self::HealthyRestarted
            | Self::Cost
            | Self::NodesMax
            | Self::NodesMin
            | Self::RetryRatio
            | Self::ShardsLost
            | Self::ReplicasLost
            | Self::PlansGivenUp
            | Self::Unrouted
            | Self::Throughput
            | Self::QueueMax
            | Self::TimeToConverge => Vec::new(),
        }
    }

    /// With its statistic and, in brackets, its arguments and some subjects.
    pub(super) fn with_subjects(self, subjects: Vec<String>) -> String {
        let mut text = self.name().to_owned();
        if let Some(statistic) = self.statistic() {
            text += &format!(".{statistic}");
        }
        let inside = [self.arguments(), subjects].concat();
        if inside.is_empty() { text } else { format!("{text}({})", inside.join(", ")) }
    }
}

impl fmt::Display for Metric {
    /// Writes the metric with statistic and arguments as scenario files do: `availability`, `latency.p99`,
    /// `error_budget(99.9%)`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.with_subjects(Vec::new()))
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
