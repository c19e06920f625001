//! The retry budget of Finagle.

use super::Window;
use crate::{Duration, Instant};

/// Tokens of one request.
const SCALE: i64 = 1_000;
/// Slots of complete counts; with the live one they are the ten that the time to live is cut into.
const SLOTS: usize = 9;

/// A share of the requests of the last while, and some retries per second on top (Finagle, `RetryBudget`).
///
/// Each request deposits 1000 tokens, a retry takes `1000 / percent`, rounded down; with 0% these are 0 and 1. Tokens
/// are forgotten after about `ttl`. A reserve of `min_per_s * ttl` retries is always there, less the retries of the
/// last while. Defaults of Finagle: 10 s, 10 per second, 20%.
///
/// As there, time is counted in whole milliseconds and a tenth of the time to live is a slot; a slot that is closed
/// late counts as that of the time it should have been closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FinagleBudget {
    deposit: i64,
    withdrawal: i64,
    reserve: i64,
    slot_ms: u64,
    since_ms: u64,
    window: Window<SLOTS>,
}

impl FinagleBudget {
    /// A budget without deposits. `ttl` is the time after which requests are forgotten, of which whole seconds count
    /// for the reserve; `min_per_s` retries per second without requests; `percent_can_retry` a fraction, 0.2 for 20%.
    pub fn new(now: Instant, ttl: Duration, min_per_s: u32, percent_can_retry: f64) -> Self {
        let (deposit, withdrawal) = match percent_can_retry > 0.0 {
            true => (SCALE, (SCALE as f64 / percent_can_retry) as i64),
            false => (0, 1),
        };
        Self {
            deposit,
            withdrawal,
            reserve: reserve(ttl, min_per_s, withdrawal),
            slot_ms: (ttl.as_millis() / (SLOTS as u64 + 1)).max(1),
            since_ms: millis(now),
            window: Window::new(),
        }
    }

    /// Tokens a request adds.
    pub const fn deposit_tokens(&self) -> i64 {
        self.deposit
    }

    /// Tokens a retry takes.
    pub const fn withdrawal_tokens(&self) -> i64 {
        self.withdrawal
    }

    /// Retries that could be made at once.
    pub fn balance(&mut self, now: Instant) -> i64 {
        self.tokens(now) / self.withdrawal.max(1)
    }

    /// A request was sent for the first time.
    pub fn deposit(&mut self, now: Instant) {
        self.expire(now);
        self.window.add(self.deposit);
    }

    /// Takes the tokens of a retry, if there are enough.
    pub fn try_withdraw(&mut self, now: Instant) -> bool {
        let allowed = self.tokens(now) >= self.withdrawal;
        if allowed {
            self.window.add(-self.withdrawal);
        }
        allowed
    }

    fn tokens(&mut self, now: Instant) -> i64 {
        self.expire(now);
        self.window.sum().saturating_add(self.reserve)
    }

    fn expire(&mut self, now: Instant) {
        let now_ms = millis(now);
        let slots = now_ms.saturating_sub(self.since_ms) / self.slot_ms;
        if slots > 0 {
            self.window.turn(slots - 1);
            self.since_ms = now_ms;
        }
    }
}

/// Tokens that are always there.
pub(super) fn reserve(ttl: Duration, min_per_s: u32, withdrawal: i64) -> i64 {
    let ttl_s = ttl.as_nanos() / Duration::from_secs(1).as_nanos();
    i64::try_from(ttl_s).unwrap_or(i64::MAX).saturating_mul(i64::from(min_per_s)).saturating_mul(withdrawal)
}

fn millis(at: Instant) -> u64 {
    at.since(Instant::ZERO).as_millis()
}
