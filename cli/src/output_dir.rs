//! The run directory: appears whole or not at all, and replaces only what an earlier run wrote.

use crate::error::CliError;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Folder of run directories.
const RUNS: &str = "runs";
/// The file that marks a run directory as ours.
const MARK: &str = "run.json";
/// Everything a run directory may hold; a folder with anything else is not replaced.
const KNOWN: [&str; 11] = [
    MARK,
    "facts.jsonl",
    "series.csv",
    "scenario.yaml",
    "trace.csv",
    "timeline.svg",
    "timeline.png",
    "latency.svg",
    "latency.png",
    "nodes.svg",
    "nodes.png",
];

/// The folder being filled, to be removed if the process ends early.
static STAGING: Mutex<Option<PathBuf>> = Mutex::new(None);

/// The run directory of a scenario when the user names none.
pub(crate) fn default_path(name: &str, seed: u64) -> PathBuf {
    Path::new(RUNS).join(directory_name(name, seed))
}

/// The name of a run directory. Scenario names are free text, names of folders are not.
pub(crate) fn directory_name(name: &str, seed: u64) -> String {
    let safe = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let name: String = name.chars().map(safe).take(100).collect();
    format!("{}-{seed}", name.trim_start_matches('.'))
}

/// A run directory being filled beside the place where it will appear.
pub(crate) struct Staging {
    target: PathBuf,
    /// Holds the folder being filled and later the replaced one; removed when dropped.
    around: tempfile::TempDir,
    filled: PathBuf,
}

impl Staging {
    /// Makes sure that `target` may be written and begins to fill it.
    ///
    /// # Errors
    /// If something that no run wrote is in the way, or the folder around it cannot be written.
    pub(crate) fn create(target: &Path) -> Result<Self, CliError> {
        check_target(target)?;
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            Some(_) | None => Path::new("."),
        };
        fs::create_dir_all(parent).map_err(|error| CliError::io(parent, error))?;
        let around = tempfile::Builder::new()
            .prefix(".cusinart-")
            .tempdir_in(parent)
            .map_err(|error| CliError::io(parent, error))?;
        *STAGING.lock().unwrap_or_else(PoisonError::into_inner) = Some(around.path().to_path_buf());
        let filled = around.path().join("new");
        fs::create_dir(&filled).map_err(|error| CliError::io(&filled, error))?;
        Ok(Self { target: target.to_path_buf(), around, filled })
    }

    /// Opens a file of the directory for writing.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(crate) fn open(&self, name: &str) -> Result<File, CliError> {
        assert!(KNOWN.contains(&name), "{name} is listed as a file of run directories");
        File::create_new(self.filled.join(name)).map_err(|error| self.error(name, error))
    }

    /// Writes a whole file of the directory.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), CliError> {
        let mut file = self.open(name)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| self.error(name, error))
    }

    /// Lets the directory appear at its place, instead of what an earlier run left there.
    ///
    /// # Errors
    /// Those of the operating system; the earlier directory stays then.
    pub(crate) fn publish(self) -> Result<(), CliError> {
        sync_directory(&self.filled);
        // Something may have come into the way while the run was going.
        check_target(&self.target)?;
        let old = self.around.path().join("old");
        let replaces = self.target.exists();
        if replaces {
            fs::rename(&self.target, &old).map_err(|error| CliError::io(&self.target, error))?;
        }
        if let Err(error) = fs::rename(&self.filled, &self.target) {
            if replaces {
                // The first rename worked, so this one does unless the disk is failing; then `error` tells more.
                let _still_failing = fs::rename(&old, &self.target);
            }
            return Err(CliError::io(&self.target, error));
        }
        if let Some(parent) = self.around.path().parent() {
            sync_directory(parent);
        }
        *STAGING.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let around = self.around.path().to_path_buf();
        self.around.close().map_err(|error| CliError::io(&around, error))
    }

    /// An error at a file, named as the user will know it.
    pub(crate) fn error(&self, name: &str, error: io::Error) -> CliError {
        CliError::io(&self.target.join(name), error)
    }
}

/// Removes a directory that is half filled, when the process is about to end early.
pub(crate) fn discard_staging() {
    if let Some(path) = STAGING.lock().unwrap_or_else(PoisonError::into_inner).take() {
        let _nothing_else_to_do = fs::remove_dir_all(path);
    }
}

