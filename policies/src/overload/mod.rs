//! Overload: what keeps a service from being asked for more than it can do.
//!
//! Queue management, limits of concurrency, circuit breakers, budgets of retries and the pauses before them, each as a
//! small state machine of its own.

mod aimd;
#[cfg(test)]
mod breaker_tests;
mod circuit_breaker;
mod codel;
mod consecutive_breaker;
mod exponential_average;
mod gradient2;
mod retry_backoff;
mod retry_budget;
mod sample;
#[cfg(test)]
mod tests;
mod vegas;

pub use aimd::{Aimd, AimdSettings};
pub use circuit_breaker::{BreakerSettings, BreakerState, BreakerWindow, CircuitBreaker};
pub use codel::{Codel, CodelSettings, Head, codel_control_law};
pub use consecutive_breaker::{ConsecutiveBreaker, ConsecutiveBreakerSettings, ConsecutiveState};
pub use exponential_average::ExponentialAverage;
pub use gradient2::{Gradient2, Gradient2Settings};
pub use retry_backoff::{GrpcBackoff, TowerBackoff};
pub use retry_budget::{FinagleBudget, GrpcThrottle, RatioBudget, RetryBudget, RetryDecision, TowerBudget};
pub use sample::LimitSample;
pub use vegas::{Vegas, VegasDecrease, VegasSettings};

pub(crate) use retry_backoff::exponential_ns;
