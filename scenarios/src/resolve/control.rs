//! The control plane: defaults of the configuration types with what is written laid over them.

use super::{Names, scenario, service};
use crate::log::{Finding, Log, quote};
use crate::model::{Control, Service};
use crate::policy;
use crate::raw::{
    RawAutoScaler, RawBackoff, RawControl, RawDisruptionBudget, RawEjection, RawFailurePercentage, RawGate,
    RawHealthMonitor, RawLoadBalancer, RawNodeManager, RawRecovery, RawScenario, RawSuccessRate,
    RawZoneAware, Switch,
};
use crate::read::{At, Named};
use crate::tree::Node;
use cusinart_policies::balancing::outlier::{FailurePercentageSettings, SuccessRateSettings, rules};
use cusinart_policies::recovery::{CountOrPercent, HealthyMin};
use cusinart_policies::{
    AutoScalerConfig, Backoff, BalancerConfig, ClusterConfig, Duration, EjectionConfig, GateConfig,
    HealthConfig, NodeManagerConfig, PolicyKind, RecoveryConfig, ServiceConfig, ShardId, StateConfig,
    ZoneAwareConfig,
};

/// Shortest time between two probes of a node.
const PROBE_PERIOD_MIN: Duration = Duration::from_millis(1);
/// Shortest time between two cycles of an auto-scaler.
const SCALING_PERIOD_MIN: Duration = Duration::from_secs(1);
/// Time between two load samples when the file does not say.
const METRICS_PERIOD: Duration = Duration::from_secs(10);
/// Delay of a load sample when the file does not say.
const METRICS_DELAY: Duration = Duration::from_secs(2);
/// Copies at once when the file does not say.
const TRANSFERS_AT_ONCE: u32 = 8;

/// The control plane of a scenario.
pub(super) fn control(
    raw: &RawScenario,
    services: &[Service],
    names: &Names,
    root: &Node,
    log: &mut Log,
) -> Control {
    let control = raw.control.as_ref();
    let metrics = control.and_then(|control| control.metrics.as_ref());
    let mut parts = Parts::new(control, names, log);
    let configs = raw.services.0.iter().zip(services).map(|((_, raw), service)| {
        let state =
            service.state.as_ref().map(|state| (state.shards, state.replicas, state.survives_restart));
        let part =
            ServicePart { balancer: raw.load_balancer.as_ref(), scaler: raw.auto_scaler.as_ref(), state };
        let config = parts.service(&part, names, log);
        ServiceConfig {
            name: service.name.clone(),
            zones: service.zones.clone(),
            labels: service.labels,
            ..config
        }
    });
    let configs = configs.collect();
    let cluster = parts.cluster(configs, names);
    validate(&cluster, root, log);
    Control {
        place: scenario::control_place(names),
        cluster,
        metrics_period: metrics.and_then(|raw| raw.period).map_or(METRICS_PERIOD, |period| period.value.0),
        metrics_delay: metrics.and_then(|raw| raw.delay).map_or(METRICS_DELAY, |delay| delay.value),
    }
}

/// Lets the control plane itself check its configuration.
pub(super) fn validate(cluster: &ClusterConfig, root: &Node, log: &mut Log) {
    if !log.is_clean() {
        return;
    }
    if let Err(error) = cluster.validate() {
        let mark = policy::mark_of(root.get("control"), root, &error.field);
        let found = format!("{} in `{}`", quote(&error.found), error.field);
        log.report(Finding::at(mark, found, error.expected));
    }
}

/// What is the same for all services.
pub(super) struct Parts {
    health: HealthConfig,
    recovery: RecoveryConfig,
    nodes: NodeManagerConfig,
    balancer: BalancerConfig,
    scaler: Option<AutoScalerConfig>,
    transfers_at_once: u32,
    shards: u32,
}

/// What a service says for itself.
pub(super) struct ServicePart<'a> {
    /// Its own balancer.
    pub(super) balancer: Option<&'a RawLoadBalancer>,
    /// Its own auto-scaler.
    pub(super) scaler: Option<&'a Switch<RawAutoScaler>>,
    /// Shards, replicas, whether they survive a restart.
    pub(super) state: Option<(u32, u32, bool)>,
}

impl Parts {
    /// The parts that `control:` says.
    pub(super) fn new(raw: Option<&RawControl>, names: &Names, log: &mut Log) -> Self {
        let recovery = raw.and_then(|raw| raw.recovery.as_ref());
        Self {
            health: health(raw.and_then(|raw| raw.health_monitor.as_ref()), log),
            recovery: self::recovery(recovery, log),
            nodes: nodes(raw.and_then(|raw| raw.node_manager.as_ref()), log),
            balancer: balancer(raw.and_then(|raw| raw.load_balancer.as_ref()), names, log),
            scaler: raw.and_then(|raw| raw.auto_scaler.as_ref()).and_then(|raw| scaler(raw, log)),
            transfers_at_once: recovery
                .and_then(|raw| raw.transfers_at_once)
                .map_or(TRANSFERS_AT_ONCE, |transfers| transfers.value.get()),
            shards: 0,
        }
    }

