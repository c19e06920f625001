//! What the control plane decided and why. Every decision is a fact of the run.

use crate::detection::ZoneState;
use crate::membership::Accusation;
use crate::recovery::RolloutHold;
use crate::{Duration, NodeId, OperationError, PlanId, ServiceId, ShardId, ZoneId};
use alloc::string::String;
use alloc::vec::Vec;

/// A decision of the control plane with its reason and its inputs, in the order it was made.
///
/// The driver takes decisions with [`SelfHealingCluster::poll_decision`](crate::SelfHealingCluster::poll_decision)
/// and records them; they change nothing.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "decision", rename_all = "snake_case"))]
pub enum Decision {
    /// A node looks bad, but not bad enough to act.
    NodeSuspected {
        /// The node.
        node: NodeId,
        /// What was seen.
        evidence: Evidence,
    },
    /// A node is believed failed (the fact of `HealthEvent::NodeFailure`).
    NodeFailure {
        /// The node.
        node: NodeId,
        /// The kind of failure that the evidence points to.
        cause: FailureCause,
        /// What was seen.
        evidence: Evidence,
    },
    /// A failed node is believed healthy again (the fact of `HealthEvent::NodeRecovered`).
    NodeRecovered {
        /// The node.
        node: NodeId,
        /// Time since it was declared failed.
        failed_for: Duration,
    },
    /// A service has too few healthy nodes or too many errors (the fact of `HealthEvent::ServiceDegraded`).
    ServiceDegraded {
        /// The service.
        service: ServiceId,
        /// Nodes believed healthy.
        healthy: u32,
        /// Nodes that should serve.
        total: u32,
        /// Share of failed requests in the samples of the last window, 0..=1.
        error_ratio: f64,
        /// Which limit was crossed.
        reason: DegradedReason,
    },
    /// A degraded service is within its limits again.
    ServiceRestored {
        /// The service.
        service: ServiceId,
        /// Time since it was declared degraded.
        degraded_for: Duration,
    },
    /// A recovery plan was made.
    PlanCreated {
        /// The plan.
        plan: PlanId,
        /// The failed node.
        node: NodeId,
        /// What it recovers from.
        cause: FailureCause,
        /// The steps, in the order they will be taken.
        steps: Vec<StepKind>,
        /// Strategies that declined, each with its reason.
        skipped: Vec<SkippedStrategy>,
        /// When the node is restarted and when it is given up if that does not help, and why then, where a strategy says
        /// so.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        escalation: Option<String>,
    },
    /// A step of a plan was started.
    StepStarted {
        /// The plan.
        plan: PlanId,
        /// The node the plan is for.
        node: NodeId,
        /// The step.
        step: StepKind,
        /// 1 for the first try.
        attempt: u32,
    },
    /// A step of a plan ended.
    StepFinished {
        /// The plan.
        plan: PlanId,
        /// The node the plan is for.
        node: NodeId,
        /// The step.
        step: StepKind,
        /// 1 for the first try; 0 for a step that became obsolete before it began.
        attempt: u32,
        /// How it ended.
        outcome: StepOutcome,
    },
    /// All steps of a plan were done, or were no longer needed.
    PlanCompleted {
        /// The plan.
        plan: PlanId,
        /// The node the plan was for.
        node: NodeId,
        /// Time since the plan was made.
        took: Duration,
    },
    /// A plan ended before its last step.
    PlanGivenUp {
        /// The plan.
        plan: PlanId,
        /// The node the plan was for.
        node: NodeId,
        /// Why.
        reason: GiveUpReason,
        /// The step at which it ended.
        step: StepKind,
    },
    /// A node whose recovery was given up is not replaced yet: its zone's rate of evictions does not allow it.
    ReplacementHeld {
        /// The node.
        node: NodeId,
        /// Its zone.
        zone: ZoneId,
        /// What is made of the zone; full where all zones are and nothing is evicted anywhere.
        state: ZoneState,
        /// Nodes of the zone that are believed failed.
        failed: u32,
        /// Nodes of the zone that should serve.
        total: u32,
        /// Nodes of the zone that are evicted per second.
        rate_per_s: f64,
        /// Time until the next one may be; none while the rate is 0.
        wait: Option<Duration>,
    },
    /// The balancer sends a node no more traffic because of a failure.
    TrafficRedirected {
        /// The node without traffic.
        node: NodeId,
        /// Nodes of the service that still get traffic.
        eligible: u32,
    },
    /// The balancer sends a node traffic again.
    TrafficRestored {
        /// The node.
        node: NodeId,
        /// Nodes of the service that get traffic.
        eligible: u32,
    },
    /// The balancer took a node out because requests to it failed (passive health check).
    NodeEjected {
        /// The node.
        node: NodeId,
        /// What led to it.
        reason: EjectionReason,
        /// For how long it stays out at least; it returns with the next sweep after.
        period: Duration,
    },
    /// The period of an ejected node is over.
    NodeReturned {
        /// The node.
        node: NodeId,
    },
    /// The auto-scaler ended a cycle for one service.
    Scaling {
        /// The service.
        service: ServiceId,
        /// What it will do.
        plan: CapacityPlan,
        /// Nodes that serve or will serve when the cycle ran.
        current: u32,
        /// Nodes wanted after all limits.
        desired: u32,
        /// How the number came about.
        reason: ScalingReason,
    },
    /// A node is being provisioned.
    NodeAdding {
        /// The new node.
        node: NodeId,
        /// Its service.
        service: ServiceId,
        /// Its zone.
        zone: ZoneId,
        /// Why.
        why: AddReason,
    },
    /// A provisioned node serves.
    NodeAdded {
        /// The node.
        node: NodeId,
        /// Time from the decision to the first eligible moment.
        took: Duration,
    },
    /// A node could not be provisioned after all tries.
    NodeAddFailed {
        /// The node.
        node: NodeId,
        /// Tries made.
        attempts: u32,
    },
    /// A node is being drained and removed.
    NodeRemoving {
        /// The node.
        node: NodeId,
        /// Why.
        why: RemoveReason,
    },
    /// A node that was to be removed stays: it holds the last good replica of a shard that no other node takes.
    RemovalCancelled {
        /// The node.
        node: NodeId,
    },
    /// A node was removed.
    NodeRemoved {
        /// The node.
        node: NodeId,
        /// Whether it was empty when stopped; `false` means the drain window ended first.
        drained: bool,
    },
    /// A rolling update got on, or could not.
    Rollout {
        /// The service.
        service: ServiceId,
        /// How it stands.
        progress: RolloutProgress,
    },
    /// A copy of a shard was started.
    ReplicationStarted {
        /// The shard.
        shard: ShardId,
        /// Source.
        from: NodeId,
        /// Target.
        to: NodeId,
    },
    /// A copy of a shard ended.
    ReplicationFinished {
        /// The shard.
        shard: ShardId,
        /// Source.
        from: NodeId,
        /// Target.
        to: NodeId,
        /// Whether the target holds the replica.
        copied: bool,
    },
}

