//! `consecutive`: failed after so many bad probes in a row, healthy again after so many good ones.

use crate::catalogue::{Builtin, ParamForm, ParamInfo, PolicyEntry, PolicyKind};
use crate::{Evidence, FailureDetector, Instant, Judgement, NodeHealth, NodeId, ProbeOutcome, Verdict};
use alloc::boxed::Box;
use alloc::vec::Vec;

pub(crate) const BUILTIN: Builtin<dyn FailureDetector> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Detector,
        name: "consecutive",
        summary: "Failed after so many bad probes in a row, healthy again after so many good ones.",
        source: "HAProxy configuration manual, `rise` and `fall` (defaults 2 and 3); Consul `failures_before_critical`; Kubernetes `failureThreshold` (default 3)",
        params: &[
            ParamInfo {
                name: "failures",
                doc: "Bad probes in a row after which a node is failed. Fewer find crashes sooner and take more \
                      healthy nodes for failed when probes are lost; a crash is found after at most \
                      failures * period + timeout.",
                form: ParamForm::Count { default: 3, min: 1, max: 1_000 },
            },
            ParamInfo {
                name: "successes",
                doc: "Good probes in a row after which a failed node is healthy again. More keep a flapping node \
                      out for longer and return a recovered node later.",
                form: ParamForm::Count { default: 2, min: 1, max: 1_000 },
            },
        ],
        example: "consecutive: { failures: 3, successes: 2 }",
    },
    build: |params| Ok(Box::new(Consecutive::new(params.count("failures"), params.count("successes")))),
};

/// Counts probes in a row, as HAProxy's `rise` and `fall` do.
///
/// A healthy node becomes failed at the `failures`-th bad probe in a row, a failed node healthy at the
/// `successes`-th good one. In between a node keeps its verdict; a healthy node with a bad last probe is
/// suspect.
///
/// Known differences: a node starts healthy, whereas HAProxy can start a server one failed check from down
/// and Kubernetes starts readiness as failed. Consul's separate count for `warning` has no counterpart.
#[derive(Clone, Debug)]
pub struct Consecutive {
    failures: u32,
    successes: u32,
    /// Whether a node is failed, by node.
    failed: Vec<bool>,
}

impl Consecutive {
    /// A detector with the given counts, in probes. Each counts at least 1.
    pub fn new(failures: u32, successes: u32) -> Self {
        Self { failures: failures.max(1), successes: successes.max(1), failed: Vec::new() }
    }

    fn failed_mut(&mut self, node: NodeId) -> &mut bool {
        if self.failed.len() <= node.index() {
            self.failed.resize(node.index() + 1, false);
        }
        &mut self.failed[node.index()]
    }
}

impl FailureDetector for Consecutive {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn reset(&mut self, _now: Instant, node: NodeId) {
        *self.failed_mut(node) = false;
    }

    fn successes_to_recover(&self) -> u32 {
        self.successes
    }

    fn observe(
        &mut self,
        now: Instant,
        node: NodeId,
        health: &NodeHealth,
        _outcome: ProbeOutcome,
    ) -> Judgement {
        let (falls, rises) = (health.failures >= self.failures, health.successes >= self.successes);
        let failed = self.failed_mut(node);
        *failed = falls || (*failed && !rises);
        let verdict = match (*failed, health.failures) {
            (true, _) => Verdict::Failed,
            (false, 0) => Verdict::Healthy,
            (false, _) => Verdict::Suspect,
        };
        let evidence = Evidence {
            misses: health.failures,
            silent_for: now.since(health.last_success),
            score: f64::from(health.failures),
            threshold: f64::from(self.failures),
            accusation: None,
        };
        Judgement { verdict, evidence }
    }
}
