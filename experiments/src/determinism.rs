//! Whether a scenario does the same twice, and where it does not.
//!
//! Two runs are compared by their digests. If those differ, the checkpoints on the way tell the stretch of at most
//! 2^20 records in which the runs part; both are run again, keeping the records of that stretch only, and the first
//! record that differs is named. So the check costs two runs when all is well, and little memory in any case.

use crate::divergence::{Difference, Divergence};
use crate::run::{Turn, Watch, records, run_in_turn};
use cusinart_record::{CHECKPOINT_RECORDS, RunRecord};
use cusinart_scenarios::Scenario;
use std::ops::ControlFlow;

/// Runs a scenario twice and compares what happened and every text that is written of it.
///
/// When the watcher stops the check, the first run is returned as far as it came, unchecked.
///
/// # Errors
/// [`Divergence`] names the first difference.
pub fn check_determinism(scenario: &Scenario, watch: &mut Watch<'_>) -> Result<RunRecord, Divergence> {
    compare_runs(scenario, scenario, watch)
}

/// Runs two scenarios that should do the same and returns the record of the first.
///
/// # Errors
/// [`Divergence`] names the first difference.
pub fn compare_runs(
    first: &Scenario,
    second: &Scenario,
    watch: &mut Watch<'_>,
) -> Result<RunRecord, Divergence> {
    let one = match run_in_turn(first, Turn { run: 1, runs: 2 }, watch) {
        ControlFlow::Continue(record) => record,
        ControlFlow::Break(record) => return Ok(record),
    };
    let other = match run_in_turn(second, Turn { run: 2, runs: 2 }, watch) {
        ControlFlow::Continue(record) => record,
        ControlFlow::Break(_) => return Ok(one),
    };
    let digests = (one.digest, other.digest);
    let difference = if digests.0 == digests.1 {
        compare_outputs((first, &one), (second, &other))
    } else {
        let stretch = differing_stretch(&one.checkpoints, &other.checkpoints);
        Some(find_record(first, second, stretch, watch))
    };
    match difference {
        None => Ok(one),
        Some(first) => Err(Divergence { digests, first }),
    }
}

/// The stretch of records in which two runs part: from the last checkpoint that agrees to the next one.
fn differing_stretch(one: &[(u64, u64)], other: &[(u64, u64)]) -> (u64, u64) {
    let agreed = one.iter().zip(other).take_while(|(left, right)| left == right).map(|(left, _)| left.0);
    let from = agreed.last().unwrap_or(0);
    // A run that has no further checkpoint ended within this stretch, so the difference lies in it in any case.
    (from, from + CHECKPOINT_RECORDS)
}

/// Runs both again, keeping the records of one stretch, and names the first that differs.
fn find_record(
    first: &Scenario,
    second: &Scenario,
    stretch: (u64, u64),
    watch: &mut Watch<'_>,
) -> Difference {
    let not_found = Difference::NotFoundAgain { from: stretch.0, until: stretch.1 };
    let Some(one) = records(first, stretch, Turn { run: 3, runs: 4 }, watch) else { return not_found };
    let Some(other) = records(second, stretch, Turn { run: 4, runs: 4 }, watch) else { return not_found };
    Difference::between_records(stretch.0, (&one.0, &one.1), (&other.0, &other.1)).unwrap_or(not_found)
}

/// Compares the texts written of two runs. The digest covers what happened; this covers what is made of it.
fn compare_outputs(one: (&Scenario, &RunRecord), other: (&Scenario, &RunRecord)) -> Option<Difference> {
    let facts = |(_, record): (&Scenario, &RunRecord)| cusinart_report::facts_jsonl(record);
    let series = |(_, record): (&Scenario, &RunRecord)| cusinart_report::series_csv(record);
    let summary = |(scenario, record): (&Scenario, &RunRecord)| {
        cusinart_report::run_json(&cusinart_report::summarize(scenario, record))
    };
    Difference::between_lines("facts.jsonl", &facts(one), &facts(other))
        .or_else(|| Difference::between_lines("series.csv", &series(one), &series(other)))
        .or_else(|| Difference::between_lines("run.json", &summary(one), &summary(other)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cusinart_record::DigestRecord;
    use cusinart_sim_core::Simulation;
    use expect_test::expect;

    #[test]
    fn runs_part_after_the_last_checkpoint_that_agrees() {
        const N: u64 = CHECKPOINT_RECORDS;
        type Checkpoints = &'static [(u64, u64)];
        let cases: [(Checkpoints, Checkpoints, (u64, u64)); 5] = [
            (&[], &[], (0, N)),
            (&[(N, 7)], &[(N, 8)], (0, N)),
            (&[(N, 7)], &[(N, 7)], (N, 2 * N)),
            (&[(N, 7), (2 * N, 1)], &[(N, 7)], (N, 2 * N)),
            (&[(N, 7), (2 * N, 1)], &[(N, 7), (2 * N, 2)], (N, 2 * N)),
        ];
        for (one, other, stretch) in cases {
            assert_eq!(differing_stretch(one, other), stretch, "{one:?} {other:?}");
        }
    }

    fn record(at: u64, entity: u64, payload: u64) -> DigestRecord {
        DigestRecord { at, subject: 1 << 56 | entity, payload }
    }

    fn check(one: &[DigestRecord], other: &[DigestRecord], expected: &expect_test::Expect) {
        let scenario = cusinart_scenarios::parse(
            "starter",
            cusinart_scenarios::starter(),
            std::path::Path::new("."),
            &cusinart_scenarios::Overlay::default(),
        );
        let run = Simulation::new(&scenario.expect("the starter is valid")).finish();
        let text = match Difference::between_records(100, (&run, one), (&run, other)) {
            Some(first) => Divergence { digests: (1, 2), first }.to_string(),
            None => "the same".to_string(),
        };
        expected.assert_eq(&text);
    }

    #[test]
    fn the_first_record_that_differs_is_named() {
        let common = [record(1_000_000, 4, 0), record(2_500_000, 5, 0)];
        let mut changed = common;
        changed[1].payload = 17;
        check(&common, &common, &expect!["the same"]);
        check(
            &common,
            &changed,
            &expect![[r#"
                the digests are 0000000000000001 and 0000000000000002
                the first event that differs is record 101
                  run 1: at 2.5ms: request 5 was sent to node 0
                  run 2: at 2.5ms: request 5 was sent to node 17"#]],
        );
        check(
            &common,
            &common[..1],
            &expect![[r#"
                the digests are 0000000000000001 and 0000000000000002
                the first event that differs is record 101
                  run 1: at 2.5ms: request 5 was sent to node 0
                  run 2: has ended"#]],
        );
    }

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(Difference::between_lines("series.csv", "a\nb\n", "a\nb\n"), None);
        let first = Difference::between_lines("series.csv", "a\nb\n", "a\nc\n").expect("they differ");
        expect![[r#"
            the digests are equal, 0000000000000001, but series.csv differs in line 2
              run 1: b
              run 2: c"#]]
        .assert_eq(&Divergence { digests: (1, 1), first }.to_string());
    }
}
