//! Everything that can be set about the control plane.

mod validate;

use crate::balancing::outlier::{FailurePercentageSettings, OutlierSettings, SuccessRateSettings, rules};
use crate::detection::ZoneLimits;
use crate::recovery::{CountOrPercent, HealthyMin};
use crate::{Duration, Labels, PolicySpec, ShardId, ZoneId, overload};
use alloc::string::String;
use alloc::vec::Vec;

/// The configuration of a [`SelfHealingCluster`](crate::SelfHealingCluster).
///
/// A scenario's `control:` section and a `cluster.toml` both become this.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterConfig {
    /// Number of zones nodes can be placed in. At least 1.
    pub zones: u16,
    /// The services, in order of their [`ServiceId`](crate::ServiceId).
    pub services: Vec<ServiceConfig>,
    /// Active health checks.
    pub health: HealthConfig,
    /// Recovery plans.
    pub recovery: RecoveryConfig,
    /// Adding and removing nodes.
    pub nodes: NodeManagerConfig,
}

/// One service as the control plane sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceConfig {
    /// Name for messages.
    pub name: String,
    /// Zones its nodes may be placed in. Never empty.
    pub zones: Vec<ZoneId>,
    /// Labels its nodes carry.
    pub labels: Labels,
    /// How requests are spread over its nodes.
    pub balancer: BalancerConfig,
    /// Scaling of the number of nodes. Without it the number stays as it was at the start.
    pub auto_scaler: Option<AutoScalerConfig>,
    /// Replicated state held by its nodes.
    pub state: Option<StateConfig>,
}

/// Active health checks of all nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthConfig {
    /// Time between two probes of a node. Default 5 s, at least 1 ms. Shorter finds failures sooner and costs probes.
    pub period: Duration,
    /// Time after which a probe without answer counts as missed. Default 1 s, at most `period`.
    pub timeout: Duration,
    /// Whether the period counts from probe to probe or from answer to probe.
    pub schedule: ProbeSchedule,
    /// Time between a node's first appearance and its first probe is a fraction of the period that spreads the
    /// probes of all nodes evenly. With `false` all nodes are probed at the same instant.
    pub spread: bool,
    /// The failure detector.
    pub detector: PolicySpec,
    /// A service is degraded while less than this share of its nodes is healthy. Default 0.7.
    pub degraded_healthy_ratio: f64,
    /// A service is degraded while more than this share of requests fails at its nodes. Default 0.1.
    pub degraded_error_ratio: f64,
}

impl Default for HealthConfig {
    fn default() -> Self {
        Self {
            period: Duration::from_secs(5),
            timeout: Duration::from_secs(1),
            schedule: ProbeSchedule::FixedRate,
            spread: true,
            detector: PolicySpec::named("consecutive"),
            degraded_healthy_ratio: 0.7,
            degraded_error_ratio: 0.1,
        }
    }
}

/// When the next probe of a node is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProbeSchedule {
    /// One period after the previous probe was sent.
    #[default]
    FixedRate,
    /// One period after the previous probe was answered or timed out.
    FixedDelay,
}

/// Making and carrying out recovery plans.
#[derive(Clone, Debug, PartialEq)]
pub struct RecoveryConfig {
    /// Strategies, asked in this order; the plan holds the steps of all that apply.
    pub strategies: Vec<PolicySpec>,
    /// Time limit of one try of a step that restarts. Default 2 min.
    pub restart_timeout: Duration,
    /// Time limit of one try of a step that replicates, of one copy, and of handing over the replicas of a node that
    /// is to be removed. Default 30 min.
    pub replicate_timeout: Duration,
    /// Tries of a step before the plan is given up. Default 3, at least 1.
    pub attempts: u32,
    /// Pause before another try.
    pub backoff: Backoff,
    /// Plans carried out at once; more wait their turn. Default 16, at least 1. Redirecting traffic takes no time and
    /// waits for nobody: a plan waits in line at its first step that restarts or replicates.
    pub plans_at_once: u32,
    /// When nodes of a service must not be restarted or replaced because too few are healthy. Off by default.
    pub gate: Option<GateConfig>,
    /// How fast nodes whose recovery was given up are replaced, zone by zone. No limit by default.
    pub zone_eviction: Option<ZoneLimits>,
}

/// A gate before remediation, for each service on its own (medik8s, Node Health Check).
///
/// While it is closed, failed nodes wait: their traffic is redirected and their replicas are copied, but nothing is done
/// to the nodes themselves. When it opens, plans are made for those that are still failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GateConfig {
    /// Nodes of the service that must be healthy (`minHealthy`, `maxUnhealthy`). Default 51%. More keeps a fault of many
    /// nodes, or of whoever judges them, from being answered by restarts of all; too many leave single failures alone.
    pub healthy_min: HealthyMin,
    /// Time for which enough nodes must be healthy before a closed gate opens again (`stormCooldownDuration`). `None`, the
    /// default: it opens as soon as they are.
    pub storm_cooldown: Option<Duration>,
}

