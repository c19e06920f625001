//! The files that a test writes. Each appears whole or not at all.

use crate::error::CliError;
use crate::inputs;
use crate::output_dir::{Kind, Staging, safe_name};
use crate::test::args::TestArgs;
use cusinart_report::{ScenarioVerdict, Study, TestReport, junit_xml, test_json, test_markdown, test_page};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How a file that is being written is named, so that a person who finds one knows what it is.
const UNFINISHED: &str = ".cusinart-sim-unfinished-";
/// End of the names of files with the replications of a scenario.
pub(crate) const REPLICATIONS: &str = ".replications.json";

/// Makes sure that no file is written over another one, or over what is read.
///
/// # Errors
/// If two of them are the same file.
pub(super) fn check_places(args: &TestArgs) -> Result<(), CliError> {
    let mut taken: BTreeMap<PathBuf, String> = BTreeMap::new();
    for file in inputs::expand(&args.scenarios)? {
        taken.insert(place(&file), "the scenario".into());
    }
    let files = [
        ("--baseline", &args.baseline.baseline),
        ("--junit", &args.results.junit),
        ("--summary", &args.results.summary),
    ];
    for (option, file) in files {
        let Some(file) = file else { continue };
        if let Some(other) = taken.insert(place(file), option.to_string()) {
            return Err(CliError::Usage {
                message: format!("{option} and {other} are the same file: {}", file.display()),
                hint: "name another file".into(),
            });
        }
    }
    Ok(())
}

/// Where a file is or will be, however it is named.
fn place(file: &Path) -> PathBuf {
    let folder = match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) | None => Path::new("."),
    };
    let there = fs::canonicalize(file).ok();
    let later = || Some(fs::canonicalize(folder).ok()?.join(file.file_name()?));
    there.or_else(later).unwrap_or_else(|| file.to_path_buf())
}

/// Writes a file in the place of what was there.
///
/// # Errors
/// Those of the operating system; what was there stays then.
pub(crate) fn replace(file: &Path, text: &str) -> Result<(), CliError> {
    // A link stays, and what it leads to is replaced.
    let target = fs::canonicalize(file).unwrap_or_else(|_| file.to_path_buf());
    let name = target.file_name().ok_or_else(|| {
        CliError::io(file, io::Error::new(io::ErrorKind::IsADirectory, "a folder, not a file"))
    })?;
    let unfinished = target.with_file_name(format!("{UNFINISHED}{}", name.to_string_lossy()));
    let written = create_parent(&target)
        .and_then(|()| File::create(&unfinished))
        .and_then(|mut out| out.write_all(text.as_bytes()).and_then(|()| out.sync_all()))
        .and_then(|()| fs::rename(&unfinished, &target));
    written.map_err(|error| {
        let _may_not_be_there = fs::remove_file(&unfinished);
        CliError::io(file, error)
    })
}

/// Adds to the end of a file.
///
/// # Errors
/// Those of the operating system.
pub(super) fn append(file: &Path, text: &str) -> Result<(), CliError> {
    let opened = OpenOptions::new().append(true).create(true).open(file);
    opened.and_then(|mut out| out.write_all(text.as_bytes())).map_err(|error| CliError::io(file, error))
}

/// Names of the files with replications, one for each scenario.
pub(crate) fn replication_files(report: &TestReport) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let name = |scenario: &ScenarioVerdict| {
        let mut name = safe_name(&scenario.name);
        // Names that differ may look the same as names of files.
        while !taken.insert(name.to_lowercase()) {
            name.push('_');
        }
        name + REPLICATIONS
    };
    report.scenarios.iter().map(name).collect()
}

/// Writes the folder of a test. There is a study for each scenario, in the same order.
///
/// # Errors
/// Those of the operating system.
pub(crate) fn write_folder(folder: &Path, report: &TestReport, studies: &[Study]) -> Result<(), CliError> {
    let staging = Staging::create(folder, Kind::Test)?;
    let texts = [
        (Kind::Test.mark(), test_json(report)),
        ("junit.xml", junit_xml(report)),
        ("summary.md", test_markdown(report)),
    ];
    let replications = replication_files(report);
    let links: Vec<String> =
        texts.iter().map(|(name, _)| String::from(*name)).chain(replications.iter().cloned()).collect();
    staging.write("report.html", test_page(report, &links).as_bytes())?;
    for (name, text) in texts {
        staging.write(name, text.as_bytes())?;
    }
    for (name, study) in replications.iter().zip(studies) {
        staging.write(name, study.to_json().as_bytes())?;
    }
    staging.publish()
}

fn create_parent(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => fs::create_dir_all(parent),
        Some(_) | None => Ok(()),
    }
}
