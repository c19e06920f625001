//! What is to be had for the money: cost against the SLAs, and against metrics.

use super::chart::Limit;
use super::numbers::short;
use super::page::{Measure, Part, Section};
use super::study::{Axis, Better, Scatter, ScatterPoint};
use super::units::{measure, way_of};
use crate::human;
use crate::stats::Estimate;
use crate::sweep::best::{best_first, cost_of};
use crate::sweep::response::ALL_HOLD;
use crate::sweep::words::quantity;
use crate::sweep::{PointSummary, SweepPlan, SweepSummary};
use cusinart_scenarios::Unit;

/// Points of a chart.
const POINTS_MAX: usize = 300;
/// Points up to which their intervals are drawn.
const INTERVALS_MAX: usize = 64;
/// Metrics that get a chart.
const METRICS_MAX: usize = 2;

/// A point with its place.
struct Placed<'a> {
    point: &'a PointSummary,
    cost: &'a Estimate,
    value: Estimate,
    text: String,
}

/// The charts.
pub(super) fn parts(plan: &SweepPlan, summary: &SweepSummary) -> Vec<Part> {
    let Some(cost) = cost_of(plan) else { return Vec::new() };
    let ranked = best_first(plan, &summary.points);
    let mut parts = Vec::new();
    if !plan.scenario.slas.is_empty() {
        let placed = ranked.iter().filter_map(|point| {
            let value = f64::from(point.all_hold) / f64::from(point.replications.max(1));
            let text = format!("all SLAs hold in {} of {}", point.all_hold, point.replications);
            let value = Estimate { value, interval: None, count: point.replications };
            Some(Placed { point, cost: point.metrics[cost].as_ref()?, value, text })
        });
        let y = Axis { label: ALL_HOLD.into(), unit: Measure::Fraction, better: Better::More };
        parts.push(chart("front", placed.collect(), y, None));
    }
    let metrics = plan.metrics.iter().enumerate().filter(|(at, _)| *at != cost).take(METRICS_MAX);
    for (number, (at, metric)) in metrics.enumerate() {
        let placed = ranked.iter().filter_map(|point| {
            let value = point.metrics[at]?;
            let sign = if point.at_least[at] > 0 { "≥ " } else { "" };
            let text = format!("{} {sign}{}", metric.objective, quantity(value.value, metric.unit));
            Some(Placed { point, cost: point.metrics[cost].as_ref()?, value, text })
        });
        let limit = metric
            .limit
            .and_then(short)
            .map(|value| Limit { value, label: format!("SLA {}", human::quantity(value, metric.unit)) });
        let y = Axis {
            label: metric.objective.clone(),
            unit: measure(metric.unit),
            better: way_of(&metric.objective),
        };
        parts.push(chart(&format!("front-{}", number + 1), placed.collect(), y, limit));
    }
    parts
}

/// A chart of the points, which come best first.
fn chart(id: &str, placed: Vec<Placed<'_>>, y: Axis, limit: Option<Limit>) -> Part {
    let front = front(&placed, y.better);
    let total = placed.len();
    let spare = POINTS_MAX.saturating_sub(front.iter().filter(|front| **front).count());
    let others = total - front.iter().filter(|front| **front).count();
    let mut seen = 0;
    let mut kept = |index: usize| {
        if front[index] || placed[index].point.point == 0 || others <= spare {
            return true;
        }
        // So many of the others, evenly from the best to the worst.
        seen += 1;
        seen * spare / others > (seen - 1) * spare / others
    };
    let shown: Vec<usize> = (0..total).filter(|index| kept(*index)).collect();
    let with_intervals = total <= INTERVALS_MAX;
    let points =
        shown.iter().filter_map(|index| scatter_point(&placed[*index], front[*index], with_intervals));
    let title = format!("Cost against {}", if y.label == ALL_HOLD { "the SLAs" } else { &y.label });
    let x = Axis { label: "cost".into(), unit: Measure::Currency, better: Better::Less };
    let scatter = Scatter { x, points: points.collect(), y, limit };
    let part = Part::new(id, &title, Section::Scatter(scatter)).lead(
        "Means of each point. The line joins the points that no other one beats both in cost and in this.",
    );
    match shown.len() {
        count if count < total => part.note(format!(
            "{} of {} points are drawn: the front, and others evenly from the best to the worst. All are in results.json.",
            human::count(count as u64),
            human::count(total as u64)
        )),
        _ => part,
    }
}

fn scatter_point(placed: &Placed<'_>, front: bool, with_intervals: bool) -> Option<ScatterPoint> {
    let interval = |estimate: &Estimate| {
        let interval = estimate.interval.filter(|interval| with_intervals && interval.low < interval.high)?;
        short(interval.low).zip(short(interval.high))
    };
    let settings = match placed.point.point {
        0 => "the scenario as it stands".into(),
        _ => placed.point.settings.join(" "),
    };
    Some(ScatterPoint {
        label: super::sweep_points::name(placed.point),
        x: short(placed.cost.value)?,
        y: short(placed.value.value)?,
        x_interval: interval(placed.cost),
        y_interval: interval(&placed.value),
        front,
        text: format!("cost {}, {}: {settings}", quantity(placed.cost.value, Unit::Currency), placed.text),
    })
}

/// By point: whether it is on the front. The scenario as it stands is not of the design, so it never is.
fn front(placed: &[Placed<'_>], better: Better) -> Vec<bool> {
    let worth = |index: &usize| match better {
        Better::Less | Better::Neither => -placed[*index].value.value,
        Better::More => placed[*index].value.value,
    };
    let mut order: Vec<usize> = (0..placed.len()).filter(|index| placed[*index].point.point != 0).collect();
    order.sort_by(|one, other| {
        let (a, b) = (&placed[*one], &placed[*other]);
        a.cost
            .value
            .total_cmp(&b.cost.value)
            .then(worth(other).total_cmp(&worth(one)))
            .then(a.point.point.cmp(&b.point.point))
    });
    let mut best = f64::NEG_INFINITY;
    let mut front = vec![false; placed.len()];
    for index in order {
        if worth(&index) > best {
            best = worth(&index);
            front[index] = true;
        }
    }
    front
}
