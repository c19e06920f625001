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

impl NodeHealth {
    /// The health of a node of which nothing is known yet.
    pub const fn joined(now: Instant) -> Self {
        Self { successes: 0, failures: 0, last_success: now }
    }

    /// Counts a good answer.
    pub const fn record_success(&mut self, now: Instant) {
        self.successes = self.successes.saturating_add(1);
        self.failures = 0;
        self.last_success = now;
    }

    /// Counts a bad answer or a miss.
    pub const fn record_failure(&mut self) {
        self.failures = self.failures.saturating_add(1);
        self.successes = 0;
    }

    /// Whether a failed node counts as healthy again after `successes_min` good answers in a row.
    pub const fn should_recover(&self, successes_min: u32) -> bool {
        self.successes > 0 && self.successes >= successes_min
    }
}
