//! `power_of_two`: the less busy of a few nodes drawn at random.

use super::pick::{CHOICES_MAX, Halves, distinct, position};
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
        if self.choices == 2 && !self.replacement && count > 1 {
            return less_busy(pool, rng.next_u64());
        }
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

/// The less busy of the two different nodes that a draw names: what [`distinct`] gives for two choices, in few
/// instructions, since it is the usual case.
fn less_busy(pool: Pool<'_>, bits: u64) -> NodeId {
    let count = pool.eligible.len();
    let first = position(bits as u32, count);
    let second = position((bits >> 32) as u32, count - 1);
    let (first, second) = (pool.eligible[first], pool.eligible[second + usize::from(second >= first)]);
    let busier = pool.stats[first.index()].in_flight > pool.stats[second.index()].in_flight;
    if busier { second } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NodeStats, balancing::tests::request};
    use alloc::vec::Vec;
    use rand_chacha::ChaCha8Rng;
    use rand_core::SeedableRng;

    #[test]
    fn two_choices_are_those_of_the_general_rule() {
        for seed in 0..2_000 {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let count = 2 + (rng.next_u64() % 9) as u32;
            let eligible: Vec<NodeId> = (0..count).map(NodeId).collect();
            let load =
                |_: &NodeId| NodeStats { in_flight: (rng.next_u64() % 3) as u32, ..NodeStats::default() };
            let stats: Vec<NodeStats> = eligible.iter().map(load).collect();
            let pool = Pool { eligible: &eligible, stats: &stats };
            let mut drawn = Vec::new();
            distinct(&mut Halves::new(&mut rng.clone()), eligible.len(), 2, |position| drawn.push(position));
            // `min_by_key` takes the first of equals, too.
            let general = drawn.into_iter().min_by_key(|position| stats[*position].in_flight);
            let chosen = PowerOfTwo::default().select_node(Instant::ZERO, &request(), pool, &mut rng);
            assert_eq!(general, Some(chosen.index()), "seed {seed}");
        }
    }
}
