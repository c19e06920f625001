//! A test of several scenarios, from made-up replications: its page, and test.json read back.

use crate::html;
use cusinart_report::{
    BaselineUse, Commands, FailOn, GateRules, Looks, Refused, Replication, Sample, Spell, Study, TestReport,
    TestSettings, default_objectives, judge_scenario, junit_xml, read_test, test_json, test_markdown,
    test_page,
};
use cusinart_scenarios::{Comparison, Expectation, Metric, Scenario, Statistic};
use expect_test::expect;

/// Replications of each study.
const RUNS: u32 = 8;

/// A scenario with a kept, a missed, an open SLA, one that waits for ever, and an expected miss.
fn scenario(name: &str) -> Scenario {
    let p99 = Metric::Latency(Statistic::Quantile(0.99));
    let agreed = [
        (Metric::Availability, Comparison::AtLeast, 0.9),
        (p99, Comparison::Below, 0.2),
        (Metric::Cost, Comparison::Below, 3.5),
        (Metric::TimeToRecover(Statistic::Max), Comparison::Below, 60.0),
        (Metric::ErrorRatio, Comparison::AtMost, 0.0),
    ];
    let mut scenario = crate::fixture::scenario();
    scenario.name = name.into();
    scenario.slas = agreed
        .into_iter()
        .enumerate()
        .map(|(index, (metric, comparison, limit))| {
            let text = format!("{metric} {} {limit}", comparison.symbol());
            let mut sla = crate::fixture::sla(&text, metric, comparison, limit);
            sla.line = 20 + index;
            sla
        })
        .collect();
    scenario.slas[4].expected = Expectation::Miss;
    scenario
}

/// Its replications; all numbers grow with `factor`.
fn study(scenario: &Scenario, factor: f64) -> Study {
    let objectives = default_objectives(scenario);
    let sample = |metric: Metric, run: u32| {
        let noise = f64::from(run * 7 % 5) * 0.1;
        if metric.awaited().is_some() {
            return Sample::Times(vec![
                Spell { seconds: 30.0 * factor + noise, ended: true },
                Spell { seconds: 90.0, ended: run.is_multiple_of(2) },
            ]);
        }
        Sample::Value(if metric == Metric::Availability {
            0.99 - 0.001 * noise * factor
        } else if matches!(metric, Metric::Latency(_)) {
            (0.3 + 0.01 * noise) * factor
        } else if metric == Metric::ErrorRatio {
            0.01 + 0.001 * noise
        } else {
            3.4 + noise
        })
    };
    let replication = |run: u32| Replication {
        seed: 40 + u64::from(run),
        digest: "00ff".into(),
        events: 7,
        samples: objectives.iter().map(|objective| sample(objective.metric, run)).collect(),
    };
    Study {
        scenario: scenario.name.clone(),
        scenario_hash: "00112233445566aa".into(),
        version: "0.1.0".into(),
        seed: 40,
        objectives: objectives.iter().map(|objective| objective.text.clone()).collect(),
        replications: (0..RUNS).map(replication).collect(),
    }
}

/// A test against a baseline: one scenario got slower, one is as it was, one file cannot be used.
pub(crate) fn report() -> TestReport {
    let rules = GateRules {
        looks: Looks::doubling(RUNS, 64, 0.95),
        confidence: 0.95,
        margin: 0.01,
        statements: 12,
        accepts_changes: false,
    };
    let judge = |name: &str, factor: f64| {
        let scenario = scenario(name);
        let (before, after) = (study(&scenario, 1.0), study(&scenario, factor));
        let file = format!("scenarios/{name}.yaml");
        let commands =
            Commands { test: format!("cusinart-sim test {file}"), run: format!("cusinart-sim run {file}") };
        judge_scenario(&scenario, &file, &after, Some(&before), &rules, commands)
    };
    let refused = Refused {
        file: "scenarios/wrong.yaml".into(),
        line: 3,
        column: 1,
        message:
            "scenarios/wrong.yaml:3:1: found the unknown key `nonsense`\n   |\n 3 | nonsense: true\n   | ^^^"
                .into(),
    };
    let baseline = BaselineUse {
        file: "baseline.json".into(),
        updated: false,
        statements: 12,
        gone: vec!["old".into()],
        unknown: Vec::new(),
    };
    let settings = TestSettings {
        fail_on: FailOn::Undecided,
        confidence: 0.95,
        margin: 0.01,
        replications_max: 64,
        shard: Some("1/2".into()),
        baseline: Some(baseline),
        interrupted: false,
        repro: "cusinart-sim test scenarios --shard 1/2 --baseline baseline.json".into(),
    };
    TestReport::new(settings, vec![judge("slower", 1.5), judge("same", 1.0)], vec![refused])
}

/// Its page.
pub(crate) fn page(report: &TestReport) -> String {
    let files = ["test.json", "junit.xml", "summary.md", "slower.replications.json"].map(String::from);
    test_page(report, &files)
}

#[test]
fn what_was_read_back_makes_the_same_files() {
    let written = report();
    let text = test_json(&written);
    let read = read_test(&text).expect("it was written so");
    assert_eq!(read, written);
    assert_eq!(test_json(&read), text);
    assert_eq!(junit_xml(&read), junit_xml(&written));
    assert_eq!(test_markdown(&read), test_markdown(&written));
    assert_eq!(page(&read), page(&written));
}

