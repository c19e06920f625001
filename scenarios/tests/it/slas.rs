//! SLAs as text.

use crate::support::{SMALL, good, message};
use cusinart_policies::Duration;
use cusinart_scenarios::{
    Anchor, Comparison, Expectation, FaultChoice, METRICS, Metric, Moment, Shift, Statistic, Subject,
    objective, to_yaml,
};
use expect_test::expect;
use proptest::prelude::*;

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

/// The small scenario with a named fault and a service that is called as a zone.
const STRUCK: &str = "\
version: 1
name: struck
duration: 10m
zones: [a, b]
node_types:
  web: { workers: 4 }
services:
  api: { node_type: web, nodes: 4, service_time: 10ms }
  b: { node_type: web, nodes: 4, service_time: 10ms }
clients:
  users: { service: api, arrivals: { poisson: { rate: 100/s } } }
faults:
  - { at: 1m, crash: { nodes: 1 } }
  - { name: dark, at: 2m, for: 1m, zone_outage: { zone: b } }
slas:
";

/// The normal forms of SLAs of the struck scenario.
fn of_struck(slas: &[&str]) -> Vec<String> {
    let lines: String = slas.iter().map(|sla| format!("  - {sla}\n")).collect();
    good(&format!("{STRUCK}{lines}")).slas.into_iter().map(|sla| sla.text).collect()
}

#[test]
fn subjects_combine_and_kinds_are_named_where_a_name_is_not_enough() {
    let slas = [
        "time_to_recover.p95(api, zone b) < 3m",
        "time_to_recover.p95(api, a, dark) < 3m",
        "time_to_detect.max(service b) < 20s",
        "plans_given_up(zone b, dark) == 0",
        "replicas_lost(dark) == 0",
        "cost(zone b) < 3",
        "nodes.max(service b, zone b) <= 6",
        "queue.max(b) <= 6",
        "availability(b) >= 99%",
    ];
    assert_eq!(of_struck(&slas), slas);
    let others = [
        "time_to_recover.p95( zone b,service api ) < 3m",
        "time_to_recover.p95(fault dark, api, zone a) < 180s",
        "availability(client users) >= 99%",
    ];
    let normal = [
        "time_to_recover.p95(api, zone b) < 3m",
        "time_to_recover.p95(api, a, dark) < 3m",
        "availability(users) >= 99%",
    ];
    assert_eq!(of_struck(&others), normal);
}

#[test]
fn intervals_hang_on_the_run_or_on_faults() {
    let slas = [
        "goodput during [fault, fault + 5m] > 80%",
        "goodput during [fault.end + 30s, end] > 80%",
        "goodput during [fault dark - 1m, fault dark.end] > 80%",
        "goodput during [end - 5m, end] > 80%",
        "goodput during [30s, fault] > 80%",
    ];
    assert_eq!(of_struck(&slas), slas);
    let others = [
        "goodput > 80% during [fault,fault+5m]",
        "goodput during [ start , start + 90s ] > 80%",
        "availability(users) >= 99% during [fault dark,  fault dark.end - 5s]",
    ];
    let normal = [
        "goodput during [fault, fault + 5m] > 80%",
        "goodput during [0s, 1m30s] > 80%",
        "availability(users) during [fault dark, fault dark.end - 5s] >= 99%",
    ];
    assert_eq!(of_struck(&others), normal);
}

#[test]
fn subject_and_interval_are_typed() {
    let lines = "  - time_to_recover.max(api, zone b, dark) during [fault dark, end] < 1m\n";
    let scenario = good(&format!("{STRUCK}{lines}"));
    let objective = &scenario.slas[0].objective;
    let subject = Subject { client: None, service: Some(0), zone: Some(1), fault: Some(1) };
    assert_eq!((objective.subject, objective.subject.is_whole()), (subject, false));
    let during = objective.during.expect("an interval is written");
    assert_eq!(during.faults(), Some(FaultChoice::One(1)));
    let later = Shift::Later(Duration::ZERO);
    assert_eq!(during.from, Moment { anchor: Anchor::Fault(FaultChoice::One(1)), shift: later });
    assert_eq!(during.to, Moment { anchor: Anchor::End, shift: later });
}

#[test]
fn an_sla_may_say_that_it_is_missed() {
    let slas = "  - { sla: cost < 1, expect: miss }\n  - { sla: \"nodes.max < 9\" }\n  - cost < 2\n";
    let scenario = good(&format!("{STRUCK}{slas}"));
    let expected: Vec<(&str, Expectation, usize)> =
        scenario.slas.iter().map(|sla| (sla.text.as_str(), sla.expected, sla.line)).collect();
    assert_eq!(
        expected,
        [
            ("cost < 1", Expectation::Miss, 16),
            ("nodes.max < 9", Expectation::Hold, 17),
            ("cost < 2", Expectation::Hold, 18)
        ]
    );
    let written = to_yaml(&scenario);
    let slas = &written[written.find("slas:").expect("there are SLAs")..];
    expect![[r#"
        slas:
          - {sla: cost < 1, expect: miss}
          - nodes.max < 9
          - cost < 2
    "#]]
    .assert_eq(slas);
}

#[test]
fn the_list_of_metrics_is_what_is_read() {
    let scenario = good(STRUCK.trim_end_matches("slas:\n"));
    for known in METRICS {
        let example = known.example.replace("1h", "9m");
        let read = objective("test", &example, &scenario).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((read.text.as_str(), read.metric.name()), (example.as_str(), known.name));
        assert_eq!((read.metric.unit(), read.metric.better()), (known.unit, known.better));
    }
}

#[test]
fn an_objective_has_no_limit() {
    let scenario = good(STRUCK.trim_end_matches("slas:\n"));
    let read = objective("--metric", "goodput during [fault dark, end]", &scenario);
    assert_eq!(read.expect("it is right").text, "goodput during [fault dark, end]");
    let error = objective("--metric", "goodput > 80%", &scenario).expect_err("a limit is not wanted");
    expect![[r#"
        --metric: found `> 80%`, expected only what is measured, such as `latency.p99`
          |
          | goodput > 80%
          |         ^^^^^"#]]
    .assert_eq(&error.to_string());
}

fn moment() -> impl Strategy<Value = String> {
    let anchor = prop::sample::select(vec!["fault dark", "fault dark.end"]);
    (anchor, prop_oneof![Just(String::new()), (1_u32..500).prop_map(|s| format!(" + {s}ms"))])
        .prop_map(|(anchor, shift)| format!("{anchor}{shift}"))
}

proptest! {
    /// Any text is read or refused; what is read has a normal form that is read to the same.
    #[test]
    fn the_normal_form_is_read_to_itself(
        metric in prop::sample::select(METRICS.iter().map(|known| known.example.replace("1h", "9m")).collect::<Vec<_>>()),
        subject in prop::sample::select(vec!["", "api", "service b", "zone b", "users", "a, dark", "fault dark"]),
        (from, to) in (moment(), moment()),
        noise in "[ -~µ≤]{0,12}",
    ) {
        let scenario = good(STRUCK.trim_end_matches("slas:\n"));
        let metric = match (metric.strip_suffix(')'), subject) {
            (_, "") => metric,
            (Some(open), subject) => format!("{open}, {subject})"),
            (None, subject) => format!("{metric}({subject})"),
        };
        for text in [format!("{metric} during [{from}, {to}]"), metric.clone(), format!("{metric}{noise}"), noise] {
            if let Ok(read) = objective("test", &text, &scenario) {
                prop_assert_eq!(objective("test", &read.text, &scenario).ok(), Some(read));
            }
        }
    }
}
