//! `test`: the gate as a build sees it: exit codes, verdicts, annotations, JUnit, shards.

mod again;
mod baseline;
mod results;

use crate::command::{Place, TINY};
use std::path::Path;

/// A scenario that meets its SLAs with any seed, one of them by being missed.
pub(super) const OUTAGE: &str = "outage.yaml";
/// A change of policy that breaks one SLA of it.
pub(super) const SLOW: [&str; 2] = ["--set", "control.health_monitor.period=30s"];
/// The SLA.
pub(super) const BROKEN: &str = "time_to_detect.max < 20s";

/// A place with a folder `all` of the scenario and the tiny one.
pub(super) fn place() -> Place {
    let place = Place::new();
    std::fs::create_dir(place.path().join("all")).expect("the folder is writable");
    place.write("all/outage.yaml", include_str!("gate/outage.yaml"));
    place.write("all/tiny.yaml", include_str!("tiny.yaml"));
    place.write(OUTAGE, include_str!("gate/outage.yaml"));
    place
}

/// The test's result on stdout.
pub(super) fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("it is JSON")
}

pub(super) fn read(place: &Place, name: impl AsRef<Path>) -> String {
    std::fs::read_to_string(place.path().join(name)).expect("it was written")
}

/// Texts of the SLAs that did not come out as they should.
pub(super) fn failed_slas(report: &serde_json::Value) -> Vec<String> {
    let scenarios = report["scenarios"].as_array().expect("a list");
    let slas = scenarios.iter().flat_map(|scenario| scenario["slas"].as_array().expect("a list"));
    slas.filter(|sla| sla["outcome"] == "failed")
        .map(|sla| sla["text"].as_str().expect("a text").to_string())
        .collect()
}

#[test]
fn scenarios_that_are_as_expected_end_with_0() {
    let outcome = place().run(&["test", "all"]).ends_with(0);
    let first = outcome.stdout.lines().next();
    assert_eq!(first, Some("PASSED  2 scenarios passed; 7 of 7 SLAs as expected"));
    assert_eq!(outcome.stdout.lines().last(), Some("repro: cusinart-sim test all"));
}

#[test]
fn a_slower_health_monitor_breaks_exactly_the_time_to_detect() {
    let place = place();
    let words = [&["test", "all", "--format", "json"][..], &SLOW].concat();
    let report = json(&place.run(&words).ends_with(99).stdout);
    assert_eq!(failed_slas(&report), [BROKEN]);
    assert_eq!((&report["outcome"], &report["is_failure"]), (&"failed".into(), &true.into()));
    // The command that shows the worst run does so.
    let page = place.run(&[&["test", "all"][..], &SLOW].concat()).ends_with(99).stdout;
    let worst = page.lines().find_map(|line| line.trim().strip_prefix("worst run: cusinart-sim "));
    let words: Vec<&str> = worst.expect("a run misses it").split(' ').collect();
    let run = place.run(&[&words[..], &["--no-files"]].concat()).ends_with(99);
    assert!(run.stdout.contains("time_to_detect.max"), "{}", run.stdout);
}

#[test]
fn what_is_red_by_default_can_be_let_through() {
    let place = place();
    let test = |words: &[&str]| place.run(&[&["test", OUTAGE], words].concat());
    test(&[&SLOW[..], &["--fail-on", "never"]].concat()).ends_with(0);
    // Three replications are too few for the interval of a time.
    let few = ["--replications", "3"];
    let outcome = test(&few).ends_with(98);
    assert!(outcome.stdout.contains("3 runs are too few for an interval"), "{}", outcome.stdout);
    test(&[&few[..], &["--fail-on", "fail"]].concat()).ends_with(0);
    test(&[&few[..], &["--fail-on", "never"]].concat()).ends_with(0);
}

#[test]
fn an_expected_miss_that_holds_is_red_and_says_what_to_do() {
    let place = place();
    let slas = |text: &str| format!("slas=[{{sla: \"{text}\", expect: miss}}]");
    let test = |text: &str, code| place.run(&["test", OUTAGE, "--set", &slas(text)]).ends_with(code).stdout;
    assert!(test("cost < 1000", 99).contains("remove `expect: miss`"));
    test("cost < 0.0001", 0);
    // The interval reaches over the limit, whatever the budget.
    let page = place.run(&["test", OUTAGE, "-r", "3", "--set", &slas("time_to_detect.max < 20s")]);
    page.ends_with(0);
}

#[test]
fn a_wrong_scenario_ends_with_3_and_the_others_are_tested() {
    let place = place();
    place.write("all/wrong.yaml", "version: 1\nname: 7s\nnonsense: true\n");
    let outcome = place.run(&["test", "all", "--junit", "j.xml", "--github"]).ends_with(3);
    assert!(outcome.stdout.contains("1 of 3 scenarios failed; 7 of 7 SLAs"), "{}", outcome.stdout);
    let annotation = "::error file=all/wrong.yaml,line=";
    assert!(outcome.stderr.lines().any(|line| line.starts_with(annotation)), "{}", outcome.stderr);
    let junit = read(&place, "j.xml");
    let document = roxmltree::Document::parse(&junit).expect("it is XML");
    assert_eq!(document.root_element().attribute("errors"), Some("1"));
    place.run(&["test", "all", "no-such.yaml"]).ends_with(5).says("no-such.yaml");
}

