//! Numbers to explain: a metric at every point and replication.

use super::plan::SweepPlan;
use super::point::{MeasuredPoint, SweptReplication};
use cusinart_scenarios::Unit;

/// Name of the share of replications in which all SLAs hold, beside the metrics.
pub(crate) const ALL_HOLD: &str = "all SLAs hold";

/// A metric over the points of a design.
pub(super) struct Response {
    pub(super) name: String,
    pub(super) unit: Unit,
    /// Positions in the plan of the points that have a value in every replication.
    pub(super) points: Vec<usize>,
    /// By those points: the values of the replications.
    pub(super) values: Vec<Vec<f64>>,
    /// Points of the design that lack a value.
    pub(super) left_out: usize,
}

impl Response {
    /// By point: the mean over the replications.
    pub(super) fn means(&self) -> Vec<f64> {
        self.values.iter().map(|values| mean(values)).collect()
    }

    /// Replications of a point.
    pub(super) fn replications(&self) -> usize {
        self.values.first().map_or(0, Vec::len)
    }
}

/// What is explained: whether all SLAs hold, then each metric. The scenario as it stands is no point of the design.
pub(super) fn responses(plan: &SweepPlan, points: &[MeasuredPoint]) -> Vec<Response> {
    let mut all = Vec::new();
    if !plan.scenario.slas.is_empty() {
        let held =
            |replication: &SweptReplication| replication.all_hold.map(|held| f64::from(u8::from(held)));
        all.push(response(ALL_HOLD.into(), Unit::Fraction, points, &held));
    }
    for (position, metric) in plan.metrics.iter().enumerate() {
        let value = |replication: &SweptReplication| value(replication, position);
        all.push(response(metric.objective.clone(), metric.unit, points, &value));
    }
    all
}

/// The value of a metric in a replication.
pub(super) fn value(replication: &SweptReplication, metric: usize) -> Option<f64> {
    replication.values.get(metric).copied().flatten().map(|point| point.value)
}

/// The arithmetic mean of numbers of which there is at least one.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn response(
    name: String,
    unit: Unit,
    points: &[MeasuredPoint],
    value: &dyn Fn(&SweptReplication) -> Option<f64>,
) -> Response {
    let mut response = Response { name, unit, points: Vec::new(), values: Vec::new(), left_out: 0 };
    for (position, point) in points.iter().enumerate().skip(1) {
        let values: Option<Vec<f64>> = point.replications.iter().map(value).collect();
        match values.filter(|values| !values.is_empty()) {
            Some(values) => {
                response.points.push(position);
                response.values.push(values);
            }
            None => response.left_out += 1,
        }
    }
    response
}
