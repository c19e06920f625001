//! Stabilization, rules of change, and the logs of both.

use super::super::reading::{read, seconds};
use super::{NOW, ago, maybe_seconds};
use cusinart_policies::Duration;
use cusinart_policies::scaling::hpa::{
    HpaChange, HpaLimited, RatePolicy, RateUnit, Recommendation, RecommendationLog, ScaleEvent, ScaleEvents,
    ScalingRules, SelectPolicy, UpDown, legacy_clamp, rate_limit,
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Default, Deserialize)]
pub(super) struct RawRules {
    select_policy: Option<RawSelect>,
    policies: Option<Vec<RawRate>>,
    stabilization_window_s: Option<f64>,
    tolerance: Option<f64>,
}

#[derive(Clone, Copy, Deserialize)]
enum RawSelect {
    Max,
    Min,
    Disabled,
}

#[derive(Deserialize)]
struct RawRate {
    #[serde(rename = "type")]
    unit: RawUnit,
    value: i32,
    period_s: f64,
}

#[derive(Clone, Copy, Deserialize)]
enum RawUnit {
    Pods,
    Percent,
}

/// The rules of both directions.
#[derive(Default, Deserialize)]
pub(super) struct RawBehavior {
    scale_up: Option<RawRules>,
    scale_down: Option<RawRules>,
}

#[derive(Deserialize)]
pub(super) struct RawEvent {
    age_s: f64,
    change: i32,
}

#[derive(Deserialize)]
pub(super) struct RawRecommendation {
    replicas: i32,
    age_s: f64,
}

#[derive(Deserialize)]
struct RawChange {
    min_replicas: i32,
    max_replicas: i32,
    current_replicas: i32,
    desired_replicas: i32,
}

impl RawRate {
    fn policy(&self) -> RatePolicy {
        let unit = match self.unit {
            RawUnit::Pods => RateUnit::Pods,
            RawUnit::Percent => RateUnit::Percent,
        };
        RatePolicy { unit, value: self.value, period: seconds(self.period_s) }
    }
}

fn rules(raw: Option<&RawRules>, default: ScalingRules) -> ScalingRules {
    let Some(raw) = raw else { return default };
    ScalingRules {
        select: match raw.select_policy {
            Some(RawSelect::Max) => SelectPolicy::Max,
            Some(RawSelect::Min) => SelectPolicy::Min,
            Some(RawSelect::Disabled) => SelectPolicy::Disabled,
            None => default.select,
        },
        policies: match &raw.policies {
            Some(policies) => policies.iter().map(RawRate::policy).collect(),
            None => default.policies,
        },
        stabilization_window: maybe_seconds(raw.stabilization_window_s),
        tolerance: raw.tolerance,
    }
}

impl RawBehavior {
    pub(super) fn rules(&self) -> UpDown<ScalingRules> {
        UpDown {
            up: rules(self.scale_up.as_ref(), ScalingRules::default_up()),
            down: rules(self.scale_down.as_ref(), ScalingRules::default_down()),
        }
    }
}

impl RawChange {
    fn change(&self) -> HpaChange {
        HpaChange {
            min: self.min_replicas,
            max: self.max_replicas,
            current: self.current_replicas,
            desired: self.desired_replicas,
        }
    }
}

pub(super) fn events(raw: &[RawEvent]) -> ScaleEvents {
    let event = |raw: &RawEvent| ScaleEvent { at: ago(raw.age_s), change: raw.change, outdated: false };
    ScaleEvents::new(raw.iter().map(event).collect())
}

pub(super) fn log(raw: &[RawRecommendation]) -> RecommendationLog {
    let entry = |raw: &RawRecommendation| Recommendation { at: ago(raw.age_s), replicas: raw.replicas };
    RecommendationLog::new(raw.iter().map(entry).collect())
}

fn limited(limited: HpaLimited) -> Value {
    json!({ "replicas": limited.replicas, "reason": limited.reason.code() })
}

pub(super) fn limit(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        #[serde(flatten)]
        change: RawChange,
        #[serde(flatten)]
        behavior: RawBehavior,
        #[serde(default)]
        scale_up_events: Vec<RawEvent>,
        #[serde(default)]
        scale_down_events: Vec<RawEvent>,
    }
    let inputs: Inputs = read(inputs)?;
    let rules = inputs.behavior.rules();
    let (up, down) = (events(&inputs.scale_up_events), events(&inputs.scale_down_events));
    let rules = UpDown { up: &rules.up, down: &rules.down };
    Ok(limited(rate_limit(NOW, inputs.change.change(), rules, UpDown { up: &up, down: &down })))
}

pub(super) fn clamp(inputs: &Value) -> Result<Value, String> {
    let change: RawChange = read(inputs)?;
    Ok(limited(legacy_clamp(change.change())))
}

pub(super) fn stabilize_legacy(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        window_s: f64,
        recommendations: Vec<RawRecommendation>,
        desired_replicas: i32,
    }
    let inputs: Inputs = read(inputs)?;
    let mut log = log(&inputs.recommendations);
    let replicas = log.stabilize_legacy(NOW, inputs.desired_replicas, seconds(inputs.window_s));
    Ok(stabilized(replicas, &log))
}

pub(super) fn stabilize(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        up_window_s: f64,
        down_window_s: f64,
        recommendations: Vec<RawRecommendation>,
        current_replicas: i32,
        desired_replicas: i32,
    }
    let inputs: Inputs = read(inputs)?;
    let mut log = log(&inputs.recommendations);
    let windows = UpDown { up: seconds(inputs.up_window_s), down: seconds(inputs.down_window_s) };
    let replicas = log.stabilize(NOW, inputs.current_replicas, inputs.desired_replicas, windows);
    Ok(stabilized(replicas, &log))
}

fn stabilized(replicas: i32, log: &RecommendationLog) -> Value {
    let after: Vec<i32> = log.entries().iter().map(|entry| entry.replicas).collect();
    json!({ "replicas": replicas, "recommendations_after": after })
}

pub(super) fn scale_events(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        previous_events: Vec<RawEvent>,
        policies: Option<Vec<RawRate>>,
        new_change: i32,
    }
    let inputs: Inputs = read(inputs)?;
    let mut events = events(&inputs.previous_events);
    let change = events.change_within(NOW, Duration::from_secs(60));
    if let Some(policies) = &inputs.policies {
        let policies = policies.iter().map(RawRate::policy).collect();
        let rules = ScalingRules { policies, ..ScalingRules::default_up() };
        events.record(NOW, inputs.new_change, rules.longest_period());
    }
    let after: Vec<Value> = events
        .events()
        .iter()
        .map(|event| json!({ "change": event.change, "outdated": event.outdated }))
        .collect();
    Ok(json!({ "change_in_last_60_s": change, "events_after": after }))
}
