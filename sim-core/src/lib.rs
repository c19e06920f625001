//! Virtual time: event queue, clients, nodes, network, faults and the control loop.

mod engine;
mod random;
