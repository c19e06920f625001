//! The statistics of the product, and the laws that its random numbers follow.

use super::case::Case;
use super::experiment::{Experiment, Family, Readings};
use super::journal::{Journal, Visit, nearest_rank};
use super::numbers::variance;
use super::queueing::{enough_s, exponential, poisson, station};
use super::station::{ALL, Law, Station, known_metrics, part_seed, read, with_seed};
use cusinart_record::latency_histogram;
use cusinart_report::{mean_interval, mser5};
use cusinart_scenarios::Scenario;
use serde::Deserialize;

/// The families of this file.
pub(super) const FAMILIES: &[(&str, Family)] = &[
    ("ci_coverage", ci_coverage),
    ("crn", crn),
    ("mser5", truncation),
    ("histogram", histogram),
    ("sampler", sampler),
    ("poisson_arrivals", poisson_arrivals),
];

/// One server with a queue, as a scenario.
fn mm1(case: &Case, arrival: f64, service: f64, requests: u64) -> Result<(String, Scenario), String> {
    let text = Station {
        service_time: exponential(service),
        arrivals: poisson(arrival),
        duration_s: enough_s(requests, arrival, 1.0 / service),
        ..station(1, requests)
    }
    .yaml(case);
    read(case, &text)
}

/// The mean wait of the requests after the warm-up.
fn mean_wait_s(scenario: &Scenario, requests: u64, warmup: usize) -> Result<f64, String> {
    let journal = Journal::of(scenario, requests as usize)?;
    let kept = journal.visits.get(warmup..).ok_or("a warm-up longer than the run")?;
    Ok(kept.iter().map(Visit::wait_s).sum::<f64>() / kept.len() as f64)
}

#[derive(Deserialize)]
struct Coverage {
    arrival_rate_per_s: f64,
    service_rate_per_s: f64,
    replications_per_experiment: u64,
    requests_per_replication: u64,
    warmup_requests: usize,
    confidence: f64,
}

fn ci_coverage(case: &Case, experiments: u64) -> Result<Experiment, String> {
    let model: Coverage = case.model()?;
    let (arrival, service, requests) =
        (model.arrival_rate_per_s, model.service_rate_per_s, model.requests_per_replication);
    let (text, scenario) = mm1(case, arrival, service, requests)?;
    let truth = arrival / service / (service - arrival);
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let (mut covered, mut widths) = (0.0, 0.0);
        for experiment in 0..experiments {
            let waits: Result<Vec<f64>, String> = (0..model.replications_per_experiment)
                .map(|number| {
                    let part = part_seed(seed, experiment * model.replications_per_experiment + number);
                    mean_wait_s(&with_seed(&scenario, part), requests, model.warmup_requests)
                })
                .collect();
            let estimate = mean_interval(&waits?, model.confidence).ok_or("no replication")?;
            let interval = estimate.interval.ok_or("too few replications for an interval")?;
            covered += f64::from(u8::from(interval.low <= truth && truth <= interval.high));
            widths += (interval.high - interval.low) / 2.0 / estimate.value;
        }
        Ok(vec![
            ("coverage".into(), (covered / experiments as f64).into()),
            ("mean_relative_half_width".into(), (widths / experiments as f64).into()),
        ])
    };
    Ok(Experiment { scenario: Some(text), once: true, replicate: Box::new(replicate) })
}

#[derive(Deserialize)]
struct Common {
    arrival_rate_per_s: f64,
    service_rate_a_per_s: f64,
    service_rate_b_per_s: f64,
    requests_per_replication: u64,
    warmup_requests: usize,
}

fn crn(case: &Case, _: u64) -> Result<Experiment, String> {
    let model: Common = case.model()?;
    let (requests, warmup) = (model.requests_per_replication, model.warmup_requests);
    let (text, a) = mm1(case, model.arrival_rate_per_s, model.service_rate_a_per_s, requests)?;
    let (_, b) = mm1(case, model.arrival_rate_per_s, model.service_rate_b_per_s, requests)?;
    let pairs = case.run.total_units;
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let wait = |scenario: &Scenario, part: u64| {
            mean_wait_s(&with_seed(scenario, part_seed(seed, part)), requests, warmup)
        };
        let (mut common, mut independent) = (Vec::new(), Vec::new());
        for pair in 0..pairs {
            let of_a = wait(&a, pair)?;
            common.push(of_a - wait(&b, pair)?);
            independent.push(of_a - wait(&b, pairs + pair)?);
        }
        let ratio = variance(&independent) / variance(&common);
        Ok(vec![("variance_ratio_independent_over_crn".into(), ratio.into())])
    };
    Ok(Experiment { scenario: Some(text), once: true, replicate: Box::new(replicate) })
}

#[derive(Deserialize)]
struct Series {
    seed: u64,
    n: usize,
    bias: f64,
    tau: f64,
}

impl Series {
    /// The series of the rule that stands in the case.
    fn values(&self) -> Vec<f64> {
        let mut state = self.seed;
        (0..self.n)
            .map(|i| {
                state = (1_103_515_245 * state + 12_345) % (1 << 31);
                let noise = 4.0 * (state as f64 / f64::from(1_u32 << 31) - 0.5);
                let value = 10.0 + self.bias * libm::exp(-(i as f64) / self.tau) + noise;
                (value * 1e6).round_ties_even() / 1e6
            })
            .collect()
    }
}

