//! `kubernetes_node_lease`: the node lifecycle controller of Kubernetes, which watches the leases of the nodes.

use crate::catalogue::{Builtin, ParamForm, ParamInfo, PolicyEntry, PolicyKind};
use crate::{
    Duration, Evidence, FailureDetector, Instant, Judgement, NodeHealth, NodeId, ProbeOutcome, Verdict,
};
use alloc::boxed::Box;
use alloc::vec::Vec;

pub(crate) const BUILTIN: Builtin<dyn FailureDetector> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Detector,
        name: "kubernetes_node_lease",
        summary: "Failed at the first pass of a periodic monitor that finds no good answer for longer than a grace period.",
        source: "Kubernetes, kube-controller-manager: `--node-monitor-grace-period` (40 s up to 1.31, 50 s since), `--node-monitor-period` (5 s)",
        params: &[
            ParamInfo {
                name: "grace_period",
                doc: "Silence, from the pass that saw the last good answer on, beyond which a node is failed. Shorter \
                      finds crashes sooner; must cover several probe periods.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(40),
                    min: Duration::from_millis(1),
                    max: Duration::from_secs(86_400),
                },
            },
            ParamInfo {
                name: "monitor_period",
                doc: "From one pass of the monitor to the next. Longer adds up to two such periods to the detection.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(5),
                    min: Duration::from_millis(1),
                    max: Duration::from_secs(3_600),
                },
            },
        ],
        example: "kubernetes_node_lease: { grace_period: 40s, monitor_period: 5s }",
    },
    build: |params| {
        Ok(Box::new(KubernetesNodeLease::new(NodeMonitor {
            grace_period: params.duration("grace_period"),
            period: params.duration("monitor_period"),
            phase: Instant::ZERO,
        })))
    },
};

/// The monitor of the node lifecycle controller: it passes over all nodes at `phase`, `phase + period`, ...
///
/// A pass sees the leases renewed up to then, and marks a node as unknown when strictly more than the grace period has
/// gone by since the pass that saw its last renewal first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeMonitor {
    /// Silence beyond which a node is marked. Default 40 s.
    pub grace_period: Duration,
    /// From pass to pass. Default 5 s, at least 1 ns.
    pub period: Duration,
    /// The first pass.
    pub phase: Instant,
}

impl NodeMonitor {
    /// The pass that sees a renewal first.
    pub fn observed_at(&self, renewal: Instant) -> Instant {
        let waited = renewal.since(self.phase).as_nanos();
        self.pass(waited.div_ceil(self.period_ns()))
    }

    /// The pass that marks a node as unknown, if no renewal follows this one.
    pub fn marked_at(&self, renewal: Instant) -> Instant {
        let end = self.observed_at(renewal) + self.grace_period;
        self.pass(end.since(self.phase).as_nanos() / self.period_ns() + 1)
    }

    /// When pods are evicted from a marked node, if they tolerate the mark for so long; rate limits come on top.
    pub fn evicted_at(&self, renewal: Instant, toleration: Duration) -> Instant {
        self.marked_at(renewal) + toleration
    }

    fn pass(&self, index: u64) -> Instant {
        self.phase + Duration::from_nanos(self.period_ns()) * index
    }

    fn period_ns(&self) -> u64 {
        self.period.as_nanos().max(1)
    }
}

/// Judges each node by a [`NodeMonitor`]: a good answer is a renewal of its lease.
///
/// Known differences: the passes start with the run. They are looked at when a probe ends, so a node is failed at the
/// end of the first bad probe after the pass that marks it. A good answer heals at once, as a kubelet that is back sets
/// its own condition; the controller takes the taint away a pass later. Rates and zones of evictions are
/// [`ZoneState`](super::ZoneState): which nodes recover how fast is up to the recovery strategies.
#[derive(Clone, Debug)]
pub struct KubernetesNodeLease {
    monitor: NodeMonitor,
    /// The last renewal, by node; joining and restarting count.
    renewals: Vec<Option<Instant>>,
}

impl KubernetesNodeLease {
    /// A detector with this monitor.
    pub const fn new(monitor: NodeMonitor) -> Self {
        Self { monitor, renewals: Vec::new() }
    }

    fn renewal_mut(&mut self, node: NodeId) -> &mut Option<Instant> {
        if self.renewals.len() <= node.index() {
            self.renewals.resize(node.index() + 1, None);
        }
        &mut self.renewals[node.index()]
    }
}

impl FailureDetector for KubernetesNodeLease {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn reset(&mut self, now: Instant, node: NodeId) {
        *self.renewal_mut(node) = Some(now);
    }

    fn observe(
        &mut self,
        now: Instant,
        node: NodeId,
        health: &NodeHealth,
        outcome: ProbeOutcome,
    ) -> Judgement {
        let monitor = self.monitor;
        let renewal = self.renewal_mut(node);
        let renewed = match outcome {
            ProbeOutcome::Success => now,
            ProbeOutcome::Failure(_) => renewal.unwrap_or(health.last_success),
        };
        *renewal = Some(renewed);
        let verdict = match outcome {
            ProbeOutcome::Success => Verdict::Healthy,
            ProbeOutcome::Failure(_) if now >= monitor.marked_at(renewed) => Verdict::Failed,
            ProbeOutcome::Failure(_) => Verdict::Suspect,
        };
        let silent_for = now.since(renewed);
        let evidence = Evidence {
            misses: health.failures,
            silent_for,
            score: silent_for.as_secs_f64(),
            threshold: monitor.marked_at(renewed).since(renewed).as_secs_f64(),
            accusation: None,
        };
        Judgement { verdict, evidence }
    }
}
