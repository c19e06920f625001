//! Health of a single node, from the outcomes of its probes.

use crate::{FailureCause, Instant};

/// How a probe ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeOutcome {
    /// The node said that it is ready.
    Success,
    /// The node was silent, refused, or said that it is not ready.
    Failure(FailureCause),
}

/// Consecutive outcomes of one node's probes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeHealth {
    /// Good answers since the last bad one.
    pub successes: u32,
    /// Bad answers since the last good one.
    pub failures: u32,
    /// When the last good answer came; the time it joined before that.
    pub last_success: Instant,
}
