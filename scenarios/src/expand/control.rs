//! The control plane, written in full.

use super::world::place_name;
use super::yaml::Yaml;
use crate::model::Scenario;
use crate::units::{percent_text, rate_text};
use cusinart_policies::detection::ZoneLimits;
use cusinart_policies::recovery::{CountOrPercent, HealthyMin};
use cusinart_policies::{
    AutoScalerConfig, Backoff, BalancerConfig, EjectionConfig, GateConfig, HealthConfig, NodeManagerConfig,
    ParamValue, PolicySpec, ProbeSchedule, RecoveryConfig,
};

/// The section `control`. Balancers and auto-scalers stand in their services.
pub(super) fn control(scenario: &Scenario) -> Yaml {
    let control = &scenario.control;
    let metrics = Yaml::inline([
        ("period", Yaml::text(control.metrics_period)),
        ("delay", Yaml::text(control.metrics_delay)),
    ]);
    let states = control.cluster.services.iter().filter_map(|service| service.state.as_ref());
    let transfers_at_once = states.map(|state| state.transfers_at_once).next();
    Yaml::map([
        ("place", Yaml::text(place_name(scenario, control.place))),
        ("health_monitor", health(&control.cluster.health)),
        ("recovery", recovery(&control.cluster.recovery, transfers_at_once)),
        ("node_manager", nodes(&control.cluster.nodes)),
        ("metrics", metrics),
    ])
}

/// A load balancer.
pub(super) fn balancer(scenario: &Scenario, config: &BalancerConfig) -> Yaml {
    let mut fields = vec![(config.strategy.name.clone(), params(&config.strategy))];
    if let Some(ejection) = &config.ejection {
        fields.push(("ejection".into(), self::ejection(ejection)));
    }
    for (name, by_zone) in [("zone_weights", &config.zone_weights), ("priority", &config.zone_priorities)] {
        if !by_zone.is_empty() {
            let values = scenario.zones.iter().zip(by_zone);
            let values = values.map(|(zone, value)| (zone.as_str(), count(*value)));
            fields.push((name.into(), Yaml::inline(values)));
        }
    }
    let default = BalancerConfig::default();
    if config.overprovisioning_pct != default.overprovisioning_pct {
        let factor = f64::from(config.overprovisioning_pct) / 100.0;
        fields.push(("overprovisioning".into(), Yaml::text(factor)));
    }
    if config.panic_threshold > default.panic_threshold {
        fields.push(("panic_threshold".into(), Yaml::text(percent_text(config.panic_threshold))));
    }
    if let Some(zone_aware) = &config.zone_aware {
        let zone_aware = Yaml::inline([("nodes_min", count(zone_aware.nodes_min))]);
        fields.push(("zone_aware".into(), zone_aware));
    }
    Yaml::Map(fields)
}

fn ejection(config: &EjectionConfig) -> Yaml {
    let mut fields = vec![
        ("consecutive_failures", count(config.consecutive_failures)),
        ("interval", Yaml::text(config.interval)),
        ("period", Yaml::text(config.period)),
        ("period_max", Yaml::text(config.period_max)),
        ("jitter", Yaml::text(config.jitter)),
        ("max", Yaml::text(percent_text(config.ejected_ratio_max))),
        ("always_eject_one", Yaml::text(config.always_eject_one)),
    ];
    if let Some(rate) = &config.success_rate {
        let rate = Yaml::inline([
            ("minimum_nodes", count(rate.minimum_hosts)),
            ("request_volume", count(rate.request_volume)),
            ("stdev_factor_thousandths", count(rate.stdev_factor_thousandths)),
        ]);
        fields.push(("success_rate", rate));
    }
    if let Some(failures) = &config.failure_percentage {
        let failures = Yaml::inline([
            ("threshold", Yaml::text(format_args!("{}%", failures.threshold_pct))),
            ("minimum_nodes", count(failures.minimum_hosts)),
            ("request_volume", count(failures.request_volume)),
        ]);
        fields.push(("failure_percentage", failures));
    }
    Yaml::map(fields)
}

/// An auto-scaler, or that there is none.
pub(super) fn scaler(config: Option<&AutoScalerConfig>) -> Yaml {
    let Some(config) = config else { return Yaml::text("off") };
    Yaml::map([
        ("period", Yaml::text(config.period)),
        ("min", count(config.min)),
        ("max", count(config.max)),
        ("window", Yaml::text(config.window)),
        ("cooldown_up", Yaml::text(config.cooldown_up)),
        ("cooldown_down", Yaml::text(config.cooldown_down)),
        ("policy", policy(&config.policy)),
    ])
}

