//! Breakers, limits, queues, hedges and deadlines in the virtual world: what must hold whatever else happens.

use crate::world::tries;
use crate::{read, simulate};
use cusinart_policies::overload::BreakerChange;
use cusinart_policies::{Duration, Instant};
use cusinart_record::{FactKind, RequestError, RunRecord};
use cusinart_scenarios::Scenario;

/// Two nodes with two workers that serve 100 ms, and one client; the texts add to service, client and scenario.
fn two_nodes(rate: &str, service: &str, client: &str, more: &str) -> Scenario {
    read(&format!(
        "
version: 1
name: overload
description: Two nodes serve 40 requests a second together.
duration: 2m
window: 1s
zones: [a]
network: {{ outside: {{ latency: 1ms }} }}
node_types: {{ std: {{ workers: 2, boot_time: 1s }} }}
services: {{ s: {{ node_type: std, nodes: 2, service_time: 100ms{service} }} }}
clients: {{ u: {{ service: s, arrivals: {{ poisson: {{ {rate} }} }}{client} }} }}
{more}
"
    ))
}

const TOO_MUCH: &str =
    "stages: [ { at: 0s, rate: 60/s }, { at: 100s, rate: 60/s }, { at: 100s, rate: 0/s } ]";

fn failed(record: &RunRecord, error: RequestError) -> u64 {
    record.clients[0].counts.failed[error as usize]
}

#[test]
fn an_open_breaker_sends_nothing_and_closes_when_a_trial_goes_well() {
    let scenario = two_nodes(
        "rate: 20/s",
        "",
        ", timeout: 1s, breaker: { consecutive_failures: { failures: 5, backoff_min: 2s } }",
        "faults: [ { at: 30s, for: 20s, crash: { share: 100% } } ]\ncontrol: { recovery: { strategies: [] } }",
    );
    let record = simulate(&scenario);
    let changes: Vec<&BreakerChange> = record
        .facts
        .iter()
        .filter_map(
            |fact| if let FactKind::Breaker { change, .. } = &fact.kind { Some(change) } else { None },
        )
        .collect();
    let opened =
        changes.iter().filter(|change| matches!(change, BreakerChange::Opened { .. })).count() as u64;
    // Open for 2, 4, 8 and 16 s: one trial at the end of each.
    assert_eq!(opened, 4, "{changes:?}");
    assert!(matches!(changes[0], BreakerChange::Opened { trial: false, .. }), "{changes:?}");
    assert!(matches!(changes.last(), Some(BreakerChange::Closed { calls: 1 })), "{changes:?}");
    let lost = failed(&record, RequestError::Refused) + failed(&record, RequestError::Reset);
    assert!((8..20).contains(&lost), "five, three trials, and what was in flight at the crash: {lost}");
    let kept_back = failed(&record, RequestError::BreakerOpen);
    assert!((500..700).contains(&kept_back), "30 s of 20 a second were kept back: {kept_back}");
    assert_eq!(record.clients[0].counts.retries, 0);
}

#[test]
fn a_node_takes_in_no_more_than_its_limit() {
    let limit = ", concurrency_limit: { aimd: { initial: 3, min: 3, max: 3 } }";
    let record = simulate(&two_nodes(TOO_MUCH, limit, ", timeout: 10s", ""));
    let service = &record.services[0];
    for window in &service.windows {
        assert!(window.serving + window.queued <= 6 && window.limit == 6, "{window:?}");
    }
    assert!(service.rejected > 1_000, "a third of 60 a second is too much: {}", service.rejected);
    assert_eq!((service.shed.limited, service.shed.dropped), (service.rejected, 0));
    assert_eq!(failed(&record, RequestError::Rejected), service.rejected);
}

#[test]
fn codel_keeps_a_queue_short_that_grows_without_end_otherwise() {
    let longest = |service: &str| {
        let record = simulate(&two_nodes(TOO_MUCH, service, "", ""));
        let queued = record.services[0].windows[50..100].iter().map(|window| window.queued).max();
        (queued.expect("there are windows"), record.services[0].shed.dropped, record.services[0].rejected)
    };
    let (fifo, none, _) = longest(", queue_discipline: fifo");
    assert!(fifo > 1_500 && none == 0, "{fifo} {none}");
    let (codel, dropped, rejected) =
        longest(", queue_discipline: { codel: { target: 50ms, interval: 500ms } }");
    assert!(codel < 60 && dropped > 1_000, "{codel} {dropped}");
    assert_eq!(dropped, rejected);
}

#[test]
fn no_try_outlives_the_deadline_of_its_request() {
    let client = |propagate: bool| {
        format!(
            ", timeout: 600ms, retries: {{ max: 5, backoff: {{ initial: 10ms }} }}, \
             deadline: {{ after: 1s, propagate: {propagate} }}"
        )
    };
    for propagate in [true, false] {
        let scenario = two_nodes(TOO_MUCH, "", &client(propagate), "");
        for item in tries(&scenario) {
            assert!(item.ended.since(item.intended) <= Duration::from_secs(1), "{item:?}");
        }
        let record = simulate(&scenario);
        let service = &record.services[0];
        assert_eq!(service.shed.expired > 0, propagate, "{:?}", service.shed);
        let counts = &record.clients[0].counts;
        assert_eq!(counts.offered, counts.ended(), "all had ended");
    }
}

