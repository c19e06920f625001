//! What the shipped scenarios claim to teach, asserted from the facts and counts of their runs.

use crate::{shipped, simulate};
use cusinart_policies::Decision;
use cusinart_record::{FactKind, RunRecord};
use cusinart_report::summarize;
use cusinart_scenarios::Scenario;

/// Requests answered well as a share of those that started, from minute `from` to the end.
fn goodput_from(record: &RunRecord, from: u64) -> f64 {
    let window = record.header.window.as_nanos();
    let first = (from * 60_000_000_000 / window) as usize;
    let windows = &record.clients[0].windows[first..];
    let sum =
        |count: fn(&cusinart_record::ClientWindow) -> u64| windows.iter().map(count).sum::<u64>() as f64;
    sum(|window| window.counts.ok) / sum(|window| window.counts.offered)
}

#[test]
fn a_retry_storm_outlives_its_trigger_unless_retries_have_a_budget() {
    for seed in [23, 1, 2] {
        let storm = simulate(&shipped("retry-storm", &[], Some(seed)));
        let tamed = simulate(&shipped("retry-storm", &["clients.app.retries.budget=10%"], Some(seed)));
        // The trigger ends at 4 min; both have two minutes to recover.
        let (without, with) = (goodput_from(&storm, 6), goodput_from(&tamed, 6));
        assert!(without < 0.5, "seed {seed}: without a budget goodput is {without}");
        assert!(with > 0.99, "seed {seed}: with a budget goodput is {with}");
    }
}

#[test]
fn every_kind_of_retry_budget_ends_the_retry_storm() {
    for budget in ["{finagle: {}}", "{tower: {}}", "{grpc: {}}"] {
        let set = format!("clients.app.retries.budget={budget}");
        let tamed = simulate(&shipped("retry-storm", &[&set], None));
        let goodput = goodput_from(&tamed, 6);
        assert!(goodput > 0.99, "{budget}: goodput is {goodput}");
        let counts = &tamed.clients[0].counts;
        assert!(counts.retries > 0 && counts.retries_denied > 0, "{budget}: {counts:?}");
    }
}

/// Share of the nodes that were restarted although they ran and served, by the judgement that SLAs use.
fn healthy_restarted(scenario: &Scenario) -> f64 {
    summarize(scenario, &simulate(scenario)).mistakes.healthy_restarted_ratio
}

#[test]
fn healthy_nodes_are_restarted_less_when_the_detector_needs_more_misses() {
    let share = |failures: u32| {
        let detector = format!("control.health_monitor.detector={{consecutive: {{failures: {failures}}}}}");
        healthy_restarted(&shipped("false-alarms", &[&detector], None))
    };
    let shares = [share(1), share(2), share(3), share(5)];
    assert!(shares.is_sorted_by(|less, more| less >= more), "{shares:?}");
    assert!(shares[0] > 0.5 && shares[3] < 0.2, "{shares:?}");
}

#[test]
fn a_detector_more_patient_than_the_partition_restarts_nobody() {
    let hasty = shipped("network-partition", &[], None);
    let patient = ["control.health_monitor.detector={consecutive: {failures: 12}}"];
    let patient = shipped("network-partition", &patient, None);
    assert!(healthy_restarted(&hasty) > 0.0);
    assert_eq!(healthy_restarted(&patient), 0.0);
}

#[test]
fn slow_nodes_escape_health_checks_but_not_ejection() {
    let blind = simulate(&shipped("gray-failure", &[], None));
    let ejection = ["control.load_balancer.ejection={consecutive_failures: 3}"];
    let seeing = simulate(&shipped("gray-failure", &ejection, None));
    let failures = |record: &RunRecord| {
        let failure = |kind: &FactKind| matches!(kind, FactKind::Decision(Decision::NodeFailure { .. }));
        record.facts.iter().filter(|fact| failure(&fact.kind)).count()
    };
    assert_eq!(failures(&blind), 0, "shallow health checks see nothing");
    let failed = |record: &RunRecord| record.clients[0].counts.failed_total();
    assert!(failed(&seeing) * 4 < failed(&blind), "{} and {}", failed(&seeing), failed(&blind));
}
