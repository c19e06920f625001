//! `least_request`: Envoy's least request balancer, with weights and slow start.

use super::edf::EdfSchedule;
use super::scan::{full_scan, n_choices};
use super::slow_start::SlowStart;
use super::weights::weighing;
use crate::catalogue::{Builtin, ParamForm, ParamInfo, Params, PolicyEntry, PolicyKind};
use crate::{BalancingStrategy, Duration, Instant, NodeId, NodeStats, Pool, RouteRequest};
use alloc::boxed::Box;
use rand_core::Rng;

pub(crate) const BUILTIN: Builtin<dyn BalancingStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Balancing,
        name: "least_request",
        summary: "The less busy of nodes drawn at random; with unequal weights by a schedule of weight and load.",
        source: "Envoy, weighted least request load balancer and slow start mode",
        params: &[
            ParamInfo {
                name: "selection",
                doc: "How nodes of equal weight are chosen: the least busy of a few draws, or of all nodes.",
                form: ParamForm::Choice { words: &["n_choices", "full_scan"] },
            },
            ParamInfo {
                name: "choice_count",
                doc: "Draws with replacement for `n_choices`. More spreads better and herds more.",
                form: ParamForm::Count { default: 2, min: 2, max: 100 },
            },
            ParamInfo {
                name: "active_request_bias",
                doc: "How strongly load counts with unequal weights: weight / (in flight + 1)^bias. 0 is round robin by \
                      weight, more turns away from busy nodes sooner.",
                form: ParamForm::Number { default: 1.0, min: 0.0, max: 100.0 },
            },
            SLOW_START,
            AGGRESSION,
            WEIGHT_RATIO_MIN,
        ],
        example: "least_request: { choice_count: 3, slow_start: 60s }",
    },
    build: |params| {
        Ok(Box::new(LeastRequest::new(LeastRequestParams {
            scan_all: params.choice("selection") == 1,
            choice_count: params.count("choice_count"),
            bias: params.number("active_request_bias"),
            slow_start: slow_start(params),
        })))
    },
};

pub(super) const SLOW_START: ParamInfo = ParamInfo {
    name: "slow_start",
    doc: "Window after a node began to serve in which its weight grows to the whole. 0s is off. Longer spares cold nodes \
          and leaves the load to the others.",
    form: ParamForm::Duration {
        default: Duration::ZERO,
        min: Duration::ZERO,
        max: Duration::from_secs(86_400),
    },
};

pub(super) const AGGRESSION: ParamInfo = ParamInfo {
    name: "aggression",
    doc: "Form of the ramp of slow start: share = (elapsed / window)^(1 / aggression). 1 is a line, more begins steeper.",
    form: ParamForm::Number { default: 1.0, min: 0.01, max: 100.0 },
};

pub(super) const WEIGHT_RATIO_MIN: ParamInfo = ParamInfo {
    name: "min_weight",
    doc: "Smallest share of its weight that a node has in slow start.",
    form: ParamForm::Ratio { default: 0.1, min: 0.0, max: 1.0 },
};

/// Reads the three parameters of slow start.
pub(super) fn slow_start(params: &Params<'_>) -> SlowStart {
    SlowStart {
        window: params.duration(SLOW_START.name),
        aggression: params.number(AGGRESSION.name),
        weight_ratio_min: params.ratio(WEIGHT_RATIO_MIN.name),
    }
}

/// The weight of a host with so many active requests: `weight / (active + 1)^bias`.
pub fn effective_weight(weight: f64, active: u32, bias: f64) -> f64 {
    let requests = f64::from(active) + 1.0;
    // Envoy's short cuts, which also spare the power.
    if bias == 0.0 {
        weight
    } else if bias == 1.0 {
        weight / requests
    } else {
        weight / libm::pow(requests, bias)
    }
}

/// Parameters of [`LeastRequest`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeastRequestParams {
    /// Whether all nodes of equal weight are looked at, not only a few draws. Default false.
    pub scan_all: bool,
    /// Draws. Default 2.
    pub choice_count: u32,
    /// Power of the load. Default 1, at least 0.
    pub bias: f64,
    /// Ramp of new nodes. Off by default.
    pub slow_start: SlowStart,
}

/// Chooses as Envoy's least request balancer.
///
/// While all nodes weigh the same and none is in slow start, the least busy of a few draws ([`n_choices`]) or of all
/// ([`full_scan`]). Else an [`EdfSchedule`] with [`effective_weight`] times the factor of slow start, taken when a node
/// was picked. As in Envoy, the schedule is built anew with each change of membership or weight, and this is also when
/// the end of slow start is noticed.
///
/// Constant time with draws, logarithmic with the schedule, linear with a scan. Nodes of weight 0 are left out of the
/// schedule; if there are no others, all weigh 1.
#[derive(Clone, Debug)]
pub struct LeastRequest {
    params: LeastRequestParams,
    schedule: EdfSchedule,
    is_scheduled: bool,
}

impl LeastRequest {
    /// A strategy without nodes.
    pub fn new(params: LeastRequestParams) -> Self {
        Self { params, schedule: EdfSchedule::default(), is_scheduled: false }
    }
}

impl LeastRequestParams {
    fn weight(&self, now: Instant, stats: &NodeStats) -> f64 {
        let weight = effective_weight(f64::from(stats.weight.max(1)), stats.in_flight, self.bias);
        weight * self.slow_start.factor(now.since(stats.eligible_since))
    }
}

impl BalancingStrategy for LeastRequest {
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
        let params = self.params;
        if self.is_scheduled {
            let picked = self.schedule.pick(|node| params.weight(now, &pool.stats[node]));
            return picked.map_or(pool.eligible[0], |node| NodeId(node as u32));
        }
        let in_flight = |node: &NodeId| pool.stats[node.index()].in_flight;
        let chosen = if params.scan_all {
            full_scan(pool.eligible.iter().map(in_flight), || rng.next_u64())
        } else {
            let active = |position: usize| in_flight(&pool.eligible[position]);
            n_choices(pool.eligible.len(), params.choice_count, active, || rng.next_u64())
        };
        pool.eligible[chosen.unwrap_or(0)]
    }

    fn adjust_weights(&mut self, now: Instant, pool: Pool<'_>) {
        let params = self.params;
        let mut weights = weighing(pool).map(|(_, weight)| weight);
        let first = weights.next();
        let stats = |node: NodeId| &pool.stats[node.index()];
        let nobody_left_out = weighing(pool).count() == pool.eligible.len();
        let equal = nobody_left_out && weights.all(|weight| Some(weight) == first);
        let ramps = |node: &NodeId| params.slow_start.is_underway(now, stats(*node).eligible_since);
        self.is_scheduled = !equal || pool.eligible.iter().any(ramps);
        self.schedule.clear();
        if self.is_scheduled {
            for (node, _) in weighing(pool) {
                self.schedule.insert(node.index(), params.weight(now, stats(node)));
            }
        }
    }
}
