//! `least_connections`: the node with the fewest requests in flight for its weight.

use super::least_tree::LeastTree;
use super::loads::Loads;
use crate::catalogue::{Builtin, PolicyEntry, PolicyKind};
use crate::{BalancingStrategy, Instant, NodeId, Pool, RequestOutcome, RouteRequest};
use alloc::boxed::Box;
use alloc::vec::Vec;
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
/// is favoured. Logarithmic in the number of nodes.
///
/// Known differences: nginx breaks ties by its weighted round robin, HAProxy by the time since the last
/// choice. Idle nodes are equal whatever their weight.
#[derive(Clone, Debug, Default)]
pub struct LeastConnections {
    /// Position from which the next search starts.
    start: usize,
    loads: Loads,
    /// By position.
    weights: Vec<u32>,
    shares: LeastTree<u128>,
}

impl LeastConnections {
    fn changed(&mut self, position: usize) {
        self.shares.set(position, share(self.loads.in_flight()[position], self.weights[position]));
    }
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
        pool.eligible[self.shares.first_from(start).unwrap_or(start)]
    }

    fn adjust_weights(&mut self, _now: Instant, pool: Pool<'_>) {
        self.loads.rebuild(pool.eligible.iter().copied(), pool.stats);
        self.weights.clear();
        self.weights.extend(pool.eligible.iter().map(|node| pool.stats[node.index()].weight));
        let nodes = self.loads.in_flight().iter().zip(&self.weights);
        self.shares.rebuild(nodes.map(|(in_flight, weight)| share(*in_flight, *weight)), u128::MAX);
    }

    fn request_sent(&mut self, node: NodeId) {
        if let Some(position) = self.loads.sent(node) {
            self.changed(position);
        }
    }

    fn request_finished(&mut self, _now: Instant, node: NodeId, _outcome: RequestOutcome) {
        if let Some(position) = self.loads.finished(node) {
            self.changed(position);
        }
    }
}

/// `in_flight / weight` with 64 bits behind the point. No weight is busier than any load.
///
/// Exact as an order: two different fractions of 32 bits differ by more than 2^-64, equal ones give equal bits.
fn share(in_flight: u32, weight: u32) -> u128 {
    let scaled = u64::from(in_flight) << 32;
    match u64::from(weight) {
        0 => 1 << 127 | u128::from(in_flight),
        1 => u128::from(scaled) << 32,
        // By hand, as a division of 128 bits is slow.
        weight => u128::from(scaled / weight) << 32 | u128::from((scaled % weight << 32) / weight),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Numbers of which many pairs are close in proportion.
    fn number() -> impl Strategy<Value = u32> {
        prop_oneof![0_u32..6, u32::MAX - 5..=u32::MAX, any::<u32>()]
    }

    proptest! {
        #[test]
        fn shares_are_ordered_as_fractions(one in (number(), number()), other in (number(), number())) {
            let order = match (one.1, other.1) {
                (0, 0) => one.0.cmp(&other.0),
                (0, _) => core::cmp::Ordering::Greater,
                (_, 0) => core::cmp::Ordering::Less,
                (weight, others) => (u64::from(one.0) * u64::from(others)).cmp(&(u64::from(other.0) * u64::from(weight))),
            };
            prop_assert_eq!(share(one.0, one.1).cmp(&share(other.0, other.1)), order);
        }
    }
}
