//! The rules of the repository that the compiler cannot check.

use crate::command::{files, repository, shipped_scenarios};
use cusinart_policies::catalogue;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Lines of code a file may have; comments and empty lines do not count.
const CODE_LINES_MAX: usize = 400;

/// Folders of the workspace and the crates of the workspace they may use.
const ARROWS: [(&str, &[&str]); 8] = [
    ("policies", &[]),
    ("record", &["policies"]),
    ("scenarios", &["policies", "record"]),
    ("sim-core", &["policies", "record", "scenarios"]),
    ("report", &["policies", "record", "scenarios"]),
    ("experiments", &["policies", "record", "scenarios", "sim-core", "report"]),
    ("cli", &["policies", "record", "scenarios", "sim-core", "report", "experiments"]),
    ("benches", &["policies", "record", "scenarios", "sim-core", "report", "experiments"]),
];

#[test]
fn crates_use_each_other_only_along_the_arrows() {
    let root = read(&repository().join("Cargo.toml"));
    let members = root.lines().find(|line| line.starts_with("members")).expect("the workspace has members");
    for (folder, allowed) in ARROWS {
        assert!(members.contains(&format!("\"{folder}\"")), "{folder} is no member");
        let allowed: BTreeSet<_> = allowed.iter().map(|name| format!("cusinart-{name}")).collect();
        let used: BTreeSet<_> =
            dependencies(folder).into_iter().filter(|name| name.starts_with("cusinart-")).collect();
        let wrong: Vec<_> = used.difference(&allowed).collect();
        assert!(wrong.is_empty(), "{folder} may not use {wrong:?}");
    }
    assert_eq!(members.matches('"').count() / 2, ARROWS.len(), "a member has no arrows here: {members}");
}

#[test]
fn model_crates_use_nothing_that_computes_with_the_platform() {
    for folder in ["policies", "record", "scenarios", "sim-core"] {
        for banned in ["num-traits", "rand_distr", "statrs", "rand"] {
            assert!(!dependencies(folder).contains(banned), "{folder} may not use {banned}");
        }
    }
    let policies: Vec<_> = section(&manifest("policies"), "dependencies");
    let allowed = ["libm", "rand_core", "serde", "xxhash-rust"];
    assert!(policies.iter().all(|name| allowed.contains(&&**name)), "{policies:?}");
}

#[test]
fn files_stay_short() {
    for (path, text) in sources() {
        let code =
            text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count();
        assert!(code <= CODE_LINES_MAX, "{} has {code} lines of code", path.display());
    }
}

#[test]
fn files_begin_with_what_they_are_for() {
    for (path, text) in sources() {
        assert!(text.starts_with("//! "), "{} has no module doc", path.display());
    }
}

#[test]
fn lib_files_are_an_index() {
    let index = ["//", "mod ", "pub mod ", "pub use ", "extern crate ", "#![", "#[cfg(test)]"];
    for (path, text) in sources().into_iter().filter(|(path, _)| path.ends_with("src/lib.rs")) {
        let mut inside_use = false;
        for line in text.lines().filter(|line| !line.is_empty()) {
            let known = inside_use || index.iter().any(|start| line.starts_with(start));
            assert!(known, "{}: {line:?} belongs into a module", path.display());
            inside_use = (inside_use || line.starts_with("pub use ")) && !line.ends_with(';');
        }
    }
}

#[test]
fn every_scenario_has_a_golden_and_every_golden_a_scenario() {
    let goldens: BTreeSet<_> = files(&repository().join("cli/tests/it/golden"))
        .into_keys()
        .filter_map(|name| name.strip_suffix(".txt").map(String::from))
        .collect();
    assert_eq!(shipped_scenarios().into_iter().collect::<BTreeSet<_>>(), goldens);
}

#[test]
fn scenarios_name_their_schema_and_say_what_they_teach() {
    let names = shipped_scenarios();
    assert!(names.len() >= 9, "{} scenarios are shipped", names.len());
    for name in names {
        let text = read(&repository().join(format!("scenarios/{name}.yaml")));
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("# yaml-language-server: $schema="), "{name}: {first}");
        for field in [&format!("name: {name}\n"), "description: ", "slas:"] {
            assert!(text.contains(field), "{name} lacks {field:?}");
        }
    }
}

#[test]
fn every_parameter_is_documented() {
    let mut names = BTreeMap::new();
    for entry in catalogue::entries() {
        let name = entry.name;
        assert_eq!(names.insert((entry.kind, name), ()), None, "{name} is listed twice");
        for text in [entry.summary, entry.source] {
            assert!(!text.is_empty(), "{name}");
        }
        assert!(entry.example.contains(name), "{name}: the example does not show it");
        for param in entry.params {
            let doc = param.doc;
            assert!(doc.len() > 20 && doc.ends_with('.'), "{name}.{}: {doc:?}", param.name);
        }
    }
}

/// A number in a configuration has a unit in its type or in its words, and a default or a range.
#[test]
fn numbers_of_the_configuration_name_their_default() {
    let path = repository().join("policies/src/config.rs");
    let mut doc = String::new();
    for line in read(&path).lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            doc.push_str(text);
            continue;
        }
        let is_number = [": u32,", ": u64,", ": f64,", ": Duration,"].iter().any(|end| line.ends_with(end));
        if line.starts_with("pub ") && is_number {
            let said = ["Default", "At least", "default", "at least"].iter().any(|word| doc.contains(word));
            assert!(said, "{line} {doc:?}: neither default nor range");
        }
        doc.clear();
    }
}

fn manifest(folder: &str) -> String {
    read(&repository().join(folder).join("Cargo.toml"))
}

/// Names of everything a crate depends on, also in its tests.
fn dependencies(folder: &str) -> BTreeSet<String> {
    let manifest = manifest(folder);
    ["dependencies", "dev-dependencies", "build-dependencies"]
        .iter()
        .flat_map(|name| section(&manifest, name))
        .collect()
}

/// Keys of a section of a manifest.
fn section(manifest: &str, name: &str) -> Vec<String> {
    let header = format!("[{name}]");
    let lines = manifest.lines().skip_while(|line| *line != header).skip(1);
    lines
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.starts_with('#') && line.contains('='))
        .filter_map(|line| line.split(['=', '.', ' ']).next().map(String::from))
        .collect()
}

/// All Rust files of the workspace.
fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for (folder, _) in ARROWS {
        for part in ["src", "tests", "benches"] {
            collect(&repository().join(folder).join(part), &mut found);
        }
    }
    assert!(found.len() > 20, "the sources were not found");
    found
}

fn collect(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("it is readable").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = read(&path);
            found.push((path, text));
        }
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
