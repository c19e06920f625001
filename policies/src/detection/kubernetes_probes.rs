//! `kubernetes_probes`: liveness, readiness and startup probes of the Kubernetes kubelet.

use super::kubernetes_probe::{ProbeResult, ProbeSpec, ProbeType, ProbeWorker};
use crate::catalogue::{Builtin, ParamForm, ParamInfo, PolicyEntry, PolicyKind};
use crate::{
    Duration, Evidence, FailureDetector, Instant, Judgement, NodeHealth, NodeId, ProbeOutcome, Verdict,
};
use alloc::boxed::Box;
use alloc::vec::Vec;

pub(crate) const BUILTIN: Builtin<dyn FailureDetector> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Detector,
        name: "kubernetes_probes",
        summary: "Failed when liveness or startup probes fail, until restarted; suspect while readiness fails.",
        source: "Kubernetes, `pkg/kubelet/prober` and Probe v1: `failureThreshold` (3), `successThreshold` (1), `initialDelaySeconds` (0)",
        params: &[
            ParamInfo {
                name: "liveness_failures",
                doc: "Bad probes in a row after which a started node is failed and stays so until it is restarted. \
                      Fewer find crashes sooner and restart more healthy nodes when probes are lost.",
                form: ParamForm::Count { default: 3, min: 1, max: 1_000 },
            },
            ParamInfo {
                name: "readiness_failures",
                doc: "Bad probes in a row after which a node is not ready, which shows as suspect.",
                form: ParamForm::Count { default: 3, min: 1, max: 1_000 },
            },
            ParamInfo {
                name: "readiness_successes",
                doc: "Good probes in a row after which a node is ready, and after a restart healthy again.",
                form: ParamForm::Count { default: 1, min: 1, max: 1_000 },
            },
            ParamInfo {
                name: "startup_failures",
                doc: "Bad probes in a row that a node may give before its first good one; at the last it is failed. \
                      0: no startup probe, a node counts as started at once.",
                form: ParamForm::Count { default: 0, min: 0, max: 10_000 },
            },
            ParamInfo {
                name: "initial_delay",
                doc: "Time after joining or a restart during which probes do not count. Its age counts in whole \
                      seconds.",
                form: ParamForm::Duration {
                    default: Duration::ZERO,
                    min: Duration::ZERO,
                    max: Duration::from_secs(86_400),
                },
            },
        ],
        example: "kubernetes_probes: { liveness_failures: 3, startup_failures: 30 }",
    },
    build: |params| {
        Ok(Box::new(KubernetesProbes::new(ProbesSettings {
            liveness_failures: params.count("liveness_failures"),
            readiness_failures: params.count("readiness_failures"),
            readiness_successes: params.count("readiness_successes"),
            startup_failures: params.count("startup_failures"),
            initial_delay: params.duration("initial_delay"),
        })))
    },
};

/// Settings of [`KubernetesProbes`]; the catalogue has their meaning, units, defaults and ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProbesSettings {
    /// Bad probes in a row after which a started node is failed.
    pub liveness_failures: u32,
    /// Bad probes in a row after which it is not ready.
    pub readiness_failures: u32,
    /// Good ones after which it is ready.
    pub readiness_successes: u32,
    /// Bad ones in a row before the first good one, 0 for no startup probe.
    pub startup_failures: u32,
    /// Time after a start during which probes do not count.
    pub initial_delay: Duration,
}

/// Judges each node as the kubelet judges a container by three probes, all of which see the same answers.
///
/// Liveness or startup published failure: failed, and on hold until the node is restarted, whatever it answers. Else
/// readiness published failure, or the last answer was bad: suspect. A good answer that ends the startup probe counts
/// for the other two as well.
///
/// Known differences: the period is that of the health monitor. A node that is not ready keeps its traffic, since only
/// failure takes a node out of the rotation here. The hold lasts until a recovery strategy restarts or replaces the
/// node: without one it lasts for ever, where the kubelet restarts by itself. A restart makes new workers, so that a
/// leftover run of the old container does not count.
#[derive(Clone, Debug)]
pub struct KubernetesProbes {
    settings: ProbesSettings,
    /// By node.
    nodes: Vec<Container>,
}

/// The workers of one node.
#[derive(Clone, Copy, Debug)]
struct Container {
    /// When it joined or was restarted.
    since: Instant,
    startup: ProbeWorker,
    liveness: ProbeWorker,
    readiness: ProbeWorker,
}

impl KubernetesProbes {
    /// A detector with these settings.
    pub const fn new(settings: ProbesSettings) -> Self {
        Self { settings, nodes: Vec::new() }
    }

    fn container_mut(&mut self, node: NodeId) -> &mut Container {
        let fresh = Container::new(Instant::ZERO, &self.settings);
        if self.nodes.len() <= node.index() {
            self.nodes.resize(node.index() + 1, fresh);
        }
        &mut self.nodes[node.index()]
    }
}

impl Container {
    fn new(since: Instant, settings: &ProbesSettings) -> Self {
        let spec = |failure_threshold, success_threshold| ProbeSpec {
            failure_threshold,
            success_threshold,
            ..ProbeSpec::default()
        };
        let started = settings.startup_failures == 0;
        let readiness = spec(settings.readiness_failures, settings.readiness_successes);
        Self {
            since,
            startup: ProbeWorker::new(ProbeType::Startup, &spec(settings.startup_failures, 1), started),
            liveness: ProbeWorker::new(ProbeType::Liveness, &spec(settings.liveness_failures, 1), started),
            readiness: ProbeWorker::new(ProbeType::Readiness, &readiness, started),
        }
    }

    fn outcome(&mut self, good: bool) {
        self.startup.outcome(good);
        if self.startup.result() == ProbeResult::Success {
            self.startup.mark_started();
            self.liveness.mark_started();
            self.readiness.mark_started();
        }
        self.liveness.outcome(good);
        self.readiness.outcome(good);
    }

    fn is_failed(&self) -> bool {
        self.startup.result() == ProbeResult::Failure || self.liveness.result() == ProbeResult::Failure
    }
}

impl FailureDetector for KubernetesProbes {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn reset(&mut self, now: Instant, node: NodeId) {
        *self.container_mut(node) = Container::new(now, &self.settings);
    }

    fn successes_to_recover(&self) -> u32 {
        self.settings.readiness_successes
    }

    fn observe(
        &mut self,
        now: Instant,
        node: NodeId,
        health: &NodeHealth,
        outcome: ProbeOutcome,
    ) -> Judgement {
        let settings = self.settings;
        let container = self.container_mut(node);
        let good = outcome == ProbeOutcome::Success;
        let spec = ProbeSpec { initial_delay: settings.initial_delay, ..ProbeSpec::default() };
        if !spec.is_idle(container.since, now) {
            container.outcome(good);
        }
        let ready = container.readiness.result() == ProbeResult::Success;
        let verdict = match (container.is_failed(), good && ready) {
            (true, _) => Verdict::Failed,
            (false, true) => Verdict::Healthy,
            (false, false) => Verdict::Suspect,
        };
        let startup = container.startup.result() != ProbeResult::Success && settings.startup_failures > 0;
        let evidence = Evidence {
            misses: health.failures,
            silent_for: now.since(health.last_success),
            score: f64::from(health.failures),
            threshold: f64::from(if startup {
                settings.startup_failures
            } else {
                settings.liveness_failures
            }),
            accusation: None,
        };
        Judgement { verdict, evidence }
    }
}
