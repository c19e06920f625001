//! All metrics together: which arm to take.

use crate::compare::comparison::MetricComparison;
use crate::compare::difference::Change;
use crate::stats::Estimate;
use serde::Serialize;

/// An arm against the first, all metrics together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Overall {
    /// Better in something, worse in nothing that was decided.
    Better,
    /// Worse in something, better in nothing that was decided.
    Worse,
    /// Better in something and worse in something: what counts more is for people to say.
    TradeOff,
    /// No difference that matters in any metric.
    NoDifference,
    /// No metric is better or worse, and not all are decided.
    Undecided,
}

impl Overall {
    /// As people read it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::TradeOff => "trade-off",
            Self::NoDifference => "no difference",
            Self::Undecided => "undecided",
        }
    }
}

/// Cost and agreements kept of one arm.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParetoPoint {
    /// Position of the arm.
    pub arm: usize,
    /// Mean cost.
    pub cost: Option<Estimate>,
    /// Mean share of the agreements that a replication keeps; `None` if there are none.
    pub slas_met: Option<Estimate>,
    /// Whether no other arm is cheaper and keeps as much, or keeps more at no higher cost.
    pub on_front: bool,
}

/// The verdict on the arm with this position among the differences.
pub(crate) fn overall(metrics: &[MetricComparison], position: usize) -> Overall {
    let changes = || metrics.iter().filter_map(|metric| metric.differences.get(position)).map(|d| d.change);
    let count = |wanted: Change| changes().filter(|change| *change == wanted).count();
    match (count(Change::Better), count(Change::Worse)) {
        (0, 0) if count(Change::Undecided) == 0 && count(Change::NoDifference) > 0 => Overall::NoDifference,
        (0, 0) => Overall::Undecided,
        (_, 0) => Overall::Better,
        (0, _) => Overall::Worse,
        (_, _) => Overall::TradeOff,
    }
}

/// Marks the points that no other point dominates, by their means.
pub(crate) fn mark_front(points: &mut [ParetoPoint]) {
    let place = |point: &ParetoPoint| {
        Some((point.cost.as_ref()?.value, point.slas_met.as_ref().map_or(0.0, |met| met.value)))
    };
    let places: Vec<Option<(f64, f64)>> = points.iter().map(place).collect();
    for (point, mine) in points.iter_mut().zip(&places) {
        let Some((cost, met)) = mine else { continue };
        let dominated = places.iter().flatten().any(|(other_cost, other_met)| {
            other_cost <= cost && other_met >= met && (other_cost < cost || other_met > met)
        });
        point.on_front = !dominated;
    }
}
