//! The directory of `compare`, and `report` for it.

use crate::command::{Outcome, Place, TINY, files};
use expect_test::expect;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

/// Two service times, one a fifth longer.
const LONGER: &str = "services.api.service_time={exponential: {mean: 10ms}},{exponential: {mean: 12ms}}";
/// Three of them.
const THREE: &str = "services.api.service_time={exponential: {mean: 10ms}},{exponential: {mean: 12ms}},{exponential: {mean: 14ms}}";

/// Compares with few replications and returns the outcome and the files.
#[track_caller]
fn compared(place: &Place, args: &[&str], out: &str) -> (Outcome, BTreeMap<String, Vec<u8>>) {
    let rest = ["--fail-on", "never", "--out", out];
    let outcome = place.run(&[&["compare"], args, &rest].concat()).ends_with(0);
    (outcome, files(&place.path().join(out)))
}

#[test]
fn the_directory_is_the_same_bytes_on_any_number_of_threads_and_by_any_name() {
    let place = Place::new();
    let (one, first) = compared(&place, &[TINY, "--vary", LONGER, "-r", "3", "-j", "1"], "one");
    expect![[r"
        arm-1.facts.jsonl arm-1.record.json arm-1.replications.json arm-1.scenario.yaml arm-2.facts.jsonl arm-2.record.json arm-2.replications.json arm-2.scenario.yaml compare.csv compare.json compare.md compare.parquet plan.json report.html"]]
    .assert_eq(&format!("\n{}", first.keys().cloned().collect::<Vec<_>>().join(" ")).replace('\n', ""));
    let paths = "files: one/report.html one/compare.md one/compare.json one/compare.csv one/compare.parquet";
    assert!(one.stdout.contains(paths), "{}", one.stdout);
    fs::create_dir(place.path().join("sub")).expect("writable");
    place.write("sub/other name.yaml", include_str!("tiny.yaml"));
    let (_, second) =
        compared(&place, &["sub/other name.yaml", "--vary", LONGER, "-r", "3", "-j", "2"], "two");
    assert!(first == second);
    let text = fs::read(place.path().join(TINY)).expect("it was written");
    let stdin = ["compare", "-", "--vary", LONGER, "-r", "3", "--fail-on", "never", "--out", "three"];
    let page = place.run_with_input(&stdin, &text).ends_with(0).stdout;
    assert!(
        page.contains("\nrepro: cusinart-sim compare three/arm-1.scenario.yaml three/arm-2.scenario.yaml")
    );
    assert!(files(&place.path().join("three")) == first);
    assert!(
        json(&first, "compare.json")
            == serde_json::from_str::<Value>(
                &place.run(&["report", "one", "--format", "json"]).ends_with(0).stdout
            )
            .expect("it is JSON")
    );
}

#[test]
fn the_default_directory_has_the_name_and_seed_of_the_first_scenario() {
    let place = Place::new();
    let args = ["compare", TINY, "--vary", LONGER, "-r", "2", "--seed", "7", "--fail-on", "never"];
    place.run(&[&args[..], &["--no-files"]].concat()).ends_with(0);
    assert_eq!(place.names(), [TINY]);
    place.run(&args).ends_with(0);
    assert!(place.path().join("runs/compare-tiny-7/compare.json").is_file());
}

#[test]
fn what_is_in_the_way_is_told_before_anything_is_simulated() {
    let place = Place::new();
    fs::create_dir(place.path().join("out")).expect("writable");
    place.write("out/mine.txt", "the only copy");
    let long = ["compare", TINY, "--vary", LONGER, "--set", "duration=10000h", "--out", "out"];
    place.run(&long).ends_with(5).says("the folder holds mine.txt, which a comparison does not write");
    // An earlier comparison is replaced, with all its arms; a run is not.
    compared(&place, &[TINY, "--vary", THREE, "-r", "2"], "again");
    let (_, second) = compared(&place, &[TINY, "--vary", LONGER, "-r", "2"], "again");
    assert!(!second.contains_key("arm-3.record.json"));
    place.run(&["run", TINY, "--out", "run", "--no-plots"]).ends_with(0);
    let refused = ["compare", TINY, "--vary", LONGER, "--out", "run"];
    place.run(&refused).ends_with(5).says("which a comparison does not write");
}

#[test]
fn pages_and_files_come_again_with_the_same_bytes() {
    let place = Place::new();
    let strict = "slas=[\"latency.p99 < 55ms\", \"time_to_detect.max < 20s\"]";
    for args in [
        vec![TINY, "--vary", LONGER],
        vec![TINY, "--vary", THREE, "-r", "3", "--margin", "7%", "--confidence", "99%", "--warmup", "10s"],
        vec![TINY, "--vary", LONGER, "--metric", "latency.p50", "--set", strict, "--budget", "10"],
        vec![TINY, TINY, "-r", "1", "--set", "slas=[]"],
    ] {
        let (outcome, written) = compared(&place, &args, "out");
        let again = place.run(&["report", "out", "--out", "new"]).ends_with(0).stdout;
        assert!(files(&place.path().join("new")) == written, "{args:?}");
        let before_links = |page: &str| page.split("\nrepro: ").next().map(String::from);
        assert_eq!(before_links(&again), before_links(&outcome.stdout));
        place.run(&["report", "out"]).ends_with(0);
        assert!(files(&place.path().join("out")) == written, "in place: {args:?}");
        fs::remove_dir_all(place.path().join("new")).expect("it is there");
    }
}

#[test]
fn the_command_of_the_page_measures_the_same() {
    let place = Place::new();
    let args = [TINY, "--vary", LONGER, "-r", "3", "--margin", "7%", "--metric", "latency.p99(users)"];
    let (_, first) = compared(&place, &args, "out");
    let page = place.run(&["report", "out"]).ends_with(0).stdout;
    let command =
        page.lines().find_map(|line| line.strip_prefix("repro: cusinart-sim compare ")).expect("a command");
    expect!["out/arm-1.scenario.yaml out/arm-2.scenario.yaml --metric 'latency.p99(users)' --margin 7% --replications 3"]
        .assert_eq(command);
    let words: Vec<&str> = command.split(' ').map(|word| word.trim_matches('\'')).collect();
    let (_, second) = compared(&place, &words, "again");
    let samples = |files: &BTreeMap<String, Vec<u8>>| files["arm-2.replications.json"].clone();
    assert!(samples(&first) == samples(&second));
    let differences = |files| json(files, "compare.json")["metrics"][0]["differences"].clone();
    assert_eq!(differences(&first), differences(&second));
}

#[test]
fn the_table_has_a_row_for_each_replication_of_each_arm() {
    let place = Place::new();
    let (_, files) = compared(&place, &[TINY, "--vary", LONGER, "-r", "2", "--metric", "cost"], "out");
    expect![[r#"
        arm,replication,seed,cost,availability
        {exponential: {mean: 10ms}},0,42,0.03333333333333333,1
        {exponential: {mean: 10ms}},1,2270445135272632,0.03333333333333333,1
        {exponential: {mean: 12ms}},0,42,0.03333333333333333,1
        {exponential: {mean: 12ms}},1,2270445135272632,0.03333333333333333,1
    "#]]
    .assert_eq(&String::from_utf8_lossy(&files["compare.csv"]));
}

/// Changes a stored comparison, and what `report` says of it.
#[track_caller]
fn check_broken(place: &Place, file: &str, change: impl Fn(&str) -> String, says: &str) {
    let path = place.path().join("out").join(file);
    let text = fs::read_to_string(&path).expect("it is there");
    let changed = change(&text);
    assert_ne!(changed, text, "{file} is changed");
    fs::write(&path, changed).expect("writable");
    let before = files(&place.path().join("out"));
    let outcome = place.run(&["report", "out"]).ends_with(3).says(&format!("out/{file}: ")).says(says);
    assert!(outcome.stderr.contains("hint: ") && outcome.stdout.is_empty(), "{outcome:?}");
    assert!(files(&place.path().join("out")) == before, "what is broken stays as it is");
    fs::write(&path, text).expect("writable");
}

#[test]
fn what_is_broken_is_named_and_stays() {
    let place = Place::new();
    compared(&place, &[TINY, "--vary", LONGER, "-r", "3"], "out");
    let half = |text: &str| text[..text.len() / 2].to_string();
    for file in ["plan.json", "arm-1.record.json", "arm-2.replications.json"] {
        check_broken(&place, file, half, "EOF while parsing");
        check_broken(&place, file, |_| "{}".into(), "missing field");
        let later = |text: &str| text.replacen("\"schema_version\"", "\"schema_version\":9,\"was\"", 1);
        check_broken(&place, file, later, "expected");
    }
    check_broken(&place, "arm-2.facts.jsonl", half, "it was changed or cut off");
    let other = |from: &'static str, to: &'static str| move |text: &str| text.replacen(from, to, 1);
    let plan = "plan.json";
    check_broken(&place, plan, other("\"margin\": 0.01", "\"margin\": -1"), "looks, confidence and margin");
    check_broken(&place, plan, other("\"alpha\": ", "\"alpha\": 1"), "looks, confidence and margin");
    check_broken(&place, plan, |text| text.replace("    \"{exponential: {mean: 10ms}}\",\n", ""), "1 arms");
    let study = "arm-2.replications.json";
    check_broken(&place, study, other("\"seed\":42,\"digest\"", "\"seed\":43,\"digest\""), "other runs");
    check_broken(&place, study, other("{\"value\":0.0", "{\"value\":1e300,\"x\":0.0"), "expected");
    check_broken(&place, study, other("\"seconds\":3", "\"seconds\":-3"), "numbers that a run can measure");
    check_broken(&place, study, other("\"version\":\"", "\"version\":\"9"), "as the first arm");
    check_broken(&place, study, last_dropped, "as the first arm");
    check_broken(&place, study, other("\"latency.mean\"", "\"latency.men\""), "other metrics");
    check_broken(
        &place,
        "arm-2.scenario.yaml",
        other("name: tiny", "name: other"),
        "the scenario was changed",
    );
    fs::remove_file(place.path().join("out/arm-2.record.json")).expect("it is there");
    place.run(&["report", "out"]).ends_with(3).says("out/arm-2.record.json: found no such file");
}

/// A study without its last replication.
fn last_dropped(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let kept = &lines[..lines.len() - 2];
    format!("{}\n]}}\n", kept.join("\n").trim_end_matches(','))
}

#[test]
fn a_plan_of_more_arms_than_there_are_names_the_first_file_that_is_missing() {
    let place = Place::new();
    compared(&place, &[TINY, "--vary", LONGER, "-r", "2"], "out");
    let more = |text: &str| text.replacen("\"arms\": [", "\"arms\": [\"a\", \"b\",", 1);
    let path = place.path().join("out/plan.json");
    fs::write(&path, more(&fs::read_to_string(&path).expect("it is there"))).expect("writable");
    place.run(&["report", "out"]).ends_with(3).says("out/arm-3.replications.json: found no such file");
}

#[test]
fn runs_and_comparisons_are_reported_together() {
    let place = Place::new();
    compared(&place, &[TINY, "--vary", LONGER], "out");
    place.run(&["run", TINY, "--out", "run", "--no-plots"]).ends_with(0);
    let page = place.run(&["report", "run", "out"]).ends_with(0).stdout;
    let table = page.split("2 scenarios ").nth(1).expect("a table ends the page");
    assert!(table.contains("  tiny      passed\n  tiny      worse\n"), "{table}");
}

/// A JSON file of a directory.
fn json(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Value {
    serde_json::from_slice(&files[name]).expect("it is JSON")
}

#[test]
fn arms_with_other_windows_durations_and_faults_share_a_page() {
    let place = Place::new();
    let text = include_str!("tiny.yaml");
    place.write("long.yaml", text.replace("duration: 2m", "duration: 5m\nwindow: 7s"));
    place.write(
        "calm.yaml",
        text.replace("  - { at: 30s, crash: { service: api, nodes: 1 } }", "")
            .replace("faults:", "faults: []"),
    );
    let (_, files) = compared(&place, &[TINY, "long.yaml", "calm.yaml", "-r", "2"], "out");
    let page = String::from_utf8_lossy(&files["report.html"]);
    for said in ["windows of different widths", "Faults are those of tiny; other arms have others."] {
        assert!(page.contains(said), "{said}");
    }
    place.run(&["report", "out", "--out", "new"]).ends_with(0);
    assert!(crate::command::files(&place.path().join("new")) == files);
}
