//! `random`: any node, all alike.

use super::pick::position;
use crate::catalogue::{Builtin, PolicyEntry, PolicyKind};
use crate::{BalancingStrategy, Instant, NodeId, Pool, RouteRequest};
use alloc::boxed::Box;
use rand_core::Rng;

pub(crate) const BUILTIN: Builtin<dyn BalancingStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Balancing,
        name: "random",
        summary: "Any node, all with the same chance, blind to load and weight.",
        source: "Envoy, random load balancer; the baseline of Mitzenmacher 2001",
        params: &[],
        example: "random: {}",
    },
    build: |_| Ok(Box::new(Random)),
};

/// Chooses each eligible node with the same probability. Constant time, one draw per request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Random;

impl BalancingStrategy for Random {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn select_node(
        &mut self,
        _now: Instant,
        _request: &RouteRequest,
        pool: Pool<'_>,
        rng: &mut dyn Rng,
    ) -> NodeId {
        pool.eligible[position(rng.next_u32(), pool.eligible.len())]
    }
}
