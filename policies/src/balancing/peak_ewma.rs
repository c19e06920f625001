//! `peak_ewma`: the node with the lower latency times load of two drawn at random.

use super::pick::{Halves, distinct};
use crate::catalogue::{Builtin, ParamForm, ParamInfo, PolicyEntry, PolicyKind};
use crate::{BalancingStrategy, Duration, Instant, NodeId, Pool, RequestOutcome, RouteRequest};
use alloc::boxed::Box;
use alloc::vec::Vec;
use rand_core::Rng;

/// Finagle's cost of a node without a measured latency that has requests in flight.
const PENALTY: f64 = (i64::MAX >> 16) as f64;

pub(crate) const BUILTIN: Builtin<dyn BalancingStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Balancing,
        name: "peak_ewma",
        summary: "Of two nodes drawn at random the one with the lower peak-sensitive latency times requests in flight.",
        source: "Tower, `tower::load::PeakEwma` (Linkerd); Finagle, `Balancers.p2cPeakEwma`",
        params: &[
            ParamInfo {
                name: "flavour",
                doc: "Tower begins with `default_rtt`; Finagle with no latency, and lets a node that it does not know \
                      serve one request at a time.",
                form: ParamForm::Choice { words: &["tower", "finagle"] },
            },
            ParamInfo {
                name: "decay",
                doc: "Time in which the weight of an old latency falls to 1/e. Longer forgets a peak later.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(10),
                    min: Duration::from_nanos(1),
                    max: Duration::from_secs(86_400),
                },
            },
            ParamInfo {
                name: "default_rtt",
                doc: "Latency that `tower` assumes of a node that has just joined (Linkerd: 30 ms). More sends it less.",
                form: ParamForm::Duration {
                    default: Duration::from_millis(30),
                    min: Duration::ZERO,
                    max: Duration::from_secs(3_600),
                },
            },
        ],
        example: "peak_ewma: { flavour: tower, decay: 10s }",
    },
    build: |params| {
        let decay = params.duration("decay");
        Ok(Box::new(PeakEwma::new(match params.choice("flavour") {
            0 => PeakEwmaRule::tower(decay, params.duration("default_rtt")),
            _ => PeakEwmaRule::finagle(decay),
        })))
    },
};

/// How latencies are averaged and weighed with load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeakEwmaRule {
    decay_ns: f64,
    start_ns: f64,
    /// Whether a node without a measured latency takes one request only.
    penalty: bool,
}

/// The average latency of one node: it jumps up to each higher sample and decays exponentially from there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeakLatency {
    estimate_ns: f64,
    last: Instant,
}

impl PeakEwmaRule {
    /// Tower's: a node begins with `default_rtt`, cost is `estimate * (pending + 1)`.
    pub const fn tower(decay: Duration, default_rtt: Duration) -> Self {
        Self { decay_ns: decay.as_nanos() as f64, start_ns: default_rtt.as_nanos() as f64, penalty: false }
    }

    /// Finagle's: a node begins with 0, and costs `((2^63 - 1) >> 16) + pending` while it has requests but no estimate.
    pub const fn finagle(decay: Duration) -> Self {
        Self { decay_ns: decay.as_nanos() as f64, start_ns: 0.0, penalty: true }
    }

    /// The account of a node that joins.
    pub const fn start(&self, now: Instant) -> PeakLatency {
        PeakLatency { estimate_ns: self.start_ns, last: now }
    }

    /// Takes note of a latency: a higher one replaces the estimate, a lower one is averaged in with weight
    /// `1 - exp(-elapsed / decay)`.
    pub fn update(&self, latency: &mut PeakLatency, now: Instant, sample: Duration) {
        let sample_ns = sample.as_nanos() as f64;
        if latency.estimate_ns < sample_ns {
            latency.estimate_ns = sample_ns;
        } else {
            let elapsed_ns = now.since(latency.last).as_nanos() as f64;
            let old = libm::exp(-elapsed_ns / self.decay_ns);
            latency.estimate_ns = latency.estimate_ns * old + sample_ns * (1.0 - old);
        }
        latency.last = now;
    }

    /// The cost of a node with so many requests in flight, in nanoseconds; asking decays the estimate.
    pub fn cost_ns(&self, latency: &mut PeakLatency, now: Instant, pending: u32) -> f64 {
        self.update(latency, now, Duration::ZERO);
        if self.penalty && latency.estimate_ns == 0.0 && pending > 0 {
            return PENALTY + f64::from(pending);
        }
        latency.estimate_ns * (f64::from(pending) + 1.0)
    }
}

/// Draws two different nodes as [`PowerOfTwo`](super::PowerOfTwo) and chooses the one with the lower cost; the first one
/// on a tie.
///
/// Constant time. The end of each request, good or not, is a sample. Known differences: Finagle's draws prefer nodes
/// that are open; here all eligible nodes are. A node that comes back begins anew.
#[derive(Clone, Debug)]
pub struct PeakEwma {
    rule: PeakEwmaRule,
    /// By node; nodes that are not eligible have none.
    latencies: Vec<Option<PeakLatency>>,
}

impl PeakEwma {
    /// A strategy without nodes.
    pub const fn new(rule: PeakEwmaRule) -> Self {
        Self { rule, latencies: Vec::new() }
    }
}

impl BalancingStrategy for PeakEwma {
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
        let mut best: Option<(NodeId, f64)> = None;
        distinct(&mut Halves::new(rng), pool.eligible.len(), 2, |position| {
            let node = pool.eligible[position];
            let Some(latency) = &mut self.latencies[node.index()] else { return };
            let cost = self.rule.cost_ns(latency, now, pool.stats[node.index()].in_flight);
            if best.is_none_or(|(_, least)| cost < least) {
                best = Some((node, cost));
            }
        });
        best.map_or(pool.eligible[0], |(node, _)| node)
    }

    fn adjust_weights(&mut self, now: Instant, pool: Pool<'_>) {
        let rule = self.rule;
        self.latencies.resize(pool.stats.len(), None);
        let mut next = 0;
        for (index, latency) in self.latencies.iter_mut().enumerate() {
            if pool.eligible.get(next).is_some_and(|node| node.index() == index) {
                latency.get_or_insert_with(|| rule.start(now));
                next += 1;
            } else {
                *latency = None;
            }
        }
    }

    fn request_finished(&mut self, now: Instant, node: NodeId, outcome: RequestOutcome) {
        if let Some(Some(latency)) = self.latencies.get_mut(node.index()) {
            self.rule.update(latency, now, outcome.latency);
        }
    }
}