/// How a rolling update stands. Its nodes come and go as `NodeAdding` and `NodeRemoving`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum RolloutProgress {
    /// It began.
    Began {
        /// Nodes to replace.
        nodes: u32,
        /// Most nodes at once, old and new.
        total_max: u32,
        /// Fewest healthy nodes.
        available_min: u32,
    },
    /// Nothing can be added or removed now.
    Held {
        /// What holds it back.
        by: RolloutHold,
        /// Healthy nodes, old and new.
        healthy: u32,
        /// Old nodes left.
        left: u32,
    },
    /// The last old node has left, and as many nodes as wanted are healthy.
    Completed {
        /// Time since it began.
        took: Duration,
    },
}

/// Why the balancer took a node out.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "rule", rename_all = "snake_case"))]
pub enum EjectionReason {
    /// So many requests failed in a row.
    ConsecutiveFailures {
        /// Requests.
        failures: u32,
    },
    /// Its success rate was far below that of the others.
    SuccessRate {
        /// Its rate in percent.
        rate_pct: f64,
        /// The rate it had to reach, in percent.
        threshold_pct: f64,
    },
    /// Too large a share of its requests failed.
    FailurePercentage {
        /// The share in percent.
        failed_pct: f64,
    },
}

/// What a failure detector saw when it judged.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Evidence {
    /// Probes without a good answer in a row.
    pub misses: u32,
    /// Time since the last good answer.
    pub silent_for: Duration,
    /// The detector's score (misses, phi, seconds of silence …).
    pub score: f64,
    /// The score from which on it declares failure.
    pub threshold: f64,
    /// The suspicion behind the judgement, where the nodes judge each other (`swim`).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub accusation: Option<Accusation>,
}

