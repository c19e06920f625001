//! The sweep directory: grows point by point, and goes on where a killed sweep ended.
//!
//! `sweep.json` holds the plan and is written first. Each finished point is one file, which appears whole under its
//! name; then the journal gets a line. The point files are the truth: what the journal lacks is added, and at the end
//! it is put into order, so that the bytes do not depend on how often the sweep was stopped, or where.

use crate::error::CliError;
use cusinart_record::hash64;
use cusinart_report::{MeasuredPoint, SWEEP_SCHEMA_VERSION, SweepPlan, read_sweep_point};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The plan.
pub(crate) const PLAN: &str = "sweep.json";
/// One line per finished point.
pub(crate) const JOURNAL: &str = "journal.jsonl";
/// Folder of the points.
pub(crate) const POINTS: &str = "points";
/// What is written when all points are finished.
pub(crate) const RESULTS: [&str; 4] = ["results.json", "sweep.csv", "sweep.parquet", "report.html"];
/// How files are named until they are whole.
const UNFINISHED: &str = ".cusinart-sim-unfinished-";

/// A sweep directory that this process fills.
pub(crate) struct SweepDirectory {
    path: PathBuf,
    journal: Mutex<File>,
    /// Keeps other processes out; the system takes the lock back when this one ends, however it ends.
    _lock: Option<File>,
}

impl SweepDirectory {
    /// Opens a directory for a plan, and returns which points are finished there already.
    ///
    /// # Errors
    /// If something else is in the way, another process is filling it, or it cannot be written.
    pub(crate) fn open(path: &Path, plan: &SweepPlan, restart: bool) -> Result<(Self, Vec<bool>), CliError> {
        if path.exists() && !path.is_dir() {
            return Err(in_the_way(path, "a file is in the way", "name another folder with --out"));
        }
        fs::create_dir_all(path).map_err(|error| CliError::io(path, error))?;
        let lock = lock(path)?;
        remove_unfinished(path)?;
        let found = found(path, plan)?;
        match &found {
            Found::Other { .. } if restart => clear(path)?,
            Found::Same if restart => clear(path)?,
            Found::Nothing | Found::Same => {}
            Found::Other { what } => {
                let hint = "begin anew with --restart, which removes what that sweep found, or name another folder \
                            with --out";
                return Err(in_the_way(path, what, hint));
            }
        }
        // The plan comes first and stays until another one takes its place, so that the folder is known for what it is
        // wherever the process is killed. One of the same sweep says how it was called last.
        write(path, PLAN, plan.to_json().as_bytes())?;
        let points = path.join(POINTS);
        fs::create_dir_all(&points).map_err(|error| CliError::io(&points, error))?;
        remove_unfinished(&points)?;
        let finished = finished(path, plan)?;
        if finished.iter().any(Option::is_none) {
            remove(path, &RESULTS)?;
        }
        write(path, JOURNAL, journal(&finished).as_bytes())?;
        let journal = path.join(JOURNAL);
        let file =
            OpenOptions::new().append(true).open(&journal).map_err(|error| CliError::io(&journal, error))?;
        let directory = Self { path: path.to_path_buf(), journal: Mutex::new(file), _lock: lock };
        Ok((directory, finished.iter().map(Option::is_some).collect()))
    }

