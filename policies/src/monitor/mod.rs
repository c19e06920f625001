//! Health monitoring: when to probe whom, and what the answers mean.

mod health_monitor;
mod interval_checker;
#[cfg(test)]
mod tests;

pub use health_monitor::{Belief, HealthMonitor};
pub use interval_checker::IntervalChecker;
