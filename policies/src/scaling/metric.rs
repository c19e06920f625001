//! What a scaling policy can watch.

use crate::catalogue::{ParamForm, ParamInfo, Params};
use crate::{NodeSample, ScalingReason, ScalingView, ServiceMetrics};
use alloc::string::ToString;
use alloc::vec::Vec;

/// The parameter that chooses a [`ScalingMetric`].
pub(crate) const METRIC: ParamInfo = ParamInfo {
    name: "metric",
    doc: "What is watched: utilization (share of busy workers), in_flight or queued (requests per node), arrivals \
          (requests per second and node). Utilization says no more once all workers are busy.",
    form: ParamForm::Choice { words: ScalingMetric::WORDS },
};

/// The value per node of a metric that is no share.
pub(crate) const TARGET_PER_NODE: ParamInfo = ParamInfo {
    name: "target_per_node",
    doc: "Value per node to hold, in requests or requests per second. Only for the metrics other than utilization; \
          should relate to what one node can do.",
    form: ParamForm::Number { default: 8.0, min: 1e-3, max: 1e9 },
};

/// The utilization to hold, with this default.
pub(crate) const fn target_share(default: f64) -> ParamInfo {
    ParamInfo {
        name: "target",
        doc: "Utilization to hold. Lower keeps more headroom and costs more. Only for metric utilization.",
        form: ParamForm::Ratio { default, min: 0.01, max: 1.0 },
    }
}

/// What a policy measured, and what it compared that with.
pub(crate) struct Measured<'a> {
    /// What was measured.
    pub(crate) metric: &'a str,
    /// Its value, if there are data.
    pub(crate) value: Option<f64>,
    /// What it was compared with.
    pub(crate) target: f64,
}

impl Measured<'_> {
    /// The reason of a policy that so many nodes follow from this.
    pub(crate) fn reason(&self, policy: &str, view: &ScalingView<'_>, proposed: u32) -> ScalingReason {
        ScalingReason {
            policy: policy.to_string(),
            metric: self.metric.to_string(),
            value: self.value,
            target: self.target,
            ratio: None,
            age: view.metrics.age,
            proposed,
            limits: Vec::new(),
            code: None,
        }
    }
}

/// A number of nodes as the rules of the originals count: saturating.
pub(crate) fn signed(nodes: u32) -> i32 {
    i32::try_from(nodes).unwrap_or(i32::MAX)
}

/// A number of nodes from such a rule; none below 0.
pub(crate) fn unsigned(nodes: i32) -> u32 {
    u32::try_from(nodes).unwrap_or(0)
}

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

    /// Its value at one node.
    pub(crate) fn at_node(self, sample: &NodeSample) -> f64 {
        match self {
            Self::Utilization => sample.utilization,
            Self::InFlight => f64::from(sample.in_flight),
            Self::Queued => f64::from(sample.queued),
            Self::Arrivals if sample.window.is_zero() => 0.0,
            Self::Arrivals => f64::from(sample.arrived) / sample.window.as_secs_f64(),
        }
    }

    /// The chosen metric and its number: the share for utilization, else the value per node.
    pub(crate) fn chosen(params: &Params<'_>, share: &str, per_node: &str) -> (Self, f64) {
        let metric = Self::at(params.choice(METRIC.name));
        let number = match metric {
            Self::Utilization => params.ratio(share),
            Self::InFlight | Self::Queued | Self::Arrivals => params.number(per_node),
        };
        (metric, number)
    }
}
