//! Strategies against vectors and laws; the balancer in scripts.

use super::outlier::SuccessRateSettings;
use super::*;
use crate::{
    BalancerConfig, EjectionConfig, NodeSpec, PolicySpec, ServiceConfig, catalogue::build_balancing,
};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use expect_test::expect;
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

pub(super) const STRATEGIES: [&str; 12] = [
    "round_robin",
    "weighted_round_robin",
    "edf_round_robin",
    "least_connections",
    "join_shortest_queue",
    "least_request",
    "power_of_two",
    "peak_ewma",
    "prequal",
    "ring_hash",
    "maglev",
    "random",
];

#[test]
fn smooth_weighted_round_robin_picks_as_nginx_does() {
    // Weights and picks; the first is nginx's own example, the others are worked by its rule.
    let cases: [(&[u32], &str); 7] = [
        (&[5, 1, 1], "aabacaa"),
        (&[1, 1, 1], "abcabcabc"),
        (&[4, 3], "abababaabababa"),
        (&[1, 5, 1], "bbabcbbbbabcbb"),
        (&[2, 2, 3, 1], "cabcdabccabcdabc"),
        (&[7], "aaa"),
        (&[6, 4, 2, 1, 1], "abcabadeabacbaabcabadeabacba"),
    ];
    for (weights, picks) in cases {
        let (eligible, stats) = pool_of(weights.iter().map(|weight| (0, *weight)));
        let pool = Pool { eligible: &eligible, stats: &stats };
        let mut strategy = WeightedRoundRobin::default();
        strategy.adjust_weights(Instant::ZERO, pool);
        assert_eq!(letters(&mut strategy, pool, picks.len()), picks, "weights {weights:?}");
    }
}

#[test]
fn round_robin_takes_turns_from_the_lowest_on_and_goes_on_after_changes() {
    let (eligible, stats) = pool_of([(0, 1); 5]);
    let mut strategy = RoundRobin::default();
    let pool = Pool { eligible: &eligible[..3], stats: &stats };
    assert_eq!(letters(&mut strategy, pool, 5), "abcab");
    let without_c = [NodeId(0), NodeId(1), NodeId(3), NodeId(4)];
    let pool = Pool { eligible: &without_c, stats: &stats };
    strategy.adjust_weights(Instant::ZERO, pool);
    assert_eq!(letters(&mut strategy, pool, 6), "deabde");
}

#[test]
fn least_connections_takes_the_least_loaded_and_favours_nobody_among_equals() {
    let picks = |nodes: &[(u32, u32)], count| {
        let (eligible, stats) = pool_of(nodes.iter().copied());
        let pool = Pool { eligible: &eligible, stats: &stats };
        let mut strategy = LeastConnections::default();
        strategy.adjust_weights(Instant::ZERO, pool);
        letters(&mut strategy, pool, count)
    };
    assert_eq!(picks(&[(4, 1), (3, 1), (2, 1), (1, 1), (5, 1)], 3), "ddd");
    assert_eq!(picks(&[(2, 1), (2, 1), (2, 1)], 6), "abcabc");
    assert_eq!(picks(&[(0, 1), (0, 1), (0, 1)], 4), "abca");
    assert_eq!(picks(&[(4, 2), (3, 1), (6, 4)], 3), "ccc", "6 in flight at weight 4 are the least");
    assert_eq!(picks(&[(9, 0), (0, 0), (7, 1)], 3), "ccc", "weight 0 is the last resort");
    assert_eq!(picks(&[(9, 0), (1, 0)], 2), "bb");
}

#[test]
fn weight_zero_gets_nothing_while_another_node_weighs() {
    let (eligible, mut stats) = pool_of([(0, 0), (0, 2), (0, 1)]);
    let mut strategy = WeightedRoundRobin::default();
    strategy.adjust_weights(Instant::ZERO, Pool { eligible: &eligible, stats: &stats });
    assert_eq!(letters(&mut strategy, Pool { eligible: &eligible, stats: &stats }, 6), "bcbbcb");
    stats.iter_mut().for_each(|stats| stats.weight = 0);
    let pool = Pool { eligible: &eligible, stats: &stats };
    let mut strategy = WeightedRoundRobin::default();
    strategy.adjust_weights(Instant::ZERO, pool);
    assert_eq!(letters(&mut strategy, pool, 6), "abcabc");
}

