//! Reasons: what the control plane decided and why, with equal reasons counted together.

use crate::control::step_word;
use crate::human;
use cusinart_policies::overload::{BreakerChange, BreakerReason};
use cusinart_policies::{
    AddReason, CapacityPlan, Decision, DegradedReason, Duration, EjectionReason, FailureCause, GiveUpReason,
    Instant, NodeId, ScalingReason, ServiceId, StepKind,
};
use cusinart_record::{FactKind, RunRecord};
use serde::Serialize;
use std::collections::BTreeMap;

/// A reason and how often it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// How often.
    pub count: u64,
    /// What was decided and why, for people.
    pub text: String,
    /// When first, in nanoseconds.
    pub first_ns: Instant,
    /// When last, in nanoseconds.
    pub last_ns: Instant,
}

/// What the decisions of a group have in common. The order is the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Failure,
    Degraded,
    GivenUp,
    Plan,
    Ejected,
    ScaleUp,
    Held,
    AddFailed,
    Replacement,
    ScaleDown,
    Breaker,
}

/// Decisions with the same reason.
#[derive(Clone, Debug)]
struct Group {
    count: u64,
    first: Instant,
    last: Instant,
    /// Least and greatest of the number that differs within the group.
    seen: Option<(f64, f64)>,
    /// Longest span that differs within the group.
    longest: Duration,
}

/// What to group a decision by, and what differs within the group.
struct Entry {
    rank: Rank,
    /// Text with `{}` where the range of `seen` goes and `{span}` where the longest span goes.
    text: String,
    seen: Option<f64>,
    span: Duration,
    /// How much it counts for: nodes for scaling, else 1.
    weight: u64,
}

/// Groups all decisions by their reasons.
pub(crate) fn reasons(record: &RunRecord) -> Vec<Reason> {
    let mut groups: BTreeMap<(Rank, String), Group> = BTreeMap::new();
    for fact in &record.facts {
        let at = fact.at;
        for entry in entries_of_fact(record, &fact.kind) {
            let group = groups.entry((entry.rank, entry.text)).or_insert(Group {
                count: 0,
                first: at,
                last: at,
                seen: None,
                longest: Duration::ZERO,
            });
            group.count += entry.weight;
            group.last = at;
            group.longest = group.longest.max(entry.span);
            if let Some(value) = entry.seen {
                let (low, high) = group.seen.unwrap_or((value, value));
                group.seen = Some((low.min(value), high.max(value)));
            }
        }
    }
    let mut all: Vec<(Rank, Reason)> =
        groups.into_iter().map(|((rank, text), group)| (rank, group.finish(&text))).collect();
    // Within a rank the most frequent first; the sort is stable, so equals stay in order of their text.
    all.sort_by_key(|(rank, reason)| (*rank, std::cmp::Reverse(reason.count)));
    all.into_iter().map(|(_, reason)| reason).collect()
}

impl Group {
    fn finish(self, text: &str) -> Reason {
        let seen = self.seen.map(|(low, high)| range(low, high)).unwrap_or_default();
        let text = text.replace("{span}", &human::span(self.longest)).replace("{}", &seen);
        Reason { count: self.count, text, first_ns: self.first, last_ns: self.last }
    }
}

/// A number or the range from one to another.
fn range(low: f64, high: f64) -> String {
    let text =
        |value: f64| human::quantity((value * 100.0 + 0.5).floor() / 100.0, cusinart_scenarios::Unit::Count);
    if text(low) == text(high) { text(low) } else { format!("{}–{}", text(low), text(high)) }
}

fn entries_of_fact(record: &RunRecord, fact: &FactKind) -> Vec<Entry> {
    match fact {
        FactKind::Decision(decision) => entries(record, decision),
        FactKind::Breaker { sender, service, change: BreakerChange::Opened { reason, trial, .. } } => {
            vec![breaker_entry(sender, &service_name(record, *service), reason, *trial)]
        }
        FactKind::Breaker { .. }
        | FactKind::FaultBegan { .. }
        | FactKind::FaultEnded { .. }
        | FactKind::FaultMissed { .. }
        | FactKind::NodeState { .. }
        | FactKind::NodeProvisioned { .. }
        | FactKind::ReplicasLost { .. }
        | FactKind::ShardLost { .. } => Vec::new(),
    }
}

