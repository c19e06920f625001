//! `report`: the same pages and files again, from what was kept.

use crate::command::{Outcome, Place, TINY, files};
use expect_test::expect;
use std::fs;
use std::path::Path;

/// A page without the command that repeats the run: how the scenario was named is no part of the run.
fn but_repro(page: &str) -> String {
    let lines = page.lines().filter(|line| !line.starts_with("repro: "));
    lines.map(|line| format!("{line}\n")).collect()
}

/// Runs and reports in place; page and files must be the same.
#[track_caller]
fn check_again(place: &Place, args: &[&str], code: i32) {
    let page = place.run(&[&["run"], args, &["--out", "out"]].concat()).ends_with(code).stdout;
    let written = files(&place.path().join("out"));
    let again = place.run(&["report", "out"]).ends_with(0).stdout;
    assert!(again.contains("\nrepro: cusinart-sim run out/scenario.yaml --seed "), "{again}");
    assert_eq!(but_repro(&again), but_repro(&page));
    assert!(files(&place.path().join("out")) == written, "in place");
    let moved = place.run(&["report", "out", "--out", "new"]).ends_with(0).stdout;
    assert_eq!(moved.replace("new/", "out/"), again);
    assert!(files(&place.path().join("new")) == written, "elsewhere");
    let json = place.run(&["report", "out", "--format", "json"]).ends_with(0).stdout;
    assert_eq!(json.as_bytes(), written["run.json"]);
}

#[test]
fn pages_and_files_come_again_with_the_same_bytes() {
    let place = Place::new();
    check_again(&place, &[TINY, "--seed", "7", "--trace=1/10", "--perfetto", "--openmetrics"], 0);
    check_again(&place, &[TINY, "--no-plots", "--check-determinism", "--set", "description=a 'b' c"], 0);
}

#[test]
fn replications_and_explanations_come_again() {
    let place = Place::new();
    check_again(&place, &[TINY, "--replications", "3", "--no-plots", "--explain"], 0);
    check_again(
        &place,
        &[TINY, "--replications", "auto", "--budget", "8", "--confidence", "99%", "--no-plots"],
        0,
    );
    let strict = ["--set", "slas=[\"latency.p50 < 1us\"]", "--no-plots", "--explain", "--warmup", "1s"];
    check_again(&place, &[&[TINY], &strict[..4]].concat(), 99);
}

#[test]
fn what_came_from_stdin_comes_again() {
    let place = Place::new();
    let text = fs::read(place.path().join(TINY)).expect("it was written");
    let page = place.run_with_input(&["run", "-", "--out", "out", "--no-plots"], &text).ends_with(0).stdout;
    assert_eq!(place.run(&["report", "out"]).ends_with(0).stdout, page);
}

#[test]
fn files_can_be_asked_for_later() {
    let place = Place::new();
    place.run(&["run", TINY, "--out", "few", "--no-plots"]).ends_with(0);
    place.run(&["run", TINY, "--out", "all", "--perfetto", "--openmetrics"]).ends_with(0);
    place.run(&["report", "few", "--plots", "--perfetto", "--openmetrics"]).ends_with(0);
    assert!(files(&place.path().join("few")) == files(&place.path().join("all")));
}

