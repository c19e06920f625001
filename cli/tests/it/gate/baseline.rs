//! Comparison with a stored baseline.

use super::{OUTAGE, json, place, read};
use crate::command::Place;

const WRITE: [&str; 5] = ["test", "all", "--baseline", "base.json", "--update-baseline"];
const AGAINST: [&str; 4] = ["test", "all", "--baseline", "base.json"];

fn with(words: &[&'static str], more: &[&'static str]) -> Vec<&'static str> {
    [words, more].concat()
}

/// Metrics that got worse.
fn worse(report: &serde_json::Value) -> Vec<String> {
    let scenarios = report["scenarios"].as_array().expect("a list");
    scenarios
        .iter()
        .flat_map(|scenario| scenario["baseline"]["changes"].as_array().expect("a list"))
        .filter(|change| change["outcome"] == "failed")
        .map(|change| change["objective"].as_str().expect("a text").to_string())
        .collect()
}

fn written(words: &[&str]) -> String {
    let place = place();
    place.run(words).ends_with(0).says("base.json: baseline of 2 scenarios written");
    read(&place, "base.json")
}

#[test]
fn a_baseline_has_the_same_bytes_however_it_is_written() {
    let bytes = written(&WRITE);
    assert_eq!(bytes, written(&with(&WRITE, &["-j1"])));
    assert_eq!(bytes, written(&with(&WRITE, &["-j2"])));
    let files = ["test", "all/tiny.yaml", "all/outage.yaml", "--baseline", "base.json", "--update-baseline"];
    assert_eq!(bytes, written(&files));
    let place = place();
    place.run(&WRITE).ends_with(0);
    place.run(&WRITE).ends_with(0);
    assert_eq!(bytes, read(&place, "base.json"), "written again");
    assert_eq!(bytes.lines().count(), 2 + 2 * (64 + 2), "one replication a line, the whole budget");
    assert_eq!(place.names(), ["all", "base.json", OUTAGE, "tiny.yaml"], "nothing temporary stays");
}

#[test]
fn shards_write_the_baseline_together() {
    let place = place();
    for shard in ["2/2", "1/2"] {
        place.run(&with(&WRITE, &["--shard", shard])).ends_with(0);
    }
    assert_eq!(read(&place, "base.json"), written(&WRITE));
}

#[test]
fn the_same_policies_show_no_difference() {
    let place = place();
    place.run(&WRITE).ends_with(0);
    let outcome = place.run(&AGAINST).ends_with(0);
    assert!(outcome.stdout.contains("0 of 14 metrics worse than the baseline"), "{}", outcome.stdout);
    let report = json(&place.run(&with(&AGAINST, &["--format", "json"])).ends_with(0).stdout);
    for scenario in report["scenarios"].as_array().expect("a list") {
        assert_eq!(scenario["replications"], 8, "settled at once");
        for change in scenario["baseline"]["changes"].as_array().expect("a list") {
            assert_eq!(change["difference"]["change"], "no_difference", "{change}");
        }
    }
}

#[test]
fn a_metric_that_got_worse_is_red_although_its_sla_holds() {
    let place = place();
    place.run(&WRITE).ends_with(0);
    let slower = ["--set", "control.health_monitor.period=7s"];
    let report =
        json(&place.run(&with(&AGAINST, &["--format", "json", slower[0], slower[1]])).ends_with(99).stdout);
    assert!(super::failed_slas(&report).is_empty());
    assert!(worse(&report).contains(&"time_to_detect.max".to_string()), "{:?}", worse(&report));
    assert!(
        report["scenarios"][0]["notes"][0]
            .as_str()
            .is_some_and(|note| note.contains("not the one of the baseline"))
    );
    // Not if all of it is within the margin, or does not fail the test.
    place.run(&with(&AGAINST, &["--margin", "900%", slower[0], slower[1]])).ends_with(0);
    place.run(&with(&AGAINST, &["--fail-on", "never", slower[0], slower[1]])).ends_with(0);
    // An accepted change is green from then on.
    place.run(&with(&WRITE, &slower)).ends_with(0);
    place.run(&with(&AGAINST, &slower)).ends_with(0);
    // What got better is green.
    let report = json(&place.run(&with(&AGAINST, &["--format", "json"])).stdout);
    let detect = &report["scenarios"][0]["baseline"]["changes"][1];
    assert_eq!(detect["objective"], "time_to_detect.max");
    assert_eq!((&detect["difference"]["change"], &detect["outcome"]), (&"better".into(), &"passed".into()));
}

#[test]
fn other_seeds_cannot_be_compared() {
    let place = place();
    place.run(&WRITE).ends_with(0);
    let outcome = place.run(&with(&AGAINST, &["--seed", "8"])).ends_with(98);
    assert!(outcome.stdout.contains("no seed is in the baseline"), "{}", outcome.stdout);
    place.run(&with(&AGAINST, &["--seed", "8", "--fail-on", "fail"])).ends_with(0);
    // Some seeds are enough.
    place.run(&with(&WRITE, &["--replications", "10"])).ends_with(0);
    let outcome = place.run(&with(&AGAINST, &["--replications", "20"])).ends_with(0);
    assert!(outcome.stdout.contains("10 of 20 seeds are not in the baseline"), "{}", outcome.stdout);
}

#[test]
fn a_baseline_that_is_not_there_or_none_ends_the_test_before_it_begins() {
    let place = place();
    place.run(&AGAINST).ends_with(5).says("there is no baseline").says("--update-baseline writes it");
    for text in ["", "{}", "my own notes", "{\"baseline_version\":7,\"scenarios\":[]}"] {
        place.write("base.json", text);
        place.run(&AGAINST).ends_with(3).says("base.json: found");
        place.run(&WRITE).ends_with(3).says("base.json: found");
        assert_eq!(read(&place, "base.json"), text, "what is no baseline is left alone");
    }
}

#[test]
fn scenarios_that_come_and_go_are_told_and_not_red() {
    let place = place();
    place.run(&WRITE).ends_with(0);
    let renamed = include_str!("../tiny.yaml").replace("name: tiny", "name: newcomer");
    place.write("all/tiny.yaml", renamed);
    let outcome = place.run(&AGAINST).ends_with(0);
    assert!(outcome.stdout.contains("newcomer: not in base.json"), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("tiny: in base.json, but no scenario any longer"), "{}", outcome.stdout);
    let names = |place: &Place| -> Vec<String> {
        let baseline = json(&read(place, "base.json"));
        let scenarios = baseline["scenarios"].as_array().expect("a list");
        scenarios.iter().map(|study| study["scenario"].as_str().expect("a text").to_string()).collect()
    };
    // A file alone says nothing about the others; a folder does, unless a file of it cannot be read.
    place.run(&["test", "all/tiny.yaml", "--baseline", "base.json", "--update-baseline"]).ends_with(0);
    assert_eq!(names(&place), ["newcomer", "outage", "tiny"]);
    place.write("all/wrong.yaml", "nonsense: true\n");
    place.run(&WRITE).ends_with(3);
    assert_eq!(names(&place), ["newcomer", "outage", "tiny"]);
    std::fs::remove_file(place.path().join("all/wrong.yaml")).expect("it is there");
    place.run(&WRITE).ends_with(0);
    assert_eq!(names(&place), ["newcomer", "outage"]);
}