fn breaker_entry(sender: &str, service: &str, reason: &BreakerReason, trial: bool) -> Entry {
    let (seen, what) = match *reason {
        BreakerReason::FailureRate { failed_pct, .. } => (failed_pct, "{} % of its calls failed"),
        BreakerReason::SlowCallRate { slow_pct, .. } => (slow_pct, "{} % of its calls were slow"),
        BreakerReason::ConsecutiveFailures { failures } => (f64::from(failures), "{} failed in a row"),
    };
    let trial = if trial { ", a failed trial" } else { "" };
    let text = format!("breaker of {sender} before {service} opened: {what}{trial}");
    Entry { seen: Some(seen), ..entry(Rank::Breaker, text) }
}

fn entries(record: &RunRecord, decision: &Decision) -> Vec<Entry> {
    match decision {
        Decision::NodeFailure { node, cause, evidence } => {
            let words = cause_words(*cause);
            let seen = match evidence.accusation {
                Some(_) => "{} members suspected it, for up to {span}",
                None => "{} misses, up to {span} silent",
            };
            let text = format!("NodeFailure by {words} ({seen}), {}", place(record, *node));
            let misses = Some(f64::from(evidence.misses));
            vec![Entry { seen: misses, span: evidence.silent_for, ..entry(Rank::Failure, text) }]
        }
        Decision::ServiceDegraded { service, error_ratio, healthy, total, reason } => {
            let healthy = f64::from(*healthy) / f64::from((*total).max(1));
            vec![degraded_entry(&service_name(record, *service), *reason, healthy, *error_ratio)]
        }
        Decision::PlanGivenUp { node, reason, step, .. } => {
            let (step, why) = (step_word(*step), give_up_words(*reason));
            let text = format!("plan given up at {step}: {why}, {}", place(record, *node));
            vec![entry(Rank::GivenUp, text)]
        }
        Decision::PlanCreated { cause, steps, skipped, escalation, .. } => {
            let skips: Vec<String> =
                skipped.iter().map(|skip| format!("{} ({})", skip.strategy, skip.why)).collect();
            let skips =
                if skips.is_empty() { String::new() } else { format!("; skipped {}", skips.join(", ")) };
            let escalation = escalation.as_ref().map_or(String::new(), |how| format!("; {how}"));
            let (steps, cause) = (step_words(steps), cause_words(*cause));
            vec![entry(Rank::Plan, format!("plan {steps} for {cause}{skips}{escalation}"))]
        }
        Decision::NodeEjected { reason, node, .. } => {
            let (text, seen) = match *reason {
                EjectionReason::ConsecutiveFailures { failures } => {
                    ("{} failed requests in a row", f64::from(failures))
                }
                EjectionReason::SuccessRate { rate_pct, .. } => {
                    ("a success rate of {} %, far below the other nodes", rate_pct)
                }
                EjectionReason::FailurePercentage { failed_pct } => ("{} % failed requests", failed_pct),
            };
            let text = format!("node ejected after {text}, {}", place(record, *node));
            vec![Entry { seen: Some(seen), ..entry(Rank::Ejected, text) }]
        }
        Decision::Scaling { service, plan, reason, .. } => scaling_entries(record, *service, plan, reason),
        Decision::NodeAdding { node, why: AddReason::Replacement, .. } => {
            let text = format!("replacement for a node given up, {}", place(record, *node));
            vec![entry(Rank::Replacement, text)]
        }
        Decision::NodeAddFailed { node, attempts } => {
            let text = format!("node not provisioned after {attempts} tries, {}", place(record, *node));
            vec![entry(Rank::AddFailed, text)]
        }
        Decision::NodeSuspected { .. }
        | Decision::NodeRecovered { .. }
        | Decision::ServiceRestored { .. }
        | Decision::StepStarted { .. }
        | Decision::StepFinished { .. }
        | Decision::PlanCompleted { .. }
        | Decision::TrafficRedirected { .. }
        | Decision::TrafficRestored { .. }
        | Decision::NodeReturned { .. }
        | Decision::NodeAdding { why: AddReason::ScaleUp | AddReason::Rollout, .. }
        | Decision::Rollout { .. }
        | Decision::NodeAdded { .. }
        | Decision::NodeRemoving { .. }
        | Decision::RemovalCancelled { .. }
        | Decision::ReplacementHeld { .. }
        | Decision::NodeRemoved { .. }
        | Decision::ReplicationStarted { .. }
        | Decision::ReplicationFinished { .. } => Vec::new(),
    }
}

