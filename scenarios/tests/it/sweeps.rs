//! Sweep files and `--vary`.

use crate::support::SMALL;
use cusinart_scenarios::{Design, Family, Knob, Overlay, Sweep, parse, parse_sweep, sweep_schema_json, vary};
use expect_test::{Expect, expect, expect_file};
use proptest::prelude::{Just, Strategy, prop_assert, prop_assert_eq, prop_oneof, proptest};
use std::path::Path;

const GOOD: &str = "\
version: 1
scenario: flash-crowd.yaml
design: { sobol: { points: 128 } }
replications: 6
seed: 7
vary:
  control.health_monitor.period: [1s, 2s, 5s]
  control.load_balancer: [round_robin, { power_of_two: { choices: 3 } }]
  services.frontend.nodes: { from: 6, to: 24, step: 6 }
  node_types.web.boot_time: 10s..5m:log
metrics: [availability, latency.p99, cost]
";

fn good(text: &str) -> Sweep {
    parse_sweep("sweep.yaml", text, Path::new("some/where")).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn check_knob(argument: &str, expected: &Expect) {
    let told = match vary("--vary", &[argument.into()]) {
        Ok(knobs) => told(&knobs[0]),
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&told);
}

/// What a knob is, and its values or some of them.
fn told(knob: &Knob) -> String {
    let text = |level: cusinart_scenarios::Level| match level.number {
        Some(number) => format!("{} ({number})", level.text),
        None => level.text,
    };
    let (kind, levels) = match knob.levels() {
        Some(levels) => ("each of", levels),
        None => ("between", [0.0, 0.25, 0.5, 0.75, 1.0].map(|place| knob.at(place)).to_vec()),
    };
    let family = knob.family.map_or("values", Family::word);
    let levels: Vec<String> = levels.into_iter().map(text).collect();
    format!("{}: {family}, {kind} {}", knob.path, levels.join(", "))
}

#[test]
fn a_sweep_file_is_read() {
    let sweep = good(GOOD);
    assert_eq!(sweep.scenario, Path::new("some/where/flash-crowd.yaml"));
    assert_eq!((sweep.design, sweep.replications), (Design::Sobol { points: 128 }, 6));
    assert_eq!((sweep.seed, sweep.metrics.len()), (Some(7), 3));
    let knobs: Vec<String> = sweep.knobs.iter().map(told).collect();
    expect![[r#"
        control.health_monitor.period: a time, each of 1s (1), 2s (2), 5s (5)
        control.load_balancer: values, each of round_robin, {power_of_two: {choices: 3}}
        services.frontend.nodes: a whole number, each of 6 (6), 12 (12), 18 (18), 24 (24)
        node_types.web.boot_time: a time, between 10s (10), 23.4s (23.4), 54.77s (54.77), 2m8.2s (128.2), 5m (300)"#]]
    .assert_eq(&knobs.join("\n"));
}

#[test]
fn what_is_left_out_has_defaults() {
    let sweep = good("version: 1\nscenario: a.yaml\nvary: { services.api.nodes: [1, 2] }\n");
    assert_eq!((sweep.design, sweep.replications, sweep.seed), (Design::Grid, 4, None));
    assert!(sweep.metrics.is_empty());
    for design in ["grid", "{ grid: {} }"] {
        let text = format!("version: 1\nscenario: a.yaml\ndesign: {design}\nvary: {{ a.b: [1, 2] }}\n");
        assert_eq!(good(&text).design, Design::Grid);
    }
    let text = "version: 1\nscenario: a.yaml\ndesign: { random: {} }\nvary: { a.b: [1, 2] }\n";
    assert_eq!(good(text).design, Design::Random { points: 64 });
}

#[test]
fn knobs_of_the_command_line_are_lists_or_ranges() {
    check_knob(
        "control.load_balancer=round_robin,power_of_two",
        &expect!["control.load_balancer: values, each of round_robin, power_of_two"],
    );
    check_knob(
        "a.b={round_robin: {}},{power_of_two: {choices: 3}}",
        &expect!["a.b: values, each of {round_robin: {}}, {power_of_two: {choices: 3}}"],
    );
    check_knob("a.b=none,10%,5%", &expect!["a.b: values, each of none, 10%, 5%"]);
    check_knob("a.b=1,2.5", &expect!["a.b: a number, each of 1 (1), 2.5 (2.5)"]);
    check_knob("a.b=6..9", &expect!["a.b: a whole number, each of 6 (6), 7 (7), 8 (8), 9 (9)"]);
    check_knob(
        "a.b=0.1..0.4:0.1",
        &expect!["a.b: a number, each of 0.1 (0.1), 0.2 (0.2), 0.3 (0.3), 0.4 (0.4)"],
    );
    check_knob("a.b=0%..30%:10%", &expect!["a.b: a share, each of 0% (0), 10% (0.1), 20% (0.2), 30% (0.3)"]);
    check_knob("a.b=1s..100s:log:3", &expect!["a.b: a time, each of 1s (1), 10s (10), 1m40s (100)"]);
    check_knob("a.b=1..4:log:9", &expect!["a.b: a whole number, each of 1 (1), 2 (2), 3 (3), 4 (4)"]);
    check_knob(
        "a.b={from: 1GiB, to: 4GiB, levels: 3}",
        &expect![
            "a.b: an amount of data, each of 1GiB (1073741824), 2560MiB (2684354560), 4GiB (4294967296)"
        ],
    );
    check_knob(
        "a.b=100Mbit/s..1Gbit/s:log",
        &expect![
            "a.b: a bandwidth, between 100Mbit/s (12500000), 177.8Mbit/s (22225000), 316.2Mbit/s (39525000), 562.3Mbit/s (70287500), 1Gbit/s (125000000)"
        ],
    );
}

#[test]
fn knobs_that_make_no_sense_say_what_is_expected() {
    let cases = [
        "nodes",
        "=1,2",
        "a.b=5",
        "a.b=",
        "a.b=1,1.0",
        "a.b=x,x",
        "a.b=6..5m",
        "a.b=5m..10s",
        "a.b=0s..5m:log",
        "a.b=1..9:0",
        "a.b=1..9:100",
        "a.b=1..9:2s",
        "a.b=1..9:log:1",
        "a.b=1..9:log:3:4",
        "a.b=1..",
        "a.b=1..x",
        "a.b={from: 1, to: 9, step: 2, levels: 3}",
        "a.b={from: 1, to: 9, step: 2, scale: log}",
        "a.b={from: 1, until: 9}",
        "a.b=[1, 2",
        "a..b=1,2",
        "seed=1,2",
        "name=x,y",
    ];
    let told: Vec<String> = cases
        .iter()
        .map(|case| vary("--vary", &[(*case).into()]).expect_err("it makes no sense").to_string())
        .collect();
    expect_file!["files/bad_knobs.txt"].assert_eq(&(told.join("\n\n") + "\n"));
    let error = vary("--vary", &["a.b=1,2".into(), "a.b.c=3,4".into()]).expect_err("they overlap");
    expect![[r#"
        --vary a.b.c=3,4: found `a.b.c`, expected a setting that is not part of `a.b`
          |
          | a.b.c=3,4
          | ^^^^^"#]]
    .assert_eq(&error.to_string());
}

#[test]
fn bad_sweep_files_are_refused_with_pointed_messages() {
    let head = "version: 1\nscenario: a.yaml\n";
    let cases = [
        String::new(),
        SMALL.into(),
        "- 1\n".into(),
        "version: 1\nscenario: a.yaml\n".into(),
        "version: 2\nscenari: a.yaml\nvary: { a.b: [1, 2] }\n".into(),
        format!("{head}vary: {{}}\n"),
        format!("{head}vary: {{ a.b: 5 }}\n"),
        format!("{head}vary: {{ a.b: [5] }}\n"),
        format!("{head}vary:\n  a.b: [1, 2]\n  a.b: [3, 4]\n"),
        format!("{head}vary:\n  a.b: {{ from: 1s, to: 5 }}\n  c: {{ from: 1s, to: 2s, stop: 1s }}\n"),
        format!("{head}vary:\n  a.b: {{ from: 1s, to: 5s }}\n"),
        format!("{head}vary:\n  a.b: {{ from: 0, to: 5, scale: log }}\n"),
        format!("{head}design: sobol\nvary: {{ a.b: [1, 2] }}\n"),
        format!("{head}design: {{ sobol: {{ points: 100000 }} }}\nvary: {{ a.b: [1, 2] }}\n"),
        format!("{head}design: {{ grid: {{ points: 9 }} }}\nvary: {{ a.b: [1, 2] }}\n"),
        format!("{head}replications: 0\nmetrics: []\nvary: {{ a.b: [1, 2] }}\n"),
        format!("{head}replications: 20000\nvary: {{ a.b: [1, 2] }}\n"),
    ];
    let told: Vec<String> = cases
        .iter()
        .map(|case| parse_sweep("bad.yaml", case, Path::new("")).expect_err(case).to_string())
        .collect();
    expect_file!["files/bad_sweeps.txt"].assert_eq(&(told.join("\n\n") + "\n"));
}

#[test]
fn the_committed_schema_of_sweeps_is_fresh() {
    // UPDATE_EXPECT=1 writes it anew.
    expect_file!["../../sweep.schema.json"].assert_eq(&sweep_schema_json());
}

/// An end of a range: a number, and its unit.
fn ends() -> impl Strategy<Value = (String, String)> {
    let unit =
        prop_oneof![Just(""), Just("s"), Just("ms"), Just("%"), Just("/s"), Just("MiB"), Just("Mbit/s")];
    (1_u32..1_000, 1_u32..1_000, unit)
        .prop_map(|(low, more, unit)| (format!("{low}{unit}"), format!("{}{unit}", low + more)))
}

proptest! {
    /// What a knob says of a value is what a scenario would read.
    #[test]
    fn values_of_ranges_lie_inside_and_read_back((from, to) in ends(), is_log in proptest::bool::ANY, place in 0.0..1.0) {
        let argument = format!("a.b={from}..{to}{}", if is_log { ":log" } else { "" });
        let knob = &vary("--vary", std::slice::from_ref(&argument)).expect("it is a range")[0];
        let ends = [knob.at(0.0), knob.at(1.0)].map(|level| level.number.expect("a range has numbers"));
        let level = knob.at(place);
        let number = level.number.expect("a range has numbers");
        prop_assert!(ends[0] <= number && number <= ends[1], "{number} {ends:?}");
        let other = if number == ends[0] { &to } else { &from };
        let again = &vary("--vary", &[format!("a.b={},{other}", level.text)]).expect("it is a list")[0];
        prop_assert_eq!(again.at(0.0), level);
    }

    /// Every value that a list can hold reaches the scenario as it was written.
    #[test]
    fn values_reach_the_scenario(name in "[ -~]{0,12}") {
        let quoted = serde_json::to_string(&name).expect("text is JSON");
        let knob = &vary("--vary", &[format!("description={quoted},zzzzzzzzzzzzzz")]).expect("it is a list")[0];
        let set = format!("description={}", knob.at(0.0).text);
        let overlay = Overlay { set: vec![set], seed: None };
        let scenario = parse("small", SMALL, Path::new("."), &overlay).expect("any text is a description");
        prop_assert_eq!(scenario.description, name.trim_end());
    }
}
