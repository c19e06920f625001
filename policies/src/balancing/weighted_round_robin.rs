//! `weighted_round_robin`: in turn, as often as a node weighs, spread smoothly.

use super::pick::position;
use super::smooth_wrr::{SmoothLimits, SmoothPeers};
use super::weights::weighing;
use crate::catalogue::{Builtin, ParamForm, ParamInfo, PolicyEntry, PolicyKind};
use crate::{BalancingStrategy, Duration, Instant, NodeId, Pool, RequestOutcome, RouteRequest};
use alloc::boxed::Box;
use alloc::vec::Vec;
use rand_core::Rng;

pub(crate) const BUILTIN: Builtin<dyn BalancingStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Balancing,
        name: "weighted_round_robin",
        summary: "In turn, each node as often as it weighs, without bursts to the heavy ones.",
        source: "nginx, smooth weighted round robin (change 52327e0627f4, 2012); `server` of ngx_http_upstream_module",
        params: &[
            ParamInfo {
                name: "max_fails",
                doc: "Failed requests after which a node is left out for `fail_timeout`. 0 counts none; nginx counts 1.",
                form: ParamForm::Count { default: 0, min: 0, max: 1_000_000 },
            },
            ParamInfo {
                name: "fail_timeout",
                doc: "How long a node is left out after its last failure, before one request tries it.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(10),
                    min: Duration::ZERO,
                    max: Duration::from_secs(86_400),
                },
            },
            ParamInfo {
                name: "max_conns",
                doc: "Requests in flight with which a node gets no further one. 0 is no limit.",
                form: ParamForm::Count { default: 0, min: 0, max: 1_000_000 },
            },
        ],
        example: "weighted_round_robin: { max_fails: 3, fail_timeout: 10s }",
    },
    build: |params| {
        Ok(Box::new(WeightedRoundRobin::new(SmoothLimits {
            weight: 1,
            fails_max: params.count("max_fails"),
            fail_timeout: params.duration("fail_timeout"),
            connections_max: params.count("max_conns"),
        })))
    },
};

/// Chooses by smooth weighted round robin, see [`SmoothPeers`].
///
/// Without failures, over a number of requests equal to the sum of weights, each node is chosen exactly as often as it
/// weighs. Linear in the number of eligible nodes. Nodes of weight 0 are left out; if there are no others, all weigh 1.
///
/// A node that stays keeps its account when others come or go; one that returns starts anew.
///
/// Known differences: nginx keeps the balance of a node that is down. Where nginx finds no live peer and answers with
/// an error, any eligible node is drawn.
#[derive(Clone, Debug)]
pub struct WeightedRoundRobin {
    limits: SmoothLimits,
    /// The eligible nodes that weigh, ascending by id.
    nodes: Vec<NodeId>,
    /// In step with `nodes`.
    peers: SmoothPeers,
}

impl WeightedRoundRobin {
    /// A strategy whose nodes have these limits; their weight comes from the pool.
    pub fn new(limits: SmoothLimits) -> Self {
        Self { limits, nodes: Vec::new(), peers: SmoothPeers::default() }
    }
}

impl Default for WeightedRoundRobin {
    fn default() -> Self {
        Self::new(SmoothLimits { fails_max: 0, ..SmoothLimits::default() })
    }
}

impl BalancingStrategy for WeightedRoundRobin {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn select_node(
        &mut self,
        now: Instant,
        _request: &RouteRequest,
        pool: Pool<'_>,
        rng: &mut dyn Rng,
    ) -> NodeId {
        let nodes = &self.nodes;
        let in_flight = |position: usize| pool.stats[nodes[position].index()].in_flight;
        match self.peers.pick(now, in_flight, &[]) {
            Some(position) => nodes[position],
            None => pool.eligible[position(rng.next_u32(), pool.eligible.len())],
        }
    }

    fn adjust_weights(&mut self, _now: Instant, pool: Pool<'_>) {
        let (mut nodes, mut peers) = (Vec::new(), SmoothPeers::default());
        for (node, weight) in weighing(pool) {
            match self.nodes.binary_search(&node) {
                Ok(position) => peers.push_from(&self.peers, position, weight),
                Err(_) => peers.push(SmoothLimits { weight, ..self.limits }),
            }
            nodes.push(node);
        }
        (self.nodes, self.peers) = (nodes, peers);
    }

    fn request_finished(&mut self, now: Instant, node: NodeId, outcome: RequestOutcome) {
        if let Ok(position) = self.nodes.binary_search(&node) {
            self.peers.finish(position, now, outcome.ok);
        }
    }
}
