//! `report` of a sweep: the same files again, and pointed errors where something is missing or broken.

use crate::command::{Outcome, Place};
use crate::sweep::{FEW, assert_same, everything, place};
use expect_test::{Expect, expect};
use std::fs;
use std::path::Path;

#[test]
fn pages_and_files_of_a_sweep_come_again_with_the_same_bytes() {
    let place = place();
    let page = place.run(&FEW).ends_with(0).stdout;
    let out = place.path().join("out");
    let expected = everything(&out);
    assert!(expected["report.html"].starts_with(b"<!doctype html>"));
    assert_eq!(place.run(&["report", "out"]).ends_with(0).stdout, page);
    assert_same(&everything(&out), &expected);
    let elsewhere = place.run(&["report", "out", "--out", "new"]).ends_with(0).stdout;
    assert_eq!(elsewhere.replace(" new/", " out/"), page);
    assert_same(&everything(&place.path().join("new")), &expected);
    // It is a whole sweep directory: it can be reported, written over, and gone on with.
    place.run(&["report", "new", "--out", "out"]).ends_with(0);
    assert_same(&everything(&out), &expected);
    let json = place.run(&["report", "new", "--format=json"]).ends_with(0).stdout;
    assert_eq!(json.as_bytes(), expected["results.json"]);
    place.run(&[&FEW[..6], &["new"]].concat()).ends_with(0).says("7 of 7 points are there already");
}

#[test]
fn results_that_were_lost_are_made_again() {
    let place = place();
    place.run(&FEW).ends_with(0);
    let out = place.path().join("out");
    let expected = everything(&out);
    for name in ["results.json", "report.html", "sweep.csv", "sweep.parquet", "journal.jsonl"] {
        fs::remove_file(out.join(name)).expect("it is there");
    }
    place.run(&["report", "out"]).ends_with(0);
    assert_same(&everything(&out), &expected);
}

#[test]
fn sweeps_and_runs_end_with_one_table() {
    let place = place();
    place.run(&FEW).ends_with(0);
    place.run(&["run", "blink.yaml", "--no-plots", "--out", "run"]);
    let page = place.run(&["report", "out", "run"]).ends_with(0).stdout;
    assert!(page.contains("\n  blink     passed\n"), "{page}");
}

/// Changes a stored sweep, and what `report` says of it.
#[track_caller]
fn check_broken(change: impl FnOnce(&Path), expected: &Expect) {
    let place = place();
    place.run(&FEW).ends_with(0);
    let out = place.path().join("out");
    change(&out);
    let before = everything(&out);
    let Outcome { stdout, stderr, .. } = place.run(&["report", "out"]).ends_with(3);
    assert_eq!(stdout, "");
    expected.assert_eq(&stderr);
    assert_eq!(place.run(&["report", "out", "--out", "new"]).ends_with(3).stderr, stderr);
    assert_same(&everything(&out), &before);
    assert!(!place.path().join("new").exists(), "nothing is written");
}

fn cut(file: &Path) {
    let text = fs::read(file).expect("it is there");
    fs::write(file, &text[..text.len() / 2]).expect("writable");
}

#[test]
fn what_is_broken_or_missing_is_named_and_stays() {
    check_broken(
        |out| {
            for point in ["points/000002.json", "points/000005.json"] {
                fs::remove_file(out.join(point)).expect("it is there");
            }
        },
        &expect![[r#"
            error: out: found a sweep of which 2 of 7 points are missing, expected all of them
              hint: go on with: cusinart-sim sweep blink.yaml --vary services.api.nodes=1,2,4 --vary control.load_balancer=round_robin,power_of_two --replications 3 --out out
        "#]],
    );
    check_broken(
        |out| cut(&out.join("points/000002.json")),
        &expect![[r#"
            error: out/points/000002.json: found hash 131aaea85b320a2d, expected hash 7569743244862a85, as journal.jsonl says: it was changed or cut off
              hint: go on with: cusinart-sim sweep blink.yaml --vary services.api.nodes=1,2,4 --vary control.load_balancer=round_robin,power_of_two --replications 3 --out out
        "#]],
    );
    check_broken(
        |out| {
            fs::remove_file(out.join("journal.jsonl")).expect("it is there");
            cut(&out.join("points/000002.json"));
        },
        &expect![[r#"
            error: out/points/000002.json: found EOF while parsing a string at line 1 column 481, expected a point of a sweep
              hint: go on with: cusinart-sim sweep blink.yaml --vary services.api.nodes=1,2,4 --vary control.load_balancer=round_robin,power_of_two --replications 3 --out out
        "#]],
    );
    check_broken(
        |out| {
            fs::remove_file(out.join("journal.jsonl")).expect("it is there");
            fs::copy(out.join("points/000002.json"), out.join("points/000003.json")).expect("writable");
        },
        &expect![[r#"
            error: out/points/000003.json: found point 2 of sweep "d8aa936d7e757e8c", expected point 3 of sweep d8aa936d7e757e8c
              hint: go on with: cusinart-sim sweep blink.yaml --vary services.api.nodes=1,2,4 --vary control.load_balancer=round_robin,power_of_two --replications 3 --out out
        "#]],
    );
    check_broken(
        |out| cut(&out.join("sweep.json")),
        &expect![[r#"
        error: out/sweep.json: found EOF while parsing a string at line 60 column 8, expected the plan of a sweep
          hint: without its plan a sweep is lost: run the `sweep` command again, with another folder as --out
    "#]],
    );
    check_broken(
        |out| {
            let file = out.join("sweep.json");
            let text = fs::read_to_string(&file).expect("it is there");
            fs::write(file, text.replace("\"seed\": 42", "\"seed\": 43")).expect("writable");
        },
        &expect![[r#"
            error: out/sweep.json: found hash "d8aa936d7e757e8c", expected hash ca109c34dfc21f0d of what is in it: it was changed
              hint: without its plan a sweep is lost: run the `sweep` command again, with another folder as --out
        "#]],
    );
}

#[test]
fn another_sweep_at_the_target_stays() {
    let place: Place = place();
    place.run(&FEW).ends_with(0);
    place.run(&[&FEW[..6], &["other", "--seed", "7"]].concat()).ends_with(0);
    let other = everything(&place.path().join("other"));
    let told = place.run(&["report", "out", "--out", "other"]).ends_with(5);
    expect![[r#"
        error: other: the sweep there is another one; not the same: seed
          hint: name another folder with --out
    "#]]
    .assert_eq(&told.stderr);
    assert_same(&everything(&place.path().join("other")), &other);
}
