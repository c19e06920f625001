//! Senders that try again, hedge, or ask many at once.

use super::case::Case;
use super::experiment::{Experiment, Family, Readings};
use super::journal::nearest_rank;
use super::queueing::station;
use super::station::{ALL, FOR_EVER, Law, Station, known_metrics, read, time, with_seed};
use cusinart_record::RunRecord;
use cusinart_scenarios::Scenario;
use cusinart_sim_core::{Simulation, TryTrace};
use serde::Deserialize;
use std::cell::RefCell;
use std::fmt::Write as _;
use std::rc::Rc;

/// The families of this file.
pub(super) const FAMILIES: &[(&str, Family)] = &[
    ("retry", retry),
    ("retry_budget", retry_budget),
    ("metastable", metastable),
    ("hedge", hedge),
    ("fanout", fanout),
    ("fanout_max_exp", fanout_max),
];

/// Requests per second where their number alone counts.
const STEADY_PER_S: f64 = 100.0;

/// Runs a scenario to its end and shows every try that ends.
pub(super) fn watch(scenario: &Scenario, mut each: impl FnMut(&TryTrace) + 'static) -> RunRecord {
    let mut simulation = Simulation::new(scenario);
    simulation.trace(Box::new(move |item| each(item)));
    simulation.run()
}

/// A chain of services: the client calls `layer1`, each layer the next one, the last one `backend`.
fn chain(case: &Case, layers: u32, retries: &str, errors: f64, requests: u64, duration_s: f64) -> String {
    let name: String = case.id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let mut text = format!("version: 1\nname: {name}\n");
    let _ = writeln!(text, "description: The model `{}` of the validation cases.", case.family);
    let _ = writeln!(text, "duration: {}\nzones: [z]", time(duration_s));
    let _ = writeln!(text, "node_types:\n  server: {{ workers: {ALL} }}\nservices:");
    let service =
        |number: u32| if number == layers { "backend".to_owned() } else { format!("layer{number}") };
    for number in 1..=layers {
        let _ = writeln!(text, "  {}:\n    node_type: server\n    nodes: 1", service(number));
        let _ = writeln!(text, "    service_time: 0s");
        if number < layers {
            let _ = writeln!(text, "    calls: [{{ service: {}, retries: {retries} }}]", service(number + 1));
        } else {
            let _ = writeln!(text, "    errors: {}%", errors * 100.0);
        }
    }
    let _ = writeln!(text, "clients:\n  source:\n    service: {}", service(1));
    let _ = writeln!(text, "    requests: {requests}\n    retries: {retries}");
    let _ = writeln!(text, "    arrivals: {{ renewal: {} }}", time(1.0 / STEADY_PER_S));
    let _ = writeln!(text, "control:\n  health_monitor: {{ period: 1h, degraded: {{ errors: 100% }} }}");
    text + "  metrics: { period: 1h }\n"
}

#[derive(Deserialize)]
struct Retry {
    p_fail: f64,
    max_attempts: u32,
    layers: u32,
}

pub(super) fn retry(case: &Case, requests: u64) -> Result<Experiment, String> {
    let model: Retry = case.model()?;
    let retries = format!("{{ max: {}, backoff: {{ initial: 0s }} }}", model.max_attempts.saturating_sub(1));
    let duration_s = requests as f64 / STEADY_PER_S + 1.0;
    let text = chain(case, model.layers, &retries, model.p_fail, requests, duration_s);
    let (text, scenario) = read(case, &text)?;
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let record = with_seed(&scenario, seed);
        let record = Simulation::new(&record).run();
        let attempts = record.services.last().map_or(0, |backend| backend.arrived);
        let counts = &record.clients[0].counts;
        Ok(vec![
            (
                "mean_backend_attempts_per_user_request".into(),
                (attempts as f64 / counts.offered as f64).into(),
            ),
            (
                "user_failure_probability".into(),
                (counts.failed_total() as f64 / counts.offered as f64).into(),
            ),
        ])
    };
    Ok(Experiment { scenario: Some(text), once: false, replicate: Box::new(replicate) })
}

#[derive(Deserialize)]
struct Budget {
    budget: f64,
    layers: u32,
}

/// The length of the model: 100 user requests per second for 600 s, budgets over windows of 10 s.
const BUDGET_REQUESTS: u64 = 60_000;

fn retry_budget(case: &Case, _: u64) -> Result<Experiment, String> {
    let model: Budget = case.model()?;
    let retries = format!(
        "{{ max: 1000, backoff: {{ initial: 0s, jitter: none }}, \
         budget: {{ finagle: {{ ttl: 10s, min_per_second: 0, share: {}% }} }} }}",
        model.budget * 100.0
    );
    let text = chain(case, model.layers, &retries, 1.0, BUDGET_REQUESTS, 601.0);
    let (text, scenario) = read(case, &text)?;
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let record = Simulation::new(&with_seed(&scenario, seed)).run();
        let attempts = record.services.last().map_or(0, |backend| backend.arrived);
        let multiplier = attempts as f64 / record.clients[0].counts.offered as f64;
        Ok(vec![("max_load_multiplier".into(), multiplier.into())])
    };
    Ok(Experiment { scenario: Some(text), once: false, replicate: Box::new(replicate) })
}

