//! What a limit of concurrency learns from.

use crate::Duration;

/// One request that ended, as a limit of concurrency sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitSample {
    /// Time from its start to its end.
    pub rtt: Duration,
    /// Requests in flight when it started, with it. Unit: requests.
    pub inflight: u32,
    /// Whether it was dropped: rejected, or given up for time.
    pub dropped: bool,
}

impl LimitSample {
    /// Whether at least half of the limit is used. Below that a limit says nothing about the service.
    pub(super) fn uses_half_of(&self, limit: f64) -> bool {
        2.0 * f64::from(self.inflight) >= limit
    }
}
