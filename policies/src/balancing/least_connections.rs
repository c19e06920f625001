//! `least_connections`: the node with the fewest requests in flight for its weight.

use super::least_tree::LeastTree;
use super::loads::Loads;
use crate::catalogue::{Builtin, PolicyEntry, PolicyKind};
use crate::{BalancingStrategy, Instant, NodeId, Pool, RequestOutcome, RouteRequest};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cmp::Ordering;
use rand_core::Rng;

/// Greatest weight with which shares are an exact order.
const WEIGHT_MAX: u32 = 1 << 15;

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
/// is favoured. Logarithmic in the number of nodes; linear if a node weighs more than 32768.
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
    shares: LeastTree<u64>,
    /// Whether shares of these weights are no exact order, so that fractions are compared one by one.
    is_searched: bool,
}

impl LeastConnections {
    fn changed(&mut self, position: usize) {
        self.shares.set(position, share(self.loads.in_flight()[position], self.weights[position]));
    }

    /// The first position with the least load for its weight, from `start` on and then from the first one.
    fn search(&self, start: usize) -> Option<usize> {
        let load = |position: usize| (self.loads.in_flight()[position], self.weights[position]);
        let positions = (start..self.weights.len()).chain(0..start);
        // The first of equals.
        positions.min_by(|one, other| compare(load(*one), load(*other)))
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
        let position = if self.is_searched { self.search(start) } else { self.shares.first_from(start) };
        pool.eligible[position.unwrap_or(start)]
    }

    fn adjust_weights(&mut self, _now: Instant, pool: Pool<'_>) {
        self.loads.rebuild(pool.eligible.iter().copied(), pool.stats);
        self.weights.clear();
        self.weights.extend(pool.eligible.iter().map(|node| pool.stats[node.index()].weight));
        self.is_searched = self.weights.iter().any(|weight| *weight > WEIGHT_MAX);
        let nodes = self.loads.in_flight().iter().zip(&self.weights);
        self.shares.rebuild(nodes.map(|(in_flight, weight)| share(*in_flight, *weight)), u64::MAX);
    }

    fn request_sent(&mut self, node: NodeId) {
        if let Some(position) = self.loads.sent(node) {
            self.changed(position);
        }
    }

    fn request_withdrawn(&mut self, node: NodeId) {
        if let Some(position) = self.loads.finished(node) {
            self.changed(position);
        }
    }

    fn request_finished(&mut self, _now: Instant, node: NodeId, _outcome: RequestOutcome) {
        if let Some(position) = self.loads.finished(node) {
            self.changed(position);
        }
    }
}

/// The order of `in_flight / weight`, without dividing. No weight is busier than any load.
fn compare(one: (u32, u32), other: (u32, u32)) -> Ordering {
    match (u64::from(one.1), u64::from(other.1)) {
        (0, 0) => one.0.cmp(&other.0),
        (0, _) => Ordering::Greater,
        (_, 0) => Ordering::Less,
        (weight, others) => (u64::from(one.0) * others).cmp(&(u64::from(other.0) * weight)),
    }
}

/// `in_flight / weight` as a number in the order of [`compare`], for weights up to [`WEIGHT_MAX`].
///
/// It has 31 bits behind the point: two different fractions of such weights differ by more than 2^-31.
fn share(in_flight: u32, weight: u32) -> u64 {
    let scaled = u64::from(in_flight) << 31;
    match u64::from(weight) {
        0 => 1 << 63 | u64::from(in_flight),
        1 => scaled,
        weight => scaled / weight,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn shares_are_ordered_as_fractions(
            one in (any::<u32>(), 0..=WEIGHT_MAX),
            difference in (0_u32..4, 0_u32..4),
        ) {
            // Neighbours, too.
            let other = (one.0.wrapping_add(difference.0), (one.1 + difference.1).min(WEIGHT_MAX));
            prop_assert_eq!(share(one.0, one.1).cmp(&share(other.0, other.1)), compare(one, other));
            let far = (other.0 / 7, other.1 / 5);
            prop_assert_eq!(share(one.0, one.1).cmp(&share(far.0, far.1)), compare(one, far));
        }
    }

    #[test]
    fn the_closest_fractions_are_told_apart() {
        let (least, most) = ((32_767, 32_768), (32_766, 32_767));
        assert_eq!(compare(least, most), Ordering::Greater);
        assert!(share(least.0, least.1) > share(most.0, most.1));
        assert!(share(u32::MAX, 1) < share(0, 0), "no weight is the last resort");
    }
}
