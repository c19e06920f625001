//! How fast nodes serve.

use crate::{read, simulate, tries};
use cusinart_policies::{Duration, Instant};
use cusinart_record::{FactKind, NodeState};
use cusinart_scenarios::Scenario;

/// Three nodes of `node_type`, and from the first minute on five; requests of 10 ms that never wait.
fn growing(node_type: &str) -> Scenario {
    read(&format!(
        "
version: 1
name: growing
description: Three nodes become five.
duration: 5m
zones: [a]
node_types: {{ std: {{ workers: 1000, boot_time: 5s, {node_type} }} }}
services: {{ s: {{ node_type: std, nodes: 3, service_time: 10ms }} }}
clients: {{ u: {{ service: s, arrivals: {{ poisson: {{ rate: 50/s }} }} }} }}
control: {{ load_balancer: round_robin, auto_scaler: {{ period: 60s, max: 5, policy: {{ fixed: {{ nodes: 5 }} }} }} }}
"
    ))
}

#[test]
fn nodes_take_the_speeds_of_their_type_in_turn_also_those_added_later() {
    let spans = [10, 5, 20, 10, 5];
    let mut met = [0; 5];
    for item in tries(&growing("speed: [1, 2, 0.5]")) {
        let node = item.node.expect("there are always nodes").index();
        met[node] += 1;
        let latency = item.ended.since(item.sent);
        assert_eq!(latency, Duration::from_millis(spans[node]), "node {node}");
    }
    assert!(met.iter().all(|&tries| tries > 100), "{met:?}");
}

#[test]
fn a_list_of_one_speed_is_that_speed() {
    let digest = |node_type: &str| simulate(&growing(node_type)).digest;
    assert_eq!(digest("speed: [2]"), digest("speed: 2"));
    assert_ne!(digest("speed: [2]"), digest("speed: 1"));
}

#[test]
fn a_process_is_slow_when_it_begins_to_serve_and_warms_up_in_a_line() {
    // The crash at 1 m is over when the process restarts; all others are warm from the start.
    let scenario = read(
        "
version: 1
name: cold
description: One of two nodes restarts and is cold.
duration: 5m
zones: [a]
node_types: { std: { workers: 1000, boot_time: 5s, speed: 2, cold_start: { for: 100s, slowdown: 5 } } }
services: { s: { node_type: std, nodes: 2, service_time: 10ms } }
clients: { u: { service: s, arrivals: { poisson: { rate: 50/s } } } }
faults: [ { at: 1m, for: 20s, crash: { index: 0 } } ]
control: { load_balancer: round_robin, recovery: { strategies: [redirect_traffic] } }
",
    );
    let began = Instant::ZERO + Duration::from_secs(80);
    let mut cold = 0;
    for item in tries(&scenario).iter().filter(|item| item.error.is_none()) {
        let latency_ms = item.ended.since(item.sent).as_secs_f64() * 1e3;
        let first = item.node.expect("it was answered").index() == 0;
        let expected_ms = if first && item.sent >= began {
            let left = (1.0 - item.sent.since(began).as_secs_f64() / 100.0).max(0.0);
            cold += u32::from(left > 0.0);
            5.0 * (1.0 + 4.0 * left)
        } else {
            5.0
        };
        assert!((latency_ms - expected_ms).abs() < 1e-5, "{item:?}: {latency_ms} and {expected_ms} ms");
    }
    assert!(cold > 1_000, "{cold} requests met the cold process");
}

#[test]
fn a_process_in_a_crash_loop_dies_after_each_restart_until_the_cause_is_gone() {
    let record = simulate(&read(
        "
version: 1
name: crash-loop
description: One of two nodes is in a crash loop for two minutes.
duration: 5m
zones: [a]
node_types: { std: { workers: 8, boot_time: 5s } }
services: { s: { node_type: std, nodes: 2, service_time: 10ms } }
clients: { u: { service: s, arrivals: { poisson: { rate: 50/s } }, timeout: 1s } }
faults: [ { at: 1m, for: 2m, crash_loop: { index: 0, after: 8s } } ]
control:
  health_monitor: { period: 1s, timeout: 500ms, detector: { consecutive: { failures: 1, successes: 1 } } }
  recovery: { strategies: [redirect_traffic, { restart_node: { restarts_max: 100 } }] }
",
    ));
    let states: Vec<_> = record
        .facts
        .iter()
        .filter_map(|fact| match fact.kind {
            FactKind::NodeState { node, state } if node.index() == 0 => Some((fact.at, state)),
            FactKind::NodeState { .. }
            | FactKind::Decision(_)
            | FactKind::FaultBegan { .. }
            | FactKind::FaultEnded { .. }
            | FactKind::FaultMissed { .. }
            | FactKind::NodeProvisioned { .. }
            | FactKind::ReplicasLost { .. }
            | FactKind::ShardLost { .. }
            | FactKind::Breaker { .. } => None,
        })
        .collect();
    let lives = states.windows(2).filter(|pair| pair[0].1 == NodeState::Up);
    let lives: Vec<_> = lives.map(|pair| (pair[1].1, pair[1].0.since(pair[0].0))).collect();
    assert!(lives.iter().all(|life| *life == (NodeState::Down, Duration::from_secs(8))), "{lives:?}");
    assert!((6..12).contains(&lives.len()), "{} deaths within two minutes", lives.len());
    let (last, state) = states.last().expect("it died and came back");
    assert_eq!(*state, NodeState::Up);
    assert!(last.as_secs_f64() < 190.0, "it stays up from {last} on");
    let [fault] = record.faults.as_slice() else { panic!("one fault") };
    assert_eq!(fault.ended, Some(Instant::ZERO + Duration::from_secs(180)));
    assert!(fault.requests > 0, "refused requests are put down to it");
}
