//! The chain of one fault and one node: fault, missed probes, declaration, plan, steps, node or replacement back.

use super::links::{Builder, LinkName};
use super::settings;
use crate::control::{decisions, step_word};
use crate::human;
use crate::narrative::outcome_words;
use crate::recovery_times::{Recovery, RecoveryOutcome};
use crate::why::{cause_words, ejection_words};
use cusinart_policies::membership::Accusation;
use cusinart_policies::{
    Decision, EjectionReason, Evidence, FailureCause, Instant, NodeId, ServiceId, StepKind, StepOutcome,
};
use cusinart_record::{Fact, FactKind, FaultId, FaultKind, NodeState, RunRecord};
use cusinart_scenarios::Scenario;

/// A stretch of a node's life to be told link by link.
pub(super) struct Walk<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) record: &'a RunRecord,
    /// The fault, if one is to blame.
    pub(super) fault: Option<FaultId>,
    pub(super) node: NodeId,
    /// The node that served in its place, if one did.
    pub(super) by: Option<NodeId>,
    pub(super) from: Instant,
    pub(super) to: Instant,
    /// What its effect is called.
    pub(super) effect: Effect,
}

/// The first effect on what an agreement counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Effect {
    pub(super) what: &'static str,
    pub(super) setting: Option<String>,
}

impl Effect {
    /// Adds the link up to the effect.
    pub(super) fn tell(&self, chain: &mut Builder, at: Instant) {
        chain.until(at, LinkName::Effect, self.what, self.setting.clone());
    }
}

/// What the walk has seen so far.
struct Seen {
    /// Requests were affected from here on; until it is told.
    effect: Option<Instant>,
    suspected: bool,
    declared: bool,
    /// A restart is being carried out.
    restarting: bool,
    /// Its machine boots by itself.
    booting: bool,
    service: ServiceId,
}

