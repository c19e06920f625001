//! The tables of a comparison's page: arms, differences, agreements.

use super::page::{Cell, Column, Part, Row, Section, Table, Tone};
use super::replications::sla_table;
use crate::compare::text::{change_text, difference_text, value_text};
use crate::compare::{Change, Comparison, Difference, MetricComparison, Overall};
use crate::human;
use crate::rows::estimate_text;
use crate::stats::Estimate;
use cusinart_scenarios::Unit;

/// Rows from which on a reader wants to search.
const FILTER_FROM: usize = 12;

/// All arms: verdict, cost, agreements kept.
pub(super) fn arms(comparison: &Comparison) -> Part {
    let columns = vec![
        Column::text("arm"),
        Column::text("against the first"),
        Column::number("better in"),
        Column::number("worse in"),
        Column::number("no difference in"),
        Column::number("undecided"),
        Column::number("cost"),
        Column::number("SLAs met by a run"),
        Column::text("cost and SLAs"),
    ];
    let rows: Vec<Row> = (0..comparison.arms.len()).map(|arm| arm_row(comparison, arm)).collect();
    let filter = rows.len() > FILTER_FROM;
    Part::new("arms", "Arms", Section::Table(Table { columns, rows, filter })).lead(
        "The numbers of metrics in which an arm differs from the first. On the front: no other arm is cheaper and keeps \
         as many SLAs, or keeps more at no higher cost.",
    )
}

fn arm_row(comparison: &Comparison, arm: usize) -> Row {
    let summary = &comparison.arms[arm];
    let count = |wanted: &[Change]| match arm.checked_sub(1) {
        None => "–".into(),
        Some(position) => {
            let differences = comparison.metrics.iter().filter_map(|metric| metric.differences.get(position));
            let count = differences.filter(|difference| wanted.contains(&difference.change)).count();
            Cell::number(count.to_string(), count as f64)
        }
    };
    let point = comparison.pareto.iter().find(|point| point.arm == arm);
    let mean = |estimate: Option<&Estimate>, unit| match estimate {
        Some(estimate) => Cell::number(human::quantity(estimate.value, unit), estimate.value),
        None => "–".into(),
    };
    let front = match point {
        Some(point) if point.on_front => Cell::toned("on the front", Tone::Good),
        Some(_) => "dominated".into(),
        None => "–".into(),
    };
    let cells = vec![
        summary.label.as_str().into(),
        summary.overall.map_or("the first".into(), overall_cell),
        count(&[Change::Better]),
        count(&[Change::Worse]),
        count(&[Change::NoDifference]),
        count(&[Change::Undecided, Change::NotMeasured]),
        mean(point.and_then(|point| point.cost.as_ref()), Unit::Currency),
        mean(point.and_then(|point| point.slas_met.as_ref()), Unit::Fraction),
        front,
    ];
    Row { cells, detail: Vec::new() }
}

fn overall_cell(overall: Overall) -> Cell {
    let tone = match overall {
        Overall::Better => Tone::Good,
        Overall::Worse => Tone::Bad,
        Overall::TradeOff | Overall::Undecided => Tone::Warn,
        Overall::NoDifference => Tone::Plain,
    };
    Cell::toned(overall.word(), tone)
}

/// Every difference: one row per metric and arm.
pub(super) fn differences(comparison: &Comparison) -> Part {
    let several = comparison.arms.len() > 2;
    let mut columns = vec![Column::text("metric")];
    columns.extend(several.then(|| Column::text("arm")));
    columns.extend([
        Column::number(if several { "first" } else { &comparison.arms[0].label }),
        Column::number(if several { "arm's value" } else { &comparison.arms[1].label }),
        Column::number("difference"),
        Column::number("effect"),
        Column::text("verdict"),
    ]);
    let mut rows = Vec::new();
    for metric in &comparison.metrics {
        for (position, difference) in metric.differences.iter().enumerate() {
            let label = several.then(|| comparison.arms[position + 1].label.as_str());
            rows.push(difference_row(metric, position, difference, label));
        }
    }
    let filter = rows.len() > FILTER_FROM;
    let lead = format!(
        "Means of the replications, and the mean difference with its interval. All intervals of differences together \
         hold with {}. Differences of shares are in points, others in percent of the first arm. Rows can be unfolded.",
        human::percent(comparison.confidence)
    );
    Part::new("table", "Differences in numbers", Section::Table(Table { columns, rows, filter })).lead(&lead).note(
        "Effect: mean over standard deviation of the paired differences (Cohen's d). Times to detect and recover are \
         pooled over the replications (Kaplan–Meier), their differences are means of pairs.",
    )
}

