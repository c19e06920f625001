//! `threshold`: a step up above one limit, a step down below another.

use super::metric::{Measured, ScalingMetric};
use crate::catalogue::text::Percent;
use crate::catalogue::{Builtin, ParamForm, ParamInfo, Params, PolicyEntry, PolicyKind};
use crate::{ConfigError, Instant, ScalingPolicy, ScalingProposal, ScalingView};
use alloc::boxed::Box;
use alloc::format;

pub(crate) const BUILTIN: Builtin<dyn ScalingPolicy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Scaling,
        name: "threshold",
        summary: "A step up above one limit, a step down below another, nothing in between.",
        source: "AWS Auto Scaling, simple scaling policies (PercentChangeInCapacity, ChangeInCapacity)",
        params: &[
            ParamInfo {
                name: "metric",
                doc: "What is compared: utilization (share of busy workers), in_flight or queued (requests per \
                      node), arrivals (requests per second and node). Utilization says no more once all workers \
                      are busy; queued goes on.",
                form: ParamForm::Choice { words: ScalingMetric::WORDS },
            },
            ParamInfo {
                name: "scale_up",
                doc: "Utilization above which nodes are added. Lower keeps more headroom and costs more. Only for \
                      metric utilization.",
                form: ParamForm::Ratio { default: 0.7, min: 0.01, max: 1.0 },
            },
            ParamInfo {
                name: "scale_down",
                doc: "Utilization below which nodes are removed; must be less than scale_up. Higher saves more and \
                      risks adding the nodes again at once. Only for metric utilization.",
                form: ParamForm::Ratio { default: 0.3, min: 0.0, max: 1.0 },
            },
            ParamInfo {
                name: "per_node_up",
                doc: "Value per node above which nodes are added, in requests or requests per second. Only for the \
                      other metrics; should relate to what one node can do.",
                form: ParamForm::Number { default: 16.0, min: 0.0, max: 1e9 },
            },
            ParamInfo {
                name: "per_node_down",
                doc: "Value per node below which nodes are removed, in the unit of per_node_up; must be less. Only \
                      for the other metrics.",
                form: ParamForm::Number { default: 4.0, min: 0.0, max: 1e9 },
            },
            ParamInfo {
                name: "step_up",
                doc: "Nodes added at once, as a share of those there are, rounded up, at least 1. More follows a \
                      surge faster and overshoots further.",
                form: ParamForm::Ratio { default: 0.25, min: 0.0, max: 10.0 },
            },
            ParamInfo {
                name: "step_down",
                doc: "Nodes removed at once. More follows falling load faster and cuts deeper before a surge.",
                form: ParamForm::Count { default: 1, min: 0, max: 1_000 },
            },
        ],
        example: "threshold: { scale_up: 70%, scale_down: 30% }",
    },
    build: |params| Ok(Box::new(Threshold::from_params(params)?)),
};

/// Adds nodes while the metric is above `up`, removes some while it is below `down`.
///
/// With `n` nodes that serve or start, the proposal above `up` is `n + max(1, ceil(n * step_up))`, below
/// `down` it is `n - step_down`, else `n`. Both comparisons are strict. Nodes that start count, so a slow
/// boot does not add nodes twice for the same `n`, yet each further cycle above the limit adds a step.
///
/// Known differences: AWS ends an alarm only after several periods of data; here each cycle decides by itself
/// on the mean over the window, and the cooldowns of the auto-scaler give the calm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// What is compared.
    pub metric: ScalingMetric,
    /// Value above which nodes are added.
    pub up: f64,
    /// Value below which nodes are removed.
    pub down: f64,
    /// Nodes added at once, as a share of those there are.
    pub step_up: f64,
    /// Nodes removed at once.
    pub step_down: u32,
}

impl Threshold {
    fn from_params(params: &Params<'_>) -> Result<Self, ConfigError> {
        let metric = ScalingMetric::at(params.choice("metric"));
        let (up, down) = match metric {
            ScalingMetric::Utilization => (params.ratio("scale_up"), params.ratio("scale_down")),
            ScalingMetric::InFlight | ScalingMetric::Queued | ScalingMetric::Arrivals => {
                (params.number("per_node_up"), params.number("per_node_down"))
            }
        };
        if down >= up {
            return Err(match metric {
                ScalingMetric::Utilization => {
                    let expected = format!("less than scale_up, which is {}", Percent(up));
                    params.misfit("scale_down", Percent(down), &expected)
                }
                ScalingMetric::InFlight | ScalingMetric::Queued | ScalingMetric::Arrivals => {
                    let expected = format!("less than per_node_up, which is {up}");
                    params.misfit("per_node_down", down, &expected)
                }
            });
        }
        Ok(Self { metric, up, down, step_up: params.ratio("step_up"), step_down: params.count("step_down") })
    }
}

impl ScalingPolicy for Threshold {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn propose(&mut self, _now: Instant, view: ScalingView<'_>) -> ScalingProposal {
        let current = view.ready.saturating_add(view.starting);
        let value = self.metric.value(&view);
        let (desired, target) = match value {
            Some(value) if value > self.up => {
                // The cast saturates: a share of nodes is never negative and far below the range.
                let step = libm::ceil(f64::from(current) * self.step_up) as u32;
                (current.saturating_add(step.max(1)), self.up)
            }
            Some(value) if value < self.down => (current.saturating_sub(self.step_down), self.down),
            Some(_) | None => (current, self.up),
        };
        let measured = Measured { metric: self.metric.word(), value, target };
        let reason = measured.reason(self.name(), &view, desired);
        ScalingProposal { desired, reason }
    }
}
