//! Reads test.json back, and makes sure that it is what a test wrote: all files of a test are made from it.

use crate::gate::report::{TEST_SCHEMA_VERSION, TestReport, test_json};
use crate::gate::scenario::{ScenarioVerdict, SlaCheck};
use crate::human;
use crate::store::{StoreError, check_version};

/// Name of the file.
const FILE: &str = "test.json";
/// What it should be.
const EXPECTED: &str = "what a test found";
/// Letters of a line that an error shows.
const SHOWN_MAX: usize = 80;

/// Reads what [`test_json`] wrote.
///
/// # Errors
/// If the text is cut off, of another version, changed, or contradicts itself.
pub fn read_test(text: &str) -> Result<TestReport, StoreError> {
    check_version(FILE, text, TEST_SCHEMA_VERSION, EXPECTED)?;
    let report: TestReport =
        serde_json::from_str(text).map_err(|error| StoreError::json(FILE, &error, EXPECTED))?;
    makes_sense(&report)?;
    same_text(text, &test_json(&report))?;
    Ok(report)
}

/// The verdicts follow from each other.
fn makes_sense(report: &TestReport) -> Result<(), StoreError> {
    let settings = &report.settings;
    if !(settings.confidence > 0.0 && settings.confidence < 1.0) {
        return Err(wrong(format!("the confidence {}", settings.confidence), "one between 0 and 1"));
    }
    if settings.margin < 0.0 {
        return Err(wrong(format!("the margin {}", settings.margin), "0 or more"));
    }
    report.scenarios.iter().try_for_each(|scenario| scenario_makes_sense(scenario, report))?;
    let outcome = report.all_together();
    if report.outcome != outcome {
        let found = format!("a test with the outcome {}", report.outcome.word());
        return Err(wrong(found, format!("{}, as its scenarios say", outcome.word())));
    }
    if report.is_failure != report.fails() {
        let found = format!("is_failure {}", report.is_failure);
        return Err(wrong(found, format!("{}, as outcome and fail_on say", report.fails())));
    }
    Ok(())
}

fn scenario_makes_sense(scenario: &ScenarioVerdict, report: &TestReport) -> Result<(), StoreError> {
    let name = shown(&scenario.name);
    let baseline = report.settings.baseline.as_ref();
    if scenario.baseline.is_some() && baseline.is_none() {
        return Err(wrong(format!("the scenario {name} against a baseline"), "no baseline, as above"));
    }
    for check in &scenario.slas {
        let outcome = SlaCheck::outcome(check.judged.verdict, check.expected_miss);
        if check.outcome != outcome {
            let found = format!(
                "an SLA {} of {name} with the outcome {}",
                shown(&check.judged.text),
                check.outcome.word()
            );
            return Err(wrong(found, format!("{}, as its verdict says", outcome.word())));
        }
    }
    let outcome = scenario.all_together(baseline.is_some_and(|baseline| baseline.updated));
    if scenario.outcome != outcome {
        let found = format!("a scenario {name} with the outcome {}", scenario.outcome.word());
        return Err(wrong(found, format!("{}, as its SLAs and metrics say", outcome.word())));
    }
    Ok(())
}

/// The text is the one that is written from what was read: there is nothing in it that is not known here.
fn same_text(text: &str, again: &str) -> Result<(), StoreError> {
    if text == again {
        return Ok(());
    }
    let same = text.split('\n').zip(again.split('\n')).take_while(|(found, expected)| found == expected);
    let line = same.count();
    let at = |text: &str| text.split('\n').nth(line).map_or_else(|| "the end".into(), shown);
    Err(wrong(format!("line {}: {}", line + 1, at(text)), format!("{}, as a test writes it", at(again))))
}

/// A text as an error shows it.
fn shown(text: &str) -> String {
    let text = human::visible(text.trim_matches(' '));
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

fn wrong(found: impl Into<String>, expected: impl Into<String>) -> StoreError {
    StoreError::new(FILE, found, expected)
}
