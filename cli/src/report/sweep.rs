//! A sweep directory, made again.

use super::{read_text, wrong};
use crate::error::CliError;
use crate::results::Results;
use crate::sweep::directory::{self, JOURNAL, PLAN, POINTS, SweepDirectory};
use crate::sweep::files;
use cusinart_record::hash64;
use cusinart_report::{
    MeasuredPoint, OverviewRow, StoreError, SweepPlan, read_sweep_plan, read_sweep_point, summarize_sweep,
    sweep_text,
};
use std::path::Path;

/// Makes page and files of a sweep again. Elsewhere plan and points come along, so that it is a whole sweep directory.
pub(super) fn make(directory: &Path, target: &Path, results: &mut Results<'_>) -> Result<(), CliError> {
    let plan = plan(directory)?;
    let points = points(directory, &plan)?;
    let opened = SweepDirectory::open(target, &plan, false).map_err(for_report)?;
    let (sweep, _finished) = opened;
    if target != directory {
        points.iter().try_for_each(|point| sweep.keep(point))?;
        // Puts the journal into order.
        sweep.points(&plan)?;
    }
    let summary = summarize_sweep(&plan, &points);
    let links = files::write(&sweep, &plan, &points, &summary, target)?;
    let page = |style: &_| sweep_text(&plan, &summary, style, &links);
    results.add_page(OverviewRow::of_sweep(&plan, &summary), || summary.to_json(), page)
}

fn plan(directory: &Path) -> Result<SweepPlan, CliError> {
    let path = directory.join(PLAN);
    let hint =
        "without its plan a sweep is lost: run the `sweep` command again, with another folder as --out";
    let text = read_text(&path)?.unwrap_or_default();
    read_sweep_plan(&text).map_err(|error| wrong(path, &error, hint))
}

/// All points; nothing is removed, whatever is wrong.
fn points(directory: &Path, plan: &SweepPlan) -> Result<Vec<MeasuredPoint>, CliError> {
    let told = directory::told(directory);
    let hint = format!("go on with: {}", go_on(plan));
    let mut points = Vec::with_capacity(plan.points.len());
    for planned in &plan.points {
        let path = directory.join(POINTS).join(directory::file_name(planned.point));
        let Some(text) = read_text(&path)? else { continue };
        let hash = hash64(text.as_bytes());
        if let Some(told) = told.get(&planned.point).filter(|told| **told != hash) {
            let error = StoreError {
                file: JOURNAL,
                found: format!("hash {hash:016x}"),
                expected: format!("hash {told:016x}, as {JOURNAL} says: it was changed or cut off"),
            };
            return Err(wrong(path, &error, &hint));
        }
        points
            .push(read_sweep_point(&text, plan, planned.point).map_err(|error| wrong(path, &error, &hint))?);
    }
    let missing = plan.points.len() - points.len();
    if missing == 0 {
        return Ok(points);
    }
    Err(CliError::NoResult {
        path: directory.to_path_buf(),
        found: format!("a sweep of which {missing} of {} points are missing", plan.points.len()),
        expected: "all of them".into(),
        hint,
    })
}

/// The command that makes what is missing; its text was stored, and must not control a terminal.
fn go_on(plan: &SweepPlan) -> &str {
    if plan.command.contains(char::is_control) { "the `sweep` command that began it" } else { &plan.command }
}

/// What is in the way of a sweep is removed by no option of `report`.
fn for_report(error: CliError) -> CliError {
    let CliError::InTheWay { path, found, .. } = error else { return error };
    CliError::InTheWay { path, found, hint: "name another folder with --out".into() }
}
