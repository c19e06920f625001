//! Claims of papers: most are one of the other models, told by its parameters.

use super::case::Case;
use super::experiment::{Experiment, Family, Readings};
use super::journal::nearest_rank;
use super::senders::{Hedge, Metastable, WELL, fanout, hedge_of, retry, watch};
use super::station::{ALL, Law, known_metrics, read, time, with_seed};
use cusinart_scenarios::Scenario;
use cusinart_sim_core::Simulation;
use serde::Deserialize;
use std::cell::RefCell;
use std::rc::Rc;

/// The families of this file.
pub(super) const FAMILIES: &[(&str, Family)] = &[("published", published)];

fn published(case: &Case, units: u64) -> Result<Experiment, String> {
    let has = |field: &str| case.model.get(field).is_some();
    if has("base_rps") {
        return bad_state(case);
    }
    if has("layers") {
        return retry(case, 10_000);
    }
    if has("p_slow") && has("n") {
        return tail_at_scale(case, units);
    }
    if has("cache_hit_ratio") && has("db_capacity_rps") {
        return look_aside(case);
    }
    let wants = |metric: &str| case.expected.iter().any(|expected| expected.metric == metric);
    if wants("p99.9_sojourn_ratio_wrr_over_p2c_rif") {
        return antagonists(case, units);
    }
    Err("a claim that is none of the models known here".into())
}

/// Steps in which the greatest load that recovers is looked for, in requests per second.
const STEP_RPS: f64 = 5.0;

fn bad_state(case: &Case) -> Result<Experiment, String> {
    let model: Metastable = case.model()?;
    let (text, scenario) = read(case, &model.yaml(case))?;
    let at = |base_rps: f64| read(case, &Metastable { base_rps, ..model.clone() }.yaml(case));
    let steps = (model.capacity_rps / STEP_RPS).ceil() as u32;
    let loads: Result<Vec<(f64, Scenario)>, String> =
        (1..steps).map(f64::from).map(|step| Ok((step * STEP_RPS, at(step * STEP_RPS)?.1))).collect();
    let loads = loads?;
    let wanted = known_metrics(case);
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let recovers =
            |scenario: &Scenario| Metastable::aftermath(&with_seed(scenario, seed)).answered > WELL;
        let after = Metastable::aftermath(&with_seed(&scenario, seed));
        // Whether a load recovers is monotone in it.
        let stable = loads.partition_point(|(_, scenario)| recovers(scenario));
        let below = loads.get(stable).or(loads.last()).map_or(0.0, |(load, _)| *load);
        let mut readings: Readings = vec![
            ("offered_rps_in_bad_state".into(), after.offered_per_s.into()),
            ("goodput_rps_in_bad_state".into(), after.goodput_per_s.into()),
            ("stable_below_rps".into(), below.into()),
        ];
        for metric in &wanted {
            let load = metric.strip_prefix("recovers_at_").and_then(|rest| rest.strip_suffix("_rps"));
            let Some(load) = load.and_then(|load| load.parse::<f64>().ok()) else { continue };
            let nearest = loads.iter().min_by(|a, b| (a.0 - load).abs().total_cmp(&(b.0 - load).abs()));
            let (_, scenario) = nearest.ok_or("no load to try")?;
            readings.push((metric.clone(), recovers(scenario).into()));
        }
        Ok(readings)
    };
    Ok(Experiment { scenario: Some(text), once: true, replicate: Box::new(replicate) })
}

/// The share of user requests with a slow leaf, and the copies that hedging at the 95th percentile adds.
fn tail_at_scale(case: &Case, units: u64) -> Result<Experiment, String> {
    let many = fanout(case, units)?;
    let base = Law::Exponential { mean_s: 0.01 };
    let delay_s = -0.01 * libm::log(0.05);
    let hedged = hedge_of(case, units, &Hedge { base, hedge_delay_s: delay_s })?;
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let mut readings = (many.replicate)(seed)?;
        for (metric, value) in (hedged.replicate)(seed)? {
            if metric == "hedge_fraction" {
                readings.push(("hedge_extra_load_at_p95_delay".into(), value));
            }
        }
        Ok(readings)
    };
    Ok(Experiment { scenario: many.scenario, once: true, replicate: Box::new(replicate) })
}

#[derive(Deserialize)]
struct LookAside {
    cache_hit_ratio: f64,
    db_capacity_rps: f64,
}

/// How long a look-aside cache is watched.
const LOOKED_UP_S: f64 = 600.0;

