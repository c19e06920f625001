//! From the paths on the command line to scenarios.

use crate::args::OverlayArgs;
use crate::error::CliError;
use cusinart_scenarios::{Scenario, Source};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The path that means stdin.
const STDIN: &str = "-";

/// Whether a path means stdin.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path == Path::new(STDIN)
}

/// Replaces each folder by the scenario files in it, in order of their names.
///
/// # Errors
/// If a folder cannot be read or holds no scenario, or stdin is named twice.
pub(crate) fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    read_stdin_once(paths)?;
    let mut files = Vec::new();
    for path in paths {
        if is_stdin(path) || !path.is_dir() {
            files.push(path.clone());
        } else {
            files.extend(scenarios_in(path)?);
        }
    }
    Ok(files)
}

/// Makes sure that stdin is named once at most.
///
/// # Errors
/// If it is named again.
pub(crate) fn read_stdin_once(paths: &[PathBuf]) -> Result<(), CliError> {
    if paths.iter().filter(|path| is_stdin(path)).count() > 1 {
        return Err(CliError::Usage {
            message: "stdin (-) is named more than once".to_string(),
            hint: "it can be read once only".to_string(),
        });
    }
    Ok(())
}

/// Reads and checks a scenario.
///
/// # Errors
/// If the file cannot be read or the scenario is wrong.
pub(crate) fn load(path: &Path, overlay: &OverlayArgs) -> Result<Scenario, CliError> {
    Ok(source(path, overlay)?.scenario()?)
}

/// Reads the text of a scenario, so that it can be read again with changes.
///
/// # Errors
/// If the file cannot be read or is no text.
pub(crate) fn source(path: &Path, overlay: &OverlayArgs) -> Result<Source, CliError> {
    if !is_stdin(path) {
        return Ok(Source::open(path, &overlay.overlay())?);
    }
    let stdin = io::stdin().lock();
    Ok(Source::from_stream(stdin, "<stdin>", Path::new("."), &overlay.overlay())?)
}

/// The scenario files of a folder, in order of their names.
fn scenarios_in(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let entries = fs::read_dir(folder).map_err(|error| CliError::io(folder, error))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| CliError::io(folder, error))?.path();
        let is_yaml = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        if is_yaml && path.is_file() {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(CliError::NothingToRun(folder.to_path_buf()));
    }
    files.sort();
    Ok(files)
}