impl Default for GateConfig {
    fn default() -> Self {
        Self { healthy_min: HealthyMin::AtLeast(CountOrPercent::Percent(51)), storm_cooldown: None }
    }
}

impl Default for RecoveryConfig {
    fn default() -> Self {
        Self {
            strategies: ["redirect_traffic", "restart_node", "replicate_state"]
                .map(PolicySpec::named)
                .to_vec(),
            restart_timeout: Duration::from_secs(120),
            replicate_timeout: Duration::from_secs(1_800),
            attempts: 3,
            backoff: Backoff::default(),
            plans_at_once: 16,
            gate: None,
            zone_eviction: None,
        }
    }
}

/// Exponential backoff without jitter: `initial * factor^(n-1)`, at most `max`, before try n + 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    /// Pause after the first failure. Default 10 s.
    pub initial: Duration,
    /// Growth per failure. Default 2, at least 1.
    pub factor: f64,
    /// Longest pause. Default 5 min (both as the Kubernetes kubelet's crash-loop backoff).
    pub max: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { initial: Duration::from_secs(10), factor: 2.0, max: Duration::from_secs(300) }
    }
}

impl Backoff {
    /// The pause after the `failures`-th failure in a row.
    pub fn pause(&self, failures: u32) -> Duration {
        let pause = overload::exponential_ns(self.initial, self.factor, failures.saturating_sub(1), self.max);
        Duration::from_nanos((pause + 0.5) as u64)
    }
}

/// Adding and removing nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeManagerConfig {
    /// Time limit for provisioning and booting a node. Default 5 min.
    pub start_timeout: Duration,
    /// Time limit for loading the initial state of a node. Default 10 min.
    pub sync_timeout: Duration,
    /// Tries to start a node, each with a machine of its own; after a refusal in another zone. Default 3, at least 1. A
    /// rolling update tries for ever.
    pub start_attempts: u32,
    /// Pause before another try.
    pub backoff: Backoff,
    /// Time a node gets to finish its work before it is stopped, and again to stop. Default 30 s (Kubernetes'
    /// `terminationGracePeriodSeconds`).
    pub drain_timeout: Duration,
    /// Whether a node whose recovery was given up is replaced by another one. Default true.
    pub replace_given_up: bool,
    /// Nodes of a service that must stay healthy when others are removed by scaling (Kubernetes,
    /// `PodDisruptionBudget`). No limit by default.
    pub disruption_budget: Option<HealthyMin>,
}

impl Default for NodeManagerConfig {
    fn default() -> Self {
        Self {
            start_timeout: Duration::from_secs(300),
            sync_timeout: Duration::from_secs(600),
            start_attempts: 3,
            backoff: Backoff::default(),
            drain_timeout: Duration::from_secs(30),
            replace_given_up: true,
            disruption_budget: None,
        }
    }
}

/// How requests are spread over the nodes of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct BalancerConfig {
    /// The balancing strategy.
    pub strategy: PolicySpec,
    /// Passive health checks: nodes whose requests fail are taken out for a while. Off by default.
    pub ejection: Option<EjectionConfig>,
    /// Weight of the nodes of each zone, by [`ZoneId`]; zones beyond its end have weight 1. Empty by default.
    pub zone_weights: Vec<u32>,
    /// Level of priority of the nodes of each zone, by [`ZoneId`]; level 0 serves first, and zones beyond the end have
    /// it. Empty by default.
    pub zone_priorities: Vec<u32>,
    /// A level takes all the load it is given while its healthy share times this is at least 100. Percent, default 140
    /// (Envoy's `overprovisioning_factor`), at least 100. More keeps load at a level that is ill for longer.
    pub overprovisioning_pct: u32,
    /// While a smaller share of the nodes of a level is eligible, and all levels together cannot take the load, requests
    /// go to all its nodes, whatever their health. Default 0, which never panics; Envoy's `healthy_panic_threshold` is
    /// 0.5. More spares the healthy nodes an overload, and lets more requests fail.
    pub panic_threshold: f64,
    /// Whether requests stay in their zone as far as it can take them. Off by default.
    pub zone_aware: Option<ZoneAwareConfig>,
}

impl BalancerConfig {
    /// The level of the nodes of a zone.
    pub(crate) fn priority(&self, zone: ZoneId) -> u32 {
        self.zone_priorities.get(zone.index()).copied().unwrap_or(0)
    }
}

impl Default for BalancerConfig {
    fn default() -> Self {
        Self {
            strategy: PolicySpec::named("round_robin"),
            ejection: None,
            zone_weights: Vec::new(),
            zone_priorities: Vec::new(),
            overprovisioning_pct: 140,
            panic_threshold: 0.0,
            zone_aware: None,
        }
    }
}

/// Zone-aware routing, as Envoy does it: see [`zone_routing`](crate::balancing::zone_routing).
///
/// Every zone of a level is taken to send as many requests as the others. Requests from elsewhere go to all zones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneAwareConfig {
    /// Fewest eligible nodes of a level for which zones are looked at. Default 6 (Envoy's `min_cluster_size`).
    pub nodes_min: u32,
}

