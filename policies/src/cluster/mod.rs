//! The control plane as one state machine.

mod capacity;
mod evictions;
mod failures;
mod repairs;
mod rollouts;
mod roster;
mod self_healing_cluster;

pub use self_healing_cluster::SelfHealingCluster;
