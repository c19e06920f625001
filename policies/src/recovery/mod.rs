//! Recovery: from a failed node to a plan of steps.

pub(crate) mod redirect_traffic;
pub(crate) mod replicate_state;
pub(crate) mod restart_node;
#[cfg(test)]
mod tests;

pub use redirect_traffic::RedirectTraffic;
pub use replicate_state::ReplicateState;
pub use restart_node::RestartNode;

use crate::{FailureCause, Instant, NodeId, ServiceId, StepKind, ZoneId};
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
    /// Nothing to do; why, as a sentence without a full stop.
    Skip(String),
}

/// Proposes steps for a failed node.
pub trait RecoveryStrategy: Debug + Send {
    /// The name in the catalogue.
    fn name(&self) -> &'static str;

    /// Proposes steps, or says why it has none.
    fn propose(&mut self, now: Instant, case: &RecoveryCase) -> Proposal;
}
