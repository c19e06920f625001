//! What the health monitor reports to the cluster.

use crate::{Decision, DegradedReason, Duration, Evidence, FailureCause, NodeId, ServiceId};

/// A change of belief about a node or a service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HealthEvent {
    /// A node looks bad, but not bad enough to act.
    NodeSuspected {
        /// The node.
        node: NodeId,
        /// What was seen.
        evidence: Evidence,
    },
    /// A node is believed failed.
    NodeFailure {
        /// The node.
        node: NodeId,
        /// The kind of failure that the last bad answer points to.
        cause: FailureCause,
        /// What was seen.
        evidence: Evidence,
    },
    /// The process of a failed node, which a restart had brought back, is gone again before the node was believed healthy.
    NodeFailedAgain {
        /// The node.
        node: NodeId,
        /// The kind of failure.
        cause: FailureCause,
    },
    /// A failed node is believed healthy again.
    NodeRecovered {
        /// The node.
        node: NodeId,
        /// Time since it was declared failed.
        failed_for: Duration,
    },
    /// A service has too few healthy nodes or too many errors.
    ServiceDegraded {
        /// The service.
        service: ServiceId,
        /// Nodes believed healthy.
        healthy: u32,
        /// Nodes that should serve.
        total: u32,
        /// Share of failed requests at its nodes, 0..=1.
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
}

impl HealthEvent {
    /// The event as a fact of the run. That a node failed again is told by the end of its restart.
    pub const fn decision(self) -> Option<Decision> {
        Some(match self {
            Self::NodeFailedAgain { .. } => return None,
            Self::NodeSuspected { node, evidence } => Decision::NodeSuspected { node, evidence },
            Self::NodeFailure { node, cause, evidence } => Decision::NodeFailure { node, cause, evidence },
            Self::NodeRecovered { node, failed_for } => Decision::NodeRecovered { node, failed_for },
            Self::ServiceDegraded { service, healthy, total, error_ratio, reason } => {
                Decision::ServiceDegraded { service, healthy, total, error_ratio, reason }
            }
            Self::ServiceRestored { service, degraded_for } => {
                Decision::ServiceRestored { service, degraded_for }
            }
        })
    }
}
