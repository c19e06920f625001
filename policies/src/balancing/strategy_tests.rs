//! Laws of the strategies that hash, measure or look at weights.

use super::tests::request;
use super::*;
use crate::PolicySpec;
use crate::catalogue::{ParamValue, build_balancing};
use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

#[test]
fn edf_round_robin_shares_by_weight() {
    let mut bench = Bench::new("edf_round_robin", &[], &[5, 1, 1]);
    assert_eq!(bench.shares(700), [500, 100, 100]);
}

#[test]
fn slow_start_ramps_a_new_node_up() {
    let window = [("slow_start", ParamValue::Duration(Duration::from_secs(60)))];
    for name in ["edf_round_robin", "least_request"] {
        let mut bench = Bench::new(name, &window, &[1, 1]);
        bench.now = secs(100);
        bench.stats[1].eligible_since = secs(100);
        bench.adjust();
        // The share of the new node is f / (1 + f) with f from 0.1 to 1.
        let young = bench.shares(1_100);
        assert!((90..=110).contains(&young[1]), "{name} {young:?}");
        bench.now = secs(130);
        let older = bench.shares(300);
        assert!((90..=110).contains(&older[1]), "{name} {older:?}");
        bench.now = secs(160);
        let grown = bench.shares(1_000);
        assert!((490..=510).contains(&grown[1]), "{name} {grown:?}");
    }
}

#[test]
fn least_request_turns_from_weight_to_load_with_the_bias() {
    let shares = |bias: f64| {
        let mut bench =
            Bench::new("least_request", &[("active_request_bias", ParamValue::Number(bias))], &[2, 1]);
        bench.stats[0].in_flight = 3;
        bench.shares(900)
    };
    assert_eq!(shares(0.0), [600, 300], "weight alone");
    let balanced = shares(1.0);
    assert!((297..=303).contains(&balanced[0]), "2 / (3 + 1) to 1: {balanced:?}");
}

#[test]
fn least_request_scans_all_nodes_if_it_shall() {
    let mut bench =
        Bench::new("least_request", &[("selection", ParamValue::Choice("full_scan".into()))], &[1; 9]);
    bench.stats.iter_mut().for_each(|stats| stats.in_flight = 2);
    bench.stats[6].in_flight = 1;
    assert_eq!(bench.shares(50)[6], 50);
    bench.stats[6].in_flight = 2;
    assert!(bench.shares(9_000).iter().all(|share| (850..=1_150).contains(share)), "ties are spread");
}

#[test]
fn join_shortest_queue_takes_the_first_of_the_shortest() {
    let mut bench = Bench::new("join_shortest_queue", &[], &[1; 4]);
    [3, 1, 1, 2].iter().zip(&mut bench.stats).for_each(|(load, stats)| stats.in_flight = *load);
    bench.adjust();
    assert_eq!(bench.pick(0), 1);
}

#[test]
fn failed_nodes_of_nginx_are_left_out_and_tried_again() {
    let params = [
        ("max_fails", ParamValue::Count(1)),
        ("fail_timeout", ParamValue::Duration(Duration::from_secs(10))),
    ];
    let mut bench = Bench::new("weighted_round_robin", &params, &[1, 1]);
    bench.now = secs(100);
    bench.finish(0, false, 10);
    assert_eq!(bench.shares(20), [0, 20]);
    bench.now = secs(110);
    assert_eq!(bench.shares(20), [0, 20], "the timeout has to pass wholly");
    bench.now = secs(111);
    assert_eq!(bench.shares(20)[0], 1, "one request tries it");
    bench.finish(0, true, 10);
    assert_eq!(bench.shares(20), [10, 10]);
    bench.finish(0, false, 10);
    bench.finish(1, false, 10);
    assert!(bench.shares(100).iter().all(|share| *share > 20), "if all are out, any node is drawn");
}

