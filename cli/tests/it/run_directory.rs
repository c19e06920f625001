//! The run directory: the same bytes every time and everywhere, whole or not there at all.

use crate::command::{Place, TINY, files};
use std::collections::BTreeMap;
use std::fs;

/// What a run writes with plots.
const ALL: [&str; 13] = [
    "facts.jsonl",
    "latency.png",
    "latency.svg",
    "nodes.png",
    "nodes.svg",
    "record.json",
    "report.html",
    "run.json",
    "scenario.yaml",
    "series.csv",
    "series.parquet",
    "timeline.png",
    "timeline.svg",
];

#[test]
fn a_run_writes_its_files_where_its_page_says() {
    let place = Place::new();
    let page = place.run(&["run", TINY, "--out", "out"]).ends_with(0).stdout;
    let written = files(&place.path().join("out"));
    assert_eq!(written.keys().collect::<Vec<_>>(), ALL);
    assert!(written.values().all(|bytes| !bytes.is_empty()));
    assert!(page.contains("out/timeline.svg") && page.contains("out/run.json"), "{page}");
    assert_eq!(place.names(), ["out", TINY], "nothing temporary stays");
}

#[test]
fn without_a_name_the_directory_is_named_by_scenario_and_seed() {
    let place = Place::new();
    place.run(&["run", TINY, "--seed", "7", "--no-plots"]).ends_with(0);
    let names: Vec<_> = files_of_runs(&place);
    assert_eq!(names.len(), 1);
    assert!(names[0].ends_with("-7"), "{names:?}");
}

#[test]
fn the_same_run_gives_the_same_bytes_in_any_environment() {
    let here = Place::new();
    let there =
        Place::new().with("TZ", "Pacific/Chatham").with("LANG", "tr_TR.UTF-8").with("LC_ALL", "de_DE");
    let seed = ["--seed", "99"];
    let page = here.run(&["run", TINY, "--out", "first", seed[0], seed[1]]).ends_with(0).stdout;
    let again = here.run(&["run", TINY, "--out", "again", seed[0], seed[1]]).ends_with(0).stdout;
    assert_eq!(page.replace("first/", "again/"), again);
    there.run(&["run", TINY, "--out", "deep/er/out", "--set", "seed=99"]).ends_with(0);
    let first = files(&here.path().join("first"));
    assert_same(&first, &files(&here.path().join("again")));
    assert_same(&first, &files(&there.path().join("deep/er/out")));
}

#[test]
fn the_written_scenario_repeats_the_run() {
    let place = Place::new();
    place.run(&["run", TINY, "--out", "one", "--seed", "5", "--no-plots"]).ends_with(0);
    place.run(&["run", "one/scenario.yaml", "--out", "two", "--no-plots"]).ends_with(0);
    let [one, two] = ["one", "two"].map(|name| files(&place.path().join(name)));
    assert_same(&one, &two);
}

#[test]
fn stdin_runs_like_a_file() {
    let place = Place::new();
    let text = fs::read(place.path().join(TINY)).expect("it was written");
    place.run(&["run", TINY, "--out", "one", "--no-plots"]).ends_with(0);
    let page = place.run_with_input(&["run", "-", "--out", "two", "--no-plots"], &text).ends_with(0).stdout;
    assert!(page.contains("cusinart-sim run two/scenario.yaml --seed"), "{page}");
    assert_same(&files(&place.path().join("one")), &files(&place.path().join("two")));
}

#[test]
fn another_run_replaces_the_directory_as_a_whole() {
    let place = Place::new();
    place.run(&["run", TINY, "--out", "out", "--trace=1/10"]).ends_with(0);
    assert!(files(&place.path().join("out")).contains_key("trace.csv"));
    place.run(&["run", TINY, "--out", "out", "--no-plots"]).ends_with(0);
    assert_eq!(files(&place.path().join("out")).keys().collect::<Vec<_>>(), without_pictures());
}

#[test]
fn a_folder_with_other_things_is_left_alone() {
    let place = Place::new();
    fs::create_dir(place.path().join("mine")).expect("writable");
    place.write("mine/thesis.txt", "the only copy");
    place.run(&["run", TINY, "--out", "mine"]).ends_with(5).says("thesis.txt").says("hint:");
    assert_eq!(files(&place.path().join("mine")).keys().collect::<Vec<_>>(), ["thesis.txt"]);
}

