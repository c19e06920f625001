//! The points of a sweep: as parallel coordinates and as a table.

use super::numbers::short;
use super::page::{Cell, Column, Measure, Part, Row, Section, Table, Tone};
use super::study::{Better, Line, Parallel, ParallelAxis};
use super::units::{measure, way_of};
use crate::human;
use crate::sweep::best::best_first;
use crate::sweep::response::ALL_HOLD;
use crate::sweep::words::{Names, quantity};
use crate::sweep::{PlannedKnob, PointSummary, SweepPlan, SweepSummary};
use cusinart_scenarios::Family;
use std::collections::BTreeMap;

/// Values of all lines together.
const VALUES_MAX: usize = 5_000;
/// Axes of knobs.
const KNOBS_MAX: usize = 12;
/// Axes of metrics.
const METRICS_MAX: usize = 8;
/// Cells of the table.
const CELLS_MAX: usize = 5_000;

/// Every point as a line over knobs and results; `None` if there is no point.
pub(super) fn parallel(plan: &SweepPlan, summary: &SweepSummary) -> Option<Part> {
    let names = Names::of(plan);
    let knobs = knobs_shown(plan, summary);
    let metrics = plan.metrics.len().min(METRICS_MAX);
    let settings: Vec<Option<BTreeMap<&str, usize>>> =
        knobs.iter().map(|knob| positions(&plan.knobs[*knob])).collect();
    let mut axes: Vec<ParallelAxis> =
        knobs.iter().map(|knob| knob_axis(&plan.knobs[*knob], &names)).collect();
    let has_slas = !plan.scenario.slas.is_empty();
    let axis =
        |label: &str, unit, better| ParallelAxis { label: label.into(), unit, better, settings: Vec::new() };
    if has_slas {
        axes.push(axis(ALL_HOLD, Measure::Fraction, Better::More));
    }
    axes.extend(
        plan.metrics
            .iter()
            .take(metrics)
            .map(|metric| axis(&metric.objective, measure(metric.unit), way_of(&metric.objective))),
    );
    let ranked: Vec<&PointSummary> =
        best_first(plan, &summary.points).into_iter().filter(|point| point.point != 0).collect();
    let line = |point: &PointSummary| {
        let chosen = &plan.points[point.point as usize].settings;
        let mut values: Vec<Option<f64>> = knobs
            .iter()
            .zip(&settings)
            .map(|(knob, positions)| match positions {
                Some(positions) => positions.get(chosen[*knob].text.as_str()).map(|at| *at as f64),
                None => chosen[*knob].number.and_then(short),
            })
            .collect();
        if has_slas {
            values.push(short(f64::from(point.all_hold) / f64::from(point.replications.max(1))));
        }
        let means = point.metrics.iter().take(metrics);
        values.extend(means.map(|mean| mean.and_then(|mean| short(mean.value))));
        Line { label: name(point), values }
    };
    let most = (VALUES_MAX / axes.len().max(1)).max(1);
    let shown = evenly(ranked.len(), most);
    // Worst first, so that the best are drawn above the others.
    let lines: Vec<Line> = shown.iter().rev().map(|index| line(ranked[*index])).collect();
    let color_axis = (knobs.len()..axes.len()).find(|axis| {
        let mut values = lines.iter().filter_map(|line| line.values[*axis]);
        let first = values.next();
        values.any(|value| Some(value) != first)
    });
    let drawn = lines.len();
    let mut part = Part::new("points", "All points", Section::Parallel(Parallel { axes, lines, color_axis }))
        .lead("Each line is a point: its settings on the left, what came of them on the right.");
    if drawn < ranked.len() {
        part = part.note(format!(
            "{} of {} points are drawn, evenly from the best to the worst. All are in sweep.csv.",
            human::count(drawn as u64),
            human::count(ranked.len() as u64)
        ));
    }
    if knobs.len() < plan.knobs.len() {
        part =
            part.note(format!("Of {} knobs the {KNOBS_MAX} that explain most are shown.", plan.knobs.len()));
    }
    (drawn > 0).then_some(part)
}

/// What a point is called.
pub(super) fn name(point: &PointSummary) -> String {
    if point.point == 0 { "as it is".into() } else { format!("point {}", point.point) }
}

/// The knobs that get an axis: all, or those that explain most of anything.
fn knobs_shown(plan: &SweepPlan, summary: &SweepSummary) -> Vec<usize> {
    let share = |knob: &usize| {
        let of = summary.effects.iter().filter_map(|metric| metric.knobs.get(*knob));
        of.map(|effect| effect.share).fold(0.0, f64::max)
    };
    let mut knobs: Vec<usize> = (0..plan.knobs.len()).collect();
    knobs.sort_by(|one, other| share(other).total_cmp(&share(one)));
    knobs.truncate(KNOBS_MAX);
    knobs.sort_unstable();
    knobs
}

