//! Levels of priority, panic and zones, through the balancer.

use super::tests::request;
use super::*;
use crate::{BalancerConfig, NodeSpec, PolicySpec, ServiceConfig, ZoneAwareConfig};
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

#[test]
fn the_second_level_takes_what_the_first_cannot() {
    let mut balancer =
        balancer(BalancerConfig { zone_priorities: vec![0, 1], ..config() }, &[0, 0, 0, 0, 1, 1]);
    assert_eq!(by_zone(&mut balancer, 4, None, 1_000), [1_000, 0], "all of level 0 is healthy");
    fail(&mut balancer, &[0]);
    assert_eq!(by_zone(&mut balancer, 4, None, 1_000), [1_000, 0], "3/4 * 1.4 is enough");
    fail(&mut balancer, &[1]);
    let spread = by_zone(&mut balancer, 4, None, 10_000);
    assert!(spread[0].abs_diff(7_000) < 250, "2/4 * 1.4 = 70%: {spread:?}");
    fail(&mut balancer, &[2, 3]);
    assert_eq!(by_zone(&mut balancer, 4, None, 1_000), [0, 1_000]);
}

#[test]
fn in_a_panic_all_nodes_but_draining_ones_are_used() {
    let mut balancer = balancer(BalancerConfig { panic_threshold: 0.5, ..config() }, &[0; 6]);
    fail(&mut balancer, &[0, 1, 2]);
    assert_eq!(nodes_used(&mut balancer), [3, 4, 5], "half is not less than half");
    fail(&mut balancer, &[3]);
    assert_eq!(nodes_used(&mut balancer), [0, 1, 2, 3, 4, 5]);
    balancer.set_draining(Instant::ZERO, NodeId(1));
    assert_eq!(nodes_used(&mut balancer), [0, 2, 3, 4, 5]);
    fail(&mut balancer, &[4, 5]);
    assert_eq!(nodes_used(&mut balancer), [0, 2, 3, 4, 5], "nobody is healthy");
    for node in [0, 2, 3] {
        balancer.set_healthy(Instant::ZERO, NodeId(node), true);
    }
    assert_eq!(nodes_used(&mut balancer), [0, 2, 3], "3 of 5");
}

#[test]
fn without_a_threshold_nobody_healthy_is_nobody() {
    let mut balancer = balancer(BalancerConfig { zone_priorities: vec![0, 1], ..config() }, &[0, 1]);
    fail(&mut balancer, &[0, 1]);
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    assert_eq!(balancer.distribute_task(Instant::ZERO, &request(), &mut rng), Err(Refusal::NoEligibleNode));
    balancer.remove_node(Instant::ZERO, NodeId(0));
    balancer.remove_node(Instant::ZERO, NodeId(1));
    assert_eq!(balancer.distribute_task(Instant::ZERO, &request(), &mut rng), Err(Refusal::NoEligibleNode));
}

#[test]
fn requests_stay_in_their_zone_as_far_as_it_can_take_them() {
    let zone_aware = || BalancerConfig { zone_aware: Some(ZoneAwareConfig::default()), ..config() };
    let mut even = balancer(zone_aware(), &[0, 0, 0, 1, 1, 1]);
    assert_eq!(by_zone(&mut even, 3, Some(1), 1_000), [0, 1_000]);
    let mut uneven = balancer(zone_aware(), &[0, 0, 1, 1, 1, 1]);
    assert_eq!(by_zone(&mut uneven, 2, Some(1), 1_000), [0, 1_000]);
    let spread = by_zone(&mut uneven, 2, Some(0), 10_000);
    assert!(spread[0].abs_diff(6_667) < 250, "a third of the nodes for half of the requests: {spread:?}");
    let outside = by_zone(&mut uneven, 2, None, 6_000);
    assert_eq!(outside, [2_000, 4_000], "requests from elsewhere go round all nodes");
    fail(&mut uneven, &[0]);
    let few = by_zone(&mut uneven, 2, Some(0), 5_000);
    assert_eq!(few, [1_000, 4_000], "five nodes are too few to look at zones");
}

#[test]
fn each_level_and_zone_has_turns_of_its_own() {
    // With one cursor for all, the draws of the levels would upset the turns within them.
    let config = BalancerConfig { zone_priorities: vec![0, 1], overprovisioning_pct: 100, ..config() };
    let mut balancer = balancer(config, &[0, 0, 0, 0, 1, 1]);
    fail(&mut balancer, &[0, 1]);
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut counts = [0_i32; 6];
    for _ in 0..1_000 {
        let node = balancer.distribute_task(Instant::ZERO, &request(), &mut rng).expect("nodes are eligible");
        counts[node.index()] += 1;
    }
    assert!((counts[2] - counts[3]).abs() <= 1 && (counts[4] - counts[5]).abs() <= 1, "{counts:?}");
}

fn config() -> BalancerConfig {
    BalancerConfig { strategy: PolicySpec::named("round_robin"), ..BalancerConfig::default() }
}

/// A balancer of one service with nodes in these zones, of which there are two.
fn balancer(config: BalancerConfig, zones: &[u16]) -> LoadBalancer {
    let service = ServiceConfig {
        name: "web".to_string(),
        zones: vec![ZoneId(0), ZoneId(1)],
        labels: Labels::NONE,
        balancer: config,
        auto_scaler: None,
        state: None,
    };
    let mut balancer = LoadBalancer::new(&[service]).expect("the strategy is in the catalogue");
    for (node, zone) in zones.iter().enumerate() {
        let spec = NodeSpec { node: NodeId(node as u32), service: ServiceId(0), zone: ZoneId(*zone) };
        balancer.add_node(Instant::ZERO, spec);
    }
    balancer
}

fn fail(balancer: &mut LoadBalancer, nodes: &[u32]) {
    nodes.iter().for_each(|node| balancer.set_healthy(Instant::ZERO, NodeId(*node), false));
}

fn picks(balancer: &mut LoadBalancer, zone: Option<u16>, requests: usize) -> Vec<usize> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let request = RouteRequest { zone: zone.map(ZoneId), ..request() };
    let mut pick =
        || balancer.distribute_task(Instant::ZERO, &request, &mut rng).expect("a node takes it").index();
    (0..requests).map(|_| pick()).collect()
}

/// Requests that each of two zones gets. The first one has so many nodes, the others are in the second.
fn by_zone(balancer: &mut LoadBalancer, of_first: usize, zone: Option<u16>, requests: usize) -> [usize; 2] {
    let mut counts = [0; 2];
    for node in picks(balancer, zone, requests) {
        counts[usize::from(node >= of_first)] += 1;
    }
    counts
}

fn nodes_used(balancer: &mut LoadBalancer) -> Vec<usize> {
    let mut used = picks(balancer, None, 100);
    used.sort_unstable();
    used.dedup();
    used
}
