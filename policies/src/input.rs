//! What the world tells the control plane.

use crate::membership::Change;
use crate::recovery::CountOrPercent;
use crate::{Duration, Instant, NodeId, OperationId, ProbeId, ServiceId};

/// One thing the world tells the control plane.
///
/// Inputs carry only what a real control plane can know: answers to its own probes, results of the operations
/// it asked for, and samples that nodes reported some time ago.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Time has passed; whatever is due is done. Every other input does this too.
    Wake,
    /// A node answered a probe. An answer after the probe's timeout is ignored.
    ProbeAnswered {
        /// The node that was probed.
        node: NodeId,
        /// The probe that was answered.
        probe: ProbeId,
        /// What the node said.
        answer: ProbeAnswer,
    },
    /// An operation asked for by an [`Action`](crate::Action) ended.
    OperationFinished {
        /// The operation.
        operation: OperationId,
        /// Whether it worked.
        result: Result<(), OperationError>,
    },
    /// The control plane's member of the cluster's gossip changed its mind about a node.
    MembershipChanged {
        /// The node.
        node: NodeId,
        /// What is believed of it, and why.
        change: Change,
    },
    /// Somebody wants every node of a service replaced by a new one. One under way starts over.
    RolloutBegan {
        /// The service. An unknown one is ignored.
        service: ServiceId,
        /// Nodes that there may be beyond the wanted number; a share is rounded up.
        max_surge: CountOrPercent,
        /// Nodes of the wanted number that may be missing; a share is rounded down.
        max_unavailable: CountOrPercent,
    },
    /// A node's sample of its own load arrived, possibly late.
    NodeSampled {
        /// The node that was measured.
        node: NodeId,
        /// The measurement.
        sample: NodeSample,
    },
}

/// What a node said to a probe. Silence is not an answer: the monitor times it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeAnswer {
    /// The node is ready to serve.
    Healthy,
    /// The node answered that it is not ready to serve.
    Unhealthy,
    /// The machine refused the connection: no process listens.
    Refused,
}

/// Why an operation failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum OperationError {
    /// The target could not be reached, or is gone.
    Unreachable,
    /// The source of a copy is gone or no longer holds the data.
    SourceLost,
    /// The provider refused (no capacity, quota, failed boot).
    Refused,
}

/// A node's measurement of its own load over a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NodeSample {
    /// End of the measured window.
    pub taken_at: Instant,
    /// Length of the measured window.
    pub window: Duration,
    /// Mean share of busy workers over the window, 0..=1.
    pub utilization: f64,
    /// Requests being served or waiting at the end of the window.
    pub in_flight: u32,
    /// Of these, requests waiting for a worker.
    pub queued: u32,
    /// Requests that arrived in the window.
    pub arrived: u32,
    /// Requests answered well in the window.
    pub completed: u32,
    /// Requests refused or failed by the node in the window.
    pub failed: u32,
}
