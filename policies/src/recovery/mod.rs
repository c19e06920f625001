//! Recovery: from a failed node to a plan of steps.

pub(crate) mod crash_loop;
mod disruption_budget;
mod draft;
pub(crate) mod escalating_remediation;
mod execution;
mod gate;
mod healthy_min;
mod manager;
mod node_health_check;
mod plan;
pub(crate) mod redirect_traffic;
mod replacement_grace;
pub(crate) mod replicate_state;
mod restart_backoff;
pub(crate) mod restart_node;
mod rolling_update;
mod rollout;
mod self_node_remediation;
pub(crate) mod start_limit;
mod state_transfer;
mod steps;
mod supervision;
pub(crate) mod supervisor;
mod termination;
#[cfg(test)]
mod tests;
mod zone_eviction;

pub use crash_loop::{CrashLoop, CrashLoopBackoff};
pub use disruption_budget::disruptions_allowed;
pub use escalating_remediation::EscalatingRemediation;
pub use healthy_min::{CountOrPercent, HealthyMin};
pub(crate) use manager::PlanOrder;
pub use manager::RecoveryManager;
pub use node_health_check::{
    ConditionStatus, Escalation, NodeCondition, RemediationPhase, StormGate, UnhealthyRule, escalate,
    is_unhealthy, unhealthy_from,
};
pub use plan::RecoveryPlan;
pub use redirect_traffic::RedirectTraffic;
pub use replacement_grace::earliest_replacement;
pub use replicate_state::ReplicateState;
pub use restart_backoff::{RestartBackoff, RestartBackoffSettings};
pub use restart_node::RestartNode;
pub use rolling_update::{RollingBounds, rolling_bounds};
pub use rollout::{RolloutHold, RolloutState, RolloutStep, rollout_step};
pub use self_node_remediation::{PeerAnswers, PeerVerdict, SafeReboot, peer_verdict};
pub use start_limit::{StartLimit, StartLimitedRestart};
pub use state_transfer::{catch_up_seconds, transfer_seconds};
pub use supervision::{ExitReason, RestartOrder, RestartType, SupervisionStrategy, restart_order};
pub use supervisor::{RestartIntensity, Supervisor, SupervisorDecision};
pub use termination::{Stopped, Termination};

use crate::{Duration, FailureCause, Instant, NodeId, ServiceId, StepKind, ZoneId};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Debug;

/// One step of a recovery plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecoveryStep {
    /// Stop and start the node's process, and wait until it is healthy.
    RestartNode {
        /// The node.
        node: NodeId,
        /// Time from the making of the plan before which the restart does not begin.
        pause: Duration,
    },
    /// Copy every shard that lost its replica on the node to another node.
    ReplicateState {
        /// The node whose replicas are replaced.
        node: NodeId,
    },
    /// Send the node's traffic to the other nodes of the service.
    RedirectTraffic {
        /// The node that gets no more traffic.
        node: NodeId,
    },
}

impl RecoveryStep {
    /// A restart that begins as soon as it can.
    pub const fn restart(node: NodeId) -> Self {
        Self::RestartNode { node, pause: Duration::ZERO }
    }

    /// The node the step is about.
    pub const fn node(&self) -> NodeId {
        match *self {
            Self::RestartNode { node, .. }
            | Self::ReplicateState { node }
            | Self::RedirectTraffic { node } => node,
        }
    }

    /// The step without its data.
    pub const fn kind(&self) -> StepKind {
        match self {
            Self::RestartNode { .. } => StepKind::RestartNode,
            Self::ReplicateState { .. } => StepKind::ReplicateState,
            Self::RedirectTraffic { .. } => StepKind::RedirectTraffic,
        }
    }
}

/// A failed node as the strategies see it: the cause and the state of its service.
#[derive(Clone, Debug, PartialEq)]
pub struct RecoveryCase {
    /// The failed node.
    pub node: NodeId,
    /// Its service.
    pub service: ServiceId,
    /// Its zone.
    pub zone: ZoneId,
    /// What it failed of.
    pub cause: FailureCause,
    /// Replicas the node holds, as far as known.
    pub replicas: u32,
    /// Restarts of this node by earlier plans, newest last.
    pub restarts: Vec<Instant>,
    /// Nodes of the service believed healthy.
    pub healthy: u32,
    /// Nodes of the service that should serve.
    pub total: u32,
    /// Nodes of the same zone and service believed failed, with this one.
    pub failed_in_zone: u32,
    /// Nodes of the same zone and service.
    pub total_in_zone: u32,
}

/// What a strategy says to a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposal {
    /// Take these steps.
    Steps(Vec<RecoveryStep>),
    /// Restart the node, and give it up if that has not helped in time: the next remediation is to replace it.
    Escalate {
        /// Time from now before which the restart does not begin.
        pause: Duration,
        /// Time from now at which a node that is not healthy is given up, however the restart went.
        until: Duration,
        /// Why then, as a sentence without a full stop.
        why: String,
    },
    /// Nothing to do; why, as a sentence without a full stop.
    Skip(String),
    /// Nothing to do yet: ask again if the node is still failed then.
    Later {
        /// When.
        at: Instant,
        /// Why, as a sentence without a full stop.
        why: String,
    },
    /// Nothing helps this node, which is to be replaced after the steps before; why, as a sentence without a full stop.
    GiveUp(String),
}

/// Proposes steps for a failed node.
pub trait RecoveryStrategy: Debug + Send {
    /// The name in the catalogue.
    fn name(&self) -> &'static str;

    /// Whether its steps act on the failed node itself, so that it is not asked while a remediation gate is closed.
    /// Default true.
    fn remediates(&self) -> bool {
        true
    }

    /// Whether it counts the failures of a node itself, so that it is asked about each: also when the process of a node
    /// that it had restarted dies again before the node is believed healthy. Otherwise the restart is tried again then,
    /// as often as the configuration allows. Default false.
    fn counts_failures(&self) -> bool {
        false
    }

    /// Proposes steps, or says why it has none.
    fn propose(&mut self, now: Instant, case: &RecoveryCase) -> Proposal;
}
