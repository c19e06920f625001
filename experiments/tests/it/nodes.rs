//! How fast nodes serve.

use crate::{read, simulate};
use cusinart_policies::Duration;
use cusinart_scenarios::Scenario;
use cusinart_sim_core::{Simulation, TryTrace};
use std::cell::RefCell;
use std::rc::Rc;

/// All ended tries of a run.
fn tries(scenario: &Scenario) -> Vec<TryTrace> {
    let all = Rc::new(RefCell::new(Vec::new()));
    let sink = Rc::clone(&all);
    let mut simulation = Simulation::new(scenario);
    simulation.trace(Box::new(move |item| sink.borrow_mut().push(*item)));
    simulation.run();
    all.take()
}

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
