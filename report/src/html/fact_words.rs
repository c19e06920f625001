//! Facts in words: what happened, to whom, and why.

use crate::breakers::{breaker_word, breaker_words};
use crate::control::step_word;
use crate::human;
use crate::narrative::scaling_text;
use crate::recovery_times::node_name;
use crate::why::{cause_words, ejection_words, give_up_words, service_name, step_words};
use cusinart_policies::detection::ZoneState;
use cusinart_policies::membership::Accusation;
use cusinart_policies::recovery::RolloutHold;
use cusinart_policies::{
    AddReason, CapacityPlan, Decision, DegradedReason, Duration, Evidence, NodeId, OperationError,
    RemoveReason, RolloutProgress, ScalingReason, StepOutcome,
};
use cusinart_record::{FactKind, NodeState, RunRecord};

/// A fact in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    /// Its kind.
    pub(crate) what: &'static str,
    /// The node, service or fault it is about.
    pub(crate) of: String,
    /// What was seen, weighed and chosen.
    pub(crate) text: String,
}

/// How much a fact tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// Happens all the time.
    Routine,
    /// A step of something greater.
    Step,
    /// Turns the course of the run.
    Turn,
}

/// How much a fact tells.
pub(super) fn weight(fact: &FactKind) -> Weight {
    match fact {
        FactKind::FaultBegan { .. }
        | FactKind::FaultEnded { .. }
        | FactKind::FaultMissed { .. }
        | FactKind::ShardLost { .. }
        | FactKind::Breaker { .. } => Weight::Turn,
        FactKind::NodeProvisioned { .. } | FactKind::ReplicasLost { .. } => Weight::Step,
        FactKind::NodeState { .. } => Weight::Routine,
        FactKind::Decision(decision) => match decision {
            Decision::NodeFailure { .. }
            | Decision::NodeRecovered { .. }
            | Decision::ServiceDegraded { .. }
            | Decision::ServiceRestored { .. }
            | Decision::PlanCreated { .. }
            | Decision::PlanGivenUp { .. }
            | Decision::NodeEjected { .. }
            | Decision::NodeAddFailed { .. }
            | Decision::Rollout {
                progress: RolloutProgress::Began { .. } | RolloutProgress::Completed { .. },
                ..
            } => Weight::Turn,
            Decision::Scaling { plan: CapacityPlan::Maintain, .. }
            | Decision::NodeSuspected { .. }
            | Decision::ReplicationStarted { .. }
            | Decision::ReplicationFinished { .. } => Weight::Routine,
            Decision::Scaling { .. } => Weight::Turn,
            Decision::StepStarted { .. }
            | Decision::StepFinished { .. }
            | Decision::Rollout { progress: RolloutProgress::Held { .. }, .. }
            | Decision::PlanCompleted { .. }
            | Decision::TrafficRedirected { .. }
            | Decision::TrafficRestored { .. }
            | Decision::NodeReturned { .. }
            | Decision::NodeAdding { .. }
            | Decision::NodeAdded { .. }
            | Decision::NodeRemoving { .. }
            | Decision::RemovalCancelled { .. }
            | Decision::ReplacementHeld { .. }
            | Decision::NodeRemoved { .. } => Weight::Step,
        },
    }
}

/// A fact in words.
pub(super) fn fact(record: &RunRecord, fact: &FactKind) -> Words {
    let label = |index: usize| record.faults.get(index).map_or_else(String::new, |fault| fault.label.clone());
    let words = |what, of: String, text: String| Words { what, of, text };
    match fact {
        FactKind::Decision(decision) => self::decision(record, decision),
        FactKind::FaultBegan { label, .. } => words("fault began", label.clone(), String::new()),
        FactKind::FaultEnded { fault } => words("fault ended", label(fault.index()), String::new()),
        FactKind::FaultMissed { label, .. } => {
            words("fault missed", label.clone(), "found nothing to touch".into())
        }
        FactKind::NodeState { node, state } => {
            words("node state", node_name(record, *node), state_word(*state).into())
        }
        FactKind::NodeProvisioned { node, zone } => {
            let zone = record.header.zones.get(zone.index()).map_or("?", String::as_str);
            words(
                "node provisioned",
                node_name(record, *node),
                format!("in zone {zone}, costs money from now on"),
            )
        }
        FactKind::ReplicasLost { node, replicas } => {
            let text = format!("{} gone", human::counted(u64::from(*replicas), "replica"));
            words("replicas lost", node_name(record, *node), text)
        }
        FactKind::ShardLost { shard } => words(
            "shard lost",
            format!("shard {}", shard.index()),
            "its last replica is gone: data loss".into(),
        ),
        FactKind::Breaker { sender, service, change } => {
            let of = format!("{sender} → {}", service_name(record, *service));
            words(breaker_word(change), of, breaker_words(change))
        }
    }
}

