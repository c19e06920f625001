//! `report` for the directory of a test.

use super::{OUTAGE, SLOW, place, read};
use crate::command::{Place, files};
use expect_test::{Expect, expect};
use std::fs;
use std::path::Path;

/// Tests and reports; page and files must be the same.
#[track_caller]
fn check_again(place: &Place, args: &[&str], code: i32) {
    let page = place.run(&[&["test"], args, &["--out", "a"]].concat()).ends_with(code).stdout;
    let written = files(&place.path().join("a"));
    assert!(written.contains_key("report.html") && written.contains_key("summary.md"));
    let moved = place.run(&["report", "a", "--out", "b"]).ends_with(0).stdout;
    assert_eq!(moved.replace("files: b", "files: a"), page);
    assert!(files(&place.path().join("b")) == written, "elsewhere");
    assert_eq!(place.run(&["report", "a"]).ends_with(0).stdout, page);
    assert!(files(&place.path().join("a")) == written, "in place");
    let json = place.run(&["report", "a", "--format", "json"]).ends_with(0).stdout;
    assert_eq!(json.as_bytes(), written["test.json"]);
}

#[test]
fn a_test_comes_again_with_the_same_bytes() {
    let place = place();
    check_again(&place, &["all"], 0);
    // Undecided, and times that may never come.
    check_again(&place, &[OUTAGE, "-r", "3"], 98);
    check_again(&place, &["all", "--shard", "3/3"], 0);
}

#[test]
fn a_failed_test_with_baseline_and_refused_file_comes_again() {
    let place = place();
    place.run(&["test", "all", "--baseline", "base.json", "--update-baseline"]).ends_with(0);
    place.write("all/wrong.yaml", "version: 1\nname: 7s\nnonsense: true\n");
    check_again(&place, &[&["all", "--baseline", "base.json"][..], &SLOW].concat(), 3);
    let accepted = ["all", "--baseline", "base.json", "--update-baseline", "-r", "6"];
    check_again(&place, &[&accepted[..], &SLOW].concat(), 3);
}

#[test]
fn several_directories_of_tests_and_runs_end_with_a_table() {
    let place = place();
    place.run(&[&["test", OUTAGE, "--out", "red"][..], &SLOW].concat()).ends_with(99);
    place.run(&["run", OUTAGE, "--out", "one", "--no-plots"]).ends_with(99);
    let page = place.run(&["report", "red", "one", "--out", "again"]).ends_with(0).stdout;
    let row = page.lines().rfind(|line| line.trim_start().starts_with("red ")).expect("it has a row");
    assert!(row.contains("FAILED") && row.contains("outage: time_to_detect.max < 20s"), "{row}");
    let array = place.run(&["report", "red", "one", "--format", "json"]).ends_with(0).stdout;
    assert_eq!(super::json(&array).as_array().map(Vec::len), Some(2));
}

/// Changes the directory of a test, and what `report` says of it.
#[track_caller]
fn check_broken(change: impl FnOnce(&Path), expected: &Expect) {
    let place = place();
    place.run(&["test", OUTAGE, "--out", "a", "-r", "6"]).ends_with(0);
    let out = place.path().join("a");
    change(&out);
    let before = files(&out);
    let outcome = place.run(&["report", "a"]).ends_with(3);
    assert_eq!(outcome.stdout, "");
    expected.assert_eq(&outcome.stderr);
    assert!(files(&out) == before, "what is broken stays as it is");
}

/// Changes the text of a file.
fn edit(file: &Path, change: impl FnOnce(&str) -> String) {
    let text = fs::read_to_string(file).expect("it is there");
    fs::write(file, change(&text)).expect("writable");
}

#[test]
fn what_is_torn_is_named_and_stays() {
    check_broken(
        |out| edit(&out.join("test.json"), |text| text[..text.len() / 2].into()),
        &expect![[r#"
        error: a/test.json: found EOF while parsing an object at line 78 column 6, expected what a test found
          hint: run the test again: test.json says how, after "repro"
    "#]],
    );
    check_broken(
        |out| edit(&out.join("test.json"), |text| text.replacen("\"passed\"", "\"failed\"", 1)),
        &expect![[r#"
            error: a/test.json: found a test with the outcome failed, expected passed, as its scenarios say
              hint: run the test again: test.json says how, after "repro"
        "#]],
    );
    check_broken(
        |out| {
            edit(&out.join("test.json"), |text| {
                text.replace("  \"refused\"", "  \"mine\": 1,\n  \"refused\"")
            })
        },
        &expect![[r#"
            error: a/test.json: found line 155: `"mine": 1,`, expected `"refused": []`, as a test writes it
              hint: run the test again: test.json says how, after "repro"
        "#]],
    );
    check_broken(
        |out| edit(&out.join("outage.replications.json"), |text| text[..text.len() / 2].into()),
        &expect![[r#"
            error: a/outage.replications.json: found line 4, column 351: EOF while parsing a string at line 4 column 351, expected the replications of outage that the test made
              hint: run the test again: test.json says how, after "repro"
        "#]],
    );
    check_broken(
        |out| {
            edit(&out.join("outage.replications.json"), |text| {
                text.replace("\"seed\":7,\"obj", "\"seed\":8,\"obj")
            })
        },
        &expect![[r#"
            error: a/outage.replications.json: found those of another scenario, seed or version, expected the replications of outage that the test made
              hint: run the test again: test.json says how, after "repro"
        "#]],
    );
    check_broken(
        |out| fs::remove_file(out.join("outage.replications.json")).expect("it is there"),
        &expect![[r#"
            error: a/outage.replications.json: found no such file, expected what the command kept to be reported again
              hint: run the test again: test.json says how, after "repro"
        "#]],
    );
    check_broken(
        |out| fs::write(out.join("other.replications.json"), "mine").expect("writable"),
        &expect![[r#"
            error: a/other.replications.json: found the replications of a scenario that is not in test.json, expected those of its scenarios alone
              hint: move it away
        "#]],
    );
}

#[test]
fn a_test_without_a_directory_writes_no_file() {
    let place = place();
    let before = place.names();
    place.run(&["test", "all"]).ends_with(0);
    assert_eq!(place.names(), before);
}

#[test]
fn the_page_names_what_is_missed_and_where() {
    let place = place();
    place.run(&[&["test", "all", "--out", "a"][..], &SLOW].concat()).ends_with(99);
    let page = read(&place, "a/report.html");
    for part in [
        "1 of 2 scenarios failed; 6 of 7 SLAs as expected",
        "all/outage.yaml:29",
        "worst run: cusinart-sim run",
    ] {
        assert!(page.contains(part), "{part}");
    }
}
