//! What services ask of others: several at the same time, a quorum of them, by chance, and through caches.

use crate::{read, simulate, tries};
use cusinart_record::RunRecord;
use cusinart_scenarios::{Scenario, parse};
use std::path::Path;

/// An application without limits that makes these calls, before a store of three nodes.
fn scenario(calls: &str, more: &str) -> Scenario {
    read(&text(calls, more))
}

fn text(calls: &str, more: &str) -> String {
    format!(
        "
version: 1
name: calls
description: An application that asks a store.
duration: 200s
zones: [a]
node_types: {{ big: {{ workers: 1000 }}, none: {{ workers: 1, queue: 0 }} }}
services:
  app: {{ node_type: big, nodes: 1, service_time: 0s, calls: [{calls}] }}
  store: {{ node_type: big, nodes: 3, service_time: {{ exponential: {{ mean: 10ms }} }} }}
  slow: {{ node_type: big, nodes: 1, service_time: 1s }}
  broken: {{ node_type: big, nodes: 1, service_time: 1ms, errors: 100% }}
clients: {{ user: {{ service: app, arrivals: {{ poisson: {{ rate: 200/s }} }} }} }}
control: {{ health_monitor: {{ period: 1h, degraded: {{ errors: 100% }} }} }}
{more}"
    )
}

/// Median latency of the requests of the client in milliseconds.
fn median_ms(scenario: &Scenario) -> f64 {
    let mut spans: Vec<u64> = tries(scenario)
        .iter()
        .filter(|item| item.service.index() == 0 && item.error.is_none())
        .map(|item| item.ended.since(item.intended).as_nanos())
        .collect();
    spans.sort_unstable();
    spans[spans.len() / 2] as f64 / 1e6
}

fn arrived(record: &RunRecord, service: usize) -> f64 {
    record.services[service].arrived as f64
}

#[test]
fn latency_of_calls_at_the_same_time_is_that_of_the_order_statistics() {
    // The median of the greatest of three exponential times is the quantile of 2^(-1/3); that of the middle one, of 1/2.
    let all = -10.0 * libm::log1p(-libm::cbrt(0.5));
    let middle = -10.0 * libm::log1p(-0.5);
    for (calls, expected) in [
        ("{ service: store, fan_out: 3 }", all),
        ("{ service: store, fan_out: 3, need: 2 }", middle),
        ("{ parallel: [{ service: store }, { service: store, fan_out: 2 }], need: 2 }", middle),
        (
            "{ parallel: [{ service: store }, { service: store }, { service: store }, { service: slow }], need: 3 }",
            all,
        ),
    ] {
        let got = median_ms(&scenario(calls, ""));
        assert!((got - expected).abs() < 0.03 * expected, "{calls}: {got} instead of {expected}");
    }
}

#[test]
fn a_quorum_bears_as_many_failures_as_are_not_needed() {
    let ok = |calls: &str| {
        let counts = &simulate(&scenario(calls, "")).clients[0].counts;
        (counts.ok > 0, counts.failed_total() > 0)
    };
    assert_eq!(
        ok("{ parallel: [{ service: store, fan_out: 2 }, { service: broken }], need: 2 }"),
        (true, false)
    );
    assert_eq!(ok("{ parallel: [{ service: store, fan_out: 2 }, { service: broken }] }"), (false, true));
    assert_eq!(ok("{ service: broken, fan_out: 3, need: 1 }"), (false, true));
    // Whoever cannot have its quorum any more does not wait for the slow one.
    let fast = simulate(&scenario("{ parallel: [{ service: slow }, { service: broken }] }", ""));
    let counts = &fast.clients[0].counts;
    assert!(counts.offered - counts.ended() < 10, "{counts:?}");
}

#[test]
fn calls_are_made_by_chance_and_the_same_at_each_try() {
    let record =
        simulate(&scenario("{ service: store, probability: 25% }, { service: slow, probability: 1% }", ""));
    let offered = record.clients[0].counts.offered as f64;
    assert!((arrived(&record, 1) / offered - 0.25).abs() < 0.02);
    assert!((arrived(&record, 2) / offered - 0.01).abs() < 0.005);
    let step = "{ parallel: [{ service: store, probability: 10% }, { service: store, probability: 10% }] }";
    let record = simulate(&scenario(step, ""));
    assert!((arrived(&record, 1) / offered - 0.2).abs() < 0.02);
    assert_eq!(record.clients[0].counts.failed_total(), 0);
}

#[test]
fn a_cache_spares_calls_fills_and_is_lost_with_its_process() {
    let cached = |cold: bool, more: &str| {
        let call = format!("{{ service: store, cache: {{ hit_rate: 90%, entries: 3000, cold: {cold} }} }}");
        let record = simulate(&scenario(&call, more));
        (record.clients[0].counts.offered as f64, arrived(&record, 1))
    };
    let (offered, warm) = cached(false, "");
    assert!((warm / offered - 0.1).abs() < 0.01, "{warm} of {offered}");
    // Of n requests, d(fill)/dn = 0.9 (1 - fill/3000): it is full after a few thousand, which were missed.
    let (_, cold) = cached(true, "");
    assert!((cold - warm - 3_000.0).abs() < 150.0, "{cold} and {warm}");
    let (_, lost) = cached(false, "faults: [ { at: 10s, for: 1s, crash: { service: app } } ]");
    assert!((lost - warm - 3_000.0).abs() < 200.0, "{lost} and {warm}");
}

#[test]
fn a_dead_caller_gives_up_all_its_calls_and_a_hung_one_goes_on_later() {
    let calls = "{ service: slow, fan_out: 5, need: 4 }, { service: store, fan_out: 3 }";
    for fault in ["crash: { service: app }", "hang: { service: app }"] {
        let record = simulate(&scenario(calls, &format!("faults: [ {{ at: 10500ms, for: 2s, {fault} }} ]")));
        assert_eq!(record.violation, None, "{fault}");
        assert!(record.clients[0].counts.ok > 30_000, "{fault}: {:?}", record.clients[0].counts);
    }
}

#[test]
fn calls_that_make_no_sense_are_refused() {
    let cases = [
        ("{ fan_out: 3 }", "a call without `service`"),
        ("{ service: store, fan_out: 3, need: 4 }", "at most 3"),
        ("{ service: store, fan_out: 1001 }", "at most 1000"),
        ("{ service: store, parallel: [{ service: slow }] }", "`service` beside `parallel`"),
        ("{ parallel: [] }", "an empty `parallel`"),
        ("{ parallel: [{ parallel: [{ service: slow }] }] }", "`parallel` inside `parallel`"),
        ("{ service: store, probability: 0% }", "never made"),
        ("{ service: store, cache: { hit_rate: 0% } }", "never hits"),
        ("{ parallel: [{ service: store }, { service: app }] }", "the cycle of calls app -> app"),
    ];
    for (calls, expected) in cases {
        let error =
            parse("test.yaml", &text(calls, ""), Path::new("."), &Default::default()).expect_err(calls);
        assert!(error.to_string().contains(expected), "{calls}: {error}");
    }
}
