//! junit.xml: a suite for each scenario, a case for each agreement and each metric against the baseline, in the
//! dialect of Jenkins that other tools read too.

use crate::gate::finding::commands;
use crate::gate::outcome::{FailOn, Outcome};
use crate::gate::report::{Refused, TestReport};
use crate::gate::scenario::ScenarioVerdict;
use crate::human;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// Writes the file. Failed is a failure; undecided is one if it fails the test, and skipped otherwise; a file that
/// could not be used is an error. No times stand in it, so that the same test gives the same bytes.
pub fn junit_xml(report: &TestReport) -> String {
    let mut junit = Report::new("cusinart-sim test");
    for scenario in &report.scenarios {
        junit.add_test_suite(suite(scenario, report));
    }
    for refused in &report.refused {
        junit.add_test_suite(refused_suite(refused));
    }
    junit.to_string().expect("XML in memory can be written")
}

/// One case.
struct Case<'a> {
    name: String,
    line: usize,
    outcome: Outcome,
    kind: &'a str,
    words: String,
    seed: Option<u64>,
}

fn suite(scenario: &ScenarioVerdict, report: &TestReport) -> TestSuite {
    let mut suite = TestSuite::new(human::visible(&scenario.name));
    for (name, value) in [
        ("file", human::visible(&scenario.file)),
        ("seed", scenario.seed.to_string()),
        ("replications", scenario.replications.to_string()),
        ("scenario_hash", scenario.scenario_hash.clone()),
        ("version", report.version.clone()),
        ("confidence", report.settings.confidence.to_string()),
    ] {
        suite.add_property((name, value.as_str()));
    }
    let slas = scenario.slas.iter().map(|check| Case {
        name: check.judged.text.clone(),
        line: check.line,
        outcome: check.outcome,
        kind: "sla",
        words: check.words(),
        seed: check.worst_seed,
    });
    let changes = scenario.changes().map(|change| Case {
        name: change.title(),
        line: change.line,
        outcome: change.outcome,
        kind: "baseline",
        words: change.words(),
        seed: change.worst_seed,
    });
    let mut cases: Vec<Case<'_>> = slas.chain(changes).collect();
    if scenario.outcome != Outcome::Passed && cases.iter().all(|case| case.outcome == Outcome::Passed) {
        let words = scenario.notes.join("; ");
        let name = "nothing to judge".to_string();
        cases.push(Case { name, line: 0, outcome: scenario.outcome, kind: "scenario", words, seed: None });
    }
    for case in cases {
        suite.add_test_case(test_case(&case, scenario, report.settings.fail_on));
    }
    suite
}

fn test_case(case: &Case<'_>, scenario: &ScenarioVerdict, fail_on: FailOn) -> TestCase {
    let words = human::visible(&case.words);
    let commands = commands(scenario.worst_run(case.seed).as_deref(), scenario.repro().as_deref());
    let kind = format!("{}.{}", case.kind, case.outcome.word());
    let mut status = match case.outcome {
        Outcome::Passed => TestCaseStatus::success(),
        // What is wrong is told even where nothing fails the test.
        Outcome::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Outcome::Undecided if fail_on.counts(Outcome::Undecided) => {
            TestCaseStatus::non_success(NonSuccessKind::Failure)
        }
        Outcome::Undecided => TestCaseStatus::skipped(),
    };
    if case.outcome != Outcome::Passed {
        status.set_type(kind).set_message(words.as_str()).set_description(format!("{words}{commands}"));
    }
    let mut test = TestCase::new(human::visible(&case.name), status);
    test.set_classname(human::visible(&scenario.name));
    test.extra.insert("file".into(), human::visible(&scenario.file).into());
    if case.line > 0 {
        test.extra.insert("line".into(), case.line.to_string().into());
    }
    if case.outcome == Outcome::Passed {
        test.set_system_out(words);
    }
    test
}

fn refused_suite(refused: &Refused) -> TestSuite {
    let file = human::visible(&refused.file);
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    let lines: Vec<String> = refused.message.lines().map(human::visible).collect();
    status
        .set_type("scenario.invalid")
        .set_message(lines.first().cloned().unwrap_or_default())
        .set_description(lines.join("\n"));
    let mut case = TestCase::new("the scenario can be used", status);
    case.set_classname(file.as_str());
    case.extra.insert("file".into(), file.as_str().into());
    if refused.line > 0 {
        case.extra.insert("line".into(), refused.line.to_string().into());
    }
    let mut suite = TestSuite::new(file);
    suite.add_test_case(case);
    suite
}
