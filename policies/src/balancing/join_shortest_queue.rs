//! `join_shortest_queue`: the node with the fewest requests in flight of all.

use super::loads::Loads;
use super::scan::ShortestQueue;
use crate::catalogue::{Builtin, PolicyEntry, PolicyKind};
use crate::{BalancingStrategy, Instant, NodeId, Pool, RequestOutcome, RouteRequest};
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
    build: |_| Ok(Box::new(JoinShortestQueue::default())),
};

/// Chooses the eligible node with the fewest requests in flight, the lowest id among equals. Logarithmic in their number.
///
/// `least_connections` is its fair sibling: it looks at weights and favours nobody among equals.
#[derive(Clone, Debug, Default)]
pub struct JoinShortestQueue {
    loads: Loads,
    queues: ShortestQueue,
}

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
        pool.eligible[self.queues.first().unwrap_or(0)]
    }

    fn adjust_weights(&mut self, _now: Instant, pool: Pool<'_>) {
        self.loads.rebuild(pool.eligible.iter().copied(), pool.stats);
        self.queues.rebuild(self.loads.in_flight());
    }

    fn request_sent(&mut self, node: NodeId) {
        if let Some(place) = self.loads.sent(node) {
            self.queues.set(place, self.loads.in_flight()[place]);
        }
    }

    fn request_withdrawn(&mut self, node: NodeId) {
        if let Some(place) = self.loads.finished(node) {
            self.queues.set(place, self.loads.in_flight()[place]);
        }
    }

    fn request_finished(&mut self, _now: Instant, node: NodeId, _outcome: RequestOutcome) {
        if let Some(place) = self.loads.finished(node) {
            self.queues.set(place, self.loads.in_flight()[place]);
        }
    }
}