#[test]
fn arguments_that_make_no_sense_end_with_2_and_nothing_to_run_with_4() {
    let place = place();
    std::fs::create_dir(place.path().join("empty")).expect("the folder is writable");
    place.run(&["test", "empty"]).ends_with(4).says("no *.yaml file");
    place.run(&["test"]).ends_with(2);
    place.run(&["test", OUTAGE, "--shard", "3/2"]).ends_with(2).says("I/N");
    place.run(&["test", OUTAGE, "--update-baseline"]).ends_with(2).says("--baseline");
    place.run(&["test", "all", OUTAGE]).ends_with(2).says("the same name: outage");
    // The same file twice is no more than once.
    place.run(&["test", OUTAGE, "./outage.yaml"]).ends_with(0);
}

#[test]
fn shards_cover_all_scenarios_once_with_the_same_verdicts() {
    let place = place();
    let scenarios = |words: &[&str]| {
        let report = json(&place.run(&[&["test", "all", "--format", "json"], words].concat()).stdout);
        report["scenarios"].as_array().expect("a list").clone()
    };
    let all = scenarios(&[]);
    let mut parts = [scenarios(&["--shard", "1/2"]), scenarios(&["--shard", "2/2"])].concat();
    parts.sort_by_key(|scenario| scenario["file"].as_str().map(String::from));
    assert_eq!(parts, all);
    place.run(&["test", "all", "--shard", "3/3"]).ends_with(0).says("fewer files than shards");
}

#[test]
fn the_number_of_threads_and_the_order_of_arguments_change_no_byte() {
    let place = place();
    let page = |words: &[&str]| place.run(&[&["test", "--format", "json"], words].concat()).stdout;
    let one = page(&["all/outage.yaml", "all/tiny.yaml", "-j1"]);
    assert_eq!(one, page(&["all/outage.yaml", "all/tiny.yaml", "-j2"]));
    let other = page(&["all/tiny.yaml", "all/outage.yaml"]);
    assert_eq!(json(&one)["scenarios"], json(&other)["scenarios"]);
}

#[test]
fn a_scenario_from_stdin_is_tested_without_a_command_that_repeats_it() {
    let place = place();
    let outcome = place.run_with_input(&["test", "-"], include_bytes!("tiny.yaml")).ends_with(0);
    assert!(outcome.stdout.contains("tiny"), "{}", outcome.stdout);
}

/// All shipped scenarios do what they say. Takes a minute in a debug build; in a folder of its own:
/// `cusinart-sim test scenarios`.
#[test]
fn the_shipped_scenarios_are_as_expected() {
    let Some(folder) = slow_tests().then(|| crate::command::repository().join("scenarios")) else { return };
    let outcome = Place::new().run(&["test", &folder.display().to_string()]);
    outcome.ends_with(0);
}

/// What the pages on continuous integration tell to type can be typed.
#[test]
fn the_options_in_the_documentation_exist() {
    let help = Place::new().run(&["test", "--help"]).ends_with(0).stdout;
    let docs = crate::command::repository().join("docs");
    let mut seen = 0;
    for name in ["ci.md", "workflow-example.yml"] {
        let text = std::fs::read_to_string(docs.join(name)).expect("it is there");
        let commands = text.split("cusinart-sim test scenarios/").skip(1);
        for command in commands.filter_map(|rest| rest.split("\n\n").next()) {
            let command = command.split(['#', '`']).next().unwrap_or_default();
            for option in command.split_whitespace().filter(|word| word.starts_with("--")) {
                assert!(help.contains(&format!("{option} ")), "{name}: {option}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 10, "{seen} options were found");
}

#[expect(clippy::disallowed_methods, reason = "slow tests run only where they are asked for")]
fn slow_tests() -> bool {
    std::env::var_os("SLOW_TESTS").is_some()
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_ends_with_130_and_writes_what_was_finished() {
    use std::process::{Command, Stdio};
    let place = place();
    let child = Command::new(env!("CARGO_BIN_EXE_cusinart-sim"))
        .args(["test", TINY, "--out", "out", "--set", "duration=48h", "-j2"])
        .args(["--baseline", "base.json", "--update-baseline"])
        .current_dir(place.path())
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary was built for this test");
    // Until it listens for the signal, which is the second bit of the mask.
    let listens = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap_or("0");
        u64::from_str_radix(mask.trim(), 16).is_ok_and(|mask| mask & 2 != 0)
    };
    while !listens() {
        std::thread::yield_now();
    }
    let kill = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status();
    assert!(kill.expect("a shell is there").success());
    let output = child.wait_with_output().expect("the process was started");
    let (page, notes) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(130), "{page}{notes}");
    assert!(notes.contains("base.json stays as it was"), "{notes}");
    assert!(page.contains("interrupted"), "{page}");
    assert!(json(&read(&place, "out/test.json"))["interrupted"] == true);
    assert!(!place.names().contains(&"base.json".to_string()));
}
