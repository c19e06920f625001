//! Checks a configuration, field by field, so that the control plane cannot fail afterwards.
//!
//! Paths in errors are those of a scenario's `control:` section, with services by name.

use super::{
    AutoScalerConfig, Backoff, BalancerConfig, ClusterConfig, EjectionConfig, GateConfig, HealthConfig,
    NodeManagerConfig, RecoveryConfig, ServiceConfig, StateConfig,
};
use crate::catalogue::{self, PolicyKind};
use crate::detection::ZoneLimits;
use crate::recovery::{CountOrPercent, HealthyMin};
use crate::{ConfigError, Duration, PolicySpec};
use alloc::collections::BTreeSet;
use alloc::format;

/// Longest time limit that makes sense: one year. Sums of a few of them stay far from the end of time.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3_600);
/// Shortest time between two probes, and shortest pause or time limit of anything.
const SHORTEST: Duration = Duration::from_millis(1);
/// Shortest scaling cycle.
const SHORTEST_CYCLE: Duration = Duration::from_secs(1);
/// Most services and zones, since ids have 16 bits.
const IDS_16_BITS: usize = 1 << 16;
/// Most tries, plans, transfers and nodes: beyond any use and far from overflow.
const MOST: u32 = 1_000_000;
/// Fastest evictions that make sense.
const EVICTIONS_PER_S_MAX: f64 = 1_000.0;
/// Largest number of a level of priority, as in Envoy.
const HIGHEST_LEVEL: u32 = 127;

impl ClusterConfig {
    /// Checks every field and every policy, so that the control plane cannot fail afterwards.
    ///
    /// # Errors
    /// The first field that cannot work, with what was found and what is expected.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if self.zones == 0 {
            return Err(ConfigError::new("zones", 0, "at least one zone"));
        }
        if self.services.is_empty() || self.services.len() > IDS_16_BITS {
            return Err(ConfigError::new("services", self.services.len(), "1 to 65536 services"));
        }
        health(&self.health)?;
        recovery(&self.recovery)?;
        nodes(&self.nodes)?;
        let (mut names, mut shards) = (BTreeSet::new(), 0);
        for config in &self.services {
            if config.name.is_empty() || !names.insert(config.name.as_str()) {
                return Err(ConfigError::new(
                    "services",
                    format!("`{}`", config.name),
                    "a name that is not empty and not used twice",
                ));
            }
            shards = service(self.zones, shards, config)?;
        }
        Ok(())
    }
}

fn health(config: &HealthConfig) -> Result<(), ConfigError> {
    let path = "health_monitor";
    span(path, "period", config.period, SHORTEST, LONGEST)?;
    span(path, "timeout", config.timeout, SHORTEST, LONGEST)?;
    if config.timeout > config.period {
        let expected = format!("at most the period, {}", config.period);
        return Err(ConfigError::new("health_monitor.timeout", config.timeout, &expected));
    }
    policy(path, "detector", PolicyKind::Detector, &config.detector)?;
    ratio(path, "degraded_healthy_ratio", config.degraded_healthy_ratio)?;
    ratio(path, "degraded_error_ratio", config.degraded_error_ratio)
}

fn recovery(config: &RecoveryConfig) -> Result<(), ConfigError> {
    let path = "recovery";
    for (index, strategy) in config.strategies.iter().enumerate() {
        policy(path, &format!("strategies[{index}]"), PolicyKind::Recovery, strategy)?;
        if config.strategies[..index].iter().any(|earlier| earlier.name == strategy.name) {
            let field = format!("{path}.strategies[{index}]");
            return Err(ConfigError::new(&field, format!("`{}` again", strategy.name), "each strategy once"));
        }
    }
    span(path, "restart_timeout", config.restart_timeout, SHORTEST, LONGEST)?;
    span(path, "replicate_timeout", config.replicate_timeout, SHORTEST, LONGEST)?;
    count(path, "attempts", config.attempts, 1, MOST)?;
    backoff(path, &config.backoff)?;
    count(path, "plans_at_once", config.plans_at_once, 1, MOST)?;
    config.gate.as_ref().map_or(Ok(()), gate)?;
    config.zone_eviction.as_ref().map_or(Ok(()), zone_eviction)
}

fn gate(config: &GateConfig) -> Result<(), ConfigError> {
    let path = "recovery.gate";
    healthy_min(path, ["min_healthy", "max_unhealthy"], config.healthy_min)?;
    config.storm_cooldown.map_or(Ok(()), |cooldown| span(path, "storm_cooldown", cooldown, SHORTEST, LONGEST))
}

