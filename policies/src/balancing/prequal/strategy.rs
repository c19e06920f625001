//! `prequal`: probes tell requests in flight and latency; the fastest node that is not hot is chosen.

use super::{
    LatencyByLoad, Probe, ProbePool, ProbePoolLimits, ReuseSizes, RifSample, randomized_round, reuse_budget,
};
use crate::balancing::pick::{CHOICES_MAX, Halves, distinct};
use crate::catalogue::{Builtin, ParamForm, ParamInfo, PolicyEntry, PolicyKind};
use crate::{BalancingStrategy, Duration, Instant, NodeId, Pool, RequestOutcome, RouteRequest};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use rand_core::Rng;

/// Observations of requests in flight that the limit between hot and cold comes from. The paper leaves the number open.
const RIF_SAMPLES: usize = 128;
/// Most probes under way; above it none is sent.
const UNDERWAY_MAX: usize = 1_024;
/// Most uses of a probe, where the budget has no end.
const USES_MAX: f64 = 1_000.0;
/// 2^53, for uniform numbers below 1.
const UNIFORM: f64 = 9_007_199_254_740_992.0;

pub(crate) const BUILTIN: Builtin<dyn BalancingStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Balancing,
        name: "prequal",
        summary: "Probes tell load and latency; the fastest node that is not hot is chosen, the least loaded if all are.",
        source: "Wydrowski et al., Load is not what you should balance: Introducing Prequal, NSDI 2024",
        params: &[
            ParamInfo {
                name: "probe_rate",
                doc: "Probes sent per request, fractions over several requests. More knows nodes better and costs probes.",
                form: ParamForm::Number { default: 3.0, min: 0.0, max: CHOICES_MAX as f64 },
            },
            ParamInfo {
                name: "remove_rate",
                doc: "Probes removed from the pool per request, in turn the oldest and the worst.",
                form: ParamForm::Number { default: 1.0, min: 0.0, max: 16.0 },
            },
            ParamInfo {
                name: "probe_delay",
                doc: "Time from sending a probe to its answer.",
                form: ParamForm::Duration {
                    default: Duration::from_millis(1),
                    min: Duration::ZERO,
                    max: Duration::from_secs(60),
                },
            },
            ParamInfo {
                name: "pool_size",
                doc: "Most probes in the pool. More chooses among more nodes, on older news.",
                form: ParamForm::Count { default: 16, min: 1, max: 1_024 },
            },
            ParamInfo {
                name: "probe_age_max",
                doc: "Age above which a probe is not used.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(1),
                    min: Duration::from_millis(1),
                    max: Duration::from_secs(3_600),
                },
            },
            ParamInfo {
                name: "probes_min",
                doc: "Fewest probes in the pool; with less a random node is chosen.",
                form: ParamForm::Count { default: 2, min: 1, max: 1_024 },
            },
            ParamInfo {
                name: "q_rif",
                doc: "Quantile of the observed requests in flight above which a node is hot. 0 chooses by requests in \
                      flight alone, 1 by latency among all but the busiest.",
                form: ParamForm::Ratio { default: 0.84, min: 0.0, max: 1.0 },
            },
            ParamInfo {
                name: "delta",
                doc: "Slack in the number of uses of a probe. More uses each probe more often.",
                form: ParamForm::Number { default: 1.0, min: 0.0, max: 100.0 },
            },
        ],
        example: "prequal: { probe_rate: 3, q_rif: 84% }",
    },
    build: |params| {
        Ok(Box::new(Prequal::new(PrequalParams {
            probe_rate: params.number("probe_rate"),
            remove_rate: params.number("remove_rate"),
            probe_delay: params.duration("probe_delay"),
            pool: ProbePoolLimits {
                size: params.count("pool_size") as usize,
                age_max: params.duration("probe_age_max"),
                probes_min: params.count("probes_min") as usize,
            },
            hot_quantile: params.ratio("q_rif"),
            delta: params.number("delta"),
        })))
    },
};

/// Parameters of [`Prequal`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PrequalParams {
    /// Probes per request. Default 3, at most 16.
    pub probe_rate: f64,
    /// Removals per request. Default 1.
    pub remove_rate: f64,
    /// Time from a probe to its answer. Default 1 ms.
    pub probe_delay: Duration,
    /// The pool.
    pub pool: ProbePoolLimits,
    /// Quantile of requests in flight above which a node is hot. Default 0.84, about 2^-0.25.
    pub hot_quantile: f64,
    /// Slack in the number of uses of a probe. Default 1.
    pub delta: f64,
}

