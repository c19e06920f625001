//! `run --replications`: the same scenario with other seeds, until its SLAs are decided.

use crate::console;
use crate::error::CliError;
use crate::replication_args::{Replications, SamplingArgs, percent, percent_word};
use crate::style::Style;
use crate::tally::Tally;
use cusinart_experiments::{measured, replicate};
use cusinart_record::RunRecord;
use cusinart_report::{Looks, ReplicationsSummary, Study, default_objectives, sum_up};
use cusinart_scenarios::{Scenario, scenario_hash};
use std::fs;
use std::path::Path;

/// The file of a run directory that keeps the replications.
pub(crate) const FILE: &str = "replications.json";
/// Replications at the first look with auto.
const FIRST_LOOK: u32 = 8;
/// Most replications with auto.
const BUDGET: u32 = 64;
/// Half of an interval that is narrow enough, as a share of the value.
const CI_WIDTH: f64 = 0.01;

/// How often to repeat a run with other seeds.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Replications")]
pub(crate) struct ReplicationArgs {
    /// Runs with other seeds besides: intervals and verdicts come from all of them; auto adds them until all SLAs are
    /// decided
    #[arg(short, long, default_value = "1", value_name = "auto|N", conflicts_with_all = ["check_determinism", "trace"])]
    pub(crate) replications: Replications,
    /// Most replications with auto
    #[arg(long, default_value_t = BUDGET, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    pub(crate) budget: u32,
    /// With auto, an interval of which half is so small a share of the value is narrow enough, decided or not
    #[arg(long, default_value = "1%", value_name = "PERCENT", value_parser = percent)]
    pub(crate) ci_width: f64,
    /// Keep the replications that the run directory holds, and add to them
    #[arg(long, conflicts_with = "no_files")]
    pub(crate) add: bool,
    /// Confidence, warm-up, threads.
    #[command(flatten)]
    pub(crate) sampling: SamplingArgs,
}

/// What the replications of a run came to.
pub(crate) struct Replicated {
    /// The replications.
    pub(crate) study: Study,
    /// When they were looked at.
    pub(crate) looks: Looks,
    /// What they say.
    pub(crate) summary: ReplicationsSummary,
}

impl ReplicationArgs {
    /// Whether there is anything to do besides the run itself.
    pub(crate) fn is_wanted(&self) -> bool {
        self.replications != Replications::Fixed(1)
    }

    /// The options as words of a command; none if they are the usual ones.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        match self.replications {
            Replications::Fixed(1) => {}
            Replications::Fixed(count) => words.extend(["--replications".into(), count.to_string()]),
            Replications::Auto => {
                words.extend(["--replications".into(), "auto".into()]);
                if self.budget != BUDGET {
                    words.extend(["--budget".into(), self.budget.to_string()]);
                }
                if self.ci_width != CI_WIDTH {
                    words.extend(["--ci-width".into(), percent_word(self.ci_width)]);
                }
            }
        }
        words.extend(self.sampling.words());
        words
    }

    /// Replicates a run that was made. What `target` holds is kept if that was asked for.
    ///
    /// # Errors
    /// If the replications to add to belong to something else.
    pub(crate) fn replicate(
        &self,
        scenario: &Scenario,
        record: &RunRecord,
        target: Option<&Path>,
        style: &Style,
    ) -> Result<Replicated, CliError> {
        let objectives = default_objectives(scenario);
        let mut study = Study {
            scenario: scenario.name.clone(),
            scenario_hash: scenario_hash(scenario),
            version: env!("CARGO_PKG_VERSION").to_string(),
            seed: scenario.seed,
            objectives: objectives.iter().map(|objective| objective.text.clone()).collect(),
            replications: vec![measured(scenario, record, &objectives)],
        };
        if let Some(target) = target.filter(|_| self.add) {
            take_stored(&mut study, &target.join(FILE), style)?;
        }
        let confidence = self.sampling.confidence;
        let looks = match self.replications {
            Replications::Auto => Looks::doubling(FIRST_LOOK, self.budget, confidence),
            Replications::Fixed(count) => Looks::once(count.max(study.replications.len() as u32), confidence),
        };
        let pool = self.sampling.pool();
        let tally = Tally::start(&scenario.name, style);
        let mut summary = sum_up(scenario, &objectives, &study, &looks);
        for look in looks.counts() {
            let done = study.replications.len() as u32;
            tally.expect(look.saturating_sub(done));
            study
                .replications
                .extend(replicate(scenario, &objectives, done..*look, &pool, &|tick| tally.count(tick)));
            summary = sum_up(scenario, &objectives, &study, &looks);
            let was_stopped = (study.replications.len() as u32) < *look;
            if was_stopped || (self.replications == Replications::Auto && summary.is_settled(self.ci_width)) {
                break;
            }
        }
        tally.finish();
        Ok(Replicated { study, looks, summary })
    }
}

/// Takes over the replications of an earlier run of the same scenario.
fn take_stored(study: &mut Study, file: &Path, style: &Style) -> Result<(), CliError> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            console::say(&format!("{}: nothing to add to yet", file.display()), style);
            return Ok(());
        }
        Err(error) => return Err(CliError::io(file, error)),
    };
    let wrong = |found: String| CliError::Stored { path: file.to_path_buf(), found };
    let stored = Study::from_json(&text).map_err(|error| wrong(error.to_string()))?;
    let same =
        |one: &Study| (one.scenario_hash.clone(), one.seed, one.version.clone(), one.objectives.clone());
    if same(&stored) != same(study) {
        return Err(wrong("replications of another scenario, seed or version".into()));
    }
    if stored.replications.first() != study.replications.first() {
        return Err(wrong("a first replication that differs from the run".into()));
    }
    study.replications = stored.replications;
    Ok(())
}
