//! What the scenarios of overload and of hedging claim to teach, asserted from the counts of their runs.

use crate::{shipped, simulate};
use cusinart_policies::Instant;
use cusinart_record::{ClientWindow, FactKind, RequestError, RunRecord};

const SEEDS: [u64; 3] = [31, 1, 2];

/// Requests answered well as a share of those that started between two seconds.
fn goodput(record: &RunRecord, from: u64, to: u64) -> f64 {
    let window = record.header.window.as_nanos();
    let at = |second: u64| ((second * 1_000_000_000 / window) as usize).min(record.clients[0].windows.len());
    let windows = &record.clients[0].windows[at(from)..at(to)];
    let sum = |count: fn(&ClientWindow) -> u64| windows.iter().map(count).sum::<u64>() as f64;
    sum(|window| window.counts.ok) / sum(|window| window.counts.offered)
}

fn shedding(set: &[&str], seed: u64) -> RunRecord {
    simulate(&shipped("load-shedding", set, Some(seed)))
}

#[test]
fn an_endless_queue_turns_a_spike_into_an_outage() {
    for seed in SEEDS {
        let fifo = shedding(&[], seed);
        let after = goodput(&fifo, 240, 480);
        assert!(after < 0.02, "seed {seed}: two minutes after the spike goodput is {after}");
        let service = &fifo.services[0];
        assert!(service.wasted * 2 > service.served, "seed {seed}: {}/{}", service.wasted, service.served);
    }
}

#[test]
fn whatever_sheds_load_early_brings_the_service_back() {
    let variants = [
        "services.checkout.queue_discipline=codel",
        "services.checkout.concurrency_limit=vegas",
        "services.checkout.concurrency_limit=gradient2",
        "services.checkout.concurrency_limit={aimd: {timeout: 200ms}}",
        "clients.app.deadline=500ms",
        "clients.app.breaker={count_window: {wait_in_open: 5s}}",
        "clients.app.breaker={time_window: {seconds: 10, wait_in_open: 5s}}",
        "clients.app.breaker={consecutive_failures: {backoff_min: 5s}}",
    ];
    for seed in SEEDS {
        for variant in variants {
            let record = shedding(&[variant], seed);
            let after = goodput(&record, 240, 480);
            assert!(after > 0.99, "seed {seed}, {variant}: two minutes after the spike goodput is {after}");
        }
    }
}

#[test]
fn an_adaptive_limit_keeps_goodput_even_in_the_spike() {
    for seed in SEEDS {
        for variant in [
            "services.checkout.concurrency_limit=vegas",
            "services.checkout.concurrency_limit=gradient2",
            "services.checkout.concurrency_limit={aimd: {timeout: 200ms}}",
        ] {
            let (fifo, shed) = (shedding(&[], seed), shedding(&[variant], seed));
            let (fifo, during) = (goodput(&fifo, 120, 140), goodput(&shed, 120, 140));
            assert!(during > 0.5 && fifo < 0.25, "seed {seed}, {variant}: {during} instead of {fifo}");
            assert!(shed.services[0].rejected > 5_000);
        }
    }
}

#[test]
fn a_breaker_says_why_it_opened_and_sends_nothing_meanwhile() {
    let record = shedding(&["clients.app.breaker={count_window: {wait_in_open: 5s}}"], 31);
    let opened = record.facts.iter().filter(|fact| matches!(fact.kind, FactKind::Breaker { .. }));
    let (mut first, mut changes) = (Instant::FAR_FUTURE, 0);
    for fact in opened {
        first = first.min(fact.at);
        changes += 1;
    }
    assert!((120.0..135.0).contains(&first.as_secs_f64()), "{first}");
    assert!((3..100).contains(&changes), "{changes} changes");
    assert!(record.clients[0].counts.failed[RequestError::BreakerOpen as usize] > 1_000);
}

/// What hedging comes to: tries for each request, the share of requests answered well, the 99.9th percentile in ms.
struct Tail {
    tries: f64,
    availability: f64,
    p99_9_ms: f64,
}

fn tail(set: &[&str], seed: u64) -> Tail {
    let record = simulate(&shipped("tail-at-scale", set, Some(seed)));
    let counts = &record.clients[0].counts;
    Tail {
        tries: (counts.offered + counts.hedges) as f64 / counts.offered as f64,
        availability: counts.ok as f64 / counts.ended() as f64,
        p99_9_ms: record.clients[0].latency.value_at_quantile(0.999) as f64 / 1e6,
    }
}

#[test]
fn hedging_after_the_95th_percentile_cuts_the_tail_for_a_few_percent_more_tries() {
    for seed in SEEDS {
        let plain = tail(&[], seed).p99_9_ms;
        let Tail { tries, p99_9_ms, .. } = tail(&["clients.web.hedging={after: p95}"], seed);
        assert!(plain > 150.0, "seed {seed}: {plain} ms");
        assert!(p99_9_ms * 3.0 < plain, "seed {seed}: {p99_9_ms} ms instead of {plain} ms");
        assert!((1.02..1.08).contains(&tries), "seed {seed}: {tries} tries for each request");
    }
}

#[test]
fn too_eager_hedges_bring_a_busy_service_down_unless_they_have_a_budget() {
    const BUSY: &str = "clients.web.arrivals.poisson.rate=5200/s";
    for seed in [12, 1] {
        let plain = tail(&[BUSY], seed);
        assert!(plain.availability > 0.999 && plain.p99_9_ms > 130.0, "seed {seed}: {}", plain.p99_9_ms);
        let eager = tail(&[BUSY, "clients.web.hedging={after: 2ms}"], seed);
        assert!(eager.availability < 0.2, "seed {seed}: {}", eager.availability);
        // Spent on requests that need no help, a budget averts the worst and helps little.
        let spent = tail(&[BUSY, "clients.web.hedging={after: 2ms, budget: 5%}"], seed);
        assert!(spent.availability > 0.999 && spent.tries < 1.06, "seed {seed}: {}", spent.availability);
        assert!(spent.p99_9_ms > 0.8 * plain.p99_9_ms, "seed {seed}: {} ms", spent.p99_9_ms);
        let late = tail(&[BUSY, "clients.web.hedging={after: p95, budget: 10%}"], seed);
        assert!(late.availability > 0.999 && late.tries < 1.11, "seed {seed}: {}", late.availability);
        assert!(late.p99_9_ms * 3.0 < plain.p99_9_ms, "seed {seed}: {} ms", late.p99_9_ms);
    }
}
