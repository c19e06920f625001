//! Verdicts on agreements over replications: pass, fail or undecided, with the measured value and its interval.
//!
//! A value of whole runs (a share, a latency, a cost) is estimated by its mean over the replications with a Student-t
//! interval. Times to detect and recover are pooled over the replications by Kaplan and Meier, so that a recovery
//! that never came counts as long as it was watched; their interval comes from a bootstrap over whole replications.
//! The agreement passes if the whole interval keeps it, fails if no part of it does, and is undecided otherwise.

use crate::human;
use crate::sample::{Point, Sample, Spell};
use crate::stats::{Estimate, Interval, mean_interval, spell_interval};
use crate::study::{Looks, Study};
use cusinart_scenarios::{Comparison, Metric, Sla, Statistic, Unit};
use serde::{Deserialize, Serialize};

/// Whether an agreement holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It holds.
    Pass,
    /// It is missed.
    Fail,
    /// The interval reaches over the limit: more replications are needed to tell.
    Undecided,
}

/// Where an interval comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// One run: there is no interval.
    SingleRun,
    /// Student's t over the replications' values.
    StudentT,
    /// Kaplan–Meier over the times of all replications, bootstrap over replications.
    KaplanMeier,
    /// The median of the replications' greatest times, by order statistics.
    OrderStatistics,
    /// Every replication must meet the limit; no interval.
    EveryRun,
}

/// One agreement, judged over replications.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlaVerdict {
    /// As written in the scenario, in normal form.
    pub text: String,
    /// What is measured, in normal form.
    pub objective: String,
    /// How the measured value is compared with the limit.
    pub comparison: Comparison,
    /// The limit, in `unit`.
    pub limit: f64,
    /// Unit of limit and measured value.
    pub unit: Unit,
    /// The measured value and its interval; `None` if nothing was measured. An infinite end of the interval, or an
    /// infinite value, is a time that may never come; it is written as null.
    pub measured: Option<Estimate>,
    /// Where the interval comes from.
    pub method: Method,
    /// Confidence of the interval, 0..1.
    pub confidence: f64,
    /// Whether it holds.
    pub verdict: Verdict,
    /// Replications that keep it by themselves.
    pub runs_met: u32,
    /// Replications.
    pub runs: u32,
    /// What to know about the measurement.
    pub notes: Vec<String>,
}

impl SlaVerdict {
    /// The measured value with its interval as people read it: `99.2 % [98.9 %, 99.4 %]`.
    pub fn measured_text(&self) -> String {
        let Some(measured) = &self.measured else { return "no data".into() };
        let text = |value: f64| {
            if value.is_finite() { human::distinct(value, self.limit, self.unit) } else { "never".into() }
        };
        match measured.interval {
            Some(Interval { low, high }) if low < high => {
                format!("{} [{}, {}]", text(measured.value), text(low), text(high))
            }
            Some(_) | None => text(measured.value),
        }
    }

    /// Comparison and limit as people read them.
    pub fn limit_text(&self) -> String {
        format!("{} {}", self.comparison.symbol(), human::quantity(self.limit, self.unit))
    }
}

/// Judges agreements over the replications of a study, whose objectives include those of the agreements. The
/// confidence is that of a look at so many replications.
pub fn judge_study(slas: &[Sla], study: &Study, looks: &Looks) -> Vec<SlaVerdict> {
    let confidence = looks.confidence(study.replications.len() as u32, 1);
    slas.iter().map(|sla| judge(sla, study, confidence)).collect()
}

fn judge(sla: &Sla, study: &Study, confidence: f64) -> SlaVerdict {
    let metric = sla.objective.metric;
    let position = study.objectives.iter().position(|text| *text == sla.objective.text);
    let samples: Vec<&Sample> = position.map_or_else(Vec::new, |position| study.samples(position).collect());
    let estimate = estimate(metric, &samples, confidence, &sla.objective.text);
    let points: Vec<Option<Point>> = samples.iter().map(|sample| sample.point(metric)).collect();
    let met = points.iter().filter(|point| run_meets(sla, **point)).count() as u32;
    let (method, verdict) = match (&estimate, sla.comparison) {
        (None, _) => {
            (Method::SingleRun, if holds_by_silence(metric) { Verdict::Pass } else { Verdict::Fail })
        }
        (Some(_), Comparison::Equal) => {
            let all = met as usize == points.len();
            (Method::EveryRun, if all { Verdict::Pass } else { Verdict::Fail })
        }
        (
            Some(estimate),
            Comparison::Below | Comparison::AtMost | Comparison::Above | Comparison::AtLeast,
        ) => (method(metric, samples.len()), decide(sla, estimate, samples.len())),
    };
    SlaVerdict {
        text: sla.text.clone(),
        objective: sla.objective.text.clone(),
        comparison: sla.comparison,
        limit: sla.limit,
        unit: metric.unit(),
        measured: estimate,
        method,
        confidence,
        verdict,
        runs_met: met,
        runs: samples.len() as u32,
        notes: notes(metric, &samples),
    }
}

