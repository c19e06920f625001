//! `edf_round_robin`: Envoy's round robin, by weight and with slow start.

use super::edf::EdfSchedule;
use super::least_request::{AGGRESSION, SLOW_START, WEIGHT_RATIO_MIN, slow_start};
use super::slow_start::SlowStart;
use super::weights::weighing;
use crate::catalogue::{Builtin, PolicyEntry, PolicyKind};
use crate::{BalancingStrategy, Instant, NodeId, NodeStats, Pool, RouteRequest};
use alloc::boxed::Box;
use rand_core::Rng;

pub(crate) const BUILTIN: Builtin<dyn BalancingStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Balancing,
        name: "edf_round_robin",
        summary: "In turn by weight, each node's next turn after 1 / weight, with a ramp for nodes that just began.",
        source: "Envoy, round robin load balancer (earliest deadline first) and slow start mode",
        params: &[SLOW_START, AGGRESSION, WEIGHT_RATIO_MIN],
        example: "edf_round_robin: { slow_start: 60s, aggression: 1.5 }",
    },
    build: |params| Ok(Box::new(EdfRoundRobin::new(slow_start(params)))),
};

/// Chooses by an [`EdfSchedule`] of weights times the factor of slow start, taken when a node was picked.
///
/// Logarithmic in the number of nodes. The schedule is built anew with each change of membership or weight. Nodes of
/// weight 0 are left out; if there are no others, all weigh 1.
#[derive(Clone, Debug)]
pub struct EdfRoundRobin {
    slow_start: SlowStart,
    schedule: EdfSchedule,
}

impl EdfRoundRobin {
    /// A strategy without nodes.
    pub fn new(slow_start: SlowStart) -> Self {
        Self { slow_start, schedule: EdfSchedule::default() }
    }
}

impl BalancingStrategy for EdfRoundRobin {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn select_node(
        &mut self,
        now: Instant,
        _request: &RouteRequest,
        pool: Pool<'_>,
        _rng: &mut dyn Rng,
    ) -> NodeId {
        let slow_start = self.slow_start;
        let picked = self.schedule.pick(|node| weight(slow_start, now, &pool.stats[node]));
        picked.map_or(pool.eligible[0], |node| NodeId(node as u32))
    }

    fn adjust_weights(&mut self, now: Instant, pool: Pool<'_>) {
        self.schedule.clear();
        for (node, _) in weighing(pool) {
            self.schedule.insert(node.index(), weight(self.slow_start, now, &pool.stats[node.index()]));
        }
    }
}

fn weight(slow_start: SlowStart, now: Instant, stats: &NodeStats) -> f64 {
    f64::from(stats.weight.max(1)) * slow_start.factor(now.since(stats.eligible_since))
}
