//! What is believed of each node and each service.

use crate::detection::{FailureDetector, Verdict};
use crate::membership::{Accusation, Change, MemberState, SwimSettings};
use crate::monitor::IntervalChecker;
use crate::{
    Deadline, DeadlineReason, DegradedReason, Duration, Evidence, FailureCause, HealthConfig, HealthEvent,
    Instant, Judgement, NodeHealth, NodeId, ProbeAnswer, ProbeId, ProbeOutcome, ServiceId,
};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

/// Watches nodes by probes and services by their numbers, and reports changes as [`HealthEvent`]s.
#[derive(Debug)]
pub struct HealthMonitor {
    checker: IntervalChecker,
    detector: Box<dyn FailureDetector>,
    /// By [`NodeId`].
    nodes: Vec<Watched>,
    healthy_ratio_min: f64,
    error_ratio_max: f64,
    /// Since when each service is degraded, by [`ServiceId`].
    degraded_since: Vec<Option<Instant>>,
}

/// What is believed of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Belief {
    /// Able to serve.
    #[default]
    Healthy,
    /// Able to serve, though it looks bad.
    Suspected,
    /// Failed.
    Failed {
        /// Since when.
        since: Instant,
    },
    /// Failed and being restarted: answers of the process that is about to go say nothing.
    Restarting {
        /// Failed since when.
        since: Instant,
    },
    /// Failed and restarted since: judged afresh, and not yet believed healthy.
    Restarted {
        /// Failed since when.
        since: Instant,
    },
}

#[derive(Clone, Copy, Debug)]
struct Watched {
    health: NodeHealth,
    belief: Belief,
    /// Of the last bad answer.
    cause: FailureCause,
    /// Whether it joined and has not left.
    present: bool,
}

impl HealthMonitor {
    /// A monitor without nodes.
    pub fn new(config: &HealthConfig, services: usize, detector: Box<dyn FailureDetector>) -> Self {
        Self {
            checker: IntervalChecker::new(config),
            detector,
            nodes: Vec::new(),
            healthy_ratio_min: config.degraded_healthy_ratio,
            error_ratio_max: config.degraded_error_ratio,
            degraded_since: vec![None; services],
        }
    }

    /// Judges by another detector from now on. Meant for the time before the first node joins.
    pub fn set_detector(&mut self, detector: Box<dyn FailureDetector>) {
        self.detector = detector;
    }

    /// The settings of the membership protocol that takes the place of probes, if one does.
    pub fn membership(&self) -> Option<&SwimSettings> {
        self.detector.membership()
    }

    /// Watches a node that is able to serve.
    pub fn join(&mut self, now: Instant, node: NodeId) {
        let fresh = Watched {
            health: NodeHealth::joined(now),
            belief: Belief::Healthy,
            cause: FailureCause::Unresponsive,
            present: false,
        };
        if self.nodes.len() <= node.index() {
            self.nodes.resize(node.index() + 1, fresh);
        }
        self.nodes[node.index()] = Watched { present: true, ..fresh };
        self.detector.reset(now, node);
        if self.detector.membership().is_none() {
            self.checker.join(now, node);
        }
    }

    /// Watches a node no longer.
    pub fn leave(&mut self, node: NodeId) {
        self.checker.leave(node);
        if let Some(watched) = self.nodes.get_mut(node.index()) {
            watched.present = false;
        }
    }

    /// A failed node is being restarted: it cannot recover before the restart has ended.
    pub fn restarting(&mut self, node: NodeId) {
        if let Some(watched) = self.nodes.get_mut(node.index())
            && let Belief::Failed { since } | Belief::Restarted { since } = watched.belief
        {
            watched.belief = Belief::Restarting { since };
        }
    }

    /// A restart ended well: the node is judged afresh, and recovers with its next good answers.
    pub fn restarted(&mut self, now: Instant, node: NodeId) {
        if let Some(watched) = self.nodes.get_mut(node.index()) {
            if let Belief::Failed { since } | Belief::Restarting { since } = watched.belief {
                watched.belief = Belief::Restarted { since };
            }
            watched.health = NodeHealth::joined(now);
            self.detector.reset(now, node);
        }
    }