#[test]
fn more_choices_find_the_idle_node_more_often() {
    let found = |params: &[(&str, ParamValue)]| {
        let mut bench = Bench::new("power_of_two", params, &[1; 10]);
        bench.stats.iter_mut().for_each(|stats| stats.in_flight = 5);
        bench.stats[4].in_flight = 0;
        bench.shares(10_000)[4]
    };
    let choices = |count| ("choices", ParamValue::Count(count));
    // Chances: 1/10, 2/10, 5/10, 1; with replacement 1 - (9/10)^2. Five standard deviations are at most 250.
    assert!(found(&[choices(1)]).abs_diff(1_000) < 250);
    assert!(found(&[]).abs_diff(2_000) < 250);
    assert!(found(&[choices(5)]).abs_diff(5_000) < 250);
    assert_eq!(found(&[choices(16)]), 10_000);
    assert!(found(&[("replacement", ParamValue::Flag(true))]).abs_diff(1_900) < 250);
}

#[test]
fn peak_ewma_shuns_a_slow_node_at_once_and_forgives_it_slowly() {
    for flavour in ["tower", "finagle"] {
        let mut bench = Bench::new("peak_ewma", &[("flavour", ParamValue::Choice(flavour.into()))], &[1; 2]);
        bench.finish(0, true, 10);
        bench.finish(1, true, 10);
        bench.finish(0, true, 500);
        assert_eq!(bench.shares(50), [0, 50], "{flavour}");
        bench.stats[1].in_flight = 1;
        assert_eq!(bench.shares(50), [0, 50], "{flavour}: twice 10 ms is less than 500 ms");
        // Good answers of both: after two minutes, twelve times the decay, the peak is forgotten.
        for at_s in 1..=120 {
            bench.now = secs(at_s);
            bench.finish(0, true, 10);
            bench.finish(1, true, 10);
        }
        assert_eq!(bench.shares(50), [50, 0], "{flavour}: the idle one of two alike");
    }
}

#[test]
fn prequal_prefers_the_fast_nodes_that_are_not_hot() {
    // One node of eight is hot: its share of the probes stays below 30%.
    let mut bench = Bench::new("prequal", &[("q_rif", ParamValue::Ratio(0.7))], &[1; 8]);
    for (index, stats) in bench.stats.iter_mut().enumerate() {
        stats.in_flight = if index == 0 { 50 } else { 2 };
        stats.latency_mean = Duration::from_millis(if index == 0 { 1 } else { 10 * index as u64 });
    }
    let mut counts = [0; 8];
    for at_ms in 0..4_000 {
        bench.now = Instant::ZERO + Duration::from_millis(at_ms);
        counts[bench.pick(0)] += 1;
    }
    assert!(counts[1..4].iter().sum::<u32>() > 3_600, "the fastest cold nodes: {counts:?}");
    assert!(counts[0] < 40, "the hot one, fast as it is: {counts:?}");
}

#[test]
fn bounded_loads_stay_within_the_bound() {
    for name in ["ring_hash", "maglev"] {
        let mut bench = Bench::new(name, &[("hash_balance_factor", ParamValue::Count(125))], &[1; 10]);
        // All requests of one key, none of which ends.
        for total in 1..=500_u32 {
            let node = bench.pick(7);
            bench.send(node);
            let most = bench.stats.iter().map(|stats| stats.in_flight).max().unwrap_or(0);
            // Shares are rounded up, and a node at its bound may take the request that fills it.
            let bound = (f64::from(total) * 1.25 / 10.0).ceil() as u32 + 1;
            assert!(most <= bound, "{name}: {most} of {total}");
        }
    }
}

#[test]
fn the_node_to_avoid_is_left_for_the_next_of_the_table() {
    for name in ["ring_hash", "maglev"] {
        let mut bench = Bench::new(name, &[], &[1; 5]);
        for key in 0..200 {
            let first = bench.pick(key);
            let avoid = RouteRequest { key, avoid: Some(NodeId(first as u32)), ..request() };
            let others: Vec<usize> = (0..3).map(|_| bench.pick_for(&avoid)).collect();
            assert_eq!(others, vec![others[0]; 3], "{name}: a second try is as faithful as the first");
        }
    }
}

