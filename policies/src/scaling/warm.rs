//! Nodes that have warmed up, as AWS counts them.

use super::metric::ScalingMetric;
use crate::catalogue::{ParamForm, ParamInfo};
use crate::{Duration, ScalingReason, ScalingView};
use alloc::string::ToString;

/// The time a node takes to warm up.
pub(crate) const WARMUP: ParamInfo = ParamInfo {
    name: "warmup",
    doc: "Time after a node began to serve during which it neither counts for the metric nor lets nodes be removed. Longer \
          overshoots less and removes later.",
    form: ParamForm::Duration {
        default: Duration::from_secs(300),
        min: Duration::ZERO,
        max: Duration::from_secs(86_400),
    },
};

/// The nodes of a service, told apart by whether they are warm.
pub(crate) struct WarmFleet {
    /// Mean of the newest samples of the warm nodes, if any reported.
    pub(crate) value: Option<f64>,
    /// Warm nodes.
    pub(crate) warm: u32,
    /// All nodes that serve or start.
    pub(crate) current: u32,
}

impl WarmFleet {
    pub(crate) fn of(metric: ScalingMetric, warmup: Duration, view: &ScalingView<'_>) -> Self {
        let (mut sum, mut reported, mut warm) = (0.0, 0_u32, 0);
        for node in view.nodes.iter().filter(|node| node.age >= warmup) {
            warm += 1;
            if let Some(sample) = &node.sample {
                sum += metric.at_node(sample);
                reported += 1;
            }
        }
        let value = (reported > 0).then(|| sum / f64::from(reported));
        Self { value, warm, current: view.ready.saturating_add(view.starting) }
    }

    /// The number wanted, or the current one if fewer are wanted while nodes warm up.
    pub(crate) fn held(&self, wanted: u32, reason: &mut ScalingReason) -> u32 {
        if wanted < self.current && self.warm < self.current {
            reason.limits.push("nodes are warming up".to_string());
            return self.current;
        }
        wanted
    }
}
