//! `consul`: the counters between a Consul check and the status of its service.

use crate::catalogue::{Builtin, ParamForm, ParamInfo, PolicyEntry, PolicyKind};
use crate::{Evidence, FailureDetector, Instant, Judgement, NodeHealth, NodeId, ProbeOutcome, Verdict};
use alloc::boxed::Box;
use alloc::vec::Vec;

pub(crate) const BUILTIN: Builtin<dyn FailureDetector> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Detector,
        name: "consul",
        summary: "Passing, warning (suspect) or critical (failed) by Consul's counts of checks in a row.",
        source: "Consul, check definition: `success_before_passing` (0), `failures_before_warning` (as before critical), `failures_before_critical` (0)",
        params: &[
            ParamInfo {
                name: "success_before_passing",
                doc: "Good probes in a row after which a node is healthy again; 0 counts as 1. More keep a flapping \
                      node out for longer.",
                form: ParamForm::Count { default: 0, min: 0, max: 1_000 },
            },
            ParamInfo {
                name: "failures_before_warning",
                doc: "Bad probes in a row after which a node is suspect. 0: the same as `failures_before_critical`, \
                      so that a node is never suspect.",
                form: ParamForm::Count { default: 0, min: 0, max: 1_000 },
            },
            ParamInfo {
                name: "failures_before_critical",
                doc: "Bad probes in a row after which a node is failed; 0 counts as 1. Fewer find crashes sooner and \
                      take more healthy nodes for failed when probes are lost.",
                form: ParamForm::Count { default: 0, min: 0, max: 1_000 },
            },
        ],
        example: "consul: { success_before_passing: 2, failures_before_warning: 1, failures_before_critical: 3 }",
    },
    build: |params| {
        let failures_before_critical = params.count("failures_before_critical");
        Ok(Box::new(Consul::new(ConsulThresholds {
            success_before_passing: params.count("success_before_passing"),
            failures_before_warning: match params.count("failures_before_warning") {
                0 => failures_before_critical,
                failures => failures,
            },
            failures_before_critical,
        })))
    },
};

/// The status of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckStatus {
    /// All is well.
    Passing,
    /// The service still gets traffic.
    Warning,
    /// It does not.
    Critical,
}

/// Checks in a row before the status follows. Unit: checks; 0 counts as 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConsulThresholds {
    /// Passing or warning ones, before either is published.
    pub success_before_passing: u32,
    /// Critical ones, before warning is published.
    pub failures_before_warning: u32,
    /// Critical ones, before critical is published.
    pub failures_before_critical: u32,
}

/// Consul's status handler for one check.
///
/// Passing and warning are both successes: after enough of them in a row the last one's status is published. Critical is
/// a failure. Both counters start full, so the very first check counts at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusHandler {
    thresholds: ConsulThresholds,
    status: CheckStatus,
    successes: u32,
    failures: u32,
}

impl StatusHandler {
    /// A handler that has published this status, with full counters.
    pub const fn new(thresholds: ConsulThresholds, status: CheckStatus) -> Self {
        let (successes, failures) = (thresholds.success_before_passing, thresholds.failures_before_critical);
        Self { thresholds, status, successes, failures }
    }

    /// Takes the result of a check.
    pub const fn check(&mut self, result: CheckStatus) {
        match result {
            CheckStatus::Passing | CheckStatus::Warning => {
                self.failures = 0;
                self.successes = self.successes.saturating_add(1);
                if self.successes >= self.thresholds.success_before_passing {
                    self.status = result;
                }
            }
            CheckStatus::Critical => {
                self.successes = 0;
                self.failures = self.failures.saturating_add(1);
                if self.failures >= self.thresholds.failures_before_critical {
                    self.status = CheckStatus::Critical;
                } else if self.failures >= self.thresholds.failures_before_warning {
                    self.status = CheckStatus::Warning;
                }
            }
        }
    }

    /// The published status.
    pub const fn status(&self) -> CheckStatus {
        self.status
    }
}

/// Judges each node by a [`StatusHandler`]: warning is suspect, critical failed.
///
/// A good answer is a passing check, any other outcome a critical one. While a node is passing with bad last answers it
/// stays healthy, as in Consul.
///
/// Known differences: a node that joins or was restarted starts passing with empty counters, as it was probed before it
/// joined; Consul starts checks as critical with full ones. Answers of an unhealthy node could be warnings; they count
/// as critical, as Consul's TCP and TTL checks do.
#[derive(Clone, Debug)]
pub struct Consul {
    thresholds: ConsulThresholds,
    /// By node.
    nodes: Vec<StatusHandler>,
}

impl Consul {
    /// A detector with these thresholds.
    pub const fn new(thresholds: ConsulThresholds) -> Self {
        Self { thresholds, nodes: Vec::new() }
    }

    fn handler_mut(&mut self, node: NodeId) -> &mut StatusHandler {
        let start = self.start();
        if self.nodes.len() <= node.index() {
            self.nodes.resize(node.index() + 1, start);
        }
        &mut self.nodes[node.index()]
    }

    /// Of a node that is known to serve.
    const fn start(&self) -> StatusHandler {
        StatusHandler { thresholds: self.thresholds, status: CheckStatus::Passing, successes: 0, failures: 0 }
    }
}

impl FailureDetector for Consul {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn reset(&mut self, _now: Instant, node: NodeId) {
        *self.handler_mut(node) = self.start();
    }

    fn successes_to_recover(&self) -> u32 {
        self.thresholds.success_before_passing.max(1)
    }

    fn observe(
        &mut self,
        now: Instant,
        node: NodeId,
        health: &NodeHealth,
        outcome: ProbeOutcome,
    ) -> Judgement {
        let threshold = f64::from(self.thresholds.failures_before_critical.max(1));
        let handler = self.handler_mut(node);
        handler.check(match outcome {
            ProbeOutcome::Success => CheckStatus::Passing,
            ProbeOutcome::Failure(_) => CheckStatus::Critical,
        });
        let verdict = match handler.status() {
            CheckStatus::Passing => Verdict::Healthy,
            CheckStatus::Warning => Verdict::Suspect,
            CheckStatus::Critical => Verdict::Failed,
        };
        let evidence = Evidence {
            misses: health.failures,
            silent_for: now.since(health.last_success),
            score: f64::from(health.failures),
            threshold,
            accusation: None,
        };
        Judgement { verdict, evidence }
    }
}
