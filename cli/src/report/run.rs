//! A run directory, made again.

use super::{ReportArgs, needed, read_text, wrong};
use crate::error::CliError;
use crate::output_dir::{Kind, Staging};
use crate::replications;
use crate::results::Results;
use crate::run_files::{self, Extras, RunFiles};
use crate::trace;
use cusinart_report::{
    Looks, StoredRun, Study, default_objectives, read_explanation, read_run, sum_up, summarize,
};
use cusinart_scenarios::{Overlay, Scenario};
use std::path::Path;

/// Makes page and files of a run again.
pub(super) fn make(
    directory: &Path,
    target: &Path,
    args: &ReportArgs,
    results: &mut Results<'_>,
) -> Result<(), CliError> {
    let staging = Staging::create(target, Kind::Run)?;
    let scenario = cusinart_scenarios::load(&directory.join(run_files::SCENARIO), &Overlay::default())?;
    let record = needed(directory, run_files::RECORD, HINT)?;
    let facts = needed(directory, run_files::FACTS, HINT)?;
    let StoredRun { scenario, record, looks } = read_run(scenario, &record, &facts)
        .map_err(|error| wrong(directory.join(error.file), &error, HINT))?;
    let mut summary = summarize(&scenario, &record);
    let study = study(directory, &scenario, looks)?;
    if let Some((study, looks)) = &study {
        let replications = sum_up(&scenario, &default_objectives(&scenario), study, looks);
        summary = summary.with_replications(replications);
    }
    if let Some(text) = read_text(&directory.join(run_files::EXPLANATION))? {
        summary.explain =
            Some(read_explanation(&text).map_err(|error| wrong(directory.join(error.file), &error, HINT))?);
    }
    let has = |name: &str| directory.join(name).is_file();
    let extras = Extras {
        plots: args.plots || has(run_files::PLOT),
        perfetto: args.perfetto || has(run_files::PERFETTO),
        openmetrics: args.openmetrics || has(run_files::OPENMETRICS),
        trace: has(trace::FILE),
    };
    if extras.trace {
        staging.copy(trace::FILE, &directory.join(trace::FILE))?;
    }
    let files = RunFiles {
        scenario: &scenario,
        record: &record,
        summary: &summary,
        study: study.as_ref().map(|(study, looks)| (study, looks)),
        // How the scenario was named is no part of a run: its own directory repeats it.
        command: None,
        extras,
    };
    let links = files.write(&staging, target)?;
    staging.publish()?;
    results.add(&summary, &links)
}

/// The replications of a run and when they were looked at, if there are any.
fn study(
    directory: &Path,
    scenario: &Scenario,
    looks: Option<Looks>,
) -> Result<Option<(Study, Looks)>, CliError> {
    let Some(looks) = looks else { return Ok(None) };
    let text = needed(directory, replications::FILE, HINT)?;
    let path = directory.join(replications::FILE);
    let wrong = |found: String| CliError::NoResult {
        path: path.clone(),
        found,
        expected: "the replications of the run".into(),
        hint: HINT.into(),
    };
    let study = Study::from_json(&text).map_err(|error| wrong(error.to_string()))?;
    let objectives = default_objectives(scenario);
    let same_objectives = objectives.iter().map(|objective| &objective.text).eq(&study.objectives);
    let same_run =
        study.scenario_hash == cusinart_scenarios::scenario_hash(scenario) && study.seed == scenario.seed;
    if !same_run || !same_objectives || study.replications.is_empty() {
        return Err(wrong("those of another scenario, seed or version".into()));
    }
    Ok(Some((study, looks)))
}

const HINT: &str = "run the scenario again: `cusinart-sim run` in that directory with scenario.yaml";