#[derive(Clone, Deserialize)]
pub(super) struct Metastable {
    pub(super) base_rps: f64,
    pub(super) capacity_rps: f64,
    pub(super) attempts: u32,
    pub(super) timeout_s: f64,
    pub(super) outage_s: f64,
}

/// When the server stops, and the time in which its end is judged.
const OUTAGE_AT_S: f64 = 60.0;
const JUDGED_S: (f64, f64) = (1_600.0, 1_900.0);
/// End of the run.
const METASTABLE_S: f64 = 2_000.0;

/// What became of the requests of the judged time.
pub(super) struct Aftermath {
    /// Share that was answered within the timeout.
    pub(super) answered: f64,
    /// Tries per second.
    pub(super) offered_per_s: f64,
    /// Requests answered in time per second.
    pub(super) goodput_per_s: f64,
}

impl Metastable {
    pub(super) fn yaml(&self, case: &Case) -> String {
        let retries = format!(
            "    timeout: {}\n    retries: {{ max: {}, backoff: {{ initial: 0s }} }}\n",
            time(self.timeout_s),
            self.attempts.saturating_sub(1)
        );
        let outage = format!(
            "faults:\n  - {{ at: {}, hang: {{ service: station }}, for: {} }}\n",
            time(OUTAGE_AT_S),
            time(self.outage_s)
        );
        Station {
            service_time: time(1.0 / self.capacity_rps),
            arrivals: format!("{{ renewal: {} }}", time(1.0 / self.base_rps)),
            client: retries,
            more: outage,
            duration_s: METASTABLE_S,
            ..station(1, FOR_EVER)
        }
        .yaml(case)
    }

    pub(super) fn aftermath(scenario: &Scenario) -> Aftermath {
        let counts = Rc::new(RefCell::new((0_u64, 0_u64, 0_u64)));
        let sink = Rc::clone(&counts);
        let nanos = |seconds: f64| (seconds * 1e9) as u64;
        let judged = nanos(JUDGED_S.0)..nanos(JUDGED_S.1);
        watch(scenario, move |item| {
            let (sent, good, tries) = &mut *sink.borrow_mut();
            *tries += u64::from(judged.contains(&item.sent.as_nanos()));
            if judged.contains(&item.intended.as_nanos()) {
                *sent += u64::from(item.attempt == 0);
                *good += u64::from(item.error.is_none());
            }
        });
        let (sent, good, tries) = *counts.borrow();
        let span_s = JUDGED_S.1 - JUDGED_S.0;
        Aftermath {
            answered: good as f64 / sent.max(1) as f64,
            offered_per_s: tries as f64 / span_s,
            goodput_per_s: good as f64 / span_s,
        }
    }
}

/// Whether a share of answered requests means that all is well again, or that nothing is.
pub(super) const WELL: f64 = 0.99;
const BAD: f64 = 0.01;

fn metastable(case: &Case, _: u64) -> Result<Experiment, String> {
    let model: Metastable = case.model()?;
    let (text, scenario) = read(case, &model.yaml(case))?;
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let after = Metastable::aftermath(&with_seed(&scenario, seed));
        let hidden = model.capacity_rps / f64::from(model.attempts);
        Ok(vec![
            ("hidden_capacity_rps".into(), hidden.into()),
            ("overload_offered_rps".into(), (model.base_rps * f64::from(model.attempts)).into()),
            ("recovers".into(), (after.answered > WELL).into()),
            ("metastable".into(), (after.answered < BAD && model.base_rps < model.capacity_rps).into()),
            ("offered_rps_in_bad_state".into(), after.offered_per_s.into()),
            ("goodput_rps_in_bad_state".into(), after.goodput_per_s.into()),
        ])
    };
    Ok(Experiment { scenario: Some(text), once: false, replicate: Box::new(replicate) })
}

#[derive(Deserialize)]
pub(super) struct Hedge {
    pub(super) base: Law,
    pub(super) hedge_delay_s: f64,
}

fn hedge(case: &Case, requests: u64) -> Result<Experiment, String> {
    hedge_of(case, requests, &case.model()?)
}

