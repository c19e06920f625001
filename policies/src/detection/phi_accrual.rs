//! `phi_accrual`: failed when the silence is too unlikely, given the pauses between good answers so far.

use super::pause_window::PAUSES_MAX;
use super::phi_normal::{Heartbeats, PhiSettings, PhiTail};
use crate::catalogue::{Builtin, ParamForm, ParamInfo, PolicyEntry, PolicyKind};
use crate::{
    Duration, Evidence, FailureDetector, Instant, Judgement, NodeHealth, NodeId, ProbeOutcome, Verdict,
};
use alloc::boxed::Box;
use alloc::vec::Vec;

pub(crate) const BUILTIN: Builtin<dyn FailureDetector> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Detector,
        name: "phi_accrual",
        summary: "Failed when the silence is too unlikely, given the pauses between good answers so far.",
        source: "Hayashibara et al., The phi accrual failure detector, SRDS 2004; Akka, PhiAccrualFailureDetector and the defaults of its cluster module",
        params: &[
            ParamInfo {
                name: "threshold",
                doc: "Phi from which on a node is failed: phi 8 means a chance of 1 in 10^8 that the node is fine. \
                      Lower finds failures sooner and is wrong more often.",
                form: ParamForm::Number { default: 8.0, min: 0.1, max: 300.0 },
            },
            ParamInfo {
                name: "min_std_deviation",
                doc: "Least standard deviation assumed of the pauses. More tolerates jitter that the history has \
                      not shown yet and detects later.",
                form: ParamForm::Duration {
                    default: Duration::from_millis(100),
                    min: Duration::from_millis(1),
                    max: Duration::from_secs(3_600),
                },
            },
            ParamInfo {
                name: "acceptable_heartbeat_pause",
                doc: "Silence added to the mean pause before suspicion grows. More forgives lost probes and long \
                      garbage collections and detects later by as much.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(3),
                    min: Duration::ZERO,
                    max: Duration::from_secs(3_600),
                },
            },
            ParamInfo {
                name: "first_heartbeat_estimate",
                doc: "Pause assumed before any was measured; should be the probe period. Its standard deviation is \
                      assumed as a quarter of it, in whole milliseconds.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(5),
                    min: Duration::from_millis(1),
                    max: Duration::from_secs(3_600),
                },
            },
            ParamInfo {
                name: "max_sample_size",
                doc: "Pauses remembered per node. More is steadier, follows a changed network later and takes \
                      8 bytes each.",
                form: ParamForm::Count { default: 1_000, min: 1, max: PAUSES_MAX as u64 },
            },
            ParamInfo {
                name: "tail",
                doc: "How the chance of a longer pause is computed: `logistic` as Akka approximates it, `exact` by the \
                      normal distribution itself, which needs a little more silence for a small threshold and less for a \
                      great one.",
                form: ParamForm::Choice { words: &["logistic", "exact"] },
            },
        ],
        example: "phi_accrual: { threshold: 8, acceptable_heartbeat_pause: 3s }",
    },
    build: |params| {
        Ok(Box::new(PhiAccrual::new(PhiSettings {
            threshold: params.number("threshold"),
            min_std_deviation: params.duration("min_std_deviation"),
            acceptable_heartbeat_pause: params.duration("acceptable_heartbeat_pause"),
            first_heartbeat_estimate: params.duration("first_heartbeat_estimate"),
            max_sample_size: params.count("max_sample_size"),
            tail: if params.choice("tail") == 0 { PhiTail::Logistic } else { PhiTail::Exact },
        })))
    },
};

/// Score reported when phi is beyond what a float resolves (about 323.6).
const PHI_MAX: f64 = 324.0;

/// Judges by phi: minus the decimal logarithm of the chance that a healthy node is silent for so long.
///
/// The pauses between good answers are taken as normally distributed; the tail of the normal distribution is
/// the logistic approximation that Akka uses. A good answer is a heartbeat. At each probe's end phi is
/// computed from the time since the last heartbeat; at `threshold` or more the node is failed, below it a
/// node with a bad probe is suspect. A pause enters the history only if the node was not failed when it ended.
///
/// Known differences: joining and restarting count as the first heartbeat, as in Akka's cluster module, where
/// Akka's bare detector trusts a node it has never heard of for ever. Phi is looked at only when a probe
/// ends, so detection comes at the first probe's end after phi passed the threshold. Sums are exact integers,
/// so the history does not drift.
#[derive(Clone, Debug)]
pub struct PhiAccrual {
    settings: PhiSettings,
    /// What was heard of each node, by node.
    nodes: Vec<Heartbeats>,
}

impl PhiAccrual {
    /// A detector with these settings.
    pub fn new(settings: PhiSettings) -> Self {
        Self { settings, nodes: Vec::new() }
    }

    fn heartbeats_mut(&mut self, node: NodeId) -> &mut Heartbeats {
        if self.nodes.len() <= node.index() {
            self.nodes.resize_with(node.index() + 1, Heartbeats::default);
        }
        &mut self.nodes[node.index()]
    }
}

impl FailureDetector for PhiAccrual {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn reset(&mut self, now: Instant, node: NodeId) {
        let settings = self.settings;
        let heartbeats = self.heartbeats_mut(node);
        heartbeats.clear();
        heartbeats.heard(now, &settings);
    }

    fn observe(
        &mut self,
        now: Instant,
        node: NodeId,
        health: &NodeHealth,
        outcome: ProbeOutcome,
    ) -> Judgement {
        let settings = self.settings;
        let heartbeats = self.heartbeats_mut(node);
        match outcome {
            ProbeOutcome::Success => heartbeats.heard(now, &settings),
            ProbeOutcome::Failure(_) if heartbeats.last().is_none() => {
                heartbeats.heard(health.last_success, &settings);
            }
            ProbeOutcome::Failure(_) => {}
        }
        // A heartbeat that has just come leaves nothing to suspect.
        let (verdict, score) = match outcome {
            ProbeOutcome::Success => (Verdict::Healthy, 0.0),
            ProbeOutcome::Failure(_) => match heartbeats.phi(now, &settings).min(PHI_MAX) {
                phi if phi >= settings.threshold => (Verdict::Failed, phi),
                phi => (Verdict::Suspect, phi),
            },
        };
        let evidence = Evidence {
            misses: health.failures,
            silent_for: now.since(heartbeats.last().unwrap_or(health.last_success)),
            score,
            threshold: settings.threshold,
            accusation: None,
        };
        Judgement { verdict, evidence }
    }
}
