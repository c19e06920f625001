//! `results.json`: what a finished sweep says.

use super::best::{BestPoint, best};
use super::effects::{CONFIDENCE, MetricEffects, effects};
use super::front::{FrontPoint, front};
use super::interactions::{Interaction, interactions};
use super::plan::{SWEEP_SCHEMA_VERSION, SweepPlan};
use super::point::MeasuredPoint;
use super::response::{responses, value};
use crate::stats::{Estimate, mean_interval};
use serde::Serialize;

/// What a finished sweep says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SweepSummary {
    /// Version of the form of a sweep's files.
    pub schema_version: u32,
    /// Hash of the plan.
    pub sweep: String,
    /// The points, in order; the first one is the scenario as it stands.
    pub points: Vec<PointSummary>,
    /// The best point; `None` if the scenario has no SLAs.
    pub best: Option<BestPoint>,
    /// Points that no other one beats both in cost and in SLAs held, by ascending cost.
    pub front: Vec<FrontPoint>,
    /// Which knobs matter, by metric.
    pub effects: Vec<MetricEffects>,
    /// Which knobs depend on each other, by metric; those that explain most first.
    pub interactions: Vec<Interaction>,
}

/// What the replications of one point say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PointSummary {
    /// Its number.
    pub point: u32,
    /// Its settings as `path=value`.
    pub settings: Vec<String>,
    /// Replications.
    pub replications: u32,
    /// Replications in which all SLAs hold.
    pub all_hold: u32,
    /// SLAs that hold, summed over the replications.
    pub slas_held: u32,
    /// By metric: mean with a Student-t interval of 95 %; `None` if nothing was measured in any replication.
    pub metrics: Vec<Option<Estimate>>,
    /// By metric: replications of which the value is known only to be at least so great.
    pub at_least: Vec<u32>,
}

impl SweepSummary {
    /// As it is stored, with a newline at the end.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("the summary is plain data with string keys") + "\n"
    }
}

/// Sums up a finished sweep: the plan, and every point of it in order.
pub fn summarize_sweep(plan: &SweepPlan, points: &[MeasuredPoint]) -> SweepSummary {
    let summaries: Vec<PointSummary> = points.iter().map(|point| point_summary(plan, point)).collect();
    let responses = responses(plan, points);
    SweepSummary {
        schema_version: SWEEP_SCHEMA_VERSION,
        sweep: plan.hash.clone(),
        best: best(plan, points, &summaries),
        front: front(plan, &summaries),
        effects: effects(plan, &responses),
        interactions: interactions(plan, &responses),
        points: summaries,
    }
}

fn point_summary(plan: &SweepPlan, point: &MeasuredPoint) -> PointSummary {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let metrics = 0..plan.metrics.len();
    let estimate = |metric: usize| {
        let values: Vec<f64> =
            point.replications.iter().filter_map(|replication| value(replication, metric)).collect();
        mean_interval(&values, CONFIDENCE)
    };
    let at_least = |metric: usize| {
        let censored = point.replications.iter().filter_map(|replication| *replication.values.get(metric)?);
        count(censored.filter(|value| value.at_least).count())
    };
    PointSummary {
        point: point.point,
        settings: point.settings.clone(),
        replications: count(point.replications.len()),
        all_hold: count(point.replications.iter().filter(|run| run.all_hold == Some(true)).count()),
        slas_held: point.replications.iter().fold(0, |held, run| held.saturating_add(run.slas_held)),
        metrics: metrics.clone().map(estimate).collect(),
        at_least: metrics.map(at_least).collect(),
    }
}
