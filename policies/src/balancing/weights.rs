//! The nodes that weigh.

use crate::{NodeId, Pool};

/// The eligible nodes with a weight, ascending by id. If none has one, all weigh 1.
pub(super) fn weighing(pool: Pool<'_>) -> impl Iterator<Item = (NodeId, u32)> {
    let weight = move |node: NodeId| pool.stats[node.index()].weight;
    let none_weighs = pool.eligible.iter().all(|node| weight(*node) == 0);
    let weighed = pool.eligible.iter().map(move |node| (*node, weight(*node)));
    weighed.filter(move |(_, weight)| none_weighs || *weight > 0).map(|(node, weight)| (node, weight.max(1)))
}