    /// The configuration of one service; name, zones and labels are filled in by the caller.
    pub(super) fn service(&mut self, raw: &ServicePart<'_>, names: &Names, log: &mut Log) -> ServiceConfig {
        let first = ShardId(self.shards);
        let state = raw.state.map(|(shards, replicas, survives_restart)| {
            self.shards = self.shards.saturating_add(shards);
            StateConfig {
                first,
                shards,
                replicas,
                survives_restart,
                transfers_at_once: self.transfers_at_once,
            }
        });
        ServiceConfig {
            name: String::new(),
            zones: Vec::new(),
            labels: cusinart_policies::Labels::NONE,
            balancer: raw
                .balancer
                .map_or_else(|| self.balancer.clone(), |raw| balancer(Some(raw), names, log)),
            auto_scaler: raw.scaler.map_or_else(|| self.scaler.clone(), |raw| scaler(raw, log)),
            state,
        }
    }

    /// The whole configuration.
    pub(super) fn cluster(self, services: Vec<ServiceConfig>, names: &Names) -> ClusterConfig {
        debug_assert!(services.len() <= service::id(usize::MAX).index(), "services are counted before");
        ClusterConfig {
            zones: u16::try_from(names.zones.len()).unwrap_or(u16::MAX),
            services,
            health: self.health,
            recovery: self.recovery,
            nodes: self.nodes,
        }
    }
}

fn health(raw: Option<&RawHealthMonitor>, log: &mut Log) -> HealthConfig {
    let default = HealthConfig::default();
    let period = raw.and_then(|raw| raw.period).map_or(default.period, |period| period.value.0);
    if let Some(at) = raw.and_then(|raw| raw.period).filter(|at| at.value.0 < PROBE_PERIOD_MIN) {
        let expected = format!("at least `{PROBE_PERIOD_MIN}` between two probes of a node");
        log.report(Finding::at(at.mark, format!("`{period}`"), expected));
    }
    if let Some(at) = raw.and_then(|raw| raw.timeout).filter(|at| at.value.0 > period) {
        let finding =
            Finding::at(at.mark, format!("`{}`", at.value.0), format!("at most `{period}`, the period"));
        log.report(finding.hint("a probe must be over before the next one is sent"));
    }
    let degraded = raw.and_then(|raw| raw.degraded.as_ref());
    let detector =
        raw.and_then(|raw| raw.detector.as_ref()).map_or(default.detector, |detector| detector.0.clone());
    HealthConfig {
        period,
        timeout: raw
            .and_then(|raw| raw.timeout)
            .map_or_else(|| default.timeout.min(period), |timeout| timeout.value.0),
        schedule: raw.and_then(|raw| raw.schedule).map_or(default.schedule, |schedule| schedule.value),
        spread: raw.and_then(|raw| raw.spread).map_or(default.spread, |spread| spread.value),
        detector: policy::complete(PolicyKind::Detector, detector),
        degraded_healthy_ratio: degraded
            .and_then(|raw| raw.healthy)
            .map_or(default.degraded_healthy_ratio, |ratio| ratio.value.0),
        degraded_error_ratio: degraded
            .and_then(|raw| raw.errors)
            .map_or(default.degraded_error_ratio, |ratio| ratio.value.0),
    }
}

fn recovery(raw: Option<&RawRecovery>, log: &mut Log) -> RecoveryConfig {
    let default = RecoveryConfig::default();
    let strategies = raw.and_then(|raw| raw.strategies.as_ref()).map_or(default.strategies, |strategies| {
        strategies.iter().map(|strategy| strategy.0.clone()).collect()
    });
    RecoveryConfig {
        strategies: strategies.into_iter().map(|spec| policy::complete(PolicyKind::Recovery, spec)).collect(),
        restart_timeout: raw
            .and_then(|raw| raw.restart_timeout)
            .map_or(default.restart_timeout, |at| at.value.0),
        replicate_timeout: raw
            .and_then(|raw| raw.replicate_timeout)
            .map_or(default.replicate_timeout, |at| at.value.0),
        attempts: raw.and_then(|raw| raw.attempts).map_or(default.attempts, |at| at.value.get()),
        backoff: backoff(raw.and_then(|raw| raw.backoff.as_ref()), default.backoff, log),
        plans_at_once: raw
            .and_then(|raw| raw.plans_at_once)
            .map_or(default.plans_at_once, |at| at.value.get()),
        gate: raw.and_then(|raw| raw.gate.as_ref()?.on()).map(|raw| gate(raw, log)),
    }
}

