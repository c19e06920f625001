//! Directories appear whole and replace nothing foreign.

use super::*;

/// The mark of a run.
const MARK: &str = Kind::Run.mark();

fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().expect("the system has a folder for temporary files")
}

/// What a run writes into `run.json`, as far as it matters here.
fn mark(text: &str) -> String {
    format!("{{ \"schema_version\": {}, \"run\": \"{text}\" }}", cusinart_report::SCHEMA_VERSION)
}

fn publish(target: &Path, text: &str) -> Result<(), CliError> {
    let staging = Staging::create(target, Kind::Run)?;
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
    let error = Staging::create(&dangling, Kind::Run).err().expect("it must refuse");
    assert!(error.to_string().contains("leads nowhere"), "{error}");
    assert!(Staging::create(&round, Kind::Run).is_err());
    fs::remove_file(real.join(MARK)).expect("it is ours");
    symlink(scratch.path().join("mine.json"), real.join(MARK)).expect("writable");
    fs::write(scratch.path().join("mine.json"), mark("mine")).expect("writable");
    assert!(Staging::create(&real, Kind::Run).is_err(), "a link is no file that a run wrote");
}

#[test]
fn runs_at_once_leave_one_whole_directory() {
    let scratch = scratch();
    let target = scratch.path().join("run");
    let publish_often = |who: usize| {
        for n in 0..50 {
            let text = format!("{who}-{n}");
            let staging = Staging::create(&target, Kind::Run)?;
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
    let staging = Staging::create(&scratch.path().join("run"), Kind::Run).expect("the place is free");
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
