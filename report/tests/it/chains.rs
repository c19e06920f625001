//! Chains of causes in a run made by hand.

use crate::fixture::{at, record, scenario, sla, within};
use cusinart_record::{FactKind, NodeState, RunRecord};
use cusinart_report::{Chain, LinkName, summarize};
use cusinart_scenarios::{Comparison, Metric, Scenario, Sla, Statistic};
use expect_test::{Expect, expect};
use proptest::prelude::*;

/// The chain of one missed agreement.
fn chain(scenario: &Scenario, record: &RunRecord, missed: Sla) -> Option<Chain> {
    let scenario = Scenario { slas: vec![missed], ..scenario.clone() };
    let result = summarize(&scenario, record).slas.remove(0);
    assert!(!result.passed, "it has to be missed");
    result.chain
}

fn check(missed: Sla, expected: &Expect) {
    let chain = chain(&scenario(), &record(), missed).expect("there is something to follow");
    let mut text = format!("{:?} {:?}\n", chain.fault.as_deref(), chain.node.as_deref());
    for link in &chain.links {
        let setting = link.setting.as_deref().unwrap_or("-");
        text.push_str(&format!("{} {:?}: {} [{setting}]\n", link.took(), link.name, link.what));
    }
    expected.assert_eq(&text);
}

