//! Virtual time: event queue, clients, nodes, network, faults and the control loop.
//!
//! [`Simulation`] is the way in; `World::dispatch` is where each event happens.

mod engine;
mod random;
mod simulation;
mod world;

pub use simulation::{Simulation, TryTrace};
pub use world::describe_record;
