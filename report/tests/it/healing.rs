//! Times to converge, on a calm run in which something is made to go wrong.

use crate::fixture::{at, record};
use crate::sla_language::{check, measured, named};
use cusinart_policies::{Decision, NodeId};
use cusinart_record::{ByError, Fact, FactKind, NodeState, RunRecord};
use cusinart_report::{Sample, samples};
use cusinart_scenarios::{Scenario, objective};
use expect_test::{Expect, expect};

/// Something that is made to go wrong.
type Change<'a> = &'a dyn Fn(&mut RunRecord);

#[test]
fn the_time_to_converge_ends_with_what_settles_last() {
    let calm = calm();
    check(&calm, &["time_to_converge"], &expect!["time_to_converge: 0.0000"]);
    let with = |facts: Vec<(f64, FactKind)>| {
        let mut run = calm.clone();
        run.facts.extend(facts.into_iter().map(|(secs, kind)| Fact { at: at(secs), kind }));
        run
    };
    let state = |node, state| FactKind::NodeState { node: NodeId(node), state };
    let is_failure =
        |kind: &FactKind| matches!(kind, FactKind::Decision(Decision::NodeFailure { node: NodeId(0), .. }));
    let failure = record().facts.into_iter().map(|fact| fact.kind).find(is_failure);
    let failure = failure.expect("node 0 is declared failed in the run");
    let cases = [
        ("a node restarts", vec![(410.0, state(0, NodeState::Booting)), (425.5, state(0, NodeState::Up))]),
        ("a node stays slow", vec![(380.0, state(0, NodeState::Slow))]),
        ("a node is believed failed", vec![(500.0, failure)]),
        (
            "a node of a scale-up boots",
            vec![(500.0, state(6, NodeState::Booting)), (510.0, state(6, NodeState::Up))],
        ),
        (
            "a node that was down goes",
            vec![(380.0, state(3, NodeState::Down)), (445.0, state(3, NodeState::Stopped))],
        ),
    ];
    let told: Vec<String> = cases
        .into_iter()
        .map(|(name, facts)| format!("{name}: {}", measured(&with(facts), "time_to_converge")))
        .collect();
    expect![[r#"
        a node restarts: 35.5000 last: node frontend-a-0 not well or believed failed
        a node stays slow: never at the end: node frontend-a-0 not well or believed failed
        a node is believed failed: never at the end: node frontend-a-0 not well or believed failed
        a node of a scale-up boots: 0.0000
        a node that was down goes: 55.0000 last: node frontend-b-3 not well or believed failed"#]]
    .assert_eq(&told.join("\n"));
}

#[test]
fn failures_must_end() {
    // 390 s, the end of the last fault, is the end of window 77.
    let fail = |window: usize, ok: Option<u64>, failed: u64| {
        move |run: &mut RunRecord| {
            if ok.is_some() {
                run.clients[1].windows[window].counts.ok = 0;
            }
            let counts = &mut run.clients[0].windows[window].counts;
            (counts.ok, counts.failed[0]) = (ok.unwrap_or(counts.ok), failed);
        }
    };
    check_changes(
        &[
            ("before the fault ended", &fail(77, None, 50)),
            ("too many in one window", &fail(90, None, 50)),
            ("few in one window", &fail(90, None, 1)),
            ("too many in the last window", &fail(119, None, 50)),
            ("one of two", &fail(90, Some(1), 1)),
            ("all of one", &fail(90, Some(0), 1)),
        ],
        &expect![[r#"
            before the fault ended: 0.0000
            too many in one window: 65.0000 last: 50 of 3,779 requests failed in a window
            few in one window: 0.0000
            too many in the last window: never at the end: 50 of 3,840 requests failed in a window
            one of two: 0.0000
            all of one: 65.0000 last: 1 of 1 requests failed in a window"#]],
    );
}

#[test]
fn replicas_must_be_there_and_backlogs_end() {
    let in_flight = |of: fn(u64) -> u64| {
        move |run: &mut RunRecord| {
            let windows = run.clients[0].windows.iter_mut().enumerate();
            windows.for_each(|(index, window)| window.in_flight = of(index as u64));
        }
    };
    let missing = |window: usize, replicas: u32| {
        move |run: &mut RunRecord| run.services[1].windows[window].replicas_missing = replicas
    };
    check_changes(
        &[
            ("copied in the next window", &missing(80, 3)),
            ("lost for ever", &missing(119, 1)),
            ("a backlog that grows", &in_flight(|window| window * 200)),
            ("a backlog that grew and stays", &in_flight(|window| window.min(90) * 200)),
            ("a backlog that grows with the load", &in_flight(|window| window / 10)),
        ],
        &expect![[r#"
            copied in the next window: 20.0000 last: 3 replicas missing
            lost for ever: never at the end: 1 replica missing
            a backlog that grows: never at the end: requests in flight grew from 15,602 to 23,801
            a backlog that grew and stays: 0.0000
            a backlog that grows with the load: 0.0000"#]],
    );
}

#[test]
fn the_last_fault_that_touched_something_counts() {
    let untouched = |run: &mut RunRecord| {
        let fault = &mut run.faults[0];
        (fault.ended, fault.nodes, fault.requests, fault.probes, fault.replicas) =
            (None, Vec::new(), 0, 0, 0);
    };
    check_changes(
        &[
            ("a fault that goes on", &|run| run.faults[1].ended = None),
            ("a fault that touched nothing goes on", &untouched),
            ("no fault", &|run| run.faults.clear()),
        ],
        &expect![[r#"
            a fault that goes on: never at the end: fault zone_outage b goes on
            a fault that touched nothing goes on: 0.0000
            no fault: nothing, met no fault touched anything, so it holds"#]],
    );
}

#[test]
fn a_replication_keeps_its_time_to_converge_censored_if_it_never_came() {
    let scenario = named();
    let metric = objective("test", "time_to_converge", &scenario).unwrap_or_else(|error| panic!("{error}"));
    let mut run = calm();
    run.clients[0].windows[90].counts.failed[0] = 50;
    let mut told = format!("{:?}\n", points(&scenario, &run, &metric));
    run.clients[0].windows[119].counts.failed[0] = 50;
    told += &format!("{:?}\n", points(&scenario, &run, &metric));
    run.faults.clear();
    told += &format!("{:?}", points(&scenario, &run, &metric));
    expect![[r#"
        (Times([Spell { seconds: 65.0, ended: true }]), Some(65.0), false)
        (Times([Spell { seconds: 210.0, ended: false }]), Some(210.0), true)
        (Times([]), None, false)"#]]
    .assert_eq(&told);
}

fn check_changes(changes: &[(&str, Change<'_>)], expect: &Expect) {
    let told = changes.iter().map(|(name, change)| {
        let mut run = calm();
        change(&mut run);
        format!("{name}: {}", measured(&run, "time_to_converge"))
    });
    expect.assert_eq(&told.collect::<Vec<String>>().join("\n"));
}

fn points(
    scenario: &Scenario,
    run: &RunRecord,
    metric: &cusinart_scenarios::Objective,
) -> (Sample, Option<f64>, bool) {
    let sample = samples(scenario, run, std::slice::from_ref(metric)).remove(0);
    let point = sample.point(metric.metric);
    (sample, point.map(|point| point.value), point.is_some_and(|point| point.at_least))
}

/// The run without failures and events: its first fault ended at 2m40s, its second at 6m30s, and nothing came of them.
fn calm() -> RunRecord {
    let mut run = record();
    run.faults.truncate(2);
    run.facts.clear();
    for client in &mut run.clients {
        client.windows.iter_mut().for_each(|window| window.counts.failed = ByError::default());
    }
    for service in &mut run.services {
        service.windows.iter_mut().for_each(|window| window.replicas_missing = 0);
    }
    run
}
