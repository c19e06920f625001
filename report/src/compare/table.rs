//! The table of a comparison: one row per arm and replication, so that anyone can pair them again.
//!
//! A column's name ends in its base unit: `latency.p99_s`. Shares are fractions. Rows of the same replication have the
//! same seed. A metric that an arm did not measure is empty there.

use super::comparison::Arm;
use crate::columns::{Column, Table, unit_suffix};
use crate::sample::Point;
use crate::study::Replication;
use cusinart_record::RunRecord;
use cusinart_scenarios::Objective;

/// An arm with all that it left behind.
#[derive(Clone, Copy, Debug)]
pub struct ArmRun<'a> {
    /// The arm.
    pub arm: Arm<'a>,
    /// What its study measured.
    pub objectives: &'a [Objective],
    /// Its first replication, which has the seed of the comparison.
    pub first_run: &'a RunRecord,
}

/// One replication of one arm.
#[derive(Clone, Copy)]
struct Row<'a> {
    run: &'a ArmRun<'a>,
    number: usize,
    replication: &'a Replication,
}

/// The table: what `compare.csv` and `compare.parquet` hold.
pub fn compare_table(arms: &[ArmRun<'_>]) -> Table {
    let rows: Vec<Row<'_>> = arms.iter().flat_map(rows).collect();
    let counts = |value: &dyn Fn(&Row<'_>) -> Option<u64>| Column::Count(rows.iter().map(value).collect());
    let mut columns = vec![
        ("arm".to_string(), Column::Text(rows.iter().map(|row| row.run.arm.label.into()).collect())),
        ("replication".to_string(), counts(&|row| Some(row.number as u64))),
        ("seed".to_string(), counts(&|row| Some(row.replication.seed))),
    ];
    for objective in all_objectives(arms) {
        let values = rows.iter().map(|row| point(row, objective).map(|point| point.value)).collect();
        let suffix = unit_suffix(objective.metric.unit());
        columns.push((format!("{}{suffix}", objective.text), Column::Float(values)));
        if objective.metric.awaited().is_some() {
            let censored = counts(&|row| point(row, objective).map(|point| u64::from(point.at_least)));
            columns.push((format!("{} is_at_least", objective.text), censored));
        }
    }
    Table { columns }
}

/// The replications of an arm.
fn rows<'a>(run: &'a ArmRun<'a>) -> impl Iterator<Item = Row<'a>> {
    let replications = run.arm.study.replications.iter().enumerate();
    replications.map(move |(number, replication)| Row { run, number, replication })
}

/// What any arm measured, each once.
fn all_objectives<'a>(arms: &[ArmRun<'a>]) -> Vec<&'a Objective> {
    let mut all: Vec<&Objective> = Vec::new();
    for objective in arms.iter().flat_map(|run| run.objectives) {
        if all.iter().all(|known| known.text != objective.text) {
            all.push(objective);
        }
    }
    all
}

fn point(row: &Row<'_>, objective: &Objective) -> Option<Point> {
    let position = row.run.objectives.iter().position(|known| known.text == objective.text)?;
    row.replication.samples.get(position)?.point(objective.metric)
}
