//! The table of a sweep: one row per point and replication.
//!
//! A column's name ends in its base unit: `control.health_monitor.period_s`. Shares are fractions. Point 0 is the
//! scenario as it stands: its settings are empty.

use super::plan::{PlannedKnob, SweepPlan};
use super::point::{MeasuredPoint, SweptReplication};
use cusinart_scenarios::Unit;

/// A column.
enum Column {
    Count(Vec<Option<u64>>),
    Float(Vec<Option<f64>>),
    Text(Vec<String>),
}

/// The table as CSV, with a header.
pub fn sweep_csv(plan: &SweepPlan, points: &[MeasuredPoint]) -> String {
    let columns = columns(plan, points);
    let mut text = String::new();
    let names: Vec<String> = columns.iter().map(|(name, _)| field(name)).collect();
    text.push_str(&(names.join(",") + "\n"));
    let rows: usize = points.iter().map(|point| point.replications.len()).sum();
    for row in 0..rows {
        let fields: Vec<String> = columns
            .iter()
            .map(|(_, column)| match column {
                Column::Count(values) => values[row].map_or_else(String::new, |value| value.to_string()),
                Column::Float(values) => values[row].map_or_else(String::new, |value| value.to_string()),
                Column::Text(values) => field(&values[row]),
            })
            .collect();
        text.push_str(&(fields.join(",") + "\n"));
    }
    text
}

fn columns(plan: &SweepPlan, points: &[MeasuredPoint]) -> Vec<(String, Column)> {
    let rows: Vec<(&MeasuredPoint, usize, &SweptReplication)> = points
        .iter()
        .flat_map(|point| point.replications.iter().enumerate().map(move |(index, run)| (point, index, run)))
        .collect();
    let count = |value: &dyn Fn(&(&MeasuredPoint, usize, &SweptReplication)) -> Option<u64>| {
        Column::Count(rows.iter().map(value).collect())
    };
    let mut columns = vec![
        ("point".into(), count(&|(point, ..)| Some(u64::from(point.point)))),
        ("replication".into(), count(&|(_, index, _)| Some(*index as u64))),
        ("seed".into(), count(&|(.., run)| Some(run.seed))),
    ];
    for (position, knob) in plan.knobs.iter().enumerate() {
        let levels = rows.iter().map(|(point, ..)| plan.points[point.point as usize].settings.get(position));
        let column = match knob.family {
            Some(_) => Column::Float(levels.map(|level| level.and_then(|level| level.number)).collect()),
            None => Column::Text(
                levels.map(|level| level.map_or_else(String::new, |level| level.text.clone())).collect(),
            ),
        };
        columns.push((knob_name(knob), column));
    }
    columns.push(("slas_held".into(), count(&|(.., run)| Some(u64::from(run.slas_held)))));
    columns.push(("slas".into(), count(&|(.., run)| Some(u64::from(run.slas)))));
    columns.push(("all_slas_hold".into(), count(&|(.., run)| run.all_hold.map(u64::from))));
    for (position, metric) in plan.metrics.iter().enumerate() {
        let value = |run: &SweptReplication| run.values.get(position).copied().flatten();
        let values = rows.iter().map(|(.., run)| value(run).map(|value| value.value)).collect();
        columns.push((format!("{}{}", metric.objective, suffix(metric.unit)), Column::Float(values)));
        if metric.may_be_censored {
            let censored =
                rows.iter().map(|(.., run)| value(run).map(|value| u64::from(value.at_least))).collect();
            columns.push((format!("{} is_at_least", metric.objective), Column::Count(censored)));
        }
    }
    columns
}

fn knob_name(knob: &PlannedKnob) -> String {
    format!("{}{}", knob.path, knob.family.map_or("", |family| family.suffix()))
}

/// The base unit of a metric, as the end of a column's name.
const fn suffix(unit: Unit) -> &'static str {
    match unit {
        Unit::Seconds => "_s",
        Unit::PerSecond => "_per_s",
        Unit::Fraction | Unit::Count | Unit::Currency | Unit::Factor => "",
    }
}

/// A field, in quotes where CSV needs them.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_string()
    }
}
