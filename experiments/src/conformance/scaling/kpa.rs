//! Knative's autoscaler.

use super::super::reading::{at_s, read, seconds, yes};
use cusinart_policies::Instant;
use cusinart_policies::scaling::kpa::{
    BucketWindow, KpaDecider, KpaLoad, KpaMetric, KpaSpec, KpaTarget, kpa_target,
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct RawSpec {
    target_value: f64,
    total_value: f64,
    target_burst_capacity: f64,
    panic_threshold: f64,
    max_scale_up_rate: f64,
    max_scale_down_rate: f64,
    stable_window_s: f64,
    reachable: bool,
    activation_scale: i32,
    scale_down_delay_s: f64,
}

#[derive(Deserialize)]
struct RawState {
    panic_since_s: Option<f64>,
    max_panic_pods: i32,
}

#[derive(Deserialize)]
struct RawStep {
    t_s: f64,
    ready_pods: Option<i32>,
    stable: Option<f64>,
    panic: Option<f64>,
    #[serde(default = "yes")]
    data: bool,
    set_spec: Option<RawSpec>,
}

impl RawSpec {
    fn spec(&self) -> KpaSpec {
        KpaSpec {
            target: self.target_value,
            total: self.total_value,
            burst_capacity: self.target_burst_capacity,
            panic_threshold: self.panic_threshold,
            max_scale_up_rate: self.max_scale_up_rate,
            max_scale_down_rate: self.max_scale_down_rate,
            stable_window: seconds(self.stable_window_s),
            reachable: self.reachable,
            activation_scale: self.activation_scale,
            scale_down_delay: seconds(self.scale_down_delay_s),
        }
    }
}

pub(super) fn decide(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        spec: RawSpec,
        initial_ready_pods: Option<i32>,
        initial_state: Option<RawState>,
        steps: Vec<RawStep>,
    }
    let inputs: Inputs = read(inputs)?;
    let mut decider = match inputs.initial_state {
        Some(state) => KpaDecider::in_state(state.panic_since_s.map(at_s), state.max_panic_pods),
        None => KpaDecider::new(Instant::ZERO, inputs.initial_ready_pods.unwrap_or(0)),
    };
    let mut spec = inputs.spec.spec();
    let mut steps = Vec::new();
    for step in &inputs.steps {
        if let Some(other) = &step.set_spec {
            spec = other.spec();
        }
        let load = match (step.stable, step.panic) {
            (Some(stable), Some(panic)) if step.data => Some(KpaLoad { stable, panic }),
            _ => None,
        };
        let decision = decider.decide(at_s(step.t_s), &spec, step.ready_pods, load);
        steps.push(json!({
            "valid": decision.is_some(),
            "desired_pods": decision.map_or(0, |decision| decision.desired),
            "excess_burst_capacity": decision.map_or(0.0, |decision| decision.excess_burst),
            "panic_mode": decider.panics(),
        }));
    }
    Ok(json!({ "steps": steps }))
}

pub(super) fn target(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Metric {
        Rps,
        Concurrency,
    }
    #[derive(Deserialize)]
    struct Inputs {
        metric: Metric,
        container_concurrency: f64,
        rps_target_default: f64,
        concurrency_target_default: f64,
        rps_target_utilization: f64,
        concurrency_target_fraction: f64,
        annotation_target: Option<f64>,
        annotation_utilization: Option<f64>,
    }
    let inputs: Inputs = read(inputs)?;
    let metric = match inputs.metric {
        Metric::Rps => {
            KpaMetric::Rps { default: inputs.rps_target_default, utilization: inputs.rps_target_utilization }
        }
        Metric::Concurrency => KpaMetric::Concurrency {
            container_limit: inputs.container_concurrency,
            default: inputs.concurrency_target_default,
            utilization: inputs.concurrency_target_fraction,
        },
    };
    let KpaTarget { target, total } =
        kpa_target(metric, inputs.annotation_target, inputs.annotation_utilization);
    Ok(json!({ "target_value": target, "total_value": total }))
}

pub(super) fn window_average(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        window_s: f64,
        granularity_s: f64,
        ops: Vec<Op>,
    }
    #[derive(Deserialize)]
    #[serde(tag = "op", rename_all = "snake_case")]
    enum Op {
        Record { t_s: f64, value: f64 },
        Average { t_s: f64 },
    }
    let inputs: Inputs = read(inputs)?;
    let granularity = seconds(inputs.granularity_s);
    let mut window = BucketWindow::new(seconds(inputs.window_s), granularity);
    let mut averages = Vec::new();
    for op in inputs.ops {
        match op {
            Op::Record { t_s, value } => window.record(at_s(t_s), value),
            Op::Average { t_s } => averages.push(window.average(at_s(t_s))),
        }
    }
    Ok(json!({ "averages": averages }))
}
