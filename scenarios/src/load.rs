//! The ways in: a file, a text, a `cluster.toml`.

use crate::error::ScenarioError;
use crate::log::{Finding, Log, Mark};
use crate::model::Scenario;
use crate::overlay::{self, Overlay};
use crate::raw::{RawCluster, RawScenario};
use crate::read::Read;
use crate::resolve;
use crate::source::Source;
use crate::text::{self, Named};
use crate::toml_tree;
use crate::tree::Value;
use crate::yaml::{self, Origin};
use cusinart_policies::ClusterConfig;
use std::io;
use std::path::Path;

/// What a scenario is written in, for messages.
pub(crate) const YAML: &str = "a YAML file";
/// What the configuration of a cluster is written in, for messages.
const TOML: &str = "a TOML file";

/// Reads a scenario file. Traces are looked for beside it.
///
/// # Errors
/// [`ScenarioError::Io`] if the file cannot be read, [`ScenarioError::Invalid`] with places and hints if it makes
/// no sense.
pub fn load(path: &Path, overlay: &Overlay) -> Result<Scenario, ScenarioError> {
    Source::open(path, overlay)?.scenario()
}

/// Reads a scenario from a stream such as stdin; at most as much of it as the largest file holds. `name` stands in
/// messages; traces are looked for in `dir`.
///
/// # Errors
/// [`ScenarioError::Io`] if the stream cannot be read, [`ScenarioError::Invalid`] with places and hints.
pub fn load_from(
    stream: impl io::Read,
    name: &str,
    dir: &Path,
    overlay: &Overlay,
) -> Result<Scenario, ScenarioError> {
    Source::from_stream(stream, name, dir, overlay)?.scenario()
}

/// Reads a scenario from a text. `name` stands in messages; traces are looked for in `dir`.
///
/// # Errors
/// [`ScenarioError::Invalid`] with places and hints.
pub fn parse(name: &str, text: &str, dir: &Path, overlay: &Overlay) -> Result<Scenario, ScenarioError> {
    text::check_size(Named { name, kind: YAML }, text.len())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut log = Log::about(name, text);
    let scenario = read(text, dir, overlay, &mut log);
    match scenario {
        Some(scenario) if log.is_clean() => Ok(scenario),
        Some(_) | None => Err(log.into_error()),
    }
}

/// Reads a file with the configuration of a control plane.
///
/// # Errors
/// [`ScenarioError::Io`] if the file cannot be read, [`ScenarioError::Invalid`] with places and hints if it makes
/// no sense.
pub fn load_cluster_config(path: &Path) -> Result<ClusterConfig, ScenarioError> {
    let text = text::of_file(path, TOML)?;
    cluster_config_from_toml(&path.display().to_string(), &text)
}

/// Reads the configuration of a control plane from TOML: zones, services and the sections of `control`.
///
/// # Errors
/// [`ScenarioError::Invalid`] with places and hints.
pub fn cluster_config_from_toml(name: &str, text: &str) -> Result<ClusterConfig, ScenarioError> {
    text::check_size(Named { name, kind: TOML }, text.len())?;
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
