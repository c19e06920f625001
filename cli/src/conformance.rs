//! `conformance`: how far the policies agree with known answers of the systems they are named after, and the simulator
//! with known numbers of theory.

mod validation;

use crate::console;
use crate::error::CliError;
use crate::exit::ExitCode;
use crate::style::Style;
use crate::test::replace;
use clap::{Subcommand, ValueHint};
use cusinart_experiments::{VectorFile, check_vectors};
use cusinart_report::{TextStyle, conformance_json, conformance_junit, conformance_text};
use std::fs;
use std::path::{Path, PathBuf};

/// Folders within folders that are looked into.
const DEPTH_MAX: u32 = 16;

/// Arguments of `conformance`.
#[derive(Debug, clap::Args)]
#[command(disable_help_subcommand = true)]
pub(crate) struct ConformanceArgs {
    /// What to check.
    #[command(subcommand)]
    pub(crate) command: ConformanceCommand,
}

/// What to check.
#[derive(Debug, Subcommand)]
pub(crate) enum ConformanceCommand {
    /// Compute vectors, cases of real systems with known answers, by the very code that scenarios run
    #[command(after_help = VECTORS_HELP)]
    Vectors(VectorsArgs),
    /// Run models whose numbers are known, from queueing theory and elsewhere, as ordinary scenarios
    #[command(after_help = validation::HELP)]
    Validation(validation::ValidationArgs),
}

/// Arguments of `conformance vectors`.
#[derive(Debug, clap::Args)]
pub(crate) struct VectorsArgs {
    /// Files of vectors, or folders of *.json files
    #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    /// Print a JSON document instead of a page
    #[arg(long)]
    json: bool,
    /// Write junit.xml, for CI
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    junit: Option<PathBuf>,
}

const VECTORS_HELP: &str = "Examples:
  cusinart-sim conformance vectors conformance/vectors
  cusinart-sim conformance vectors my-vectors.json --junit junit.xml

The format is told in conformance/vectors/README.md. An algorithm that nothing here computes is unsupported.
Ends with 0 if every vector has the known answer, 99 if one has not or is unsupported, 3 if a file holds no vectors, 4 if \
there is no file, 5 if one cannot be read or written.";

/// Checks what is asked for.
pub(crate) fn conformance(args: &ConformanceArgs, style: &Style) -> Result<ExitCode, CliError> {
    match &args.command {
        ConformanceCommand::Vectors(args) => vectors(args, style),
        ConformanceCommand::Validation(args) => validation::validation(args, style),
    }
}

fn vectors(args: &VectorsArgs, style: &Style) -> Result<ExitCode, CliError> {
    let files: Result<Vec<VectorFile>, CliError> =
        find_all(&args.paths)?.iter().map(|file| read(file)).collect();
    let conformance = check_vectors(&files?);
    if let Some(file) = &args.junit {
        replace(file, &conformance_junit(&conformance))?;
    }
    let page = if args.json {
        conformance_json(&conformance)
    } else {
        conformance_text(&conformance, &TextStyle { color: style.stdout_color, width: style.columns })
    };
    console::print(&page)?;
    Ok(if conformance.is_whole() { ExitCode::Passed } else { ExitCode::SlaFailed })
}

/// The files that paths name, each at least one.
fn find_all(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let mut files = Vec::new();
    for path in paths {
        let before = files.len();
        find(path, DEPTH_MAX, &mut files)?;
        if files.len() == before {
            return Err(CliError::NothingToCheck(path.clone()));
        }
    }
    Ok(files)
}

/// The files that a path names: itself, or all *.json files below it in order of their names.
fn find(path: &Path, depth: u32, found: &mut Vec<PathBuf>) -> Result<(), CliError> {
    let error = |error| CliError::io(path, error);
    if !fs::metadata(path).map_err(error)?.is_dir() {
        found.push(path.to_path_buf());
        return Ok(());
    }
    let entries: Result<Vec<_>, _> = fs::read_dir(path).map_err(error)?.collect();
    let mut paths: Vec<PathBuf> = entries.map_err(error)?.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let is_json = path.extension().is_some_and(|extension| extension == "json");
        if (path.is_dir() && depth > 0) || (path.is_file() && is_json) {
            find(&path, depth - 1, found)?;
        }
    }
    Ok(())
}

fn text_of(path: &Path) -> Result<String, CliError> {
    crate::report::read_text(path)?
        .ok_or_else(|| CliError::io(path, std::io::Error::from(std::io::ErrorKind::NotFound)))
}

fn read(path: &Path) -> Result<VectorFile, CliError> {
    let text = text_of(path)?;
    VectorFile::read(&path.display().to_string(), &text).map_err(|error| CliError::NoResult {
        path: path.to_path_buf(),
        found: error.to_string(),
        expected: "a file of vectors".into(),
        hint: "the format is told in conformance/vectors/README.md".into(),
    })
}