/// Checks that a run directory may appear at a place: nothing is there, an empty folder, or an earlier run.
fn check_target(target: &Path) -> Result<(), CliError> {
    let in_the_way = |found: &str, hint: &str| {
        Err(CliError::InTheWay {
            path: target.to_path_buf(),
            found: found.to_string(),
            hint: hint.to_string(),
        })
    };
    if target.file_name().is_none() {
        return in_the_way("a run cannot be written here", "name a folder to be created with --out");
    }
    let entries = match fs::read_dir(target) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return in_the_way("a file is in the way", "name another folder with --out");
        }
        Err(error) => return Err(CliError::io(target, error)),
    };
    let mut is_empty = true;
    let mut has_mark = false;
    for entry in entries {
        let name = entry.map_err(|error| CliError::io(target, error))?.file_name();
        is_empty = false;
        has_mark |= name == MARK;
        if !KNOWN.iter().any(|known| name == *known) {
            return in_the_way(
                &format!("the folder holds {}, which no run wrote", name.display()),
                "move it away, or name another folder with --out",
            );
        }
    }
    if is_empty || has_mark {
        return Ok(());
    }
    in_the_way("the folder is not empty and holds no run.json", "name another folder with --out")
}

/// Makes renames in a folder durable, where the system can.
fn sync_directory(path: &Path) {
    if let Ok(directory) = File::open(path) {
        let _not_every_system_can = directory.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch() -> tempfile::TempDir {
        tempfile::tempdir().expect("the system has a folder for temporary files")
    }

    fn publish(target: &Path, text: &str) -> Result<(), CliError> {
        let staging = Staging::create(target)?;
        staging.write(MARK, text.as_bytes())?;
        staging.publish()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .expect("it exists")
            .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_directory_appears_whole_and_nothing_else_stays() {
        let scratch = scratch();
        let target = scratch.path().join("deep/er/run-1");
        publish(&target, "one").expect("the place is free");
        assert_eq!(names(&target), [MARK]);
        assert_eq!(names(target.parent().expect("it has one")), ["run-1"]);
    }

    #[test]
    fn an_earlier_run_is_replaced_as_a_whole() {
        let scratch = scratch();
        let target = scratch.path().join("run");
        publish(&target, "one").expect("the place is free");
        fs::write(target.join("trace.csv"), "old").expect("writable");
        publish(&target, "two").expect("an earlier run may be replaced");
        assert_eq!(names(&target), [MARK]);
        assert_eq!(fs::read(target.join(MARK)).expect("written"), b"two");
        assert_eq!(names(scratch.path()), ["run"]);
    }

    #[test]
    fn what_no_run_wrote_is_left_alone() {
        let scratch = scratch();
        for (name, files) in
            [("notes", vec!["notes.txt"]), ("mixed", vec![MARK, "notes.txt"]), ("part", vec!["series.csv"])]
        {
            let target = scratch.path().join(name);
            fs::create_dir(&target).expect("writable");
            for file in &files {
                fs::write(target.join(file), "mine").expect("writable");
            }
            let error = publish(&target, "two").expect_err("it must refuse");
            assert!(matches!(error, CliError::InTheWay { .. }), "{name}: {error}");
            assert_eq!(names(&target).len(), files.len());
        }
        let file = scratch.path().join("file");
        fs::write(&file, "mine").expect("writable");
        assert!(publish(&file, "two").is_err());
        assert!(publish(Path::new("."), "two").is_err());
        assert_eq!(names(scratch.path()), ["file", "mixed", "notes", "part"]);
    }

    #[test]
    fn an_abandoned_directory_leaves_nothing() {
        let scratch = scratch();
        let staging = Staging::create(&scratch.path().join("run")).expect("the place is free");
        staging.write(MARK, b"half").expect("writable");
        drop(staging);
        assert!(names(scratch.path()).is_empty());
    }

    #[test]
    fn names_of_scenarios_become_names_of_folders() {
        for (name, expected) in [
            ("flash-crowd", "flash-crowd-42"),
            ("../a b/c", "-a-b-c-42"),
            ("..", "-42"),
            ("überlast", "überlast-42"),
        ] {
            assert_eq!(directory_name(name, 42), expected);
        }
    }
}
