//! Agreements as they are written, measured on the run made by hand: text in, text out.

use crate::fixture::{at, record, scenario};
use cusinart_record::RunRecord;
use cusinart_report::summarize;
use cusinart_scenarios::{Better, Comparison, Expectation, Scenario, Sla, objective};
use expect_test::{Expect, expect};

#[test]
fn zones_and_faults_restrict_what_is_about_nodes() {
    check(
        &record(),
        &[
            "cost(zone a)",
            "cost(zone b)",
            "nodes.max(frontend, zone b)",
            "time_to_recover.max(zone a)",
            "time_to_recover.max(zone b)",
            "time_to_recover.max(fault outage)",
            "time_to_recover.max(fault outage, store)",
            "time_to_detect.max(fault disk)",
            "false_alarms(zone a)",
            "false_alarms(zone b)",
            "healthy_restarted(zone b)",
            "replicas_lost(zone a)",
            "replicas_lost(fault outage)",
            "replicas_lost(fault disk)",
            "plans_given_up(fault outage)",
            "plans_given_up(fault crash)",
        ],
        &expect![[r#"
            cost(zone a): 1.2049
            cost(zone b): 1.0351
            nodes.max(frontend, zone b): 3.0000
            time_to_recover.max(zone a): 41.0000
            time_to_recover.max(zone b): never 1 of 4 never
            time_to_recover.max(fault outage): never 1 of 4 never
            time_to_recover.max(fault outage, store): 118.0000
            time_to_detect.max(fault disk): never 1 of 1 never
            false_alarms(zone a): 1.0000
            false_alarms(zone b): 0.0000
            healthy_restarted(zone b): 0.0000
            replicas_lost(zone a): 0.0000
            replicas_lost(fault outage): 8.0000
            replicas_lost(fault disk): 0.0000
            plans_given_up(fault outage): 1.0000
            plans_given_up(fault crash): 0.0000"#]],
    );
}

#[test]
fn an_interval_may_hang_on_faults_and_the_worst_occurrence_counts() {
    check(
        &record(),
        &[
            "availability during [fault, fault + 30s]",
            "availability during [fault outage, fault outage.end]",
            "availability during [fault outage.end, end]",
            "goodput during [fault crash - 1m, fault crash]",
            "latency.p99 during [fault disk, fault disk.end]",
            "nodes.min during [fault, fault + 2m]",
            "cost during [end - 1m, end]",
            "time_to_recover.max during [fault, fault + 1s]",
            "false_alarms during [fault, fault.end]",
            "throughput during [0s, 1m]",
        ],
        &expect![[r#"
            availability during [fault, fault + 30s]: 0.5317 worst of 5 times: zone_outage b, 5m–5m30s
            availability during [fault outage, fault outage.end]: 0.5859 zone_outage b, 5m–6m30s
            availability during [fault outage.end, end]: 0.9674 zone_outage b, 6m30s–10m
            goodput during [fault crash - 1m, fault crash]: 1.0000 crash frontend, 7m–8m
            latency.p99 during [fault disk, fault disk.end]: 0.1503 slow disk, 2m–2m40s; greatest p99 of any 5 s window: an upper bound
            nodes.min during [fault, fault + 2m]: 4.0000 worst of 5 times: zone_outage b, 5m–7m
            cost during [end - 1m, end]: 0.2400
            time_to_recover.max during [fault, fault + 1s]: never worst of 5 times: zone_outage b, 5m–5m01s; 1 of 4 never
            false_alarms during [fault, fault.end]: 1.0000 worst of 5 times: lossy probes, 9m–9m50s
            throughput during [0s, 1m]: 641.3000"#]],
    );
}

#[test]
fn occurrences_without_time_to_measure_are_told() {
    let mut run = record();
    run.faults.truncate(2);
    run.faults[1].began = at(598.0);
    run.faults[1].ended = None;
    check(
        &run,
        &[
            "availability during [fault, fault + 30s]",
            "availability during [fault + 5m, end]",
            "availability during [fault outage + 1m, end]",
            "availability during [fault disk + 10m, fault disk.end]",
            "availability during [fault disk + 1m, fault disk.end]",
            "availability during [fault outage, fault outage + 1m]",
            "availability during [fault crash, end]",
        ],
        &expect![[r#"
            availability during [fault, fault + 30s]: 1.0000 worst of 2 times: slow disk, 2m–2m30s
            availability during [fault + 5m, end]: 1.0000 slow disk, 7m–10m; 1 fault too late in the run
            availability during [fault outage + 1m, end]: nothing, missed the run ended before this interval, so it counts as missed
            availability during [fault disk + 10m, fault disk.end]: nothing, missed the run ended before this interval, so it counts as missed
            availability during [fault disk + 1m, fault disk.end]: nothing, met the fault was over before this interval, so it holds
            availability during [fault outage, fault outage + 1m]: nothing, missed zone_outage b, 9m58s–10m; no request ended, so it counts as missed; cut at the end of the run
            availability during [fault crash, end]: nothing, met the fault did not strike, so it holds"#]],
    );
    run.faults.clear();
    check(
        &run,
        &["availability during [fault, end]"],
        &expect!["availability during [fault, end]: nothing, met the fault did not strike, so it holds"],
    );
}

#[test]
fn budgets_are_spent_by_failures() {
    check(
        &record(),
        &[
            "error_budget(99%)",
            "error_budget(99%, shoppers)",
            "error_budget(99%, batch)",
            "error_budget(99%) during [0s, 2m]",
            "burn_rate(99%, 5m, 1m)",
            "burn_rate(99%, 9m, 5s)",
            "burn_rate(99%, 5m, 1m, batch)",
            "burn_rate(99%, 5m, 1m) during [0s, 2m]",
            "queue.max",
            "queue.max(store)",
            "throughput",
        ],
        &expect![[r#"
            error_budget(99%): 14.0878
            error_budget(99%, shoppers): 14.6738
            error_budget(99%, batch): 0.0000
            error_budget(99%) during [0s, 2m]: 0.0000
            burn_rate(99%, 5m, 1m): 22.1039
            burn_rate(99%, 9m, 5s): 18.6906
            burn_rate(99%, 5m, 1m, batch): 0.0000
            burn_rate(99%, 5m, 1m) during [0s, 2m]: 0.0000
            queue.max: 333.0000
            queue.max(store): 0.0000
            throughput: 860.7917"#]],
    );
}

#[test]
fn a_burn_rate_is_the_lesser_of_two_at_the_worst_moment() {
    let mut run = record();
    run.clients.truncate(1);
    // 100 requests a window; 10 windows of failures in the middle.
    for (index, window) in run.clients[0].windows.iter_mut().enumerate() {
        window.counts = Default::default();
        window.counts.offered = 100;
        let failed = if (50..60).contains(&index) { 50 } else { 0 };
        window.counts.ok = 100 - failed;
        window.counts.failed[0] = failed;
    }
    // Over 20 windows half of which fail by half: a quarter of requests, 25 times a budget of 1 %.
    // Over 1 window: half of them, 50 times. The warm-up takes the first 55 windows away.
    let rates = ["burn_rate(99%, 100s, 5s)", "burn_rate(99%, 9m, 100s)"];
    check(
        &run,
        &rates,
        &expect![[r#"
        burn_rate(99%, 100s, 5s): 25.0000
        burn_rate(99%, 9m, 100s): 8.3333"#]],
    );
    run.header.warmup = cusinart_policies::Duration::from_secs(275);
    check(
        &run,
        &rates,
        &expect![[r#"
        burn_rate(99%, 100s, 5s): 50.0000
        burn_rate(99%, 9m, 100s): 50.0000"#]],
    );
}

#[test]
fn an_agreement_known_to_be_missed_says_so() {
    let mut scenario = named();
    scenario.slas =
        [1.0, 1e9].map(|limit| Sla { limit, expected: Expectation::Miss, ..sla("cost", &scenario) }).into();
    let told: Vec<String> = summarize(&scenario, &record())
        .slas
        .iter()
        .map(|sla| format!("{} {} {:?}", sla.passed, sla.known_to_miss, sla.notes))
        .collect();
    expect![[r#"
        false true ["known to miss"]
        true true ["expected to miss, yet it holds"]"#]]
    .assert_eq(&told.join("\n"));
}

#[test]
fn healing_and_burning_are_explained() {
    let mut scenario = named();
    let texts =
        ["time_to_converge", "burn_rate(99%, 5m, 1m)", "availability during [fault, fault.end]", "queue.max"];
    scenario.slas = texts.map(|text| sla(text, &scenario)).into();
    let told: Vec<String> = summarize(&scenario, &record())
        .slas
        .iter()
        .map(|sla| format!("{}\n  {}", sla.objective, sla.explanation.join("\n  ")))
        .collect();
    expect![[r#"
        time_to_converge
          All was to be well from 9m50s on, but was not when the run ended.
          At the end: node frontend-b-7 not well or believed failed, 1 recovery plan open.
          The control plane did nothing in that time.
        burn_rate(99%, 5m, 1m)
          At 6m50s the budget of 1 % burnt 22.104 times as fast as it may over the last 5m, 31.998 times over the last 1m.
          84,691 of 601,166 requests failed: 64,349 timeout, 20,342 rejected.
          Bad from 5m–7m (23 bad windows of 5 s, and 15 at other times): 74.67 % of all failures lie there.
          Worst window 5m–5m05s: 4,342 of 7,918 requests failed (3,537 timeout, 805 rejected), p99 2 s, 1,086 in flight; 4 of 8 nodes up, 333 requests waiting, workers 100 % busy.
          Active then: zone_outage b (5m–6m30s, 4 nodes); and clients offered 1,537/s, 1.5 times the mean of the run.
          The control plane declared 4 nodes failed from 5m12.5s (no answer); redirected the traffic of 4 nodes from 5m12.5s; started 12 restarts from 5m12.5s; had 9 failed steps from 5m12.5s (restart_node failed: unreachable); gave up 1 plan at 5m45.2s (every try failed); kept the number of nodes from 6m (max 6 nodes); had 1 added node serving at 6m39.5s; saw 2 nodes recover from 6m55s; started 1 replication step at 6m58s.
        availability during [fault, fault.end]
          57,416 of 138,648 requests failed: 43,900 timeout, 13,516 rejected.
          Bad from 5m–6m30s (18 bad windows of 5 s): 100 % of all failures lie there.
          Worst window 5m–5m05s: 4,342 of 7,918 requests failed (3,537 timeout, 805 rejected), p99 2 s, 1,086 in flight; 4 of 8 nodes up, 333 requests waiting, workers 100 % busy.
          Active then: zone_outage b (5m–6m30s, 4 nodes); and clients offered 1,541/s, 1.5 times the mean of the run.
          The control plane declared 4 nodes failed from 5m12.5s (no answer); redirected the traffic of 4 nodes from 5m12.5s; started 10 restarts from 5m12.5s; had 9 failed steps from 5m12.5s (restart_node failed: unreachable); gave up 1 plan at 5m45.2s (every try failed); kept the number of nodes from 6m (max 6 nodes).
        queue.max
          Bad from 5m–6m50s (22 bad windows of 5 s, and 15 at other times).
          Active then: zone_outage b (5m–6m30s, 4 nodes); and clients offered 1,537/s, 1.5 times the mean of the run.
          The control plane declared 4 nodes failed from 5m12.5s (no answer); redirected the traffic of 4 nodes from 5m12.5s; started 12 restarts from 5m12.5s; had 9 failed steps from 5m12.5s (restart_node failed: unreachable); gave up 1 plan at 5m45.2s (every try failed); kept the number of nodes from 6m (max 6 nodes); had 1 added node serving at 6m39.5s."#]].assert_eq(&told.join("\n"));
}

/// The scenario with names for the faults of the run.
pub(crate) fn named() -> Scenario {
    let mut scenario = scenario();
    let probes = scenario.faults[0].clone();
    let named = [("disk", "slow disk"), ("outage", "zone_outage b"), ("crash", "crash frontend")];
    scenario.faults.extend(named.map(|(name, label)| {
        let kind = cusinart_scenarios::FaultSpec::Hang {
            nodes: cusinart_scenarios::NodeSelector {
                service: None,
                zone: None,
                pick: cusinart_scenarios::Pick::All,
            },
        };
        cusinart_scenarios::Fault { name: Some(name.into()), label: label.into(), kind, ..probes.clone() }
    }));
    scenario
}

/// An agreement that is as good as always missed.
fn sla(text: &str, scenario: &Scenario) -> Sla {
    let objective = objective("test", text, scenario).unwrap_or_else(|error| panic!("{error}"));
    let (comparison, limit) = match objective.metric.better() {
        Better::Lower => (Comparison::Below, 1e-9),
        Better::Higher => (Comparison::Above, 1e9),
    };
    Sla { text: text.into(), line: 1, objective, comparison, limit, expected: Expectation::Hold }
}

/// What is measured, with notes.
pub(crate) fn measured(run: &RunRecord, text: &str) -> String {
    let mut scenario = named();
    scenario.slas = vec![sla(text, &scenario)];
    let result = summarize(&scenario, run).slas.remove(0);
    let value = match (result.measured, result.infinite) {
        (Some(value), _) => format!("{value:.4}"),
        (None, true) => "never".into(),
        (None, false) => format!("nothing, {}", if result.passed { "met" } else { "missed" }),
    };
    format!("{value} {}", result.notes.join("; ")).trim_end().into()
}

pub(crate) fn check(run: &RunRecord, texts: &[&str], expect: &Expect) {
    let lines: Vec<String> = texts.iter().map(|text| format!("{text}: {}", measured(run, text))).collect();
    expect.assert_eq(&lines.join("\n"));
}
