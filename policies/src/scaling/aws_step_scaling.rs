//! `aws_step_scaling`: steps by the distance from a threshold.

use super::aws_step::{Step, StepCapacity, StepDirection, StepTable, StepUnit};
use super::metric::{METRIC, Measured, ScalingMetric};
use super::warm::{WARMUP, WarmFleet};
use crate::catalogue::text::Percent;
use crate::catalogue::{Builtin, ParamForm, ParamInfo, Params, PolicyEntry, PolicyKind};
use crate::{ConfigError, Duration, Instant, ScalingPolicy, ScalingProposal, ScalingView};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

/// The words of [`StepUnit`].
const UNITS: &[&str] = &["percent", "change", "exact"];
/// The form of a list of steps.
const STEPS: &str = "steps as LOWER:UPPER=ADJUSTMENT, such as 0:10=10,10:=30; an open end is left out";
/// Most steps of a list (AWS allows 20).
const STEPS_MAX: usize = 20;

pub(crate) const BUILTIN: Builtin<dyn ScalingPolicy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Scaling,
        name: "aws_step_scaling",
        summary: "AWS step scaling: the further from the threshold, the more nodes at once.",
        source: "Amazon EC2 Auto Scaling, Step and simple scaling policies",
        params: &[
            METRIC,
            ParamInfo {
                name: "scale_up",
                doc: "Utilization from which on steps_out are looked at. Only for metric utilization.",
                form: ParamForm::Ratio { default: 0.7, min: 0.01, max: 1.0 },
            },
            ParamInfo {
                name: "scale_down",
                doc: "Utilization up to which steps_in are looked at; must be less than scale_up. Only for metric \
                      utilization.",
                form: ParamForm::Ratio { default: 0.3, min: 0.0, max: 1.0 },
            },
            ParamInfo {
                name: "per_node_up",
                doc: "Value per node from which on steps_out are looked at. Only for the other metrics.",
                form: ParamForm::Number { default: 16.0, min: 0.0, max: 1e9 },
            },
            ParamInfo {
                name: "per_node_down",
                doc: "Value per node up to which steps_in are looked at; must be less than per_node_up. Only for the other \
                      metrics.",
                form: ParamForm::Number { default: 4.0, min: 0.0, max: 1e9 },
            },
            ParamInfo {
                name: "unit",
                doc: "What an adjustment counts: percent of the nodes, a change in nodes, or the exact number of nodes.",
                form: ParamForm::Choice { words: UNITS },
            },
            ParamInfo {
                name: "steps_out",
                doc: "What to do above the upper threshold, by the distance from it: percentage points of utilization, or \
                      the unit of the metric. The lower end belongs to a step.",
                form: ParamForm::Text { default: "0:10=10,10:=30", expected: STEPS },
            },
            ParamInfo {
                name: "steps_in",
                doc: "What to do below the lower threshold, by the distance from it, which is negative. The upper end \
                      belongs to a step.",
                form: ParamForm::Text { default: ":-10=-30,-10:0=-10", expected: STEPS },
            },
            ParamInfo {
                name: "min_change",
                doc: "Least change of a step in percent that changes anything, in nodes.",
                form: ParamForm::Count { default: 1, min: 1, max: 1_000_000 },
            },
            ParamInfo {
                name: "periods",
                doc: "Cycles in a row beyond a threshold until a step is taken. More is calmer and slower.",
                form: ParamForm::Count { default: 1, min: 1, max: 1_440 },
            },
            WARMUP,
        ],
        example: "aws_step_scaling: { scale_up: 60%, steps_out: \"0:15=10,15:=50\" }",
    },
    build: |params| Ok(Box::new(AwsStepScaling::from_params(params)?)),
};

/// Asks a [`StepTable`] once the metric has been beyond a threshold for some cycles in a row.
///
/// The metric is the mean over the nodes that are warm, and adjustments count from these; warming nodes count towards the
/// number wanted, so a step is not taken twice. Nothing is removed while nodes warm up. An alarm that stays on
/// takes a step in each cycle. The policy has limits of its own, so the cooldowns of the auto-scaler are none unless they are
/// written.
///
/// Known differences: a period of the alarm is a cycle of the auto-scaler.
#[derive(Clone, Debug)]
pub struct AwsStepScaling {
    metric: ScalingMetric,
    /// Thresholds in the unit of the metric, and what is done beyond them.
    out: Alarm,
    r#in: Alarm,
    periods: u32,
    warmup: Duration,
}

#[derive(Clone, Debug)]
struct Alarm {
    threshold: f64,
    table: StepTable,
    /// Cycles in a row beyond the threshold.
    beyond: u32,
}

