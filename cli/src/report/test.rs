//! The directory of a test, made again.

use super::{needed, wrong};
use crate::error::CliError;
use crate::output_dir::Kind;
use crate::results::Results;
use crate::test::{self, REPLICATIONS};
use cusinart_report::{
    OverviewRow, PageLinks, ScenarioVerdict, Study, TestReport, read_test, test_json, test_text,
};
use std::fs;
use std::path::Path;

const HINT: &str = "run the test again: test.json says how, after \"repro\"";

/// Makes page and files of a test again.
pub(super) fn make(directory: &Path, target: &Path, results: &mut Results<'_>) -> Result<(), CliError> {
    let text = needed(directory, Kind::Test.mark(), HINT)?;
    let report = read_test(&text).map_err(|error| wrong(directory.join(error.file), &error, HINT))?;
    let names = test::replication_files(&report);
    only_these(directory, &names)?;
    let studies: Vec<Study> = names
        .iter()
        .zip(&report.scenarios)
        .map(|(name, scenario)| study(directory, name, scenario, &report))
        .collect::<Result<_, CliError>>()?;
    test::write_folder(target, &report, &studies)?;
    let links = PageLinks { repro: report.settings.repro.clone(), files: vec![target.display().to_string()] };
    let row = OverviewRow::of_test(directory.display().to_string(), &report);
    results.add_page(row, || test_json(&report), |style| test_text(&report, style, &links))
}

/// The replications of a scenario.
fn study(
    directory: &Path,
    name: &str,
    scenario: &ScenarioVerdict,
    report: &TestReport,
) -> Result<Study, CliError> {
    let text = needed(directory, name, HINT)?;
    let wrong = |found: String| CliError::NoResult {
        path: directory.join(name),
        found,
        expected: format!("the replications of {} that the test made", scenario.name),
        hint: HINT.into(),
    };
    let study = Study::from_json(&text).map_err(|error| wrong(error.to_string()))?;
    let is_of_test = study.scenario == scenario.name
        && study.scenario_hash == scenario.scenario_hash
        && study.seed == scenario.seed
        && study.version == report.version;
    if !is_of_test {
        return Err(wrong("those of another scenario, seed or version".into()));
    }
    let (found, expected) = (study.replications.len(), scenario.replications);
    if found as u64 != u64::from(expected) {
        return Err(wrong(format!("{found} replications, where test.json says {expected}")));
    }
    if study.to_json() != text {
        return Err(wrong("a file that was changed".into()));
    }
    Ok(study)
}

/// Makes sure that no replications of something else are there, which would be lost where files are replaced.
fn only_these(directory: &Path, names: &[String]) -> Result<(), CliError> {
    let entries = fs::read_dir(directory).map_err(|error| CliError::io(directory, error))?;
    for entry in entries {
        let entry = entry.map_err(|error| CliError::io(directory, error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(REPLICATIONS) && !names.contains(&name) {
            return Err(CliError::NoResult {
                path: entry.path(),
                found: "the replications of a scenario that is not in test.json".into(),
                expected: "those of its scenarios alone".into(),
                hint: "move it away".into(),
            });
        }
    }
    Ok(())
}
