//! Scaling: the rules of the Kubernetes HPA, and the arithmetic of capacity.

use super::case::Case;
use super::experiment::{Experiment, Family, Readings};
use cusinart_policies::scaling::hpa::{
    Hpa, HpaMetric, HpaScale, HpaSettings, HpaTolerance, RatePolicy, RateUnit, ScalingRules, SelectPolicy,
    UpDown,
};
use cusinart_policies::{Duration, Instant};
use serde::Deserialize;
use serde_json::json;

/// The families of this file.
pub(super) const FAMILIES: &[(&str, Family)] = &[("hpa", hpa)];

#[derive(Deserialize)]
struct Model {
    load_steps_s_rps: Vec<(f64, f64)>,
    target_rps_per_pod: f64,
    initial_replicas: i32,
    horizon_s: f64,
    min_r: i32,
    max_r: i32,
    sync_s: f64,
    tolerance: f64,
    up_percent: i32,
    up_pods: i32,
    up_period_s: f64,
    down_stab_s: f64,
}

impl Model {
    fn settings(&self) -> HpaSettings {
        let period = Duration::from_secs_f64(self.up_period_s);
        let rate = |unit, value| RatePolicy { unit, value, period };
        let up = ScalingRules {
            select: SelectPolicy::Max,
            policies: vec![rate(RateUnit::Percent, self.up_percent), rate(RateUnit::Pods, self.up_pods)],
            ..ScalingRules::default_up()
        };
        let down = ScalingRules {
            stabilization_window: Some(Duration::from_secs_f64(self.down_stab_s)),
            ..ScalingRules::default_down()
        };
        HpaSettings {
            min: self.min_r,
            max: self.max_r,
            behavior: Some(UpDown { up, down }),
            tolerance: HpaTolerance { up: self.tolerance, down: self.tolerance },
            ..HpaSettings::default()
        }
    }

    /// The load at an instant; a step at that very instant already counts.
    fn load(&self, at_s: f64) -> f64 {
        self.load_steps_s_rps.iter().rev().find(|(from_s, _)| *from_s <= at_s).map_or(0.0, |(_, rps)| *rps)
    }
}

fn hpa(case: &Case, _: u64) -> Result<Experiment, String> {
    let model: Model = case.model()?;
    Ok(Experiment::direct(move |_| {
        let mut hpa = Hpa::new(model.settings());
        let (mut replicas, mut peak, mut events) =
            (model.initial_replicas, model.initial_replicas, Vec::new());
        let milli = |value: f64| (value * 1_000.0).round() as i64;
        let mut turn = 1.0;
        while turn * model.sync_s <= model.horizon_s {
            let at_s = turn * model.sync_s;
            let now = Instant::ZERO + Duration::from_secs_f64(at_s);
            let load = [milli(model.load(at_s))];
            let metric = HpaMetric::Average { values: &load, target: milli(model.target_rps_per_pod) };
            let scale = HpaScale { spec: replicas, status: replicas };
            let decision = hpa.reconcile(now, scale, &[Some(metric)], &[], &[]);
            if decision.desired != replicas {
                hpa.scaled(now, replicas, decision.desired);
                replicas = decision.desired;
                peak = peak.max(replicas);
                events.push(json!([at_s, replicas]));
            }
            turn += 1.0;
        }
        let readings: Readings = vec![
            ("scale_events".into(), events.into()),
            ("final_replicas".into(), replicas.into()),
            ("peak_replicas".into(), peak.into()),
        ];
        Ok(readings)
    }))
}
