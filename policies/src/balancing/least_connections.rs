//! `least_connections`: the node with the fewest requests in flight for its weight.

use crate::catalogue::{Builtin, PolicyEntry, PolicyKind};
use crate::{BalancingStrategy, Instant, NodeId, NodeStats, Pool, RouteRequest};
use alloc::boxed::Box;
use rand_core::Rng;

pub(crate) const BUILTIN: Builtin<dyn BalancingStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Balancing,
        name: "least_connections",
        summary: "The node with the fewest requests in flight for its weight.",
        source: "HAProxy `leastconn`; nginx `least_conn`; join the shortest queue (Winston 1977)",
        params: &[],
        example: "least_connections: {}",
    },
    build: |_| Ok(Box::new(LeastConnections::default())),
};

/// Chooses the eligible node with the least `in_flight / weight`.
///
/// Each search starts one position later than the one before and the first of equals wins, so that no node
/// is favoured. It looks at each eligible node until it finds an idle one: linear in the number of nodes,
/// near constant while many are idle.
///
/// Known differences: nginx breaks ties by its weighted round robin, HAProxy by the time since the last
/// choice. Idle nodes are equal whatever their weight.
#[derive(Clone, Copy, Debug, Default)]
pub struct LeastConnections {
    /// Position from which the next search starts.
    start: usize,
}

impl BalancingStrategy for LeastConnections {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn select_node(
        &mut self,
        _now: Instant,
        _request: &RouteRequest,
        pool: Pool<'_>,
        _rng: &mut dyn Rng,
    ) -> NodeId {
        let start = if self.start < pool.eligible.len() { self.start } else { 0 };
        self.start = start + 1;
        let (before, from) = pool.eligible.split_at(start);
        let mut best = from[0];
        let mut least = &pool.stats[best.index()];
        for part in [from, before] {
            for node in part {
                let stats = &pool.stats[node.index()];
                if stats.in_flight == 0 && stats.weight > 0 {
                    return *node;
                }
                if less_busy(stats, least) {
                    (best, least) = (*node, stats);
                }
            }
        }
        best
    }
}

/// Whether `in_flight / weight` of `one` is less than that of `other`, without dividing. No weight is busier
/// than any load.
fn less_busy(one: &NodeStats, other: &NodeStats) -> bool {
    match (u64::from(one.weight), u64::from(other.weight)) {
        (0, 0) => one.in_flight < other.in_flight,
        (0, _) => false,
        (_, 0) => true,
        (weight, others) => u64::from(one.in_flight) * others < u64::from(other.in_flight) * weight,
    }
}
