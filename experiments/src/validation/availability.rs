//! Availability: nodes that fail and are repaired, with and without requests.

use super::case::Case;
use super::experiment::{Experiment, Family, Readings};
use super::journal::Journal;
use super::queueing::{enough_s, exponential, poisson, station};
use super::station::{Law, NO_CONTROL, Station, part_seed, read, time, with_seed};
use cusinart_record::FaultRecord;
use cusinart_scenarios::Scenario;
use cusinart_sim_core::Simulation;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The families of this file.
pub(super) const FAMILIES: &[(&str, Family)] =
    &[("avail_single", single), ("avail_kofn", k_of_n), ("breakdown", breakdown), ("zone_loss", zone_loss)];

/// Events between two looks at whether the system is down.
const EVENTS_PER_LOOK: u64 = 32;
/// For so many node failures of the case there is one run of its own to the first outage of the system.
const FAILURES_PER_FIRST_OUTAGE: u64 = 70;
/// Longest run in seconds; longer ones go on in a smaller unit of time. Two looks of the control plane have room in it,
/// and it acts on the third.
const LONGEST_S: f64 = 5e7;
/// Nanoseconds in a second.
const NANOS: f64 = 1e9;

/// A fault that strikes each node of the service again and again, counted from its repair.
fn failures(up: &str, down: &str, crews: u32, kind: &str) -> String {
    format!(
        "faults:\n  - {{ every: {up}, every_from: end, per: node, for: {down}, crews: {crews}, {kind} }}\n"
    )
}

/// Nodes without requests.
fn nodes(case: &Case, count: u32, faults: &str, duration_s: f64) -> Result<(String, Scenario), String> {
    let name: String = case.id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let text = format!(
        "version: 1\nname: {name}\ndescription: The model `{}` of the validation cases.\nduration: {}\nwindow: {}\n\
         zones: [z]\nnode_types:\n  server: {{ workers: 1 }}\nservices:\n  station:\n    node_type: server\n    nodes: {count}\n    \
         service_time: 1s\nclients:\n  source: {{ service: station, requests: 1, arrivals: {{ renewal: 1s }} }}\n{NO_CONTROL}{faults}",
        case.family,
        time(duration_s),
        time(duration_s),
    );
    read(case, &text)
}

/// How many nodes are down, over time.
struct Downs {
    /// Instants at which the number changes, with the change, ascending; in nanoseconds.
    changes: Vec<(u64, i64)>,
    end: u64,
}

impl Downs {
    /// Between two instants in nanoseconds.
    fn new(faults: &[FaultRecord], begin: u64, end: u64) -> Self {
        let mut changes = Vec::with_capacity(2 * faults.len() + 1);
        changes.push((begin, 0));
        for fault in faults {
            let ended = fault.ended.map_or(u64::MAX, |at| at.as_nanos());
            let (from, until) = (fault.began.as_nanos().clamp(begin, end), ended.clamp(begin, end));
            if from < until {
                changes.extend([(from, 1), (until, -1)]);
            }
        }
        changes.sort_unstable();
        Self { changes, end }
    }

    /// The time average of a function of the number.
    fn mean(&self, of: impl Fn(i64) -> f64) -> f64 {
        let (mut down, mut area) = (0, 0.0);
        for (position, (at, change)) in self.changes.iter().enumerate() {
            down += change;
            let next = self.changes.get(position + 1).map_or(self.end, |(at, _)| *at);
            area += (next - at) as f64 * of(down);
        }
        area / (self.end - self.changes[0].0) as f64
    }

    /// When the number rises above `most`, each time.
    fn outages(&self, most: i64) -> Vec<u64> {
        let mut down = 0;
        let starts = self.changes.iter().filter_map(|(at, change)| {
            down += change;
            (*change == 1 && down == most + 1).then_some(*at)
        });
        starts.collect()
    }
}

#[derive(Deserialize)]
struct Single {
    up: Law,
    down: Law,
}

fn single(case: &Case, cycles: u64) -> Result<Experiment, String> {
    let model: Single = case.model()?;
    let span_s = cycles as f64 * (model.up.mean_s() + model.down.mean_s());
    let unit = (LONGEST_S / span_s).min(1.0);
    let span_s = span_s * unit;
    let faults = failures(&model.up.scaled(unit).yaml(), &model.down.scaled(unit).yaml(), 1, "hang: {}");
    let (text, scenario) = nodes(case, 1, &faults, span_s)?;
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let record = Simulation::new(&with_seed(&scenario, seed)).run();
        let downs = Downs::new(&record.faults, 0, (span_s * NANOS) as u64);
        Ok(vec![
            ("availability".into(), downs.mean(|down| 1.0 - down as f64).into()),
            ("cycles_per_s".into(), (record.faults.len() as f64 / span_s * unit).into()),
        ])
    };
    Ok(Experiment { scenario: Some(text), once: false, replicate: Box::new(replicate) })
}