/// A decision in words.
pub(crate) fn decision(record: &RunRecord, decision: &Decision) -> Words {
    Words { what: what(decision), of: of(record, decision), text: text(record, decision) }
}

fn what(decision: &Decision) -> &'static str {
    match decision {
        Decision::NodeSuspected { .. } => "node suspected",
        Decision::NodeFailure { .. } => "node failure declared",
        Decision::NodeRecovered { .. } => "node recovered",
        Decision::ServiceDegraded { .. } => "service degraded",
        Decision::ServiceRestored { .. } => "service restored",
        Decision::PlanCreated { .. } => "plan created",
        Decision::StepStarted { .. } => "step started",
        Decision::StepFinished { .. } => "step finished",
        Decision::PlanCompleted { .. } => "plan completed",
        Decision::PlanGivenUp { .. } => "plan given up",
        Decision::TrafficRedirected { .. } => "traffic redirected",
        Decision::TrafficRestored { .. } => "traffic restored",
        Decision::NodeEjected { .. } => "node ejected",
        Decision::NodeReturned { .. } => "node returned",
        Decision::Scaling { plan: CapacityPlan::ScaleUp(_), .. } => "scale up",
        Decision::Scaling { plan: CapacityPlan::ScaleDown(_), .. } => "scale down",
        Decision::Scaling { plan: CapacityPlan::Maintain, .. } => "scaling kept",
        Decision::NodeAdding { .. } => "node adding",
        Decision::NodeAdded { .. } => "node added",
        Decision::NodeAddFailed { .. } => "node add failed",
        Decision::NodeRemoving { .. } => "node removing",
        Decision::RemovalCancelled { .. } => "removal cancelled",
        Decision::ReplacementHeld { .. } => "replacement held",
        Decision::NodeRemoved { .. } => "node removed",
        Decision::Rollout { progress: RolloutProgress::Began { .. }, .. } => "rollout began",
        Decision::Rollout { progress: RolloutProgress::Held { .. }, .. } => "rollout held back",
        Decision::Rollout { progress: RolloutProgress::Completed { .. }, .. } => "rollout completed",
        Decision::ReplicationStarted { .. } => "copy started",
        Decision::ReplicationFinished { .. } => "copy finished",
    }
}

fn of(record: &RunRecord, decision: &Decision) -> String {
    match decision {
        Decision::NodeSuspected { node, .. }
        | Decision::NodeFailure { node, .. }
        | Decision::NodeRecovered { node, .. }
        | Decision::PlanCreated { node, .. }
        | Decision::StepStarted { node, .. }
        | Decision::StepFinished { node, .. }
        | Decision::PlanCompleted { node, .. }
        | Decision::PlanGivenUp { node, .. }
        | Decision::TrafficRedirected { node, .. }
        | Decision::TrafficRestored { node, .. }
        | Decision::NodeEjected { node, .. }
        | Decision::NodeReturned { node }
        | Decision::NodeAdding { node, .. }
        | Decision::NodeAdded { node, .. }
        | Decision::NodeAddFailed { node, .. }
        | Decision::NodeRemoving { node, .. }
        | Decision::RemovalCancelled { node }
        | Decision::ReplacementHeld { node, .. }
        | Decision::NodeRemoved { node, .. } => node_name(record, *node),
        Decision::ServiceDegraded { service, .. }
        | Decision::ServiceRestored { service, .. }
        | Decision::Rollout { service, .. }
        | Decision::Scaling { service, .. } => service_name(record, *service),
        Decision::ReplicationStarted { shard, .. } | Decision::ReplicationFinished { shard, .. } => {
            format!("shard {}", shard.index())
        }
    }
}

