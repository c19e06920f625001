//! KEDA, the vertical pod autoscaler, AWS.

use super::super::reading::{at_s, read, seconds};
use super::maybe_seconds;
use cusinart_policies::scaling::keda::{
    KedaActivation, KedaFallback, KedaFallbackBase, KedaMetricType, KedaPauses, KedaReading, KedaSituation,
};
use cusinart_policies::scaling::{
    Buckets, DecayingHistogram, Step, StepCapacity, StepDirection, StepTable, StepUnit,
};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn activation(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        current_replicas: i32,
        min_replicas: i32,
        idle_replicas: Option<i32>,
        is_active: bool,
        #[serde(default)]
        is_error: bool,
        fallback_replicas: Option<i32>,
        last_active_age_s: Option<f64>,
        created_age_s: f64,
        cooldown_s: f64,
        #[serde(default)]
        initial_cooldown_s: f64,
        #[serde(default)]
        pause_scale_in: bool,
        #[serde(default)]
        pause_scale_out: bool,
        #[serde(default)]
        force_activation: bool,
        #[serde(default)]
        paused: bool,
    }
    let inputs: Inputs = read(inputs)?;
    let activation = KedaActivation {
        min: inputs.min_replicas,
        idle: inputs.idle_replicas,
        fallback: inputs.fallback_replicas,
        cooldown: seconds(inputs.cooldown_s),
        initial_cooldown: seconds(inputs.initial_cooldown_s),
        pauses: KedaPauses {
            all: inputs.paused,
            scale_in: inputs.pause_scale_in,
            scale_out: inputs.pause_scale_out,
        },
        force: inputs.force_activation,
    };
    let scale = activation.poll(&KedaSituation {
        current: inputs.current_replicas,
        active: inputs.is_active,
        failed: inputs.is_error,
        last_active_age: maybe_seconds(inputs.last_active_age_s),
        created_age: seconds(inputs.created_age_s),
    });
    Ok(json!({ "replicas": scale.replicas, "marks_active": scale.marks_active }))
}

pub(super) fn fallback(inputs: &Value) -> Result<Value, String> {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum Behavior {
        #[default]
        Static,
        CurrentReplicas,
        CurrentReplicasIfHigher,
        CurrentReplicasIfLower,
    }
    #[derive(Deserialize)]
    enum MetricType {
        AverageValue,
        Value,
    }
    #[derive(Deserialize)]
    struct Inputs {
        metric_failed: bool,
        metric_value: Option<f64>,
        failures_before: i32,
        failure_threshold: i32,
        fallback_replicas: Option<i32>,
        behavior: Option<Behavior>,
        target: f64,
        metric_type: MetricType,
        current_replicas: i32,
        ready_replicas: i32,
    }
    let inputs: Inputs = read(inputs)?;
    let fallback = inputs.fallback_replicas.map(|replicas| KedaFallback {
        threshold: inputs.failure_threshold,
        replicas,
        base: match inputs.behavior.unwrap_or_default() {
            Behavior::Static => KedaFallbackBase::Static,
            Behavior::CurrentReplicas => KedaFallbackBase::Current,
            Behavior::CurrentReplicasIfHigher => KedaFallbackBase::CurrentIfHigher,
            Behavior::CurrentReplicasIfLower => KedaFallbackBase::CurrentIfLower,
        },
    });
    let metric_type = match inputs.metric_type {
        MetricType::AverageValue => KedaMetricType::AverageValue,
        MetricType::Value => KedaMetricType::Value { ready: inputs.ready_replicas },
    };
    let measured = if inputs.metric_failed { None } else { inputs.metric_value };
    let current = inputs.current_replicas;
    let reading = KedaReading::next(
        measured,
        inputs.failures_before,
        fallback.as_ref(),
        inputs.target,
        current,
        metric_type,
    );
    Ok(json!({
        "metric": reading.metric,
        "failures_after": reading.failures,
        "error": reading.metric.is_none(),
    }))
}

pub(super) fn decaying_percentile(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Sample {
        value: f64,
        weight: f64,
        t_s: f64,
    }
    #[derive(Deserialize)]
    struct Inputs {
        bucket_width: f64,
        max_value: f64,
        half_life_s: f64,
        samples: Vec<Sample>,
        percentiles: Vec<f64>,
    }
    let inputs: Inputs = read(inputs)?;
    let buckets = Buckets::Linear { width: inputs.bucket_width, max: inputs.max_value };
    let mut histogram = DecayingHistogram::new(buckets, seconds(inputs.half_life_s));
    for sample in &inputs.samples {
        histogram.add(at_s(sample.t_s), sample.value, sample.weight);
    }
    let values: Vec<f64> = inputs.percentiles.iter().map(|share| histogram.percentile(*share)).collect();
    Ok(json!({ "values": values }))
}

pub(super) fn step_scaling(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Direction {
        Out,
        In,
    }
    #[derive(Deserialize)]
    enum Unit {
        #[serde(rename = "ChangeInCapacity")]
        Change,
        #[serde(rename = "ExactCapacity")]
        Exact,
        #[serde(rename = "PercentChangeInCapacity")]
        Percent,
    }
    #[derive(Deserialize)]
    struct RawStep {
        lower: Option<f64>,
        upper: Option<f64>,
        adjustment: i64,
    }
    #[derive(Deserialize)]
    struct Inputs {
        metric: f64,
        threshold: f64,
        direction: Direction,
        steps: Vec<RawStep>,
        #[serde(rename = "type")]
        unit: Unit,
        capacity_without_warming: i64,
        desired_capacity: i64,
        min: i64,
        max: i64,
        min_adjustment_magnitude: Option<i64>,
    }
    let inputs: Inputs = read(inputs)?;
    let step = |raw: &RawStep| Step { lower: raw.lower, upper: raw.upper, adjustment: raw.adjustment };
    let table = StepTable {
        direction: match inputs.direction {
            Direction::Out => StepDirection::Out,
            Direction::In => StepDirection::In,
        },
        unit: match inputs.unit {
            Unit::Change => StepUnit::ChangeInCapacity,
            Unit::Exact => StepUnit::ExactCapacity,
            Unit::Percent => StepUnit::PercentChangeInCapacity,
        },
        steps: inputs.steps.iter().map(step).collect(),
        magnitude_min: inputs.min_adjustment_magnitude,
    };
    let capacity = StepCapacity {
        warm: inputs.capacity_without_warming,
        desired: inputs.desired_capacity,
        min: inputs.min,
        max: inputs.max,
    };
    let wanted = table.wanted(inputs.metric - inputs.threshold, capacity);
    Ok(json!({ "desired": wanted.unwrap_or(inputs.desired_capacity) }))
}
