//! Corners of the virtual world, each a small scenario: what must hold there.

use crate::{read, simulate};
use cusinart_policies::{Duration, Instant};
use cusinart_record::{FactKind, NodeState, RequestError, RunRecord};
use cusinart_scenarios::Scenario;
use cusinart_sim_core::{Simulation, TryTrace};
use std::cell::RefCell;
use std::rc::Rc;

/// Two zones, one service `s` of one node type, one client `u` of 10/s with a timeout of 1 s; `more` adds to it.
fn small(nodes: &str, more: &str) -> RunRecord {
    simulate(&read(&format!(
        "
version: 1
name: small
description: A corner of the world.
duration: 20m
zones: [a, b]
node_types: {{ std: {{ workers: 8, boot_time: 5s }} }}
services: {{ s: {{ node_type: std, nodes: {nodes}, service_time: 1ms }} }}
clients: {{ u: {{ service: s, arrivals: {{ poisson: {{ rate: 10/s }} }}, timeout: 1s }} }}
{more}
"
    )))
}

/// Minutes at which node 0 changed its state, with the new state.
fn states_of_first(record: &RunRecord) -> Vec<(u64, NodeState)> {
    let state = |kind: &FactKind| match kind {
        FactKind::NodeState { node, state } if node.index() == 0 => Some(*state),
        FactKind::NodeState { .. }
        | FactKind::Decision(_)
        | FactKind::FaultBegan { .. }
        | FactKind::FaultEnded { .. }
        | FactKind::FaultMissed { .. }
        | FactKind::NodeProvisioned { .. }
        | FactKind::ReplicasLost { .. }
        | FactKind::ShardLost { .. }
        | FactKind::Breaker { .. } => None,
    };
    let minute = |at: Instant| at.as_nanos() / 60_000_000_000;
    record.facts.iter().filter_map(|fact| Some((minute(fact.at), state(&fact.kind)?))).collect()
}

#[test]
fn a_retry_of_the_caller_has_its_own_luck_at_the_service_called() {
    let record = simulate(&read(
        "
version: 1
name: retried-call
description: A service called fails a fifth of the tries; the client tries again.
duration: 100s
zones: [a]
node_types: { std: { workers: 64 } }
services:
  front: { node_type: std, nodes: 2, service_time: 1ms, calls: [ { service: back, timeout: 1s } ] }
  back: { node_type: std, nodes: 2, service_time: 1ms, errors: 20% }
clients:
  u:
    service: front
    arrivals: { poisson: { rate: 100/s } }
    timeout: 1s
    retries: { max: 5, backoff: { initial: 1ms, max: 1ms } }
",
    ));
    let counts = &record.clients[0].counts;
    // Six tries fail together with probability 0.2^6 = 0.000064.
    assert!(counts.failed_total() < counts.offered / 1_000, "{counts:?}");
}

#[test]
fn a_node_stands_still_until_the_last_of_its_hangs_ends() {
    let faults = "
faults:
  - { at: 1m, for: 5m, label: h1, hang: { index: 0 } }
  - { at: 2m, for: 10m, label: h2, hang: { index: 0 } }
control: { recovery: { strategies: [] } }";
    let record = small("1", faults);
    assert_eq!(states_of_first(&record), [(1, NodeState::Hung), (12, NodeState::Up)]);
}

#[test]
fn a_hang_that_a_crash_has_ended_does_not_end_a_later_one() {
    let faults = "
faults:
  - { at: 1m, for: 9m, label: h1, hang: { index: 0 } }
  - { at: 2m, for: 1m, label: crash, crash: { index: 0 } }
  - { at: 5m, for: 6m, label: h3, hang: { index: 0 } }
control: { recovery: { strategies: [] } }";
    let record = small("1", faults);
    let states = [
        (1, NodeState::Hung),
        (2, NodeState::Down),
        (3, NodeState::Up),
        (5, NodeState::Hung),
        (11, NodeState::Up),
    ];
    assert_eq!(states_of_first(&record), states);
    let minutes: Vec<_> =
        record.faults.iter().map(|fault| fault.ended.map(|at| at.as_secs_f64() / 60.0)).collect();
    assert_eq!(minutes, [Some(2.0), Some(3.0), Some(11.0)], "the crash ended the first hang");
}

