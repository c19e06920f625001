//! A breaker that counts failures in a row, as that of Linkerd's proxy does.

use super::{BreakerChange, BreakerReason};
use crate::{Duration, Instant};

/// Settings of [`ConsecutiveBreaker`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsecutiveBreakerSettings {
    /// Failures in a row after which it shuts; 0 counts as 1. Default 7.
    pub max_failures: u32,
    /// How long it stays shut at first. Default 1 s.
    pub min_backoff: Duration,
    /// How long it stays shut at most after failed tries. Default 1 min.
    pub max_backoff: Duration,
}

impl Default for ConsecutiveBreakerSettings {
    fn default() -> Self {
        Self { max_failures: 7, min_backoff: Duration::from_secs(1), max_backoff: Duration::from_secs(60) }
    }
}

/// The state of a [`ConsecutiveBreaker`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsecutiveState {
    /// Requests pass.
    Open {
        /// Failures in a row so far.
        failures: u32,
    },
    /// Requests are kept away.
    Shut {
        /// When one may pass again.
        until: Instant,
        /// For how long it was shut.
        backoff: Duration,
    },
    /// One request may pass; its response decides.
    Probation {
        /// For how long it was shut before.
        backoff: Duration,
    },
}

/// Shuts after so many failures in a row, and lets one request try after a backoff that doubles with each failed try.
///
/// Here *open* means open for traffic. Responses that arrive while it is shut are ignored. On probation the first
/// response decides, also that of a request sent before.
///
/// Source: Linkerd, `linkerd2-proxy` (`consecutive_failures`), and the `balancer.linkerd.io/failure-accrual` annotations
/// for the defaults. Known difference: Linkerd adds jitter (half of the backoff) at random.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsecutiveBreaker {
    settings: ConsecutiveBreakerSettings,
    state: ConsecutiveState,
    /// Whether a request of the probation is under way.
    trying: bool,
}

impl ConsecutiveBreaker {
    /// A breaker that is open for traffic.
    pub const fn new(settings: ConsecutiveBreakerSettings) -> Self {
        Self { settings, state: ConsecutiveState::Open { failures: 0 }, trying: false }
    }

    /// The state at `now`: a breaker whose backoff is over is on probation.
    pub fn state(&mut self, now: Instant) -> ConsecutiveState {
        if let ConsecutiveState::Shut { until, backoff } = self.state
            && now >= until
        {
            self.state = ConsecutiveState::Probation { backoff };
        }
        self.state
    }

    /// The state when it was last asked or told something.
    pub const fn last_state(&self) -> ConsecutiveState {
        self.state
    }

    /// Whether a request may be made. On probation one may, until its response is here.
    pub fn acquire(&mut self, now: Instant) -> bool {
        match self.state(now) {
            ConsecutiveState::Open { .. } => true,
            ConsecutiveState::Shut { .. } => false,
            ConsecutiveState::Probation { .. } => !core::mem::replace(&mut self.trying, true),
        }
    }

    /// A request that was let through ends without a response: another may try instead of it.
    pub fn release(&mut self) {
        self.trying = false;
    }

    /// Takes a response, and says whether the state changed.
    pub fn response(&mut self, now: Instant, ok: bool) -> Option<BreakerChange> {
        match self.state(now) {
            ConsecutiveState::Open { .. } if ok => {
                self.state = ConsecutiveState::Open { failures: 0 };
                None
            }
            ConsecutiveState::Open { failures } => {
                let failures = failures.saturating_add(1);
                if failures >= self.settings.max_failures {
                    return Some(self.shut(now, self.settings.min_backoff, failures));
                }
                self.state = ConsecutiveState::Open { failures };
                None
            }
            ConsecutiveState::Probation { .. } if ok => {
                self.state = ConsecutiveState::Open { failures: 0 };
                self.trying = false;
                Some(BreakerChange::Closed { calls: 1 })
            }
            ConsecutiveState::Probation { backoff } => {
                Some(self.shut(now, (backoff * 2).min(self.settings.max_backoff), 1))
            }
            ConsecutiveState::Shut { .. } => None,
        }
    }

    fn shut(&mut self, now: Instant, backoff: Duration, failures: u32) -> BreakerChange {
        let trial = matches!(self.state, ConsecutiveState::Probation { .. });
        self.state = ConsecutiveState::Shut { until: now + backoff, backoff };
        self.trying = false;
        BreakerChange::Opened {
            reason: BreakerReason::ConsecutiveFailures { failures },
            trial,
            stays: backoff,
        }
    }
}
