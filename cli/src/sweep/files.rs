//! The files that are made of all points of a sweep: by `sweep` at its end, by `report` again.

use super::directory::{JOURNAL, PLAN, POINTS, SweepDirectory};
use crate::error::CliError;
use crate::repro;
use cusinart_report::{
    MeasuredPoint, PageLinks, SweepLinks, SweepPlan, SweepSummary, csv, parquet, sweep_page, sweep_table,
};
use std::path::Path;

/// The page for browsers.
const PAGE: &str = "report.html";

/// Writes what is made of all points. Returns the commands and the paths that a reader would open, best first.
///
/// # Errors
/// Those of the operating system.
pub(crate) fn write(
    directory: &SweepDirectory,
    plan: &SweepPlan,
    points: &[MeasuredPoint],
    summary: &SweepSummary,
    path: &Path,
) -> Result<SweepLinks, CliError> {
    let table = sweep_table(plan, points);
    let made = [
        ("results.json", summary.to_json().into_bytes()),
        ("sweep.csv", csv(&table).into_bytes()),
        ("sweep.parquet", parquet(&table)),
    ];
    let mut names: Vec<&str> = made.iter().map(|(name, _)| *name).collect();
    names.extend([PLAN, POINTS]);
    for (name, bytes) in &made {
        directory.write(name, bytes)?;
    }
    let links = |files: Vec<String>| SweepLinks {
        best: best_command(plan, summary),
        page: PageLinks { repro: plan.command.clone(), files },
    };
    // The page stands beside its files, so that it is the same in any place.
    let beside = names.iter().copied().chain([JOURNAL]).map(String::from).collect();
    directory.write(PAGE, sweep_page(plan, summary, &links(beside)).as_bytes())?;
    let paths = std::iter::once(PAGE).chain(names).map(|name| path.join(name).display().to_string());
    Ok(links(paths.collect()))
}

/// The command that runs the best point once; empty if there is none.
fn best_command(plan: &SweepPlan, summary: &SweepSummary) -> String {
    let Some(best) = &summary.best else { return String::new() };
    let assignments = plan.assignments(&plan.points[best.point as usize]);
    let set: Vec<String> = plan.scenario.set.iter().cloned().chain(assignments).collect();
    repro::run_command(Path::new(&plan.scenario.file), Some(plan.design.seed), &set, &[])
}