#[test]
fn a_table_of_a_size_that_is_no_prime_is_refused() {
    let spec = PolicySpec::named("maglev").with("table_size", ParamValue::Count(65_536));
    let error = build_balancing(&spec).expect_err("65536 is even");
    assert_eq!(error.to_string(), "maglev.table_size: found 65536, expected a prime, such as 65537");
}

#[test]
fn a_permutation_that_misses_slots_still_fills_the_table() {
    let mut table = MaglevTable::default();
    table.rebuild_from(&[Permutation { offset: 0, skip: 2 }], 4);
    assert_eq!(table.slots(), [0; 4]);
    table.rebuild(&[], 7);
    assert_eq!(table.host(3, 0), None);
}

proptest! {
    #[test]
    fn few_keys_of_other_nodes_move_on_the_ring(leaving in 0_u32..12, seed in any::<u64>()) {
        let (moved, stayed) = moves("ring_hash", leaving, seed);
        // The others have 94 instead of 86 positions then, which takes 8.5% of the keys of each other.
        prop_assert!(stayed <= 240, "{} of 2000", stayed);
        prop_assert!(moved > 0);
    }

    #[test]
    fn few_keys_of_other_nodes_move_in_a_maglev_table(leaving in 0_u32..12, seed in any::<u64>()) {
        let (_, stayed) = moves("maglev", leaving, seed);
        // The paper finds some percent for tables of a hundred slots per node; here there are thousands.
        prop_assert!(stayed <= 40, "{} of 2000", stayed);
    }

    #[test]
    fn maglev_shares_follow_the_weights(weights in prop::collection::vec(1_u32..6, 1..9)) {
        let hosts: Vec<_> = weights
            .iter()
            .enumerate()
            .map(|(index, weight)| HashHost { key: alloc::format!("h{index}"), weight: f64::from(*weight) })
            .collect();
        let mut table = MaglevTable::default();
        table.rebuild(&hosts, 1_009);
        let sum: u32 = weights.iter().sum();
        for (host, weight) in weights.iter().enumerate() {
            let slots = table.slots().iter().filter(|slot| **slot as usize == host).count() as f64;
            let fair = 1_009.0 * f64::from(*weight) / f64::from(sum);
            // Each host is at most a slot ahead of its share of the rounds, and so are the others.
            let ahead = 2.0 + weights.len() as f64 * fair / 1_009.0;
            prop_assert!((slots - fair).abs() <= ahead, "{} of {}", slots, fair);
        }
    }

    #[test]
    fn quantiles_are_those_of_the_last_observations(
        observations in prop::collection::vec(0_u32..9, 1..60),
        size in 1_usize..12,
        q in 0.0..=1.0_f64,
    ) {
        let mut sample = RifSample::new(size);
        for (index, observation) in observations.iter().enumerate() {
            sample.add(*observation);
            let mut last = observations[(index + 1).saturating_sub(size)..=index].to_vec();
            last.sort_unstable();
            let expected = last[(q * (last.len() - 1) as f64) as usize];
            prop_assert_eq!(sample.quantile(q), Some(expected));
        }
    }

    #[test]
    fn distinct_draws_are_distinct(count in 1_usize..40, choices in 0_usize..20, seed in any::<u64>()) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut drawn = Vec::new();
        pick::distinct(&mut pick::Halves::new(&mut rng), count, choices, |position| drawn.push(position));
        prop_assert_eq!(drawn.len(), choices.min(count).min(pick::CHOICES_MAX));
        drawn.sort_unstable();
        drawn.dedup();
        prop_assert_eq!(drawn.len(), choices.min(count).min(pick::CHOICES_MAX));
        prop_assert!(drawn.iter().all(|position| *position < count));
    }

    #[test]
    fn loads_of_levels_sum_up_to_a_hundred(
        levels in prop::collection::vec((0_u32..6, 0_u32..6, 0_u32..6, 0_u32..6), 1..5),
        overprovisioning_pct in 100_u32..200,
        panic_threshold_pct in 0.0..100.0_f64,
    ) {
        let level = |(healthy, degraded, sick, excluded): &(u32, u32, u32, u32)| LevelHosts {
            hosts: healthy + degraded + sick + excluded,
            healthy: *healthy,
            degraded: *degraded,
            excluded: *excluded,
        };
        let levels: Vec<_> = levels.iter().map(level).collect();
        let load = priority_load(&levels, &PriorityLimits { overprovisioning_pct, panic_threshold_pct });
        prop_assert_eq!(load.healthy_pct.iter().chain(&load.degraded_pct).sum::<u32>(), 100);
    }
}