    /// A restart failed or is waited for no longer: the node's answers count again.
    pub fn restart_given_up(&mut self, node: NodeId) {
        if let Some(watched) = self.nodes.get_mut(node.index())
            && let Belief::Restarting { since } | Belief::Restarted { since } = watched.belief
        {
            watched.belief = Belief::Failed { since };
        }
    }

    /// What is believed of a node.
    pub fn belief(&self, node: NodeId) -> Belief {
        self.nodes.get(node.index()).map_or(Belief::Healthy, |watched| watched.belief)
    }

    /// Whether a node is believed failed.
    pub fn is_failed(&self, node: NodeId) -> bool {
        match self.belief(node) {
            Belief::Failed { .. } | Belief::Restarting { .. } | Belief::Restarted { .. } => true,
            Belief::Healthy | Belief::Suspected => false,
        }
    }

    /// What a node that is believed failed failed of, as its last bad probe tells.
    pub fn failure_of(&self, node: NodeId) -> Option<FailureCause> {
        self.nodes.get(node.index()).filter(|_| self.is_failed(node)).map(|watched| watched.cause)
    }

    /// The consecutive outcomes of a node's probes, if it was ever watched.
    pub fn health(&self, node: NodeId) -> Option<&NodeHealth> {
        self.nodes.get(node.index()).map(|watched| &watched.health)
    }

    /// When the monitor has something to do next.
    pub fn next_deadline(&self) -> Option<Deadline> {
        let timeout =
            self.checker.next_timeout().map(|at| Deadline { at, reason: DeadlineReason::ProbeTimeout });
        let probe = self.checker.next_probe().map(|at| Deadline { at, reason: DeadlineReason::Probe });
        timeout.into_iter().chain(probe).min()
    }

    /// The next probe to send, if one is due.
    pub fn due_probe(&mut self, now: Instant) -> Option<(NodeId, ProbeId)> {
        self.checker.take_due_probe(now)
    }

    /// The next node whose probe has timed out, and what that means.
    pub fn due_timeout(&mut self, now: Instant) -> Option<(NodeId, Option<HealthEvent>)> {
        let node = self.checker.take_due_timeout(now)?;
        Some((node, self.observe(now, node, ProbeOutcome::Failure(FailureCause::Unresponsive))))
    }

    /// Takes an answer. Returns whether it counts, and what it means; an answer after its timeout does not.
    pub fn answered(
        &mut self,
        now: Instant,
        node: NodeId,
        probe: ProbeId,
        answer: ProbeAnswer,
    ) -> (bool, Option<HealthEvent>) {
        if !self.checker.answered(now, node, probe) {
            return (false, None);
        }
        let outcome = match answer {
            ProbeAnswer::Healthy => ProbeOutcome::Success,
            ProbeAnswer::Unhealthy => ProbeOutcome::Failure(FailureCause::Unhealthy),
            ProbeAnswer::Refused => ProbeOutcome::Failure(FailureCause::Crashed),
        };
        (true, self.observe(now, node, outcome))
    }

    /// Takes the word of the membership protocol for a node, where nodes judge each other. Others have joined and left on
    /// their own; the word about a node that is not watched says nothing.
    pub fn membership_changed(&mut self, now: Instant, node: NodeId, change: &Change) -> Option<HealthEvent> {
        let watched = self.nodes.get_mut(node.index()).filter(|watched| watched.present)?;
        let verdict = match change.state {
            MemberState::Unknown | MemberState::Alive => Verdict::Healthy,
            MemberState::Suspect => Verdict::Suspect,
            MemberState::Dead | MemberState::Left => Verdict::Failed,
        };
        match verdict {
            Verdict::Healthy => watched.health.record_success(now),
            Verdict::Suspect | Verdict::Failed => {
                watched.health.record_failure();
                watched.cause = FailureCause::Unresponsive;
            }
        }
        let judgement = Judgement { verdict, evidence: hearsay(change) };
        let (belief, event) = judge(now, node, *watched, verdict == Verdict::Healthy, judgement);
        watched.belief = belief;
        event
    }