    /// Keeps a finished point.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(crate) fn keep(&self, point: &MeasuredPoint) -> Result<(), CliError> {
        let text = point.to_json();
        write(&self.path.join(POINTS), &file_name(point.point), text.as_bytes())?;
        let line = line(point.point, hash64(text.as_bytes()));
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        journal.write_all(line.as_bytes()).map_err(|error| CliError::io(&self.path.join(JOURNAL), error))
    }

    /// Reads all points, which are finished, and puts the journal into their order.
    ///
    /// # Errors
    /// Those of the operating system, or if somebody changed the files meanwhile.
    pub(crate) fn points(&self, plan: &SweepPlan) -> Result<Vec<MeasuredPoint>, CliError> {
        let finished = finished(&self.path, plan)?;
        write(&self.path, JOURNAL, journal(&finished).as_bytes())?;
        let points: Option<Vec<MeasuredPoint>> =
            finished.into_iter().map(|finished| finished.map(|(point, _)| point)).collect();
        points.ok_or_else(|| {
            let hint = "run the same command again to fill the gap";
            in_the_way(&self.path.join(POINTS), "a point was taken away or changed", hint)
        })
    }

    /// Writes a result.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), CliError> {
        assert!(RESULTS.contains(&name), "{name} is listed as a file of sweep directories");
        write(&self.path, name, bytes)
    }
}

/// What stands where a sweep is to be written.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    /// Nothing.
    Nothing,
    /// The same sweep.
    Same,
    /// Another sweep.
    Other {
        /// How it differs.
        what: String,
    },
}

/// Keeps other processes out of a directory, where the system can.
fn lock(path: &Path) -> Result<Option<File>, CliError> {
    let Ok(file) = File::open(path) else { return Ok(None) };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => {
            let hint = "wait until it ends, or name another folder with --out";
            Err(in_the_way(path, "another process is filling this sweep", hint))
        }
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

fn found(path: &Path, plan: &SweepPlan) -> Result<Found, CliError> {
    let file = path.join(PLAN);
    let text = match fs::read(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut entries = fs::read_dir(path).map_err(|error| CliError::io(path, error))?;
            return match entries.next() {
                None => Ok(Found::Nothing),
                Some(_) => {
                    let what = format!("the folder is not empty and holds no {PLAN} of a sweep");
                    Err(in_the_way(path, &what, "name another folder with --out"))
                }
            };
        }
        Err(error) => return Err(CliError::io(&file, error)),
    };
    let head: Option<serde_json::Value> = serde_json::from_slice(&text).ok();
    let is_ours = head.as_ref().is_some_and(|head| head["kind"] == "sweep" && head["hash"].is_string());
    if !is_ours {
        return Err(in_the_way(
            path,
            &format!("{PLAN} was not written by a sweep"),
            "name another folder with --out",
        ));
    }
    match serde_json::from_slice::<SweepPlan>(&text) {
        Ok(old)
            if old.schema_version == SWEEP_SCHEMA_VERSION
                && old.hash == plan.hash
                && old.clone().sealed() == old =>
        {
            Ok(Found::Same)
        }
        Ok(old) => Ok(Found::Other { what: difference(&old, plan) }),
        Err(_) => Ok(Found::Other { what: "the sweep there was written by another version".into() }),
    }
}

/// In what a sweep differs from the one that is asked for.
fn difference(old: &SweepPlan, new: &SweepPlan) -> String {
    let parts = [
        (old.program != new.program, "version of cusinart-sim"),
        (old.scenario.name != new.scenario.name || old.scenario.slas != new.scenario.slas, "scenario"),
        (old.scenario.set != new.scenario.set, "--set"),
        (old.knobs != new.knobs, "values to try"),
        (old.design.points != new.design.points, "design"),
        (old.design.seed != new.design.seed, "seed"),
        (old.design.replications != new.design.replications, "number of replications"),
        (old.metrics != new.metrics, "metrics"),
    ];
    let others: Vec<&str> = parts.iter().filter(|(differs, _)| *differs).map(|(_, part)| *part).collect();
    // The hashes of the points tell when nothing else does.
    let others = if others.is_empty() { "scenario".into() } else { others.join(", ") };
    format!("the sweep there is another one; not the same: {others}")
}

/// By point of the plan: what is stored of it, if that is whole, and the hash of its file. What is not is removed.
type Finished = Vec<Option<(MeasuredPoint, u64)>>;

