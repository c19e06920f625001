//! Pods, and what one metric asks for.

use super::super::reading::{read, seconds};
use super::maybe_seconds;
use cusinart_policies::scaling::hpa::{
    HpaAnswer, HpaMetric, HpaTolerance, HpaWorld, Pod, PodGroup, PodPhase, PodSample, Readiness, replicas,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Seconds of a day, the age of what a vector says nothing of.
const DAY_S: f64 = 86_400.0;

#[derive(Deserialize)]
pub(super) struct RawPod {
    #[serde(default)]
    name: String,
    #[serde(default)]
    phase: RawPhase,
    #[serde(default = "yes")]
    ready: Option<bool>,
    #[serde(default = "some_day")]
    start_age_s: Option<f64>,
    #[serde(default = "day")]
    ready_transition_age_s: f64,
    #[serde(default)]
    deleting: bool,
    request_milli: Option<i64>,
    usage_milli: Option<i64>,
    #[serde(default)]
    usage_age_s: f64,
    #[serde(default = "minute")]
    usage_window_s: f64,
}

#[derive(Clone, Copy, Default, Deserialize)]
enum RawPhase {
    Pending,
    #[default]
    Running,
    Failed,
}

#[derive(Deserialize)]
pub(super) struct RawOrphan {
    usage_milli: i64,
}

#[derive(Deserialize)]
pub(super) struct RawReadiness {
    cpu_initialization_period_s: Option<f64>,
    initial_readiness_delay_s: Option<f64>,
}

#[derive(Deserialize)]
pub(super) struct RawMetric {
    metric_source: Option<RawSource>,
    resource: Option<String>,
    target_kind: Option<RawTarget>,
    #[serde(default)]
    target: i64,
    #[serde(default)]
    metric_values_milli: Vec<i64>,
    #[serde(default)]
    fetch_error: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawSource {
    Resource,
    ContainerResource,
    Pods,
    Object,
    External,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawTarget {
    UtilizationPercent,
    AverageValueMilli,
    ValueMilli,
}

fn yes() -> Option<bool> {
    Some(true)
}

fn day() -> f64 {
    DAY_S
}

fn some_day() -> Option<f64> {
    Some(DAY_S)
}

fn minute() -> f64 {
    60.0
}

impl RawPod {
    fn pod(&self) -> Pod {
        Pod {
            phase: match self.phase {
                RawPhase::Pending => PodPhase::Pending,
                RawPhase::Running => PodPhase::Running,
                RawPhase::Failed => PodPhase::Failed,
            },
            deleting: self.deleting,
            ready: self.ready,
            start_age: maybe_seconds(self.start_age_s),
            transition_age: seconds(self.ready_transition_age_s),
            request: self.request_milli,
            sample: self.usage_milli.map(|usage| PodSample {
                usage,
                age: seconds(self.usage_age_s),
                window: seconds(self.usage_window_s),
            }),
        }
    }
}

impl RawReadiness {
    pub(super) fn readiness(&self) -> Readiness {
        let default = Readiness::default();
        Readiness {
            initialization_period: maybe_seconds(self.cpu_initialization_period_s)
                .unwrap_or(default.initialization_period),
            initial_delay: maybe_seconds(self.initial_readiness_delay_s).unwrap_or(default.initial_delay),
        }
    }
}

impl RawMetric {
    /// The metric; `None` if its source failed.
    pub(super) fn metric(&self) -> Result<Option<HpaMetric<'_>>, String> {
        if self.fetch_error {
            return Ok(None);
        }
        let source = self.metric_source.ok_or("no metric_source")?;
        let (target, values) = (self.target, self.metric_values_milli.as_slice());
        let is_cpu = self.resource.as_deref() == Some("cpu");
        let cpu = is_cpu && matches!(source, RawSource::Resource | RawSource::ContainerResource);
        let by_pod = matches!(source, RawSource::Resource | RawSource::ContainerResource | RawSource::Pods);
        match (self.target_kind.ok_or("no target_kind")?, by_pod) {
            (RawTarget::UtilizationPercent, true) => Ok(Some(HpaMetric::Utilization { cpu, target })),
            (RawTarget::AverageValueMilli, true) => Ok(Some(HpaMetric::PodAverage { cpu, target })),
            (RawTarget::AverageValueMilli, false) => Ok(Some(HpaMetric::Average { values, target })),
            (RawTarget::ValueMilli, false) => Ok(Some(HpaMetric::Value { values, target })),
            (RawTarget::UtilizationPercent, false) | (RawTarget::ValueMilli, true) => {
                Err("this source has no such target_kind".into())
            }
        }
    }
}

pub(super) fn pods(pods: &[RawPod]) -> Vec<Pod> {
    pods.iter().map(RawPod::pod).collect()
}

pub(super) fn orphans(orphans: &[RawOrphan]) -> Vec<i64> {
    orphans.iter().map(|orphan| orphan.usage_milli).collect()
}

pub(super) fn pod_groups(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        resource: Option<String>,
        pods: Vec<RawPod>,
        #[serde(flatten)]
        readiness: RawReadiness,
    }
    let inputs: Inputs = read(inputs)?;
    let (cpu, readiness) = (inputs.resource.as_deref() == Some("cpu"), inputs.readiness.readiness());
    let (mut ready, mut unready, mut missing, mut ignored) = (0, Vec::new(), Vec::new(), Vec::new());
    for raw in &inputs.pods {
        match raw.pod().group(cpu, &readiness) {
            PodGroup::Ready(_) => ready += 1,
            PodGroup::Unready => unready.push(&raw.name),
            PodGroup::Missing => missing.push(&raw.name),
            PodGroup::Ignored => ignored.push(&raw.name),
        }
    }
    Ok(json!({ "ready_count": ready, "unready": unready, "missing": missing, "ignored": ignored }))
}

pub(super) fn one_metric(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        current_replicas: i32,
        tolerance_down: Option<f64>,
        tolerance_up: Option<f64>,
        #[serde(default)]
        pods: Vec<RawPod>,
        #[serde(default)]
        orphan_metrics: Vec<RawOrphan>,
        #[serde(flatten)]
        metric: RawMetric,
        #[serde(flatten)]
        readiness: RawReadiness,
    }
    let inputs: Inputs = read(inputs)?;
    let default = HpaTolerance::default();
    let tolerance = HpaTolerance {
        down: inputs.tolerance_down.unwrap_or(default.down),
        up: inputs.tolerance_up.unwrap_or(default.up),
    };
    let world = HpaWorld {
        pods: &pods(&inputs.pods),
        orphans: &orphans(&inputs.orphan_metrics),
        current: inputs.current_replicas,
        existing: inputs.current_replicas,
        readiness: inputs.readiness.readiness(),
    };
    let metric = inputs.metric.metric()?.ok_or("the source of the metric failed")?;
    Ok(match replicas(metric, tolerance, &world) {
        Ok(HpaAnswer { replicas, utilization, usage, .. }) => json!({
            "replicas": replicas,
            "utilization_percent": utilization,
            "average_usage_milli": usage,
            "usage_milli": usage,
        }),
        Err(error) => json!({ "error": error.code() }),
    })
}
