//! A comparison's directory, made again.

use super::{needed, wrong};
use crate::compare::{CompareFiles, PLAN, arm_file};
use crate::error::CliError;
use crate::output_dir::{Kind, Staging};
use crate::replications;
use crate::results::Results;
use crate::run_files::{FACTS, RECORD, SCENARIO};
use cusinart_experiments::{ArmPlan, ComparisonPlan, judge_comparison};
use cusinart_report::{
    ArmTexts, ComparePlan, OverviewRow, StoredArm, arms_belong_together, compare_text, read_arm,
};
use cusinart_scenarios::Overlay;
use std::path::Path;

/// Makes page and files of a comparison again.
pub(super) fn make(directory: &Path, target: &Path, results: &mut Results<'_>) -> Result<(), CliError> {
    let staging = Staging::create(target, Kind::Compare)?;
    let stored = ComparePlan::from_json(&needed(directory, PLAN, HINT)?)
        .map_err(|error| wrong(directory.join(error.file), &error, HINT))?;
    let arms: Result<Vec<StoredArm>, CliError> =
        (0..stored.labels.len()).map(|position| arm(directory, &stored, position)).collect();
    let arms = arms?;
    arms_belong_together(&arms)
        .map_err(|(position, error)| wrong(directory.join(arm_file(position, error.file)), &error, HINT))?;
    let (mut studies, mut first_runs, mut plans) = (Vec::new(), Vec::new(), Vec::new());
    for (label, arm) in stored.labels.into_iter().zip(arms) {
        studies.push(arm.study);
        first_runs.push(arm.first_run);
        plans.push(ArmPlan { label, scenario: arm.scenario, objectives: arm.objectives });
    }
    let plan = ComparisonPlan { arms: plans, compared: stored.compared.len(), rules: stored.rules };
    let comparison = judge_comparison(&plan, &studies);
    // How the scenarios were named is no part of a comparison: its own directory repeats it.
    let files = CompareFiles {
        plan: &plan,
        studies: &studies,
        first_runs: &first_runs,
        comparison: &comparison,
        command: None,
    };
    let links = files.write(&staging, target)?;
    staging.publish()?;
    let json = || comparison.to_json();
    results.add_page(OverviewRow::of_comparison(&comparison), json, |style| {
        compare_text(&comparison, style, &links)
    })
}

/// Reads an arm back.
fn arm(directory: &Path, plan: &ComparePlan, position: usize) -> Result<StoredArm, CliError> {
    let text = |name: &str| needed(directory, &arm_file(position, name), HINT);
    let (study, record, facts) = (text(replications::FILE)?, text(RECORD)?, text(FACTS)?);
    let file = directory.join(arm_file(position, SCENARIO));
    let scenario = cusinart_scenarios::load(&file, &Overlay::default())?;
    let texts = ArmTexts { replications: &study, record: &record, facts: &facts };
    read_arm(plan, scenario, texts)
        .map_err(|error| wrong(directory.join(arm_file(position, error.file)), &error, HINT))
}

const HINT: &str =
    "run the comparison again: `cusinart-sim compare` in that directory with its arm-*.scenario.yaml";
