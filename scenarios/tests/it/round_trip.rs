//! What is written is read to an equal scenario.

use crate::support::{SMALL, good, yaml_files};
use cusinart_scenarios::{Arrivals, Overlay, Scenario, load, scenario_hash, starter, to_yaml};
use expect_test::expect_file;
use proptest::prelude::*;
use std::path::Path;

/// Writes and reads again; only the lines of SLAs may differ.
fn check(scenario: &Scenario) {
    let written = to_yaml(scenario);
    let mut again = good(&written);
    for (sla, original) in again.slas.iter_mut().zip(&scenario.slas) {
        sla.line = original.line;
    }
    assert_eq!(&again, scenario, "{written}");
    assert_eq!(to_yaml(&again), written);
}

#[test]
fn the_scenario_of_the_design_is_read_as_it_stands_and_written_in_full() {
    let scenario = load(Path::new("tests/it/files/design.yaml"), &Overlay::default());
    let scenario = scenario.unwrap_or_else(|error| panic!("{error}"));
    expect_file!["files/design.expanded.txt"].assert_eq(&to_yaml(&scenario));
    assert_eq!(scenario.slas[0].line, 30);
}

#[test]
fn all_files_survive_being_written() {
    check(&good(starter()));
    let files = yaml_files("tests/it/files").into_iter().chain(yaml_files("."));
    for path in files {
        let scenario = load(&path, &Overlay::default());
        check(&scenario.unwrap_or_else(|error| panic!("{error}")));
    }
}

#[test]
fn a_long_curve_stays_readable() {
    let mut scenario = good(SMALL);
    let Arrivals::Poisson(curve) = &mut scenario.clients[0].arrivals else {
        panic!("the small scenario has Poisson arrivals");
    };
    let point = |n: u64| (cusinart_policies::Instant::from_nanos(n * 7_654_321), 1.0 / (n + 3) as f64);
    curve.points = (0..100_000).map(point).collect();
    check(&scenario);
}

#[test]
fn the_hash_is_about_everything_but_the_seed() {
    let scenario = good(SMALL);
    let hash = scenario_hash(&scenario);
    assert_eq!(hash.len(), 16);
    assert_eq!(scenario_hash(&good(&format!("{SMALL}seed: 1\n"))), hash);
    assert_eq!(scenario_hash(&good(&format!("# comment\n{SMALL}"))), hash);
    assert_ne!(scenario_hash(&good(&SMALL.replace("100/s", "101/s"))), hash);
    // A description may look like a seed.
    let described =
        |text: &str| scenario_hash(&good(&format!("{SMALL}description: |\n  x\n  seed: {text}\n")));
    assert_ne!(described("1"), described("2"));
}

fn time() -> impl Strategy<Value = String> {
    prop_oneof![
        (1_u64..1_000_000).prop_map(|n| format!("{n}ns")),
        (0.001_f64..1e4).prop_map(|x| format!("{x}ms")),
        (1_u32..1_000, 0_u32..60).prop_map(|(m, s)| format!("{m}m{s}.5s")),
        (1_u32..5).prop_map(|h| format!("{h}h")),
    ]
}

fn distribution() -> impl Strategy<Value = String> {
    let factor = || 0.05_f64..8.0;
    prop_oneof![
        time(),
        time().prop_map(|t| format!("{{ exponential: {{ mean: {t} }} }}")),
        (time(), factor()).prop_map(|(t, cv)| format!("{{ lognormal: {{ mean: {t}, cv: {cv} }} }}")),
        (time(), 0.0_f64..2.0).prop_map(|(t, s)| format!("{{ lognormal: {{ median: {t}, sigma: {s} }} }}")),
        time().prop_map(|t| format!("{{ uniform: {{ min: 0s, max: {t} }} }}")),
        (time(), 0.3_f64..5.0).prop_map(|(t, k)| format!("{{ weibull: {{ shape: {k}, mean: {t} }} }}")),
        (time(), 1.1_f64..5.0).prop_map(|(t, a)| format!("{{ pareto: {{ alpha: {a}, min: {t} }} }}")),
        (time(), factor())
            .prop_map(|(t, a)| format!("{{ bounded_pareto: {{ alpha: {a}, min: {t}, max: 20h }} }}")),
        (time(), 1.0_f64..20.0)
            .prop_map(|(t, cv)| format!("{{ hyperexponential: {{ mean: {t}, cv: {cv} }} }}")),
        (time(), 1_u32..50).prop_map(|(t, k)| format!("{{ erlang: {{ k: {k}, mean: {t} }} }}")),
        prop::collection::vec((time(), factor()), 1..5).prop_map(|values| {
            let pairs: Vec<String> = values.iter().map(|(t, w)| format!("[{t}, {w}]")).collect();
            format!("{{ empirical: [{}] }}", pairs.join(", "))
        }),
    ]
}

