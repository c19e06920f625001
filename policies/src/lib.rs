//! The control plane of a self-healing cluster as pure state machines: no clock, no I/O, no randomness of its own.
#![no_std]

extern crate alloc;

mod ids;
mod time;

pub use ids::{NodeId, OperationId, PlanId, ProbeId, ServiceId, ShardId, ZoneId};
pub use time::{Duration, Instant};
