//! What the control plane did, in numbers, and where it was wrong.

use crate::recovery_times::node_name;
use crate::truth::Truth;
use cusinart_policies::{
    AddReason, CapacityPlan, Decision, Evidence, FailureCause, Instant, NodeId, OperationError,
    RolloutProgress, StepKind, StepOutcome,
};
use cusinart_record::{FactKind, RunRecord};
use cusinart_scenarios::Scenario;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Decisions of the control plane, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ControlSummary {
    /// Nodes suspected.
    pub suspected: u64,
    /// Node failures declared.
    pub failures_declared: u64,
    /// Failed nodes believed healthy again.
    pub recovered: u64,
    /// Nodes that came to serve in place of others whose recovery was given up.
    pub replaced: u64,
    /// Tries of restarts that the provider refused, as it does in a zone without power.
    pub restarts_refused: u64,
    /// Starts of nodes that the provider refused.
    pub starts_refused: u64,
    /// Services declared degraded.
    pub degraded: u64,
    /// Degraded services within their limits again.
    pub restored: u64,
    /// Recovery plans.
    pub plans: PlanCounts,
    /// Nodes that got no more traffic because of a failure.
    pub traffic_redirected: u64,
    /// Nodes that got traffic again.
    pub traffic_restored: u64,
    /// Nodes ejected by the balancer.
    pub ejected: u64,
    /// Scaling.
    pub scaling: ScalingCounts,
    /// Copies of shards started.
    pub copies_started: u64,
    /// Copies of shards done.
    pub copies_done: u64,
    /// Copies of shards that failed.
    pub copies_failed: u64,
    /// Rolling updates that began; left out of files if there were none.
    #[serde(skip_serializing_if = "is_zero")]
    pub rollouts: u64,
    /// Of these, those that came to their end; left out of files if there were none.
    #[serde(skip_serializing_if = "is_zero")]
    pub rollouts_completed: u64,
}

/// Whether a count is not worth writing.
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Recovery plans, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PlanCounts {
    /// Made.
    pub created: u64,
    /// Carried out to the end.
    pub completed: u64,
    /// Ended before their last step.
    pub given_up: u64,
    /// Still going on when the run ended.
    pub open: u64,
    /// Tries of steps started, by step.
    pub steps_started: BTreeMap<String, u64>,
}

/// Scaling, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ScalingCounts {
    /// Cycles that added nodes.
    pub ups: u64,
    /// Nodes asked for by them.
    pub nodes_up: u64,
    /// Cycles that removed nodes.
    pub downs: u64,
    /// Nodes removed by them.
    pub nodes_down: u64,
    /// Cycles that left everything as it was.
    pub maintained: u64,
    /// Nodes whose provisioning began, for scaling and as replacements.
    pub adding: u64,
    /// Nodes that came to serve.
    pub added: u64,
    /// Nodes that could not be provisioned.
    pub add_failed: u64,
    /// Nodes removed.
    pub removed: u64,
    /// Of these, nodes that were stopped before they were empty.
    pub removed_undrained: u64,
}

/// A failure declared although the node was truly up and reachable on the data path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FalseAlarm {
    /// When, in nanoseconds.
    pub at_ns: Instant,
    /// The node.
    pub node: NodeId,
    /// Its name.
    pub node_name: String,
    /// The kind of failure believed.
    pub cause: FailureCause,
    /// Probes without a good answer in a row.
    pub misses: u32,
}

/// A restart of a node that was truly up and reachable on the data path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HealthyRestart {
    /// When, in nanoseconds.
    pub at_ns: Instant,
    /// The node.
    pub node: NodeId,
    /// Its name.
    pub node_name: String,
}

/// Where the control plane acted against healthy nodes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Mistakes {
    /// Failures declared of sound nodes.
    pub false_alarms: Vec<FalseAlarm>,
    /// Restarts of sound nodes.
    pub healthy_restarts: Vec<HealthyRestart>,
    /// Distinct sound nodes restarted / nodes at the start.
    pub healthy_restarted_ratio: f64,
}

/// Counts the decisions.
pub(crate) fn control(record: &RunRecord) -> ControlSummary {
    let mut control = ControlSummary::default();
    for decision in decisions(record).map(|(_, decision)| decision) {
        count(&mut control, decision);
    }
    count_replaced(&mut control, record);
    let plans = &mut control.plans;
    plans.open = plans.created.saturating_sub(plans.completed + plans.given_up);
    control
}

/// Counts what takes two facts to know: replacements that came to serve, and nodes that were never provisioned.
fn count_replaced(control: &mut ControlSummary, record: &RunRecord) {
    let mut replacements = BTreeSet::new();
    let mut asked = BTreeSet::new();
    for (_, decision) in decisions(record) {
        if let Decision::NodeAdding { node, why, .. } = decision {
            asked.insert(*node);
            if *why == AddReason::Replacement {
                replacements.insert(*node);
            }
        }
        if let Decision::NodeAdded { node, .. } = decision {
            control.replaced += u64::from(replacements.contains(node));
        }
    }
    for fact in &record.facts {
        if let FactKind::NodeProvisioned { node, .. } = &fact.kind {
            asked.remove(node);
        }
    }
    control.starts_refused = asked.len() as u64;
}

