//! SLAs as text.

use crate::support::{SMALL, good, message};
use cusinart_scenarios::{Comparison, Metric, Statistic};
use expect_test::expect;

/// The normal forms of SLAs.
fn texts(slas: &[&str]) -> Vec<String> {
    good(&with(slas)).slas.into_iter().map(|sla| sla.text).collect()
}

fn with(slas: &[&str]) -> String {
    let lines: String = slas.iter().map(|sla| format!("  - {sla}\n")).collect();
    format!("{SMALL}slas:\n{lines}")
}

#[test]
fn every_metric_is_read_and_written_in_its_unit() {
    let slas = [
        "availability >= 99.95%",
        "error_ratio <= 0.1%",
        "goodput > 50%",
        "latency.mean < 100ms",
        "latency.p99.9 < 1s",
        "time_to_detect.max < 20s",
        "time_to_recover.p95 < 3m",
        "false_alarms == 0",
        "healthy_restarted < 10%",
        "cost < 12.5",
        "nodes.max <= 60",
        "nodes.min >= 2",
        "retry_ratio < 120%",
        "shards_lost == 0",
        "replicas_lost <= 5",
        "plans_given_up == 0",
        "unrouted == 0",
        "latency.p50(users) during [1m, 5m30s] < 10ms",
        "nodes.max(api) <= 6",
        "availability during [0s, 10m] <= 100%",
        "throughput(users) > 90/s",
        "queue.max(api) <= 100",
        "error_budget(99.9%) < 150%",
        "error_budget(99.95%, users) <= 100%",
        "burn_rate(99.9%, 5m, 10s) < 14.4",
        "burn_rate(99.9%, 5m, 10s, api) < 6",
        "time_to_converge < 2m",
        "time_to_converge(api) <= 1m30s",
    ];
    assert_eq!(texts(&slas), slas);
}

#[test]
fn blanks_and_units_are_brought_into_one_form() {
    let found =
        texts(&["availability(users)>=99.0%", "'latency.p99   <0.5s  during [60s,600s]'", "cost<12.0"]);
    assert_eq!(found, ["availability(users) >= 99%", "latency.p99 during [1m, 10m] < 500ms", "cost < 12"]);
}

#[test]
fn the_parts_of_an_sla_are_typed() {
    let scenario = good(&with(&["latency.p99(api) < 500ms", "availability(users) >= 99%"]));
    let [latency, availability] = scenario.slas.as_slice() else { panic!("two SLAs") };
    assert_eq!((latency.objective.metric, latency.limit), (Metric::Latency(Statistic::Quantile(0.99)), 0.5));
    assert_eq!((latency.objective.subject.service, latency.line), (Some(0), 12));
    assert_eq!((availability.objective.subject.client, availability.line), (Some(0), 13));
    assert_eq!((availability.comparison, availability.limit), (Comparison::AtLeast, 0.99));
}

#[test]
fn wrong_slas_are_pointed_at_inside_the_text() {
    let slas = [
        "availability = 99%",
        "availability(nobody) >= 99%",
        "time_to_detect.max(users) < 1s",
        "latency.p100 < 1s",
        "latency.p99(users < 1s",
        "availability >= 99% during [5m, 1m]",
        "availability >= 99% during 5m",
        "shards_lost == 1.5",
    ];
    let mut told: String = slas.iter().map(|sla| message(&with(&[sla]))).collect();
    told += &message(&with(&["availability"]));
    expect![[r#"
        test.yaml:12:18: found `=`, expected `<`, `<=`, `>`, `>=` or `==`
            |
         12 |   - availability = 99%
            |                  ^
          hint: equality is written `==`
        test.yaml:12:18: found the subject `nobody`, expected `users` or `api`
            |
         12 |   - availability(nobody) >= 99%
            |                  ^^^^^^
        test.yaml:12:24: found the client `users`, expected a service, a zone or a fault
            |
         12 |   - time_to_detect.max(users) < 1s
            |                        ^^^^^
          hint: `time_to_detect` is about nodes, which serve all clients
        test.yaml:12:5: found the statistic `p100`, expected `latency.mean`, `latency.max` or a percentile such as `latency.p99`
            |
         12 |   - latency.p100 < 1s
            |     ^^^^^^^^^^^^
        test.yaml:12:16: found `(users`, expected a closing `)` before the comparison
            |
         12 |   - latency.p99(users < 1s
            |                ^^^^^^
        test.yaml:12:32: found `[5m, 1m]`, expected two ascending times, the first before the end of the run, `10m`
            |
         12 |   - availability >= 99% during [5m, 1m]
            |                                ^^^^^^^^
        test.yaml:12:32: found `5m`, expected `during [from, to]`, such as `during [10m, 20m]` or `during [fault, fault + 5m]`
            |
         12 |   - availability >= 99% during 5m
            |                                ^^
        test.yaml:12:20: found `1.5`, expected a whole number as the limit of `shards_lost`
            |
         12 |   - shards_lost == 1.5
            |                    ^^^
          hint: this must be a whole number
        test.yaml:12:5: found no comparison, expected `<`, `<=`, `>`, `>=` or `==`
            |
         12 |   - availability
            |     ^^^^^^^^^^^^
          hint: for example `availability >= 99%`
    "#]].assert_eq(&told);
}

#[test]
fn limits_and_times_that_no_run_reaches_are_pointed_at() {
    let slas = [
        "availability >= 101%",
        "goodput > 100.5%",
        "error_ratio <= 1000%",
        "healthy_restarted < 200%",
        "availability >= 99% during [0s, 99h]",
    ];
    let told: String = slas.iter().map(|sla| message(&with(&[sla]))).collect();
    expect![[r#"
        test.yaml:12:21: found `101%`, expected a share from `0%` to `100%` as the limit of `availability`
            |
         12 |   - availability >= 101%
            |                     ^^^^
        test.yaml:12:15: found `100.5%`, expected a share from `0%` to `100%` as the limit of `goodput`
            |
         12 |   - goodput > 100.5%
            |               ^^^^^^
        test.yaml:12:20: found `1000%`, expected a share from `0%` to `100%` as the limit of `error_ratio`
            |
         12 |   - error_ratio <= 1000%
            |                    ^^^^^
        test.yaml:12:25: found `200%`, expected a share from `0%` to `100%` as the limit of `healthy_restarted`
            |
         12 |   - healthy_restarted < 200%
            |                         ^^^^
        test.yaml:12:37: found `99h`, expected a time up to `10m`, the end of the run
            |
         12 |   - availability >= 99% during [0s, 99h]
            |                                     ^^^
          hint: nothing happens after the end; make `duration` longer or stop earlier
    "#]]
    .assert_eq(&told);
}
