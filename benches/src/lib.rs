//! Benches, and the yardstick that puts every figure in relation to the machine.

mod decisions;
mod yardstick;

pub use decisions::{Case, Probing, Routing, Scaling, defaults, routing_cases};
pub use yardstick::{cpu_time_of, yardstick_ns};
