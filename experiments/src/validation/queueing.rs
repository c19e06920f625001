//! Queues: one station, in the steady state.

use super::case::Case;
use super::experiment::{Experiment, Family, Readings};
use super::journal::Journal;
use super::station::{Law, Station, known_metrics, read, time, with_seed};
use serde::Deserialize;

/// The families of this file.
pub(super) const FAMILIES: &[(&str, Family)] = &[
    ("mm1", markov),
    ("mmc", markov),
    ("mmck", markov),
    ("md1", general),
    ("mg1", general),
    ("gi_m1", general),
    ("gg1", general),
    ("mmpp", modulated),
    ("closed_loop", closed_loop),
    ("erlang_a", impatient),
    ("ps", shared),
];

#[derive(Deserialize)]
struct Markov {
    arrival_rate_per_s: f64,
    service_rate_per_s: f64,
    #[serde(default = "one")]
    servers: u32,
    max_in_system: Option<u32>,
}

const fn one() -> u32 {
    1
}

/// More time than so many requests at this rate take.
pub(super) fn enough_s(requests: u64, rate_per_s: f64, service_s: f64) -> f64 {
    2.0 * requests as f64 / rate_per_s + 10_000.0 * service_s + 1.0
}

/// One node whose workers share its queue.
pub(super) fn station(workers: u32, requests: u64) -> Station {
    Station {
        nodes: 1,
        workers,
        queue: None,
        node_type: String::new(),
        shared_queue: false,
        service_time: String::new(),
        arrivals: String::new(),
        requests,
        balancer: String::new(),
        client: String::new(),
        more: String::new(),
        duration_s: 0.0,
    }
}

/// A Poisson process, as in a scenario.
pub(super) fn poisson(rate_per_s: f64) -> String {
    format!("{{ poisson: {{ rate: {rate_per_s}/s }} }}")
}

/// An exponential time, as in a scenario.
pub(super) fn exponential(rate_per_s: f64) -> String {
    Law::Exponential { mean_s: 1.0 / rate_per_s }.yaml()
}

fn markov(case: &Case, requests: u64) -> Result<Experiment, String> {
    let model: Markov = case.model()?;
    let queue = match model.max_in_system {
        Some(max) => Some(max.checked_sub(model.servers).ok_or("fewer places than servers")?),
        None => None,
    };
    Station {
        queue,
        service_time: exponential(model.service_rate_per_s),
        arrivals: poisson(model.arrival_rate_per_s),
        duration_s: enough_s(requests, model.arrival_rate_per_s, 1.0 / model.service_rate_per_s),
        ..station(model.servers, requests)
    }
    .experiment(case)
}

#[derive(Deserialize)]
struct General {
    arrival_rate_per_s: Option<f64>,
    arrival: Option<Law>,
    service_rate_per_s: Option<f64>,
    service_s: Option<f64>,
    service: Option<Law>,
    #[serde(default = "one")]
    servers: u32,
}

fn general(case: &Case, requests: u64) -> Result<Experiment, String> {
    let model: General = case.model()?;
    let service = match (model.service, model.service_s, model.service_rate_per_s) {
        (Some(law), None, None) => law,
        (None, Some(mean_s), None) => Law::Deterministic { mean_s },
        (None, None, Some(rate)) => Law::Exponential { mean_s: 1.0 / rate },
        _ => return Err("the model: one of service, service_s and service_rate_per_s".into()),
    };
    let (arrivals, gap_s) = match (model.arrival, model.arrival_rate_per_s) {
        (Some(law), None) => (format!("{{ renewal: {} }}", law.yaml()), law.mean_s()),
        (None, Some(rate)) => (poisson(rate), 1.0 / rate),
        _ => return Err("the model: one of arrival and arrival_rate_per_s".into()),
    };
    Station {
        service_time: service.yaml(),
        arrivals,
        duration_s: enough_s(requests, 1.0 / gap_s, service.mean_s()),
        ..station(model.servers, requests)
    }
    .experiment(case)
}

