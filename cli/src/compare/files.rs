//! The files of a comparison's directory, made of what was kept of it: by `compare` at its end, by `report` again.
//!
//! The files of an arm have the names of those of a run directory, with its number in front: `arm-1.record.json`.

use super::args::repeating_words;
use crate::error::CliError;
use crate::output_dir::Staging;
use crate::replications;
use crate::repro;
use crate::run_files::{FACTS, RECORD, SCENARIO};
use cusinart_experiments::ComparisonPlan;
use cusinart_record::RunRecord;
use cusinart_report::{Arm, ArmRun, ComparePlan, Comparison, PageLinks, Study};
use cusinart_scenarios::Scenario;
use std::path::Path;

/// The page for browsers.
const PAGE: &str = "report.html";
/// The verdict for a pull request.
const MARKDOWN: &str = "compare.md";
/// The comparison.
const RESULT: &str = "compare.json";
/// What each replication measured.
const TABLES: [&str; 2] = ["compare.csv", "compare.parquet"];
/// What was compared and when it was sure, for `report`.
pub(crate) const PLAN: &str = "plan.json";
/// All files but those of the arms.
pub(crate) const FILES: [&str; 6] = [PAGE, MARKDOWN, RESULT, TABLES[0], TABLES[1], PLAN];
/// The files of an arm, as in a run directory.
pub(crate) const ARM_FILES: [&str; 4] = [SCENARIO, replications::FILE, RECORD, FACTS];

/// The name of a file of an arm, by its position.
pub(crate) fn arm_file(position: usize, name: &str) -> String {
    format!("arm-{}.{name}", position + 1)
}

/// Whether a file is named as one of an arm.
pub(crate) fn is_arm_file(name: &str) -> bool {
    let Some((number, name)) = name.strip_prefix("arm-").and_then(|rest| rest.split_once('.')) else {
        return false;
    };
    let position = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    position.is_some_and(|position| (position + 1).to_string() == number) && ARM_FILES.contains(&name)
}

/// What the files are made of.
pub(crate) struct CompareFiles<'a> {
    pub(crate) plan: &'a ComparisonPlan,
    /// The replications of each arm.
    pub(crate) studies: &'a [Study],
    /// The first replication of each arm.
    pub(crate) first_runs: &'a [RunRecord],
    pub(crate) comparison: &'a Comparison,
    /// The command that repeats the comparison, if the scenarios lie elsewhere.
    pub(crate) command: Option<&'a str>,
}

impl CompareFiles<'_> {
    /// Fills the directory that will stand at `target`. Returns the command that repeats the comparison and the paths
    /// that a reader would open, best first.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(crate) fn write(&self, staging: &Staging, target: &Path) -> Result<PageLinks, CliError> {
        let arms = self.arms();
        let table = cusinart_report::compare_table(&arms);
        let contents = [
            (MARKDOWN, cusinart_report::compare_markdown(self.comparison).into_bytes()),
            (RESULT, self.comparison.to_json().into_bytes()),
            (TABLES[0], cusinart_report::csv(&table).into_bytes()),
            (TABLES[1], cusinart_report::parquet(&table)),
            (PLAN, self.stored_plan().to_json().into_bytes()),
        ];
        let mut names: Vec<String> = Vec::new();
        for (name, bytes) in contents {
            staging.write(name, &bytes)?;
            names.push(name.to_string());
        }
        for (position, arm) in arms.iter().enumerate() {
            for (name, text) in ARM_FILES.iter().zip(arm_texts(arm)) {
                let file = arm_file(position, name);
                staging.write(&file, text.as_bytes())?;
                names.push(file);
            }
        }
        // The page stands beside its files and says how to repeat the comparison from there, so that it is the same in
        // any place.
        let links = PageLinks { repro: self.repeat(Path::new("")), files: names };
        staging.write(PAGE, cusinart_report::compare_page(self.comparison, &arms, &links).as_bytes())?;
        let repro = self.command.map_or_else(|| self.repeat(target), String::from);
        let files = FILES.iter().map(|name| target.join(name).display().to_string()).collect();
        Ok(PageLinks { repro, files })
    }

    fn arms(&self) -> Vec<ArmRun<'_>> {
        let studies = self.plan.arms.iter().zip(self.studies);
        studies
            .zip(self.first_runs)
            .map(|((plan, study), first_run)| ArmRun {
                arm: Arm { label: &plan.label, scenario: &plan.scenario, study },
                objectives: &plan.objectives,
                first_run,
            })
            .collect()
    }

    fn stored_plan(&self) -> ComparePlan {
        let ComparisonPlan { arms, compared, rules } = self.plan;
        let compared = arms[0].objectives.iter().take(*compared);
        ComparePlan {
            labels: arms.iter().map(|arm| arm.label.clone()).collect(),
            compared: compared.map(|objective| objective.text.clone()).collect(),
            rules: rules.clone(),
        }
    }

    /// The command that repeats the comparison from the files of its directory.
    fn repeat(&self, folder: &Path) -> String {
        let mut words = vec!["cusinart-sim".to_string(), "compare".to_string()];
        words.extend(
            (0..self.plan.arms.len())
                .map(|position| repro::path_argument(&folder.join(arm_file(position, SCENARIO)))),
        );
        let first: &Scenario = &self.plan.arms[0].scenario;
        words.extend(repeating_words(&self.stored_plan(), first));
        words.join(" ")
    }
}

/// The contents of [`ARM_FILES`].
fn arm_texts(run: &ArmRun<'_>) -> [String; ARM_FILES.len()] {
    [
        cusinart_scenarios::to_yaml(run.arm.scenario),
        run.arm.study.to_json(),
        cusinart_report::record_json(run.first_run, None),
        cusinart_report::facts_jsonl(run.first_run),
    ]
}