#[test]
fn random_choices_are_spread_evenly() {
    for name in ["random", "power_of_two"] {
        let (eligible, stats) = pool_of([(0, 1); 10]);
        let pool = Pool { eligible: &eligible, stats: &stats };
        let mut strategy = build_balancing(&PolicySpec::named(name)).expect("is in the catalogue");
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let mut counts = [0_u32; 10];
        for _ in 0..100_000 {
            counts[strategy.select_node(Instant::ZERO, &request(), pool, &mut rng).index()] += 1;
        }
        // Mean 10000, standard deviation 95: five of them.
        assert!(counts.iter().all(|count| (9_525..=10_475).contains(count)), "{name}: {counts:?}");
    }
}

#[test]
fn power_of_two_draws_every_pair_alike() {
    // With loads 0..5 the chosen node is the lower of the pair, so node i wins with (4 - i) of 10 pairs.
    let (eligible, stats) = pool_of((0..5).map(|load| (load, 1)));
    let pool = Pool { eligible: &eligible, stats: &stats };
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let mut counts = [0_u32; 5];
    for _ in 0..100_000 {
        counts[PowerOfTwo::default().select_node(Instant::ZERO, &request(), pool, &mut rng).index()] += 1;
    }
    for (node, count) in counts.iter().enumerate() {
        let expected = 10_000 * (4 - node as u32);
        assert!(count.abs_diff(expected) <= 800, "node {node}: {count}, expected about {expected}");
    }
    assert_eq!(counts[4], 0, "the busiest of all is never chosen");
}