#[test]
fn several_directories_end_with_a_table_or_are_one_array() {
    let place = Place::new();
    place.run(&["run", TINY, "--out", "one", "--no-plots"]).ends_with(0);
    place.run(&["run", TINY, "--out", "two", "--no-plots", "--seed", "8"]).ends_with(0);
    let page = place.run(&["report", "one", "two", "--out", "again"]).ends_with(0).stdout;
    expect![[r#"
        2 scenarios ────────────────────────────────────────────────────────────────────────────────────────
          scenario  verdict  missed SLAs
          ────────  ───────  ───────────
          tiny      passed
          tiny      passed
    "#]]
    .assert_eq(&table(&page));
    assert!(place.path().join("again/two/run.json").is_file());
    let array = place.run(&["report", "one", "two", "--format", "json"]).ends_with(0).stdout;
    let array: serde_json::Value = serde_json::from_str(&array).expect("it is JSON");
    assert_eq!(array.as_array().map(Vec::len), Some(2));
}

/// The last section of a page.
fn table(page: &str) -> String {
    page[page.find(" scenarios ─").expect("it has a table") - 1..].to_string()
}

/// Changes a stored run, and what `report` says of it.
#[track_caller]
fn check_broken(place: &Place, change: impl FnOnce(&Path), expected: &expect_test::Expect) {
    place.run(&["run", TINY, "--out", "out", "--no-plots", "--replications", "2"]).ends_with(0);
    let out = place.path().join("out");
    change(&out);
    let before = files(&out);
    let Outcome { stdout, stderr, .. } = place.run(&["report", "out"]).ends_with(3);
    assert_eq!(stdout, "");
    expected.assert_eq(&stderr);
    assert!(files(&out) == before, "what is broken stays as it is");
    assert_eq!(place.names(), ["out", TINY]);
}

#[test]
fn what_is_broken_is_named_and_stays() {
    let place = Place::new();
    let cut = |file: &str| {
        let text = fs::read(file).expect("it is there");
        fs::write(file, &text[..text.len() / 2]).expect("writable");
    };
    let at = |out: &Path, name: &str| out.join(name).to_string_lossy().into_owned();
    check_broken(
        &place,
        |out| cut(&at(out, "record.json")),
        &expect![[r#"
        error: out/record.json: found EOF while parsing a value at line 1 column 30263, expected the record of a run
          hint: run the scenario again: `cusinart-sim run` in that directory with scenario.yaml
    "#]],
    );
    check_broken(
        &place,
        |out| cut(&at(out, "facts.jsonl")),
        &expect![[r#"
        error: out/facts.jsonl: found hash d477cd7ab405349d, expected hash 6406b4e3bb078a7e, as record.json says: it was changed or cut off
          hint: run the scenario again: `cusinart-sim run` in that directory with scenario.yaml
    "#]],
    );
    check_broken(
        &place,
        |out| cut(&at(out, "replications.json")),
        &expect![[r#"
        error: out/replications.json: found line 2, column 156: EOF while parsing an object at line 2 column 156, expected the replications of the run
          hint: run the scenario again: `cusinart-sim run` in that directory with scenario.yaml
    "#]],
    );
    check_broken(
        &place,
        |out| fs::remove_file(out.join("record.json")).expect("it is there"),
        &expect![[r#"
            error: out/record.json: found no such file, expected what the command kept to be reported again
              hint: run the scenario again: `cusinart-sim run` in that directory with scenario.yaml
        "#]],
    );
    check_broken(
        &place,
        |out| fs::write(out.join("record.json"), [0xff]).expect("writable"),
        &expect![[r#"
        error: out/record.json: found bytes that are no UTF-8, expected a text
          hint: run the command again to make it again
    "#]],
    );
    check_broken(
        &place,
        |out| {
            let file = out.join("scenario.yaml");
            let text = fs::read_to_string(&file).expect("it is there");
            fs::write(file, text.replace("name: tiny", "name: other")).expect("writable");
        },
        &expect![[r#"
            error: out/scenario.yaml: found hash fd53184a75712a4e, expected 6271838077f68c77, as record.json says: the scenario was changed
              hint: run the scenario again: `cusinart-sim run` in that directory with scenario.yaml
        "#]],
    );
}

#[test]
fn what_is_no_result_is_refused() {
    let place = Place::new();
    fs::create_dir(place.path().join("empty")).expect("writable");
    place.run(&["report", "empty"]).ends_with(3).says("run.json or compare.json").says("hint:");
    place.run(&["report", "nowhere"]).ends_with(5).says("nowhere");
    place.run(&["report", TINY]).ends_with(5).says(TINY);
    place.run(&["run", TINY, "--out", "out", "--no-plots"]).ends_with(0);
    place.write("out/mine.txt", "the only copy");
    place.run(&["report", "out"]).ends_with(5).says("mine.txt");
    place.run(&["report", "out", "--out", "else"]).ends_with(0);
    place.run(&["report", "out", "out"]).ends_with(2).says("would both be written");
    // One that cannot be reported keeps no other from being reported.
    let outcome = place.run(&["report", "empty", "else"]).ends_with(3);
    assert!(outcome.stdout.contains("NO RESULT") && outcome.stdout.contains("passed"), "{}", outcome.stdout);
}

#[test]
fn several_scenarios_end_with_a_table_or_are_one_array() {
    let place = Place::new();
    place.write("strict.yaml", include_str!("tiny.yaml").replace("name: tiny", "name: strict"));
    place.write("wrong.yaml", "name: wrong");
    let strict =
        ["run", TINY, "strict.yaml", "wrong.yaml", "--no-files", "--set", "slas=[\"latency.p50 < 1us\"]"];
    let page = place.run(&strict).ends_with(3).stdout;
    expect![[r#"
        3 scenarios ────────────────────────────────────────────────────────────────────────────────────────
          scenario    verdict    missed SLAs
          ──────────  ─────────  ───────────
          wrong.yaml  NO RESULT
          tiny        FAILED     latency.p50
          strict      FAILED     latency.p50
    "#]]
    .assert_eq(&table(&page));
    let array = place.run(&[&strict[..], &["--format", "json"]].concat()).stdout;
    let array: serde_json::Value = serde_json::from_str(&array).expect("it is JSON");
    let names: Vec<_> =
        array.as_array().expect("an array").iter().map(|run| &run["run"]["scenario"]).collect();
    assert_eq!(names, ["tiny", "strict"]);
    let one = place.run(&["run", TINY, "--no-files", "--format", "json"]).stdout;
    assert!(serde_json::from_str::<serde_json::Value>(&one).expect("it is JSON").is_object());
}

#[test]
fn the_trace_is_repeated_and_its_sample_needs_an_equals_sign() {
    let place = Place::new();
    let page = place.run(&["run", TINY, "--out", "out", "--no-plots", "--trace=1/50"]).ends_with(0).stdout;
    assert!(page.contains("repro: cusinart-sim run tiny.yaml --seed 42 --trace=1/50\n"), "{page}");
    place
        .run(&["run", "--trace", "1/100", TINY])
        .ends_with(2)
        .says("write --trace=1/100, with an equals sign");
    place.run(&["run", TINY, "--trace", "all"]).ends_with(2).says("write --trace=all");
    place.write("all", include_str!("tiny.yaml"));
    place.run(&["run", "--trace", "all", "--out", "out"]).ends_with(0);
}
