//! Whole control cycles.

use super::super::reading::{at_s, read};
use super::hpa_pace::{RawBehavior, RawEvent, RawRecommendation, events, log};
use super::hpa_pods::{RawMetric, RawOrphan, RawPod, RawReadiness, orphans, pods};
use super::{NOW, maybe_seconds};
use cusinart_policies::scaling::hpa::{Hpa, HpaScale, HpaSettings, HpaTolerance, UpDown};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct RawController {
    tolerance: Option<f64>,
    downscale_stabilization_s: Option<f64>,
    #[serde(flatten)]
    readiness: RawReadiness,
}

pub(super) fn reconcile(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        min_replicas: i32,
        max_replicas: i32,
        spec_replicas: i32,
        status_replicas: i32,
        metrics: Vec<RawMetric>,
        #[serde(default)]
        pods: Vec<RawPod>,
        #[serde(default)]
        orphan_metrics: Vec<RawOrphan>,
        recommendations: Option<Vec<RawRecommendation>>,
        behavior: Option<RawBehavior>,
        #[serde(default)]
        scale_up_events: Vec<RawEvent>,
        #[serde(default)]
        scale_down_events: Vec<RawEvent>,
        controller: RawController,
    }
    let inputs: Inputs = read(inputs)?;
    let (controller, default) = (&inputs.controller, HpaSettings::default());
    let mut hpa = Hpa {
        settings: HpaSettings {
            min: inputs.min_replicas,
            max: inputs.max_replicas,
            behavior: inputs.behavior.as_ref().map(RawBehavior::rules),
            tolerance: controller
                .tolerance
                .map_or(default.tolerance, |both| HpaTolerance { down: both, up: both }),
            downscale_stabilization: maybe_seconds(controller.downscale_stabilization_s)
                .unwrap_or(default.downscale_stabilization),
            readiness: controller.readiness.readiness(),
        },
        recommendations: inputs.recommendations.as_deref().map(log),
        events: UpDown { up: events(&inputs.scale_up_events), down: events(&inputs.scale_down_events) },
    };
    let metrics: Vec<_> = inputs.metrics.iter().map(RawMetric::metric).collect::<Result<_, _>>()?;
    let scale = HpaScale { spec: inputs.spec_replicas, status: inputs.status_replicas };
    let decision = hpa.reconcile(NOW, scale, &metrics, &pods(&inputs.pods), &orphans(&inputs.orphan_metrics));
    Ok(json!({
        "desired_replicas": decision.desired,
        "scaled": decision.desired != scale.spec,
        "reason": decision.reason.code(),
        "error": decision.failed,
    }))
}

pub(super) fn sequence(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        start_replicas: i32,
        min_replicas: i32,
        max_replicas: i32,
        behavior: Option<RawBehavior>,
        sync_period_s: f64,
        downscale_stabilization_s: Option<f64>,
        proposals: Vec<i32>,
    }
    let inputs: Inputs = read(inputs)?;
    let default = HpaSettings::default();
    let mut hpa = Hpa::new(HpaSettings {
        min: inputs.min_replicas,
        max: inputs.max_replicas,
        behavior: inputs.behavior.as_ref().map(RawBehavior::rules),
        downscale_stabilization: maybe_seconds(inputs.downscale_stabilization_s)
            .unwrap_or(default.downscale_stabilization),
        ..default
    });
    let (mut current, mut steps) = (inputs.start_replicas, Vec::new());
    for (step, proposal) in inputs.proposals.into_iter().enumerate() {
        let now = at_s(step as f64 * inputs.sync_period_s);
        let paced = hpa.pace(now, current, proposal);
        hpa.scaled(now, current, paced.limited.replicas);
        current = paced.limited.replicas;
        steps.push(json!({
            "stabilized": paced.stabilized,
            "replicas": current,
            "reason": paced.limited.reason.code(),
        }));
    }
    Ok(json!({ "steps": steps }))
}
