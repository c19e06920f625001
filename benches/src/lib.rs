//! Benches, and the yardstick that puts every figure in relation to the machine.

mod yardstick;

pub use yardstick::{cpu_time_of, yardstick_ns};
