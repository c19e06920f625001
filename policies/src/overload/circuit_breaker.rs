//! A circuit breaker that judges the shares of failed and of slow calls, as that of Resilience4j does.

use super::{BreakerChange, BreakerReason};
use crate::{Duration, Instant};
use alloc::vec;
use alloc::vec::Vec;

const SECOND_NS: u64 = 1_000_000_000;

/// Which calls are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerWindow {
    /// The last so many calls, at least 1. Default 100.
    Calls(u32),
    /// The calls of the last so many seconds, the one under way included, at least 1.
    Seconds(u32),
}

/// Settings of [`CircuitBreaker`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BreakerSettings {
    /// Which calls are judged. Default the last 100.
    pub window: BreakerWindow,
    /// Calls in the window before it is judged. Default 100; of a window of calls at most its size counts.
    pub minimum_calls: u32,
    /// Share of failed calls, in percent, from which on the breaker opens. Default 50.
    pub failure_rate_threshold_pct: f64,
    /// Share of slow calls, in percent, from which on the breaker opens. Default 100.
    pub slow_call_rate_threshold_pct: f64,
    /// A call that lasts longer is slow, failed or not. Default 60 s.
    pub slow_call_duration: Duration,
    /// The breaker stays open until more than this has gone by. Default 60 s.
    pub wait_in_open: Duration,
    /// Calls let through to try whether all is well again. Default 10.
    pub permitted_in_half_open: u32,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self {
            window: BreakerWindow::Calls(100),
            minimum_calls: 100,
            failure_rate_threshold_pct: 50.0,
            slow_call_rate_threshold_pct: 100.0,
            slow_call_duration: Duration::from_secs(60),
            wait_in_open: Duration::from_secs(60),
            permitted_in_half_open: 10,
        }
    }
}

/// The state of a [`CircuitBreaker`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// Calls pass.
    Closed,
    /// Calls are refused.
    Open {
        /// Since when.
        since: Instant,
    },
    /// A few calls pass, to try.
    HalfOpen {
        /// Calls that may still pass.
        permits: u32,
    },
}

/// Opens when too large a share of calls failed or was slow, and tries a few calls after a while.
///
/// Results are judged as they arrive, never in between. Half-open, results are counted apart from the window and judged
/// by the same two shares at `min(minimum_calls, permitted_in_half_open)` results: the breaker opens again, or closes
/// with an empty window. Results that arrive while it is open change nothing. A call that ends without a result gives its
/// permit back ([`release`](Self::release)).
///
/// Source: Resilience4j, `CircuitBreakerStateMachine` and `CircuitBreakerConfig` (defaults). Known differences: it
/// turns half-open with the next call, never by itself; exceptions cannot be ignored; there are no forced states.
#[derive(Clone, Debug)]
pub struct CircuitBreaker {
    settings: BreakerSettings,
    state: BreakerState,
    window: Window,
    trial: Counts,
}

impl CircuitBreaker {
    /// A closed breaker. It allocates its window here, and nothing later.
    pub fn new(settings: BreakerSettings) -> Self {
        let window = match settings.window {
            BreakerWindow::Calls(size) => Window::Calls(LastCalls::new(size)),
            BreakerWindow::Seconds(seconds) => Window::Seconds(LastSeconds::new(seconds)),
        };
        Self { settings, state: BreakerState::Closed, window, trial: Counts::default() }
    }

    /// Whether a call may be made. A call that may takes one of the permits of the half-open state.
    pub fn acquire(&mut self, now: Instant) -> bool {
        if let BreakerState::Open { since } = self.state
            && now.since(since) > self.settings.wait_in_open
        {
            self.trial = Counts::default();
            self.state = BreakerState::HalfOpen { permits: self.settings.permitted_in_half_open };
        }
        match &mut self.state {
            BreakerState::Closed => true,
            BreakerState::Open { .. } => false,
            BreakerState::HalfOpen { permits } => {
                let permitted = *permits > 0;
                *permits = permits.saturating_sub(1);
                permitted
            }
        }
    }

    /// Takes the result of a call that lasted so long, and says whether the state changed.
    pub fn result(&mut self, now: Instant, ok: bool, lasted: Duration) -> Option<BreakerChange> {
        let call = Call { failed: !ok, slow: lasted > self.settings.slow_call_duration };
        let minimum = self.settings.minimum_calls;
        match self.state {
            BreakerState::Closed => {
                let (counts, minimum) = match &mut self.window {
                    Window::Calls(calls) => (calls.record(call), minimum.min(calls.size())),
                    Window::Seconds(seconds) => (seconds.record(now, call), minimum),
                };
                let reason = if counts.calls >= minimum { self.too_bad(counts)? } else { return None };
                Some(self.open(now, reason, false))
            }
            BreakerState::Open { .. } => None,
            BreakerState::HalfOpen { .. } => {
                self.trial.add(call);
                if self.trial.calls < minimum.min(self.settings.permitted_in_half_open) {
                    return None;
                }
                if let Some(reason) = self.too_bad(self.trial) {
                    return Some(self.open(now, reason, true));
                }
                self.window.clear();
                self.state = BreakerState::Closed;
                Some(BreakerChange::Closed { calls: self.trial.calls })
            }
        }
    }

