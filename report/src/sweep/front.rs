//! The Pareto front: points that no other one beats both in cost and in SLAs held.

use super::best::cost_of;
use super::plan::SweepPlan;
use super::summary::PointSummary;
use serde::Serialize;

/// A point of the front.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FrontPoint {
    /// Its number.
    pub point: u32,
    /// Mean cost.
    pub cost: f64,
    /// Share of replications in which all SLAs hold, 0..=1.
    pub all_hold: f64,
}

/// The front over the points of the design, by ascending cost. Empty without SLAs.
pub(super) fn front(plan: &SweepPlan, points: &[PointSummary]) -> Vec<FrontPoint> {
    let Some(cost) = cost_of(plan).filter(|_| !plan.scenario.slas.is_empty()) else { return Vec::new() };
    let mut all: Vec<FrontPoint> = points
        .iter()
        .skip(1)
        .filter_map(|point| {
            let all_hold = f64::from(point.all_hold) / f64::from(point.replications.max(1));
            Some(FrontPoint { point: point.point, cost: point.metrics[cost].as_ref()?.value, all_hold })
        })
        .collect();
    all.sort_by(|one, other| one.cost.total_cmp(&other.cost).then(other.all_hold.total_cmp(&one.all_hold)));
    let mut best = f64::NEG_INFINITY;
    all.retain(|point| {
        let beats = point.all_hold > best;
        best = best.max(point.all_hold);
        beats
    });
    all
}