#[test]
fn the_deadline_of_a_client_ends_the_calls_made_for_it() {
    let record = simulate(&read(
        "
version: 1
name: propagated
description: A service calls one that never answers, and has no timeout of its own.
duration: 1m
window: 1s
zones: [a]
node_types: { std: { workers: 4 } }
services:
  front: { node_type: std, nodes: 2, service_time: 1ms, calls: [ { service: back } ] }
  back: { node_type: std, nodes: 2, service_time: 1ms }
clients: { u: { service: front, arrivals: { poisson: { rate: 20/s } }, deadline: 200ms } }
faults: [ { at: 10s, hang: { service: back, share: 100% } } ]
control: { recovery: { strategies: [] } }
",
    ));
    let hung = &record.services[0].windows[20..];
    let busy = hung.iter().map(|window| f64::from(window.serving)).sum::<f64>() / hung.len() as f64;
    // Twenty a second wait 200 ms each: about four at once. Without the deadline all eight workers would be stuck.
    assert!((2.5..6.0).contains(&busy), "{busy}");
    assert!(record.services[0].served > 900, "workers are free again: {}", record.services[0].served);
}

#[test]
fn a_hedge_goes_to_another_node_and_only_if_there_is_one() {
    let hedging = ", timeout: 5s, hedging: { after: 50ms }";
    let scenario = two_nodes("rate: 5/s", "", hedging, "");
    let record = simulate(&scenario);
    let counts = &record.clients[0].counts;
    assert_eq!(counts.hedges, counts.offered, "every answer takes longer than 50 ms");
    assert_eq!(record.services[0].arrived, 2 * counts.offered);
    // The one that came second ended without anyone waiting for it.
    assert!(record.services[0].wasted > 0);
    let mut alone = two_nodes("rate: 5/s", "", hedging, "");
    alone.services[0].nodes = 1;
    assert_eq!(simulate(&alone).clients[0].counts.hedges, 0);
}

/// Everything at once: losses, hangs, crashes and errors, hedged calls of hedged requests, retries, breakers, deadlines.
pub(crate) fn turmoil(seed: u64) -> Scenario {
    read(&format!(
        "
version: 1
name: turmoil
description: All at once.
duration: 2m
window: 1s
seed: {seed}
zones: [a, b]
network:
  within_zone: {{ latency: {{ exponential: {{ mean: 1ms }} }}, loss: 1% }}
  between_zones: {{ latency: {{ exponential: {{ mean: 2ms }} }}, loss: 2% }}
  outside: {{ latency: {{ exponential: {{ mean: 2ms }} }} }}
node_types: {{ std: {{ workers: 3, queue: 50, boot_time: 1s }} }}
services:
  front:
    node_type: std
    nodes: 6
    service_time: {{ exponential: {{ mean: 5ms }} }}
    calls: [ {{ service: back, timeout: 60ms, retries: {{ max: 1 }}, hedging: {{ after: 20ms, max: 2 }} }} ]
    queue_discipline: codel
    concurrency_limit: {{ vegas: {{ initial: 10 }} }}
  back:
    node_type: std
    nodes: 6
    service_time: {{ exponential: {{ mean: 6ms }} }}
    errors: 2%
    concurrency_limit: gradient2
clients:
  u:
    service: front
    arrivals: {{ poisson: {{ stages: [ {{ at: 0s, rate: 300/s }}, {{ at: 100s, rate: 900/s }}, {{ at: 100s, rate: 0/s }} ] }} }}
    timeout: 150ms
    retries: {{ max: 3, backoff: {{ initial: 10ms }} }}
    hedging: {{ after: p90, max: 3, budget: 30% }}
    deadline: 400ms
    breaker: {{ count_window: {{ wait_in_open: 500ms, failure_rate: 60% }} }}
faults:
  - {{ every: {{ exponential: {{ mean: 15s }} }}, per: node, for: 300ms, hang: {{}} }}
  - {{ every: {{ exponential: {{ mean: 20s }} }}, until: 90s, for: 2s, crash: {{ nodes: 1, in_flight: lost }} }}
  - {{ every: {{ exponential: {{ mean: 20s }} }}, until: 90s, for: 2s, crash: {{ nodes: 1, in_flight: reset }} }}
"
    ))
}

#[test]
fn a_request_ends_once_and_leaves_nothing_behind_whatever_happens() {
    for seed in 0..12 {
        let record = simulate(&turmoil(seed));
        let counts = &record.clients[0].counts;
        assert_eq!(counts.offered, counts.ended(), "seed {seed}: {counts:?}");
        assert!(counts.hedges > 100 && counts.retries > 100, "seed {seed}: {counts:?}");
        for service in &record.services {
            let last = service.windows.last().expect("there are windows");
            assert_eq!((last.serving, last.queued), (0, 0), "seed {seed}, {}", service.name);
            assert!(service.shed.limited > 0, "seed {seed}, {}: {:?}", service.name, service.shed);
        }
        let ends = record.clients[0].windows.last().expect("there are windows");
        assert_eq!(ends.in_flight, 0, "seed {seed}");
        assert!(record.facts.iter().all(|fact| fact.at <= Instant::ZERO + record.simulated));
    }
}

#[test]
fn the_same_seed_gives_the_same_run_with_hedges_and_limits() {
    assert_eq!(simulate(&turmoil(5)).digest, simulate(&turmoil(5)).digest);
    assert_ne!(simulate(&turmoil(5)).digest, simulate(&turmoil(6)).digest);
}