impl Walk<'_> {
    /// Adds the links up to the end of the walk or the last fact about the node in it. `effect` is when requests
    /// were first affected, if that is to be told.
    pub(super) fn tell(&self, chain: &mut Builder, effect: Option<Instant>) {
        let service = settings::service_of(self.record, self.node).unwrap_or_default();
        let effect = effect.filter(|at| *at <= self.to);
        let mut seen =
            Seen { effect, suspected: false, declared: false, restarting: false, booting: false, service };
        let facts = &self.record.facts;
        let first = facts.partition_point(|fact| fact.at < self.from);
        for fact in facts[first..].iter().take_while(|fact| fact.at <= self.to) {
            self.fact(chain, &mut seen, fact);
        }
        self.tell_effect(chain, &mut seen, self.to);
    }

    fn tell_effect(&self, chain: &mut Builder, seen: &mut Seen, before: Instant) {
        if let Some(at) = seen.effect.filter(|at| *at <= before) {
            self.effect.tell(chain, at);
            seen.effect = None;
        }
    }

    fn fact(&self, chain: &mut Builder, seen: &mut Seen, fact: &Fact) {
        self.tell_effect(chain, seen, fact.at);
        match &fact.kind {
            FactKind::Decision(decision) => self.decision(chain, seen, fact.at, decision),
            FactKind::NodeState { node, state } => self.state(chain, seen, fact.at, (*node, *state)),
            FactKind::FaultEnded { fault } if Some(*fault) == self.fault => {
                // A try of a restart goes on, whatever ends meanwhile.
                if self.has_its_own_end(*fault) && !seen.restarting {
                    self.fault_over(chain, seen, fact.at);
                }
            }
            FactKind::FaultEnded { .. }
            | FactKind::FaultBegan { .. }
            | FactKind::FaultMissed { .. }
            | FactKind::NodeProvisioned { .. }
            | FactKind::ReplicasLost { .. }
            | FactKind::ShardLost { .. }
            | FactKind::Breaker { .. } => {}
        }
    }

    /// Whether the end of a fault says something that the states of the node do not: a crash or a hang is over when
    /// the node is up again.
    fn has_its_own_end(&self, fault: FaultId) -> bool {
        self.record.faults.get(fault.index()).is_some_and(|fault| match fault.kind {
            FaultKind::Crash | FaultKind::Hang => false,
            FaultKind::CrashLoop
            | FaultKind::Slow
            | FaultKind::ZoneOutage
            | FaultKind::Partition
            | FaultKind::Loss => true,
        })
    }

    fn fault_over(&self, chain: &mut Builder, seen: &Seen, at: Instant) {
        let fault = self.fault.and_then(|fault| self.record.faults.get(fault.index()));
        let label = fault.map_or("the fault", |fault| fault.label.as_str());
        let unseen = if seen.suspected || seen.declared { "" } else { ", and no probe shows it" };
        chain.until(at, LinkName::Fault, format!("{label} goes on{unseen}"), self.blind_setting(seen));
    }

    /// A fault that nobody noticed went on because health checks do not see it; passive checks might.
    fn blind_setting(&self, seen: &Seen) -> Option<String> {
        let config = self.scenario.control.cluster.services.get(seen.service.index())?;
        let unseen = !seen.suspected && !seen.declared && config.balancer.ejection.is_none();
        if unseen { settings::control("load_balancer.ejection") } else { None }
    }

    fn state(&self, chain: &mut Builder, seen: &mut Seen, at: Instant, (node, state): (NodeId, NodeState)) {
        if self.by == Some(node) && state == NodeState::Up {
            self.booted(chain, seen.service, at, LinkName::Boot, "of the replacement");
            return;
        }
        if node != self.node {
            return;
        }
        match state {
            NodeState::Up => {
                if seen.restarting {
                    self.booted(chain, seen.service, at, LinkName::Restart, "its process boots");
                } else if seen.booting {
                    let boot = settings::node_type(self.scenario, seen.service, "boot_time");
                    chain.until(at, LinkName::Restart, "its machine boots by itself", boot);
                } else {
                    self.fault_over(chain, seen, at);
                }
                (seen.restarting, seen.booting) = (false, false);
            }
            NodeState::Booting if !seen.restarting => {
                chain.until(at, LinkName::Fault, "until its machine has power again", None);
                seen.booting = true;
            }
            NodeState::Booting
            | NodeState::Slow
            | NodeState::Hung
            | NodeState::Draining
            | NodeState::Down
            | NodeState::Stopped => {}
        }
    }

    /// Boot and, for a new machine, the load of its initial state, which takes a known time at the end.
    fn booted(&self, chain: &mut Builder, service: ServiceId, at: Instant, name: LinkName, what: &str) {
        tell_boot(self.scenario, chain, service, at, (name, what));
    }

    fn decision(&self, chain: &mut Builder, seen: &mut Seen, at: Instant, decision: &Decision) {
        match decision {
            Decision::NodeSuspected { node, .. } if *node == self.node && !seen.declared => {
                self.suspected(chain, seen, at);
            }
            Decision::NodeFailure { node, cause, evidence } if *node == self.node => {
                self.declared(chain, seen, at, (*cause, *evidence));
            }
            Decision::StepStarted { node, step, attempt, .. } if *node == self.node => {
                self.step_started(chain, seen, at, (*step, *attempt));
            }
            Decision::StepFinished { node, step, attempt, outcome, .. } if *node == self.node => {
                self.step_finished(chain, seen, at, (*step, *attempt, *outcome));
            }
            Decision::NodeEjected { node, reason, .. } if *node == self.node => {
                let what = format!("{}, then it is taken out", ejection_words(*reason));
                let setting = settings::control(match reason {
                    EjectionReason::ConsecutiveFailures { .. } => {
                        "load_balancer.ejection.consecutive_failures"
                    }
                    EjectionReason::SuccessRate { .. } => "load_balancer.ejection.success_rate",
                    EjectionReason::FailurePercentage { .. } => "load_balancer.ejection.failure_percentage",
                });
                chain.until(at, LinkName::Ejection, what, setting);
            }
            Decision::NodeRecovered { node, .. } if *node == self.node => {
                let what = "until it is believed healthy";
                chain.until(at, LinkName::Readiness, what, settings::good_probes(self.scenario));
                (seen.declared, seen.suspected, seen.restarting) = (false, false, false);
            }
            Decision::NodeAdding { node, .. } if self.by == Some(*node) => {
                let what = "until another node is asked for in its place";
                chain.until(
                    at,
                    LinkName::Replacement,
                    what,
                    settings::control("node_manager.backoff.initial"),
                );
            }
            Decision::NodeAdded { node, .. } if self.by == Some(*node) => {
                let state = settings::node_type(self.scenario, seen.service, "state");
                chain.until(at, LinkName::Load, "the replacement joins the balancer", state);
            }
            Decision::NodeSuspected { .. }
            | Decision::NodeFailure { .. }
            | Decision::NodeRecovered { .. }
            | Decision::ServiceDegraded { .. }
            | Decision::ServiceRestored { .. }
            | Decision::PlanCreated { .. }
            | Decision::StepStarted { .. }
            | Decision::StepFinished { .. }
            | Decision::PlanCompleted { .. }
            | Decision::PlanGivenUp { .. }
            | Decision::TrafficRedirected { .. }
            | Decision::TrafficRestored { .. }
            | Decision::NodeEjected { .. }
            | Decision::NodeReturned { .. }
            | Decision::Scaling { .. }
            | Decision::NodeAdding { .. }
            | Decision::NodeAdded { .. }
            | Decision::NodeAddFailed { .. }
            | Decision::NodeRemoving { .. }
            | Decision::RemovalCancelled { .. }
            | Decision::ReplacementHeld { .. }
            | Decision::Rollout { .. }
            | Decision::NodeRemoved { .. }
            | Decision::ReplicationStarted { .. }
            | Decision::ReplicationFinished { .. } => {}
        }
    }

    fn suspected(&self, chain: &mut Builder, seen: &mut Seen, at: Instant) {
        let (period, timeout) = settings::probes(self.scenario);
        let what = format!("one probe every {}, timeout {}", human::span(period), human::span(timeout));
        if !seen.suspected {
            chain.until(at, LinkName::FirstMiss, what, settings::probe_period(self.scenario));
        }
        seen.suspected = true;
    }

    fn declared(
        &self,
        chain: &mut Builder,
        seen: &mut Seen,
        at: Instant,
        (cause, evidence): (FailureCause, Evidence),
    ) {
        let cause = cause_words(cause);
        if seen.suspected {
            let what = match evidence.accusation {
                Some(Accusation { confirmations, .. }) => {
                    let confirmed = human::counted(u64::from(confirmations), "confirmation");
                    format!("a suspicion with {confirmed} ran out, {cause}")
                }
                None => format!("{} misses in a row, {cause}", evidence.misses),
            };
            chain.until(at, LinkName::Detection, what, settings::evidence(self.scenario));
        } else {
            let what = format!("{}, {cause}", human::counted(u64::from(evidence.misses), "missed probe"));
            chain.until(at, LinkName::FirstMiss, what, settings::probe_period(self.scenario));
        }
        seen.declared = true;
    }

    fn step_started(
        &self,
        chain: &mut Builder,
        seen: &mut Seen,
        at: Instant,
        (step, attempt): (StepKind, u32),
    ) {
        let word = step_word(step);
        if attempt > 1 {
            let setting = settings::control("recovery.backoff.initial");
            chain.until(at, LinkName::Backoff, format!("before try {attempt} of {word}"), setting);
        } else {
            let setting = settings::control("recovery.plans_at_once");
            chain.until(at, LinkName::Turn, format!("until {word} begins"), setting);
        }
        seen.restarting |= step == StepKind::RestartNode;
    }

    fn step_finished(
        &self,
        chain: &mut Builder,
        seen: &mut Seen,
        at: Instant,
        (step, attempt, outcome): (StepKind, u32, StepOutcome),
    ) {
        let is_restart = step == StepKind::RestartNode;
        if let Some(how) = outcome_words(outcome) {
            let limit = if is_restart { "recovery.restart_timeout" } else { "recovery.replicate_timeout" };
            let what = format!("try {attempt} of {} {how}", step_word(step));
            let setting = match outcome {
                StepOutcome::TimedOut => settings::control(limit),
                StepOutcome::Failed(_)
                | StepOutcome::FailedAgain
                | StepOutcome::Done
                | StepOutcome::Obsolete => None,
            };
            chain.until(at, LinkName::FailedTry, what, setting);
            seen.restarting &= !is_restart;
            return;
        }
        match step {
            // Its process may be up already.
            StepKind::RestartNode if seen.restarting => {
                self.booted(chain, seen.service, at, LinkName::Restart, "its process boots");
            }
            StepKind::ReplicateState => {
                let setting = settings::control("recovery.transfers_at_once");
                chain.until(at, LinkName::Replication, "its shards are copied to other nodes", setting);
            }
            StepKind::RestartNode | StepKind::RedirectTraffic => {}
        }
    }
}

