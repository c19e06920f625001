//! Narratives: what the control plane did in a stretch of time, in order, with times.

use crate::control::{decisions, step_word};
use crate::human;
use crate::why::{cause_words, give_up_words, step_words};
use cusinart_policies::{
    CapacityPlan, Decision, Instant, NodeId, OperationError, ScalingReason, ServiceId, StepOutcome,
};
use cusinart_record::RunRecord;
use std::collections::{BTreeMap, BTreeSet};

/// Most things told of one node.
const EVENTS_OF_NODE_MAX: usize = 8;

/// Kinds of acts that are told together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Act {
    Declared,
    Redirected,
    Restarted,
    Replicated,
    StepFailed,
    GivenUp,
    Ejected,
    ScaledUp,
    ScaledDown,
    Held,
    Added,
    Recovered,
}

/// Acts of one kind.
#[derive(Clone, Debug)]
struct Told {
    first: Instant,
    count: u64,
    detail: String,
}

/// What was done for some services between two moments, each kind of act once, in the order they began.
pub(crate) fn narrative(
    record: &RunRecord,
    from: Instant,
    to: Instant,
    services: &BTreeSet<ServiceId>,
) -> String {
    let mut told: BTreeMap<Act, Told> = BTreeMap::new();
    for (at, decision) in decisions(record).filter(|(at, _)| *at >= from && *at <= to) {
        let Some((act, count, detail)) = act_of(record, decision, services) else { continue };
        let entry = told.entry(act).or_insert(Told { first: at, count: 0, detail });
        entry.count += count;
    }
    let mut acts: Vec<(Instant, Act, Told)> =
        told.into_iter().map(|(act, told)| (told.first, act, told)).collect();
    acts.sort_by_key(|(first, act, _)| (*first, *act));
    if acts.is_empty() {
        return "The control plane did nothing in that time.".into();
    }
    let parts: Vec<String> = acts.iter().map(|(first, act, told)| act_text(*first, *act, told)).collect();
    format!("The control plane {}.", parts.join("; "))
}

fn act_of(
    record: &RunRecord,
    decision: &Decision,
    services: &BTreeSet<ServiceId>,
) -> Option<(Act, u64, String)> {
    let ours =
        |node: &NodeId| record.nodes.get(node.index()).is_some_and(|node| services.contains(&node.service));
    let plain = |act, node: &NodeId| ours(node).then(|| (act, 1, String::new()));
    match decision {
        Decision::NodeFailure { node, cause, .. } => {
            ours(node).then(|| (Act::Declared, 1, cause_words(*cause).to_string()))
        }
        Decision::TrafficRedirected { node, .. } => plain(Act::Redirected, node),
        Decision::StepStarted { node, step, .. } => match step {
            cusinart_policies::StepKind::RestartNode => plain(Act::Restarted, node),
            cusinart_policies::StepKind::ReplicateState => plain(Act::Replicated, node),
            cusinart_policies::StepKind::RedirectTraffic => None,
        },
        Decision::StepFinished { node, step, outcome, .. } => {
            let detail = format!("{} {}", step_word(*step), outcome_words(*outcome)?);
            ours(node).then_some((Act::StepFailed, 1, detail))
        }
        Decision::PlanGivenUp { node, reason, .. } => {
            ours(node).then(|| (Act::GivenUp, 1, give_up_words(*reason).to_string()))
        }
        Decision::NodeEjected { node, .. } => plain(Act::Ejected, node),
        Decision::Scaling { service, plan, reason, .. } if services.contains(service) => match plan {
            CapacityPlan::ScaleUp(nodes) => Some((Act::ScaledUp, u64::from(*nodes), scaling_text(reason))),
            CapacityPlan::ScaleDown(nodes) => {
                Some((Act::ScaledDown, nodes.len() as u64, scaling_text(reason)))
            }
            CapacityPlan::Maintain => reason.limits.first().map(|limit| (Act::Held, 1, limit.clone())),
        },
        Decision::NodeAdded { node, .. } => plain(Act::Added, node),
        Decision::NodeRecovered { node, .. } => plain(Act::Recovered, node),
        Decision::Scaling { .. }
        | Decision::NodeSuspected { .. }
        | Decision::ServiceDegraded { .. }
        | Decision::ServiceRestored { .. }
        | Decision::PlanCreated { .. }
        | Decision::PlanCompleted { .. }
        | Decision::TrafficRestored { .. }
        | Decision::NodeReturned { .. }
        | Decision::NodeAdding { .. }
        | Decision::NodeAddFailed { .. }
        | Decision::NodeRemoving { .. }
        | Decision::RemovalCancelled { .. }
        | Decision::ReplacementHeld { .. }
        | Decision::Rollout { .. }
        | Decision::NodeRemoved { .. }
        | Decision::ReplicationStarted { .. }
        | Decision::ReplicationFinished { .. } => None,
    }
}

