//! Prequal: probing the requests in flight and the latency of nodes ahead of the requests.

mod latency;
mod pool;
mod reuse;
mod rif;
mod strategy;

pub use latency::LatencyByLoad;
pub use pool::{Probe, ProbePool, ProbePoolLimits, Temperature, select_probe, worst_probe};
pub use reuse::{ReuseSizes, randomized_round, reuse_budget};
pub use rif::RifSample;
pub(crate) use strategy::BUILTIN;
pub use strategy::{Prequal, PrequalParams};