#[test]
fn what_is_in_the_way_is_told_before_anything_is_simulated() {
    let place = Place::new();
    place.write("other.yaml", include_str!("tiny.yaml").replace("name: tiny", "name: other"));
    fs::create_dir_all(place.path().join("all/tiny-42/run.json")).expect("writable");
    place.write("all/tiny-42/run.json/thesis.txt", "the only copy");
    let outcome = place.run(&["run", "other.yaml", TINY, "--out", "all", "--progress", "lines"]).ends_with(5);
    let (refused, simulated) =
        (outcome.stderr.find("which a run does not write"), outcome.stderr.find("other"));
    assert!(refused.is_some() && refused < simulated, "{}", outcome.stderr);
    assert!(place.path().join("all/other-42/run.json").is_file());
    assert!(place.path().join("all/tiny-42/run.json/thesis.txt").is_file());
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_told_before_the_run_and_another_is_followed() {
    let place = Place::new();
    let link = |to: &str, name: &str| {
        std::os::unix::fs::symlink(to, place.path().join(name)).expect("writable");
    };
    link("nowhere", "dangling");
    let args = |out: &'static str| ["run", TINY, "--no-plots", "--out", out, "--progress", "lines"];
    let outcome = place.run(&args("dangling")).ends_with(5).says("leads nowhere");
    assert!(!outcome.stderr.contains("simulated"), "{}", outcome.stderr);
    fs::create_dir(place.path().join("real")).expect("writable");
    link("real", "link");
    for _ in 0..2 {
        place.run(&args("link")).ends_with(0);
    }
    assert!(place.path().join("link").is_symlink());
    assert_eq!(files(&place.path().join("real")).len(), without_pictures().len());
    assert_eq!(place.names(), ["dangling", "link", "real", TINY]);
}

#[test]
fn json_on_stdout_is_the_file() {
    let place = Place::new();
    let outcome = place.run(&["run", TINY, "--out", "out", "--format", "json", "-q"]).ends_with(0);
    assert_eq!(outcome.stdout.as_bytes(), files(&place.path().join("out"))["run.json"]);
    assert_eq!(outcome.stderr, "", "quiet says nothing");
}

#[test]
fn the_check_of_determinism_writes_the_same_files() {
    let place = Place::new();
    place.run(&["run", TINY, "--out", "one", "--no-plots"]).ends_with(0);
    place.run(&["run", TINY, "--out", "two", "--no-plots", "--check-determinism"]).ends_with(0);
    assert_same(&files(&place.path().join("one")), &files(&place.path().join("two")));
}

#[test]
fn a_trace_has_a_row_per_try_and_a_sample_is_a_part_of_it() {
    let place = Place::new();
    place.run(&["run", TINY, "--out", "all", "--no-plots", "--trace"]).ends_with(0);
    place.run(&["run", TINY, "--out", "few", "--no-plots", "--trace=1/20"]).ends_with(0);
    let rows = |name: &str| {
        let bytes = files(&place.path().join(name)).remove("trace.csv").expect("it was asked for");
        String::from_utf8(bytes).expect("it is text").lines().skip(1).map(String::from).collect::<Vec<_>>()
    };
    let (all, few) = (rows("all"), rows("few"));
    assert!(!few.is_empty() && few.len() < all.len() / 10, "{} of {}", few.len(), all.len());
    let mut rest = all.iter();
    assert!(few.iter().all(|row| rest.any(|other| other == row)), "a sample keeps order and content");
}

#[cfg(unix)]
#[test]
fn a_place_that_cannot_be_written_is_told_before_the_run() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let locked = place.path().join("locked");
    fs::create_dir(&locked).expect("writable");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).expect("it is ours");
    // Who may write everywhere (root) cannot be refused, so nothing is to be seen then.
    if fs::write(locked.join("probe"), "").is_err() {
        place.run(&["run", TINY, "--out", "locked/run"]).ends_with(5).says("locked");
    }
}

/// What a run writes without plots.
fn without_pictures() -> Vec<&'static str> {
    ALL.into_iter().filter(|name| !name.ends_with(".svg") && !name.ends_with(".png")).collect()
}

fn files_of_runs(place: &Place) -> Vec<String> {
    let entries = fs::read_dir(place.path().join("runs")).expect("it was written");
    entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect()
}

/// Compares directories by name and bytes without printing whole pictures.
#[track_caller]
fn assert_same(one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (name, bytes) in one {
        assert!(bytes == &other[name], "{name} differs");
    }
}

#[test]
fn explanations_are_written_when_they_are_asked_for() {
    let place = Place::new();
    let missed = ["--set", "slas=[time_to_detect.max < 1s]", "--no-plots"];
    let run = |more: &[&str]| {
        let args = [&["run", TINY], &missed[..], more].concat();
        place.run(&args).ends_with(99).stdout
    };
    let plain = run(&["--out", "plain"]);
    let page = run(&["--out", "explained", "--explain"]);
    let (without, with) = (files(&place.path().join("plain")), files(&place.path().join("explained")));
    assert!(!plain.contains("What would have helped") && !without.contains_key("explain.json"));
    assert!(page.contains("--set control.health_monitor.period=1s"), "{page}");
    assert!(page.contains("explained/explain.json") && page.contains(" --explain"), "{page}");
    let json = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).expect("it is JSON");
    let (mut one, other) = (json(&with["run.json"]), json(&without["run.json"]));
    let explain = one.as_object_mut().expect("it is a map").remove("explain");
    assert_eq!(explain, Some(json(&with["explain.json"])));
    assert_eq!(one, other, "nothing else changes");
    assert_eq!(other["slas"][0]["chain"]["fault"], "crash api");
}

#[test]
fn a_scenario_from_stdin_is_explained_too() {
    let place = Place::new();
    let args = ["run", "-", "--no-files", "--explain", "--set", "slas=[time_to_detect.max < 1s]"];
    let page = place.run_with_input(&args, include_bytes!("tiny.yaml")).ends_with(99).stdout;
    assert!(page.contains("✓ without crash api at 30s"), "{page}");
}
