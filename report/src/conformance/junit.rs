//! The check as JUnit: a suite for each algorithm, a case for each vector.

use super::outcome::{CaseOutcome, Conformance, VectorCase};
use crate::human;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::collections::BTreeMap;

/// Writes the file. A wrong answer is a failure, an algorithm that nothing computes an error. No times stand in it.
pub fn conformance_junit(conformance: &Conformance) -> String {
    let mut suites: BTreeMap<&str, TestSuite> = BTreeMap::new();
    for case in &conformance.cases {
        let suite =
            suites.entry(&case.algorithm).or_insert_with(|| TestSuite::new(human::visible(&case.algorithm)));
        suite.add_test_case(test_case(case));
    }
    let mut junit = Report::new("cusinart-sim conformance");
    junit.add_test_suites(suites.into_values());
    junit.to_string().expect("XML in memory can be written")
}

fn test_case(case: &VectorCase) -> TestCase {
    let status = match &case.outcome {
        CaseOutcome::Passed => TestCaseStatus::success(),
        CaseOutcome::Unsupported => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type("conformance.unsupported").set_message("nothing here computes this algorithm");
            status
        }
        CaseOutcome::Failed { inputs, mismatches, .. } => {
            let lines: Vec<String> = mismatches
                .iter()
                .map(|mismatch| {
                    let text =
                        format!("{}: expected {}, got {}", mismatch.path, mismatch.expected, mismatch.got);
                    human::visible(&text)
                })
                .collect();
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status
                .set_type("conformance.mismatch")
                .set_message(lines.first().cloned().unwrap_or_default())
                .set_description(format!(
                    "{}\ninputs: {}",
                    lines.join("\n"),
                    human::visible(&inputs.to_string())
                ));
            status
        }
    };
    let mut test = TestCase::new(human::visible(&case.id), status);
    test.set_classname(human::visible(&case.algorithm));
    test.extra.insert("file".into(), human::visible(&case.file).into());
    test
}
