//! Every metric, measured on the run made by hand.

use crate::fixture::{about, at, record, scenario, sla, within};
use cusinart_record::RunRecord;
use cusinart_report::summarize;
use cusinart_scenarios::{Comparison, Metric, Sla, Statistic, Subject};
use expect_test::{Expect, expect};

#[test]
fn every_metric_over_the_whole_run() {
    let metrics = [
        Metric::Availability,
        Metric::ErrorRatio,
        Metric::Goodput,
        Metric::Latency(Statistic::Mean),
        Metric::Latency(Statistic::Max),
        Metric::Latency(Statistic::Quantile(0.999)),
        Metric::TimeToDetect(Statistic::Mean),
        Metric::TimeToDetect(Statistic::Quantile(0.5)),
        Metric::TimeToRecover(Statistic::Max),
        Metric::TimeToRecover(Statistic::Quantile(0.5)),
        Metric::FalseAlarms,
        Metric::HealthyRestarted,
        Metric::Cost,
        Metric::NodesMax,
        Metric::NodesMin,
        Metric::RetryRatio,
        Metric::ShardsLost,
        Metric::ReplicasLost,
        Metric::PlansGivenUp,
        Metric::Unrouted,
    ];
    let slas = metrics.map(|metric| sla("", metric, Comparison::Equal, -1.0));
    check(
        &record(),
        &slas,
        &expect![[r#"
            availability: 0.859122 missed
            error_ratio: 0.140878 missed
            goodput: 0.859102 missed
            latency.mean: 0.356711 missed
            latency.max: 2.594177 missed
            latency.p99.9: 2.432696 missed
            time_to_detect.mean: infinite missed 1 of 6 never
            time_to_detect.p50: 14.000000 missed 1 of 6 never
            time_to_recover.max: infinite missed 1 of 7 never
            time_to_recover.p50: 99.500000 missed 1 of 7 never
            false_alarms: 1.000000 missed
            healthy_restarted: 0.166667 missed
            cost: 2.240000 missed
            nodes.max: 8.000000 missed
            nodes.min: 4.000000 missed
            retry_ratio: 0.070422 missed
            shards_lost: 0.000000 missed
            replicas_lost: 8.000000 missed
            plans_given_up: 1.000000 missed
            unrouted: 0.000000 missed"#]],
    );
}

#[test]
fn an_interval_or_a_subject_restricts_every_metric() {
    let during = |sla: Sla, from: f64, to: f64| within((at(from), at(to)), sla);
    let of = |sla: Sla, subject| about(subject, sla);
    let at_most = |metric| sla("", metric, Comparison::AtMost, 1.0);
    let p99 = Metric::Latency(Statistic::Quantile(0.99));
    let slas = [
        during(at_most(Metric::ErrorRatio), 300.0, 360.0),
        during(at_most(p99), 300.0, 360.0),
        during(at_most(Metric::Latency(Statistic::Quantile(0.999))), 0.0, 60.0),
        during(at_most(Metric::Latency(Statistic::Mean)), 0.0, 60.0),
        during(at_most(Metric::Cost), 0.0, 300.0),
        during(at_most(Metric::NodesMax), 0.0, 240.0),
        during(at_most(Metric::NodesMin), 0.0, 240.0),
        during(at_most(Metric::FalseAlarms), 0.0, 300.0),
        during(at_most(Metric::TimeToRecover(Statistic::Max)), 450.0, 600.0),
        during(at_most(Metric::ReplicasLost), 0.0, 300.0),
        of(at_most(p99), client(1)),
        of(at_most(Metric::Availability), service(1)),
        of(at_most(Metric::NodesMax), service(0)),
        of(at_most(Metric::TimeToRecover(Statistic::Max)), service(1)),
        of(at_most(Metric::PlansGivenUp), service(1)),
    ];
    check(
        &record(),
        &slas,
        &expect![[r#"
        error_ratio, 5m–6m: 0.428035 met
        latency.p99, 5m–6m: 2.000000 missed greatest p99 of any 5 s window: an upper bound
        latency.p99.9, 0s–1m: 0.228525 met greatest max of any 5 s window: an upper bound
        latency.mean, 0s–1m: 0.038757 met
        cost, 0s–5m: 1.040000 missed
        nodes.max, 0s–4m: 6.000000 missed
        nodes.min, 0s–4m: 6.000000 missed
        false_alarms, 0s–5m: 0.000000 met
        time_to_recover.max, 7m30s–10m: 41.000000 missed
        replicas_lost, 0s–5m: 0.000000 met
        latency.p99 of batch: 0.146014 met
        availability of store: 1.000000 met
        nodes.max of frontend: 6.000000 missed
        time_to_recover.max of store: 118.000000 missed
        plans_given_up of store: 0.000000 met"#]],
    );
}

#[test]
fn nothing_to_measure_is_missed_for_requests_and_met_for_faults() {
    let mut record = record();
    record.faults.clear();
    record.facts.clear();
    for client in &mut record.clients {
        client.counts = Default::default();
        client.latency.reset();
        client.latency_sum = 0;
    }
    let slas = [
        sla("", Metric::Availability, Comparison::AtLeast, 0.0),
        sla("", Metric::ErrorRatio, Comparison::AtMost, 1.0),
        sla("", Metric::Latency(Statistic::Max), Comparison::Below, 1e9),
        sla("", Metric::TimeToDetect(Statistic::Max), Comparison::Below, 0.1),
        sla("", Metric::TimeToRecover(Statistic::Mean), Comparison::Below, 0.1),
        sla("", Metric::FalseAlarms, Comparison::AtMost, 0.0),
        within((at(600.0), at(700.0)), sla("", Metric::FalseAlarms, Comparison::AtMost, 0.0)),
    ];
    check(
        &record,
        &slas,
        &expect![[r#"
        availability: nothing missed no request ended, so it counts as missed
        error_ratio: nothing missed no request ended, so it counts as missed
        latency.max: nothing missed no request was answered well, so it counts as missed
        time_to_detect.max: nothing met no fault had to be detected, so it holds
        time_to_recover.mean: nothing met no fault took a node out of service, so it holds
        false_alarms: 0.000000 met
        false_alarms, 10m–11m40s: nothing missed the run ended before this interval, so it counts as missed"#]],
    );
}

#[test]
fn a_short_undetected_outage_says_nothing_about_the_limit() {
    let slas = [20.0, 60.0].map(|limit| {
        about(service(1), sla("", Metric::TimeToDetect(Statistic::Max), Comparison::Below, limit))
    });
    // The slow disk of the store lasts 40 s and is never detected.
    check(
        &record(),
        &slas,
        &expect![[r#"
        time_to_detect.max of store: infinite missed 1 of 2 never
        time_to_detect.max of store: 12.500000 met 1 outage over within the limit, undetected, left out"#]],
    );
}

/// Judges and lists measured values, verdicts and notes.
fn check(record: &RunRecord, slas: &[Sla], expect: &Expect) {
    let mut scenario = scenario();
    scenario.slas = slas.to_vec();
    let lines: Vec<String> = summarize(&scenario, record)
        .slas
        .iter()
        .map(|sla| {
            let value = match (sla.measured, sla.infinite) {
                (Some(value), _) => format!("{value:.6}"),
                (None, true) => "infinite".into(),
                (None, false) => "nothing".into(),
            };
            let verdict = if sla.passed { "met" } else { "missed" };
            format!("{}: {value} {verdict} {}", sla.objective, sla.notes.join("; ")).trim_end().to_string()
        })
        .collect();
    expect.assert_eq(&lines.join("\n"));
}

fn client(position: usize) -> Subject {
    Subject { client: Some(position), ..Subject::default() }
}

fn service(position: usize) -> Subject {
    Subject { service: Some(position), ..Subject::default() }
}
