//! `power_of_two`: the less busy of two nodes drawn at random.

use super::pick::position;
use crate::catalogue::{Builtin, PolicyEntry, PolicyKind};
use crate::{BalancingStrategy, Instant, NodeId, Pool, RouteRequest};
use alloc::boxed::Box;
use rand_core::Rng;

pub(crate) const BUILTIN: Builtin<dyn BalancingStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Balancing,
        name: "power_of_two",
        summary: "The node with fewer requests in flight of two drawn at random.",
        source: "Mitzenmacher, The power of two choices in randomized load balancing, IEEE TPDS 2001; Envoy, least request; nginx `random two least_conn`",
        params: &[],
        example: "power_of_two: {}",
    },
    build: |_| Ok(Box::new(PowerOfTwo)),
};

/// Draws two different eligible nodes and chooses the one with fewer requests in flight; the first on a tie.
///
/// Constant time. Both positions come from one 64-bit draw: the lower half chooses among all `n` nodes, the
/// upper half among the `n - 1` others. Weights are not looked at.
///
/// Known differences: Envoy draws with replacement, so that both draws may be the same node, and lets the
/// later one win only if strictly less busy, as here. With a single node nothing is drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct PowerOfTwo;

impl BalancingStrategy for PowerOfTwo {
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
        let count = pool.eligible.len();
        if count == 1 {
            return pool.eligible[0];
        }
        let bits = rng.next_u64();
        let first = position(bits as u32, count);
        let second = position((bits >> 32) as u32, count - 1);
        let (first, second) = (pool.eligible[first], pool.eligible[second + usize::from(second >= first)]);
        let busier = pool.stats[first.index()].in_flight > pool.stats[second.index()].in_flight;
        if busier { second } else { first }
    }
}