    /// Compares a service with its limits. Reports only when it crosses them, either way.
    pub fn judge_service(
        &mut self,
        now: Instant,
        service: ServiceId,
        healthy: u32,
        total: u32,
        error_ratio: f64,
    ) -> Option<HealthEvent> {
        let few_healthy = f64::from(healthy) < self.healthy_ratio_min * f64::from(total);
        let many_errors = error_ratio > self.error_ratio_max;
        let since = self.degraded_since.get_mut(service.index())?;
        match *since {
            None if few_healthy || many_errors => {
                *since = Some(now);
                let reason =
                    if few_healthy { DegradedReason::FewHealthyNodes } else { DegradedReason::ManyErrors };
                Some(HealthEvent::ServiceDegraded { service, healthy, total, error_ratio, reason })
            }
            Some(began) if !few_healthy && !many_errors => {
                *since = None;
                Some(HealthEvent::ServiceRestored { service, degraded_for: now.since(began) })
            }
            None | Some(_) => None,
        }
    }

    /// Counts an outcome, asks the detector, and says whether the belief changed.
    fn observe(&mut self, now: Instant, node: NodeId, outcome: ProbeOutcome) -> Option<HealthEvent> {
        let watched = &mut self.nodes[node.index()];
        match outcome {
            ProbeOutcome::Success => watched.health.record_success(now),
            ProbeOutcome::Failure(cause) => {
                watched.health.record_failure();
                watched.cause = cause;
            }
        }
        let judgement = self.detector.observe(now, node, &watched.health, outcome);
        let recovers = outcome == ProbeOutcome::Success
            && matches!(watched.belief, Belief::Failed { .. } | Belief::Restarted { .. })
            && watched.health.should_recover(self.detector.successes_to_recover());
        let (belief, event) = judge(now, node, *watched, recovers, judgement);
        watched.belief = belief;
        let period = self.detector.next_period(node, self.checker.period());
        self.checker.set_period(now, node, period);
        event
    }
}

/// What the membership protocol saw: who suspects the node, and how long of how long.
fn hearsay(change: &Change) -> Evidence {
    let (accusers, lasted, timeout) = match change.accusation {
        Some(Accusation { confirmations, lasted, timeout, .. }) => (confirmations + 1, lasted, timeout),
        None => (1, Duration::ZERO, Duration::ZERO),
    };
    Evidence {
        misses: accusers,
        silent_for: lasted,
        score: lasted.as_secs_f64(),
        threshold: timeout.as_secs_f64(),
        accusation: change.accusation,
    }
}

/// The next belief and the event it makes, from the belief before and the detector's judgement.
///
/// Only enough good answers end a failure (`recovers`): a detector that has just been reset finds nothing wrong
/// with a node that is still silent.
fn judge(
    now: Instant,
    node: NodeId,
    before: Watched,
    recovers: bool,
    judgement: Judgement,
) -> (Belief, Option<HealthEvent>) {
    let evidence = judgement.evidence;
    match (before.belief, judgement.verdict) {
        (Belief::Healthy | Belief::Suspected, Verdict::Failed) => {
            let event = HealthEvent::NodeFailure { node, cause: before.cause, evidence };
            (Belief::Failed { since: now }, Some(event))
        }
        (Belief::Healthy, Verdict::Suspect) => {
            (Belief::Suspected, Some(HealthEvent::NodeSuspected { node, evidence }))
        }
        (Belief::Failed { since } | Belief::Restarted { since }, Verdict::Healthy) if recovers => {
            (Belief::Healthy, Some(HealthEvent::NodeRecovered { node, failed_for: now.since(since) }))
        }
        // Only a refusal proves that the process is gone: silence may be the way to it, and has its time limit.
        (Belief::Restarted { since }, Verdict::Failed)
            if before.health.failures > 0 && before.cause == FailureCause::Crashed =>
        {
            (Belief::Failed { since }, Some(HealthEvent::NodeFailedAgain { node, cause: before.cause }))
        }
        (Belief::Suspected, Verdict::Healthy) => (Belief::Healthy, None),
        (belief, Verdict::Healthy | Verdict::Suspect | Verdict::Failed) => (belief, None),
    }
}
