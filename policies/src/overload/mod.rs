//! Protection from overload, on the side of those who ask.

mod circuit_breaker;
mod consecutive_breaker;
#[cfg(test)]
mod tests;

pub use circuit_breaker::{BreakerSettings, BreakerState, BreakerWindow, CircuitBreaker};
pub use consecutive_breaker::{ConsecutiveBreaker, ConsecutiveBreakerSettings, ConsecutiveState};
