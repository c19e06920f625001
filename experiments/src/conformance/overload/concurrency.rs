//! Adapters of the vectors of adaptive limits of concurrency.

use super::super::Family;
use super::super::reading::{MILLISECOND_NS, millis, read};
use cusinart_policies::overload::{
    Aimd, AimdSettings, ExponentialAverage, Gradient2, Gradient2Settings, LimitSample, Vegas, VegasDecrease,
    VegasSettings,
};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const ADAPTERS: Family = &[
    ("concurrency.aimd", aimd),
    ("concurrency.exp_avg", exp_avg),
    ("concurrency.vegas", vegas),
    ("concurrency.gradient2", gradient2),
];

#[derive(Deserialize)]
struct Inputs<C> {
    config: C,
    samples: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    rtt_ms: f64,
    inflight: u32,
    #[serde(default)]
    did_drop: bool,
}

impl Sample {
    fn of_limit(&self) -> LimitSample {
        LimitSample { rtt: millis(self.rtt_ms), inflight: self.inflight, dropped: self.did_drop }
    }
}

fn aimd(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Config {
        initial_limit: u32,
        min_limit: u32,
        max_limit: u32,
        backoff_ratio: f64,
        timeout_ms: f64,
    }
    let Inputs { config, samples } = read::<Inputs<Config>>(inputs)?;
    let mut limit = Aimd::new(AimdSettings {
        initial: config.initial_limit,
        min: config.min_limit,
        max: config.max_limit,
        backoff_ratio: config.backoff_ratio,
        timeout: millis(config.timeout_ms),
    });
    let after_each = samples.iter().map(|sample| {
        limit.sample(&sample.of_limit());
        limit.limit()
    });
    Ok(json!({ "limit_after_each": after_each.collect::<Vec<_>>() }))
}

fn exp_avg(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        window: u32,
        warmup_samples: u32,
        samples: Vec<f64>,
    }
    let inputs: Inputs = read(inputs)?;
    let mut average = ExponentialAverage::new(inputs.window, inputs.warmup_samples);
    let after_each: Vec<f64> = inputs.samples.into_iter().map(|sample| average.add(sample)).collect();
    Ok(json!({ "after_each": after_each }))
}

fn vegas(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Config {
        initial_limit: u32,
        max_limit: u32,
        alpha: Option<u32>,
        beta: Option<u32>,
        smoothing: f64,
        decrease: Decrease,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Decrease {
        Log10,
        Half,
    }
    let Inputs { config, samples } = read::<Inputs<Config>>(inputs)?;
    let mut limit = Vegas::new(VegasSettings {
        initial: config.initial_limit,
        max: config.max_limit,
        alpha: config.alpha,
        beta: config.beta,
        smoothing: config.smoothing,
        decrease: match config.decrease {
            Decrease::Log10 => VegasDecrease::Log10,
            Decrease::Half => VegasDecrease::Half,
        },
    });
    let after_each = samples.iter().map(|sample| {
        limit.sample(&sample.of_limit());
        limit.limit()
    });
    Ok(json!({ "limit_after_each": after_each.collect::<Vec<_>>() }))
}

fn gradient2(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Config {
        initial_limit: u32,
        min_limit: u32,
        max_limit: u32,
        queue_size: u32,
        smoothing: f64,
        rtt_tolerance: f64,
        long_window: u32,
    }
    let Inputs { config, samples } = read::<Inputs<Config>>(inputs)?;
    let mut limit = Gradient2::new(Gradient2Settings {
        initial: config.initial_limit,
        min: config.min_limit,
        max: config.max_limit,
        queue_size: config.queue_size,
        smoothing: config.smoothing,
        rtt_tolerance: config.rtt_tolerance,
        long_window: config.long_window,
    });
    let after_each = samples.iter().map(|sample| {
        limit.sample(&sample.of_limit());
        json!({
            "estimated_limit": limit.estimated_limit(),
            "limit": limit.limit(),
            "long_rtt_ms": limit.long_rtt_ns() / MILLISECOND_NS,
        })
    });
    Ok(json!({ "after_each": after_each.collect::<Vec<_>>() }))
}
