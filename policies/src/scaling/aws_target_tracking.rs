//! `aws_target_tracking`: two alarms around a target.

use super::metric::{METRIC, Measured, ScalingMetric, TARGET_PER_NODE, target_share};
use super::warm::{WARMUP, WarmFleet};
use crate::catalogue::{Builtin, ParamForm, ParamInfo, Params, PolicyEntry, PolicyKind};
use crate::{Duration, Instant, ScalingPolicy, ScalingProposal, ScalingView};
use alloc::boxed::Box;
use alloc::string::ToString;

const fn periods(name: &'static str, doc: &'static str, default: u64) -> ParamInfo {
    ParamInfo { name, doc, form: ParamForm::Count { default, min: 1, max: 1_440 } }
}

pub(crate) const BUILTIN: Builtin<dyn ScalingPolicy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Scaling,
        name: "aws_target_tracking",
        summary: "AWS target tracking: soon up in proportion, late down and never below the target's need.",
        source: "Amazon EC2 Auto Scaling, Target tracking scaling policies; the alarms it makes (3 of 1 min high, 15 low)",
        params: &[
            METRIC,
            target_share(0.5),
            TARGET_PER_NODE,
            periods("periods_high", "Cycles in a row above the target until nodes are added.", 3),
            periods("periods_low", "Cycles in a row below low of the target until nodes are removed.", 15),
            ParamInfo {
                name: "low",
                doc: "Share of the target below which nodes are removed. Higher saves more and flutters more.",
                form: ParamForm::Ratio { default: 0.9, min: 0.0, max: 1.0 },
            },
            ParamInfo {
                name: "disable_scale_in",
                doc: "Whether nodes are never removed.",
                form: ParamForm::Flag { default: false },
            },
            WARMUP,
        ],
        example: "aws_target_tracking: { target: 50%, warmup: 60s }",
    },
    build: |params| Ok(Box::new(AwsTargetTracking::from_params(params))),
};

/// Proposes `ceil(warm nodes * value / target)` once the metric has been above the target, or below a share of it, for some
/// cycles in a row.
///
/// The metric is the mean over the warm nodes. Growth never lowers the number, so warming nodes count towards it; nothing is
/// removed while nodes warm up. The policy has limits of its own, so the cooldowns of the auto-scaler are none unless they
/// are written.
///
/// Known differences: a period of the alarms is a cycle of the auto-scaler. AWS does not publish how much it removes at a
/// time ("more gradually"); here it is what the target needs.
#[derive(Clone, Debug, PartialEq)]
pub struct AwsTargetTracking {
    metric: ScalingMetric,
    target: f64,
    low: f64,
    /// Cycles that each alarm needs, and has had in a row.
    high_periods: u32,
    low_periods: u32,
    high_seen: u32,
    low_seen: u32,
    disable_scale_in: bool,
    warmup: Duration,
}

impl AwsTargetTracking {
    fn from_params(params: &Params<'_>) -> Self {
        let (metric, target) = ScalingMetric::chosen(params, "target", "target_per_node");
        Self {
            metric,
            target,
            low: params.ratio("low"),
            high_periods: params.count("periods_high"),
            low_periods: params.count("periods_low"),
            high_seen: 0,
            low_seen: 0,
            disable_scale_in: params.flag("disable_scale_in"),
            warmup: params.duration(WARMUP.name),
        }
    }

    fn observe(&mut self, value: Option<f64>) {
        let next = |seen: u32, beyond: bool| if beyond { seen.saturating_add(1) } else { 0 };
        self.high_seen = next(self.high_seen, value.is_some_and(|value| value > self.target));
        self.low_seen = next(self.low_seen, value.is_some_and(|value| value < self.target * self.low));
    }
}

impl ScalingPolicy for AwsTargetTracking {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn propose(&mut self, _now: Instant, view: ScalingView<'_>) -> ScalingProposal {
        let fleet = WarmFleet::of(self.metric, self.warmup, &view);
        self.observe(fleet.value);
        let ratio = fleet.value.map(|value| value / self.target);
        // What the target needs. The cast saturates.
        let needed = ratio.map_or(fleet.current, |ratio| libm::ceil(ratio * f64::from(fleet.warm)) as u32);
        let (wanted, code) = if self.high_seen >= self.high_periods {
            (needed.max(fleet.current), Some("AlarmHigh"))
        } else if self.low_seen >= self.low_periods && !self.disable_scale_in {
            (needed.min(fleet.current), Some("AlarmLow"))
        } else {
            (fleet.current, None)
        };
        let measured = Measured { metric: self.metric.word(), value: fleet.value, target: self.target };
        let mut reason = measured.reason(self.name(), &view, wanted);
        (reason.ratio, reason.code) = (ratio, code.map(|code| code.to_string()));
        let desired = fleet.held(wanted, &mut reason);
        ScalingProposal { desired, reason }
    }

    fn paces_itself(&self) -> bool {
        true
    }
}