#[test]
fn a_crash_is_over_when_a_restart_heals_it() {
    let record = small("1", "faults: [ { at: 1m, for: 10m, crash: {} } ]");
    let ended = record.faults[0].ended.expect("it is healed").as_secs_f64();
    assert!((60.0..120.0).contains(&ended), "ended at {ended} s");
}

#[test]
fn a_fault_ends_before_the_next_one_strikes_in_the_same_instant() {
    let hangs = "
faults: [ { every: 4m, for: 4m, hang: {} } ]
control: { recovery: { strategies: [] } }";
    let states = states_of_first(&small("1", hangs));
    let states: Vec<_> = states.iter().map(|(_, state)| *state).collect();
    let expected = [NodeState::Hung, NodeState::Up].repeat(4);
    assert_eq!(states, expected[..7], "hung from 4m on, up only in the instants between");
    let crashes = "
faults: [ { every: 4m, for: 4m, crash: {} } ]
control: { recovery: { strategies: [] } }";
    let record = small("1", crashes);
    let missed = record.facts.iter().any(|fact| matches!(fact.kind, FactKind::FaultMissed { .. }));
    assert!(!missed, "each crash meets a running process");
}

#[test]
fn a_latency_beyond_an_hour_is_recorded_as_it_is() {
    let record = simulate(&read(
        "
version: 1
name: patient
description: Every request takes three hours.
duration: 10h
zones: [a]
node_types: { t: { workers: 1000 } }
services: { s: { node_type: t, nodes: 1, service_time: 3h } }
clients: { u: { service: s, arrivals: { poisson: { rate: 0.01/s } } } }
",
    ));
    let median_h = record.clients[0].latency.value_at_quantile(0.5) as f64 / 3.6e12;
    assert!((2.99..3.01).contains(&median_h), "{median_h} h");
}

#[test]
fn a_second_outage_of_a_dark_zone_touches_its_nodes() {
    let faults = "
faults:
  - { at: 1m, for: 2m, label: first, zone_outage: { zone: a } }
  - { at: 2m, for: 6m, label: second, zone_outage: { zone: a } }
control: { recovery: { strategies: [] } }";
    let record = small("2", faults);
    let touched: Vec<_> = record.faults.iter().map(|fault| fault.nodes.len()).collect();
    assert_eq!(touched, [1, 1]);
    assert_eq!(states_of_first(&record), [(1, NodeState::Down), (8, NodeState::Booting), (8, NodeState::Up)]);
}

#[test]
fn an_outage_without_end_lasts_although_all_its_nodes_are_replaced() {
    let record = small("4", "faults: [ { at: 1m, zone_outage: { zone: a } } ]");
    assert_eq!(record.faults[0].ended, None);
    assert!(record.nodes.len() > 4, "nodes were replaced");
}

#[test]
fn work_abandoned_by_dead_callers_does_not_burden_the_balancer_for_ever() {
    let record = simulate(&abandoned());
    // Over the last ten minutes both nodes of `back` are busy alike: 100/s * 50 ms / 128 workers = 3.9 %.
    let windows = &record.services[1].windows;
    let half = &windows[windows.len() / 2..];
    let mean = half.iter().map(|window| window.utilization).sum::<f64>() / half.len() as f64;
    assert!((mean - 100.0 * 0.05 / 128.0).abs() < 0.005, "utilization {mean}");
    let sent = tries_by_node(&abandoned());
    let (least, most) = (sent[1].min(sent[2]), sent[1].max(sent[2]));
    assert!(least * 10 > most * 9, "tries after the outage: {sent:?}");
}

/// Callers without timeout, some of which die with those they call.
fn abandoned() -> Scenario {
    read(
        "
version: 1
name: abandoned
description: An outage takes the callers and some of the called; calls have no timeout.
duration: 20m
zones: [a, b]
node_types: { std: { workers: 64, boot_time: 5s } }
services:
  front: { node_type: std, nodes: 1, zones: [b], service_time: 10ms, calls: [ { service: back } ] }
  back: { node_type: std, nodes: 2, service_time: 50ms }
clients: { u: { service: front, arrivals: { poisson: { rate: 100/s } }, timeout: 1s } }
faults: [ { at: 1m, for: 30s, zone_outage: { zone: b } } ]
control: { load_balancer: { least_connections: {} }, recovery: { strategies: [redirect_traffic] } }
",
    )
}

