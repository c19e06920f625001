//! What is tested: the files of the list, those of this shard as scenarios, and what the baseline knows of them.

use crate::console;
use crate::error::CliError;
use crate::exit::ExitCode;
use crate::inputs;
use crate::report::read_text;
use crate::repro;
use crate::style::Style;
use crate::test::args::TestArgs;
use cusinart_experiments::GateCase;
use cusinart_report::{Baseline, BaselineUse, Commands, Refused, Study, common_objectives};
use cusinart_scenarios::{Scenario, ScenarioError};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

/// What is tested.
pub(super) struct Plan {
    /// The scenarios of this shard.
    pub(super) cases: Vec<GateCase>,
    /// The files of this shard that cannot be used.
    pub(super) refused: Vec<Refused>,
    /// The worst of their exit codes.
    pub(super) code: ExitCode,
    /// What the baseline holds; empty without one.
    pub(super) stored: Baseline,
    /// How the baseline is used; `None` without one.
    pub(super) baseline: Option<BaselineUse>,
    /// Names in the list that this shard does not test.
    others: BTreeSet<String>,
    /// Whether a scenario of the baseline that is not in the list is gone for good: folders were named, and all that
    /// is in them could be read.
    knows_all: bool,
}

/// A file of the list.
struct Listed {
    file: PathBuf,
    is_mine: bool,
    loaded: Result<Scenario, CliError>,
}

/// Makes the plan.
///
/// # Errors
/// If nothing can be tested at all.
pub(super) fn plan(args: &TestArgs, style: &Style) -> Result<Plan, CliError> {
    let mut files: Vec<PathBuf> =
        inputs::expand(&args.scenarios)?.iter().map(|file| as_in_repository(file)).collect();
    files.sort();
    files.dedup();
    let listed: Vec<Listed> = files
        .into_iter()
        .enumerate()
        .map(|(position, file)| Listed {
            is_mine: args.shard.is_none_or(|shard| shard.holds(position)),
            loaded: inputs::load(&file, &args.overlay),
            file,
        })
        .collect();
    check_names(&listed)?;
    let stored = stored_baseline(args)?;
    let names = || listed.iter().filter_map(|listed| Some(listed.loaded.as_ref().ok()?.name.as_str()));
    let knows_all =
        args.scenarios.iter().any(|path| path.is_dir()) && listed.iter().all(|listed| listed.loaded.is_ok());
    let baseline = args.baseline.baseline.as_ref().map(|file| {
        let known: BTreeSet<&str> = names().collect();
        let is_gone = |name: &&str| knows_all && !known.contains(name);
        BaselineUse {
            file: file.display().to_string(),
            updated: args.baseline.update_baseline,
            statements: statements(&listed, &stored),
            gone: stored.names().filter(is_gone).map(String::from).collect(),
            unknown: Vec::new(),
        }
    });
    let mut plan = Plan {
        cases: Vec::new(),
        refused: Vec::new(),
        code: ExitCode::Passed,
        stored,
        baseline,
        others: BTreeSet::new(),
        knows_all,
    };
    for listed in listed {
        plan.add(listed, args, style)?;
    }
    Ok(plan)
}

/// A path as GitHub names files of the repository and every system reads them: `scenarios/a.yaml`.
fn as_in_repository(file: &Path) -> PathBuf {
    let file = file.strip_prefix(".").unwrap_or(file);
    if MAIN_SEPARATOR == '/' {
        return file.to_path_buf();
    }
    PathBuf::from(file.to_string_lossy().replace(MAIN_SEPARATOR, "/"))
}

impl Plan {
    fn add(&mut self, listed: Listed, args: &TestArgs, style: &Style) -> Result<(), CliError> {
        let Listed { file, is_mine, loaded } = listed;
        match loaded {
            Ok(scenario) if !is_mine => {
                self.others.insert(scenario.name);
            }
            Err(_) if !is_mine => {}
            Err(error) => {
                self.code = self.code.worst(console::report(&error, style));
                self.refused.push(refused(&file, &error));
            }
            Ok(mut scenario) => {
                args.sampling.set_warmup(&mut scenario, style)?;
                let baseline = self.stored.study(&scenario.name).cloned();
                if let (Some(used), None, false) =
                    (&mut self.baseline, &baseline, args.baseline.update_baseline)
                {
                    used.unknown.push(scenario.name.clone());
                }
                let commands = commands(&file, &scenario, args);
                let file = file.display().to_string();
                self.cases.push(GateCase { file, scenario, baseline, commands });
            }
        }
        Ok(())
    }

