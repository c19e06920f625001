//! Scaling: from measurements to a number of nodes.

mod auto_scaler;
mod aws_step;
pub(crate) mod aws_step_scaling;
pub(crate) mod aws_target_tracking;
#[cfg(test)]
mod block_tests;
mod capacity_planner;
mod decaying_histogram;
mod demand;
pub(crate) mod fixed;
pub(crate) mod holt_winters;
pub mod hpa;
pub mod keda;
pub mod kpa;
mod metric;
mod metrics_collector;
#[cfg(test)]
mod peer_tests;
#[cfg(test)]
mod policy_tests;
pub(crate) mod recommender;
pub(crate) mod scheduled;
pub(crate) mod target_tracking;
#[cfg(test)]
mod tests;
pub(crate) mod threshold;
mod threshold_manager;
mod warm;

pub use auto_scaler::AutoScaler;
pub use aws_step::{Step, StepCapacity, StepDirection, StepTable, StepUnit};
pub use aws_step_scaling::AwsStepScaling;
pub use aws_target_tracking::AwsTargetTracking;
pub use capacity_planner::{CapacityPlanner, ScalingDecision, ScalingNodes};
pub use decaying_histogram::{Buckets, DecayingHistogram};
pub use fixed::Fixed;
pub use holt_winters::{HoltWinters, HoltWintersScaling};
pub use metric::ScalingMetric;
pub use metrics_collector::MetricsCollector;
pub use recommender::Recommender;
pub use scheduled::Scheduled;
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
    /// The serving nodes one by one, by ascending id.
    pub nodes: &'a [ServingNode],
}

/// A node that serves, as a scaling policy sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServingNode {
    /// The node.
    pub node: NodeId,
    /// Time since it began to serve; the longest span for one that served before the run.
    pub age: Duration,
    /// Time since it was last found ready to serve.
    pub ready_for: Duration,
    /// Its newest sample within the window, if it reported.
    pub sample: Option<NodeSample>,
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

    /// Takes note of what became of the proposal: the number of working nodes before and after. Called once after each
    /// [`propose`](Self::propose).
    fn applied(&mut self, _now: Instant, _from: u32, _to: u32) {}

    /// Whether the policy has limits of its own to how soon it changes its mind. The cooldowns of the auto-scaler are
    /// none then, unless they are written.
    fn paces_itself(&self) -> bool {
        false
    }
}