#[test]
fn ejection_lasts_longer_each_time_and_is_forgiven_slowly() {
    let mut balancer = balancer_of("round_robin", Some(EjectionConfig::default()), 4);
    let mut text = String::new();
    let fail = |balancer: &mut LoadBalancer, at: u64, node: u32| {
        for _ in 0..5 {
            balancer.update_node_stats(secs(at), NodeId(node), outcome(false));
        }
        report(balancer, secs(at))
    };
    let sweep_until = |balancer: &mut LoadBalancer, at: u64| {
        while let Some(next) = balancer.next_deadline().filter(|next| *next <= secs(at)) {
            balancer.handle(next);
        }
        report(balancer, secs(at))
    };
    text += &fail(&mut balancer, 10, 0);
    text += &fail(&mut balancer, 11, 1);
    text += &fail(&mut balancer, 12, 2);
    text += &sweep_until(&mut balancer, 39);
    text += &sweep_until(&mut balancer, 44);
    text += &fail(&mut balancer, 45, 0);
    text += &sweep_until(&mut balancer, 109);
    text += &sweep_until(&mut balancer, 110);
    text += &sweep_until(&mut balancer, 170);
    text += &fail(&mut balancer, 171, 0);
    expect![[r#"
        10s: NodeEjected { node: n0, reason: ConsecutiveFailures { failures: 5 }, period: 30s } eligible [n1, n2, n3] next Some(t=20s)
        11s: NodeEjected { node: n1, reason: ConsecutiveFailures { failures: 5 }, period: 30s } eligible [n2, n3] next Some(t=20s)
        12s:  eligible [n2, n3] next Some(t=20s)
        39s:  eligible [n2, n3] next Some(t=40s)
        44s: NodeReturned { node: n0 } eligible [n0, n2, n3] next Some(t=50s)
        45s: NodeEjected { node: n0, reason: ConsecutiveFailures { failures: 5 }, period: 1m } eligible [n2, n3] next Some(t=50s)
        1m49s: NodeReturned { node: n1 } eligible [n1, n2, n3] next Some(t=1m50s)
        1m50s: NodeReturned { node: n0 } eligible [n0, n1, n2, n3] next Some(t=2m)
        2m50s:  eligible [n0, n1, n2, n3] next None
        2m51s: NodeEjected { node: n0, reason: ConsecutiveFailures { failures: 5 }, period: 30s } eligible [n1, n2, n3] next Some(t=3m)
    "#]].assert_eq(&text);
}

#[test]
fn a_node_whose_requests_fail_far_more_often_is_ejected_at_a_sweep() {
    let rates = SuccessRateSettings { request_volume: 10, ..SuccessRateSettings::default() };
    let config = EjectionConfig { success_rate: Some(rates), ..EjectionConfig::default() };
    let mut balancer = balancer_of("round_robin", Some(config), 6);
    for request in 0..60 {
        let (node, ok) = (request % 6, request % 12 != 0);
        balancer.update_node_stats(secs(1), NodeId(node), outcome(ok));
    }
    let mut text = report(&mut balancer, secs(1));
    balancer.handle(secs(10));
    text += &report(&mut balancer, secs(10));
    expect![[r#"
        1s:  eligible [n0, n1, n2, n3, n4, n5] next Some(t=10s)
        10s: NodeEjected { node: n0, reason: SuccessRate { rate_pct: 50.0, threshold_pct: 56.262257022920004 }, period: 30s } eligible [n1, n2, n3, n4, n5] next Some(t=20s)
    "#]].assert_eq(&text);
}

#[test]
fn the_last_node_is_never_ejected_whatever_the_limit() {
    let config =
        EjectionConfig { ejected_ratio_max: 1.0, consecutive_failures: 1, ..EjectionConfig::default() };
    let mut balancer = balancer_of("round_robin", Some(config), 3);
    for node in [2, 0, 1, 1, 1] {
        balancer.update_node_stats(secs(1), NodeId(node), outcome(false));
    }
    assert_eq!(balancer.eligible(ServiceId(0)), [NodeId(1)]);
}

#[test]
fn avoided_node_is_taken_only_when_alone() {
    for name in STRATEGIES {
        let mut balancer = balancer_of(name, None, 2);
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let avoid = RouteRequest { avoid: Some(NodeId(0)), ..request() };
        for _ in 0..50 {
            assert_eq!(balancer.distribute_task(secs(1), &avoid, &mut rng), Ok(NodeId(1)), "{name}");
        }
        balancer.set_healthy(secs(2), NodeId(1), false);
        assert_eq!(balancer.distribute_task(secs(2), &avoid, &mut rng), Ok(NodeId(0)), "{name}");
    }
}

#[test]
fn refusals_say_why() {
    let mut balancer = balancer_of("random", None, 1);
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut ask =
        |balancer: &mut LoadBalancer, request| balancer.distribute_task(secs(1), &request, &mut rng);
    assert_eq!(ask(&mut balancer, RouteRequest { labels: Labels(0b10), ..request() }), Ok(NodeId(0)));
    assert_eq!(
        ask(&mut balancer, RouteRequest { labels: Labels(0b01), ..request() }),
        Err(Refusal::NoNodeWithLabels)
    );
    assert_eq!(
        ask(&mut balancer, RouteRequest { service: ServiceId(9), ..request() }),
        Err(Refusal::NoEligibleNode)
    );
    balancer.set_draining(secs(2), NodeId(0));
    assert_eq!(
        ask(&mut balancer, RouteRequest { labels: Labels(0b01), ..request() }),
        Err(Refusal::NoEligibleNode)
    );
}

#[test]
fn statistics_follow_the_requests() {
    let mut balancer = balancer_of("round_robin", None, 1);
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut text = String::new();
    for (ok, latency_ms) in [(true, 80), (true, 160), (false, 9_000), (false, 1), (true, 10)] {
        balancer.distribute_task(secs(1), &request(), &mut rng).expect("one node is eligible");
        let busy = balancer.stats(NodeId(0)).in_flight;
        let outcome = RequestOutcome { ok, latency: Duration::from_millis(latency_ms) };
        balancer.update_node_stats(secs(1), NodeId(0), outcome);
        text += &format!("{busy} in flight, then {:?}\n", balancer.stats(NodeId(0)));
    }
    balancer.adjust_weights(secs(2), NodeId(0), 5);
    balancer.update_node_stats(secs(2), NodeId(0), outcome(true));
    balancer.update_node_stats(secs(2), NodeId(77), outcome(true));
    text += &format!("{:?}\n", balancer.stats(NodeId(0)));
    expect![[r#"
        1 in flight, then NodeStats { in_flight: 0, weight: 1, completed: 1, failed: 0, consecutive_failures: 0, latency_mean: 80ms, eligible_since: t=0s }
        1 in flight, then NodeStats { in_flight: 0, weight: 1, completed: 2, failed: 0, consecutive_failures: 0, latency_mean: 90ms, eligible_since: t=0s }
        1 in flight, then NodeStats { in_flight: 0, weight: 1, completed: 2, failed: 1, consecutive_failures: 1, latency_mean: 90ms, eligible_since: t=0s }
        1 in flight, then NodeStats { in_flight: 0, weight: 1, completed: 2, failed: 2, consecutive_failures: 2, latency_mean: 90ms, eligible_since: t=0s }
        1 in flight, then NodeStats { in_flight: 0, weight: 1, completed: 3, failed: 2, consecutive_failures: 0, latency_mean: 80ms, eligible_since: t=0s }
        NodeStats { in_flight: 0, weight: 5, completed: 4, failed: 2, consecutive_failures: 0, latency_mean: 71.25ms, eligible_since: t=0s }
    "#]].assert_eq(&text);
}

#[test]
#[should_panic(expected = "stubborn chose n0, which is not eligible")]
fn a_strategy_that_gives_a_node_without_traffic_is_found_out() {
    let mut balancer = balancer_of("random", None, 2);
    balancer.set_strategy(ServiceId(0), Box::new(Stubborn));
    balancer.set_healthy(secs(1), NodeId(0), false);
    let _ = balancer.distribute_task(secs(1), &request(), &mut ChaCha8Rng::seed_from_u64(0));
}

proptest! {
    #[test]
    fn power_of_two_never_picks_the_busier_of_its_two_draws(
        loads in prop::collection::vec(0_u32..50, 2..40),
        seed in any::<u64>(),
    ) {
        // A copy of the generator tells which two nodes will be drawn.
        let (eligible, stats) = pool_of(loads.iter().map(|load| (*load, 1)));
        let pool = Pool { eligible: &eligible, stats: &stats };
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let bits = rand_core::Rng::next_u64(&mut rng.clone());
        let first = (((bits & 0xffff_ffff) * loads.len() as u64) >> 32) as usize;
        let second = (((bits >> 32) * (loads.len() as u64 - 1)) >> 32) as usize;
        let second = if second >= first { second + 1 } else { second };
        prop_assert_ne!(first, second);
        let chosen = PowerOfTwo::default().select_node(Instant::ZERO, &request(), pool, &mut rng).index();
        prop_assert!(chosen == first || chosen == second);
        prop_assert_eq!(loads[chosen], loads[first].min(loads[second]));
        prop_assert!(chosen == first || loads[second] < loads[first], "ties go to the first draw");
    }

    #[test]
    fn weighted_shares_are_exact_over_a_cycle(weights in prop::collection::vec(1_u32..20, 1..12)) {
        let (eligible, stats) = pool_of(weights.iter().map(|weight| (0, *weight)));
        let pool = Pool { eligible: &eligible, stats: &stats };
        let mut strategy = WeightedRoundRobin::default();
        strategy.adjust_weights(Instant::ZERO, pool);
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        for _cycle in 0..2 {
            let mut counts = vec![0; weights.len()];
            for _ in 0..weights.iter().sum::<u32>() {
                counts[strategy.select_node(Instant::ZERO, &request(), pool, &mut rng).index()] += 1;
            }
            prop_assert_eq!(&counts, &weights);
        }
    }

    #[test]
    fn least_connections_is_never_beaten(
        nodes in prop::collection::vec((0_u32..20, 0_u32..5), 1..30),
        picks in 1_usize..40,
    ) {
        let (eligible, stats) = pool_of(nodes.iter().copied());
        let pool = Pool { eligible: &eligible, stats: &stats };
        let mut strategy = LeastConnections::default();
        strategy.adjust_weights(Instant::ZERO, pool);
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        // Without weight a node is busier than with any load.
        let load = |index: usize| (nodes[index].1 == 0, f64::from(nodes[index].0) / f64::from(nodes[index].1.max(1)));
        for _ in 0..picks {
            let chosen = strategy.select_node(Instant::ZERO, &request(), pool, &mut rng).index();
            prop_assert!((0..nodes.len()).all(|other| load(chosen) <= load(other)));
        }
    }
}

/// A pool of nodes 0, 1, 2 … with (requests in flight, weight).
fn pool_of(nodes: impl IntoIterator<Item = (u32, u32)>) -> (Vec<NodeId>, Vec<NodeStats>) {
    let stats: Vec<_> = nodes
        .into_iter()
        .map(|(in_flight, weight)| NodeStats { in_flight, weight, ..NodeStats::default() })
        .collect();
    ((0..stats.len()).map(|index| NodeId(index as u32)).collect(), stats)
}

/// So many choices, as letters: `a` is node 0.
fn letters(strategy: &mut dyn BalancingStrategy, pool: Pool<'_>, count: usize) -> String {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut pick = || strategy.select_node(Instant::ZERO, &request(), pool, &mut rng).0;
    (0..count).map(|_| char::from(b'a' + pick() as u8)).collect()
}

pub(super) fn request() -> RouteRequest {
    RouteRequest { service: ServiceId(0), key: 0, labels: Labels::NONE, avoid: None, zone: None }
}

pub(super) fn outcome(ok: bool) -> RequestOutcome {
    RequestOutcome { ok, latency: Duration::from_millis(10) }
}

fn secs(secs: u64) -> Instant {
    Instant::ZERO + Duration::from_secs(secs)
}

/// A balancer of one service with so many nodes that carry label 1.
pub(super) fn balancer_of(strategy: &str, ejection: Option<EjectionConfig>, nodes: u32) -> LoadBalancer {
    let config = ServiceConfig {
        name: "web".to_string(),
        zones: vec![ZoneId(0)],
        labels: Labels(0b10),
        balancer: BalancerConfig {
            strategy: PolicySpec::named(strategy),
            ejection,
            ..BalancerConfig::default()
        },
        auto_scaler: None,
        state: None,
    };
    let mut balancer = LoadBalancer::new(&[config]).expect("the strategy is in the catalogue");
    (0..nodes).for_each(|node| balancer.add_node(Instant::ZERO, spec(node)));
    balancer
}

pub(super) fn spec(node: u32) -> NodeSpec {
    NodeSpec { node: NodeId(node), service: ServiceId(0), zone: ZoneId(0) }
}

/// Decisions since the last report, the eligible nodes and the next deadline, as a line.
fn report(balancer: &mut LoadBalancer, now: Instant) -> String {
    let decisions: Vec<String> =
        core::iter::from_fn(|| balancer.poll_decision()).map(|decision| format!("{decision:?}")).collect();
    let eligible = balancer.eligible(ServiceId(0));
    format!("{now}: {} eligible {eligible:?} next {:?}\n", decisions.join(" "), balancer.next_deadline())
}

/// A strategy that breaks its contract.
#[derive(Debug)]
struct Stubborn;

impl BalancingStrategy for Stubborn {
    fn name(&self) -> &'static str {
        "stubborn"
    }

    fn select_node(&mut self, _: Instant, _: &RouteRequest, _: Pool<'_>, _: &mut dyn Rng) -> NodeId {
        NodeId(0)
    }
}