fn truncation(case: &Case, _: u64) -> Result<Experiment, String> {
    let model: Series = case.model()?;
    Ok(Experiment::direct(move |_| {
        let found = mser5(&model.values()).ok_or("a series of less than one batch")?;
        Ok(vec![
            ("truncation_observations".into(), found.observations.into()),
            ("truncated_mean".into(), found.mean.into()),
        ])
    }))
}

#[derive(Deserialize)]
struct Histogram {
    values: String,
    n: u64,
}

fn histogram(case: &Case, _: u64) -> Result<Experiment, String> {
    let model: Histogram = case.model()?;
    let geometric = match model.values.as_str() {
        "v_i=i, i=1..n" => None,
        "v_i=floor(1.0005^i*1000), i=0..n-1" => Some(1.0005_f64),
        other => return Err(format!("the values `{other}`")),
    };
    let metrics = known_metrics(case);
    Ok(Experiment::direct(move |_| {
        let mut histogram = latency_histogram();
        for i in 0..model.n {
            let value = geometric.map_or(i + 1, |base| (libm::pow(base, i as f64) * 1_000.0) as u64);
            histogram.record(value).map_err(|error| error.to_string())?;
        }
        let of = |metric: &String| {
            let rank = metric.strip_prefix("quantile_").and_then(|rank| rank.parse().ok());
            let rank: f64 = rank.ok_or_else(|| format!("no metric `{metric}`"))?;
            Ok((metric.clone(), histogram.value_at_quantile(rank).into()))
        };
        metrics.iter().map(of).collect()
    }))
}

#[derive(Deserialize)]
struct Draws {
    distribution: Law,
    draws: u64,
}

fn sampler(case: &Case, _: u64) -> Result<Experiment, String> {
    let model: Draws = case.model()?;
    let law = model.distribution;
    // The time of a request on a node with a worker for each is one draw.
    let text = Station {
        service_time: law.yaml(),
        arrivals: poisson(1_000.0),
        duration_s: model.draws as f64 / 100.0 + 1e6 * law.mean_s(),
        ..station(ALL, model.draws)
    }
    .yaml(case);
    let (text, scenario) = read(case, &text)?;
    let metrics = known_metrics(case);
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let journal = Journal::of(&with_seed(&scenario, seed), model.draws as usize)?;
        let mut draws: Vec<f64> = journal.visits.iter().map(Visit::sojourn_s).collect();
        draws.sort_unstable_by(f64::total_cmp);
        let mut readings: Readings = vec![("ks_distance".into(), distance(&draws, &law)?.into())];
        for metric in &metrics {
            let rank = metric.strip_prefix("quantile_").and_then(|rest| rest.strip_suffix("_s"));
            if let Some(rank) = rank.and_then(|rank| rank.parse().ok()) {
                readings.push((metric.clone(), nearest_rank(&mut draws.clone(), rank).into()));
            }
        }
        Ok(readings)
    };
    Ok(Experiment { scenario: Some(text), once: true, replicate: Box::new(replicate) })
}

/// The Kolmogorov-Smirnov distance of sorted draws from their law.
fn distance(draws: &[f64], law: &Law) -> Result<f64, String> {
    let count = draws.len() as f64;
    let mut most: f64 = 0.0;
    for (position, &draw) in draws.iter().enumerate() {
        let below = law.cdf(draw).ok_or("a law whose distribution function is not known here")?;
        most = most.max((below - position as f64 / count).abs());
        most = most.max(((position + 1) as f64 / count - below).abs());
    }
    Ok(most)
}

#[derive(Deserialize)]
struct Counts {
    rate: String,
    horizon_s: f64,
    window_s: f64,
}

fn poisson_arrivals(case: &Case, _: u64) -> Result<Experiment, String> {
    let model: Counts = case.model()?;
    let rate = model.rate.strip_prefix("constant ").and_then(|rest| rest.strip_suffix("/s"));
    let rate: f64 =
        rate.and_then(|rate| rate.parse().ok()).ok_or_else(|| format!("the rate `{}`", model.rate))?;
    let text = Station {
        service_time: "0s".into(),
        arrivals: poisson(rate),
        duration_s: model.horizon_s,
        ..station(ALL, super::station::FOR_EVER)
    }
    .yaml(case);
    let (text, scenario) = read(case, &text)?;
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let journal = Journal::within(&with_seed(&scenario, seed));
        let windows = (model.horizon_s / model.window_s).round() as usize;
        let mut counts = vec![0.0; windows];
        for visit in &journal.visits {
            let window = (visit.arrived as f64 / 1e9 / model.window_s) as usize;
            counts[window.min(windows - 1)] += 1.0;
        }
        let expected = rate * model.window_s;
        let dispersion: f64 =
            counts.iter().map(|count| (count - expected) * (count - expected) / expected).sum();
        Ok(vec![
            ("total_arrivals".into(), journal.visits.len().into()),
            (
                "sum_over_windows_(count-expected)^2/expected_divided_by_windows".into(),
                (dispersion / windows as f64).into(),
            ),
        ])
    };
    Ok(Experiment { scenario: Some(text), once: true, replicate: Box::new(replicate) })
}