impl LookAside {
    /// An application before a database with so many workers. Its requests for what is worth keeping, all in the cache as
    /// long as that is not lost, and those for what is not, come at an even pace, so that their shares are exact.
    fn yaml(&self, lost: bool, rate: f64, workers: u32) -> String {
        // Hardly anything that the database says fills a cache as large as this.
        let entries = if lost { u32::MAX - 1 } else { 1 };
        let client = |name: &str, share: f64| {
            format!(
                "  {name}-users: {{ service: {name}, arrivals: {{ renewal: {} }} }}\n",
                time(1.0 / (rate * share))
            )
        };
        format!(
            "version: 1\nname: look-aside\ndescription: A look-aside cache before a database.\n\
             duration: {}\nzones: [z]\nnode_types:\n  app: {{ workers: {ALL} }}\n  \
             db: {{ workers: {workers}, queue: 100 }}\nservices:\n  db: {{ node_type: db, nodes: 1, \
             service_time: {} }}\n  kept:\n    node_type: app\n    nodes: 1\n    service_time: 0s\n    \
             calls: [{{ service: db, cache: {{ hit_rate: 100%, entries: {entries}, cold: {lost} }} }}]\n  \
             others: {{ node_type: app, nodes: 1, service_time: 0s, calls: [{{ service: db }}] }}\n\
             clients:\n{}{}control:\n  health_monitor: {{ period: 1h, degraded: {{ errors: 100% }} }}\n  \
             metrics: {{ period: 1h }}\n",
            time(LOOKED_UP_S),
            time(1.0 / self.db_capacity_rps),
            client("kept", self.cache_hit_ratio),
            client("others", 1.0 - self.cache_hit_ratio),
        )
    }
}

/// What a look-aside cache hides: the load of the database while it works, and when it is lost.
fn look_aside(case: &Case) -> Result<Experiment, String> {
    let model: LookAside = case.model()?;
    let rate = model.db_capacity_rps / (1.0 - model.cache_hit_ratio);
    let (text, warm) = read(case, &model.yaml(false, rate, ALL))?;
    let (_, cold) = read(case, &model.yaml(true, rate, ALL))?;
    let (_, flooded) = read(case, &model.yaml(true, rate, 1))?;
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let run = |scenario: &Scenario| Simulation::new(&with_seed(scenario, seed)).run();
        let warm = run(&warm);
        let offered: u64 = warm.clients.iter().map(|client| client.counts.offered).sum();
        let missed = warm.services[0].arrived as f64;
        let capacity = run(&flooded).services[0].served as f64 / LOOKED_UP_S;
        Ok(vec![
            ("max_app_rps_with_cache".into(), (capacity * offered as f64 / missed).into()),
            (
                "db_load_multiplier_after_cache_loss".into(),
                (run(&cold).services[0].arrived as f64 / missed).into(),
            ),
            ("hidden_capacity_rps".into(), capacity.into()),
        ])
    };
    Ok(Experiment { scenario: Some(text), once: true, replicate: Box::new(replicate) })
}

/// The servers of the paper's own scenario, and the seconds each takes for a request.
const SERVERS: f64 = 100.0;
const SERVICE_S: f64 = 0.01;
/// What is left of their capacity on average, when half of them work at half the speed in a third of the time.
const LEFT: f64 = 1.0 - 0.5 * 0.5 / 3.0;

/// Tails of balancers that know the requests in flight and of those that do not, while neighbours take half of the speed
/// of half of the servers, 20 s of every minute. The load rises from three quarters of what is left to all of it.
fn antagonists(case: &Case, units: u64) -> Result<Experiment, String> {
    let full = SERVERS / SERVICE_S * LEFT;
    let lasts_s = units as f64 / (full * 0.875);
    let stages: Vec<String> = (0..6)
        .map(|step| {
            let share = 0.75 + 0.05 * f64::from(step);
            format!("{{ at: {}, rate: {}/s }}", time(lasts_s * f64::from(step) / 6.0), full * share)
        })
        .collect();
    let yaml = |balancer: &str| {
        format!(
            "version: 1\nname: antagonists\ndescription: Servers whose neighbours take their speed.\n\
             duration: {}\nzones: [z]\nnode_types:\n  server: {{ workers: 1 }}\nservices:\n  \
             search: {{ node_type: server, nodes: 100, service_time: {} }}\nclients:\n  source: {{ service: search, \
             arrivals: {{ poisson: {{ stages: [{}] }} }} }}\ncontrol:\n  \
             health_monitor: {{ period: 1h, degraded: {{ errors: 100% }} }}\n  metrics: {{ period: 1h }}\n  \
             load_balancer: {{ {balancer}: {{}} }}\nfaults:\n  \
             - {{ every: 1m, for: 20s, slow: {{ service: search, factor: 2, share: 50% }} }}\n",
            time(lasts_s),
            Law::Exponential { mean_s: SERVICE_S }.yaml(),
            stages.join(", "),
        )
    };
    let (text, probing) = read(case, &yaml("power_of_two"))?;
    let (_, weighted) = read(case, &yaml("weighted_round_robin"))?;
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let ratio = tail_s(&with_seed(&weighted, seed)) / tail_s(&with_seed(&probing, seed));
        Ok(vec![("p99.9_sojourn_ratio_wrr_over_p2c_rif".into(), ratio.into())])
    };
    Ok(Experiment { scenario: Some(text), once: false, replicate: Box::new(replicate) })
}

/// The latency that one request in a thousand exceeds.
fn tail_s(scenario: &Scenario) -> f64 {
    let latencies: Rc<RefCell<Vec<f64>>> = Rc::default();
    let sink = Rc::clone(&latencies);
    watch(scenario, move |item| {
        sink.borrow_mut().push(item.ended.since(item.intended).as_nanos() as f64 / 1e9);
    });
    nearest_rank(&mut latencies.borrow_mut(), 0.999)
}
