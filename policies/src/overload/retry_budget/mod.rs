//! Budgets of retries: how many may be made for the requests that are sent.

mod budget;
mod finagle;
mod grpc;
mod ratio;
mod tower;
mod window;

pub use budget::RetryBudget;
pub use finagle::FinagleBudget;
pub use grpc::{GrpcThrottle, RetryDecision};
pub use ratio::RatioBudget;
pub use tower::TowerBudget;

use window::Window;