fn text(record: &RunRecord, decision: &Decision) -> String {
    let span = |span: &Duration| human::span(*span);
    match decision {
        Decision::NodeSuspected { evidence, .. } => evidence_text(record, evidence),
        Decision::NodeFailure { cause, evidence, .. } => {
            format!("{}: {}", cause_words(*cause), evidence_text(record, evidence))
        }
        Decision::NodeRecovered { failed_for, .. } => {
            format!("answers again, was believed failed for {}", span(failed_for))
        }
        Decision::ServiceDegraded { healthy, total, error_ratio, reason, .. } => match reason {
            DegradedReason::FewHealthyNodes => {
                format!("only {healthy} of {} believed healthy", nodes(*total))
            }
            DegradedReason::ManyErrors => {
                format!("{} of requests failed at its nodes", human::percent(*error_ratio))
            }
        },
        Decision::ServiceRestored { degraded_for, .. } => format!("was degraded for {}", span(degraded_for)),
        Decision::PlanCreated { cause, steps, skipped, escalation, .. } => {
            let skips = skipped.iter().map(|skip| format!("; skipped {}: {}", skip.strategy, skip.why));
            let escalation = escalation.as_ref().map_or(String::new(), |how| format!("; {how}"));
            let (steps, skips) = (step_words(steps), skips.collect::<String>());
            format!("{steps} for {}{skips}{escalation}", cause_words(*cause))
        }
        Decision::StepStarted { step, attempt, .. } => format!("{}, try {attempt}", step_word(*step)),
        Decision::StepFinished { step, attempt, outcome, .. } => {
            format!("{}, try {attempt}: {}", step_word(*step), outcome_words(*outcome))
        }
        Decision::PlanCompleted { took, .. } => format!("after {}", span(took)),
        Decision::PlanGivenUp { reason, step, .. } => {
            format!("at {}: {}", step_word(*step), give_up_words(*reason))
        }
        Decision::TrafficRedirected { eligible, .. } => format!("{} left for traffic", nodes(*eligible)),
        Decision::TrafficRestored { eligible, .. } => format!("{} in all get traffic", nodes(*eligible)),
        Decision::NodeEjected { reason, period, .. } => {
            format!("{}, out for {}", ejection_words(*reason), span(period))
        }
        Decision::NodeReturned { .. } => "its ejection is over".into(),
        Decision::Scaling { plan, current, desired, reason, .. } => {
            format!("{}: {}", plan_words(plan), scaling_words(reason, *current, *desired))
        }
        Decision::NodeAdding { why: AddReason::ScaleUp, .. }
        | Decision::NodeRemoving { why: RemoveReason::ScaleDown, .. } => {
            "the auto-scaler asked for it".into()
        }
        Decision::NodeAdding { why: AddReason::Replacement, .. } => {
            "replaces a node whose recovery was given up".into()
        }
        Decision::NodeRemoving { why: RemoveReason::GivenUp, .. } => "its recovery was given up".into(),
        Decision::NodeAdding { why: AddReason::Rollout, .. } => "a rolling update brings it in".into(),
        Decision::NodeRemoving { why: RemoveReason::Rollout, .. } => "a rolling update replaces it".into(),
        Decision::Rollout { progress, .. } => rollout_words(*progress),
        Decision::NodeAdded { took, .. } => format!("serves, {} after it was decided", span(took)),
        Decision::NodeAddFailed { attempts, .. } => format!("not provisioned after {attempts} tries"),
        Decision::ReplacementHeld { state, failed, total, rate_per_s, wait, .. } => {
            let zone = format!("{failed} of {} of the zone failed, {}", nodes(*total), zone_words(*state));
            format!("{zone}: {}", pace_words(*rate_per_s, *wait))
        }
        Decision::RemovalCancelled { .. } => {
            "it holds the last good replica of a shard that no other node takes".into()
        }
        Decision::NodeRemoved { drained: true, .. } => "empty when stopped".into(),
        Decision::NodeRemoved { drained: false, .. } => {
            "stopped with work on it: the drain window was over".into()
        }
        Decision::ReplicationStarted { from, to, .. } => from_to(record, *from, *to),
        Decision::ReplicationFinished { from, to, copied, .. } => {
            format!("{}, {}", if *copied { "done" } else { "failed" }, from_to(record, *from, *to))
        }
    }
}