    /// A call that was let through ends without a result, as when its caller dies: another may try instead of it.
    pub fn release(&mut self) {
        if let BreakerState::HalfOpen { permits } = &mut self.state {
            *permits = (*permits + 1).min(self.settings.permitted_in_half_open);
        }
    }

    /// Calls let through in the half-open state.
    pub const fn permitted_in_half_open(&self) -> u32 {
        self.settings.permitted_in_half_open
    }

    /// The state.
    pub const fn state(&self) -> BreakerState {
        self.state
    }

    fn open(&mut self, now: Instant, reason: BreakerReason, trial: bool) -> BreakerChange {
        self.state = BreakerState::Open { since: now };
        BreakerChange::Opened { reason, trial, stays: self.settings.wait_in_open }
    }

    /// Which share is too large, if one is.
    fn too_bad(&self, counts: Counts) -> Option<BreakerReason> {
        let calls = counts.calls;
        let percent = |part: u32| 100.0 * f64::from(part) / f64::from(calls);
        let (failed_pct, slow_pct) = (percent(counts.failed), percent(counts.slow));
        let threshold_pct = self.settings.failure_rate_threshold_pct;
        if failed_pct >= threshold_pct {
            return Some(BreakerReason::FailureRate { failed_pct, threshold_pct, calls });
        }
        let threshold_pct = self.settings.slow_call_rate_threshold_pct;
        (slow_pct >= threshold_pct).then_some(BreakerReason::SlowCallRate { slow_pct, threshold_pct, calls })
    }
}

/// What is known of a call.
#[derive(Clone, Copy, Debug)]
struct Call {
    failed: bool,
    slow: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    calls: u32,
    failed: u32,
    slow: u32,
}

impl Counts {
    fn add(&mut self, call: Call) {
        self.calls = self.calls.saturating_add(1);
        self.failed = self.failed.saturating_add(u32::from(call.failed));
        self.slow = self.slow.saturating_add(u32::from(call.slow));
    }

    fn take(&mut self, other: Self) {
        self.calls = self.calls.saturating_sub(other.calls);
        self.failed = self.failed.saturating_sub(other.failed);
        self.slow = self.slow.saturating_sub(other.slow);
    }
}

#[derive(Clone, Debug)]
enum Window {
    Calls(LastCalls),
    Seconds(LastSeconds),
}

impl Window {
    fn clear(&mut self) {
        match self {
            Self::Calls(calls) => (calls.total, calls.next) = (Counts::default(), 0),
            Self::Seconds(seconds) => {
                seconds.total = Counts::default();
                seconds.slots.fill(Counts::default());
            }
        }
    }
}

/// A ring of calls, of which the last `total.calls` are valid.
#[derive(Clone, Debug)]
struct LastCalls {
    ring: Vec<Call>,
    next: usize,
    total: Counts,
}

impl LastCalls {
    fn new(size: u32) -> Self {
        let empty = Call { failed: false, slow: false };
        Self { ring: vec![empty; size.max(1) as usize], next: 0, total: Counts::default() }
    }

    fn size(&self) -> u32 {
        u32::try_from(self.ring.len()).unwrap_or(u32::MAX)
    }

    fn record(&mut self, call: Call) -> Counts {
        let left = core::mem::replace(&mut self.ring[self.next], call);
        self.next = (self.next + 1) % self.ring.len();
        if self.total.calls == self.size() {
            let mut leaving = Counts::default();
            leaving.add(left);
            self.total.take(leaving);
        }
        self.total.add(call);
        self.total
    }
}

/// Counts by whole second; second `s` has slot `s % slots`.
#[derive(Clone, Debug)]
struct LastSeconds {
    slots: Vec<Counts>,
    /// The second of the last call.
    second: u64,
    total: Counts,
}

impl LastSeconds {
    fn new(seconds: u32) -> Self {
        Self { slots: vec![Counts::default(); seconds.max(1) as usize], second: 0, total: Counts::default() }
    }

    fn record(&mut self, now: Instant, call: Call) -> Counts {
        let second = (now.as_nanos() / SECOND_NS).max(self.second);
        let size = self.slots.len() as u64;
        for passed in 1..=(second - self.second).min(size) {
            let slot = self.slot(self.second + passed);
            let left = core::mem::take(&mut self.slots[slot]);
            self.total.take(left);
        }
        self.second = second;
        let slot = self.slot(second);
        self.slots[slot].add(call);
        self.total.add(call);
        self.total
    }

    fn slot(&self, second: u64) -> usize {
        usize::try_from(second % self.slots.len() as u64).unwrap_or(0)
    }
}