/// The kind of failure that the evidence points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum FailureCause {
    /// Connections are refused: the process is gone.
    Crashed,
    /// No answer: the process hangs, the machine is down, or the network is cut.
    Unresponsive,
    /// The node itself says that it cannot serve.
    Unhealthy,
}

/// Which limit made a service degraded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum DegradedReason {
    /// Too small a share of nodes is healthy.
    FewHealthyNodes,
    /// Too large a share of requests fails at the nodes.
    ManyErrors,
}

/// A step without its data, for plans, tables and records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum StepKind {
    /// Stop and start the node's process.
    RestartNode,
    /// Copy the node's replicas to other nodes.
    ReplicateState,
    /// Send the node's traffic to other nodes.
    RedirectTraffic,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum StepOutcome {
    /// Done.
    Done,
    /// Not done within its time limit.
    TimedOut,
    /// The world said no.
    Failed(OperationError),
    /// The restart worked, and the process died again before the node was believed healthy.
    FailedAgain,
    /// No longer needed: the node recovered by itself or left.
    Obsolete,
}

/// Why a plan ended before its last step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum GiveUpReason {
    /// A step failed or timed out at each of its tries.
    AttemptsExhausted,
    /// A shard has no replica left to copy from.
    NoSource,
    /// No healthy node can take the replicas.
    NoTarget,
    /// A strategy gave up the node because it fails too often.
    RestartsExhausted,
    /// The node failed again after its restart; the strategies are asked anew.
    FailedAgain,
}

/// A strategy that declined to take part in a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SkippedStrategy {
    /// Name of the strategy in the catalogue.
    pub strategy: String,
    /// Why it declined, as one sentence without a full stop.
    pub why: String,
}

/// What a planning cycle wants to do with a service's capacity.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum CapacityPlan {
    /// Add this many nodes.
    ScaleUp(u32),
    /// Remove these nodes.
    ScaleDown(Vec<NodeId>),
    /// Leave it as it is.
    Maintain,
}

/// How a scaling decision came about, from measured value to number of nodes.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ScalingReason {
    /// Name of the policy in the catalogue.
    pub policy: String,
    /// What was measured, e.g. `utilization`.
    pub metric: String,
    /// Its value; NaN is never stored: no data is `None`.
    pub value: Option<f64>,
    /// The limit or target it was compared with.
    pub target: f64,
    /// Value / target as the policy's rule has it, where it has one.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub ratio: Option<f64>,
    /// Age of the newest sample used.
    pub age: Duration,
    /// The number of nodes before limits.
    pub proposed: u32,
    /// Limits that changed it, in order, as short phrases (`max 60 nodes`, `cooldown until 9m`).
    pub limits: Vec<String>,
    /// The word that the original has for it (`ScaleUpLimit`, `panic`), where it has one.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub code: Option<String>,
}

/// Why a node is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum AddReason {
    /// The auto-scaler asked for it.
    ScaleUp,
    /// It replaces a node whose recovery was given up.
    Replacement,
    /// A rolling update brings it in.
    Rollout,
}

/// Why a node is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum RemoveReason {
    /// The auto-scaler asked for it.
    ScaleDown,
    /// Its recovery was given up.
    GivenUp,
    /// A rolling update replaces it.
    Rollout,
}