#[test]
fn what_contradicts_itself_is_refused() {
    let good = test_json(&report());
    let refusal = |wrong: String| match read_test(&wrong) {
        Err(error) => error.to_string(),
        Ok(_) => format!("read although it is wrong: {wrong}"),
    };
    let cut = refusal(good[..good.len() / 2].to_string());
    assert!(cut.starts_with("test.json: found EOF while parsing"), "{cut}");
    let change = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        refusal(good.replacen(from, to, 1))
    };
    let errors = [
        change("\"schema_version\": 1", "\"schema_version\": 2"),
        change("\"is_failure\": true", "\"is_failure\": false"),
        change("\"outcome\": \"failed\"", "\"outcome\": \"passed\""),
        change("      \"outcome\": \"failed\"", "      \"outcome\": \"undecided\""),
        change("          \"outcome\": \"passed\"", "          \"outcome\": \"failed\""),
        change("\"confidence\": 0.95", "\"confidence\": 1.5"),
        change("\"confidence\": 0.95", "\"confidence\": null"),
        change("\"margin\": 0.01", "\"margin\": 1e999"),
        change("\"margin\": 0.01", "\"margin\": -1.0"),
        change("\"runs\": 8", "\"runs\": -8"),
        change("\"limit\": 0.9", "\"limit\": 0.9, \"extra\": 1"),
        change("\n", "\r\n"),
        change("\"shard\": \"1/2\",\n", ""),
        refusal("[]".into()),
        refusal(String::new()),
    ];
    expect![[r#"
        test.json: found layout 2, expected layout 1, as this version writes it
        test.json: found is_failure false, expected true, as outcome and fail_on say
        test.json: found a test with the outcome passed, expected failed, as its scenarios say
        test.json: found a scenario `slower` with the outcome undecided, expected failed, as its SLAs and metrics say
        test.json: found an SLA `availability >= 0.9` of `slower` with the outcome failed, expected passed, as its verdict says
        test.json: found the confidence 1.5, expected one between 0 and 1
        test.json: found invalid type: null, expected f64 at line 1162 column 1, expected what a test found
        test.json: found number out of range at line 8 column 17, expected what a test found
        test.json: found the margin -1, expected 0 or more
        test.json: found invalid value: integer `-8`, expected u32 at line 55 column 9, expected what a test found
        test.json: found line 35: `"limit": 0.9, "extra": 1,`, expected `"limit": 0.9,`, as a test writes it
        test.json: found line 1: `{�`, expected `{`, as a test writes it
        test.json: found line 10: `"baseline": {`, expected `"shard": null,`, as a test writes it
        test.json: found invalid length 0, expected struct Version with 1 element at line 1 column 2, expected what a test found
        test.json: found EOF while parsing a value at line 1 column 0, expected what a test found"#]].assert_eq(&errors.join("\n"));
}

/// Numbers that no test measures, in a file that is well-formed.
#[test]
fn hostile_numbers_make_odd_pages_and_no_panic() {
    let good = test_json(&report());
    for number in ["1e+308", "-1e+308", "5e-324", "0.0", "-0.0", "null"] {
        let lines: Vec<String> = good
            .lines()
            .map(|line| match line.split_once(": ") {
                Some((name, value))
                    if ["value", "low", "high", "limit", "p_value"]
                        .contains(&name.trim().trim_matches('"'))
                        && (number != "null" || !name.contains("limit")) =>
                {
                    let comma = if value.ends_with(',') { "," } else { "" };
                    format!("{name}: {number}{comma}")
                }
                Some(_) | None => line.into(),
            })
            .collect();
        let report = read_test(&(lines.join("\n") + "\n"));
        let report = report.unwrap_or_else(|error| panic!("{number}: {error}"));
        let data = html::data(&page(&report));
        assert_eq!(data["kind"], "test");
        assert!(!junit_xml(&report).is_empty() && !test_markdown(&report).is_empty());
        let links = cusinart_report::PageLinks::default();
        assert!(
            !cusinart_report::test_text(&report, &cusinart_report::TextStyle::default(), &links).is_empty()
        );
    }
}

#[test]
fn a_test_without_scenarios_has_a_page() {
    let mut settings = report().settings;
    settings.baseline = None;
    let empty = TestReport::new(settings, Vec::new(), Vec::new());
    let data = html::data(&page(&empty));
    let types: Vec<&str> =
        data["parts"].as_array().expect("a list").iter().filter_map(|part| part["type"].as_str()).collect();
    assert_eq!(types, ["verdict", "repro"]);
}

#[test]
fn texts_of_a_test_cannot_leave_their_place() {
    let mut report = report();
    let evil = "</script><script>alert(1)</script><!-- \u{202e} ";
    report.scenarios[0].name = evil.into();
    report.scenarios[0].notes.push(evil.into());
    report.refused[0].message = evil.into();
    report.settings.repro = evil.into();
    let page = page(&report);
    assert!(!page.contains("<script>alert") && !page.contains("<!-- ") && !page.contains('\u{202e}'));
}