fn finished(path: &Path, plan: &SweepPlan) -> Result<Finished, CliError> {
    let told = told(path);
    plan.points
        .iter()
        .map(|planned| {
            let file = path.join(POINTS).join(file_name(planned.point));
            let text = match fs::read(&file) {
                Ok(text) => text,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(CliError::io(&file, error)),
            };
            let hash = hash64(&text);
            let as_told = told.get(&planned.point).is_none_or(|told| *told == hash);
            let whole = std::str::from_utf8(&text).ok();
            let whole = whole.and_then(|text| read_sweep_point(text, plan, planned.point).ok());
            match whole.filter(|_| as_told) {
                Some(point) => Ok(Some((point, hash))),
                None => fs::remove_file(&file).map(|()| None).map_err(|error| CliError::io(&file, error)),
            }
        })
        .collect()
}

/// The hashes that the journal of a folder tells, by point. Lines that are torn tell nothing.
pub(crate) fn told(path: &Path) -> BTreeMap<u32, u64> {
    let text = fs::read(path.join(JOURNAL)).unwrap_or_default();
    let entry = |line: &[u8]| {
        let entry: serde_json::Value = serde_json::from_slice(line).ok()?;
        let point = u32::try_from(entry["point"].as_u64()?).ok()?;
        Some((point, u64::from_str_radix(entry["hash"].as_str()?, 16).ok()?))
    };
    text.split(|byte| *byte == b'\n').filter_map(entry).collect()
}

/// The journal of finished points, in their order.
fn journal(finished: &Finished) -> String {
    finished.iter().flatten().map(|(point, hash)| line(point.point, *hash)).collect()
}

fn line(point: u32, hash: u64) -> String {
    let file = format!("{POINTS}/{}", file_name(point));
    format!("{}\n", json!({ "point": point, "file": file, "hash": format!("{hash:016x}") }))
}

/// The name of a point's file.
pub(crate) fn file_name(point: u32) -> String {
    format!("{point:06}.json")
}

/// Writes a file that appears whole or not at all.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), CliError> {
    let (unfinished, target) = (folder.join(format!("{UNFINISHED}{name}")), folder.join(name));
    fs::write(&unfinished, bytes)
        .and_then(|()| fs::rename(&unfinished, &target))
        .map_err(|error| CliError::io(&target, error))
}

/// Removes what a killed process left half written.
fn remove_unfinished(folder: &Path) -> Result<(), CliError> {
    for entry in fs::read_dir(folder).map_err(|error| CliError::io(folder, error))? {
        let path = entry.map_err(|error| CliError::io(folder, error))?.path();
        let is_unfinished =
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(UNFINISHED));
        if is_unfinished && path.is_file() {
            fs::remove_file(&path).map_err(|error| CliError::io(&path, error))?;
        }
    }
    Ok(())
}

/// Removes what a sweep found, and nothing else.
fn clear(path: &Path) -> Result<(), CliError> {
    let points = path.join(POINTS);
    if let Ok(entries) = fs::read_dir(&points) {
        let is_ours = |name: &str| {
            let number = name.strip_suffix(".json").unwrap_or_default();
            number.len() == 6 && number.bytes().all(|byte| byte.is_ascii_digit())
        };
        for entry in entries {
            let name = entry.map_err(|error| CliError::io(&points, error))?.file_name();
            if let Some(name) = name.to_str().filter(|name| is_ours(name)) {
                remove(&points, &[name])?;
            }
        }
    }
    remove(path, &[JOURNAL])?;
    remove(path, &RESULTS)
}

fn remove(folder: &Path, names: &[&str]) -> Result<(), CliError> {
    for name in names {
        let path = folder.join(name);
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(CliError::io(&path, error)),
        }
    }
    Ok(())
}

fn in_the_way(path: &Path, found: &str, hint: &str) -> CliError {
    CliError::InTheWay { path: path.to_path_buf(), found: found.to_string(), hint: hint.to_string() }
}
