//! The control plane.

use super::Switch;
use crate::log::{Finding, Log};
use crate::policy::{self, BalancingPolicy, DetectorPolicy, RecoveryPolicy, ScalingPolicy};
use crate::quantity::{Factor, Ratio, Span, Weight};
use crate::read::{At, Name, Named, Read};
use crate::section::section;
use crate::tree::{Node, Value};
use cusinart_policies::recovery::CountOrPercent;
use cusinart_policies::{Duration, PolicyKind, PolicySpec, ProbeSchedule};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use std::borrow::Cow;
use std::num::NonZeroU32;

section! {
    /// The control plane.
    RawControl: "the control plane" {
        /// Where it runs: a zone, or `outside`. Default outside.
        place: Option<At<Name>>,
        /// Active health checks.
        health_monitor: Option<RawHealthMonitor>,
        /// Recovery plans.
        recovery: Option<RawRecovery>,
        /// Adding and removing nodes.
        node_manager: Option<RawNodeManager>,
        /// How requests are spread over the nodes of every service that does not say otherwise.
        load_balancer: Option<RawLoadBalancer>,
        /// Scaling of every service that does not say otherwise, or `off`. Default off.
        auto_scaler: Option<Switch<RawAutoScaler>>,
        /// How load samples reach the control plane.
        metrics: Option<RawMetrics>,
    }
}

section! {
    /// Active health checks of all nodes.
    RawHealthMonitor: "the health monitor" {
        /// Time between two probes of a node, at least 1ms. Shorter finds failures sooner and costs probes.
        /// Default 5s.
        period: Option<At<Span>>,
        /// Time after which a probe without answer counts as missed, at most the period. Default 1s, or the
        /// period if that is shorter.
        timeout: Option<At<Span>>,
        /// Whether the period counts from probe to probe (`fixed_rate`) or from answer to probe
        /// (`fixed_delay`). Default fixed_rate.
        schedule: Option<At<ProbeSchedule>>,
        /// Whether the probes of all nodes are spread evenly over the period. Default true.
        spread: Option<At<bool>>,
        /// The failure detector.
        detector: Option<DetectorPolicy>,
        /// When a service counts as degraded.
        degraded: Option<RawDegraded>,
    }
}

section! {
    /// When a service counts as degraded.
    RawDegraded: "the limits of degradation" {
        /// While less than this share of its nodes is healthy. Default 70%.
        healthy: Option<At<Ratio>>,
        /// While more than this share of requests fails at its nodes. Default 10%.
        errors: Option<At<Ratio>>,
    }
}

section! {
    /// Making and carrying out recovery plans.
    RawRecovery: "recovery" {
        /// Strategies, asked in this order; a plan holds the steps of all that apply.
        /// Default `[redirect_traffic, restart_node, replicate_state]`.
        strategies: Option<Vec<RecoveryPolicy>>,
        /// Tries of a step before the plan is given up. Default 3.
        attempts: Option<At<NonZeroU32>>,
        /// Pause before another try.
        backoff: Option<RawBackoff>,
        /// Time limit of one try of a step that restarts. Default 2m.
        restart_timeout: Option<At<Span>>,
        /// Time limit of one try of a step that replicates. Default 30m.
        replicate_timeout: Option<At<Span>>,
        /// Plans carried out at once; more wait their turn. Default 16.
        plans_at_once: Option<At<NonZeroU32>>,
        /// Copies of shards carried out at once per service. More heals sooner and takes more bandwidth from
        /// the nodes. Default 8.
        transfers_at_once: Option<At<NonZeroU32>>,
        /// When nodes of a service must not be restarted or replaced because too few are healthy. Default: never.
        gate: Option<Switch<RawGate>>,
    }
}

section! {
    /// A gate before restarts and replacements, for each service on its own. While it is closed, failed nodes get no
    /// traffic and wait; when it opens, those that are still failed are treated.
    RawGate: "a remediation gate" {
        /// Nodes that must be healthy, as a number or a share, which is rounded up. Default 51%.
        min_healthy: Option<At<CountOrPercent>>,
        /// The same the other way round: nodes that may be unhealthy. Write one of the two.
        max_unhealthy: Option<At<CountOrPercent>>,
        /// Time for which enough nodes must be healthy before a closed gate opens. Default: it opens as soon as they are.
        storm_cooldown: Option<At<Span>>,
    }
}

section! {
    /// Exponential backoff: `initial * factor^(n-1)` after failure n, at most `max`.
    RawBackoff: "a backoff" {
        /// Pause after the first failure. Default 10s.
        initial: Option<At<Duration>>,
        /// Growth per failure, at least 1. Default 2.
        factor: Option<At<Factor>>,
        /// Longest pause. Default 5m.
        max: Option<At<Duration>>,
    }
}