    /// The baseline after this test: what was tested, and what was there and is still of use.
    pub(super) fn updated_baseline(&self, studies: &[Study]) -> Baseline {
        let mut baseline = self.stored.clone();
        baseline.retain(|name| !self.knows_all || self.others.contains(name));
        for study in studies {
            baseline.insert(study.clone());
        }
        baseline
    }
}

/// Comparisons with the baseline of the whole list: a shard is as strict as all shards together.
fn statements(listed: &[Listed], stored: &Baseline) -> usize {
    let scenarios = listed.iter().filter_map(|listed| listed.loaded.as_ref().ok());
    scenarios
        .filter_map(|scenario| Some(common_objectives(scenario, stored.study(&scenario.name)?).len()))
        .sum()
}

/// Names are how a baseline and the files of results know a scenario.
fn check_names(listed: &[Listed]) -> Result<(), CliError> {
    let mut seen: BTreeMap<&str, &Path> = BTreeMap::new();
    for listed in listed {
        let Ok(scenario) = &listed.loaded else { continue };
        if let Some(other) = seen.insert(&scenario.name, &listed.file) {
            return Err(CliError::Usage {
                message: format!(
                    "{} and {} have the same name: {}",
                    other.display(),
                    listed.file.display(),
                    scenario.name
                ),
                hint: "give the scenarios different names".into(),
            });
        }
    }
    Ok(())
}

/// Reads the baseline; empty if none is wanted, or none is there and one is to be written.
fn stored_baseline(args: &TestArgs) -> Result<Baseline, CliError> {
    let Some(file) = &args.baseline.baseline else { return Ok(Baseline::default()) };
    let text = match read_text(file)? {
        Some(text) => text,
        None if args.baseline.update_baseline => return Ok(Baseline::default()),
        None => {
            return Err(CliError::InTheWay {
                path: file.clone(),
                found: "there is no baseline".into(),
                hint: "--update-baseline writes it".into(),
            });
        }
    };
    Baseline::from_json(&text).map_err(|error| CliError::NoResult {
        path: file.clone(),
        found: error.to_string(),
        expected: "a baseline that `cusinart-sim test --update-baseline` wrote".into(),
        hint: "name another file, or remove this one and write it with --update-baseline".into(),
    })
}

fn commands(file: &Path, scenario: &Scenario, args: &TestArgs) -> Commands {
    if inputs::is_stdin(file) {
        return Commands::default();
    }
    // The warm-up that trial runs found with one seed need not be that of another.
    let warmup = args.sampling.warmup.as_ref().map(|_| ["--warmup".into(), scenario.warmup.to_string()]);
    let flags: Vec<String> = warmup.into_iter().flatten().collect();
    Commands { test: args.command_for(file), run: repro::run_command(file, None, &args.overlay.set, &flags) }
}

fn refused(file: &Path, error: &CliError) -> Refused {
    let place = match error {
        CliError::Scenario(ScenarioError::Invalid { problems, .. }) => {
            // A problem of `--set` is in no file.
            let here = problems.iter().find(|problem| problem.file == file.display().to_string());
            here.map(|problem| (problem.line, problem.column))
        }
        CliError::Scenario(ScenarioError::Io { .. })
        | CliError::Usage { .. }
        | CliError::NothingToRun(_)
        | CliError::NothingToCheck(_)
        | CliError::Io { .. }
        | CliError::InTheWay { .. }
        | CliError::SweptPoint { .. }
        | CliError::Stored { .. }
        | CliError::NoResult { .. }
        | CliError::Diverged(_) => None,
    };
    let (line, column) = place.unwrap_or((0, 0));
    Refused { file: file.display().to_string(), line, column, message: error.to_string() }
}
