//! What the shipped scenarios teach about policies, asserted with the policy and without it, over a few seeds.

use crate::{shipped, simulate};
use cusinart_report::{Sample, samples};
use cusinart_scenarios::objective;

/// The metrics of a run of a shipped scenario.
fn measured<const N: usize>(name: &str, set: &[&str], seed: u64, metrics: [&str; N]) -> [f64; N] {
    let scenario = shipped(name, set, Some(seed));
    let record = simulate(&scenario);
    metrics.map(|text| {
        let objective = objective("test", text, &scenario).unwrap_or_else(|error| panic!("{error}"));
        match samples(&scenario, &record, &[objective]).remove(0) {
            Sample::Value(value) => value,
            other @ (Sample::Times(_) | Sample::Nothing) => panic!("{text} of {name} is {other:?}"),
        }
    })
}

#[test]
fn stabilization_ends_the_flapping_of_an_hpa_and_tolerance_does_not() {
    const HPA: &str = "control.auto_scaler.policy.kubernetes_hpa";
    let measured = |set: &[&str], seed| measured("hpa-flapping", set, seed, ["availability", "cost"]);
    for seed in [17, 1] {
        let [flapping, cheap] = measured(&[], seed);
        let [stable, dear] = measured(&[&format!("{HPA}.stabilization_down=5m")], seed);
        let [tolerant, _] = measured(&[&format!("{HPA}.tolerance_up=10%")], seed);
        assert!(flapping < 0.99 && stable > 0.9999, "seed {seed}: {flapping} and {stable}");
        assert!(tolerant < flapping, "seed {seed}: growth that waits is later still, {tolerant}");
        assert!(dear > 1.1 * cheap, "seed {seed}: calm has its price, {dear} and {cheap}");
    }
}

#[test]
fn a_panic_helps_as_far_as_nodes_start_quickly() {
    const CALM: &str = "control.auto_scaler.policy.knative_kpa.panic_threshold=1000%";
    const SLOW: &str = "node_types.pod.boot_time=60s";
    let first_minute = |set: &[&str], seed| {
        let [availability] = measured("kpa-panic-slow-start", set, seed, ["availability during [3m, 4m]"]);
        availability
    };
    for seed in [5, 1] {
        let (panic, calm) = (first_minute(&[], seed), first_minute(&[CALM], seed));
        assert!(panic > 0.84 && calm < 0.7, "seed {seed}: {panic} and {calm}");
        let (slow, slow_and_calm) = (first_minute(&[SLOW], seed), first_minute(&[SLOW, CALM], seed));
        assert!(slow < 0.4 && slow - slow_and_calm < 0.15, "seed {seed}: {slow} and {slow_and_calm}");
    }
}

#[test]
fn ejection_without_a_limit_brings_down_what_two_slow_nodes_did_not() {
    let availability = |set: &[&str], seed| {
        let [availability] = measured("outlier-ejection-storm", set, seed, ["availability"]);
        availability
    };
    for seed in [13, 1] {
        let storm = availability(&[], seed);
        assert!(storm < 0.6, "seed {seed}: {storm}");
        for (set, least) in [
            ("control.load_balancer.ejection=off", 0.99),
            ("control.load_balancer.panic_threshold=50%", 0.99),
            ("control.load_balancer.ejection.max=20%", 0.999),
        ] {
            let held = availability(&[set], seed);
            assert!(held > least, "seed {seed}, {set}: {held}");
        }
    }
}

#[test]
fn prequal_has_the_shortest_tail_on_mixed_machines_and_round_robin_the_longest() {
    const P2C: &str = "control.load_balancer={power_of_two: {}}";
    const ROUND_ROBIN: &str = "control.load_balancer={weighted_round_robin: {}}";
    let tail = |set: &[&str], seed| measured("prequal-vs-p2c", set, seed, ["latency.p99", "latency.p99.9"]);
    for seed in [29, 1] {
        let (prequal, p2c, round_robin) = (tail(&[], seed), tail(&[P2C], seed), tail(&[ROUND_ROBIN], seed));
        for (percentile, (prequal, p2c)) in ["p99", "p99.9"].iter().zip(prequal.into_iter().zip(p2c)) {
            assert!(prequal < 0.9 * p2c, "seed {seed}, {percentile}: {prequal} and {p2c}");
        }
        assert!(round_robin[0] > 10.0 * p2c[0], "seed {seed}: {round_robin:?} and {p2c:?}");
    }
}

#[test]
fn the_gate_and_the_panic_threshold_keep_a_cluster_alive_while_its_monitor_fails() {
    const METRICS: [&str; 2] = ["availability", "healthy_restarted"];
    let measured = |set: &[&str], seed| measured("node-remediation-storm", set, seed, METRICS);
    for seed in [19, 1] {
        let [alive, restarted] = measured(&[], seed);
        assert!(alive > 0.998 && restarted <= 0.3, "seed {seed}: {alive}, {restarted}");
        let [without_gate, restarted] = measured(&["control.recovery.gate=off"], seed);
        assert!(without_gate < 0.95 && restarted > 0.9, "seed {seed}: {without_gate}, {restarted}");
        let [without_panic, _] = measured(&["control.load_balancer.panic_threshold=0%"], seed);
        assert!(without_panic < 0.9, "seed {seed}: {without_panic}");
    }
}

#[test]
fn zone_aware_routing_spills_over_for_lost_nodes_and_not_for_a_crowd() {
    let metrics =
        ["latency.p50", "availability during [fault, fault.end]", "availability(east) during [10m, 14m]"];
    for seed in [37, 1] {
        let [local, spilled, crowd] = measured("zone-aware-spillover", &[], seed, metrics);
        let off = ["control.load_balancer.zone_aware=off"];
        let [far, _, spread] = measured("zone-aware-spillover", &off, seed, metrics);
        assert!(local < 0.7 * far, "seed {seed}: {local} and {far}");
        assert!(spilled > 0.999, "seed {seed}: {spilled}");
        assert!(crowd < 0.9 && spread > 0.999, "seed {seed}: {crowd} and {spread}");
    }
}
