//! `run --replications` and `compare`, as a user sees them.

use crate::command::{Place, TINY};
use std::fs;

/// Twice the same service time, and one that is a fifth longer.
const SAME: &str = "services.api.service_time={exponential: {mean: 10ms}},{exponential: {mean: 10ms}}";
const LONGER: &str = "services.api.service_time={exponential: {mean: 10ms}},{exponential: {mean: 12ms}}";

#[test]
fn replications_that_are_added_later_give_the_bytes_of_all_at_once() {
    let place = Place::new();
    place.run(&["run", TINY, "--no-plots", "-r", "3", "-j", "1", "-o", "added"]).ends_with(0);
    place.run(&["run", TINY, "--no-plots", "-r", "7", "--add", "-o", "added"]).ends_with(0);
    place.run(&["run", TINY, "--no-plots", "-r", "7", "-j", "2", "-o", "at-once"]).ends_with(0);
    for name in ["replications.json", "run.json", "report.html"] {
        let read = |folder: &str| fs::read(place.path().join(folder).join(name)).expect("it was written");
        assert!(read("added") == read("at-once"), "{name} differs");
    }
}

#[test]
fn replications_of_something_else_are_not_added_to() {
    let place = Place::new();
    place.run(&["run", TINY, "--no-plots", "-r", "2", "-o", "out"]).ends_with(0);
    let other = ["run", TINY, "--no-plots", "-r", "3", "--add", "-o", "out", "--seed", "7"];
    place.run(&other).ends_with(3).says("replications of another scenario, seed or version");
    place.write("out/replications.json", "{\"schema_version\": 1");
    let broken = ["run", TINY, "--no-plots", "-r", "3", "--add", "-o", "out"];
    place.run(&broken).ends_with(3).says("EOF while parsing");
}

#[test]
fn auto_stops_when_every_sla_is_decided() {
    let place = Place::new();
    let sure = place.run(&["run", TINY, "--no-files", "-r", "auto"]).ends_with(0).stdout;
    assert!(sure.contains("SLAs over 8 replications"), "{sure}");
    let near = place
        .run(&[
            "run",
            TINY,
            "--no-files",
            "-r",
            "auto",
            "--budget",
            "9",
            "--ci-width",
            "0%",
            "--set",
            "slas=[latency.mean < 10.4ms]",
        ])
        .ends_with(98)
        .stdout;
    assert!(near.starts_with("UNDECIDED") && near.contains("SLAs over 9 replications"), "{near}");
}

#[test]
fn verdicts_of_comparisons_are_exit_codes() {
    let place = Place::new();
    let same = place.run(&["compare", TINY, "--vary", SAME]).ends_with(0).stdout;
    assert!(same.starts_with("NO DIFFERENCE"), "{same}");
    let worse = place.run(&["compare", TINY, "--vary", LONGER, "-j", "1"]).ends_with(99).stdout;
    assert!(worse.starts_with("WORSE"), "{worse}");
    assert_eq!(worse, place.run(&["compare", TINY, "--vary", LONGER, "-j", "2"]).ends_with(99).stdout);
    place.run(&["compare", TINY, "--vary", LONGER, "--fail-on", "never"]).ends_with(0);
}

#[test]
fn a_comparison_as_json_holds_every_number() {
    let place = Place::new();
    let text = place.run(&["compare", TINY, "--vary", SAME, "--format", "json"]).ends_with(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(json["arms"][1]["overall"], "no_difference");
    assert_eq!(json["replications"], 8);
    let metrics = json["metrics"].as_array().expect("it is a list");
    assert!(metrics.iter().any(|metric| metric["objective"] == "latency.p99"));
    assert!(metrics.iter().all(|metric| metric["differences"][0]["change"] == "no_difference"), "{text}");
}

#[test]
fn what_makes_no_comparison_is_told() {
    let place = Place::new();
    place.run(&["compare", TINY]).ends_with(2).says("1 to compare, expected from 2 to 32");
    place.run(&["compare", TINY, "--vary", "seed"]).ends_with(3).says("expected `path=value,value`");
    place.run(&["compare", TINY, "--vary", "services.api.nodes=1.0..2.0"]).ends_with(2).says("without steps");
    place.run(&["compare", TINY, "--vary", "seeed=1,2"]).ends_with(3).says("did you mean `seed`?");
    let unknown = ["compare", TINY, "--vary", SAME, "--metric", "latecy.p99"];
    place.run(&unknown).ends_with(3).says("did you mean `latency`?");
    place.run(&["run", TINY, "-r", "0"]).ends_with(2).says("expected auto or a number");
    place.run(&["run", TINY, "--warmup", "1h", "--no-files"]).ends_with(2).says("is not within tiny");
}
