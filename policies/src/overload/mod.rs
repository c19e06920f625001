//! Overload: what keeps a service from being asked for more than it can do.
//!
//! Queue management, limits of concurrency, circuit breakers, budgets of retries and the pauses before them, each as a
//! small state machine of its own.

mod aimd;
pub(crate) mod breaker;
#[cfg(test)]
mod breaker_tests;
mod circuit_breaker;
mod codel;
pub(crate) mod concurrency_limit;
mod consecutive_breaker;
mod exponential_average;
mod gradient2;
mod hedge_delay;
pub(crate) mod queue_discipline;
mod retry_backoff;
mod retry_budget;
mod sample;
#[cfg(test)]
mod tests;
mod vegas;

pub use aimd::{Aimd, AimdSettings};
pub use breaker::{Breaker, BreakerChange, BreakerReason};
pub use circuit_breaker::{BreakerSettings, BreakerState, BreakerWindow, CircuitBreaker};
pub use codel::{Codel, CodelSettings, Head, codel_control_law};
pub use concurrency_limit::ConcurrencyLimit;
pub use consecutive_breaker::{ConsecutiveBreaker, ConsecutiveBreakerSettings, ConsecutiveState};
pub use exponential_average::ExponentialAverage;
pub use gradient2::{Gradient2, Gradient2Settings};
pub use hedge_delay::{HedgeDelay, LatencyPercentile};
pub use queue_discipline::QueueDiscipline;
pub use retry_backoff::{GrpcBackoff, TowerBackoff};
pub use retry_budget::{FinagleBudget, GrpcThrottle, RatioBudget, RetryBudget, RetryDecision, TowerBudget};
pub use sample::LimitSample;
pub use vegas::{Vegas, VegasDecrease, VegasSettings};

pub(crate) use retry_backoff::exponential_ns;
