//! When the control plane wants to be woken, and what for.

use crate::Instant;

/// The next moment at which something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline {
    /// When.
    pub at: Instant,
    /// What for. If several things are due at once, the first of the list.
    pub reason: DeadlineReason,
}

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeadlineReason {
    /// A probe without answer counts as missed.
    ProbeTimeout,
    /// A node is to be probed.
    Probe,
    /// A copy of a shard has run out of time.
    CopyTimeout,
    /// Shards that could not be copied are looked at again.
    RepairRetry,
    /// A step of a recovery plan has run out of time.
    StepTimeout,
    /// A step of a recovery plan is tried again, or begins after a pause.
    StepRetry,
    /// The strategies are asked again about a node that is still failed.
    Review,
    /// The cooldown of a remediation gate is over.
    GateCooldown,
    /// A node that waits for its replacement may be replaced.
    Eviction,
    /// A node that is being added has run out of time to start or to load its state.
    AddTimeout,
    /// A node is started again after a failed try.
    AddRetry,
    /// A node that is being removed has run out of time to hand over its replicas, to drain or to stop.
    RemoveTimeout,
    /// The balancer sweeps a service for outliers, and takes ejected nodes back.
    EjectionEnd,
    /// A scaling cycle.
    ScalingCycle,
}