#[test]
fn the_worst_recovery_is_followed_try_by_try() {
    let metric = Metric::TimeToRecover(Statistic::Max);
    check(
        sla("", metric, Comparison::Below, 30.0),
        &expect![[r#"
            Some("zone_outage b") Some("frontend-b-7")
            11.4s FirstMiss: one probe every 5 s, timeout 1 s [control.health_monitor.period]
            5s Detection: 3 misses in a row, no answer [-]
            10s Backoff: before try 2 of restart_node [control.recovery.backoff.initial]
            20s Backoff: before try 3 of restart_node [control.recovery.backoff.initial]
            2m FailedTry: try 3 of restart_node timed out [control.recovery.restart_timeout]
            2m13.6s Nothing: nothing more, and it never serves again [-]
        "#]],
    );
}

#[test]
fn detection_ends_with_the_declaration() {
    check(
        sla("", Metric::TimeToDetect(Statistic::Max), Comparison::Below, 1.0),
        &expect![[r#"
        Some("slow disk") Some("store-a-4")
        40s Fault: slow disk goes on, and no probe shows it [control.load_balancer.ejection]
    "#]],
    );
}

#[test]
fn a_false_alarm_begins_with_the_last_good_answer() {
    check(
        sla("", Metric::FalseAlarms, Comparison::AtMost, 0.0),
        &expect![[r#"
        Some("lossy probes") Some("frontend-a-2")
        10s FirstMiss: one probe every 5 s, timeout 1 s [control.health_monitor.period]
        5s Detection: 3 misses in a row, no answer [-]
    "#]],
    );
}

#[test]
fn a_plan_given_up_is_followed_to_its_end() {
    check(
        sla("", Metric::PlansGivenUp, Comparison::AtMost, 0.0),
        &expect![[r#"
        Some("zone_outage b") Some("frontend-b-3")
        10.2s FirstMiss: one probe every 5 s, timeout 1 s [control.health_monitor.period]
        5s Detection: 3 misses in a row, no answer [-]
        10s Backoff: before try 2 of restart_node [control.recovery.backoff.initial]
        20s Backoff: before try 3 of restart_node [control.recovery.backoff.initial]
    "#]],
    );
}

#[test]
fn without_a_fault_the_load_is_to_blame() {
    let missed = sla("", Metric::Availability, Comparison::AtLeast, 1.0);
    check(
        within((at(200.0), at(295.0)), missed),
        &expect![[r#"
        None Some("load of frontend")
        20s Rise: load rises until requests suffer [services.frontend.nodes]
        1m15s Nothing: no auto-scaler adds nodes to frontend [services.frontend.nodes]
    "#]],
    );
}

#[test]
fn what_costs_too_much_has_no_chain() {
    let missed = sla("", Metric::Cost, Comparison::Below, 0.01);
    assert_eq!(chain(&scenario(), &record(), missed), None);
}

#[test]
fn windows_of_the_warm_up_explain_nothing() {
    let mut run = record();
    // All of the outage lies in the warm-up.
    run.header.warmup = at(550.0).since(at(0.0));
    let scenario = Scenario { slas: vec![sla("", Metric::Unrouted, Comparison::Below, 0.0)], ..scenario() };
    let explanation = summarize(&scenario, &run).slas.remove(0).explanation.join(" ");
    for early in ["1m", "2m", "3m", "4m", "5m", "6m", "7m", "8m"] {
        assert!(!explanation.contains(&format!("Bad from {early}")), "{explanation}");
        assert!(!explanation.contains(&format!("Worst window {early}")), "{explanation}");
    }
    assert!(explanation.contains("Worst window 9m"), "{explanation}");
}

/// Every metric with a limit that nothing meets.
fn missed() -> Vec<Sla> {
    let (p50, p99, max) = (Statistic::Quantile(0.5), Statistic::Quantile(0.99), Statistic::Max);
    let below = [
        Metric::ErrorRatio,
        Metric::Latency(Statistic::Mean),
        Metric::Latency(p50),
        Metric::Latency(p99),
        Metric::Latency(max),
        Metric::TimeToDetect(max),
        Metric::TimeToRecover(p50),
        Metric::TimeToRecover(max),
        Metric::FalseAlarms,
        Metric::HealthyRestarted,
        Metric::RetryRatio,
        Metric::ReplicasLost,
        Metric::PlansGivenUp,
        Metric::Unrouted,
    ];
    let above = [Metric::Availability, Metric::Goodput, Metric::NodesMin];
    let below = below.map(|metric| sla("", metric, Comparison::Below, 0.0));
    let above = above.map(|metric| sla("", metric, Comparison::Above, 1e9));
    below.into_iter().chain(above).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Links follow each other without a gap and add up, however the story is cut, shifted or thinned out.
    #[test]
    fn links_add_up(
        dropped in proptest::collection::vec(any::<prop::sample::Index>(), 0..40),
        from in 0.0..500.0_f64,
        length in 1.0..600.0_f64,
        whole in any::<bool>(),
    ) {
        let mut run = record();
        for index in dropped {
            run.facts.remove(index.index(run.facts.len()));
        }
        for missed in missed() {
            let missed = if whole { missed } else { within((at(from), at(from + length)), missed) };
            let scenario = Scenario { slas: vec![missed], ..scenario() };
            let Some(chain) = summarize(&scenario, &run).slas.remove(0).chain else { continue };
            prop_assert!(!chain.links.is_empty());
            let mut cursor = chain.from_ns;
            for link in &chain.links {
                prop_assert_eq!(link.from_ns, cursor);
                prop_assert!(link.to_ns > link.from_ns, "{:?}", chain);
                cursor = link.to_ns;
            }
            prop_assert_eq!(cursor.since(chain.from_ns), chain.total);
            prop_assert!(cursor <= at(600.0));
            let largest = &chain.links[chain.largest.expect("there is a link")];
            prop_assert!(chain.links.iter().all(|link| link.took() <= largest.took()));
        }
    }
}

#[test]
fn a_restart_that_serves_again_is_a_restart_and_good_probes() {
    let run = record();
    let missed = within(
        (at(470.0), at(500.0)),
        sla("", Metric::TimeToRecover(Statistic::Max), Comparison::Below, 1.0),
    );
    let chain = chain(&scenario(), &run, missed).expect("the crash is followed");
    let names: Vec<LinkName> = chain.links.iter().map(|link| link.name).collect();
    assert_eq!(names.last(), Some(&LinkName::Readiness), "{chain:?}");
    let up = run.facts.iter().filter(
        |fact| matches!(&fact.kind, FactKind::NodeState { node, state: NodeState::Up } if node.0 == 0),
    );
    let up = up.map(|fact| fact.at).max().expect("it came up");
    let restart = chain.links.iter().rfind(|link| link.name == LinkName::Restart).expect("it was restarted");
    assert_eq!(restart.to_ns, up);
}
