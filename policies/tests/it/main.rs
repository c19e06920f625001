//! Tests of the control plane through its door: inputs in, actions and decisions out.

mod configs;
mod laws;
mod text;
mod world;

mod capacity;
mod configuration;
mod crash_loops;
mod escalation;
mod failures;
mod membership;
mod own_policies;
mod properties;
mod remediation;
mod repairs;
mod replication;
mod rollouts;
