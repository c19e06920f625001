//! Strategies that keep loads up to date request by request, against a search of the statistics.

use super::tests::{outcome, request, spec};
use super::*;
use crate::{BalancerConfig, ParamValue, PolicySpec, ServiceConfig};
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

/// Something that can happen to a balancer. Nodes are drawn from a few ids, so that they meet.
#[derive(Clone, Copy, Debug)]
enum Step {
    Add(u32),
    Remove(u32),
    Healthy(u32, bool),
    Weight(u32, u32),
    Route(u64, Option<u32>),
    Finish(u32),
    /// A request is taken from its node again.
    Withdraw(u32),
    /// A node takes a request by itself.
    Take(u32),
}

fn any_step() -> impl Strategy<Value = Step> {
    let node = 0_u32..9;
    prop_oneof![
        2 => node.clone().prop_map(Step::Add),
        1 => node.clone().prop_map(Step::Remove),
        2 => (node.clone(), any::<bool>()).prop_map(|(node, healthy)| Step::Healthy(node, healthy)),
        1 => (node.clone(), prop_oneof![0_u32..5, any::<u32>()]).prop_map(|(node, weight)| Step::Weight(node, weight)),
        12 => (0_u64..20, prop::option::of(node.clone())).prop_map(|(key, avoid)| Step::Route(key, avoid)),
        8 => node.clone().prop_map(Step::Finish),
        3 => node.clone().prop_map(Step::Withdraw),
        3 => node.prop_map(Step::Take),
    ]
}

/// A balancer of one service in one zone.
fn balancer(strategy: PolicySpec) -> LoadBalancer {
    let config = ServiceConfig {
        name: "web".into(),
        zones: vec![ZoneId(0)],
        labels: Labels::NONE,
        balancer: BalancerConfig { strategy, ..BalancerConfig::default() },
        auto_scaler: None,
        state: None,
    };
    let mut balancer = LoadBalancer::new(&[config]).expect("the strategy is in the catalogue");
    (0..4).for_each(|node| balancer.add_node(Instant::ZERO, spec(node)));
    balancer
}

/// Goes the steps and compares each choice with `expected`, given the eligible nodes and the balancer. Requests with a node
/// to avoid are not compared.
fn check(
    strategy: PolicySpec,
    steps: &[Step],
    mut expected: impl FnMut(&[NodeId], &LoadBalancer) -> NodeId,
) -> Result<(), TestCaseError> {
    let mut balancer = balancer(strategy);
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    for step in steps {
        let now = Instant::ZERO;
        match *step {
            Step::Add(node) => balancer.add_node(now, spec(node)),
            Step::Remove(node) => balancer.remove_node(now, NodeId(node)),
            Step::Healthy(node, healthy) => balancer.set_healthy(now, NodeId(node), healthy),
            Step::Weight(node, weight) => balancer.adjust_weights(now, NodeId(node), weight),
            Step::Finish(node) => balancer.update_node_stats(now, NodeId(node), outcome(true)),
            Step::Withdraw(node) => balancer.withdraw_task(NodeId(node)),
            Step::Take(node) => balancer.task_taken(NodeId(node)),
            Step::Route(key, avoid) => {
                let eligible: Vec<NodeId> = balancer.eligible(ServiceId(0)).to_vec();
                if eligible.is_empty() {
                    continue;
                }
                let wanted = expected(&eligible, &balancer);
                let avoid = avoid.map(NodeId).filter(|node| *node != wanted);
                let request = RouteRequest { key, avoid, ..request() };
                let chosen = balancer.distribute_task(now, &request, &mut rng);
                prop_assert_eq!(chosen, Ok(wanted));
            }
        }
    }
    Ok(())
}

/// Whether `in_flight / weight` of `one` is less than that of `other`. No weight is busier than any load.
fn less_busy(one: &NodeStats, other: &NodeStats) -> bool {
    match (u64::from(one.weight), u64::from(other.weight)) {
        (0, 0) => one.in_flight < other.in_flight,
        (0, _) => false,
        (_, 0) => true,
        (weight, others) => u64::from(one.in_flight) * others < u64::from(other.in_flight) * weight,
    }
}

proptest! {
    #[test]
    fn the_shortest_queue_is_that_of_a_search(steps in prop::collection::vec(any_step(), 1..200)) {
        check(PolicySpec::named("join_shortest_queue"), &steps, |eligible, balancer| {
            let in_flight = |node: &&NodeId| balancer.stats(**node).in_flight;
            *eligible.iter().min_by_key(in_flight).expect("there are nodes")
        })?;
    }

    #[test]
    fn the_fewest_connections_are_those_of_a_search(steps in prop::collection::vec(any_step(), 1..200)) {
        let mut start = 0;
        check(PolicySpec::named("least_connections"), &steps, |eligible, balancer| {
            start = if start < eligible.len() { start } else { 0 };
            let (before, from) = eligible.split_at(start);
            start += 1;
            let mut best = from[0];
            for node in from.iter().chain(before) {
                if less_busy(balancer.stats(*node), balancer.stats(best)) {
                    best = *node;
                }
            }
            best
        })?;
    }
}

proptest! {
    #[test]
    fn no_node_is_filled_beyond_its_bound(
        steps in prop::collection::vec(prop::option::of(0_u32..4), 1..200),
        name in prop::sample::select(&["ring_hash", "maglev"][..]),
    ) {
        let spec = PolicySpec::named(name).with("hash_balance_factor", ParamValue::Count(150));
        let mut balancer = balancer(spec);
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        for step in steps {
            if let Some(node) = step {
                balancer.update_node_stats(Instant::ZERO, NodeId(node), outcome(true));
                continue;
            }
            let nodes = (0..4).map(NodeId);
            let total: u64 = nodes.clone().map(|node| u64::from(balancer.stats(node).in_flight)).sum();
            let fullness = |node| overload(total, u64::from(balancer.stats(node).in_flight), 0.25, 150).factor;
            let before: Vec<f64> = nodes.map(fullness).collect();
            let chosen = balancer.distribute_task(Instant::ZERO, &request(), &mut rng).expect("nodes serve");
            // Some node is always below its bound.
            prop_assert!(before[chosen.index()] <= 1.0, "{before:?} {chosen}");
        }
    }
}