fn gate(raw: &RawGate, log: &mut Log) -> GateConfig {
    let default = GateConfig::default();
    let written = healthy_min(("min_healthy", raw.min_healthy), ("max_unhealthy", raw.max_unhealthy), log);
    GateConfig {
        healthy_min: written.unwrap_or(default.healthy_min),
        storm_cooldown: raw.storm_cooldown.map(|at| at.value.0).or(default.storm_cooldown),
    }
}

fn disruption_budget(raw: &RawDisruptionBudget, log: &mut Log) -> HealthyMin {
    healthy_min(("min_available", raw.min_available), ("max_unavailable", raw.max_unavailable), log)
        .unwrap_or(HealthyMin::AllBut(CountOrPercent::Count(1)))
}

/// A number of nodes that is written one way or the other.
fn healthy_min(
    least: (&str, Option<At<CountOrPercent>>),
    most: (&str, Option<At<CountOrPercent>>),
    log: &mut Log,
) -> Option<HealthyMin> {
    if let (Some(_), Some(at)) = (least.1, most.1) {
        let found = format!("`{}` beside `{}`", most.0, least.0);
        log.report(Finding::at(at.mark, found, "one of the two").hint("each says what the other one is"));
    }
    let least = least.1.map(|at| HealthyMin::AtLeast(at.value));
    least.or(most.1.map(|at| HealthyMin::AllBut(at.value)))
}

fn nodes(raw: Option<&RawNodeManager>, log: &mut Log) -> NodeManagerConfig {
    let default = NodeManagerConfig::default();
    NodeManagerConfig {
        start_timeout: raw.and_then(|raw| raw.start_timeout).map_or(default.start_timeout, |at| at.value.0),
        sync_timeout: raw.and_then(|raw| raw.sync_timeout).map_or(default.sync_timeout, |at| at.value.0),
        start_attempts: raw
            .and_then(|raw| raw.start_attempts)
            .map_or(default.start_attempts, |at| at.value.get()),
        backoff: backoff(raw.and_then(|raw| raw.backoff.as_ref()), default.backoff, log),
        drain_timeout: raw.and_then(|raw| raw.drain_timeout).map_or(default.drain_timeout, |at| at.value.0),
        replace_given_up: raw
            .and_then(|raw| raw.replace_given_up)
            .map_or(default.replace_given_up, |at| at.value),
        disruption_budget: raw
            .and_then(|raw| raw.disruption_budget.as_ref()?.on())
            .map(|raw| disruption_budget(raw, log)),
    }
}

fn backoff(raw: Option<&RawBackoff>, default: Backoff, log: &mut Log) -> Backoff {
    let Some(raw) = raw else { return default };
    let initial = raw.initial.map_or(default.initial, |at| at.value);
    if let Some(factor) = raw.factor.filter(|factor| factor.value.0 < 1.0) {
        log.report(Finding::at(factor.mark, format!("`{}`", factor.value.0), "a number of at least 1"));
    }
    if let Some(max) = raw.max.filter(|max| max.value < initial) {
        log.report(Finding::at(
            max.mark,
            format!("`{}`", max.value),
            format!("at least `{initial}`, the first pause"),
        ));
    }
    Backoff {
        initial,
        factor: raw.factor.map_or(default.factor, |at| at.value.0),
        max: raw.max.map_or_else(|| default.max.max(initial), |at| at.value),
    }
}

fn balancer(raw: Option<&RawLoadBalancer>, names: &Names, log: &mut Log) -> BalancerConfig {
    let default = BalancerConfig::default();
    let strategy = raw.and_then(|raw| raw.strategy.clone()).unwrap_or(default.strategy);
    let zone_weights = by_zone(
        raw.iter().filter_map(|raw| raw.zone_weights.as_ref()),
        |weight| weight.value.0,
        1,
        names,
        log,
    );
    let zone_priorities =
        by_zone(raw.iter().filter_map(|raw| raw.priority.as_ref()), |level| level.value, 0, names, log);
    let overprovisioning = raw.and_then(|raw| raw.overprovisioning);
    let zone_aware = |raw: &RawZoneAware| ZoneAwareConfig {
        nodes_min: raw.nodes_min.map_or(ZoneAwareConfig::default().nodes_min, |at| at.value),
    };
    BalancerConfig {
        strategy: policy::complete(PolicyKind::Balancing, strategy),
        ejection: raw.and_then(|raw| raw.ejection.as_ref()?.on()).map(|raw| ejection(raw, log)),
        zone_weights,
        zone_priorities,
        // Whole percents; the cast saturates.
        overprovisioning_pct: overprovisioning
            .map_or(default.overprovisioning_pct, |at| libm::round(at.value.0 * 100.0) as u32),
        panic_threshold: raw
            .and_then(|raw| raw.panic_threshold)
            .map_or(default.panic_threshold, |at| at.value.0),
        zone_aware: raw.and_then(|raw| raw.zone_aware.as_ref()?.on()).map(zone_aware),
    }
}

