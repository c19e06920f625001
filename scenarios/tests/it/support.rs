//! Scenarios for tests.

use cusinart_scenarios::{Overlay, Scenario, ScenarioError, parse};
use std::path::{Path, PathBuf};

/// The smallest scenario; tests replace and append lines.
pub(crate) const SMALL: &str = "\
version: 1
name: small
duration: 10m
zones: [a, b]
node_types:
  web: { workers: 4 }
services:
  api: { node_type: web, nodes: 4, service_time: 10ms }
clients:
  users: { service: api, arrivals: { poisson: { rate: 100/s } } }
";

/// Reads a text with nothing laid over it.
pub(crate) fn read(text: &str) -> Result<Scenario, ScenarioError> {
    parse("test.yaml", text, Path::new("tests/it/files"), &Overlay::default())
}

/// Reads a text that must be right.
pub(crate) fn good(text: &str) -> Scenario {
    read(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The small scenario with one piece replaced and lines appended.
pub(crate) fn small_with(from: &str, to: &str, more: &str) -> String {
    assert!(SMALL.contains(from), "the small scenario has no `{from}`");
    format!("{}{more}", SMALL.replacen(from, to, 1))
}

/// The message about a text that must be wrong.
pub(crate) fn message(text: &str) -> String {
    match read(text) {
        Ok(_) => panic!("this should not be read:\n{text}"),
        Err(error) => format!("{error}\n"),
    }
}

/// The YAML files of a folder, by name.
pub(crate) fn yaml_files(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder is part of the project");
    let paths = entries.map(|entry| entry.expect("a folder can be listed").path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "yaml")).collect();
    paths.sort();
    paths
}