fn health(config: &HealthConfig) -> Yaml {
    let schedule = match config.schedule {
        ProbeSchedule::FixedRate => "fixed_rate",
        ProbeSchedule::FixedDelay => "fixed_delay",
    };
    let degraded = Yaml::inline([
        ("healthy", Yaml::text(percent_text(config.degraded_healthy_ratio))),
        ("errors", Yaml::text(percent_text(config.degraded_error_ratio))),
    ]);
    Yaml::map([
        ("period", Yaml::text(config.period)),
        ("timeout", Yaml::text(config.timeout)),
        ("schedule", Yaml::text(schedule)),
        ("spread", Yaml::Flag(config.spread)),
        ("detector", policy(&config.detector)),
        ("degraded", degraded),
    ])
}

fn recovery(config: &RecoveryConfig, transfers_at_once: Option<u32>) -> Yaml {
    let mut fields = vec![
        ("strategies", Yaml::List(config.strategies.iter().map(policy).collect())),
        ("attempts", count(config.attempts)),
        ("backoff", backoff(&config.backoff)),
        ("restart_timeout", Yaml::text(config.restart_timeout)),
        ("replicate_timeout", Yaml::text(config.replicate_timeout)),
        ("plans_at_once", count(config.plans_at_once)),
    ];
    fields.extend(transfers_at_once.map(|transfers| ("transfers_at_once", count(transfers))));
    fields.extend(config.gate.as_ref().map(|config| ("gate", gate(config))));
    fields.extend(config.zone_eviction.as_ref().map(|config| ("zone_eviction", zone_eviction(config))));
    Yaml::map(fields)
}

fn gate(config: &GateConfig) -> Yaml {
    let healthy = healthy_min(["min_healthy", "max_unhealthy"], config.healthy_min);
    let cooldown = config.storm_cooldown.map(|cooldown| ("storm_cooldown", Yaml::text(cooldown)));
    Yaml::inline([healthy].into_iter().chain(cooldown))
}

fn zone_eviction(config: &ZoneLimits) -> Yaml {
    Yaml::inline([
        ("unhealthy_zone_threshold", Yaml::text(percent_text(config.unhealthy_zone_threshold))),
        ("large_cluster_size", count(config.large_cluster_size)),
        ("eviction_rate", Yaml::text(rate_text(config.eviction_rate_per_s))),
        ("secondary_eviction_rate", Yaml::text(rate_text(config.secondary_eviction_rate_per_s))),
    ])
}

/// A number of nodes under the name for those that stay, or for those that may go.
fn healthy_min(names: [&'static str; 2], nodes: HealthyMin) -> (&'static str, Yaml) {
    let (name, nodes) = match nodes {
        HealthyMin::AtLeast(least) => (names[0], least),
        HealthyMin::AllBut(most) => (names[1], most),
    };
    (name, count_or_percent(nodes))
}

/// A number of nodes or a share of them.
pub(super) fn count_or_percent(nodes: CountOrPercent) -> Yaml {
    match nodes {
        CountOrPercent::Count(nodes) => count(nodes),
        CountOrPercent::Percent(percent) => Yaml::text(format!("{percent}%")),
    }
}

fn nodes(config: &NodeManagerConfig) -> Yaml {
    let budget = config.disruption_budget.map(|budget| {
        let nodes = healthy_min(["min_available", "max_unavailable"], budget);
        ("disruption_budget", Yaml::inline([nodes]))
    });
    let fields = [
        ("start_timeout", Yaml::text(config.start_timeout)),
        ("sync_timeout", Yaml::text(config.sync_timeout)),
        ("start_attempts", count(config.start_attempts)),
        ("backoff", backoff(&config.backoff)),
        ("drain_timeout", Yaml::text(config.drain_timeout)),
        ("replace_given_up", Yaml::Flag(config.replace_given_up)),
    ];
    Yaml::map(fields.into_iter().chain(budget))
}

fn backoff(backoff: &Backoff) -> Yaml {
    Yaml::inline([
        ("initial", Yaml::text(backoff.initial)),
        ("factor", Yaml::Number(backoff.factor)),
        ("max", Yaml::text(backoff.max)),
    ])
}

/// A policy with all its parameters.
pub(super) fn policy(spec: &PolicySpec) -> Yaml {
    Yaml::inline([(spec.name.as_str(), params(spec))])
}

fn params(spec: &PolicySpec) -> Yaml {
    let value = |value: &ParamValue| match value {
        ParamValue::Duration(time) => Yaml::text(time),
        ParamValue::Count(count) => Yaml::Count(*count),
        ParamValue::Ratio(ratio) => Yaml::text(percent_text(*ratio)),
        ParamValue::Number(number) => Yaml::Number(*number),
        ParamValue::Flag(flag) => Yaml::Flag(*flag),
        ParamValue::Choice(word) | ParamValue::Text(word) => Yaml::text(word),
    };
    Yaml::inline(spec.params.iter().map(|(name, param)| (name.as_str(), value(param))))
}

fn count(count: u32) -> Yaml {
    Yaml::Count(u64::from(count))
}