section! {
    /// Adding and removing nodes.
    RawNodeManager: "the node manager" {
        /// Time limit for provisioning and booting a node. Default 5m.
        start_timeout: Option<At<Span>>,
        /// Time limit for loading the initial state of a node. Default 10m.
        sync_timeout: Option<At<Span>>,
        /// Tries to start a node. Default 3.
        start_attempts: Option<At<NonZeroU32>>,
        /// Pause before another try.
        backoff: Option<RawBackoff>,
        /// Time a node gets to finish its work before it is stopped. Default 30s.
        drain_timeout: Option<At<Span>>,
        /// Whether a node whose recovery was given up is replaced by another one. Default true.
        replace_given_up: Option<At<bool>>,
        /// Nodes of a service that must stay healthy when the auto-scaler removes others. Default: no limit.
        disruption_budget: Option<Switch<RawDisruptionBudget>>,
    }
}

section! {
    /// Nodes of a service that must stay healthy when others are removed on purpose.
    RawDisruptionBudget: "a disruption budget" {
        /// Nodes that must stay healthy, as a number or a share, which is rounded up.
        min_available: Option<At<CountOrPercent>>,
        /// The same the other way round: nodes that may be missing. Write one of the two. Default 1.
        max_unavailable: Option<At<CountOrPercent>>,
    }
}

section! {
    /// Passive health checks: nodes whose requests fail are taken out for a while.
    RawEjection: "ejection" {
        /// Failed requests in a row after which a node is ejected. Default 5.
        consecutive_failures: Option<At<NonZeroU32>>,
        /// Time from sweep to sweep. Ejected nodes return at sweeps only. Default 10s.
        interval: Option<At<Span>>,
        /// Time out of the rotation, times the ejections not yet forgiven; each interval without one forgives one. Default 30s.
        period: Option<At<Span>>,
        /// Longest time out of the rotation, at least `period`. Default 5m, or `period` if that is longer.
        period_max: Option<At<Span>>,
        /// Longest time added to an ejection at random, in whole milliseconds. Default 0s.
        jitter: Option<At<Duration>>,
        /// Largest share of a service's nodes that may be ejected at once. Default 50%.
        max: Option<At<Ratio>>,
        /// Whether one node may be ejected whatever `max` says. Default false.
        always_eject_one: Option<At<bool>>,
        /// Ejects nodes whose success rate lies far below that of the others. Default off.
        success_rate: Option<RawSuccessRate>,
        /// Ejects nodes of which a large share of requests failed. Default off.
        failure_percentage: Option<RawFailurePercentage>,
    }
}

section! {
    /// When a success rate lies too far below that of the other nodes.
    RawSuccessRate: "ejection by success rate" {
        /// Nodes with enough requests below which none is judged. Default 5.
        minimum_nodes: Option<At<u32>>,
        /// Requests between two sweeps below which a node is not judged. Default 100.
        request_volume: Option<At<u32>>,
        /// Standard deviations below the mean, in thousandths. More ejects fewer. Default 1900.
        stdev_factor_thousandths: Option<At<u32>>,
    }
}

section! {
    /// When too large a share of a node's requests failed.
    RawFailurePercentage: "ejection by failure percentage" {
        /// Share of failed requests from which on a node is ejected. Default 85%.
        threshold: Option<At<Ratio>>,
        /// Nodes with enough requests below which none is judged. Default 5.
        minimum_nodes: Option<At<u32>>,
        /// Requests between two sweeps below which a node is not judged. Default 50.
        request_volume: Option<At<u32>>,
    }
}

section! {
    /// Zone-aware routing: requests stay in their zone as far as its share of nodes allows, the rest goes where zones have
    /// room. Each zone is taken to send as many requests as the others. After Envoy.
    RawZoneAware: "zone-aware routing" {
        /// Fewest nodes that may get traffic for which zones are looked at. Default 6.
        nodes_min: Option<At<u32>>,
    }
}

section! {
    /// Scaling of the number of nodes of a service.
    RawAutoScaler: "an auto-scaler" {
        /// Time between two cycles, at least 1s. Default 60s.
        period: Option<At<Span>>,
        /// Fewest nodes. Default 1.
        min: Option<At<u32>>,
        /// Most nodes, at least `min`. Default 100.
        max: Option<At<u32>>,
        /// Time over which samples count. Longer is calmer and slower. Default 60s.
        window: Option<At<Span>>,
        /// Time after a change during which nodes are not added. Default 0s.
        cooldown_up: Option<At<Duration>>,
        /// Time after a change during which nodes are not removed. Default 3m; 0s for a policy with limits of its own to how
        /// soon nodes go.
        cooldown_down: Option<At<Duration>>,
        /// The scaling policy.
        policy: Option<ScalingPolicy>,
    }
}

