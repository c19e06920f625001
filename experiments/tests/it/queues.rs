//! Who serves what when: queues of nodes and of services, shared workers, and work that a dead node leaves behind.

use crate::{read, simulate, tries};
use cusinart_record::{Fact, FactKind, NodeState, RequestError};
use cusinart_scenarios::Scenario;

/// Two nodes of one worker; a request of 10 s each second, so many in all.
fn scenario(requests: u32, node_type: &str, service: &str, more: &str) -> Scenario {
    read(&format!(
        "
version: 1
name: queues
description: A few requests of 10 s, one each second.
duration: 10m
zones: [a]
node_types: {{ std: {{ workers: 1{node_type} }} }}
services: {{ s: {{ node_type: std, service_time: 10s{service} }} }}
clients: {{ u: {{ service: s, requests: {requests}, arrivals: {{ renewal: 1s }} }} }}
control: {{ health_monitor: {{ period: 1h }} }}
{more}"
    ))
}

/// Number of the node and second of the end of each try, by the order of their ends.
fn ends(scenario: &Scenario) -> Vec<(u32, f64)> {
    let of = |item: &cusinart_sim_core::TryTrace| {
        assert_eq!(item.error, None, "{item:?}");
        (item.node.expect("it was served").0, item.ended.as_secs_f64())
    };
    tries(scenario).iter().map(of).collect()
}

#[test]
fn a_free_node_takes_the_first_request_of_the_shared_queue() {
    let scenario = scenario(4, "", ", nodes: 2, shared_queue: unlimited", "");
    assert_eq!(ends(&scenario), [(0, 11.0), (1, 12.0), (0, 21.0), (1, 22.0)]);
}

#[test]
fn a_full_shared_queue_rejects() {
    let scenario = scenario(6, "", ", nodes: 2, shared_queue: 1", "");
    let record = simulate(&scenario);
    assert_eq!(record.clients[0].counts.ok, 3);
    assert_eq!(record.clients[0].counts.failed[RequestError::Rejected as usize], 3);
    assert_eq!(record.services[0].rejected, 3);
}

#[test]
fn work_that_is_resumed_goes_to_the_head_of_the_shared_queue_with_what_was_left() {
    // Node 0 dies at 6 s with half of its request done; node 1 takes the rest before the third request.
    let fault = "faults: [ { at: 6s, for: 100s, crash: { index: 0, in_flight: resume } } ]\n";
    let scenario = scenario(3, "", ", nodes: 2, shared_queue: unlimited", fault);
    assert_eq!(ends(&scenario), [(1, 12.0), (1, 17.0), (1, 27.0)]);
    assert!(tries(&scenario).iter().all(|item| item.attempt == 0));
}

#[test]
fn work_that_is_resumed_or_retried_without_a_shared_queue_goes_to_another_node() {
    // Node 1 holds a request of its own; whoever is sent there waits for it.
    let with = |word: &str| {
        let fault =
            format!("faults: [ {{ at: 6s, for: 100s, crash: {{ index: 0, in_flight: {word} }} }} ]\n");
        scenario(2, "", ", nodes: 2, load_balancer: round_robin", &fault)
    };
    assert_eq!(ends(&with("resume")), [(1, 12.0), (1, 17.0)]);
    assert_eq!(ends(&with("retry")), [(1, 12.0), (1, 22.0)]);
}

#[test]
fn requests_of_a_node_share_its_workers() {
    // One worker: 1 s alone, then two share it until each has got 10 s: 1 + (t - 2) / 2 = 10, and the other 1 s more.
    let shared = scenario(2, ", processor_sharing: true", ", nodes: 1", "");
    assert_eq!(ends(&shared), [(0, 20.0), (0, 21.0)]);
    // A hang stops the clock of both.
    let hang = "faults: [ { at: 5s, for: 100s, hang: {} } ]\n";
    let hung = scenario(2, ", processor_sharing: true", ", nodes: 1", hang);
    assert_eq!(ends(&hung), [(0, 120.0), (0, 121.0)]);
    // Half the pace from 3 s on: 1.5 s are done of the first one.
    let slow = "faults: [ { at: 3s, slow: { factor: 2 } } ]\n";
    let slowed = scenario(2, ", processor_sharing: true", ", nodes: 1", slow);
    assert_eq!(ends(&slowed), [(0, 37.0), (0, 39.0)]);
}

