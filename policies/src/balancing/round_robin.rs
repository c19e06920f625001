//! `round_robin`: one node after the other.

use crate::catalogue::{Builtin, PolicyEntry, PolicyKind};
use crate::{BalancingStrategy, Instant, NodeId, Pool, RouteRequest};
use alloc::boxed::Box;
use rand_core::Rng;

pub(crate) const BUILTIN: Builtin<dyn BalancingStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Balancing,
        name: "round_robin",
        summary: "One node after the other, blind to load and weight.",
        source: "nginx and HAProxy, `roundrobin` with equal weights",
        params: &[],
        example: "round_robin: {}",
    },
    build: |_| Ok(Box::new(RoundRobin::default())),
};

/// Chooses the eligible nodes in turn, by ascending id, from the lowest on.
///
/// When nodes come or go, the turn goes on after the node chosen last. Constant time per request.
///
/// Known differences: HAProxy and nginx start anew when the list is reloaded.
#[derive(Clone, Copy, Debug, Default)]
pub struct RoundRobin {
    /// Position chosen next.
    next: usize,
    last: Option<NodeId>,
}

impl RoundRobin {
    /// A strategy that begins with the node at this position, counted around the list.
    pub const fn starting_at(position: usize) -> Self {
        Self { next: position, last: None }
    }
}

impl BalancingStrategy for RoundRobin {
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
        let position =
            if self.next < pool.eligible.len() { self.next } else { self.next % pool.eligible.len() };
        let node = pool.eligible[position];
        self.next = position + 1;
        self.last = Some(node);
        node
    }

    fn adjust_weights(&mut self, _now: Instant, pool: Pool<'_>) {
        if let Some(last) = self.last {
            self.next = pool.eligible.partition_point(|node| *node <= last);
        }
    }
}
