//! Configurations that cannot work are refused with the field, what was found and what is expected.

use crate::configs::{scaled, service, state, stateful, web};
use cusinart_policies::balancing::outlier::FailurePercentageSettings;
use cusinart_policies::recovery::{CountOrPercent, HealthyMin};
use cusinart_policies::{
    Backoff, ClusterConfig, Duration, EjectionConfig, GateConfig, PolicySpec, SelfHealingCluster, ShardId,
    ZoneAwareConfig, ZoneId,
};
use expect_test::expect;
use std::fmt::Write;

#[test]
fn the_defaults_work() {
    for config in [web(), scaled(1, 10), stateful(3)] {
        assert_eq!(config.validate(), Ok(()));
    }
}

#[test]
fn every_field_is_checked() {
    let mut text = String::new();
    for break_it in breakages() {
        let mut config = scaled(1, 10);
        config.services[0].state = Some(state(0, 2));
        break_it(&mut config);
        let error = config.validate().expect_err("a broken configuration");
        assert_eq!(SelfHealingCluster::new(config).expect_err("a broken configuration"), error);
        writeln!(text, "{error}").expect("strings take everything");
    }
    expect![[r#"
        zones: found 0, expected at least one zone
        services: found 0, expected 1 to 65536 services
        services: found `web`, expected a name that is not empty and not used twice
        services: found ``, expected a name that is not empty and not used twice
        services.web.zones: found none, expected at least one zone
        services.web.zones[3]: found z3, expected one of the 3 zones, counted from z0
        services.web.zones[3]: found z1 again, expected each zone once
        health_monitor.period: found 0s, expected a time from 1ms to 8760h
        health_monitor.timeout: found 0s, expected a time from 1ms to 8760h
        health_monitor.timeout: found 6s, expected at most the period, 5s
        health_monitor.detector: found `consecutiv`, expected one of `consecutive`, `haproxy`, `consul`, `kubernetes_probes`, `kubernetes_node_lease`, `phi_accrual`, `phi_accrual_exponential`, `deadline`, `swim`; did you mean `consecutive`?
        health_monitor.degraded_healthy_ratio: found 1.5, expected a share from 0 to 1 (0% to 100%)
        health_monitor.degraded_error_ratio: found NaN, expected a share from 0 to 1 (0% to 100%)
        recovery.strategies[3]: found `reboot`, expected one of `redirect_traffic`, `restart_node`, `crash_loop_backoff`, `supervisor`, `start_limit`, `escalating_remediation`, `replicate_state`
        recovery.strategies[3]: found `restart_node` again, expected each strategy once
        recovery.restart_timeout: found 0s, expected a time from 1ms to 8760h
        recovery.replicate_timeout: found 5124095h34m33.709551615s, expected a time from 1ms to 8760h
        recovery.attempts: found 0, expected a number from 1 to 1000000
        recovery.backoff.initial: found 0s, expected a time from 1ms to 8760h
        recovery.backoff.factor: found 0.5, expected a number from 1 to 1000
        recovery.backoff.max: found 1s, expected a time from 10s to 8760h
        recovery.plans_at_once: found 0, expected a number from 1 to 1000000
        recovery.gate.min_healthy: found 101%, expected 0% to 100%
        recovery.gate.max_unhealthy: found 4294967295, expected a number from 0 to 1000000
        recovery.gate.storm_cooldown: found 0s, expected a time from 1ms to 8760h
        node_manager.start_timeout: found 0s, expected a time from 1ms to 8760h
        node_manager.sync_timeout: found 0s, expected a time from 1ms to 8760h
        node_manager.start_attempts: found 0, expected a number from 1 to 1000000
        node_manager.backoff.factor: found inf, expected a number from 1 to 1000
        node_manager.drain_timeout: found 0s, expected a time from 1ms to 8760h
        node_manager.disruption_budget.max_unavailable: found 200%, expected 0% to 100%
        services.web.load_balancer.strategy: found `fastest`, expected one of `round_robin`, `weighted_round_robin`, `edf_round_robin`, `least_connections`, `join_shortest_queue`, `least_request`, `power_of_two`, `peak_ewma`, `prequal`, `ring_hash`, `maglev`, `random`
        services.web.load_balancer.zone_weights: found 4, expected at most one weight for each of the 3 zones
        services.web.load_balancer.zone_weights[0]: found 4294967295, expected a number from 0 to 1000000
        services.web.load_balancer.priority: found 4, expected at most one level for each of the 3 zones
        services.web.load_balancer.priority[1]: found 128, expected a number from 0 to 127
        services.web.load_balancer.overprovisioning: found 99, expected a number from 100 to 1000000
        services.web.load_balancer.panic_threshold: found NaN, expected a share from 0 to 1 (0% to 100%)
        services.web.load_balancer.zone_aware.nodes_min: found 4294967295, expected a number from 0 to 1000000
        services.web.load_balancer.ejection.consecutive_failures: found 0, expected a number from 1 to 1000000
        services.web.load_balancer.ejection.interval: found 0s, expected a time from 1ms to 8760h
        services.web.load_balancer.ejection.period: found 0s, expected a time from 1ms to 8760h
        services.web.load_balancer.ejection.period_max: found 29s, expected a time from 30s to 8760h
        services.web.load_balancer.ejection.ejected_ratio_max: found -0.1, expected a share from 0 to 1 (0% to 100%)
        services.web.load_balancer.ejection.failure_percentage.threshold: found 1.01, expected a share from 0 to 1 (0% to 100%)
        services.web.auto_scaler.period: found 10ms, expected a time from 1s to 8760h
        services.web.auto_scaler.min: found 4294967295, expected a number from 0 to 1000000
        services.web.auto_scaler.max: found 0, expected a number from 1 to 1000000
        services.web.auto_scaler.window: found 0s, expected a time from 1ms to 8760h
        services.web.auto_scaler.cooldown_down: found 5124095h34m33.709551615s, expected a time from 0s to 8760h
        services.web.auto_scaler.cooldown_up: found 5124095h34m33.709551615s, expected a time from 0s to 8760h
        services.web.auto_scaler.policy: found `magic`, expected one of `threshold`, `target_tracking`, `fixed`, `scheduled`, `kubernetes_hpa`, `keda`, `knative_kpa`, `aws_step_scaling`, `aws_target_tracking`, `holt_winters`, `decaying_histogram`
        services.web.state.first: found shard1, expected shard0: shards are counted over all services without a gap
        services.web.state.shards: found 0, expected a number from 1 to 100000000
        services.web.state.replicas: found 0, expected a number from 1 to 1000
        services.web.state.transfers_at_once: found 0, expected a number from 1 to 1000000
    "#]].assert_eq(&text);
}

#[test]
fn the_least_and_the_greatest_values_work() {
    let mut config = scaled(0, 1);
    config.health.period = Duration::from_millis(1);
    config.health.timeout = Duration::from_millis(1);
    config.health.degraded_healthy_ratio = 0.0;
    config.health.degraded_error_ratio = 1.0;
    config.recovery.attempts = 1;
    config.recovery.plans_at_once = 1;
    config.recovery.strategies.clear();
    config.recovery.backoff =
        Backoff { factor: 1.0, max: config.recovery.backoff.initial, ..Backoff::default() };
    config.services[0].balancer.zone_weights = vec![0, 1, 1_000_000];
    config.services[0].balancer.zone_priorities = vec![127, 0, 1];
    config.services[0].balancer.panic_threshold = 1.0;
    assert_eq!(config.validate(), Ok(()));
}

/// Backoff grows by its factor up to its limit.
#[test]
fn pauses_grow_up_to_their_limit() {
    let backoff = Backoff::default();
    let pauses: Vec<_> = [1, 2, 3, 5, 6, 1_000, u32::MAX].map(|n| backoff.pause(n).to_string()).into();
    assert_eq!(pauses, ["10s", "20s", "40s", "2m40s", "5m", "5m", "5m"]);
}

fn breakages() -> Vec<fn(&mut ClusterConfig)> {
    vec![
        |c| c.zones = 0,
        |c| c.services.clear(),
        |c| c.services.push(service("web")),
        |c| c.services[0].name.clear(),
        |c| c.services[0].zones.clear(),
        |c| c.services[0].zones.push(ZoneId(3)),
        |c| c.services[0].zones.push(ZoneId(1)),
        |c| c.health.period = Duration::ZERO,
        |c| c.health.timeout = Duration::ZERO,
        |c| c.health.timeout = Duration::from_secs(6),
        |c| c.health.detector = PolicySpec::named("consecutiv"),
        |c| c.health.degraded_healthy_ratio = 1.5,
        |c| c.health.degraded_error_ratio = f64::NAN,
        |c| c.recovery.strategies.push(PolicySpec::named("reboot")),
        |c| c.recovery.strategies.push(PolicySpec::named("restart_node")),
        |c| c.recovery.restart_timeout = Duration::ZERO,
        |c| c.recovery.replicate_timeout = Duration::MAX,
        |c| c.recovery.attempts = 0,
        |c| c.recovery.backoff.initial = Duration::ZERO,
        |c| c.recovery.backoff.factor = 0.5,
        |c| c.recovery.backoff.max = Duration::from_secs(1),
        |c| c.recovery.plans_at_once = 0,
        |c| gate(c).healthy_min = HealthyMin::AtLeast(CountOrPercent::Percent(101)),
        |c| gate(c).healthy_min = HealthyMin::AllBut(CountOrPercent::Count(u32::MAX)),
        |c| gate(c).storm_cooldown = Some(Duration::ZERO),
        |c| c.nodes.start_timeout = Duration::ZERO,
        |c| c.nodes.sync_timeout = Duration::ZERO,
        |c| c.nodes.start_attempts = 0,
        |c| c.nodes.backoff.factor = f64::INFINITY,
        |c| c.nodes.drain_timeout = Duration::ZERO,
        |c| c.nodes.disruption_budget = Some(HealthyMin::AllBut(CountOrPercent::Percent(200))),
        |c| c.services[0].balancer.strategy = PolicySpec::named("fastest"),
        |c| c.services[0].balancer.zone_weights = vec![1; 4],
        |c| c.services[0].balancer.zone_weights = vec![u32::MAX],
        |c| c.services[0].balancer.zone_priorities = vec![0; 4],
        |c| c.services[0].balancer.zone_priorities = vec![0, 128],
        |c| c.services[0].balancer.overprovisioning_pct = 99,
        |c| c.services[0].balancer.panic_threshold = f64::NAN,
        |c| c.services[0].balancer.zone_aware = Some(ZoneAwareConfig { nodes_min: u32::MAX }),
        |c| ejection(c).consecutive_failures = 0,
        |c| ejection(c).interval = Duration::ZERO,
        |c| ejection(c).period = Duration::ZERO,
        |c| ejection(c).period_max = Duration::from_secs(29),
        |c| ejection(c).ejected_ratio_max = -0.1,
        |c| {
            let settings = FailurePercentageSettings { threshold_pct: 101.0, ..Default::default() };
            ejection(c).failure_percentage = Some(settings);
        },
        |c| scaler(c).period = Duration::from_millis(10),
        |c| scaler(c).min = u32::MAX,
        |c| scaler(c).max = 0,
        |c| scaler(c).window = Duration::ZERO,
        |c| scaler(c).cooldown_down = Duration::MAX,
        |c| scaler(c).cooldown_up = Duration::MAX,
        |c| scaler(c).policy = PolicySpec::named("magic"),
        |c| held(c).first = ShardId(1),
        |c| held(c).shards = 0,
        |c| held(c).replicas = 0,
        |c| held(c).transfers_at_once = 0,
    ]
}

fn ejection(config: &mut ClusterConfig) -> &mut EjectionConfig {
    config.services[0].balancer.ejection.get_or_insert_default()
}

fn gate(config: &mut ClusterConfig) -> &mut GateConfig {
    config.recovery.gate.get_or_insert_default()
}

fn scaler(config: &mut ClusterConfig) -> &mut cusinart_policies::AutoScalerConfig {
    config.services[0].auto_scaler.as_mut().expect("scaled")
}

fn held(config: &mut ClusterConfig) -> &mut cusinart_policies::StateConfig {
    config.services[0].state.as_mut().expect("stateful")
}