pub(super) fn hedge_of(case: &Case, requests: u64, model: &Hedge) -> Result<Experiment, String> {
    // The latency of a try is that of its way there: it differs between the copies of a request.
    let network = format!(
        "network:\n  links: [{{ from: outside, to: z, latency: {}, one_way: true }}]\n",
        model.base.yaml()
    );
    let with = |client: &str| {
        Station {
            nodes: 2,
            service_time: "0s".into(),
            arrivals: format!("{{ renewal: {} }}", time(10.0 * model.base.mean_s())),
            client: client.to_owned(),
            more: network.clone(),
            duration_s: 10.0 * model.base.mean_s() * requests as f64 + 1_000.0 * model.base.mean_s(),
            ..station(ALL, requests)
        }
        .yaml(case)
    };
    let hedged = format!("    hedging: {{ after: {}, max: 1 }}\n", time(model.hedge_delay_s));
    let (text, hedged) = read(case, &with(&hedged))?;
    let (_, plain) = read(case, &with(""))?;
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let (mut latencies, record) = good_latencies(&with_seed(&hedged, seed));
        let (mut unhedged, _) = good_latencies(&with_seed(&plain, seed));
        let counts = &record.clients[0].counts;
        let mean = latencies.iter().sum::<f64>() / latencies.len() as f64;
        Ok(vec![
            ("hedge_fraction".into(), (counts.hedges as f64 / counts.offered as f64).into()),
            ("mean_s".into(), mean.into()),
            ("p50_s".into(), nearest_rank(&mut latencies, 0.5).into()),
            ("p99_s".into(), nearest_rank(&mut latencies, 0.99).into()),
            ("p999_s".into(), nearest_rank(&mut latencies, 0.999).into()),
            ("p99_unhedged_s".into(), nearest_rank(&mut unhedged, 0.99).into()),
            ("p999_unhedged_s".into(), nearest_rank(&mut unhedged, 0.999).into()),
        ])
    };
    Ok(Experiment { scenario: Some(text), once: false, replicate: Box::new(replicate) })
}

/// The latencies of all requests that ended well, in seconds, and the record of the run.
fn good_latencies(scenario: &Scenario) -> (Vec<f64>, RunRecord) {
    let latencies = Rc::new(RefCell::new(Vec::new()));
    let sink = Rc::clone(&latencies);
    let record = watch(scenario, move |item| {
        if item.error.is_none() {
            sink.borrow_mut().push(item.ended.since(item.intended).as_nanos() as f64 / 1e9);
        }
    });
    let latencies = Rc::into_inner(latencies).expect("the simulation is gone").into_inner();
    (latencies, record)
}

#[derive(Deserialize)]
struct Fanout {
    n: usize,
    #[serde(default)]
    p_slow: f64,
    #[serde(default)]
    mean_s: f64,
}

/// A leaf that is not slow and one that is, in seconds.
const FAST_S: f64 = 0.001;
const SLOW_S: f64 = 1.0;

/// The greatest latency of every `n` requests in a row: the leaves of one user request.
fn leaves(case: &Case, requests: u64, n: usize, law: &str) -> Result<(String, Scenario), String> {
    let leaves = requests * n as u64;
    let text = Station {
        service_time: law.to_owned(),
        arrivals: format!("{{ renewal: {} }}", time(FAST_S)),
        duration_s: FAST_S * leaves as f64 + 1_000.0 * SLOW_S,
        ..station(ALL, leaves)
    }
    .yaml(case);
    read(case, &text)
}

fn greatest(scenario: &Scenario, n: usize) -> Vec<f64> {
    let greatest: Rc<RefCell<Vec<f64>>> = Rc::default();
    let sink = Rc::clone(&greatest);
    watch(scenario, move |item| {
        let mut greatest = sink.borrow_mut();
        let user = (item.request & ((1 << 40) - 1)) as usize / n;
        if greatest.len() <= user {
            greatest.resize(user + 1, 0.0);
        }
        greatest[user] = greatest[user].max(item.ended.since(item.intended).as_nanos() as f64 / 1e9);
    });
    Rc::into_inner(greatest).expect("the simulation is gone").into_inner()
}

pub(super) fn fanout(case: &Case, requests: u64) -> Result<Experiment, String> {
    let model: Fanout = case.model()?;
    let law =
        format!("{{ empirical: [[{FAST_S}s, {}], [{SLOW_S}s, {}]] }}", 1.0 - model.p_slow, model.p_slow);
    let (text, scenario) = leaves(case, requests, model.n, &law)?;
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let latencies = greatest(&with_seed(&scenario, seed), model.n);
        let slow = latencies.iter().filter(|&&latency| latency >= SLOW_S).count();
        Ok(vec![("prob_any_slow".into(), (slow as f64 / latencies.len() as f64).into())])
    };
    Ok(Experiment { scenario: Some(text), once: false, replicate: Box::new(replicate) })
}

fn fanout_max(case: &Case, requests: u64) -> Result<Experiment, String> {
    let model: Fanout = case.model()?;
    let (text, scenario) =
        leaves(case, requests, model.n, &Law::Exponential { mean_s: model.mean_s }.yaml())?;
    let metrics = known_metrics(case);
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let mut latencies = greatest(&with_seed(&scenario, seed), model.n);
        let mean = latencies.iter().sum::<f64>() / latencies.len() as f64;
        let mut readings: Readings = vec![("mean_max_s".into(), mean.into())];
        for metric in &metrics {
            let digits = metric.strip_prefix('p').and_then(|rest| rest.strip_suffix("_max_s"));
            if let Some(rank) = digits.and_then(|digits| format!("0.{digits}").parse().ok()) {
                readings.push((metric.clone(), nearest_rank(&mut latencies, rank).into()));
            }
        }
        Ok(readings)
    };
    Ok(Experiment { scenario: Some(text), once: false, replicate: Box::new(replicate) })
}