fn poisson() -> impl Strategy<Value = String> {
    let rate = || {
        prop_oneof![
            (0.0_f64..1e6).prop_map(|r| format!("{r}/s")),
            (0_u32..100).prop_map(|r| format!("{r}/min"))
        ]
    };
    prop_oneof![
        rate().prop_map(|r| format!("rate: {r}")),
        (rate(), rate(), 0_u64..1 << 50)
            .prop_map(|(a, b, t)| format!("stages: [{{ at: 0s, rate: {a} }}, {{ at: {t}ns, rate: {b} }}]")),
        (rate(), rate())
            .prop_map(|(a, b)| format!("spike: {{ base: {a}, peak: {b}, at: 1m, hold: 10s, fall: 3s }}")),
        (rate(), 0_u32..=100)
            .prop_map(|(m, a)| format!("diurnal: {{ mean: {m}, amplitude: {a}%, period: 1h }}")),
    ]
}

fn fault() -> impl Strategy<Value = String> {
    let when = prop_oneof![
        (0_u32..86_400).prop_map(|s| format!("at: {s}s")),
        (1_u32..1_000, 1_u32..9).prop_map(|(m, n)| format!("every: {m}m, from: 1s, times: {n}")),
    ];
    let what = prop_oneof![
        (0_u32..=100).prop_map(|p| format!("crash: {{ share: {p}%, zone: b }}")),
        (1_u32..9).prop_map(|n| format!("hang: {{ nodes: {n}, service: api }}")),
        (1.01_f64..100.0).prop_map(|f| format!("slow: {{ factor: {f}, index: [0, 3] }}")),
        Just("zone_outage: { zone: a, in_flight: reset }".to_owned()),
        Just("partition: { from: control, to: [a, outside], path: data }".to_owned()),
        (0.0_f64..100.0).prop_map(|p| format!("loss: {{ ratio: {p}%, from: a, to: b, one_way: true }}")),
    ];
    (when, what, distribution())
        .prop_map(|(when, what, lasts)| format!("  - {{ {when}, for: {lasts}, {what} }}\n"))
}

prop_compose! {
    fn scenario()(
        description in "[ -~\\n\\tü\u{2028}\u{85}\u{7f}]{0,120}",
        times in prop::collection::vec(distribution(), 5),
        (poisson, loss, cost) in (poisson(), 0.0_f64..100.0, 0.0_f64..1e6),
        (bytes, seed) in (0_u64..1 << 50, any::<u64>()),
        faults in prop::collection::vec(fault(), 0..4),
        (factor, ratio) in (1.0_f64..10.0, 0.0_f64..100.0),
        (percent, smoothing, seconds) in (1.0_f64..99.9, 0.0_f64..=1.0, 1_u32..100),
    ) -> String {
        let description = serde_json::to_string(&description).expect("a text is JSON").replace('\u{7f}', "\\u007f");
        let [a, b, c, d, e] = times.as_slice() else { unreachable!("five were made") };
        let faults: String = faults.concat();
                format!("\
version: 1
name: random
description: {description}
duration: 24h
seed: {seed}
zones: [a, b, c]
network:
  within_zone: {{ latency: {a}, loss: {loss}% }}
  links: [ {{ from: a, to: [c, outside], latency: {b}, one_way: true }} ]
node_types:
  web: {{ workers: 4, boot_time: {c}, cost_per_hour: {cost}, state: {bytes}B, bandwidth: 3Mbit/s, speed: {factor} }}
services:
  api: {{ node_type: web, nodes: 4, service_time: {d}, labels: [x], errors: {ratio}%, calls: [ {{ service: db, timeout: 1s, deadline: {{ after: {seconds}s, propagate: false }}, breaker: {{ time_window: {{ failure_rate: {percent}% }} }} }} ], concurrency_limit: {{ gradient2: {{ smoothing: {smoothing} }} }}, queue_discipline: codel }}
  db: {{ node_type: web, nodes: 4, service_time: {e}, labels: [y, x], zones: [c, a], state: {{ shards: 9, shard_size: {bytes}B }} }}
clients:
  users:
    service: api
    from: b
    labels: [y]
    arrivals: {{ poisson: {{ {poisson} }} }}
    retries: {{ max: 2, backoff: {{ factor: {factor}, jitter: equal }}, budget: {{ ratio: {ratio}%, burst: {factor} }} }}
    hedging: {{ after: p{percent}, max: 3, budget: {{ ratio: {ratio}%, burst: {factor} }} }}
    deadline: {seconds}s
    breaker: consecutive_failures
faults:
  - {{ name: dark, at: 1h, zone_outage: {{ zone: b }} }}
{faults}control:
  place: c
  health_monitor: {{ degraded: {{ healthy: {ratio}% }} }}
  load_balancer: {{ least_connections: {{}}, ejection: {{ max: {ratio}% }}, zone_weights: {{ b: 2 }}, priority: {{ c: 1 }}, overprovisioning: 1.5, panic_threshold: {ratio}%, zone_aware: {{ nodes_min: 3 }} }}
  auto_scaler: {{ min: 2 }}
slas:
  - availability(users) >= {ratio}%
  - latency.p99.9 < {factor}s during [1m, 2h]
  - {{ sla: \"cost(db, zone a) <= {cost}\", expect: miss }}
  - time_to_recover.p95(dark, zone b) during [fault dark - {bytes}ns, fault dark.end] < {factor}s
  - burn_rate(99.9%, 3h, 1h, users) < {factor}
")
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn random_scenarios_survive_being_written(text in scenario()) {
        check(&good(&text));
    }
}
