//! Directories of results: they appear whole or not at all, and replace only an earlier one of their kind.

mod kind;

pub(crate) use kind::Kind;

use crate::error::CliError;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Folder of run directories.
const RUNS: &str = "runs";
/// How folders that are being filled are named, so that a person who finds one knows what it is.
const UNFINISHED: &str = ".cusinart-sim-unfinished-";
/// How often a place is tried that another run is changing at the same time. Each try takes microseconds, as long
/// as the other needs to put its directory there.
const TRIES_MAX: u32 = 200;

/// The folder being filled, to be removed if the process ends early. Whoever puts something into it or moves it holds
/// the lock, so that nothing is lost or left when the process ends at that moment.
static STAGING: Mutex<Option<PathBuf>> = Mutex::new(None);

/// The run directory of a scenario when the user names none.
pub(crate) fn default_path(name: &str, seed: u64) -> PathBuf {
    Path::new(RUNS).join(directory_name(name, seed))
}

/// The name of a run directory. Scenario names are free text, names of folders are not.
pub(crate) fn directory_name(name: &str, seed: u64) -> String {
    format!("{}-{seed}", safe_name(name))
}

/// The name of a scenario as part of the name of a file.
pub(crate) fn safe_name(name: &str) -> String {
    let safe = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let name: String = name.chars().map(safe).take(100).collect();
    name.trim_start_matches('.').to_string()
}

/// A directory being filled beside the place where it will appear.
pub(crate) struct Staging {
    kind: Kind,
    /// The place as the user named it.
    named: PathBuf,
    /// The place itself, behind all links.
    target: PathBuf,
    /// Holds the folder being filled and later the replaced one; removed when dropped.
    around: tempfile::TempDir,
    filled: PathBuf,
}

impl Staging {
    /// Makes sure that a place may be written and begins to fill it.
    ///
    /// # Errors
    /// If something else than an earlier directory of the kind is in the way, or the folder around it cannot be
    /// written.
    pub(crate) fn create(named: &Path, kind: Kind) -> Result<Self, CliError> {
        let target = check(named, kind)?;
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            Some(_) | None => Path::new("."),
        };
        fs::create_dir_all(parent).map_err(|error| CliError::io(parent, error))?;
        let mut staging = staging();
        let around = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempdir_in(parent)
            .map_err(|error| CliError::io(parent, error))?;
        *staging = Some(around.path().to_path_buf());
        let filled = around.path().join("new");
        fs::create_dir(&filled).map_err(|error| CliError::io(&filled, error))?;
        Ok(Self { kind, named: named.to_path_buf(), target, around, filled })
    }

    /// Opens a file of the directory for writing.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(crate) fn open(&self, name: &str) -> Result<File, CliError> {
        assert!(self.kind.knows(name), "{name} is listed as a file of {}", self.kind.writer());
        let _held = staging();
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

    /// Takes over a file as it is.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(crate) fn copy(&self, name: &str, from: &Path) -> Result<(), CliError> {
        let mut source = File::open(from).map_err(|error| CliError::io(from, error))?;
        let mut file = self.open(name)?;
        let copied = io::copy(&mut source, &mut file).and_then(|_| file.sync_all());
        copied.map_err(|error| self.error(name, error))
    }

    /// Lets the directory appear at its place, instead of what an earlier run left there.
    ///
    /// # Errors
    /// Those of the operating system; the earlier directory stays then.
    pub(crate) fn publish(self) -> Result<(), CliError> {
        sync_directory(&self.filled);
        let mut staging = staging();
        let mut tries = 0;
        settled(|| {
            tries += 1;
            self.swap(&self.around.path().join(format!("old-{tries}")))
        })?;
        if let Some(parent) = self.around.path().parent() {
            sync_directory(parent);
        }
        let around = self.around.path().to_path_buf();
        let closed = self.around.close();
        *staging = None;
        closed.map_err(|error| CliError::io(&around, error))
    }

    /// Moves what is at the place to `old` and the filled directory there. Another run may do the same at any moment.
    fn swap(&self, old: &Path) -> Result<(), CliError> {
        // Something may have come into the way while the run was going.
        check_folder(&self.target, self.kind)?;
        let replaces = match fs::rename(&self.target, old) {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(CliError::io(&self.named, error)),
        };
        fs::rename(&self.filled, &self.target).map_err(|error| {
            if replaces {
                // Fails if another run has put its directory there, which is as good as the old one.
                let _not_needed = fs::rename(old, &self.target);
            }
            CliError::io(&self.named, error)
        })
    }

    /// An error at a file, named as the user will know it.
    pub(crate) fn error(&self, name: &str, error: io::Error) -> CliError {
        CliError::io(&self.named.join(name), error)
    }
}