/// By setting: its place on the axis. `None` for numbers, which are their own place.
fn positions(knob: &PlannedKnob) -> Option<BTreeMap<&str, usize>> {
    let levels = knob.levels.as_ref().filter(|_| knob.family.is_none())?;
    Some(levels.iter().enumerate().map(|(at, level)| (level.text.as_str(), at)).collect())
}

fn knob_axis(knob: &PlannedKnob, names: &Names) -> ParallelAxis {
    let words = knob.levels.iter().flatten().filter(|_| knob.family.is_none());
    ParallelAxis {
        label: names.short(&knob.path),
        unit: match knob.family {
            Some(Family::Time) => Measure::Seconds,
            Some(Family::Share) => Measure::Fraction,
            Some(Family::Rate) => Measure::PerSecond,
            Some(Family::Count | Family::Number | Family::Bytes | Family::Bandwidth) | None => Measure::Count,
        },
        better: Better::Neither,
        settings: words.map(|level| level.text.clone()).collect(),
    }
}

/// At most so many of `total` places, evenly spread, with the first one.
fn evenly(total: usize, most: usize) -> Vec<usize> {
    let count = total.min(most);
    (0..count).map(|at| at * total / count.max(1)).collect()
}

/// The points, best first.
pub(super) fn table(plan: &SweepPlan, summary: &SweepSummary) -> Part {
    let names = Names::of(plan);
    let has_slas = !plan.scenario.slas.is_empty();
    let mut columns = vec![Column::text("which"), Column::number("point")];
    if has_slas {
        columns.push(Column::number(ALL_HOLD));
    }
    columns.extend(plan.metrics.iter().map(|metric| Column::number(&metric.objective)));
    columns.extend(plan.knobs.iter().map(|knob| {
        let label = names.short(&knob.path);
        if knob.family.is_some() { Column::number(&label) } else { Column::text(&label) }
    }));
    let ranked = best_first(plan, &summary.points);
    let most = (CELLS_MAX / columns.len()).max(20);
    let rows =
        ranked.iter().take(most).map(|point| Row { cells: cells(plan, summary, point), detail: Vec::new() });
    let table = Table { columns, rows: rows.collect(), filter: true };
    let lead = if has_slas {
        "Best first: most replications in which all SLAs hold, then most SLAs held, then least cost."
    } else {
        "In the order of their numbers."
    };
    let part = Part::new("table", "Table of points", Section::Table(table)).lead(lead).note(
        "Means over the replications; ≥ where something had not ended when a run did. Settings are empty for the scenario \
         as it stands.",
    );
    if ranked.len() > most {
        let (shown, all) = (human::count(most as u64), human::count(ranked.len() as u64));
        return part.note(format!(
            "The first {shown} of {all} are listed; sweep.csv has all, replication by replication."
        ));
    }
    part
}

fn cells(plan: &SweepPlan, summary: &SweepSummary, point: &PointSummary) -> Vec<Cell> {
    let mut cells =
        vec![mark(summary, point.point), Cell::number(point.point.to_string(), point.point.into())];
    if !plan.scenario.slas.is_empty() {
        let text = format!("{} of {}", point.all_hold, point.replications);
        cells.push(Cell::number(text, point.all_hold.into()));
    }
    for ((metric, mean), at_least) in plan.metrics.iter().zip(&point.metrics).zip(&point.at_least) {
        cells.push(match mean.and_then(|mean| short(mean.value)) {
            Some(value) => {
                let sign = if *at_least > 0 { "≥ " } else { "" };
                Cell::number(format!("{sign}{}", quantity(value, metric.unit)), value)
            }
            None => "–".into(),
        });
    }
    let settings = &plan.points[point.point as usize].settings;
    for (position, knob) in plan.knobs.iter().enumerate() {
        cells.push(match (settings.get(position), knob.family) {
            (None, _) => "".into(),
            (Some(level), Some(_)) => match level.number.and_then(short) {
                Some(number) => Cell::number(level.text.as_str(), number),
                None => level.text.as_str().into(),
            },
            (Some(level), None) => level.text.as_str().into(),
        });
    }
    cells
}

/// What is special about a point.
fn mark(summary: &SweepSummary, point: u32) -> Cell {
    let is_best = summary.best.as_ref().is_some_and(|best| best.point == point);
    match point {
        0 => Cell::toned("as it is", Tone::Warn),
        _ if is_best => Cell::toned("best", Tone::Good),
        point if summary.front.iter().any(|front| front.point == point) => "front".into(),
        _ => "".into(),
    }
}
