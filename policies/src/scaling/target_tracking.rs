//! `target_tracking`: as many nodes as keep the metric at its target.

use super::demand::whole;
use super::metric::{Measured, ScalingMetric};
use crate::catalogue::text::Percent;
use crate::catalogue::{Builtin, ParamForm, ParamInfo, Params, PolicyEntry, PolicyKind};
use crate::{Instant, ScalingPolicy, ScalingProposal, ScalingView};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;

pub(crate) const BUILTIN: Builtin<dyn ScalingPolicy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Scaling,
        name: "target_tracking",
        summary: "As many nodes as keep the metric at its target.",
        source: "Kubernetes, Horizontal Pod Autoscaling, algorithm details (tolerance 0.1)",
        params: &[
            ParamInfo {
                name: "metric",
                doc: "What is held at its target: utilization (share of busy workers), in_flight or queued \
                      (requests per node), arrivals (requests per second and node). Utilization never exceeds \
                      100%, so one cycle grows the service at most by 1 / target.",
                form: ParamForm::Choice { words: ScalingMetric::WORDS },
            },
            ParamInfo {
                name: "target",
                doc: "Utilization to hold. Lower keeps more headroom and costs more. Only for metric utilization.",
                form: ParamForm::Ratio { default: 0.6, min: 0.01, max: 1.0 },
            },
            ParamInfo {
                name: "target_per_node",
                doc: "Value per node to hold, in requests or requests per second. Only for the other metrics; \
                      should relate to what one node can do.",
                form: ParamForm::Number { default: 8.0, min: 1e-3, max: 1e9 },
            },
            ParamInfo {
                name: "tolerance",
                doc: "Nothing changes while value / target is off 1 by at most this share. More is calmer and less \
                      exact.",
                form: ParamForm::Ratio { default: 0.1, min: 0.0, max: 0.9 },
            },
        ],
        example: "target_tracking: { target: 60% }",
    },
    build: |params| Ok(Box::new(TargetTracking::from_params(params))),
};

/// Proposes `ceil(ratio * nodes)` with `ratio = value / target`, as the Kubernetes HPA does.
///
/// `nodes` are the nodes that reported; `n` is the number of nodes that serve or start.
/// - All nodes that serve have reported, and none starts or the ratio is at most 1: within the tolerance (`1 -
///   tolerance <= ratio <= 1 + tolerance`) `n` stays, else the proposal is as above. Nodes that start are
///   surplus then.
/// - Else the ratio is taken again over more nodes. Above 1, nodes that start and nodes that are silent are
///   assumed idle. Below 1, silent nodes are assumed busy (utilization 1, or the target if that is more; the
///   target for other metrics). `n` stays if that ratio is within the tolerance or on the other side of 1, or
///   if its proposal moves against it.
///
/// Known differences: utilization is a float, not a whole percentage rounded down, and the mean over the window counts, not
/// the newest sample. The HPA's stabilisation window and rate limits are not part of this policy: the auto-scaler has
/// cooldowns instead. The policy with all of the HPA is `kubernetes_hpa`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TargetTracking {
    /// What is held at its target.
    pub metric: ScalingMetric,
    /// The target, a fraction or a value per node.
    pub target: f64,
    /// Distance of value / target from 1 that changes nothing.
    pub tolerance: f64,
}

impl TargetTracking {
    fn from_params(params: &Params<'_>) -> Self {
        let metric = ScalingMetric::at(params.choice("metric"));
        let target = match metric {
            ScalingMetric::Utilization => params.ratio("target"),
            ScalingMetric::InFlight | ScalingMetric::Queued | ScalingMetric::Arrivals => {
                params.number("target_per_node")
            }
        };
        Self { metric, target, tolerance: params.ratio("tolerance") }
    }

    /// The number of nodes wanted, and why it stayed, if it did.
    fn desired(&self, value: f64, view: &ScalingView<'_>) -> (u32, Option<String>) {
        let current = view.ready.saturating_add(view.starting);
        let reporting = view.metrics.nodes_reporting;
        let silent = view.ready.saturating_sub(reporting);
        let ratio = value / self.target;
        let starting = if ratio > 1.0 { view.starting } else { 0 };
        if silent == 0 && starting == 0 {
            return if self.within(ratio) {
                (current, Some(format!("within tolerance {}", Percent(self.tolerance))))
            } else {
                (whole(ratio * f64::from(reporting)), None)
            };
        }
        let assumed = if ratio < 1.0 { f64::from(silent) * self.busy() } else { 0.0 };
        let nodes = f64::from(reporting) + f64::from(silent) + f64::from(starting);
        let ratio_of_all = (value * f64::from(reporting) + assumed) / (nodes * self.target);
        let desired = whole(ratio_of_all * nodes);
        let crossed = (ratio < 1.0) != (ratio_of_all < 1.0);
        let against = if ratio_of_all < 1.0 { desired > current } else { desired < current };
        if self.within(ratio_of_all) || crossed || against {
            let silent = silent.saturating_add(starting);
            let nodes = if silent == 1 { "node" } else { "nodes" };
            return (current, Some(format!("{silent} {nodes} without sample")));
        }
        (desired, None)
    }

    /// What a silent node is assumed to carry while nodes may be removed.
    fn busy(&self) -> f64 {
        match self.metric {
            ScalingMetric::Utilization => self.target.max(1.0),
            ScalingMetric::InFlight | ScalingMetric::Queued | ScalingMetric::Arrivals => self.target,
        }
    }

    fn within(&self, ratio: f64) -> bool {
        1.0 - self.tolerance <= ratio && ratio <= 1.0 + self.tolerance
    }
}

impl ScalingPolicy for TargetTracking {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn propose(&mut self, _now: Instant, view: ScalingView<'_>) -> ScalingProposal {
        let current = view.ready.saturating_add(view.starting);
        let value = self.metric.value(&view);
        let (desired, limit) = value.map_or((current, None), |value| self.desired(value, &view));
        let measured = Measured { metric: self.metric.word(), value, target: self.target };
        let mut reason = measured.reason(self.name(), &view, desired);
        reason.limits.extend(limit);
        ScalingProposal { desired, reason }
    }
}