fn rollout_words(progress: RolloutProgress) -> String {
    match progress {
        RolloutProgress::Began { nodes: all, total_max, available_min } => {
            format!(
                "{} to replace, at most {total_max} at once, at least {available_min} healthy",
                nodes(all)
            )
        }
        RolloutProgress::Held { by, healthy, left } => {
            let by = match by {
                RolloutHold::UnreadyNodes => "new nodes have to come up first",
                RolloutHold::Budget => "the disruption budget lets no node go",
            };
            format!("{by}; {} healthy, {left} old left", nodes(healthy))
        }
        RolloutProgress::Completed { took } => format!("all nodes are new, after {}", human::span(took)),
    }
}

fn plan_words(plan: &CapacityPlan) -> String {
    match plan {
        CapacityPlan::ScaleUp(more) => format!("+{}", nodes(*more)),
        CapacityPlan::ScaleDown(fewer) => format!("−{}", nodes(fewer.len() as u32)),
        CapacityPlan::Maintain => "no change".into(),
    }
}

fn evidence_text(record: &RunRecord, evidence: &Evidence) -> String {
    if let Some(accusation) = &evidence.accusation {
        return accusation_text(record, accusation);
    }
    let number =
        |value: f64| human::quantity((value * 100.0).round() / 100.0, cusinart_scenarios::Unit::Count);
    format!(
        "{} missed in a row, silent for {}, score {} of {}",
        human::counted(u64::from(evidence.misses), "probe"),
        human::span(evidence.silent_for),
        number(evidence.score),
        number(evidence.threshold),
    )
}

fn zone_words(state: ZoneState) -> &'static str {
    match state {
        ZoneState::Normal => "normal",
        ZoneState::PartialDisruption => "partial disruption",
        ZoneState::FullDisruption => "full disruption",
    }
}

fn pace_words(rate_per_s: f64, wait: Option<Duration>) -> String {
    let Some(wait) = wait else { return "nothing is evicted until that changes".into() };
    let gap = Duration::from_secs_f64(1.0 / rate_per_s);
    format!("one every {}, next in {}", human::span(gap), human::span(wait))
}

fn accusation_text(record: &RunRecord, accusation: &Accusation) -> String {
    let member =
        |node: Option<NodeId>| node.map_or("the control plane".into(), |node| node_name(record, node));
    format!(
        "suspected by {} for {} of {}, {}; so says {}",
        member(accusation.suspected_by),
        human::span(accusation.lasted),
        human::span(accusation.timeout),
        human::counted(u64::from(accusation.confirmations), "confirmation"),
        member(accusation.declared_by),
    )
}

fn scaling_words(reason: &ScalingReason, current: u32, desired: u32) -> String {
    let age = if reason.age.is_zero() { String::new() } else { format!(", {} old", human::span(reason.age)) };
    format!(
        "{} ({}{age}); {current} now, {} proposed, {desired} wanted",
        scaling_text(reason),
        reason.policy,
        reason.proposed,
    )
}

fn outcome_words(outcome: StepOutcome) -> &'static str {
    match outcome {
        StepOutcome::Done => "done",
        StepOutcome::TimedOut => "timed out",
        StepOutcome::Obsolete => "no longer needed",
        StepOutcome::FailedAgain => "failed again",
        StepOutcome::Failed(OperationError::Unreachable) => "failed, unreachable",
        StepOutcome::Failed(OperationError::SourceLost) => "failed, source lost",
        StepOutcome::Failed(OperationError::Refused) => "failed, refused",
    }
}

fn from_to(record: &RunRecord, from: NodeId, to: NodeId) -> String {
    format!("from {} to {}", node_name(record, from), node_name(record, to))
}

fn nodes(count: u32) -> String {
    human::counted(u64::from(count), "node")
}

/// The word for what a node truly does.
pub(crate) const fn state_word(state: NodeState) -> &'static str {
    match state {
        NodeState::Booting => "booting",
        NodeState::Up => "up",
        NodeState::Slow => "slow",
        NodeState::Hung => "hung",
        NodeState::Draining => "draining",
        NodeState::Down => "down",
        NodeState::Stopped => "given back",
    }
}
