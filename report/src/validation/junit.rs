//! The check as JUnit: a suite for each group, a case for each model.

use super::outcome::{MetricVerdict, Validation, ValidationCase, ValidationOutcome};
use super::text::line;
use crate::human;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::collections::BTreeMap;

/// Writes the file. A number that is wrong is a failure, a case that cannot be run an error. No times stand in it.
pub fn validation_junit(validation: &Validation) -> String {
    let mut suites: BTreeMap<&str, TestSuite> = BTreeMap::new();
    for case in &validation.cases {
        let suite = suites.entry(&case.group).or_insert_with(|| TestSuite::new(human::visible(&case.group)));
        suite.add_test_case(test_case(case));
    }
    let mut junit = Report::new("cusinart-sim validation");
    junit.add_test_suites(suites.into_values());
    junit.to_string().expect("XML in memory can be written")
}

fn test_case(case: &ValidationCase) -> TestCase {
    let status = match &case.outcome {
        ValidationOutcome::Unsupported { reason } => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type("validation.unsupported").set_message(human::visible(reason));
            status
        }
        ValidationOutcome::Measured { .. } if case.is_wrong() => {
            let lines: Vec<String> = case
                .results()
                .filter(|(_, metric)| metric.verdict == MetricVerdict::Wrong)
                .map(|(seed, metric)| line(case, seed.seed, metric))
                .collect();
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status
                .set_type("validation.wrong")
                .set_message(lines.first().cloned().unwrap_or_default())
                .set_description(lines.join("\n"));
            status
        }
        ValidationOutcome::Measured { .. } => TestCaseStatus::success(),
    };
    let mut test = TestCase::new(human::visible(&case.id), status);
    test.set_classname(human::visible(&case.family));
    test.extra.insert("file".into(), human::visible(&case.file).into());
    test
}