#[derive(Deserialize)]
struct KOfN {
    n: u32,
    k_required: u32,
    mttf_s: f64,
    mttr_s: f64,
    crews: u32,
}

fn k_of_n(case: &Case, units: u64) -> Result<Experiment, String> {
    let model: KOfN = case.model()?;
    let tolerated = i64::from(model.n) - i64::from(model.k_required);
    if tolerated < 0 {
        return Err("the model: more nodes required than there are".into());
    }
    let span_s = units as f64 * (model.mttf_s + model.mttr_s) / f64::from(model.n);
    let unit = (LONGEST_S / span_s).min(1.0);
    let span_s = span_s * unit;
    let time_to = |mean_s: f64| Law::Exponential { mean_s: mean_s * unit }.yaml();
    let faults = failures(&time_to(model.mttf_s), &time_to(model.mttr_s), model.crews, "hang: {}");
    let (text, scenario) = nodes(case, model.n, &faults, span_s)?;
    let first_outages = (units / FAILURES_PER_FIRST_OUTAGE).max(1);
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let record = Simulation::new(&with_seed(&scenario, seed)).run();
        let downs = Downs::new(&record.faults, 0, (span_s * NANOS) as u64);
        let unavailability = downs.mean(|down| f64::from(u8::from(down > tolerated)));
        let per_s = downs.outages(tolerated).len() as f64 / span_s;
        let firsts: Result<Vec<f64>, String> = (0..first_outages)
            .map(|run| first_outage_s(&with_seed(&scenario, part_seed(seed, run)), tolerated))
            .collect();
        let mean_nodes_up = f64::from(model.n) - downs.mean(|down| down as f64);
        Ok(vec![
            ("availability".into(), (1.0 - unavailability).into()),
            ("unavailability".into(), unavailability.into()),
            ("mean_nodes_up".into(), mean_nodes_up.into()),
            (
                "mean_time_to_first_outage_s".into(),
                (firsts?.iter().sum::<f64>() / first_outages as f64 / unit).into(),
            ),
            ("outage_frequency_per_s".into(), (per_s * unit).into()),
            ("mean_outage_duration_s".into(), (unavailability / per_s / unit).into()),
        ])
    };
    Ok(Experiment { scenario: Some(text), once: false, replicate: Box::new(replicate) })
}

/// When more than `tolerated` nodes are down for the first time.
fn first_outage_s(scenario: &Scenario, tolerated: i64) -> Result<f64, String> {
    let mut simulation = Simulation::new(scenario);
    let mut known = 0;
    while simulation.run_events(EVENTS_PER_LOOK) {
        if simulation.faults().len() > known {
            known = simulation.faults().len();
            let downs = Downs::new(simulation.faults(), 0, simulation.now().as_nanos().max(1));
            if let Some(at) = downs.outages(tolerated).first() {
                return Ok(*at as f64 / NANOS);
            }
        }
    }
    Err("no outage within the time of the scenario".into())
}

#[derive(Deserialize)]
struct Breakdown {
    arrival_rate_per_s: f64,
    service_rate_per_s: f64,
    servers: u32,
    mttf_s: f64,
    mttr_s: f64,
    crews: u32,
}

fn breakdown(case: &Case, requests: u64) -> Result<Experiment, String> {
    let model: Breakdown = case.model()?;
    let (up, down) = (exponential(1.0 / model.mttf_s), exponential(1.0 / model.mttr_s));
    let text = Station {
        nodes: model.servers,
        shared_queue: true,
        service_time: exponential(model.service_rate_per_s),
        arrivals: poisson(model.arrival_rate_per_s),
        more: failures(&up, &down, model.crews, "crash: { in_flight: resume }"),
        duration_s: enough_s(requests, model.arrival_rate_per_s, 1.0 / model.service_rate_per_s),
        ..station(1, requests)
    }
    .yaml(case);
    let (text, scenario) = read(case, &text)?;
    let servers = i64::from(model.servers);
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let journal = Journal::of(&with_seed(&scenario, seed), requests as usize)?;
        let (begin, end) = journal.span();
        let downs = Downs::new(&journal.faults, begin, end);
        let number = |metric: &str| journal.number(metric, servers as f64).unwrap_or(f64::NAN);
        Ok(vec![
            ("mean_in_system".into(), number("mean_in_system").into()),
            ("mean_sojourn_s".into(), number("mean_sojourn_s").into()),
            ("mean_servers_up".into(), (servers as f64 - downs.mean(|down| down as f64)).into()),
            ("prob_all_down".into(), downs.mean(|down| f64::from(u8::from(down == servers))).into()),
        ])
    };
    Ok(Experiment { scenario: Some(text), once: false, replicate: Box::new(replicate) })
}