impl Default for ZoneAwareConfig {
    fn default() -> Self {
        Self { nodes_min: 6 }
    }
}

/// Passive health checks of the balancer, by Envoy's rules.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EjectionConfig {
    /// Failed requests in a row after which a node is ejected. Default 5, at least 1 (Envoy's `consecutive_5xx`).
    pub consecutive_failures: u32,
    /// Time from sweep to sweep. Default 10 s (Envoy's `interval`). Nodes return at sweeps only; longer keeps them out
    /// for longer.
    pub interval: Duration,
    /// Time out of the rotation, times the ejections not yet forgiven; each interval without one forgives one. Default
    /// 30 s (Envoy's `base_ejection_time`).
    pub period: Duration,
    /// Longest time out of the rotation. Default 5 min, at least `period` (Envoy's `max_ejection_time`).
    pub period_max: Duration,
    /// Longest time that is added to an ejection at random, in whole milliseconds, so that nodes do not return all at
    /// once. Default none (Envoy's `max_ejection_time_jitter`).
    pub jitter: Duration,
    /// Largest share of a service's nodes that may be ejected at once. Default 0.5; 1 has no limit. Envoy's
    /// `max_ejection_percent` is 10 %, by which nothing is ever ejected from fewer than ten nodes.
    pub ejected_ratio_max: f64,
    /// Whether one node may be ejected whatever that share says. Default false (Envoy's `always_eject_one_host`).
    pub always_eject_one: bool,
    /// Ejects nodes whose success rate lies far below that of the others. Off by default; Envoy has it on.
    pub success_rate: Option<SuccessRateSettings>,
    /// Ejects nodes of which a large share of requests failed. Off by default, as in Envoy.
    pub failure_percentage: Option<FailurePercentageSettings>,
}

impl Default for EjectionConfig {
    fn default() -> Self {
        Self {
            consecutive_failures: 5,
            interval: Duration::from_secs(10),
            period: Duration::from_secs(30),
            period_max: Duration::from_secs(300),
            jitter: Duration::ZERO,
            ejected_ratio_max: 0.5,
            always_eject_one: false,
            success_rate: None,
            failure_percentage: None,
        }
    }
}

impl EjectionConfig {
    /// The settings of outlier detection.
    pub fn settings(&self) -> OutlierSettings {
        OutlierSettings {
            consecutive_5xx: self.consecutive_failures,
            interval: self.interval,
            base_ejection_time: self.period,
            max_ejection_time: self.period_max,
            max_ejection_time_jitter: self.jitter,
            max_ejection_percent: rules::percent(self.ejected_ratio_max),
            always_eject_one_host: self.always_eject_one,
            success_rate: self.success_rate,
            failure_percentage: self.failure_percentage,
        }
    }
}

/// Scaling of one service.
#[derive(Clone, Debug, PartialEq)]
pub struct AutoScalerConfig {
    /// Time between two cycles. Default 60 s, at least 1 s.
    pub period: Duration,
    /// Fewest nodes. Default 1.
    pub min: u32,
    /// Most nodes. Default 100, at least `min`.
    pub max: u32,
    /// Time over which samples count. Default 60 s. Longer is calmer and slower.
    pub window: Duration,
    /// Time after a change during which nodes are not removed. Default 3 min; none for a policy that has limits of its own
    /// ([`ScalingPolicy::paces_itself`](crate::ScalingPolicy::paces_itself)).
    pub cooldown_down: Duration,
    /// Time after a change during which nodes are not added. Default none.
    pub cooldown_up: Duration,
    /// The scaling policy.
    pub policy: PolicySpec,
}

impl Default for AutoScalerConfig {
    fn default() -> Self {
        Self {
            period: Duration::from_secs(60),
            min: 1,
            max: 100,
            window: Duration::from_secs(60),
            cooldown_down: Duration::from_secs(180),
            cooldown_up: Duration::ZERO,
            policy: PolicySpec::named("threshold"),
        }
    }
}

impl AutoScalerConfig {
    /// The defaults around a policy.
    pub fn with_policy(policy: PolicySpec) -> Self {
        let paces_itself = crate::catalogue::build_scaling(&policy).is_ok_and(|policy| policy.paces_itself());
        let default = Self::default();
        let cooldown_down = if paces_itself { Duration::ZERO } else { default.cooldown_down };
        Self { cooldown_down, policy, ..default }
    }
}

/// Replicated state of one service.
#[derive(Clone, Debug, PartialEq)]
pub struct StateConfig {
    /// First shard of the service; its shards are `first .. first + shards`.
    pub first: ShardId,
    /// Number of shards. At least 1.
    pub shards: u32,
    /// Replicas of each shard. At least 1.
    pub replicas: u32,
    /// Whether a node still holds its replicas after a restart.
    pub survives_restart: bool,
    /// Copies carried out at once over the whole service. Default 8, at least 1. More heals sooner and takes more
    /// bandwidth from the nodes.
    pub transfers_at_once: u32,
}
