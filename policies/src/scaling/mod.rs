//! Scaling: from measurements to a number of nodes.

mod auto_scaler;
mod aws_step;
mod capacity_planner;
mod decaying_histogram;
pub(crate) mod fixed;
pub mod hpa;
pub mod keda;
pub mod kpa;
mod metric;
mod metrics_collector;
#[cfg(test)]
mod policy_tests;
pub(crate) mod target_tracking;
#[cfg(test)]
mod tests;
pub(crate) mod threshold;
mod threshold_manager;

pub use auto_scaler::AutoScaler;
pub use aws_step::{Step, StepCapacity, StepDirection, StepTable, StepUnit};
pub use capacity_planner::{CapacityPlanner, ScalingDecision, ScalingNodes};
pub use decaying_histogram::{Buckets, DecayingHistogram};
pub use fixed::Fixed;
pub use metric::ScalingMetric;
pub use metrics_collector::MetricsCollector;
pub use target_tracking::TargetTracking;
pub use threshold::Threshold;
pub use threshold_manager::ThresholdManager;

use crate::{Duration, Instant, NodeId, NodeSample, ScalingReason, ServiceId};
use core::fmt::Debug;

/// What a scaling policy sees of a service.
#[derive(Clone, Copy, Debug)]
pub struct ScalingView<'a> {
    /// The service.
    pub service: ServiceId,
    /// Nodes that serve and are believed healthy.
    pub ready: u32,
    /// Nodes being provisioned.
    pub starting: u32,
    /// Fewest nodes allowed.
    pub min: u32,
    /// Most nodes allowed.
    pub max: u32,
    /// Means over the window.
    pub metrics: ServiceMetrics,
    /// Newest sample of each serving node that reported within the window, by ascending id.
    pub samples: &'a [(NodeId, NodeSample)],
}

/// Means over the nodes of a service and a window of time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ServiceMetrics {
    /// Nodes that reported within the window.
    pub nodes_reporting: u32,
    /// Mean share of busy workers, 0..=1.
    pub utilization: f64,
    /// Mean requests in flight per node.
    pub in_flight_per_node: f64,
    /// Mean requests waiting per node.
    pub queued_per_node: f64,
    /// Requests per second that arrived at all reporting nodes together.
    pub arrivals_per_s: f64,
    /// Share of arrived requests that nodes refused or failed, 0..=1.
    pub error_ratio: f64,
    /// Age of the newest sample.
    pub age: Duration,
}

/// What a scaling policy wants.
#[derive(Clone, Debug, PartialEq)]
pub struct ScalingProposal {
    /// Nodes wanted, before `min`, `max` and cooldowns.
    pub desired: u32,
    /// How it came to this number (`limits` still empty or holding the policy's own).
    pub reason: ScalingReason,
}

/// Chooses how many nodes a service should have.
pub trait ScalingPolicy: Debug + Send {
    /// The name in the catalogue.
    fn name(&self) -> &'static str;

    /// Proposes a number of nodes at the end of a cycle.
    fn propose(&mut self, now: Instant, view: ScalingView<'_>) -> ScalingProposal;
}