#[derive(Deserialize)]
struct ZoneLoss {
    zones: u32,
    nodes_per_zone: u32,
    per_node_rps: f64,
    load_rps: f64,
}

/// A difference of rates per second that is rounding.
const BALANCED: f64 = 1e-9;
/// Requests to each node before the zone is lost, until all is steady, and while it is measured.
const ROUNDS: u64 = 100;

/// Evenly spaced requests to all nodes in turn, of which a zone loses power. A request is sent each second, so that all
/// times are whole; what is measured is given in the unit of the model.
fn zone_loss(case: &Case, _: u64) -> Result<Experiment, String> {
    let model: ZoneLoss = case.model()?;
    let (before, after) = (model.zones * model.nodes_per_zone, (model.zones - 1) * model.nodes_per_zone);
    if after == 0 {
        return Err("no node is left".into());
    }
    let service_s = model.load_rps / model.per_node_rps;
    let zones: Vec<String> = (0..model.zones).map(|zone| format!("z{zone}")).collect();
    let lost_at = ROUNDS * u64::from(before);
    let measured = ROUNDS * u64::from(after);
    // The nodes that are gone are found by the first requests that get no answer.
    let steady_at = lost_at + ROUNDS * u64::from(before);
    let end = steady_at + measured;
    let name: String = case.id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let text = format!(
        "version: 1\nname: {name}\ndescription: The model `{}` of the validation cases.\nduration: {}\nzones: [{}]\n\
         node_types:\n  server: {{ workers: 1 }}\nservices:\n  station:\n    node_type: server\n    nodes: {before}\n    \
         service_time: {}\nclients:\n  source: {{ service: station, arrivals: {{ renewal: 1s }} }}\n\
         control:\n  health_monitor: {{ period: 1s, timeout: 500ms, detector: {{ consecutive: {{ failures: 1 }} }} }}\n  \
         recovery: {{ strategies: [redirect_traffic] }}\n  load_balancer: {{ round_robin: {{}} }}\n\
         faults:\n  - {{ at: {}, zone_outage: {{ zone: z0 }} }}\n",
        case.family,
        time(end as f64 + 0.5),
        zones.join(", "),
        time(service_s),
        time(lost_at as f64 + 0.5),
    );
    let (text, scenario) = read(case, &text)?;
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let visits = Journal::within(&with_seed(&scenario, seed)).visits;
        let ends_of = |from: u64, until: u64| {
            let mut ends: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
            let span = from * 1_000_000_000..until * 1_000_000_000;
            for visit in visits.iter().filter(|visit| visit.ok && span.contains(&visit.left)) {
                ends.entry(visit.node).or_default().push(visit.left);
            }
            ends
        };
        let (all, left) = (ends_of(lost_at / 2, lost_at), ends_of(steady_at, end));
        // Each node ends one request after the other, at equal distances.
        let per_s = |ends: &Vec<u64>| match (ends.iter().min(), ends.iter().max()) {
            (Some(first), Some(last)) if last > first => {
                (ends.len() - 1) as f64 * NANOS / (last - first) as f64
            }
            _ => 0.0,
        };
        let served: f64 = left.values().map(per_s).sum();
        // One request is sent each second.
        let backlog = (1.0 - served).max(0.0);
        Ok(vec![
            ("utilization_before".into(), (service_s / all.len() as f64).into()),
            ("utilization_after".into(), (service_s / left.len() as f64).into()),
            ("max_safe_utilization_before".into(), (left.len() as f64 / all.len() as f64).into()),
            ("overloaded".into(), (backlog > BALANCED).into()),
            ("backlog_growth_per_s".into(), (backlog * model.load_rps).into()),
        ])
    };
    Ok(Experiment { scenario: Some(text), once: false, replicate: Box::new(replicate) })
}