fn act_text(first: Instant, act: Act, told: &Told) -> String {
    let when = if told.count == 1 { "at" } else { "from" };
    let at = human::clock(first);
    let nodes = human::counted(told.count, "node");
    let detail = &told.detail;
    match act {
        Act::Declared => format!("declared {nodes} failed {when} {at} ({detail})"),
        Act::Redirected => format!("redirected the traffic of {nodes} {when} {at}"),
        Act::Restarted => format!("started {} {when} {at}", human::counted(told.count, "restart")),
        Act::Replicated => format!("started {} {when} {at}", human::counted(told.count, "replication step")),
        Act::StepFailed => {
            format!("had {} {when} {at} ({detail})", human::counted(told.count, "failed step"))
        }
        Act::GivenUp => format!("gave up {} {when} {at} ({detail})", human::counted(told.count, "plan")),
        Act::Ejected => format!("ejected {nodes} {when} {at}"),
        Act::ScaledUp => format!("scaled up by {nodes} from {at} ({detail})"),
        Act::ScaledDown => format!("scaled down by {nodes} from {at} ({detail})"),
        Act::Held => format!("kept the number of nodes from {at} ({detail})"),
        Act::Added => format!("had {} serving {when} {at}", human::counted(told.count, "added node")),
        Act::Recovered => format!("saw {nodes} recover {when} {at}"),
    }
}

/// What was done for one node, step by step.
pub(crate) fn of_node(record: &RunRecord, node: NodeId, from: Instant, to: Instant) -> String {
    let steps = decisions(record).filter(|(at, _)| *at >= from && *at <= to).filter_map(|(at, decision)| {
        let text = of_node_text(decision, node)?;
        Some(format!("{text} at {}", human::clock(at)))
    });
    let steps: Vec<String> = steps.collect();
    if steps.is_empty() {
        return "The control plane did nothing for it.".into();
    }
    format!("The control plane: {}.", crate::explain::list(&steps, EVENTS_OF_NODE_MAX))
}

fn of_node_text(decision: &Decision, wanted: NodeId) -> Option<String> {
    let (node, text) = match decision {
        Decision::NodeFailure { node, cause, .. } => {
            (node, format!("declared failed ({})", cause_words(*cause)))
        }
        Decision::NodeRecovered { node, .. } => (node, "believed healthy".into()),
        Decision::PlanCreated { node, steps, .. } => (node, format!("plan {}", step_words(steps))),
        Decision::StepFinished { node, step, outcome: StepOutcome::Obsolete, .. } => {
            (node, format!("{} no longer needed", step_word(*step)))
        }
        Decision::StepFinished { node, step, attempt, outcome, .. } => (
            node,
            format!("{} try {attempt} {}", step_word(*step), outcome_words(*outcome).unwrap_or("done")),
        ),
        Decision::PlanGivenUp { node, reason, .. } => {
            (node, format!("plan given up ({})", give_up_words(*reason)))
        }
        Decision::NodeRemoving { node, .. } => (node, "removal".into()),
        Decision::NodeEjected { node, .. } => (node, "ejected".into()),
        Decision::NodeSuspected { .. }
        | Decision::ServiceDegraded { .. }
        | Decision::ServiceRestored { .. }
        | Decision::StepStarted { .. }
        | Decision::PlanCompleted { .. }
        | Decision::TrafficRedirected { .. }
        | Decision::TrafficRestored { .. }
        | Decision::NodeReturned { .. }
        | Decision::Scaling { .. }
        | Decision::NodeAdding { .. }
        | Decision::NodeAdded { .. }
        | Decision::NodeAddFailed { .. }
        | Decision::RemovalCancelled { .. }
        | Decision::ReplacementHeld { .. }
        | Decision::Rollout { .. }
        | Decision::NodeRemoved { .. }
        | Decision::ReplicationStarted { .. }
        | Decision::ReplicationFinished { .. } => return None,
    };
    (*node == wanted).then_some(text)
}

/// How a step failed; nothing if it did not.
pub(crate) fn outcome_words(outcome: StepOutcome) -> Option<&'static str> {
    match outcome {
        StepOutcome::Done | StepOutcome::Obsolete => None,
        StepOutcome::TimedOut => Some("timed out"),
        StepOutcome::FailedAgain => Some("failed again"),
        StepOutcome::Failed(OperationError::Unreachable) => Some("failed: unreachable"),
        StepOutcome::Failed(OperationError::SourceLost) => Some("failed: source lost"),
        StepOutcome::Failed(OperationError::Refused) => Some("failed: refused"),
    }
}

/// Why a scaling policy wanted its number.
pub(crate) fn scaling_text(reason: &ScalingReason) -> String {
    let number =
        |value: f64| human::quantity((value * 1_000.0).round() / 1_000.0, cusinart_scenarios::Unit::Count);
    let measured = reason.value.map_or_else(|| "without data".into(), number);
    let limits =
        if reason.limits.is_empty() { String::new() } else { format!(", {}", reason.limits.join(", ")) };
    let ratio = reason.ratio.map(|ratio| format!(", ratio {}", number(ratio))).unwrap_or_default();
    let code = reason.code.as_ref().map(|code| format!(", {code}")).unwrap_or_default();
    format!("{} {measured} against {}{ratio}{limits}{code}", reason.metric, number(reason.target))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cusinart_policies::Duration;

    #[test]
    fn a_scaling_reason_tells_ratio_limits_and_the_word_of_the_original() {
        let reason = ScalingReason {
            policy: "kubernetes_hpa".into(),
            metric: "utilization".into(),
            value: Some(0.9),
            target: 0.6,
            ratio: Some(1.5),
            age: Duration::ZERO,
            proposed: 6,
            limits: vec!["rate of growth allows 5 nodes".into()],
            code: Some("ScaleUpLimit".into()),
        };
        let text = "utilization 0.9 against 0.6, ratio 1.5, rate of growth allows 5 nodes, ScaleUpLimit";
        assert_eq!(scaling_text(&reason), text);
    }
}
