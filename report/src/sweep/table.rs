//! The table of a sweep: one row per point and replication.
//!
//! A column's name ends in its base unit: `control.health_monitor.period_s`. Shares are fractions. Point 0 is the
//! scenario as it stands: its settings are empty.

use super::plan::{PlannedKnob, SweepPlan};
use super::point::{MeasuredPoint, SweptReplication};
use crate::columns::{Column, Table, unit_suffix};

/// The table: what `sweep.csv` and `sweep.parquet` hold.
pub fn sweep_table(plan: &SweepPlan, points: &[MeasuredPoint]) -> Table {
    Table { columns: columns(plan, points) }
}

/// One replication of one point.
#[derive(Clone, Copy)]
struct Row<'a> {
    point: u32,
    replication: usize,
    run: &'a SweptReplication,
}

fn columns(plan: &SweepPlan, points: &[MeasuredPoint]) -> Vec<(String, Column)> {
    let rows: Vec<Row<'_>> = points.iter().flat_map(rows).collect();
    let mut columns = vec![
        ("point".into(), counts(&rows, |row| Some(u64::from(row.point)))),
        ("replication".into(), counts(&rows, |row| Some(row.replication as u64))),
        ("seed".into(), counts(&rows, |row| Some(row.run.seed))),
    ];
    for (position, knob) in plan.knobs.iter().enumerate() {
        let levels = rows.iter().map(|row| plan.points[row.point as usize].settings.get(position));
        let column = match knob.family {
            Some(_) => Column::Float(levels.map(|level| level.and_then(|level| level.number)).collect()),
            None => Column::Text(levels.map(|level| level.map_or("", |level| &level.text).into()).collect()),
        };
        columns.push((knob_name(knob), column));
    }
    columns.push(("slas_held".into(), counts(&rows, |row| Some(u64::from(row.run.slas_held)))));
    columns.push(("slas".into(), counts(&rows, |row| Some(u64::from(row.run.slas)))));
    columns.push(("all_slas_hold".into(), counts(&rows, |row| row.run.all_hold.map(u64::from))));
    for (position, metric) in plan.metrics.iter().enumerate() {
        let value = |row: &Row<'_>| row.run.values.get(position).copied().flatten();
        let values = rows.iter().map(|row| value(row).map(|value| value.value)).collect();
        columns.push((format!("{}{}", metric.objective, unit_suffix(metric.unit)), Column::Float(values)));
        if metric.may_be_censored {
            let censored = counts(&rows, |row| value(row).map(|value| u64::from(value.at_least)));
            columns.push((format!("{} is_at_least", metric.objective), censored));
        }
    }
    columns
}

/// The replications of a point.
fn rows(point: &MeasuredPoint) -> impl Iterator<Item = Row<'_>> {
    let runs = point.replications.iter().enumerate();
    runs.map(|(replication, run)| Row { point: point.point, replication, run })
}

fn counts(rows: &[Row<'_>], value: impl Fn(&Row<'_>) -> Option<u64>) -> Column {
    Column::Count(rows.iter().map(value).collect())
}

fn knob_name(knob: &PlannedKnob) -> String {
    format!("{}{}", knob.path, knob.family.map_or("", |family| family.suffix()))
}
