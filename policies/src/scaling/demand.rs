//! The load of a service as the number of nodes that would hold it at the target.

use super::metric::ScalingMetric;
use crate::ScalingView;
use crate::catalogue::Params;

/// A metric with its target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Demand {
    /// What is held at its target.
    pub(crate) metric: ScalingMetric,
    /// A share, or a value per node.
    pub(crate) target: f64,
}

impl Demand {
    /// From the parameters `metric`, `target` and `target_per_node`.
    pub(crate) fn from_params(params: &Params<'_>) -> Self {
        let (metric, target) = ScalingMetric::chosen(params, "target", "target_per_node");
        Self { metric, target }
    }

    /// Nodes that would hold the load at the target, while nodes that do not report carry what the others do.
    pub(crate) fn nodes(&self, view: &ScalingView<'_>) -> Option<f64> {
        self.metric.value(view).map(|mean| mean * f64::from(view.ready) / self.target)
    }
}

/// The next whole number of nodes at or above `nodes`, forgiving the rounding of the sums it came from, so that
/// twice 3 nodes are not 7. The cast saturates.
pub(crate) fn whole(nodes: f64) -> u32 {
    libm::ceil(nodes * (1.0 - 1e-9)) as u32
}