/// Chooses by Prequal with asynchronous probes.
///
/// Per request: answers that are due enter the pool; the hot-cold rule chooses among them, or a random node where there
/// are too few; probes are removed and new ones sent to different nodes drawn at random. Memory is taken only when a node
/// has more requests in flight than ever before; the work grows with the pool and the probes per request, not with the
/// number of nodes.
///
/// Simplified: a probe is no message. Its answer is what the balancer itself knows of the node, its own requests in
/// flight and their latencies ([`LatencyByLoad`]), read at the first request at or after the moment the answer is due. It
/// is never lost and costs the node nothing. The paper's nodes count the requests of all balancers. A node without a good
/// answer for some seconds has latency 0 and attracts requests.
#[derive(Clone, Debug)]
pub struct Prequal {
    params: PrequalParams,
    pool: ProbePool,
    sample: RifSample,
    /// By node; nodes that are not eligible have none.
    latencies: Vec<Option<LatencyByLoad>>,
    /// Probes under way: when the answer is due, and the node.
    underway: VecDeque<(Instant, NodeId)>,
    uses_per_probe: f64,
    /// Fractions of probes and removals that are owed.
    probes_owed: f64,
    removals_owed: f64,
}

impl Prequal {
    /// A strategy without nodes.
    pub fn new(params: PrequalParams) -> Self {
        Self {
            params,
            pool: ProbePool::new(params.pool),
            sample: RifSample::new(RIF_SAMPLES),
            latencies: Vec::new(),
            underway: VecDeque::with_capacity(UNDERWAY_MAX),
            uses_per_probe: 1.0,
            probes_owed: 0.0,
            removals_owed: 0.0,
        }
    }

    /// Lets the answers that are due enter the pool.
    fn receive(&mut self, now: Instant, pool: Pool<'_>, rng: &mut dyn Rng) {
        while let Some(&(due, node)) = self.underway.front()
            && due <= now
        {
            self.underway.pop_front();
            let uniform = (rng.next_u64() >> 11) as f64 / UNIFORM;
            let in_flight = pool.stats[node.index()].in_flight;
            let latencies = self.latencies[node.index()].as_ref();
            self.sample.add(in_flight);
            self.pool.add(Probe {
                node,
                in_flight,
                latency: latencies.map_or(Duration::ZERO, |latencies| latencies.estimate(now, in_flight)),
                received: due,
                uses: randomized_round(self.uses_per_probe, uniform),
            });
        }
    }

    fn send(&mut self, now: Instant, pool: Pool<'_>, draws: &mut Halves<'_>) {
        self.probes_owed += self.params.probe_rate;
        // At most CHOICES_MAX and a fraction; the cast cuts the fraction off.
        let whole = self.probes_owed as u32;
        self.probes_owed -= f64::from(whole);
        let (due, underway) = (now + self.params.probe_delay, &mut self.underway);
        distinct(draws, pool.eligible.len(), whole as usize, |position| {
            if underway.len() < UNDERWAY_MAX {
                underway.push_back((due, pool.eligible[position]));
            }
        });
    }
}

impl BalancingStrategy for Prequal {
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
        self.receive(now, pool, rng);
        let in_flight_max = self.sample.quantile(self.params.hot_quantile).map_or(f64::INFINITY, f64::from);
        let chosen = self.pool.take(now, in_flight_max);
        self.removals_owed += self.params.remove_rate;
        while self.removals_owed >= 1.0 {
            self.removals_owed -= 1.0;
            self.pool.remove_one(in_flight_max);
        }
        let mut draws = Halves::new(rng);
        let chosen = chosen.unwrap_or_else(|| pool.eligible[draws.position(pool.eligible.len())]);
        self.send(now, pool, &mut draws);
        if let Some(latencies) = &mut self.latencies[chosen.index()] {
            latencies.dispatched(now, pool.stats[chosen.index()].in_flight);
        }
        chosen
    }

    fn adjust_weights(&mut self, _now: Instant, pool: Pool<'_>) {
        let is_eligible = |node: NodeId| pool.eligible.binary_search(&node).is_ok();
        self.latencies.resize_with(pool.stats.len(), || None);
        for (index, latencies) in self.latencies.iter_mut().enumerate() {
            if is_eligible(NodeId(index as u32)) {
                latencies.get_or_insert_default();
            } else {
                *latencies = None;
            }
        }
        self.pool.retain(is_eligible);
        self.underway.retain(|(_, node)| is_eligible(*node));
        let sizes = ReuseSizes {
            nodes: pool.eligible.len() as f64,
            pool_size: self.params.pool.size as f64,
            probe_rate: self.params.probe_rate,
            remove_rate: self.params.remove_rate,
            delta: self.params.delta,
        };
        self.uses_per_probe = reuse_budget(&sizes).min(USES_MAX);
    }

    fn request_finished(&mut self, now: Instant, node: NodeId, outcome: RequestOutcome) {
        if outcome.ok
            && let Some(Some(latencies)) = self.latencies.get_mut(node.index())
        {
            latencies.finished(now, outcome.latency);
        }
    }
}
