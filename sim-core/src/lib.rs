//! Virtual time: event queue, clients, nodes, network, faults and the control loop.
mod standin;
pub use standin::{Simulation, TryTrace};
