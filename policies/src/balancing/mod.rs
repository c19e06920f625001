//! Load balancing: from a request to a node.

mod balancer;
mod bounded_load;
pub(crate) mod consistent;
mod edf;
pub(crate) mod edf_round_robin;
mod hash;
pub(crate) mod join_shortest_queue;
#[cfg(test)]
mod layer_tests;
mod layers;
pub(crate) mod least_connections;
pub(crate) mod least_request;
mod least_tree;
#[cfg(test)]
mod load_tests;
mod loads;
mod maglev_table;
mod member;
#[cfg(test)]
mod model_tests;
mod mt19937;
pub mod outlier;
pub(crate) mod peak_ewma;
mod pick;
pub(crate) mod power_of_two;
pub(crate) mod prequal;
mod priority;
pub(crate) mod random;
mod ring;
pub(crate) mod round_robin;
mod scan;
mod slow_start;
mod smooth_wrr;
#[cfg(test)]
mod strategy_tests;
#[cfg(test)]
mod tests;
pub(crate) mod weighted_round_robin;
mod weights;
mod zone_routing;

pub use balancer::LoadBalancer;
pub use bounded_load::{Overload, ProbeOrder, choose_bounded, overload};
pub use consistent::{ConsistentHash, Table};
pub use edf::EdfSchedule;
pub use edf_round_robin::EdfRoundRobin;
pub use hash::{HashHost, xxh64};
pub use join_shortest_queue::JoinShortestQueue;
pub use least_connections::LeastConnections;
pub use least_request::{LeastRequest, LeastRequestParams, effective_weight};
pub use maglev_table::{MaglevTable, Permutation};
pub use peak_ewma::{PeakEwma, PeakEwmaRule, PeakLatency};
pub use power_of_two::PowerOfTwo;
pub use prequal::{
    LatencyByLoad, Prequal, PrequalParams, Probe, ProbePool, ProbePoolLimits, ReuseSizes, RifSample,
    Temperature, randomized_round, reuse_budget, select_probe, worst_probe,
};
pub use priority::{Availability, LevelHosts, PriorityLimits, PriorityLoad, priority_load};
pub use random::Random;
pub use ring::{HashRing, RingPoint, RingSize};
pub use round_robin::RoundRobin;
pub use scan::{ShortestQueue, full_scan, n_choices};
pub use slow_start::SlowStart;
pub use smooth_wrr::{SmoothLimits, SmoothPeers};
pub use weighted_round_robin::WeightedRoundRobin;
pub use zone_routing::{ZoneRouting, zone_routing};

use crate::{Duration, Instant, NodeId, ServiceId, ZoneId};
use core::fmt::Debug;
use rand_core::Rng;

/// What the balancer knows of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RouteRequest {
    /// The service that shall serve it.
    pub service: ServiceId,
    /// Affinity key, for strategies that keep equal keys together.
    pub key: u64,
    /// Labels a node must carry.
    pub labels: Labels,
    /// A node to avoid if there is another one, such as the one that failed the previous try.
    pub avoid: Option<NodeId>,
    /// Zone the request comes from.
    pub zone: Option<ZoneId>,
}

/// A set of up to 64 labels; the bits are given names by the configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Labels(pub u64);

impl Labels {
    /// No labels.
    pub const NONE: Self = Self(0);

    /// Whether every label of `wanted` is in this set.
    pub const fn contains(self, wanted: Self) -> bool {
        self.0 & wanted.0 == wanted.0
    }
}

/// What the balancer keeps of each node. Updated with each request, so it is small.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NodeStats {
    /// Requests sent and not yet finished.
    pub in_flight: u32,
    /// Relative share of traffic. Default 1. A node of weight 0 gets nothing from strategies that look at weights,
    /// as long as another eligible node has a weight.
    pub weight: u32,
    /// Requests finished well since the node joined.
    pub completed: u64,
    /// Requests failed since the node joined.
    pub failed: u64,
    /// Failed requests since the last good one.
    pub consecutive_failures: u32,
    /// Exponentially weighted mean of the latency of good requests.
    pub latency_mean: Duration,
    /// When the node last became eligible.
    pub eligible_since: Instant,
}

/// The nodes a strategy may choose from.
#[derive(Clone, Copy, Debug)]
pub struct Pool<'a> {
    /// Nodes that serve, are healthy, not draining and carry the labels; ascending by id.
    pub eligible: &'a [NodeId],
    /// What is known of every node, indexed by [`NodeId::index`].
    pub stats: &'a [NodeStats],
}

/// How a request ended, as the balancer saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestOutcome {
    /// Whether the node served it well.
    pub ok: bool,
    /// Time from dispatch to the end.
    pub latency: Duration,
}

/// Why no node was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Refusal {
    /// The service has no node that may get traffic.
    NoEligibleNode,
    /// Nodes may get traffic, but none carries the labels.
    NoNodeWithLabels,
}

/// Chooses a node for a request.
///
/// Called once per request: must not allocate and should take tens of nanoseconds. One instance serves one
/// service.
pub trait BalancingStrategy: Debug + Send {
    /// The name in the catalogue.
    fn name(&self) -> &'static str;

    /// Chooses one of `pool.eligible`, which is not empty.
    fn select_node(
        &mut self,
        now: Instant,
        request: &RouteRequest,
        pool: Pool<'_>,
        rng: &mut dyn Rng,
    ) -> NodeId;

    /// Takes note of changed membership or weights. Called before the first choice and after each change;
    /// `pool.eligible` may be empty.
    fn adjust_weights(&mut self, now: Instant, pool: Pool<'_>) {
        let _ = (now, pool);
    }

    /// Takes note of a request that was sent to a node, which has one more in flight. It may be another node than was
    /// chosen, as one that just failed is avoided.
    fn request_sent(&mut self, node: NodeId) {
        let _ = node;
    }

    /// Takes note that a request was taken from a node again, with no outcome to learn from: its node has one less in
    /// flight.
    fn request_withdrawn(&mut self, node: NodeId) {
        let _ = node;
    }

    /// Takes note of a finished request: its node has one less in flight.
    fn request_finished(&mut self, now: Instant, node: NodeId, outcome: RequestOutcome) {
        let _ = (now, node, outcome);
    }
}