impl AwsStepScaling {
    fn from_params(params: &Params<'_>) -> Result<Self, ConfigError> {
        let (metric, up) = ScalingMetric::chosen(params, "scale_up", "per_node_up");
        let (_, down) = ScalingMetric::chosen(params, "scale_down", "per_node_down");
        if down >= up {
            return Err(match metric {
                ScalingMetric::Utilization => {
                    let expected = format!("less than scale_up, which is {}", Percent(up));
                    params.misfit("scale_down", Percent(down), &expected)
                }
                ScalingMetric::InFlight | ScalingMetric::Queued | ScalingMetric::Arrivals => {
                    params.misfit("per_node_down", down, &format!("less than per_node_up, which is {up}"))
                }
            });
        }
        let alarm = |threshold, direction, name: &str| {
            let steps = steps(params.text(name)).ok_or_else(|| params.unreadable(name))?;
            let unit =
                [StepUnit::PercentChangeInCapacity, StepUnit::ChangeInCapacity, StepUnit::ExactCapacity]
                    [params.choice("unit")];
            let magnitude_min = Some(i64::from(params.count("min_change")));
            let table = StepTable { direction, unit, steps, magnitude_min };
            Ok(Alarm { threshold, table, beyond: 0 })
        };
        Ok(Self {
            metric,
            out: alarm(up, StepDirection::Out, "steps_out")?,
            r#in: alarm(down, StepDirection::In, "steps_in")?,
            periods: params.count("periods"),
            warmup: params.duration(WARMUP.name),
        })
    }

    /// Distances are in percentage points for shares.
    fn scale(&self) -> f64 {
        match self.metric {
            ScalingMetric::Utilization => 100.0,
            ScalingMetric::InFlight | ScalingMetric::Queued | ScalingMetric::Arrivals => 1.0,
        }
    }

    /// Counts the cycle for both alarms.
    fn observe(&mut self, value: Option<f64>) {
        let count = |alarm: &mut Alarm, beyond: bool| {
            alarm.beyond = if beyond { alarm.beyond.saturating_add(1) } else { 0 };
        };
        let (up, down) = (self.out.threshold, self.r#in.threshold);
        count(&mut self.out, value.is_some_and(|value| value >= up));
        count(&mut self.r#in, value.is_some_and(|value| value <= down));
    }
}

impl ScalingPolicy for AwsStepScaling {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn propose(&mut self, _now: Instant, view: ScalingView<'_>) -> ScalingProposal {
        let fleet = WarmFleet::of(self.metric, self.warmup, &view);
        self.observe(fleet.value);
        let alarm = [&self.out, &self.r#in].into_iter().find(|alarm| alarm.beyond >= self.periods);
        let target = alarm.unwrap_or(&self.out).threshold;
        let capacity = StepCapacity {
            warm: i64::from(fleet.warm),
            desired: i64::from(fleet.current),
            min: i64::from(view.min),
            max: i64::from(view.max),
        };
        let step = alarm.zip(fleet.value).and_then(|(alarm, value)| {
            let points = (value - alarm.threshold) * self.scale();
            // Percentages of utilization are cut to a billionth, so that 80% is 10 above 70%.
            let distance = libm::round(points * 1e9) / 1e9;
            alarm.table.wanted(distance, capacity).map(|wanted| (alarm.table.direction, wanted))
        });
        // Within the bounds, which are numbers of nodes.
        let wanted = step.map_or(fleet.current, |(_, wanted)| u32::try_from(wanted).unwrap_or(0));
        let measured = Measured { metric: self.metric.word(), value: fleet.value, target };
        let mut reason = measured.reason(self.name(), &view, wanted);
        reason.code = step.map(|(direction, _)| match direction {
            StepDirection::Out => "step out".to_string(),
            StepDirection::In => "step in".to_string(),
        });
        let desired = fleet.held(wanted, &mut reason);
        ScalingProposal { desired, reason }
    }

    fn paces_itself(&self) -> bool {
        true
    }
}

/// Reads a list of steps; `None` if it is none.
fn steps(text: &str) -> Option<Vec<Step>> {
    let end = |text: &str| match text {
        "" => Some(None),
        number => number.parse::<f64>().ok().filter(|number| number.is_finite()).map(Some),
    };
    let step = |text: &str| {
        let (range, adjustment) = text.trim().split_once('=')?;
        let (lower, upper) = range.split_once(':')?;
        let step = Step {
            lower: end(lower.trim())?,
            upper: end(upper.trim())?,
            adjustment: adjustment.trim().parse().ok().filter(|number: &i64| number.abs() <= 1_000_000)?,
        };
        let is_range = step.lower.zip(step.upper).is_none_or(|(lower, upper)| lower < upper);
        is_range.then_some(step)
    };
    let steps: Vec<Step> = text.split(',').map(step).collect::<Option<_>>()?;
    (steps.len() <= STEPS_MAX).then_some(steps)
}