/// Adds the boot of a node that serves at a moment, and the load of its initial state before that if it is new.
pub(super) fn tell_boot(
    scenario: &Scenario,
    chain: &mut Builder,
    service: ServiceId,
    at: Instant,
    (name, what): (LinkName, &str),
) {
    let load = settings::load_time(scenario, service);
    let boot = settings::node_type(scenario, service, "boot_time");
    // A restarted process finds its state on the machine.
    if name == LinkName::Boot && at.since(chain.cursor()) > load {
        chain.until(at - load, name, what, boot);
        let state = settings::node_type(scenario, service, "state");
        chain.until(at, LinkName::Load, "before it serves", state);
    } else {
        chain.until(at, name, what, boot);
    }
}

/// When a node was declared failed, and by which evidence, from a moment on.
pub(super) fn declared_at(record: &RunRecord, wanted: NodeId, from: Instant) -> Option<(Instant, Evidence)> {
    decisions(record).filter(|(at, _)| *at >= from).find_map(|(at, decision)| {
        let Decision::NodeFailure { node, evidence, .. } = decision else { return None };
        (*node == wanted).then_some((at, *evidence))
    })
}

/// When a pair was over: the node or its replacement served again, or the run ended. `None` if it was never out, or
/// the auto-scaler removed it.
pub(super) fn pair_end(record: &RunRecord, pair: &Recovery) -> Option<Instant> {
    match pair.outcome {
        RecoveryOutcome::Back { after_ns } | RecoveryOutcome::Replaced { after_ns, .. } => {
            Some(pair.began_ns + after_ns)
        }
        RecoveryOutcome::Never { .. } => Some(Instant::ZERO + record.simulated),
        RecoveryOutcome::Removed | RecoveryOutcome::NotOut => None,
    }
}