fn difference_row(
    metric: &MetricComparison,
    position: usize,
    difference: &Difference,
    label: Option<&str>,
) -> Row {
    let tone = match difference.change {
        Change::Better => Tone::Good,
        Change::Worse => Tone::Bad,
        Change::NoDifference => Tone::Plain,
        Change::Undecided | Change::NotMeasured => Tone::Warn,
    };
    let value = |arm: usize| {
        let sort = metric.values.get(arm).and_then(|value| value.map(|value| value.value));
        Cell::Rich {
            text: value_text(metric, arm),
            tone: Tone::Plain,
            sort: sort.filter(|sort| sort.is_finite()),
        }
    };
    let sort = difference.relative.as_ref().or(difference.estimate.as_ref()).map(|estimate| estimate.value);
    let text = difference_text(metric.unit, difference);
    let mut cells = vec![metric.objective.as_str().into()];
    cells.extend(label.map(Cell::from));
    cells.extend([
        value(0),
        value(position + 1),
        Cell::Rich { text, tone: Tone::Plain, sort: sort.filter(|sort| sort.is_finite()) },
        difference.effect_size.map_or("–".into(), |effect| Cell::number(format!("{effect:+.1}"), effect)),
        Cell::toned(change_text(difference), tone),
    ]);
    Row { cells, detail: detail(metric, position, difference) }
}

/// What the difference rests on.
fn detail(metric: &MetricComparison, position: usize, difference: &Difference) -> Vec<String> {
    let of = |arm: usize| estimate_text(metric.values.get(arm).and_then(Option::as_ref), metric.unit);
    let margin = human::quantity(metric.margin, metric.unit);
    let mut detail = vec![
        format!("By itself: the first {}, this arm {}.", of(0), of(position + 1)),
        format!(
            "{} pairs; differences up to {margin} do not matter. This interval holds with {}.",
            human::count(difference.pairs.into()),
            human::percent(difference.confidence)
        ),
    ];
    if let Some(narrowing) = difference.narrowing {
        detail.push(format!("The pairing makes the interval {narrowing:.1} times narrower."));
    }
    if let Some(p_value) = difference.p_value {
        detail.push(format!("p value of the paired t test, not corrected: {p_value:.4}."));
    }
    if difference.censored > 0 {
        detail.push(format!(
            "In {} pairs a time was still running at the end; it counts as long as it was watched.",
            human::count(difference.censored.into())
        ));
    }
    detail
}

/// Agreements of each arm; nothing if there are none.
pub(super) fn slas(comparison: &Comparison) -> Option<Part> {
    let mut table = sla_table(&[]);
    let mut of_arms: Vec<_> =
        comparison.arms.iter().map(|arm| sla_table(&arm.slas).rows.into_iter()).collect();
    let most = comparison.arms.iter().map(|arm| arm.slas.len()).max().unwrap_or(0);
    if most == 0 {
        return None;
    }
    // The same agreement of all arms, then the next one.
    for _ in 0..most {
        for (arm, rows) in comparison.arms.iter().zip(&mut of_arms) {
            let Some(mut row) = rows.next() else { continue };
            row.cells.insert(1, arm.label.as_str().into());
            table.rows.push(row);
        }
    }
    table.columns.insert(1, Column::text("arm"));
    table.filter = table.rows.len() > FILTER_FROM;
    let lead = format!(
        "Each arm over its {} replications by itself. Intervals hold with a confidence of {}. Undecided: the interval \
         reaches over the limit.",
        human::count(comparison.replications.into()),
        human::percent(comparison.confidence)
    );
    Some(Part::new("slas", "SLAs of each arm", Section::Table(table)).lead(&lead))
}