/// The value of a metric over replications, with its interval; `None` if nothing was measured.
pub(crate) fn estimate(
    metric: Metric,
    samples: &[&Sample],
    confidence: f64,
    label: &str,
) -> Option<Estimate> {
    let Some(statistic) = metric.awaited() else {
        let values: Vec<f64> =
            samples.iter().filter_map(|sample| sample.point(metric)).map(|p| p.value).collect();
        return mean_interval(&values, confidence).map(|estimate| within_range(metric, estimate));
    };
    let clusters: Vec<&[Spell]> = samples
        .iter()
        .map(|sample| match sample {
            Sample::Times(spells) => spells.as_slice(),
            Sample::Value(_) | Sample::Nothing => &[],
        })
        .collect();
    spell_interval(&clusters, statistic, confidence, label)
}

/// Cuts an interval at the bounds of what the metric can be.
fn within_range(metric: Metric, mut estimate: Estimate) -> Estimate {
    let is_part_of_all = matches!(metric, Metric::Availability | Metric::ErrorRatio | Metric::Goodput);
    let most = if is_part_of_all { 1.0 } else { f64::INFINITY };
    if let Some(interval) = &mut estimate.interval {
        interval.low = interval.low.clamp(0.0, most);
        interval.high = interval.high.clamp(0.0, most);
    }
    estimate
}

/// Where the interval of a metric comes from.
pub(crate) fn method(metric: Metric, runs: usize) -> Method {
    match metric.awaited() {
        _ if runs < 2 => Method::SingleRun,
        None => Method::StudentT,
        Some(Statistic::Max) => Method::OrderStatistics,
        Some(Statistic::Mean | Statistic::Quantile(_)) => Method::KaplanMeier,
    }
}

/// The verdict of an interval: the limit lies on one side of it, or within.
fn decide(sla: &Sla, estimate: &Estimate, runs: usize) -> Verdict {
    let holds = |value: f64| sla.comparison.holds(value, sla.limit);
    let (low, high) = match &estimate.interval {
        Some(interval) => (holds(interval.low), holds(interval.high)),
        None if runs == 1 => (holds(estimate.value), holds(estimate.value)),
        // Too few to say anything.
        None => (true, false),
    };
    match (low, high) {
        (true, true) => Verdict::Pass,
        (false, false) => Verdict::Fail,
        (true, false) | (false, true) => Verdict::Undecided,
    }
}

/// Whether one replication keeps an agreement by itself.
pub(crate) fn run_meets(sla: &Sla, point: Option<Point>) -> bool {
    match point {
        None => holds_by_silence(sla.objective.metric),
        // What never came is longer than any limit.
        Some(Point { at_least: true, .. }) => sla.comparison.holds(f64::INFINITY, sla.limit),
        Some(Point { value, at_least: false }) => sla.comparison.holds(value, sla.limit),
    }
}

/// Whether an agreement holds when there was nothing to measure: a time does, because no fault called for it.
pub(crate) fn holds_by_silence(metric: Metric) -> bool {
    metric.awaited().is_some()
}

fn notes(metric: Metric, samples: &[&Sample]) -> Vec<String> {
    let mut notes = Vec::new();
    let silent = samples.iter().filter(|sample| sample.point(metric).is_none()).count();
    if silent > 0 {
        notes.push(format!("nothing to measure in {silent} of {} runs", samples.len()));
    }
    let spells = || {
        samples.iter().flat_map(|sample| match sample {
            Sample::Times(spells) => spells.as_slice(),
            Sample::Value(_) | Sample::Nothing => &[],
        })
    };
    let never = spells().filter(|spell| !spell.ended).count();
    if never > 0 {
        notes.push(format!("{never} of {} never came", spells().count()));
    }
    notes
}
