//! Adapters of Envoy's outlier detection.

use super::timeline::Timed;
use crate::conformance::reading::{in_millis, millis, read};
use cusinart_policies::balancing::outlier::{
    FailurePercentageSettings, OutlierDetector, OutlierHost, OutlierSettings, SuccessRateSettings, rules,
};
use cusinart_policies::{Instant, NodeId};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn ejection_duration(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        base_ejection_time_ms: f64,
        max_ejection_time_ms: f64,
        backoff_multiplier: u32,
        #[serde(default)]
        jitter_ms: f64,
    }
    let inputs: Inputs = read(inputs)?;
    let settings = OutlierSettings {
        base_ejection_time: millis(inputs.base_ejection_time_ms),
        max_ejection_time: millis(inputs.max_ejection_time_ms),
        ..OutlierSettings::default()
    };
    let lasts = rules::ejection_duration(&settings, inputs.backoff_multiplier, millis(inputs.jitter_ms));
    Ok(json!({ "ejection_ms": in_millis(lasts) }))
}

pub(super) fn jitter(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        random_u64: u64,
        max_ejection_time_jitter_ms: f64,
    }
    let inputs: Inputs = read(inputs)?;
    let jitter = rules::ejection_jitter(inputs.random_u64, millis(inputs.max_ejection_time_jitter_ms));
    Ok(json!({ "jitter_ms": in_millis(jitter) }))
}

pub(super) fn success_rate(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        success_rates_pct: Vec<f64>,
        stdev_factor_thousandths: u32,
        minimum_hosts: u32,
    }
    let inputs: Inputs = read(inputs)?;
    let settings = SuccessRateSettings {
        minimum_hosts: inputs.minimum_hosts,
        stdev_factor_thousandths: inputs.stdev_factor_thousandths,
        ..SuccessRateSettings::default()
    };
    let rates = inputs.success_rates_pct.iter().copied();
    let limit = rules::success_rate_threshold(rates.clone(), &settings);
    let is_ejected = |rate| limit.is_some_and(|limit| limit.ejects(rate));
    let ejected: Vec<usize> =
        rates.enumerate().filter(|(_, rate)| is_ejected(*rate)).map(|(host, _)| host).collect();
    Ok(json!({
        "evaluated": limit.is_some(),
        "mean": limit.map(|limit| limit.mean),
        "stdev": limit.map(|limit| limit.stdev),
        "threshold": limit.map(|limit| limit.threshold),
        "ejected": ejected,
    }))
}

pub(super) fn failure_percentage(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        success_rate_pct: f64,
        request_volume: u32,
        threshold_pct: f64,
        minimum_request_volume: u32,
        hosts_with_volume: u32,
        minimum_hosts: u32,
    }
    let inputs: Inputs = read(inputs)?;
    let settings = FailurePercentageSettings {
        threshold_pct: inputs.threshold_pct,
        minimum_hosts: inputs.minimum_hosts,
        request_volume: inputs.minimum_request_volume,
    };
    let (rate, volume) = (inputs.success_rate_pct, inputs.request_volume);
    Ok(
        json!({ "eject": rules::failure_percentage_ejects(rate, volume, inputs.hosts_with_volume, &settings) }),
    )
}

pub(super) fn max_ejection_percent(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        hosts: u32,
        currently_ejected: u32,
        max_ejection_percent: f64,
        always_eject_one_host: bool,
    }
    let inputs: Inputs = read(inputs)?;
    let (percent, always_one) = (inputs.max_ejection_percent, inputs.always_eject_one_host);
    Ok(json!({ "may_eject": rules::may_eject(inputs.hosts, inputs.currently_ejected, percent, always_one) }))
}

pub(super) fn timeline(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        config: Config,
        events: Vec<Timed<Op>>,
    }
    #[derive(Deserialize)]
    struct Config {
        hosts: u32,
        base_ejection_time_ms: f64,
        max_ejection_time_ms: f64,
        interval_ms: f64,
        consecutive_5xx: u32,
        max_ejection_percent: f64,
        always_eject_one_host: bool,
    }
    #[derive(Deserialize)]
    #[serde(tag = "op", rename_all = "snake_case")]
    enum Op {
        Responses { host: u32, code: u16, count: Option<u32> },
        Sweep,
    }
    let Inputs { config, events } = read(inputs)?;
    let mut detector = OutlierDetector::new(OutlierSettings {
        consecutive_5xx: config.consecutive_5xx,
        interval: millis(config.interval_ms),
        base_ejection_time: millis(config.base_ejection_time_ms),
        max_ejection_time: millis(config.max_ejection_time_ms),
        max_ejection_percent: config.max_ejection_percent,
        always_eject_one_host: config.always_eject_one_host,
        success_rate: None,
        ..OutlierSettings::default()
    });
    (0..config.hosts).for_each(|host| detector.join(NodeId(host)));
    let mut rows = Vec::new();
    for event in &events {
        let now = event.now();
        match event.op {
            Op::Responses { host, code, count } => {
                for _ in 0..count.unwrap_or(1) {
                    detector.response(now, NodeId(host), code >= 500, true, || 0);
                }
            }
            Op::Sweep => {
                detector.sweep(now, |_| true, |_| 0);
            }
        }
        let hosts = || (0..config.hosts).map(|host| (host, detector.host(NodeId(host))));
        let ejected = hosts().filter(|(_, host)| host.is_some_and(OutlierHost::is_ejected));
        rows.push(json!({
            "t_ms": in_millis(now.since(Instant::ZERO)),
            "ejected": ejected.map(|(host, _)| host).collect::<Vec<_>>(),
            "backoff": hosts().map(|(_, host)| host.map(OutlierHost::backoff)).collect::<Vec<_>>(),
        }));
    }
    Ok(json!({ "after_each_event": rows }))
}
