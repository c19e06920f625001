//! The run directory: appears whole or not at all, and replaces only what an earlier run wrote.

use crate::error::CliError;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Folder of run directories.
const RUNS: &str = "runs";
/// The file that marks a run directory as ours.
const MARK: &str = "run.json";
/// Everything a run directory may hold; a folder with anything else is not replaced.
const KNOWN: [&str; 12] = [
    MARK,
    "replications.json",
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

/// Largest `run.json` that is looked into, to see whether a run wrote it.
const MARK_BYTES_MAX: u64 = 64 << 20;
/// How folders that are being filled are named, so that a person who finds one knows what it is.
const UNFINISHED: &str = ".cusinart-sim-unfinished-";
/// How often a place is tried that another run is changing at the same time. Each try takes microseconds, as long
/// as the other needs to put its directory there.
const TRIES_MAX: u32 = 200;

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
    /// If something that no run wrote is in the way, or the folder around it cannot be written.
    pub(crate) fn create(named: &Path) -> Result<Self, CliError> {
        let target = check(named)?;
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            Some(_) | None => Path::new("."),
        };
        fs::create_dir_all(parent).map_err(|error| CliError::io(parent, error))?;
        let around = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempdir_in(parent)
            .map_err(|error| CliError::io(parent, error))?;
        *STAGING.lock().unwrap_or_else(PoisonError::into_inner) = Some(around.path().to_path_buf());
        let filled = around.path().join("new");
        fs::create_dir(&filled).map_err(|error| CliError::io(&filled, error))?;
        Ok(Self { named: named.to_path_buf(), target, around, filled })
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
        let mut tries = 0;
        settled(|| {
            tries += 1;
            self.swap(&self.around.path().join(format!("old-{tries}")))
        })?;
        if let Some(parent) = self.around.path().parent() {
            sync_directory(parent);
        }
        *STAGING.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let around = self.around.path().to_path_buf();
        self.around.close().map_err(|error| CliError::io(&around, error))
    }

    /// Moves what is at the place to `old` and the filled directory there. Another run may do the same at any moment.
    fn swap(&self, old: &Path) -> Result<(), CliError> {
        // Something may have come into the way while the run was going.
        check_folder(&self.target)?;
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

/// Removes a directory that is half filled, when the process is about to end early.
pub(crate) fn discard_staging() {
    if let Some(path) = STAGING.lock().unwrap_or_else(PoisonError::into_inner).take() {
        let _nothing_else_to_do = fs::remove_dir_all(path);
    }
}

/// Checks that a run directory may appear at a place: nothing is there, an empty folder, or an earlier run.
/// Returns the place itself, which links lead to.
///
/// # Errors
/// If something else is there.
pub(crate) fn check(named: &Path) -> Result<PathBuf, CliError> {
    if named.file_name().is_none() {
        return Err(in_the_way(
            named,
            "a run cannot be written here",
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
    settled(|| check_folder(&target))?;
    Ok(target)
}

/// Checks that nothing but a run is in a folder.
fn check_folder(target: &Path) -> Result<(), CliError> {
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
        if !is_file || !KNOWN.iter().any(|known| name == *known) {
            let found = format!("the folder holds {}, which no run wrote", name.display());
            return Err(in_the_way(target, &found, "move it away, or name another folder with --out"));
        }
    }
    if is_empty || is_marked(target) {
        return Ok(());
    }
    let found = format!("the folder is not empty and holds no {MARK} of a run");
    Err(in_the_way(target, &found, "name another folder with --out"))
}

/// Whether a folder of regular files holds a `run.json` that a run wrote.
fn is_marked(folder: &Path) -> bool {
    let Ok(file) = File::open(folder.join(MARK)) else { return false };
    let reader = io::BufReader::new(file.take(MARK_BYTES_MAX));
    let mark: Option<serde_json::Value> = serde_json::from_reader(reader).ok();
    let version = mark.and_then(|mark| mark.get("schema_version")?.as_u64());
    version == Some(u64::from(cusinart_report::SCHEMA_VERSION))
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
mod tests {
    use super::*;

    fn scratch() -> tempfile::TempDir {
        tempfile::tempdir().expect("the system has a folder for temporary files")
    }

    /// What a run writes into `run.json`, as far as it matters here.
    fn mark(text: &str) -> String {
        format!("{{ \"schema_version\": {}, \"run\": \"{text}\" }}", cusinart_report::SCHEMA_VERSION)
    }

    fn publish(target: &Path, text: &str) -> Result<(), CliError> {
        let staging = Staging::create(target)?;
        staging.write(MARK, mark(text).as_bytes())?;
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
        assert_eq!(fs::read(target.join(MARK)).expect("written"), mark("two").as_bytes());
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
    fn a_run_json_of_somebody_else_is_no_mark() {
        let scratch = scratch();
        let target = scratch.path().join("run");
        fs::create_dir(&target).expect("writable");
        for text in ["", "{\"my\":\"own\"}", "[1]", "{\"schema_version\": 1", "{\"schema_version\": \"1\"}"] {
            fs::write(target.join(MARK), text).expect("writable");
            let error = publish(&target, "two").expect_err("it must refuse");
            assert!(error.to_string().contains("no run.json of a run"), "{text}: {error}");
            assert_eq!(fs::read_to_string(target.join(MARK)).expect("it is there"), text);
        }
        fs::remove_file(target.join(MARK)).expect("it is ours");
        fs::create_dir(target.join(MARK)).expect("writable");
        fs::write(target.join(MARK).join("thesis.txt"), "the only copy").expect("writable");
        assert!(publish(&target, "two").is_err(), "a folder is no mark");
        fs::remove_dir_all(target.join(MARK)).expect("it is ours");
        fs::write(target.join(MARK), mark("one")).expect("writable");
        fs::create_dir(target.join("trace.csv")).expect("writable");
        assert!(publish(&target, "two").is_err(), "a run writes no folder into its own");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_stay() {
        use std::os::unix::fs::symlink;
        let scratch = scratch();
        let [real, link, dangling, round] =
            ["disk/real", "link", "dangling", "round"].map(|name| scratch.path().join(name));
        fs::create_dir_all(&real).expect("writable");
        symlink("disk/real", &link).expect("writable");
        symlink("nowhere", &dangling).expect("writable");
        symlink("round", &round).expect("writable");
        for text in ["one", "two"] {
            publish(&link.join(""), text).expect("an empty folder or an earlier run is behind it");
            assert!(link.is_symlink());
            assert_eq!(fs::read_to_string(real.join(MARK)).expect("written"), mark(text));
        }
        assert_eq!(names(&scratch.path().join("disk")), ["real"]);
        let error = Staging::create(&dangling).err().expect("it must refuse");
        assert!(error.to_string().contains("leads nowhere"), "{error}");
        assert!(Staging::create(&round).is_err());
        fs::remove_file(real.join(MARK)).expect("it is ours");
        symlink(scratch.path().join("mine.json"), real.join(MARK)).expect("writable");
        fs::write(scratch.path().join("mine.json"), mark("mine")).expect("writable");
        assert!(Staging::create(&real).is_err(), "a link is no file that a run wrote");
    }

    #[test]
    fn runs_at_once_leave_one_whole_directory() {
        let scratch = scratch();
        let target = scratch.path().join("run");
        let publish_often = |who: usize| {
            for n in 0..50 {
                let text = format!("{who}-{n}");
                let staging = Staging::create(&target)?;
                staging.write("series.csv", mark(&text).as_bytes())?;
                staging.write(MARK, mark(&text).as_bytes())?;
                staging.publish()?;
            }
            Ok::<(), CliError>(())
        };
        std::thread::scope(|scope| {
            let runs: Vec<_> = (0..4).map(|who| scope.spawn(move || publish_often(who))).collect();
            for run in runs {
                run.join().expect("it does not panic").expect("it finds its moment");
            }
        });
        assert_eq!(names(scratch.path()), ["run"]);
        assert_eq!(names(&target), [MARK, "series.csv"]);
        let read = |name: &str| fs::read(target.join(name)).expect("it is there");
        assert_eq!(read(MARK), read("series.csv"), "both files are of one run");
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
