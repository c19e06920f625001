//! From the file as written to the typed scenario: names become positions, parameters become numbers, and
//! everything is checked.
//!
//! A problem is reported and a harmless value put in its place, so that one pass finds all problems; the result
//! counts only if nothing was reported.

mod arrivals;
mod call;
mod client;
mod cluster;
mod control;
mod distribution;
mod fault;
mod fault_trace;
mod latency_matrix;
mod names;
mod network;
mod overload;
mod rollout;
mod scenario;
mod service;
mod table;
mod trace;
mod zone_eviction;

pub(crate) use cluster::cluster;
pub(crate) use names::Names;
pub(crate) use scenario::scenario;