fn zone_eviction(config: &ZoneLimits) -> Result<(), ConfigError> {
    let path = "recovery.zone_eviction";
    ratio(path, "unhealthy_zone_threshold", config.unhealthy_zone_threshold)?;
    count(path, "large_cluster_size", config.large_cluster_size, 0, MOST)?;
    let rates = [
        ("eviction_rate", config.eviction_rate_per_s),
        ("secondary_eviction_rate", config.secondary_eviction_rate_per_s),
    ];
    for (name, rate) in rates {
        if !(0.0..=EVICTIONS_PER_S_MAX).contains(&rate) {
            let found = format!("{rate}/s");
            return Err(ConfigError::new(&format!("{path}.{name}"), found, "0/s to 1000/s"));
        }
    }
    Ok(())
}

fn nodes(config: &NodeManagerConfig) -> Result<(), ConfigError> {
    let path = "node_manager";
    span(path, "start_timeout", config.start_timeout, SHORTEST, LONGEST)?;
    span(path, "sync_timeout", config.sync_timeout, SHORTEST, LONGEST)?;
    count(path, "start_attempts", config.start_attempts, 1, MOST)?;
    backoff(path, &config.backoff)?;
    span(path, "drain_timeout", config.drain_timeout, SHORTEST, LONGEST)?;
    config.disruption_budget.map_or(Ok(()), |budget| {
        healthy_min("node_manager.disruption_budget", ["min_available", "max_unavailable"], budget)
    })
}

/// Checks a number of nodes that goes by the first name where it is the least that stay, else by the second.
fn healthy_min(parent: &str, names: [&str; 2], found: HealthyMin) -> Result<(), ConfigError> {
    let (name, amount) = match found {
        HealthyMin::AtLeast(least) => (names[0], least),
        HealthyMin::AllBut(most) => (names[1], most),
    };
    match amount {
        CountOrPercent::Count(nodes) => count(parent, name, nodes, 0, MOST),
        CountOrPercent::Percent(percent) if percent > 100 => {
            Err(ConfigError::new(&format!("{parent}.{name}"), format!("{percent}%"), "0% to 100%"))
        }
        CountOrPercent::Percent(_) => Ok(()),
    }
}

fn backoff(parent: &str, config: &Backoff) -> Result<(), ConfigError> {
    let path = format!("{parent}.backoff");
    span(&path, "initial", config.initial, SHORTEST, LONGEST)?;
    if !(config.factor >= 1.0 && config.factor <= 1_000.0) {
        return Err(ConfigError::new(&format!("{path}.factor"), config.factor, "a number from 1 to 1000"));
    }
    span(&path, "max", config.max, config.initial, LONGEST)
}

/// Checks one service whose shards must begin at `first_shard`. Returns where those of the next one begin.
fn service(zones: u16, first_shard: u32, config: &ServiceConfig) -> Result<u32, ConfigError> {
    let path = format!("services.{}", config.name);
    if config.zones.is_empty() {
        return Err(ConfigError::new(&format!("{path}.zones"), "none", "at least one zone"));
    }
    for (index, zone) in config.zones.iter().enumerate() {
        let field = format!("{path}.zones[{index}]");
        if zone.0 >= zones {
            return Err(ConfigError::new(
                &field,
                zone,
                &format!("one of the {zones} zones, counted from z0"),
            ));
        }
        if config.zones[..index].contains(zone) {
            return Err(ConfigError::new(&field, format!("{zone} again"), "each zone once"));
        }
    }
    balancer(&path, zones, &config.balancer)?;
    if let Some(scaler) = &config.auto_scaler {
        auto_scaler(&path, scaler)?;
    }
    match &config.state {
        Some(config) => state(&path, first_shard, config),
        None => Ok(first_shard),
    }
}

fn balancer(parent: &str, zones: u16, config: &BalancerConfig) -> Result<(), ConfigError> {
    let path = format!("{parent}.load_balancer");
    policy(&path, "strategy", PolicyKind::Balancing, &config.strategy)?;
    if config.zone_weights.len() > usize::from(zones) {
        let expected = format!("at most one weight for each of the {zones} zones");
        return Err(ConfigError::new(&format!("{path}.zone_weights"), config.zone_weights.len(), &expected));
    }
    for (index, &weight) in config.zone_weights.iter().enumerate() {
        count(&path, &format!("zone_weights[{index}]"), weight, 0, MOST)?;
    }
    if config.zone_priorities.len() > usize::from(zones) {
        let expected = format!("at most one level for each of the {zones} zones");
        return Err(ConfigError::new(&format!("{path}.priority"), config.zone_priorities.len(), &expected));
    }
    for (index, &level) in config.zone_priorities.iter().enumerate() {
        count(&path, &format!("priority[{index}]"), level, 0, HIGHEST_LEVEL)?;
    }
    count(&path, "overprovisioning", config.overprovisioning_pct, 100, MOST)?;
    ratio(&path, "panic_threshold", config.panic_threshold)?;
    if let Some(zone_aware) = &config.zone_aware {
        count(&path, "zone_aware.nodes_min", zone_aware.nodes_min, 0, MOST)?;
    }
    config.ejection.as_ref().map_or(Ok(()), |config| ejection(&path, config))
}

