//! `power_of_two`: the less busy of a few nodes drawn at random.

use super::pick::{CHOICES_MAX, Halves, distinct};
use crate::catalogue::{Builtin, ParamForm, ParamInfo, PolicyEntry, PolicyKind};
use crate::{BalancingStrategy, Instant, NodeId, Pool, RouteRequest};
use alloc::boxed::Box;
use rand_core::Rng;

pub(crate) const BUILTIN: Builtin<dyn BalancingStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Balancing,
        name: "power_of_two",
        summary: "The node with fewer requests in flight of two drawn at random.",
        source: "Mitzenmacher, The power of two choices in randomized load balancing, IEEE TPDS 2001; Envoy, least request; nginx `random two least_conn`",
        params: &[
            ParamInfo {
                name: "choices",
                doc: "Nodes drawn for each request. More spreads better and herds more when loads are old news; 1 is \
                      random.",
                form: ParamForm::Count { default: 2, min: 1, max: CHOICES_MAX as u64 },
            },
            ParamInfo {
                name: "replacement",
                doc: "Whether a node may be drawn twice for one request, as Envoy does; nginx draws different ones.",
                form: ParamForm::Flag { default: false },
            },
        ],
        example: "power_of_two: { choices: 3 }",
    },
    build: |params| {
        Ok(Box::new(PowerOfTwo {
            choices: params.count("choices") as usize,
            replacement: params.flag("replacement"),
        }))
    },
};

/// Draws a few eligible nodes and chooses the one with the fewest requests in flight; the first one drawn on a tie.
///
/// Constant time. Positions come from halves of 64-bit draws, the lower half first: two choices cost one draw. Without
/// replacement the second position is one of the `n - 1` others, and so on. Weights are not looked at.
///
/// Known differences: Envoy takes a whole draw modulo `n` for each choice ([`n_choices`](super::n_choices), of the
/// strategy `least_request`). With a single node nothing is drawn.
#[derive(Clone, Copy, Debug)]
pub struct PowerOfTwo {
    /// Nodes drawn, 1 to 16. Default 2.
    pub choices: usize,
    /// Whether a node may be drawn twice. Default false.
    pub replacement: bool,
}

impl Default for PowerOfTwo {
    fn default() -> Self {
        Self { choices: 2, replacement: false }
    }
}

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
        let mut best: Option<(NodeId, u32)> = None;
        let consider = |position: usize| {
            let node = pool.eligible[position];
            let in_flight = pool.stats[node.index()].in_flight;
            if best.is_none_or(|(_, least)| in_flight < least) {
                best = Some((node, in_flight));
            }
        };
        let mut draws = Halves::new(rng);
        if self.replacement {
            (0..self.choices).map(|_| draws.position(count)).for_each(consider);
        } else {
            distinct(&mut draws, count, self.choices, consider);
        }
        best.map_or(pool.eligible[0], |(node, _)| node)
    }
}
