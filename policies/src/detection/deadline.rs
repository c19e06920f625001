//! `deadline`: failed after a fixed time of silence.

use crate::catalogue::{Builtin, ParamForm, ParamInfo, PolicyEntry, PolicyKind};
use crate::{
    Duration, Evidence, FailureDetector, Instant, Judgement, NodeHealth, NodeId, ProbeOutcome, Verdict,
};
use alloc::boxed::Box;
use alloc::vec::Vec;

pub(crate) const BUILTIN: Builtin<dyn FailureDetector> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Detector,
        name: "deadline",
        summary: "Failed when no probe was answered well for a fixed time; one good answer heals.",
        source: "Akka, DeadlineFailureDetector (`acceptable-heartbeat-pause` plus `heartbeat-interval`)",
        params: &[ParamInfo {
            name: "pause",
            doc: "Silence after which a node is failed. Shorter finds crashes sooner; below two probe periods a \
                  single lost probe is taken for a failure. Judged at each probe, so detection takes up to \
                  pause + period + timeout.",
            form: ParamForm::Duration {
                default: Duration::from_secs(12),
                min: Duration::from_millis(1),
                max: Duration::from_secs(86_400),
            },
        }],
        example: "deadline: { pause: 12s }",
    },
    build: |params| Ok(Box::new(SilenceDeadline::new(params.duration("pause")))),
};

/// The heartbeats of one node, and whether the silence since the last one is too long.
///
/// A node that was never heard of is available. Source: Akka, `DeadlineFailureDetector`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeartbeatDeadline {
    last: Option<Instant>,
}

impl HeartbeatDeadline {
    /// Takes note of a heartbeat.
    pub const fn heard(&mut self, now: Instant) {
        self.last = Some(now);
    }

    /// The last heartbeat, if there was one: from then on the node is monitored.
    pub const fn last(&self) -> Option<Instant> {
        self.last
    }

    /// Whether less than `pause` has gone by since the last heartbeat.
    pub fn is_available(&self, now: Instant, pause: Duration) -> bool {
        self.last.is_none_or(|last| now.since(last) < pause)
    }
}

/// Declares a node failed when `pause` or more has gone by since its last good answer.
///
/// A node that has not answered yet is silent since it joined or was restarted. A bad answer does not end the
/// silence. The default of 12 s is two periods of 5 s and the answer of the third probe: three bad probes in
/// a row.
///
/// Known differences: Akka adds two settings (pause and interval) where this has their sum, and trusts a
/// node it has never heard of for ever.
#[derive(Clone, Debug)]
pub struct SilenceDeadline {
    pause: Duration,
    /// What was heard of each node, by node; joining and restarting count.
    nodes: Vec<HeartbeatDeadline>,
}

impl SilenceDeadline {
    /// A detector that waits for `pause`.
    pub const fn new(pause: Duration) -> Self {
        Self { pause, nodes: Vec::new() }
    }

    fn node_mut(&mut self, node: NodeId) -> &mut HeartbeatDeadline {
        if self.nodes.len() <= node.index() {
            self.nodes.resize(node.index() + 1, HeartbeatDeadline::default());
        }
        &mut self.nodes[node.index()]
    }
}

impl FailureDetector for SilenceDeadline {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn reset(&mut self, now: Instant, node: NodeId) {
        self.node_mut(node).heard(now);
    }

    fn observe(
        &mut self,
        now: Instant,
        node: NodeId,
        health: &NodeHealth,
        outcome: ProbeOutcome,
    ) -> Judgement {
        let pause = self.pause;
        let heartbeats = self.node_mut(node);
        let heard = match outcome {
            ProbeOutcome::Success => now,
            ProbeOutcome::Failure(_) => heartbeats.last().unwrap_or(health.last_success),
        };
        heartbeats.heard(heard);
        let silent_for = now.since(heard);
        let verdict = match outcome {
            ProbeOutcome::Success => Verdict::Healthy,
            ProbeOutcome::Failure(_) if !heartbeats.is_available(now, pause) => Verdict::Failed,
            ProbeOutcome::Failure(_) => Verdict::Suspect,
        };
        let evidence = Evidence {
            misses: health.failures,
            silent_for,
            score: silent_for.as_secs_f64(),
            threshold: pause.as_secs_f64(),
            accusation: None,
        };
        Judgement { verdict, evidence }
    }
}