/// All decisions with their time.
pub(crate) fn decisions(record: &RunRecord) -> impl Iterator<Item = (Instant, &Decision)> {
    record.facts.iter().filter_map(|fact| match &fact.kind {
        FactKind::Decision(decision) => Some((fact.at, decision)),
        FactKind::FaultBegan { .. }
        | FactKind::FaultEnded { .. }
        | FactKind::FaultMissed { .. }
        | FactKind::NodeState { .. }
        | FactKind::NodeProvisioned { .. }
        | FactKind::ReplicasLost { .. }
        | FactKind::ShardLost { .. }
        | FactKind::Breaker { .. } => None,
    })
}

/// Finds what the control plane did to nodes that were truly sound.
pub(crate) fn mistakes(scenario: &Scenario, record: &RunRecord) -> Mistakes {
    let mut truth = Truth::new(scenario, record);
    let mut mistakes = Mistakes::default();
    let name = |node| node_name(record, node);
    for fact in &record.facts {
        if let FactKind::Decision(decision) = &fact.kind {
            if let Decision::NodeFailure { node, cause, evidence: Evidence { misses, .. } } = decision
                && truth.is_sound(*node)
            {
                let (node, cause, misses) = (*node, *cause, *misses);
                mistakes.false_alarms.push(FalseAlarm {
                    at_ns: fact.at,
                    node,
                    node_name: name(node),
                    cause,
                    misses,
                });
            }
            if let Decision::StepStarted { node, step: StepKind::RestartNode, .. } = decision
                && truth.is_sound(*node)
            {
                let node = *node;
                mistakes.healthy_restarts.push(HealthyRestart {
                    at_ns: fact.at,
                    node,
                    node_name: name(node),
                });
            }
        }
        truth.apply(fact);
    }
    let restarted: BTreeSet<NodeId> = mistakes.healthy_restarts.iter().map(|restart| restart.node).collect();
    let at_start = record.nodes.iter().filter(|node| node.provisioned == Instant::ZERO).count();
    mistakes.healthy_restarted_ratio = restarted.len() as f64 / at_start.max(1) as f64;
    mistakes
}

/// The word for a step in files and tables.
pub(crate) const fn step_word(step: StepKind) -> &'static str {
    match step {
        StepKind::RestartNode => "restart_node",
        StepKind::ReplicateState => "replicate_state",
        StepKind::RedirectTraffic => "redirect_traffic",
    }
}

fn count(control: &mut ControlSummary, decision: &Decision) {
    match decision {
        Decision::NodeSuspected { .. } => control.suspected += 1,
        Decision::NodeFailure { .. } => control.failures_declared += 1,
        Decision::NodeRecovered { .. } => control.recovered += 1,
        Decision::ServiceDegraded { .. } => control.degraded += 1,
        Decision::ServiceRestored { .. } => control.restored += 1,
        Decision::PlanCreated { .. } => control.plans.created += 1,
        Decision::StepStarted { step, .. } => {
            *control.plans.steps_started.entry(step_word(*step).into()).or_insert(0) += 1;
        }
        Decision::StepFinished {
            step: StepKind::RestartNode,
            outcome: StepOutcome::Failed(OperationError::Unreachable | OperationError::Refused),
            ..
        } => control.restarts_refused += 1,
        Decision::StepFinished { .. } => {}
        Decision::PlanCompleted { .. } => control.plans.completed += 1,
        Decision::PlanGivenUp { .. } => control.plans.given_up += 1,
        Decision::TrafficRedirected { .. } => control.traffic_redirected += 1,
        Decision::TrafficRestored { .. } => control.traffic_restored += 1,
        Decision::NodeEjected { .. } => control.ejected += 1,
        Decision::NodeReturned { .. } => {}
        Decision::Scaling { plan, .. } => count_scaling(&mut control.scaling, plan),
        Decision::NodeAdding { .. } => control.scaling.adding += 1,
        Decision::NodeAdded { .. } => control.scaling.added += 1,
        Decision::NodeAddFailed { .. } => control.scaling.add_failed += 1,
        Decision::NodeRemoving { .. }
        | Decision::RemovalCancelled { .. }
        | Decision::ReplacementHeld { .. } => {}
        Decision::Rollout { progress: RolloutProgress::Began { .. }, .. } => control.rollouts += 1,
        Decision::Rollout { progress: RolloutProgress::Held { .. }, .. } => {}
        Decision::Rollout { progress: RolloutProgress::Completed { .. }, .. } => {
            control.rollouts_completed += 1
        }
        Decision::NodeRemoved { drained, .. } => {
            control.scaling.removed += 1;
            control.scaling.removed_undrained += u64::from(!drained);
        }
        Decision::ReplicationStarted { .. } => control.copies_started += 1,
        Decision::ReplicationFinished { copied: true, .. } => control.copies_done += 1,
        Decision::ReplicationFinished { copied: false, .. } => control.copies_failed += 1,
    }
}

fn count_scaling(scaling: &mut ScalingCounts, plan: &CapacityPlan) {
    match plan {
        CapacityPlan::ScaleUp(nodes) => {
            scaling.ups += 1;
            scaling.nodes_up += u64::from(*nodes);
        }
        CapacityPlan::ScaleDown(nodes) => {
            scaling.downs += 1;
            scaling.nodes_down += nodes.len() as u64;
        }
        CapacityPlan::Maintain => scaling.maintained += 1,
    }
}
