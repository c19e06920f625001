//! The charts of a comparison's page that are not over time: differences, cost against SLAs, distributions.

use super::chart::{Curve, Ecdf};
use super::compare_timeline::{COLORS, DRAWN_MAX};
use super::numbers::short;
use super::page::{Measure, Part, Section};
use super::run_ecdf::{curve, latency_curve, never_came};
use super::study::{Axis, Better, Difference, DifferenceVerdict, Forest, ForestGroup, Scatter, ScatterPoint};
use super::units::{measure, way};
use crate::compare::text::{change_text, difference_text, value_text};
use crate::compare::{ArmRun, Change, Comparison, MetricComparison, ParetoPoint};
use crate::requests::Latencies;
use crate::rows::estimate_text;
use crate::sample::{Sample, Spell};
use crate::stats::Estimate;
use cusinart_scenarios::{Metric, Subject, Unit};

/// Paired differences with their intervals, metric by metric.
pub(super) fn forest(comparison: &Comparison) -> Part {
    let groups = comparison.metrics.iter().map(|metric| group(comparison, metric)).collect();
    let forest = Forest { baseline: comparison.arms[0].label.clone(), groups };
    Part::new("differences", "Differences", Section::Forest(forest))
}

fn group(comparison: &Comparison, metric: &MetricComparison) -> ForestGroup {
    let relative = metric.unit != Unit::Fraction
        && metric.differences.iter().all(|one| one.estimate.is_none() || one.relative.is_some());
    let rows = metric.differences.iter().enumerate().map(|(position, difference)| {
        let shown = if relative { &difference.relative } else { &difference.estimate };
        let (value, low, high) = ends(shown.as_ref());
        Difference {
            label: comparison.arms[position + 1].label.clone(),
            value,
            low,
            high,
            verdict: match difference.change {
                Change::Better => DifferenceVerdict::Better,
                Change::Worse => DifferenceVerdict::Worse,
                Change::NoDifference => DifferenceVerdict::Same,
                Change::Undecided | Change::NotMeasured => DifferenceVerdict::Undecided,
            },
            text: format!(
                "{} to {}: {} – {}",
                value_text(metric, 0),
                value_text(metric, position + 1),
                difference_text(metric.unit, difference),
                change_text(difference)
            ),
        }
    });
    ForestGroup {
        metric: metric.objective.clone(),
        better: way(metric.better),
        unit: (!relative).then(|| measure(metric.unit)),
        band: short(if relative { relative_margin(comparison, metric) } else { metric.margin }),
        rows: rows.collect(),
    }
}

/// A value and the ends of its interval. With one pair only there is no interval: it has no ends.
fn ends(estimate: Option<&Estimate>) -> (Option<f64>, Option<f64>, Option<f64>) {
    let end = |of: fn(&crate::stats::Interval) -> f64| {
        estimate.and_then(|estimate| estimate.interval.as_ref()).and_then(|interval| short(of(interval)))
    };
    (
        estimate.and_then(|estimate| short(estimate.value)),
        end(|interval| interval.low),
        end(|interval| interval.high),
    )
}

/// The margin of a metric as a share of the first arm's value. Any difference that is not zero tells how the two
/// compare; where there is none, it is the margin that was asked for.
fn relative_margin(comparison: &Comparison, metric: &MetricComparison) -> f64 {
    let mut ratios = metric.differences.iter().filter_map(|difference| {
        let (absolute, relative) = (difference.estimate.as_ref()?, difference.relative.as_ref()?);
        (absolute.value != 0.0).then(|| relative.value / absolute.value)
    });
    ratios.next().map_or(comparison.margin, |ratio| metric.margin * ratio)
}

/// Cost against the share of SLAs that a run keeps; nothing without costs or SLAs.
pub(super) fn scatter(comparison: &Comparison) -> Option<Part> {
    let points: Vec<ScatterPoint> =
        comparison.pareto.iter().filter_map(|point| scatter_point(comparison, point)).collect();
    if points.is_empty() {
        return None;
    }
    let scatter = Scatter {
        x: Axis { label: "cost of a run".into(), unit: Measure::Currency, better: Better::Less },
        y: Axis { label: "SLAs met by a run".into(), unit: Measure::Fraction, better: Better::More },
        points,
        limit: None,
    };
    Some(
        Part::new("cost", "Cost against SLAs", Section::Scatter(scatter))
            .note("Means over the replications. The lines are intervals, each by itself."),
    )
}