#[test]
fn a_node_that_shares_its_workers_takes_as_many_as_it_has_places_for() {
    let record = simulate(&scenario(5, ", processor_sharing: true, queue: 2", ", nodes: 1", ""));
    assert_eq!((record.clients[0].counts.ok, record.services[0].rejected), (3, 2));
    // The worker is busy until the last one has got its 10 s, not three times as long.
    assert_eq!(record.services[0].busy.as_secs_f64(), 30.0);
}

#[test]
fn the_time_to_the_next_failure_counts_from_the_repair_and_crews_work_on_one_at_a_time() {
    let faults =
        "faults: [ { every: 10s, every_from: end, per: node, for: 4s, crews: 1, times: 2, hang: {} } ]\n";
    let record = simulate(&scenario(1, "", ", nodes: 2", faults));
    let spans: Vec<(u32, f64, Option<f64>)> = record
        .faults
        .iter()
        .map(|fault| (fault.nodes[0].0, fault.began.as_secs_f64(), fault.ended.map(|at| at.as_secs_f64())))
        .collect();
    assert_eq!(
        spans,
        [(0, 10.0, Some(14.0)), (1, 10.0, Some(18.0)), (0, 24.0, Some(28.0)), (1, 28.0, Some(32.0))]
    );
}

/// When each new node is up that replaces one of a zone without power, in half minutes.
fn replaced_at(provisioning: &str) -> Vec<u64> {
    let scenario = read(&format!(
        "
version: 1
name: handed-out
description: A zone goes dark, and its nodes are replaced in the others.
duration: 60m
zones: [a, b, c]
node_types: {{ std: {{ workers: 1, boot_time: 10s }} }}
services: {{ s: {{ node_type: std, nodes: 12, service_time: 1ms }} }}
clients: {{ u: {{ service: s, arrivals: {{ renewal: 1s }} }} }}
control: {{ recovery: {{ strategies: [redirect_traffic, restart_node] }} }}
faults: [ {{ at: 1m, zone_outage: {{ zone: c }} }} ]
provisioning: {provisioning}
"
    ));
    let record = simulate(&scenario);
    assert_eq!(record.violation, None);
    let is_up = |fact: &&Fact| matches!(fact.kind, FactKind::NodeState { node, state: NodeState::Up } if node.0 >= 12);
    let up = record.facts.iter().filter(is_up).map(|fact| (fact.at.as_secs_f64() / 30.0) as u64);
    up.collect()
}

#[test]
fn nodes_are_handed_out_one_after_the_other_or_by_zone() {
    let shared = replaced_at("{ takes: 30s }");
    assert_eq!(shared.len(), 4, "{shared:?}");
    assert!(shared.windows(2).all(|pair| pair[1] == pair[0] + 1), "{shared:?}");
    let per_zone = replaced_at("{ takes: 30s, queues: per_zone }");
    assert!(per_zone[3] + 2 <= shared[3], "{per_zone:?} and {shared:?}");
    let at_once = replaced_at("{ takes: 30s, at_once: 4 }");
    assert_eq!(at_once[0], at_once[3], "{at_once:?}");
    assert!(replaced_at("{ takes: 1s, fails: 100% }").is_empty());
}

#[test]
fn a_broken_workload_kills_what_starts_and_spares_what_runs() {
    let strikes = |word: &str| {
        let faults = format!(
            "faults:
  - {{ at: 1s, for: 300s, crash_loop: {{ service: s, after: 1s, strikes: {word} }} }}
  - {{ at: 10s, crash: {{ service: s, index: 0 }} }}
control: {{ health_monitor: {{ period: 2s }}, recovery: {{ strategies: [restart_node] }} }}"
        );
        let text = format!(
            "
version: 1
name: broken
description: Whatever starts dies.
duration: 6m
zones: [a]
node_types: {{ std: {{ workers: 1, boot_time: 1s }} }}
services: {{ s: {{ node_type: std, nodes: 3, service_time: 1ms }} }}
clients: {{ u: {{ service: s, arrivals: {{ renewal: 1s }} }} }}
{faults}
"
        );
        let record = simulate(&read(&text));
        let downs = |node: u32| {
            let down = |fact: &&Fact| matches!(fact.kind, FactKind::NodeState { node: of, state: NodeState::Down } if of.0 == node);
            record.facts.iter().filter(down).count()
        };
        (downs(0), downs(1))
    };
    let (restarted, untouched) = strikes("starting");
    assert!(restarted > 3 && untouched == 0, "{restarted} and {untouched}");
    let (_, struck) = strikes("running");
    assert!(struck > 3, "{struck}");
}