#[derive(Deserialize)]
struct Modulated {
    arrival_rate_per_s_by_state: [f64; 2],
    switch_rate_per_s_by_state: [f64; 2],
    service_rate_per_s: f64,
    #[serde(default = "one")]
    servers: u32,
}

fn modulated(case: &Case, requests: u64) -> Result<Experiment, String> {
    let model: Modulated = case.model()?;
    let state = |number: usize| {
        let hold_s = 1.0 / model.switch_rate_per_s_by_state[number];
        format!("{{ rate: {}/s, mean_hold: {} }}", model.arrival_rate_per_s_by_state[number], time(hold_s))
    };
    let slowest = model.arrival_rate_per_s_by_state[0].min(model.arrival_rate_per_s_by_state[1]);
    let fastest = model.arrival_rate_per_s_by_state[0].max(model.arrival_rate_per_s_by_state[1]);
    Station {
        service_time: exponential(model.service_rate_per_s),
        arrivals: format!("{{ mmpp: [{}, {}] }}", state(0), state(1)),
        duration_s: 4.0 * enough_s(requests, slowest.max(fastest / 100.0), 1.0 / model.service_rate_per_s),
        ..station(model.servers, requests)
    }
    .experiment(case)
}

#[derive(Deserialize)]
struct ClosedLoop {
    clients: u32,
    think_s: f64,
    service_rate_per_s: f64,
    #[serde(default = "one")]
    servers: u32,
}

fn closed_loop(case: &Case, requests: u64) -> Result<Experiment, String> {
    let model: ClosedLoop = case.model()?;
    let think = Law::Exponential { mean_s: model.think_s }.yaml();
    let alone_s = model.think_s + 1.0 / model.service_rate_per_s;
    Station {
        service_time: exponential(model.service_rate_per_s),
        arrivals: format!("{{ closed_loop: {{ clients: {}, think: {think} }} }}", model.clients),
        // At worst as slow as a single client.
        duration_s: enough_s(requests, 1.0 / alone_s, alone_s),
        ..station(model.servers, requests)
    }
    .experiment(case)
}

#[derive(Deserialize)]
struct Impatient {
    arrival_rate_per_s: f64,
    service_rate_per_s: f64,
    abandon_rate_per_s: f64,
    #[serde(default = "one")]
    servers: u32,
}

fn impatient(case: &Case, requests: u64) -> Result<Experiment, String> {
    let model: Impatient = case.model()?;
    Station {
        service_time: exponential(model.service_rate_per_s),
        arrivals: poisson(model.arrival_rate_per_s),
        client: format!("    patience: {}\n", exponential(model.abandon_rate_per_s)),
        duration_s: enough_s(requests, model.arrival_rate_per_s, 1.0 / model.service_rate_per_s),
        ..station(model.servers, requests)
    }
    .experiment(case)
}

/// The requests of a node share its worker.
fn shared(case: &Case, requests: u64) -> Result<Experiment, String> {
    let model: General = case.model()?;
    let (Some(law), Some(rate)) = (model.service, model.arrival_rate_per_s) else {
        return Err("the model: service and arrival_rate_per_s".into());
    };
    let text = Station {
        node_type: ", processor_sharing: true".into(),
        service_time: law.yaml(),
        arrivals: poisson(rate),
        duration_s: enough_s(requests, rate, law.mean_s()),
        ..station(model.servers, requests)
    }
    .yaml(case);
    let (text, scenario) = read(case, &text)?;
    let metrics = known_metrics(case);
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let journal = Journal::of(&with_seed(&scenario, seed), requests as usize)?;
        let number = |metric: &str| journal.number(metric, f64::from(model.servers));
        let of = |metric: &String| {
            let value = match metric.as_str() {
                // With one worker; the time it takes is not the time for which a request is served.
                "utilization" => number("prob_empty").map(|empty| 1.0 - empty),
                "mean_slowdown" => Some(journal.slowdown()),
                metric => number(metric),
            };
            value.map(|value| (metric.clone(), value.into())).ok_or(format!("no metric `{metric}`"))
        };
        metrics.iter().map(of).collect()
    };
    Ok(Experiment { scenario: Some(text), once: false, replicate: Box::new(replicate) })
}
