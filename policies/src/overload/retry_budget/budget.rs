//! Any of the budgets, behind one door.

use super::{FinagleBudget, GrpcThrottle, RatioBudget, RetryDecision, TowerBudget};
use crate::Instant;

/// The budget of one sender, shared by all its requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RetryBudget {
    /// A token bucket that requests fill.
    Ratio(RatioBudget),
    /// Finagle's.
    Finagle(FinagleBudget),
    /// tower's.
    Tower(TowerBudget),
    /// gRPC's throttle.
    Grpc(GrpcThrottle),
}

impl RetryBudget {
    /// A request is sent for the first time.
    #[inline]
    pub fn first_try(&mut self, now: Instant) {
        match self {
            Self::Ratio(budget) => budget.deposit(),
            Self::Finagle(budget) => budget.deposit(now),
            Self::Tower(budget) => budget.deposit(now),
            Self::Grpc(_) => {}
        }
    }

    /// A request succeeded.
    #[inline]
    pub fn succeeded(&mut self) {
        match self {
            Self::Ratio(_) | Self::Finagle(_) | Self::Tower(_) => {}
            Self::Grpc(throttle) => throttle.succeeded(),
        }
    }

    /// An attempt failed, the `attempts`-th of a request that may make `attempts_max`. A retry is paid for at once.
    pub fn failed(&mut self, now: Instant, attempts: u32, attempts_max: u32) -> RetryDecision {
        let exhausted = attempts >= attempts_max;
        let allowed = match self {
            Self::Grpc(throttle) => return throttle.failed(attempts, attempts_max),
            Self::Ratio(_) | Self::Finagle(_) | Self::Tower(_) if exhausted => {
                return RetryDecision::AttemptsExhausted;
            }
            Self::Ratio(budget) => budget.try_withdraw(),
            Self::Finagle(budget) => budget.try_withdraw(now),
            Self::Tower(budget) => budget.try_withdraw(now),
        };
        if allowed { RetryDecision::Retry } else { RetryDecision::Throttled }
    }
}