/// A value for each zone, up to the last one that is not `usual`: without these, equal configurations are equal.
fn by_zone<'a, T: 'a>(
    raw: impl Iterator<Item = &'a Named<T>>,
    value: impl Fn(&T) -> u32,
    usual: u32,
    names: &Names,
    log: &mut Log,
) -> Vec<u32> {
    let mut values = Vec::new();
    for (zone, found) in raw.flat_map(|named| &named.0) {
        let zone = names.zone(zone, log).index();
        if values.len() <= zone {
            values.resize(zone + 1, usual);
        }
        values[zone] = value(found);
    }
    while values.last() == Some(&usual) {
        values.pop();
    }
    values
}

fn ejection(raw: &RawEjection, log: &mut Log) -> EjectionConfig {
    let default = EjectionConfig::default();
    let period = raw.period.map_or(default.period, |at| at.value.0);
    if let Some(at) = raw.period_max.filter(|at| at.value.0 < period) {
        let expected = format!("at least {period}, the value of `period`");
        log.report(Finding::at(at.mark, format!("`{}`", at.value.0), expected));
    }
    EjectionConfig {
        consecutive_failures: raw
            .consecutive_failures
            .map_or(default.consecutive_failures, |at| at.value.get()),
        interval: raw.interval.map_or(default.interval, |at| at.value.0),
        period,
        period_max: raw.period_max.map_or_else(|| default.period_max.max(period), |at| at.value.0),
        jitter: raw.jitter.map_or(default.jitter, |at| at.value),
        ejected_ratio_max: raw.max.map_or(default.ejected_ratio_max, |at| at.value.0),
        always_eject_one: raw.always_eject_one.map_or(default.always_eject_one, |at| at.value),
        success_rate: raw.success_rate.as_ref().map(success_rate),
        failure_percentage: raw.failure_percentage.as_ref().map(failure_percentage),
    }
}

fn success_rate(raw: &RawSuccessRate) -> SuccessRateSettings {
    let default = SuccessRateSettings::default();
    SuccessRateSettings {
        minimum_hosts: raw.minimum_nodes.map_or(default.minimum_hosts, |at| at.value),
        request_volume: raw.request_volume.map_or(default.request_volume, |at| at.value),
        stdev_factor_thousandths: raw
            .stdev_factor_thousandths
            .map_or(default.stdev_factor_thousandths, |at| at.value),
    }
}

fn failure_percentage(raw: &RawFailurePercentage) -> FailurePercentageSettings {
    let default = FailurePercentageSettings::default();
    FailurePercentageSettings {
        threshold_pct: raw.threshold.map_or(default.threshold_pct, |at| rules::percent(at.value.0)),
        minimum_hosts: raw.minimum_nodes.map_or(default.minimum_hosts, |at| at.value),
        request_volume: raw.request_volume.map_or(default.request_volume, |at| at.value),
    }
}

fn scaler(raw: &Switch<RawAutoScaler>, log: &mut Log) -> Option<AutoScalerConfig> {
    let raw = raw.on()?;
    let policy = raw.policy.as_ref().map(|policy| policy.0.clone());
    let default = policy.map_or_else(AutoScalerConfig::default, AutoScalerConfig::with_policy);
    let min = raw.min.map_or(default.min, |at| at.value);
    let max = raw.max.map_or_else(|| default.max.max(min), |at| at.value);
    for at in raw.min.iter().chain(&raw.max).filter(|at| u64::from(at.value) > service::NODES_MAX) {
        let expected = format!("at most {} nodes", service::NODES_MAX);
        log.report(Finding::at(at.mark, format!("`{}`", at.value), expected));
    }
    if let Some(at) = raw.max.filter(|at| at.value < min) {
        log.report(Finding::at(at.mark, format!("`{max}`"), format!("at least {min}, the value of `min`")));
    }
    if let Some(at) = raw.period.filter(|at| at.value.0 < SCALING_PERIOD_MIN) {
        let expected = format!("at least `{SCALING_PERIOD_MIN}` between two cycles");
        log.report(Finding::at(at.mark, format!("`{}`", at.value.0), expected));
    }
    Some(AutoScalerConfig {
        period: raw.period.map_or(default.period, |at| at.value.0),
        min,
        max,
        window: raw.window.map_or(default.window, |at| at.value.0),
        cooldown_down: raw.cooldown_down.map_or(default.cooldown_down, |at| at.value),
        cooldown_up: raw.cooldown_up.map_or(default.cooldown_up, |at| at.value),
        policy: policy::complete(PolicyKind::Scaling, default.policy),
    })
}
