//! Queues with a known answer, written as plain scenarios: the simulator must meet the formula.

use crate::simulate;
use cusinart_scenarios::{Overlay, Scenario, parse};
use std::path::Path;

const REPLICATIONS: u64 = 20;
/// Student's t for 19 degrees of freedom at 99.9 %, two-sided: one seed set in a thousand would miss by chance.
const T: f64 = 3.883;

/// A service of one node with `workers` and an unlimited queue, mean service time 10 ms, at load `rho`.
fn queue(workers: u32, rho: f64, seed: u64) -> Scenario {
    let rate = rho * f64::from(workers) * 100.0;
    let text = format!(
        "
version: 1
name: queue
description: A queue with a known answer.
duration: 1000s
warmup: 100s
zones: [a]
node_types: {{ server: {{ workers: {workers} }} }}
services: {{ work: {{ node_type: server, nodes: 1, service_time: {{ exponential: {{ mean: 10ms }} }} }} }}
clients: {{ load: {{ service: work, arrivals: {{ poisson: {{ rate: {rate}/s }} }} }} }}
"
    );
    let overlay = Overlay { set: Vec::new(), seed: Some(seed) };
    parse("queue.yaml", &text, Path::new("."), &overlay).unwrap_or_else(|error| panic!("{error}"))
}

/// Mean time in system of an M/M/c queue in seconds, by Erlang's C formula (Erlang, 1917).
fn erlang_c_sojourn(workers: u32, rho: f64, mean_service_s: f64) -> f64 {
    let offered = rho * f64::from(workers);
    // Erlang B by its recursion, then C from B.
    let blocking = (1..=workers).fold(1.0, |b, n| offered * b / (f64::from(n) + offered * b));
    let waiting = blocking / (1.0 - rho * (1.0 - blocking));
    mean_service_s + waiting * mean_service_s / (f64::from(workers) * (1.0 - rho))
}

/// Mean sojourn time over independent replications, and half the width of its 99.9 % confidence interval.
fn measured_sojourn(workers: u32, rho: f64) -> (f64, f64) {
    let means: Vec<f64> = (1..=REPLICATIONS)
        .map(|seed| {
            let record = simulate(&queue(workers, rho, seed));
            let client = &record.clients[0];
            client.latency_sum as f64 / client.counts.ok as f64 / 1e9
        })
        .collect();
    let n = REPLICATIONS as f64;
    let mean = means.iter().sum::<f64>() / n;
    let variance = means.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    (mean, T * (variance / n).sqrt())
}

fn check(workers: u32, rho: f64) {
    let expected = erlang_c_sojourn(workers, rho, 0.01);
    let (mean, half) = measured_sojourn(workers, rho);
    assert!(
        (mean - expected).abs() <= half,
        "M/M/{workers} at load {rho}: {expected} s by the formula, {mean} +- {half} s measured"
    );
    // An interval so wide that anything falls into it would prove nothing.
    assert!(half < 0.1 * expected, "the interval of M/M/{workers} at load {rho} is wide: {half} s");
}

#[test]
fn the_formula_gives_the_textbook_values() {
    // M/M/1: 1 / (mu - lambda). M/M/2 at rho 0.5: mean wait 1/3 of the service time.
    assert!((erlang_c_sojourn(1, 0.8, 0.01) - 0.05).abs() < 1e-12);
    assert!((erlang_c_sojourn(2, 0.5, 0.01) - 0.01 * 4.0 / 3.0).abs() < 1e-12);
}

#[test]
fn m_m_1_meets_the_formula() {
    check(1, 0.5);
    check(1, 0.8);
}

#[test]
fn m_m_c_meets_the_formula() {
    check(2, 0.7);
    check(8, 0.9);
}