/// Removes a directory that is half filled, when the process is about to end early. Nothing is put into a directory as
/// long as the result lives.
pub(crate) fn discard_staging() -> MutexGuard<'static, Option<PathBuf>> {
    let mut staging = staging();
    if let Some(path) = staging.take() {
        // Whoever fills it may be removing it too.
        for _ in 0..TRIES_MAX {
            let _tried_again = fs::remove_dir_all(&path);
            if !path.exists() {
                break;
            }
            std::thread::yield_now();
        }
    }
    staging
}

fn staging() -> MutexGuard<'static, Option<PathBuf>> {
    STAGING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Checks that a directory may appear at a place: nothing is there, an empty folder, or an earlier one of its kind.
/// Returns the place itself, which links lead to.
///
/// # Errors
/// If something else is there.
pub(crate) fn check(named: &Path, kind: Kind) -> Result<PathBuf, CliError> {
    if named.file_name().is_none() {
        return Err(in_the_way(
            named,
            "no directory can be written here",
            "name a folder to be created with --out",
        ));
    }
    // Without a slash at the end, which would hide that the last step is a link.
    let plain: PathBuf = named.components().collect();
    let target = match fs::symlink_metadata(&plain) {
        Ok(meta) if meta.is_symlink() => match fs::canonicalize(&plain) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let hint = "remove the link, or name another folder with --out";
                return Err(in_the_way(named, "a symbolic link that leads nowhere is in the way", hint));
            }
            resolved => resolved.map_err(|error| CliError::io(named, error))?,
        },
        // What is wrong with anything else is found when it is looked into.
        Ok(_) | Err(_) => plain,
    };
    settled(|| check_folder(&target, kind))?;
    Ok(target)
}

/// Checks that nothing but an earlier directory of a kind is in a folder.
fn check_folder(target: &Path, kind: Kind) -> Result<(), CliError> {
    let entries = match fs::read_dir(target) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(in_the_way(target, "a file is in the way", "name another folder with --out"));
        }
        Err(error) => return Err(CliError::io(target, error)),
    };
    let mut is_empty = true;
    for entry in entries {
        let entry = entry.map_err(|error| CliError::io(target, error))?;
        let name = entry.file_name();
        is_empty = false;
        let is_file = entry.file_type().map_err(|error| CliError::io(&entry.path(), error))?.is_file();
        if !is_file || !name.to_str().is_some_and(|name| kind.knows(name)) {
            let found =
                format!("the folder holds {}, which {} does not write", name.display(), kind.writer());
            return Err(in_the_way(target, &found, "move it away, or name another folder with --out"));
        }
    }
    if is_empty || kind.marks(target) {
        return Ok(());
    }
    let found = format!("the folder is not empty and holds no {} of {}", kind.mark(), kind.writer());
    Err(in_the_way(target, &found, "name another folder with --out"))
}

/// Tries something again that another run at the same place may disturb.
fn settled<T>(mut attempt: impl FnMut() -> Result<T, CliError>) -> Result<T, CliError> {
    let mut result = attempt();
    for _ in 1..TRIES_MAX {
        if result.is_ok() {
            break;
        }
        std::thread::yield_now();
        result = attempt();
    }
    result
}

fn in_the_way(path: &Path, found: &str, hint: &str) -> CliError {
    CliError::InTheWay { path: path.to_path_buf(), found: found.to_string(), hint: hint.to_string() }
}

/// Makes renames in a folder durable, where the system can.
fn sync_directory(path: &Path) {
    if let Ok(directory) = File::open(path) {
        let _not_every_system_can = directory.sync_all();
    }
}

#[cfg(test)]
mod tests;