/// All ended tries of a run.
pub(crate) fn tries(scenario: &Scenario) -> Vec<TryTrace> {
    let all = Rc::new(RefCell::new(Vec::new()));
    let sink = Rc::clone(&all);
    let mut simulation = Simulation::new(scenario);
    simulation.trace(Box::new(move |item| sink.borrow_mut().push(*item)));
    simulation.run();
    all.take()
}

/// Tries sent in the last five minutes, by node.
fn tries_by_node(scenario: &Scenario) -> Vec<usize> {
    let from = Instant::ZERO + (scenario.duration - Duration::from_secs(300));
    let mut sent = vec![0; 3];
    for node in tries(scenario).iter().filter(|item| item.sent >= from).filter_map(|item| item.node) {
        sent[node.index()] += 1;
    }
    sent
}

#[test]
fn a_handed_over_request_keeps_its_deadline() {
    let scenario = read(
        "
version: 1
name: hand-over
description: One of two overloaded nodes is drained; what waits there goes to the other.
duration: 1m
zones: [a]
node_types: { std: { workers: 1 } }
services: { s: { node_type: std, nodes: 2, service_time: 1s } }
clients: { u: { service: s, arrivals: { poisson: { rate: 4/s } }, timeout: 3s } }
control: { auto_scaler: { period: 10s, min: 1, max: 2, policy: { fixed: { nodes: 1 } } } }
",
    );
    let tries = tries(&scenario);
    let timeouts = tries.iter().filter(|item| item.error == Some(RequestError::Timeout));
    let mut count = 0;
    for item in timeouts {
        assert_eq!(item.ended.since(item.intended), Duration::from_secs(3), "{item:?}");
        count += 1;
    }
    assert!(count > 50, "the scenario must overload the nodes");
}

#[test]
fn the_loss_of_one_zone_loses_no_shard_of_two_replicas() {
    let record = simulate(&read(
        "
version: 1
name: placement
description: Four nodes in three zones hold two replicas of each shard.
duration: 3m
zones: [a, b, c]
node_types: { std: { workers: 8, boot_time: 10s } }
services:
  s:
    node_type: std
    nodes: 4
    service_time: 1ms
    state: { shards: 8, replicas: 2, shard_size: 1MiB, survives_restart: false }
clients: { u: { service: s, arrivals: { poisson: { rate: 10/s } }, timeout: 1s } }
faults: [ { at: 1m, for: 1m, zone_outage: { zone: a } } ]
",
    ));
    assert!(record.services[0].replicas_lost > 0, "zone a held replicas");
    assert_eq!(record.services[0].shards_lost, 0);
}

#[test]
fn a_copy_that_outlasts_patience_is_made_once() {
    let record = simulate(&read(
        "
version: 1
name: slow-copies
description: Copies take longer than the control plane waits for them.
duration: 60m
zones: [a, b, c]
node_types: { std: { workers: 8, boot_time: 10s, bandwidth: 100Mbit/s } }
services:
  s:
    node_type: std
    nodes: 6
    service_time: 1ms
    state: { shards: 12, replicas: 2, shard_size: 1GiB, survives_restart: false }
clients: { u: { service: s, arrivals: { poisson: { rate: 10/s } }, timeout: 1s } }
faults: [ { at: 1m, crash: { index: 0 } } ]
control: { recovery: { replicate_timeout: 60s, transfers_at_once: 2 } }
",
    ));
    let service = &record.services[0];
    assert_eq!(service.replicas_lost, 4);
    assert!(service.replicas_copied <= 8, "{} copies for 4 replicas", service.replicas_copied);
}

#[test]
fn utilization_is_a_share_of_the_time_in_which_nodes_served() {
    let record = simulate(&read(
        "
version: 1
name: utilization
description: One of two nodes is down for a part of some windows.
duration: 100s
window: 10s
zones: [a]
node_types: { std: { workers: 1 } }
services: { s: { node_type: std, nodes: 2, service_time: 10ms } }
clients: { u: { service: s, arrivals: { poisson: { rate: 80/s } }, timeout: 1s } }
faults: [ { at: 19s, for: 5s, crash: { index: 0 } } ]
control: { recovery: { strategies: [] } }
",
    ));
    let windows = &record.services[0].windows;
    // 40 % with both nodes. In 20-30 s one node serves for 6 of 10 s: about 80/s * 10 ms * 10 s / 16 s = 50 %.
    assert!((windows[0].utilization - 0.40).abs() < 0.05, "{}", windows[0].utilization);
    assert!((windows[2].utilization - 0.45).abs() < 0.07, "{}", windows[2].utilization);
}
