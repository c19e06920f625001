//! The file as it is written: its keys, their types, their documentation.
//!
//! The comments of the fields are the descriptions in the JSON Schema.

mod client;
mod cluster;
mod control;
mod distribution;
mod fault;
mod network;
mod overload;
mod rollout;
mod scenario;
mod service;
mod sla;
mod switch;

pub(crate) use client::{
    RawArrivals, RawBudget, RawClient, RawDiurnal, RawLibraryBudget, RawMmppState, RawPoisson, RawRetries,
    RawSpike, RawStage, RawTrace, RawWindowBudget,
};
pub(crate) use cluster::RawCluster;
pub(crate) use control::{
    RawAutoScaler, RawBackoff, RawControl, RawDisruptionBudget, RawEjection, RawFailurePercentage, RawGate,
    RawHealthMonitor, RawLoadBalancer, RawNodeManager, RawRecovery, RawSuccessRate, RawZoneAware,
    RawZoneEviction,
};
pub(crate) use distribution::{RawDistribution, RawEmpirical, RawForm, RawHyperexponential, RawLognormal};
pub(crate) use fault::{RawFault, RawFaultTrace};
pub(crate) use network::{RawLink, RawLinkOverride, RawMatrix, RawNetwork};
pub(crate) use overload::{RawDeadline, RawHedging};
pub(crate) use rollout::{RawProvisioning, RawRollout};
pub(crate) use scenario::RawScenario;
pub(crate) use service::{RawCache, RawCall, RawColdStart, RawNodeType, RawService, RawState};
pub(crate) use sla::RawSla;
pub(crate) use switch::Switch;
