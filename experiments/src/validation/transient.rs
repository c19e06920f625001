//! Queues that are on their way: each unit of a replication is a run of its own, looked at in certain moments.

use super::case::Case;
use super::experiment::{Experiment, Family, Readings};
use super::journal::Journal;
use super::numbers::{mean, variance};
use super::queueing::{exponential, poisson, station};
use super::station::{ALL, FOR_EVER, Station, part_seed, read, time, with_seed};
use cusinart_scenarios::Scenario;
use serde::Deserialize;

/// The families of this file.
pub(super) const FAMILIES: &[(&str, Family)] = &[
    ("transient_mm1", transient_mm1),
    ("drain_mm1", drain_mm1),
    ("mtminf_step", mtminf_step),
    ("mtminf_sin", mtminf_sin),
    ("drain_fluid", drain_fluid),
];

/// Nodes without limit are in their steady state after so many mean services: e^-14 is below one in a million.
const SETTLING_SERVICES: f64 = 14.0;
/// Points of a sine per period: its line is off by less than 10^-6 of the amplitude between two of them.
const SINE_POINTS: u32 = 2_000;

/// The journals of so many runs of a scenario, one after the other.
fn runs(scenario: &Scenario, seed: u64, units: u64) -> impl Iterator<Item = Journal> {
    (0..units).map(move |unit| Journal::within(&with_seed(scenario, part_seed(seed, unit))))
}

/// A client that sends so many requests in the first instants, as a field beside `source`.
fn initial(requests: u64) -> String {
    if requests == 0 {
        return String::new();
    }
    format!("  initial:\n    service: station\n    requests: {requests}\n    arrivals: {{ renewal: 1ns }}\n")
}

/// The mean number of requests at moments after `begin_s`, and the share of runs without any, by the metrics' names.
fn at_moments(
    case: &Case,
    text: &str,
    units: u64,
    (begin_s, times_s, mean): (f64, Vec<f64>, &'static str),
) -> Result<Experiment, String> {
    let (text, scenario) = read(case, text)?;
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let (mut sums, mut empty) = (vec![0.0; times_s.len()], vec![0.0; times_s.len()]);
        for journal in runs(&scenario, seed, units) {
            for (position, time_s) in times_s.iter().enumerate() {
                let number = journal.number_at(begin_s + time_s);
                sums[position] += number / units as f64;
                empty[position] += f64::from(u8::from(number == 0.0)) / units as f64;
            }
        }
        let of = |(position, time_s): (usize, &f64)| {
            [
                (format!("{mean}_at_{time_s}s"), sums[position].into()),
                (format!("prob_empty_at_{time_s}s"), empty[position].into()),
            ]
        };
        Ok(times_s.iter().enumerate().flat_map(of).collect())
    };
    Ok(Experiment { scenario: Some(text), once: false, replicate: Box::new(replicate) })
}

/// Rates at points in time, as in a scenario.
fn stages(points: &[(f64, f64)]) -> String {
    let stages: Vec<String> =
        points.iter().map(|(at_s, rate)| format!("{{ at: {}, rate: {rate}/s }}", time(*at_s))).collect();
    format!("{{ poisson: {{ stages: [{}] }} }}", stages.join(", "))
}

/// A time at which all that came until `end_s` is gone: requests that are still there would be missing in the journal.
fn long_after(end_s: f64, service_s: f64) -> f64 {
    end_s + 10_000.0 * service_s
}

/// A moment after all of these.
fn last(times_s: &[f64]) -> f64 {
    times_s.iter().copied().fold(0.0, f64::max) + 1e-6
}

#[derive(Deserialize)]
struct TransientMm1 {
    arrival_rate_per_s: f64,
    service_rate_per_s: f64,
    times_s: Vec<f64>,
    #[serde(default)]
    initial_requests: u64,
}

fn transient_mm1(case: &Case, units: u64) -> Result<Experiment, String> {
    let model: TransientMm1 = case.model()?;
    let end_s = last(&model.times_s);
    let rate = model.arrival_rate_per_s;
    let text = Station {
        service_time: exponential(model.service_rate_per_s),
        arrivals: stages(&[(0.0, rate), (end_s, rate), (end_s, 0.0)]),
        client: initial(model.initial_requests),
        duration_s: long_after(end_s, 1.0 / model.service_rate_per_s),
        ..station(1, FOR_EVER)
    }
    .yaml(case);
    at_moments(case, &text, units, (0.0, model.times_s, "mean_in_system"))
}

#[derive(Deserialize)]
struct Step {
    arrival_rate_before_per_s: f64,
    arrival_rate_after_per_s: f64,
    mean_service_s: f64,
    times_s: Vec<f64>,
}

fn mtminf_step(case: &Case, units: u64) -> Result<Experiment, String> {
    let model: Step = case.model()?;
    let begin_s = SETTLING_SERVICES * model.mean_service_s;
    let end_s = begin_s + last(&model.times_s);
    let (before, after) = (model.arrival_rate_before_per_s, model.arrival_rate_after_per_s);
    let text = Station {
        service_time: exponential(1.0 / model.mean_service_s),
        arrivals: stages(&[(0.0, before), (begin_s, before), (begin_s, after), (end_s, after), (end_s, 0.0)]),
        duration_s: long_after(end_s, model.mean_service_s),
        ..station(ALL, FOR_EVER)
    }
    .yaml(case);
    at_moments(case, &text, units, (begin_s, model.times_s, "mean_busy"))
}

