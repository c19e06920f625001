//! `report`: makes pages and files again from what earlier commands kept.

mod compare;
mod run;
mod sweep;
mod test;

use crate::args::Format;
use crate::console;
use crate::error::CliError;
use crate::exit::ExitCode;
use crate::output_dir::Kind;
use crate::repro;
use crate::results::Results;
use crate::style::Style;
use clap::ValueHint;
use cusinart_report::StoreError;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Longest text that is read back.
const TEXT_BYTES_MAX: u64 = 1 << 30;

/// Arguments of `report`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct ReportArgs {
    /// Directories that run, compare, test or sweep wrote
    #[arg(required = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    directories: Vec<PathBuf>,
    /// Directory for the files, instead of the one they are made from; with several the folder around theirs
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: Option<PathBuf>,
    /// Draw the plots of a run that was made without
    #[arg(long)]
    plots: bool,
    /// Write perfetto.json, a run as a trace for <https://ui.perfetto.dev>
    #[arg(long)]
    perfetto: bool,
    /// Write openmetrics.txt, the numbers of a run for tools that read OpenMetrics
    #[arg(long)]
    openmetrics: bool,
    /// Form of the result on stdout
    #[arg(short, long, value_enum, default_value_t, value_name = "text|json", hide_possible_values = true)]
    format: Format,
}

const HELP: &str = "Examples:
  cusinart-sim report runs/flash-crowd-42
  cusinart-sim report runs/flash-crowd-42 --perfetto
  cusinart-sim report runs/* --out again --format json

Makes what the command made, with the same bytes, and simulates nothing; only the line that says how to repeat it \
names the directory. A run is made again from scenario.yaml, record.json and facts.jsonl, and from replications.json \
and explain.json if it has them; a comparison from plan.json and the files of its arms; a test from test.json and the \
replications of its scenarios; a sweep from sweep.json and points, which --out gets too, so that it is a whole sweep \
directory. Plots, perfetto.json and openmetrics.txt are made if the directory has them or they are asked for.

Ends with 0 whatever the verdict, 3 if a directory is not what it should be, 5 if a file cannot be read or written.";

/// Makes each directory's results again; the worst exit code decides.
pub(crate) fn report(args: &ReportArgs, style: &Style) -> Result<ExitCode, CliError> {
    check_targets(args)?;
    let mut worst = ExitCode::Passed;
    let mut results = Results::new(args.directories.len() > 1, args.format, style);
    for directory in &args.directories {
        repro::remember(&format!("cusinart-sim report {}", repro::path_argument(directory)));
        if let Err(error) = make(directory, args, &mut results) {
            results.without(directory.display().to_string());
            worst = worst.worst(console::report(&error, style));
        }
    }
    results.finish()?;
    Ok(worst)
}

/// Makes the results of one directory again.
fn make(directory: &Path, args: &ReportArgs, results: &mut Results<'_>) -> Result<(), CliError> {
    let target = args.target(directory);
    match kind(directory)? {
        Kind::Run => run::make(directory, &target, args, results),
        Kind::Compare => compare::make(directory, &target, results),
        Kind::Test => test::make(directory, &target, results),
        Kind::Sweep => sweep::make(directory, &target, results),
    }
}

/// What a directory is.
fn kind(directory: &Path) -> Result<Kind, CliError> {
    fs::read_dir(directory).map_err(|error| CliError::io(directory, error))?;
    Kind::of(directory).ok_or_else(|| {
        let marks = Kind::ALL.map(Kind::mark);
        CliError::NoResult {
            path: directory.to_path_buf(),
            found: "a directory without results".into(),
            expected: format!("one with {}", marks.join(" or ")),
            hint: "name a directory that run, compare, test or sweep wrote, e.g. runs/flash-crowd-42".into(),
        }
    })
}

/// Makes sure that no directory is written twice.
fn check_targets(args: &ReportArgs) -> Result<(), CliError> {
    let mut seen = BTreeMap::new();
    for directory in &args.directories {
        let target = args.target(directory);
        if let Some(other) = seen.insert(target.clone(), directory) {
            let (other, target) = (other.display(), target.display());
            return Err(CliError::Usage {
                message: format!("{other} and {} would both be written to {target}", directory.display()),
                hint: "give their folders different names, or report them one by one".to_string(),
            });
        }
    }
    Ok(())
}

impl ReportArgs {
    /// Where the files of a directory go.
    fn target(&self, directory: &Path) -> PathBuf {
        match &self.out {
            None => directory.to_path_buf(),
            Some(out) if self.directories.len() > 1 => {
                out.join(directory.file_name().unwrap_or(OsStr::new("results")))
            }
            Some(out) => out.clone(),
        }
    }
}

/// A file without which nothing can be made again.
///
/// # Errors
/// If it is not there or cannot be read.
fn needed(directory: &Path, name: &str, hint: &str) -> Result<String, CliError> {
    let path = directory.join(name);
    read_text(&path)?.ok_or_else(|| CliError::NoResult {
        path,
        found: "no such file".into(),
        expected: "what the command kept to be reported again".into(),
        hint: hint.into(),
    })
}

/// What is wrong with a stored file.
fn wrong(path: PathBuf, error: &StoreError, hint: &str) -> CliError {
    CliError::NoResult {
        path,
        found: error.found.clone(),
        expected: error.expected.clone(),
        hint: hint.into(),
    }
}

/// Reads a text that a command wrote; `None` if it is not there.
///
/// # Errors
/// If it cannot be read, is too long, or is no text.
pub(crate) fn read_text(path: &Path) -> Result<Option<String>, CliError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(CliError::io(path, error)),
    };
    let mut bytes = Vec::new();
    file.take(TEXT_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| CliError::io(path, error))?;
    let wrong = |found: &str, expected: &str| CliError::NoResult {
        path: path.to_path_buf(),
        found: found.into(),
        expected: expected.into(),
        hint: "run the command again to make it again".into(),
    };
    if bytes.len() as u64 > TEXT_BYTES_MAX {
        return Err(wrong("more than 1 GiB", "less"));
    }
    String::from_utf8(bytes).map(Some).map_err(|_| wrong("bytes that are no UTF-8", "a text"))
}
