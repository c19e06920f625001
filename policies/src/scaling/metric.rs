//! What a scaling policy can watch.

use crate::{ScalingView, ServiceMetrics};

/// A measurement per node that more load makes larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalingMetric {
    /// Mean share of busy workers, 0..=1.
    Utilization,
    /// Mean requests in flight per node, waiting or served.
    InFlight,
    /// Mean requests waiting per node.
    Queued,
    /// Requests arriving per node and second.
    Arrivals,
}

impl ScalingMetric {
    /// The words in scenario files, in the order of the variants.
    pub(crate) const WORDS: &'static [&'static str] = &["utilization", "in_flight", "queued", "arrivals"];

    /// The metric at a position of [`Self::WORDS`].
    pub(crate) const fn at(position: usize) -> Self {
        [Self::Utilization, Self::InFlight, Self::Queued, Self::Arrivals][position]
    }

    /// The word in scenario files and reasons.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Utilization => Self::WORDS[0],
            Self::InFlight => Self::WORDS[1],
            Self::Queued => Self::WORDS[2],
            Self::Arrivals => Self::WORDS[3],
        }
    }

    /// Its value, or `None` while no node has reported.
    pub(crate) fn value(self, view: &ScalingView<'_>) -> Option<f64> {
        let metrics: &ServiceMetrics = &view.metrics;
        if metrics.nodes_reporting == 0 {
            return None;
        }
        let value = match self {
            Self::Utilization => metrics.utilization,
            Self::InFlight => metrics.in_flight_per_node,
            Self::Queued => metrics.queued_per_node,
            Self::Arrivals => metrics.arrivals_per_s / f64::from(metrics.nodes_reporting),
        };
        value.is_finite().then_some(value)
    }
}