fn ejection(parent: &str, config: &EjectionConfig) -> Result<(), ConfigError> {
    let path = format!("{parent}.ejection");
    count(&path, "consecutive_failures", config.consecutive_failures, 1, MOST)?;
    span(&path, "interval", config.interval, SHORTEST, LONGEST)?;
    span(&path, "period", config.period, SHORTEST, LONGEST)?;
    span(&path, "period_max", config.period_max, config.period, LONGEST)?;
    span(&path, "jitter", config.jitter, Duration::ZERO, LONGEST)?;
    ratio(&path, "ejected_ratio_max", config.ejected_ratio_max)?;
    if let Some(failures) = &config.failure_percentage {
        ratio(&format!("{path}.failure_percentage"), "threshold", failures.threshold_pct / 100.0)?;
    }
    Ok(())
}

fn auto_scaler(parent: &str, config: &AutoScalerConfig) -> Result<(), ConfigError> {
    let path = format!("{parent}.auto_scaler");
    span(&path, "period", config.period, SHORTEST_CYCLE, LONGEST)?;
    count(&path, "min", config.min, 0, MOST)?;
    count(&path, "max", config.max, config.min.max(1), MOST)?;
    span(&path, "window", config.window, SHORTEST, LONGEST)?;
    span(&path, "cooldown_down", config.cooldown_down, Duration::ZERO, LONGEST)?;
    span(&path, "cooldown_up", config.cooldown_up, Duration::ZERO, LONGEST)?;
    policy(&path, "policy", PolicyKind::Scaling, &config.policy)
}

fn state(parent: &str, first_shard: u32, config: &StateConfig) -> Result<u32, ConfigError> {
    let path = format!("{parent}.state");
    if config.first.0 != first_shard {
        let expected = format!("shard{first_shard}: shards are counted over all services without a gap");
        return Err(ConfigError::new(&format!("{path}.first"), config.first, &expected));
    }
    count(&path, "shards", config.shards, 1, 100 * MOST)?;
    count(&path, "replicas", config.replicas, 1, 1_000)?;
    count(&path, "transfers_at_once", config.transfers_at_once, 1, MOST)?;
    first_shard.checked_add(config.shards).ok_or_else(|| {
        ConfigError::new(&format!("{path}.shards"), config.shards, "fewer than 2^32 shards in all")
    })
}

fn policy(parent: &str, name: &str, kind: PolicyKind, spec: &PolicySpec) -> Result<(), ConfigError> {
    catalogue::check(kind, spec).map(drop).map_err(|error| {
        // Of a parameter the catalogue says `policy.parameter`, of an unknown policy only its kind.
        let field = match error.field.contains('.') {
            true => format!("{parent}.{name}.{}", error.field),
            false => format!("{parent}.{name}"),
        };
        ConfigError { field, ..error }
    })
}

fn span(
    parent: &str,
    name: &str,
    found: Duration,
    least: Duration,
    most: Duration,
) -> Result<(), ConfigError> {
    if found < least || found > most {
        let expected = format!("a time from {least} to {most}");
        return Err(ConfigError::new(&format!("{parent}.{name}"), found, &expected));
    }
    Ok(())
}

fn count(parent: &str, name: &str, found: u32, least: u32, most: u32) -> Result<(), ConfigError> {
    if found < least || found > most {
        let expected = format!("a number from {least} to {most}");
        return Err(ConfigError::new(&format!("{parent}.{name}"), found, &expected));
    }
    Ok(())
}

fn ratio(parent: &str, name: &str, found: f64) -> Result<(), ConfigError> {
    // Written so that NaN does not pass.
    if !(0.0..=1.0).contains(&found) {
        return Err(ConfigError::new(&format!("{parent}.{name}"), found, "a share from 0 to 1 (0% to 100%)"));
    }
    Ok(())
}