section! {
    /// How load samples reach the control plane.
    RawMetrics: "metrics" {
        /// Time between two samples of a node. Default 10s.
        period: Option<At<Span>>,
        /// Time a sample needs to the control plane, on top of the network. Default 2s.
        delay: Option<At<Duration>>,
    }
}

/// A balancing strategy under its name, with options beside it.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawLoadBalancer {
    /// The strategy, if one is named.
    pub(crate) strategy: Option<PolicySpec>,
    /// Passive health checks.
    pub(crate) ejection: Option<Switch<RawEjection>>,
    /// Weights of zones.
    pub(crate) zone_weights: Option<Named<At<Weight>>>,
    /// Levels of priority of zones.
    pub(crate) priority: Option<Named<At<u32>>>,
    /// Load that a level takes by its healthy share.
    pub(crate) overprovisioning: Option<At<Factor>>,
    /// Share of nodes below which all get traffic.
    pub(crate) panic_threshold: Option<At<Ratio>>,
    /// Routing within zones.
    pub(crate) zone_aware: Option<Switch<RawZoneAware>>,
}

impl RawLoadBalancer {
    /// The keys beside the strategy.
    const OPTIONS: [&str; 6] =
        ["ejection", "zone_weights", "priority", "overprovisioning", "panic_threshold", "zone_aware"];

    /// Reads an option; `None` if it has a mistake.
    fn read_option(&mut self, name: &str, value: &Node, log: &mut Log) -> Option<()> {
        match name {
            "ejection" => self.ejection = Some(Switch::read(value, log)?),
            "zone_weights" => self.zone_weights = Some(Named::read(value, log)?),
            "priority" => self.priority = Some(Named::read(value, log)?),
            "overprovisioning" => self.overprovisioning = Some(At::read(value, log)?),
            "panic_threshold" => self.panic_threshold = Some(At::read(value, log)?),
            _ => self.zone_aware = Some(Switch::read(value, log)?),
        }
        Some(())
    }
}

impl Read for RawLoadBalancer {
    fn expected() -> Cow<'static, str> {
        "a load balancer such as `{ round_robin: {} }`".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let mut read = Self::default();
        let Value::Map(entries) = &node.value else {
            read.strategy = Some(BalancingPolicy::read(node, log)?.0);
            return Some(read);
        };
        let mut known = policy::names(PolicyKind::Balancing);
        known.extend(Self::OPTIONS);
        let mut complete = true;
        for (key, value) in entries {
            let found = match key.name.as_str() {
                name if Self::OPTIONS.contains(&name) => read.read_option(name, value, log),
                name if !known.contains(&name) => {
                    log.report(crate::section::unknown_key(key, "a load balancer", &known));
                    None
                }
                name if read.strategy.is_some() => {
                    let finding =
                        Finding::at(key.mark, format!("a second strategy `{name}`"), "one strategy");
                    log.report(finding.hint("keep one of them"));
                    None
                }
                _ => policy::read_params(PolicyKind::Balancing, key, value, log)
                    .map(|strategy| read.strategy = Some(strategy)),
            };
            complete &= found.is_some();
        }
        complete.then_some(read)
    }
}

impl JsonSchema for RawLoadBalancer {
    fn schema_name() -> Cow<'static, str> {
        "RawLoadBalancer".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let described = |name: &'static str, mut schema: Schema, text: &str| {
            schema.insert("description".into(), text.into());
            (name, schema)
        };
        let options = [
            described(
                "ejection",
                generator.subschema_for::<Switch<RawEjection>>(),
                "Passive health checks: nodes whose requests fail are taken out for a while. Default off.",
            ),
            described(
                "zone_weights",
                generator.subschema_for::<Named<At<Weight>>>(),
                "Weight of the nodes of each zone, 1 to 1000. Default 1.",
            ),
            described(
                "priority",
                generator.subschema_for::<Named<At<u32>>>(),
                "Level of the nodes of each zone, 0 to 127; level 0 serves first. Default 0.",
            ),
            described(
                "overprovisioning",
                generator.subschema_for::<At<Factor>>(),
                "A level passes no load on while its healthy share times this is at least 1. At least 1. Default 1.4.",
            ),
            described(
                "panic_threshold",
                generator.subschema_for::<At<Ratio>>(),
                "While fewer of the nodes may get traffic, all do, whatever their health. Default 0%, never; Envoy has 50%.",
            ),
            described(
                "zone_aware",
                generator.subschema_for::<Switch<RawZoneAware>>(),
                "Requests stay in their zone as far as its nodes can serve them. Default off.",
            ),
        ];
        policy::balancer_schema(options)
    }
}
