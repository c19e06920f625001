//! `haproxy`: the rise and fall counter of HAProxy.

use crate::catalogue::{Builtin, ParamForm, ParamInfo, PolicyEntry, PolicyKind};
use crate::{
    Duration, Evidence, FailureDetector, Instant, Judgement, NodeHealth, NodeId, ProbeOutcome, Verdict,
};
use alloc::boxed::Box;
use alloc::vec::Vec;

pub(crate) const BUILTIN: Builtin<dyn FailureDetector> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Detector,
        name: "haproxy",
        summary: "Down after `fall` bad checks, up after `rise` good ones, by HAProxy's one counter.",
        source: "HAProxy configuration manual, `fall` (3), `rise` (2), `fastinter`, `downinter`",
        params: &[
            ParamInfo {
                name: "fall",
                doc: "Bad probes in a row after which a node that was fully up is down. Fewer find crashes sooner and \
                      take more healthy nodes for failed when probes are lost.",
                form: ParamForm::Count { default: 3, min: 1, max: 1_000 },
            },
            ParamInfo {
                name: "rise",
                doc: "Good probes in a row after which a node that was fully down is up again.",
                form: ParamForm::Count { default: 2, min: 1, max: 1_000 },
            },
            ParamInfo {
                name: "fastinter",
                doc: "Time from probe to probe of a node on its way up or down. Shorter makes up its mind sooner. 0s: \
                      the period of the health monitor.",
                form: PERIOD,
            },
            ParamInfo {
                name: "downinter",
                doc: "Time from probe to probe of a node that is fully down. Longer spares it and finds its return \
                      later. 0s: the period of the health monitor.",
                form: PERIOD,
            },
        ],
        example: "haproxy: { fall: 3, rise: 2, fastinter: 1s }",
    },
    build: |params| {
        let period = |name| Some(params.duration(name)).filter(|period| !period.is_zero());
        let periods = ProbePeriods { fast: period("fastinter"), down: period("downinter") };
        Ok(Box::new(HaProxy::new(params.count("rise"), params.count("fall"), periods)))
    },
};

/// A period that may be left to the health monitor.
const PERIOD: ParamForm =
    ParamForm::Duration { default: Duration::ZERO, min: Duration::ZERO, max: Duration::from_secs(86_400) };

/// HAProxy's health counter: one number for "how far up or down".
///
/// It goes from 0 (down) to `rise + fall - 1` (up). A bad check takes one off, and the server is down with 0 as soon as
/// the counter is below `rise`; a good one adds one, and the server is up with the top value as soon as it reaches `rise`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RiseFall {
    rise: u32,
    fall: u32,
    counter: u32,
}

/// Where a server starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RiseFallStart {
    /// Fully up.
    Up,
    /// Up, and down with the first bad check, as HAProxy starts its servers.
    Startup,
    /// Down.
    Down,
}

impl RiseFall {
    /// A counter with these numbers of checks, each at least 1.
    pub fn new(rise: u32, fall: u32, start: RiseFallStart) -> Self {
        let (rise, fall) = (rise.max(1), fall.max(1));
        let counter = match start {
            RiseFallStart::Up => top(rise, fall),
            RiseFallStart::Startup => rise,
            RiseFallStart::Down => 0,
        };
        Self { rise, fall, counter }
    }

    /// Takes note of a check.
    pub fn check(&mut self, good: bool) {
        if good {
            self.counter = self.counter.saturating_add(1);
            if self.counter >= self.rise {
                self.counter = top(self.rise, self.fall);
            }
        } else {
            self.counter = self.counter.saturating_sub(1);
            if self.counter < self.rise {
                self.counter = 0;
            }
        }
    }

    /// The counter, 0 to `rise + fall - 1`.
    pub const fn counter(&self) -> u32 {
        self.counter
    }

    /// Whether the server is up.
    pub const fn is_up(&self) -> bool {
        self.counter >= self.rise
    }

    /// The time from one check to the next: `fast` on the way up or down, `down` when fully down, else the usual one.
    pub fn next_period(&self, usual: Duration, periods: &ProbePeriods) -> Duration {
        let other = match self.counter {
            0 => periods.down,
            counter if counter == top(self.rise, self.fall) => None,
            _ => periods.fast,
        };
        other.unwrap_or(usual)
    }
}

/// Periods that differ from the usual one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProbePeriods {
    /// On the way up or down (`fastinter`).
    pub fast: Option<Duration>,
    /// Fully down (`downinter`).
    pub down: Option<Duration>,
}

const fn top(rise: u32, fall: u32) -> u32 {
    rise.saturating_add(fall - 1)
}

/// Judges each node by a [`RiseFall`] counter.
///
/// Known differences: a node that joins starts fully up, as it was probed before it joined; HAProxy starts a server one
/// bad check from down. HAProxy counts a period from the end of a check, as the schedule `fixed_delay` does; with
/// `fixed_rate` it counts from the start, and a probe that would be due before the last one ended comes at its end.
#[derive(Clone, Debug)]
pub struct HaProxy {
    start: RiseFall,
    periods: ProbePeriods,
    /// By node.
    nodes: Vec<RiseFall>,
}

impl HaProxy {
    /// A detector with these numbers of checks, each at least 1, and these periods.
    pub fn new(rise: u32, fall: u32, periods: ProbePeriods) -> Self {
        Self { start: RiseFall::new(rise, fall, RiseFallStart::Up), periods, nodes: Vec::new() }
    }

    fn node_mut(&mut self, node: NodeId) -> &mut RiseFall {
        if self.nodes.len() <= node.index() {
            self.nodes.resize(node.index() + 1, self.start);
        }
        &mut self.nodes[node.index()]
    }
}

impl FailureDetector for HaProxy {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn reset(&mut self, _now: Instant, node: NodeId) {
        *self.node_mut(node) = self.start;
    }

    fn successes_to_recover(&self) -> u32 {
        self.start.rise
    }

    fn next_period(&self, node: NodeId, usual: Duration) -> Duration {
        self.nodes.get(node.index()).unwrap_or(&self.start).next_period(usual, &self.periods)
    }

    fn observe(
        &mut self,
        now: Instant,
        node: NodeId,
        health: &NodeHealth,
        outcome: ProbeOutcome,
    ) -> Judgement {
        let (top, rise) = (top(self.start.rise, self.start.fall), self.start.rise);
        let counter = self.node_mut(node);
        counter.check(outcome == ProbeOutcome::Success);
        let verdict = match (counter.is_up(), counter.counter() == top) {
            (true, true) => Verdict::Healthy,
            (true, false) => Verdict::Suspect,
            (false, _) => Verdict::Failed,
        };
        let evidence = Evidence {
            misses: health.failures,
            silent_for: now.since(health.last_success),
            score: f64::from(top - counter.counter()),
            threshold: f64::from(top - rise + 1),
            accusation: None,
        };
        Judgement { verdict, evidence }
    }
}
