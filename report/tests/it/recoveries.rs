//! What became of every node that a fault touched.

use crate::fixture::{at, record, scenario};
use cusinart_policies::{Decision, Duration, NodeId};
use cusinart_record::{Fact, FactKind, FaultId, FaultKind, FaultRecord, NodeState, RunRecord};
use cusinart_report::{Detection, RecoveryOutcome, summarize};
use expect_test::{Expect, expect};

#[test]
fn every_pair_of_fault_and_node_is_followed() {
    check(
        &record(),
        &expect![[r#"
        fault 0 store-a-4: not detected in 40s, nothing done, back 40s
        fault 1 frontend-b-1: detected 14s, decided 14s, back 1m55s
        fault 1 frontend-b-3: detected 15.2s, decided 15.2s, replaced by n8 1m39.5s
        fault 1 store-b-5: detected 12.5s, decided 12.5s, back 1m58s
        fault 1 frontend-b-7: detected 16.4s, decided 16.4s, not back in 5m
        fault 2 frontend-a-0: detected 10.4s, decided 10.4s, back 40.4s
        fault 4 frontend-a-2: not to be detected, decided 16s, back 41s"#]],
    );
}

#[test]
fn a_node_that_was_down_already_is_followed_from_the_second_fault_too() {
    let record = with_faults(
        &[(FaultKind::Crash, 10.0, 50.0), (FaultKind::ZoneOutage, 20.0, 60.0)],
        &[(10.0, NodeState::Down), (70.0, NodeState::Up)],
        &[],
    );
    check(
        &record,
        &expect![[r#"
        fault 0 frontend-a-0: not detected in 1m, nothing done, back 1m
        fault 1 frontend-a-0: not detected in 50s, nothing done, back 50s"#]],
    );
}

#[test]
fn a_fault_that_heals_before_anyone_notices_has_a_recovery_and_no_detection() {
    let states = [(10.0, NodeState::Hung), (13.0, NodeState::Up)];
    check(
        &with_faults(&[(FaultKind::Hang, 10.0, 13.0)], &states, &[(14.0, true), (20.0, false)]),
        &expect!["fault 0 frontend-a-0: not detected in 3s, nothing done, back 3s"],
    );
}

#[test]
fn a_partition_counts_only_for_nodes_that_were_declared_failed() {
    let partition = [(FaultKind::Partition, 10.0, 40.0)];
    check(
        &with_faults(&partition, &[], &[]),
        &expect!["fault 0 frontend-a-0: not to be detected, nothing done, not out"],
    );
    check(
        &with_faults(&partition, &[], &[(25.0, true), (52.0, false)]),
        &expect!["fault 0 frontend-a-0: detected 15s, nothing done, back 42s"],
    );
}

/// A run with faults on node 0, its true states, and when it was declared failed (true) or recovered (false).
fn with_faults(
    faults: &[(FaultKind, f64, f64)],
    states: &[(f64, NodeState)],
    beliefs: &[(f64, bool)],
) -> RunRecord {
    let node = NodeId(0);
    let mut run = record();
    let declared = run.facts.iter().find_map(|fact| {
        let FactKind::Decision(Decision::NodeFailure { cause, evidence, .. }) = &fact.kind else {
            return None;
        };
        Some(Decision::NodeFailure { node, cause: *cause, evidence: *evidence })
    });
    let declared = declared.expect("the story has a failure");
    let recovered = Decision::NodeRecovered { node, failed_for: Duration::from_secs(1) };
    run.facts = states
        .iter()
        .map(|(secs, state)| Fact { at: at(*secs), kind: FactKind::NodeState { node, state: *state } })
        .chain(beliefs.iter().map(|(secs, failed)| Fact {
            at: at(*secs),
            kind: FactKind::Decision(if *failed { declared.clone() } else { recovered.clone() }),
        }))
        .collect();
    run.facts.sort_by_key(|fact| fact.at);
    let faults = faults.iter().map(|(kind, from, to)| FaultRecord {
        kind: *kind,
        began: at(*from),
        ended: Some(at(*to)),
        nodes: vec![node],
        ..record().faults[2].clone()
    });
    run.faults = faults.collect();
    run
}

fn check(record: &RunRecord, expect: &Expect) {
    let lines: Vec<String> = summarize(&scenario(), record)
        .recoveries
        .iter()
        .map(|pair| {
            let FaultId(fault) = pair.fault;
            let detection = match pair.detection {
                Detection::After { after_ns } => format!("detected {after_ns}"),
                Detection::Never { watched_ns } => format!("not detected in {watched_ns}"),
                Detection::AlreadyKnown => "known already".into(),
                Detection::NotExpected => "not to be detected".into(),
            };
            let decided =
                pair.decided_after_ns.map_or("nothing done".into(), |after| format!("decided {after}"));
            let outcome = match pair.outcome {
                RecoveryOutcome::Back { after_ns } => format!("back {after_ns}"),
                RecoveryOutcome::Replaced { after_ns, by } => format!("replaced by {by} {after_ns}"),
                RecoveryOutcome::Never { watched_ns } => format!("not back in {watched_ns}"),
                RecoveryOutcome::Removed => "removed".into(),
                RecoveryOutcome::NotOut => "not out".into(),
            };
            format!("fault {fault} {}: {detection}, {decided}, {outcome}", pair.node_name)
        })
        .collect();
    expect.assert_eq(&lines.join("\n"));
}