/// Of 2000 keys: how many moved from the node that left, and how many from others.
fn moves(name: &str, leaving: u32, seed: u64) -> (usize, usize) {
    let mut bench = Bench::new(name, &[], &[1; 12]);
    let keys = || (0..2_000).map(|key: u64| key.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ seed);
    let before: Vec<usize> = keys().map(|key| bench.pick(key)).collect();
    bench.eligible.retain(|node| node.0 != leaving);
    bench.adjust();
    let after = keys().map(|key| bench.pick(key));
    let changed: Vec<usize> = before
        .iter()
        .zip(after)
        .filter(|(before, after)| **before != *after)
        .map(|(before, _)| *before)
        .collect();
    let from_leaving = changed.iter().filter(|node| **node == leaving as usize).count();
    (from_leaving, changed.len() - from_leaving)
}

/// A strategy of the catalogue with a pool of its own.
struct Bench {
    now: Instant,
    strategy: Box<dyn BalancingStrategy>,
    eligible: Vec<NodeId>,
    stats: Vec<NodeStats>,
    rng: ChaCha8Rng,
}

impl Bench {
    fn new(name: &str, params: &[(&str, ParamValue)], weights: &[u32]) -> Self {
        let spec =
            params.iter().fold(PolicySpec::named(name), |spec, (name, value)| spec.with(name, value.clone()));
        let stats: Vec<_> =
            weights.iter().map(|weight| NodeStats { weight: *weight, ..NodeStats::default() }).collect();
        let mut bench = Self {
            now: secs(0),
            strategy: build_balancing(&spec).expect("is in the catalogue"),
            eligible: (0..stats.len()).map(|index| NodeId(index as u32)).collect(),
            stats,
            rng: ChaCha8Rng::seed_from_u64(5),
        };
        bench.adjust();
        bench
    }

    fn adjust(&mut self) {
        self.strategy.adjust_weights(self.now, Pool { eligible: &self.eligible, stats: &self.stats });
    }

    fn pick(&mut self, key: u64) -> usize {
        self.pick_for(&RouteRequest { key, ..request() })
    }

    fn pick_for(&mut self, request: &RouteRequest) -> usize {
        let pool = Pool { eligible: &self.eligible, stats: &self.stats };
        self.strategy.select_node(self.now, request, pool, &mut self.rng).index()
    }

    fn send(&mut self, node: usize) {
        self.stats[node].in_flight += 1;
        self.strategy.request_sent(NodeId(node as u32));
    }

    fn finish(&mut self, node: u32, ok: bool, latency_ms: u64) {
        let outcome = RequestOutcome { ok, latency: Duration::from_millis(latency_ms) };
        self.strategy.request_finished(self.now, NodeId(node), outcome);
    }

    /// How often each node is chosen by so many requests of different keys.
    fn shares(&mut self, requests: u64) -> Vec<u32> {
        let mut shares = vec![0; self.stats.len()];
        (0..requests).for_each(|key| shares[self.pick(key)] += 1);
        shares
    }
}

fn secs(secs: u64) -> Instant {
    Instant::ZERO + Duration::from_secs(secs)
}
