//! Measurement of a metric, restricted to a part of the cluster and to a part of the run.

mod budget;
mod convergence;
mod measurement;
mod nodes;
mod objective;
mod requests;
mod scope;
mod times;

pub(crate) use budget::peak;
pub(crate) use convergence::convergence;
pub(crate) use measurement::{Asked, Measured};
pub(crate) use objective::{measure, spells};
pub(crate) use requests::unrouted_index;
pub(crate) use scope::{Basis, Scope, subject_clients, subject_services};
