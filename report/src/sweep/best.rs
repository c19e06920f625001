//! The best point, and what it gains against the scenario as it stands.

use super::effects::CONFIDENCE;
use super::plan::SweepPlan;
use super::point::MeasuredPoint;
use super::response::value;
use super::summary::PointSummary;
use crate::stats::{Paired, paired};
use cusinart_scenarios::Metric;
use cusinart_scenarios::Unit;
use serde::Serialize;
use std::cmp::Ordering;

/// The best point of a sweep: most replications in which all SLAs hold, then most SLAs held, then least cost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BestPoint {
    /// Its number.
    pub point: u32,
    /// Whether the scenario as it stands is no worse: SLAs and cost.
    pub no_gain: bool,
    /// By metric: what changes against the scenario as it stands.
    pub gains: Vec<Gain>,
}

/// What changes in one metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gain {
    /// The metric.
    pub metric: String,
    /// Its unit.
    pub unit: Unit,
    /// The difference on the same seeds, best point minus scenario; `None` if there was nothing to measure.
    pub difference: Option<Paired>,
}

/// The position of the cost among the metrics.
pub(crate) fn cost_of(plan: &SweepPlan) -> Option<usize> {
    let cost = Metric::Cost.to_string();
    plan.metrics.iter().position(|metric| metric.objective == cost)
}

/// The best point; `None` if the scenario has no SLAs, which say what is good.
pub(super) fn best(
    plan: &SweepPlan,
    points: &[MeasuredPoint],
    summaries: &[PointSummary],
) -> Option<BestPoint> {
    if plan.scenario.slas.is_empty() {
        return None;
    }
    let cost = cost_of(plan);
    let (base, design) = summaries.split_first()?;
    // Of equals the first one.
    let best = design.iter().reduce(|best, point| if better(point, best, cost) { point } else { best })?;
    let gains = plan.metrics.iter().enumerate().map(|(position, metric)| {
        let pairs: Vec<(f64, f64)> = points[0]
            .replications
            .iter()
            .zip(&points[best.point as usize].replications)
            .filter_map(|(base, best)| value(base, position).zip(value(best, position)))
            .collect();
        let (base, best): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let difference = paired(&base, &best, CONFIDENCE);
        Gain { metric: metric.objective.clone(), unit: metric.unit, difference }
    });
    Some(BestPoint { point: best.point, no_gain: !better(best, base, cost), gains: gains.collect() })
}

/// Whether a point is better than another.
fn better(one: &PointSummary, other: &PointSummary, cost: Option<usize>) -> bool {
    order(one, other, cost).is_lt()
}

/// All points, the best first; of equals, and of all without SLAs, the one with the least number.
pub(crate) fn best_first<'a>(plan: &SweepPlan, points: &'a [PointSummary]) -> Vec<&'a PointSummary> {
    let cost = cost_of(plan);
    let mut ranked: Vec<&PointSummary> = points.iter().collect();
    if !plan.scenario.slas.is_empty() {
        ranked.sort_by(|one, other| order(one, other, cost));
    }
    ranked
}

/// The better point is less.
fn order(one: &PointSummary, other: &PointSummary, cost: Option<usize>) -> Ordering {
    let price = |point: &PointSummary| {
        cost.and_then(|cost| point.metrics[cost].as_ref()).map_or(f64::INFINITY, |estimate| estimate.value)
    };
    (other.all_hold, other.slas_held)
        .cmp(&(one.all_hold, one.slas_held))
        .then_with(|| price(one).total_cmp(&price(other)))
}
