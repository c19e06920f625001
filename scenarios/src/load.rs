//! The ways in: a file, a text, a `cluster.toml`.

use crate::error::ScenarioError;
use crate::log::{Finding, Log, Mark};
use crate::model::Scenario;
use crate::overlay::{self, Overlay};
use crate::raw::{RawCluster, RawScenario};
use crate::read::Read;
use crate::resolve;
use crate::toml_tree;
use crate::tree::Value;
use crate::yaml::{self, Origin};
use cusinart_policies::ClusterConfig;
use std::path::Path;

/// Largest scenario file.
const FILE_BYTES_MAX: u64 = 8 << 20;

/// Reads a scenario file. Traces are looked for beside it.
///
/// # Errors
/// [`ScenarioError::Io`] if the file cannot be read, [`ScenarioError::Invalid`] with places and hints if it makes
/// no sense.
pub fn load(path: &Path, overlay: &Overlay) -> Result<Scenario, ScenarioError> {
    let io = |error| ScenarioError::Io { path: path.into(), error };
    let name = path.display().to_string();
    let meta = std::fs::metadata(path).map_err(io)?;
    if meta.is_file() && meta.len() > FILE_BYTES_MAX {
        return Err(too_large(&name));
    }
    let bytes = std::fs::read(path).map_err(io)?;
    let text = text_of(&name, bytes)?;
    parse(&name, &text, path.parent().unwrap_or(Path::new("")), overlay)
}

/// Reads a scenario from a text. `name` stands in messages; traces are looked for in `dir`.
///
/// # Errors
/// [`ScenarioError::Invalid`] with places and hints.
pub fn parse(name: &str, text: &str, dir: &Path, overlay: &Overlay) -> Result<Scenario, ScenarioError> {
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err(too_large(name));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut log = Log::about(name, text);
    let scenario = read(text, dir, overlay, &mut log);
    match scenario {
        Some(scenario) if log.is_clean() => Ok(scenario),
        Some(_) | None => Err(log.into_error()),
    }
}

/// Reads the configuration of a control plane from TOML: zones, services and the sections of `control`.
///
/// # Errors
/// [`ScenarioError::Invalid`] with places and hints.
pub fn cluster_config_from_toml(name: &str, text: &str) -> Result<ClusterConfig, ScenarioError> {
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err(too_large(name));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut log = Log::about(name, text);
    let root = toml_tree::read(text, &mut log);
    let config = root.and_then(|root| {
        let raw = RawCluster::read(&root, &mut log)?;
        resolve::cluster(&raw, &root, &mut log)
    });
    match config {
        Some(config) if log.is_clean() => Ok(config),
        Some(_) | None => Err(log.into_error()),
    }
}

/// A scenario to start from, with comments.
pub fn starter() -> &'static str {
    include_str!("starter.yaml")
}

fn read(text: &str, dir: &Path, overlay: &Overlay, log: &mut Log) -> Option<Scenario> {
    if is_blank(text) {
        let whole = Mark { line: 1, column: 1, ..Mark::default() };
        let finding = Finding::at(whole, "an empty file", "a scenario");
        log.report(finding.hint("`cusinart-sim init` writes one to start from"));
        return None;
    }
    let mut root = yaml::read(text, Origin { source: 0, column: 0 }, log)?;
    if !matches!(root.value, Value::Map(_)) {
        let finding =
            Finding::at(root.mark, root.describe(), "a scenario: a map with keys such as `version`");
        log.report(finding.hint("`cusinart-sim init` writes one to start from"));
        return None;
    }
    overlay::apply(&mut root, overlay, log);
    let raw = RawScenario::read(&root, log)?;
    let mut scenario = resolve::scenario(&raw, &root, dir, log)?;
    scenario.seed = overlay.seed.unwrap_or(scenario.seed);
    Some(scenario)
}

/// Whether a text holds nothing but blanks and comments.
fn is_blank(text: &str) -> bool {
    text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
}

/// The text of a file, or why it is none.
fn text_of(name: &str, bytes: Vec<u8>) -> Result<String, ScenarioError> {
    let binary = bytes.iter().take(8_192).any(|byte| *byte == 0);
    match String::from_utf8(bytes) {
        Ok(text) if !binary => Ok(text),
        Ok(_) => Err(not_text(name, "", "a binary file", Mark::default())),
        Err(_) if binary => Err(not_text(name, "", "a binary file", Mark::default())),
        Err(error) => {
            let shown = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line_start = good.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            let line = count(good.iter().filter(|byte| **byte == b'\n').count() + 1);
            let column = count(String::from_utf8_lossy(&good[line_start..]).chars().count() + 1);
            Err(not_text(
                name,
                &shown,
                "a byte that is not UTF-8",
                Mark { line, column, length: 1, source: 0 },
            ))
        }
    }
}

fn not_text(name: &str, text: &str, found: &str, mark: Mark) -> ScenarioError {
    let mut log = Log::about(name, text);
    log.report(Finding::at(mark, found, "a YAML file in UTF-8").hint("is this the right file?"));
    log.into_error()
}

fn too_large(name: &str) -> ScenarioError {
    let mut log = Log::about(name, "");
    let expected = format!("at most {} MiB", FILE_BYTES_MAX >> 20);
    log.report(
        Finding::at(Mark::default(), "a larger file", expected)
            .hint("put long rate curves into a CSV file (`trace`)"),
    );
    log.into_error()
}
