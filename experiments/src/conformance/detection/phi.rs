//! Adapters of the two phi accrual detectors.

use super::timeline::Timed;
use crate::conformance::reading::{MILLISECOND_NS, at_ms, in_millis, millis, read, real};
use cusinart_policies::detection::{
    ArrivalSettings, Arrivals, Heartbeats, LocalPause, PauseWindow, PhiSettings, PhiTail, deviations_until,
    is_convicted, phi, silence_until, silence_until_convicted,
};
use cusinart_policies::{Duration, Instant, detection};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(super) fn normal_phi(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        time_since_last_heartbeat_ms: f64,
        mean_ms: f64,
        std_deviation_ms: f64,
    }
    let inputs: Inputs = read(inputs)?;
    let phi = phi(inputs.time_since_last_heartbeat_ms, inputs.mean_ms, inputs.std_deviation_ms);
    let cdf = 1.0 - libm::pow(10.0, -phi);
    Ok(json!({ "phi": real(phi), "phi_formula": real(phi), "cdf": cdf }))
}

pub(super) fn normal_history(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        intervals_ms: Vec<f64>,
        max_sample_size: u32,
    }
    let inputs: Inputs = read(inputs)?;
    let mut window = PauseWindow::default();
    inputs.intervals_ms.iter().for_each(|interval| window.push(millis(*interval), inputs.max_sample_size));
    Ok(json!({
        "mean_ms": window.mean() / MILLISECOND_NS,
        "variance_ms2": window.variance() / (MILLISECOND_NS * MILLISECOND_NS),
        "std_deviation_ms": window.std_deviation() / MILLISECOND_NS,
        "retained": window.pauses().len(),
    }))
}

pub(super) fn normal_timeline(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        config: Config,
        events: Vec<Timed<Op>>,
    }
    #[derive(Deserialize)]
    struct Config {
        threshold: f64,
        max_sample_size: u32,
        min_std_deviation_ms: f64,
        acceptable_heartbeat_pause_ms: f64,
        first_heartbeat_estimate_ms: f64,
    }
    #[derive(Clone, Copy, Deserialize, Serialize)]
    #[serde(tag = "op", rename_all = "snake_case")]
    enum Op {
        Heartbeat,
        Phi,
        IsAvailable,
        IsMonitoring,
    }
    let Inputs { config, events } = read(inputs)?;
    let settings = PhiSettings {
        threshold: config.threshold,
        min_std_deviation: millis(config.min_std_deviation_ms),
        acceptable_heartbeat_pause: millis(config.acceptable_heartbeat_pause_ms),
        first_heartbeat_estimate: millis(config.first_heartbeat_estimate_ms),
        max_sample_size: config.max_sample_size,
        tail: PhiTail::Logistic,
    };
    let mut heartbeats = Heartbeats::default();
    let mut results = Vec::new();
    for event in &events {
        let (now, op) = (event.now(), &event.op);
        let value = match op {
            Op::Heartbeat => {
                heartbeats.heard(now, &settings);
                continue;
            }
            Op::Phi => real(heartbeats.phi(now, &settings)),
            Op::IsAvailable => heartbeats.is_available(now, &settings).into(),
            Op::IsMonitoring => heartbeats.last().is_some().into(),
        };
        if event.is_last {
            results.push(row(now, op, &value)?);
        }
    }
    Ok(json!({ "results": results }))
}

pub(super) fn normal_detection_time(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        threshold: f64,
        mean_interval_ms: f64,
        std_deviation_ms: f64,
        acceptable_heartbeat_pause_ms: f64,
    }
    let inputs: Inputs = read(inputs)?;
    let mean = inputs.mean_interval_ms + inputs.acceptable_heartbeat_pause_ms;
    Ok(json!({
        "y_at_threshold": deviations_until(inputs.threshold),
        "silence_until_unavailable_ms": silence_until(inputs.threshold, mean, inputs.std_deviation_ms),
    }))
}

pub(super) fn exponential_window(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        size: u32,
        intervals: Option<Vec<f64>>,
        intervals_range_inclusive: Option<(u64, u64)>,
    }
    let inputs: Inputs = read(inputs)?;
    let intervals = match (inputs.intervals, inputs.intervals_range_inclusive) {
        (Some(intervals), _) => intervals.into_iter().map(millis).collect(),
        (None, Some((from, to))) => (from..=to).map(Duration::from_millis).collect::<Vec<_>>(),
        (None, None) => return Err("no intervals".into()),
    };
    let mut window = PauseWindow::default();
    intervals.into_iter().for_each(|interval| window.push(interval, inputs.size));
    let mut retained: Vec<Duration> = window.pauses().collect();
    retained.sort();
    let retained: Vec<f64> = retained.into_iter().map(in_millis).collect();
    Ok(json!({ "retained_sorted": retained, "mean": window.mean() / MILLISECOND_NS }))
}

pub(super) fn exponential_phi(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        elapsed_since_last_ms: f64,
        mean_interval_ms: f64,
        convict_threshold: f64,
    }
    let inputs: Inputs = read(inputs)?;
    let phi = detection::exponential_phi(inputs.elapsed_since_last_ms, inputs.mean_interval_ms);
    Ok(json!({ "phi_scaled": real(phi), "convict": is_convicted(phi, inputs.convict_threshold) }))
}

pub(super) fn exponential_detection_time(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        convict_threshold: f64,
        mean_interval_ms: f64,
    }
    let inputs: Inputs = read(inputs)?;
    let silence = silence_until_convicted(inputs.convict_threshold, inputs.mean_interval_ms);
    Ok(json!({ "silence_until_convicted_ms": silence }))
}

pub(super) fn exponential_timeline(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        config: Config,
        events: Vec<Timed<Op>>,
    }
    #[derive(Deserialize)]
    struct Config {
        initial_interval_ms: f64,
        max_recorded_interval_ms: f64,
        convict_threshold: f64,
        max_local_pause_ms: f64,
        window: u32,
        previous_interpret_at_ms: f64,
    }
    #[derive(Clone, Copy, Deserialize, Serialize)]
    #[serde(tag = "op", rename_all = "snake_case")]
    enum Op {
        Report,
        Interpret,
        Mean,
    }
    let Inputs { config, events } = read(inputs)?;
    let settings = ArrivalSettings {
        threshold: config.convict_threshold,
        initial_interval: millis(config.initial_interval_ms),
        max_recorded_interval: millis(config.max_recorded_interval_ms),
        window: config.window,
    };
    let mut pause =
        LocalPause::new(millis(config.max_local_pause_ms), at_ms(config.previous_interpret_at_ms));
    let mut arrivals = Arrivals::default();
    let mut results = Vec::new();
    for event in &events {
        let (now, op) = (event.now(), &event.op);
        let value = match op {
            Op::Report => {
                arrivals.heard(now, &settings);
                continue;
            }
            Op::Interpret if pause.skips(now) => "skipped_local_pause".into(),
            Op::Interpret if is_convicted(arrivals.phi(now), settings.threshold) => "convict".into(),
            Op::Interpret => "alive".into(),
            Op::Mean => (arrivals.mean() / MILLISECOND_NS).into(),
        };
        if event.is_last {
            results.push(row(now, op, &value)?);
        }
    }
    Ok(json!({ "results": results }))
}

/// A row of the results of a timeline.
fn row(now: Instant, op: &impl Serialize, value: &Value) -> Result<Value, String> {
    let op = serde_json::to_value(op).map_err(|error| error.to_string())?;
    Ok(json!({ "t_ms": in_millis(now.since(Instant::ZERO)), "op": op["op"], "value": value }))
}
