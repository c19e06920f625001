//! `conformance validation`: models with known numbers.

use super::{find_all, text_of};
use crate::console;
use crate::error::CliError;
use crate::exit::ExitCode;
use crate::interrupt;
use crate::style::Style;
use crate::tally::Tally;
use crate::test::replace;
use clap::{ValueEnum, ValueHint};
use cusinart_experiments::{
    Pool, ValidationFile, ValidationPlan, validate, validation_count, validation_scenarios,
};
use cusinart_report::{
    TextStyle, Tier, replication_seed, validation_json, validation_junit, validation_markdown,
    validation_text,
};
use std::path::{Path, PathBuf};

/// Arguments of `conformance validation`.
#[derive(Debug, clap::Args)]
pub(crate) struct ValidationArgs {
    /// Files of cases, or folders of *.json files
    #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    /// How long: a fifth of each case, or all of it
    #[arg(long, value_enum, default_value_t = TierArg::Smoke)]
    tier: TierArg,
    /// Seeds; every case must pass with each [default: 1 in the smoke tier, 4 in the full one]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    seeds: Option<u32>,
    /// The first seed
    #[arg(long, value_name = "SEED", default_value_t = 42)]
    seed: u64,
    /// Only cases with this name or of this family; may be given again
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Threads; 0 is one for each core
    #[arg(long, value_name = "N", default_value_t = 0)]
    jobs: u16,
    /// Write the scenario of each case there, and run nothing
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    emit: Option<PathBuf>,
    /// Print a JSON document instead of a page
    #[arg(long)]
    json: bool,
    /// Print Markdown instead of a page, as in docs/validation.md
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// Write junit.xml, for CI
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    junit: Option<PathBuf>,
}

/// How long the cases run.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum TierArg {
    Smoke,
    Full,
}

pub(super) const HELP: &str = "Examples:
  cusinart-sim conformance validation conformance/validation
  cusinart-sim conformance validation conformance/validation --tier full --markdown > docs/validation.md
  cusinart-sim conformance validation conformance/validation --only mmc --only jsqd
  cusinart-sim conformance validation conformance/validation --emit models

The format is told in conformance/validation/README.md. A case that nothing here can run is unsupported. One that fails is \
run once more with another seed and longer before it counts.
Ends with 0 if every case passed, 99 if one is wrong or unsupported, 3 if a file holds no cases, 4 if there is no file, 5 if \
one cannot be read or written, 130 if it was interrupted.";

/// Runs the cases, or writes their scenarios.
pub(super) fn validation(args: &ValidationArgs, style: &Style) -> Result<ExitCode, CliError> {
    let files: Result<Vec<ValidationFile>, CliError> =
        find_all(&args.paths)?.iter().map(|file| read(file)).collect();
    let files = files?;
    let plan = args.plan();
    if let Some(dir) = &args.emit {
        return emit(dir, &files, &plan);
    }
    interrupt::listen();
    let tally = Tally::start("validation", style);
    tally.expect(validation_count(&files, &plan) as u32);
    let found = validate(&files, &plan, &Pool::new(args.jobs.into()), &|tick| tally.count(tick));
    tally.finish();
    if let Some(file) = &args.junit {
        replace(file, &validation_junit(&found))?;
    }
    let page = if args.json {
        validation_json(&found)
    } else if args.markdown {
        validation_markdown(&found)
    } else {
        validation_text(&found, &TextStyle { color: style.stdout_color, width: style.columns })
    };
    console::print(&page)?;
    if interrupt::raised() {
        console::warn("interrupted; what was finished is told", style);
        return Ok(ExitCode::Interrupted);
    }
    Ok(if found.is_whole() { ExitCode::Passed } else { ExitCode::SlaFailed })
}

impl ValidationArgs {
    fn plan(&self) -> ValidationPlan {
        let (tier, usual) = match self.tier {
            TierArg::Smoke => (Tier::Smoke, 1),
            TierArg::Full => (Tier::Full, 4),
        };
        let seeds = (0..self.seeds.unwrap_or(usual)).map(|number| replication_seed(self.seed, number));
        ValidationPlan { tier, seeds: seeds.collect(), only: self.only.clone() }
    }
}

fn emit(dir: &Path, files: &[ValidationFile], plan: &ValidationPlan) -> Result<ExitCode, CliError> {
    std::fs::create_dir_all(dir).map_err(|error| CliError::io(dir, error))?;
    let scenarios = validation_scenarios(files, plan);
    for (id, text) in &scenarios {
        // A name from a file of cases must not lead out of the folder.
        let name: String =
            id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
        replace(&dir.join(format!("{name}.yaml")), text)?;
    }
    console::print(&format!("{} scenarios written to {}\n", scenarios.len(), dir.display()))?;
    Ok(ExitCode::Passed)
}

fn read(path: &Path) -> Result<ValidationFile, CliError> {
    let text = text_of(path)?;
    ValidationFile::read(&path.display().to_string(), &text).map_err(|error| CliError::NoResult {
        path: path.to_path_buf(),
        found: error.to_string(),
        expected: "a file of validation cases".into(),
        hint: "the format is told in conformance/validation/README.md".into(),
    })
}
