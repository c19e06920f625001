//! `join_shortest_queue`: the node with the fewest requests in flight of all.

use super::scan::shortest_queue;
use crate::catalogue::{Builtin, PolicyEntry, PolicyKind};
use crate::{BalancingStrategy, Instant, NodeId, Pool, RouteRequest};
use alloc::boxed::Box;
use rand_core::Rng;

pub(crate) const BUILTIN: Builtin<dyn BalancingStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Balancing,
        name: "join_shortest_queue",
        summary: "The node with the fewest requests in flight, the lowest number on ties; blind to weight.",
        source: "Winston, Optimality of the shortest line discipline, J. Appl. Prob. 1977",
        params: &[],
        example: "join_shortest_queue: {}",
    },
    build: |_| Ok(Box::new(JoinShortestQueue)),
};

/// Chooses the eligible node with the fewest requests in flight, the lowest id among equals. Linear in their number.
///
/// `least_connections` is its fair sibling: it looks at weights and favours nobody among equals.
#[derive(Clone, Copy, Debug, Default)]
pub struct JoinShortestQueue;

impl BalancingStrategy for JoinShortestQueue {
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
        let lengths = pool.eligible.iter().map(|node| pool.stats[node.index()].in_flight);
        pool.eligible[shortest_queue(lengths).unwrap_or(0)]
    }
}