/// An entry that counts once and tells no number.
fn entry(rank: Rank, text: String) -> Entry {
    Entry { rank, text, seen: None, span: Duration::ZERO, weight: 1 }
}

fn degraded_entry(service: &str, reason: DegradedReason, healthy: f64, errors: f64) -> Entry {
    let (seen, what) = match reason {
        DegradedReason::FewHealthyNodes => (healthy, "only {} % of its nodes believed healthy"),
        DegradedReason::ManyErrors => (errors, "{} % of requests failed at its nodes"),
    };
    let text = format!("ServiceDegraded {service}: {what}");
    Entry { seen: Some(seen * 100.0), ..entry(Rank::Degraded, text) }
}

fn scaling_entries(
    record: &RunRecord,
    service: ServiceId,
    plan: &CapacityPlan,
    reason: &ScalingReason,
) -> Vec<Entry> {
    let name = service_name(record, service);
    let measured = |action: &str, side: &str| {
        let target = range(reason.target, reason.target);
        if reason.value.is_some() {
            format!("{action} {name}: {} {{}}, {side} {target} ({})", reason.metric, reason.policy)
        } else {
            format!("{action} {name}: no data of {} ({})", reason.metric, reason.policy)
        }
    };
    let entry = |rank, text, weight| Entry { rank, text, seen: reason.value, span: Duration::ZERO, weight };
    let mut entries = match plan {
        CapacityPlan::ScaleUp(nodes) => {
            vec![entry(Rank::ScaleUp, measured("node added by ScaleUp", "limit"), u64::from(*nodes))]
        }
        CapacityPlan::ScaleDown(nodes) => {
            vec![entry(Rank::ScaleDown, measured("node removed by ScaleDown", "limit"), nodes.len() as u64)]
        }
        CapacityPlan::Maintain => Vec::new(),
    };
    let held = reason.limits.iter().map(|limit| {
        // A cooldown names its end; without it equal limits count together.
        let limit = limit.split(" until ").next().unwrap_or(limit);
        entry(Rank::Held, format!("scaling of {name} held back by {limit}"), 1)
    });
    entries.extend(held.map(|entry| Entry { seen: None, ..entry }));
    entries
}

/// What a failure looked like.
pub(crate) const fn cause_words(cause: FailureCause) -> &'static str {
    match cause {
        FailureCause::Crashed => "connection refused",
        FailureCause::Unresponsive => "no answer",
        FailureCause::Unhealthy => "answer `not ready`",
    }
}

/// What led to an ejection.
pub(crate) fn ejection_words(reason: EjectionReason) -> String {
    match reason {
        EjectionReason::ConsecutiveFailures { failures } => {
            format!("{} in a row", human::counted(u64::from(failures), "failed request"))
        }
        EjectionReason::SuccessRate { rate_pct, threshold_pct } => {
            format!("a success rate of {rate_pct:.1} %, below {threshold_pct:.1} %")
        }
        EjectionReason::FailurePercentage { failed_pct } => format!("{failed_pct:.1} % of requests failed"),
    }
}

/// Why a plan was given up.
pub(crate) const fn give_up_words(reason: GiveUpReason) -> &'static str {
    match reason {
        GiveUpReason::AttemptsExhausted => "every try failed",
        GiveUpReason::NoSource => "no replica left to copy from",
        GiveUpReason::NoTarget => "no healthy node to copy to",
        GiveUpReason::RestartsExhausted => "it fails too often",
        GiveUpReason::FailedAgain => "it failed again after its restart",
    }
}

/// The steps of a plan.
pub(crate) fn step_words(steps: &[StepKind]) -> String {
    let words: Vec<&str> = steps.iter().map(|step| step_word(*step)).collect();
    if words.is_empty() { "without steps".into() } else { words.join(" + ") }
}

/// The name of a service.
pub(crate) fn service_name(record: &RunRecord, service: ServiceId) -> String {
    record.services.get(service.index()).map_or_else(|| service.to_string(), |service| service.name.clone())
}

/// Service and zone of a node.
fn place(record: &RunRecord, node: NodeId) -> String {
    let Some(node) = record.nodes.get(node.index()) else { return node.to_string() };
    let zone = record.header.zones.get(node.zone.index()).map_or("?", String::as_str);
    format!("{} in zone {zone}", service_name(record, node.service))
}
