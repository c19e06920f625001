//! `supervisor`: restarts a node until it crashes too often, then gives it up.

use crate::catalogue::{Builtin, ParamForm, ParamInfo, PolicyEntry, PolicyKind};
use crate::{Duration, Instant, NodeId, Proposal, RecoveryCase, RecoveryStep, RecoveryStrategy};
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::format;
use alloc::vec;

pub(crate) const BUILTIN: Builtin<dyn RecoveryStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Recovery,
        name: "supervisor",
        summary: "Restarts a failed node at once; one that fails too often is given up and replaced.",
        source: "Erlang/OTP `supervisor`, restart intensity (1) and period (5 s)",
        params: &[
            ParamInfo {
                name: "intensity",
                doc: "Restarts of one node allowed within `period`. Fewer give up a node in a crash loop sooner; with 0 \
                      the first failure is the last.",
                form: ParamForm::Count { default: 1, min: 0, max: 1_000 },
            },
            ParamInfo {
                name: "period",
                doc: "Span over which failures count, in whole seconds. Longer catches slower crash loops.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(5),
                    min: Duration::from_secs(1),
                    max: Duration::from_secs(7 * 86_400),
                },
            },
        ],
        example: "supervisor: { intensity: 3, period: 5m }",
    },
    build: |params| {
        let period_s = whole_seconds(params.duration("period"));
        Ok(Box::new(Supervisor::new(params.count("intensity"), period_s)))
    },
};

/// How often the children of a supervisor may crash (Erlang/OTP, `supervisor`, maximum restart intensity).
///
/// Crashes are counted by whole seconds of the clock: one counts while its second is at most `period_s` seconds ago.
/// With this one, `intensity` of them are allowed; one more ends the supervisor for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestartIntensity {
    intensity: u32,
    period_s: u64,
    /// Seconds of the crashes that count, oldest first.
    crashes: VecDeque<u64>,
    terminated: bool,
}

/// What a supervisor does about a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SupervisorDecision {
    /// It restarts the child.
    Restart,
    /// It gives up and ends itself.
    Terminate,
    /// It has ended before.
    AlreadyTerminated,
}

impl RestartIntensity {
    /// A supervisor that has seen no crash. Units: restarts, seconds.
    pub const fn new(intensity: u32, period_s: u64) -> Self {
        Self { intensity, period_s, crashes: VecDeque::new(), terminated: false }
    }

    /// Takes note of a crash.
    pub fn crash(&mut self, now: Instant) -> SupervisorDecision {
        if self.terminated {
            return SupervisorDecision::AlreadyTerminated;
        }
        let second = whole_seconds(now.since(Instant::ZERO));
        self.crashes.push_back(second);
        self.crashes.retain(|crash| crash.saturating_add(self.period_s) >= second);
        if self.crashes.len() > self.intensity as usize {
            self.terminated = true;
            return SupervisorDecision::Terminate;
        }
        SupervisorDecision::Restart
    }
}

fn whole_seconds(span: Duration) -> u64 {
    span.as_nanos() / Duration::from_secs(1).as_nanos()
}

/// A supervisor in each node, with the node's process as its only child. When it ends, the node is given up, and the
/// node manager may replace it; one that stays begins anew.
///
/// Known differences: the crash is the moment the failure is declared.
#[derive(Clone, Debug)]
pub struct Supervisor {
    intensity: u32,
    period_s: u64,
    nodes: BTreeMap<NodeId, RestartIntensity>,
}

impl Supervisor {
    /// Supervisors that have seen no crash. Units: restarts, seconds.
    pub const fn new(intensity: u32, period_s: u64) -> Self {
        Self { intensity, period_s, nodes: BTreeMap::new() }
    }
}

impl RecoveryStrategy for Supervisor {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn counts_failures(&self) -> bool {
        true
    }

    fn propose(&mut self, now: Instant, case: &RecoveryCase) -> Proposal {
        let (intensity, period_s) = (self.intensity, self.period_s);
        let node = self.nodes.entry(case.node).or_insert_with(|| RestartIntensity::new(intensity, period_s));
        match node.crash(now) {
            SupervisorDecision::Restart => Proposal::Steps(vec![RecoveryStep::restart(case.node)]),
            SupervisorDecision::Terminate | SupervisorDecision::AlreadyTerminated => {
                self.nodes.remove(&case.node);
                let within = Duration::from_secs(period_s);
                Proposal::GiveUp(format!("more than {intensity} failures within {within}"))
            }
        }
    }
}
