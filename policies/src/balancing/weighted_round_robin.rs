//! `weighted_round_robin`: in turn, as often as a node weighs, spread smoothly.

use crate::catalogue::{Builtin, PolicyEntry, PolicyKind};
use crate::{BalancingStrategy, Instant, NodeId, Pool, RouteRequest};
use alloc::boxed::Box;
use alloc::vec::Vec;
use rand_core::Rng;

pub(crate) const BUILTIN: Builtin<dyn BalancingStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Balancing,
        name: "weighted_round_robin",
        summary: "In turn, each node as often as it weighs, without bursts to the heavy ones.",
        source: "nginx, smooth weighted round robin (change 52327e0627f4, 2012)",
        params: &[],
        example: "weighted_round_robin: {}",
    },
    build: |_| Ok(Box::new(WeightedRoundRobin::default())),
};

/// Chooses by smooth weighted round robin.
///
/// Each node has a balance, zero at first. Per request every balance grows by the node's weight; the largest
/// is chosen, the lowest id among equals, and pays the sum of all weights. Over a number of requests equal to
/// that sum, each node is chosen exactly as often as it weighs. Linear in the number of eligible nodes. Nodes
/// of weight 0 are left out; if there are no others, all weigh 1.
///
/// A node that stays keeps its balance when others come or go; one that returns starts at zero.
///
/// Known differences: nginx lowers the weight of a node that failed for a while; here that is the task of
/// ejection. nginx keeps the balance of a node that is down.
#[derive(Clone, Debug, Default)]
pub struct WeightedRoundRobin {
    /// The eligible nodes, ascending by id.
    peers: Vec<Peer>,
    /// Sum of their weights.
    total: i64,
}

#[derive(Clone, Copy, Debug)]
struct Peer {
    node: NodeId,
    weight: i64,
    balance: i64,
}

impl BalancingStrategy for WeightedRoundRobin {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn select_node(
        &mut self,
        _now: Instant,
        _request: &RouteRequest,
        _pool: Pool<'_>,
        _rng: &mut dyn Rng,
    ) -> NodeId {
        let (mut chosen, mut largest) = (0, i64::MIN);
        for (position, peer) in self.peers.iter_mut().enumerate() {
            peer.balance += peer.weight;
            if peer.balance > largest {
                (chosen, largest) = (position, peer.balance);
            }
        }
        let peer = &mut self.peers[chosen];
        peer.balance -= self.total;
        peer.node
    }

    fn adjust_weights(&mut self, _now: Instant, pool: Pool<'_>) {
        let weight = |node: &NodeId| i64::from(pool.stats[node.index()].weight);
        let none_weighs = pool.eligible.iter().all(|node| weight(node) == 0);
        let peers = pool.eligible.iter().filter(|node| none_weighs || weight(node) > 0).map(|node| Peer {
            node: *node,
            weight: weight(node).max(1),
            balance: match self.peers.binary_search_by_key(node, |peer| peer.node) {
                Ok(position) => self.peers[position].balance,
                Err(_) => 0,
            },
        });
        self.peers = peers.collect();
        self.total = self.peers.iter().map(|peer| peer.weight).sum();
    }
}