fn scatter_point(comparison: &Comparison, point: &ParetoPoint) -> Option<ScatterPoint> {
    let (cost, met) = (point.cost.as_ref()?, point.slas_met.as_ref()?);
    // A share stays within 0..=1 whatever a normal interval says.
    let interval = |estimate: &Estimate, most: f64| {
        let interval = estimate.interval.as_ref()?;
        Some((short(interval.low.max(0.0))?, short(interval.high.min(most))?))
    };
    Some(ScatterPoint {
        label: comparison.arms[point.arm].label.clone(),
        x: short(cost.value)?,
        y: short(met.value)?,
        x_interval: interval(cost, f64::INFINITY),
        y_interval: interval(met, 1.0),
        front: point.on_front,
        text: format!(
            "cost {}, SLAs met {}",
            estimate_text(Some(cost), Unit::Currency),
            estimate_text(Some(met), Unit::Fraction)
        ),
    })
}

/// Latency of good answers in the first replication, one curve per arm.
pub(super) fn latency(arms: &[ArmRun<'_>]) -> Part {
    let curves = arms
        .iter()
        .zip(COLORS)
        .map(|(arm, color)| latency_curve(arm.arm.label, color, &Latencies::of(&arm.first_run.clients)));
    let section = ecdf("latency", true, curves.collect());
    let lead = "The share of good answers of all clients that took at most so long, in the first replication. Failed \
                requests are not in it.";
    drawn(arms, Part::new("latency", "Latency distribution", section).lead(lead))
}

/// Times to recover and to detect in all replications, as far as they were measured.
pub(super) fn times(arms: &[ArmRun<'_>]) -> Vec<Part> {
    let recovered = waited(arms, |metric| matches!(metric, Metric::TimeToRecover(_))).map(|(section, never)| {
        let part = Part::new("recovery-times", "Recovery times", section).lead(
            "The share of touched nodes that served again, or were replaced, within so long, over all replications.",
        );
        (part, never)
    });
    let detected =
        waited(arms, |metric| matches!(metric, Metric::TimeToDetect(_))).map(|(section, never)| {
            let part = Part::new("detection-times", "Detection times", section).lead(
                "The share of touched nodes that were declared failed within so long, over all replications.",
            );
            (part, never)
        });
    let noted = |(part, never): (Part, usize)| {
        drawn(arms, if never > 0 { part.note(never_came(never)) } else { part })
    };
    [recovered, detected].into_iter().flatten().map(noted).collect()
}

/// One curve for each arm that waited for something, and how much of it never came; nothing if no arm did.
fn waited(arms: &[ArmRun<'_>], wanted: impl Fn(Metric) -> bool) -> Option<(Section, usize)> {
    let mut never = 0;
    let mut curves = Vec::new();
    for (arm, color) in arms.iter().zip(COLORS) {
        let spells = spells(arm, &wanted);
        never += spells.iter().filter(|spell| !spell.ended).count();
        curves.extend((!spells.is_empty()).then(|| curve(arm.arm.label, color, &spells)));
    }
    (!curves.is_empty()).then(|| (ecdf("time since the fault struck", false, curves), never))
}

/// The times of an arm in the whole cluster over the whole run.
fn spells(run: &ArmRun<'_>, wanted: impl Fn(Metric) -> bool) -> Vec<Spell> {
    let of_all = run.objectives.iter().position(|objective| {
        wanted(objective.metric) && objective.subject == Subject::default() && objective.during.is_none()
    });
    let samples = of_all.into_iter().flat_map(|position| run.arm.study.samples(position));
    samples
        .flat_map(|sample| match sample {
            Sample::Times(spells) => spells.clone(),
            Sample::Value(_) | Sample::Nothing => Vec::new(),
        })
        .collect()
}

fn ecdf(label: &str, log: bool, curves: Vec<Curve>) -> Section {
    Section::Ecdf(Ecdf { label: label.into(), unit: Measure::Seconds, log, curves, limits: Vec::new() })
}

/// The part with a note on the arms that are not drawn, if there are any.
fn drawn(arms: &[ArmRun<'_>], part: Part) -> Part {
    if arms.len() <= DRAWN_MAX {
        return part;
    }
    part.note(format!("The first {DRAWN_MAX} of {} arms are drawn.", arms.len()))
}