#[derive(Deserialize)]
struct Sine {
    mean_arrival_rate_per_s: f64,
    relative_amplitude: f64,
    period_s: f64,
    mean_service_s: f64,
    times_s: Vec<f64>,
}

fn mtminf_sin(case: &Case, units: u64) -> Result<Experiment, String> {
    let model: Sine = case.model()?;
    let periods = (SETTLING_SERVICES * model.mean_service_s / model.period_s).ceil();
    let begin_s = periods * model.period_s;
    let end_s = begin_s + last(&model.times_s);
    let points = (end_s / model.period_s * f64::from(SINE_POINTS)).ceil() as u32;
    let stage = |point: u32| {
        let turns = f64::from(point) / f64::from(SINE_POINTS);
        let swing = model.relative_amplitude * libm::sin(2.0 * std::f64::consts::PI * turns);
        let rate = model.mean_arrival_rate_per_s * (1.0 + swing).max(0.0);
        (turns * model.period_s, rate)
    };
    let mut curve: Vec<(f64, f64)> = (0..=points).map(stage).collect();
    let end_s = begin_s.max(curve.last().map_or(0.0, |(at_s, _)| *at_s));
    curve.push((end_s, 0.0));
    let text = Station {
        service_time: exponential(1.0 / model.mean_service_s),
        arrivals: stages(&curve),
        duration_s: long_after(end_s, model.mean_service_s),
        ..station(ALL, FOR_EVER)
    }
    .yaml(case);
    at_moments(case, &text, units, (begin_s, model.times_s, "mean_busy"))
}

#[derive(Deserialize)]
struct DrainMm1 {
    initial_requests: u64,
    arrival_rate_per_s: f64,
    service_rate_per_s: f64,
}

fn drain_mm1(case: &Case, units: u64) -> Result<Experiment, String> {
    let model: DrainMm1 = case.model()?;
    let spare = model.service_rate_per_s - model.arrival_rate_per_s;
    if spare <= 0.0 {
        return Err("a server that is never done".into());
    }
    let text = Station {
        service_time: exponential(model.service_rate_per_s),
        arrivals: poisson(model.arrival_rate_per_s),
        client: initial(model.initial_requests),
        duration_s: 5.0 * model.initial_requests as f64 / spare + 1_000.0 / spare,
        ..station(1, FOR_EVER)
    }
    .yaml(case);
    let (text, scenario) = read(case, &text)?;
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let drained = |journal: Journal| journal.first_empty_s().ok_or_else(|| "never empty".to_owned());
        let times: Result<Vec<f64>, String> = runs(&scenario, seed, units).map(drained).collect();
        let times = times?;
        let deviation = variance(&times).sqrt();
        Ok(vec![("mean_drain_s".into(), mean(&times).into()), ("std_drain_s".into(), deviation.into())])
    };
    Ok(Experiment { scenario: Some(text), once: false, replicate: Box::new(replicate) })
}

#[derive(Deserialize)]
struct DrainFluid {
    arrival_rps: f64,
    capacity_rps: f64,
    outage_s: f64,
}

fn drain_fluid(case: &Case, _: u64) -> Result<Experiment, String> {
    let model: DrainFluid = case.model()?;
    let spare = model.capacity_rps - model.arrival_rps;
    if spare <= 0.0 {
        return Err("a server that is never done".into());
    }
    // The outage begins with the first request.
    let gap_s = 1.0 / model.arrival_rps;
    let recovery_s = gap_s + model.outage_s;
    let text = Station {
        service_time: time(1.0 / model.capacity_rps),
        arrivals: format!("{{ renewal: {} }}", time(gap_s)),
        more: format!(
            "faults:\n  - {{ at: {}, hang: {{ service: station }}, for: {} }}\n",
            time(gap_s),
            time(model.outage_s)
        ),
        duration_s: 2.0 * (model.outage_s + model.outage_s * model.arrival_rps / spare) + 1.0,
        ..station(1, FOR_EVER)
    }
    .yaml(case);
    let (text, scenario) = read(case, &text)?;
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let journal = Journal::within(&with_seed(&scenario, seed));
        let first = journal.visits.iter().position(|visit| visit.began == visit.arrived);
        let delayed = &journal.visits[..first.ok_or("the queue never drains")?];
        let waits: Vec<f64> = delayed.iter().map(super::journal::Visit::wait_s).collect();
        let ends = delayed.iter().map(|visit| visit.began as f64 / 1e9).fold(0.0, f64::max);
        let backlog = delayed.iter().filter(|visit| visit.arrived as f64 <= recovery_s * 1e9).count();
        Ok(vec![
            ("backlog_at_recovery".into(), backlog.into()),
            ("drain_time_s".into(), (ends - recovery_s).into()),
            ("requests_delayed".into(), delayed.len().into()),
            ("max_delay_s".into(), waits.iter().copied().fold(0.0, f64::max).into()),
            ("mean_delay_of_delayed_s".into(), (waits.iter().sum::<f64>() / waits.len() as f64).into()),
        ])
    };
    Ok(Experiment { scenario: Some(text), once: false, replicate: Box::new(replicate) })
}
