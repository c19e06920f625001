//! The retry budget of tower.

use super::Window;
use super::finagle::reserve;
use crate::{Duration, Instant};

/// Slots of complete counts.
const SLOTS: usize = 10;
/// Tokens of one request when more than one retry per request is allowed.
const SCALE: i64 = 1_000;

/// A share of the requests of the last while, and some retries per second on top (tower, `TpsBudget`).
///
/// Up to 100% a request deposits one token and a retry takes `1 / percent`, rounded down; above, these are 1000 and
/// `1000 / percent`; with 0% they are 0 and 1. Ten slots of a tenth of `ttl` and one in the making are kept, so tokens
/// live for up to 1.1 times `ttl`. A reserve of `min_per_s * ttl` retries is always there, less the retries of the last
/// while. Defaults of tower: 10 s, 10 per second, 20%.
///
/// Known differences: tower keeps the share as a 32-bit float, here it is one of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TowerBudget {
    deposit: i64,
    withdrawal: i64,
    reserve: i64,
    slot: Duration,
    since: Instant,
    window: Window<SLOTS>,
}

impl TowerBudget {
    /// A budget without deposits. `ttl` is the time after which requests are forgotten, of which whole seconds count
    /// for the reserve; `min_per_s` retries per second without requests; `retry_percent` a fraction, 0.2 for 20%.
    pub fn new(now: Instant, ttl: Duration, min_per_s: u32, retry_percent: f64) -> Self {
        let (deposit, withdrawal) = if retry_percent > 1.0 {
            (SCALE, (SCALE as f64 / retry_percent) as i64)
        } else if retry_percent > 0.0 {
            (1, (1.0 / retry_percent) as i64)
        } else {
            (0, 1)
        };
        Self {
            deposit,
            withdrawal,
            reserve: reserve(ttl, min_per_s, withdrawal),
            slot: (ttl / SLOTS as u64).max(Duration::from_nanos(1)),
            since: now,
            window: Window::new(),
        }
    }

    /// A request was sent for the first time.
    pub fn deposit(&mut self, now: Instant) {
        self.expire(now);
        self.window.add(self.deposit);
    }

    /// Takes the tokens of a retry, if there are enough.
    pub fn try_withdraw(&mut self, now: Instant) -> bool {
        self.expire(now);
        let allowed = self.window.sum().saturating_add(self.reserve) >= self.withdrawal;
        if allowed {
            self.window.add(-self.withdrawal);
        }
        allowed
    }

    fn expire(&mut self, now: Instant) {
        let passed = now.since(self.since);
        if passed >= self.slot {
            self.window.turn(passed.as_nanos().div_ceil(self.slot.as_nanos()) - 1);
            self.since = now;
        }
    }
}
