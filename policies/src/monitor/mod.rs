//! Health monitoring: when to probe whom, and what the answers mean.

mod health_monitor;
mod interval_checker;

pub use health_monitor::{Belief, HealthMonitor};
pub use interval_checker::IntervalChecker;
