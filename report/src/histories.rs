//! Histories: what happened to every node and what was done for it, in order.

use cusinart_policies::{AddReason, CapacityPlan, Decision, Instant, NodeId, RemoveReason, ServiceId};
use cusinart_record::{FactKind, NodeState, RunRecord};
use std::collections::{BTreeMap, VecDeque};

/// One thing that happened to a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mark {
    /// Its true state has changed.
    State(NodeState),
    /// It was declared failed.
    Failed,
    /// It was believed healthy again.
    Recovered,
    /// Something was done for it.
    Acted,
    /// It is being removed.
    Removing(RemoveReason),
    /// It came to serve.
    Added,
}

/// What happened to every node, and what was done for each service.
#[derive(Debug, Default)]
pub(crate) struct Histories {
    /// Marks of each node, in order.
    pub(crate) of_nodes: Vec<Vec<(Instant, Mark)>>,
    /// Scale-ups of each service.
    pub(crate) scale_ups: BTreeMap<ServiceId, Vec<Instant>>,
    replacements: BTreeMap<NodeId, (Instant, NodeId)>,
}

impl Histories {
    /// Reads all facts.
    pub(crate) fn of(record: &RunRecord) -> Self {
        let mut all = Self { of_nodes: vec![Vec::new(); record.nodes.len()], ..Self::default() };
        // Replacements carry no link to the node they stand in for: they are matched in order, per service.
        let mut given_up: BTreeMap<ServiceId, VecDeque<NodeId>> = BTreeMap::new();
        let mut spare: BTreeMap<ServiceId, VecDeque<(Instant, NodeId)>> = BTreeMap::new();
        for fact in &record.facts {
            let decision = match &fact.kind {
                FactKind::NodeState { node, state } => {
                    all.mark(*node, fact.at, Mark::State(*state));
                    continue;
                }
                FactKind::Decision(decision) => decision,
                FactKind::FaultBegan { .. }
                | FactKind::FaultEnded { .. }
                | FactKind::FaultMissed { .. }
                | FactKind::NodeProvisioned { .. }
                | FactKind::ReplicasLost { .. }
                | FactKind::ShardLost { .. } => continue,
            };
            if let Some((node, mark)) = mark_of(decision) {
                all.mark(node, fact.at, mark);
            }
            if let Decision::Scaling { service, plan: CapacityPlan::ScaleUp(_), .. } = decision {
                all.scale_ups.entry(*service).or_default().push(fact.at);
            }
            if let Decision::NodeAdding { node, service, why: AddReason::Replacement, .. } = decision {
                match given_up.entry(*service).or_default().pop_front() {
                    Some(old) => drop(all.replacements.insert(old, (fact.at, *node))),
                    None => spare.entry(*service).or_default().push_back((fact.at, *node)),
                }
            }
            if let Decision::NodeRemoving { node, why: RemoveReason::GivenUp } = decision
                && let Some(service) = record.nodes.get(node.index()).map(|node| node.service)
            {
                match spare.entry(service).or_default().pop_front() {
                    Some(replacement) => drop(all.replacements.insert(*node, replacement)),
                    None => given_up.entry(service).or_default().push_back(*node),
                }
            }
        }
        all
    }

    fn mark(&mut self, node: NodeId, at: Instant, mark: Mark) {
        if let Some(history) = self.of_nodes.get_mut(node.index()) {
            history.push((at, mark));
        }
    }

    /// When the replacement of a node, or the replacement's replacement, served.
    pub(crate) fn replaced(&self, node: NodeId) -> Option<(Instant, NodeId)> {
        let mut node = self.replacements.get(&node)?.1;
        // A chain is no longer than the number of nodes: each link is a node made later.
        for _ in 0..self.of_nodes.len() {
            let history = self.of_nodes.get(node.index())?;
            if let Some((at, _)) = history.iter().find(|(_, mark)| *mark == Mark::Added) {
                return Some((*at, node));
            }
            node = self.replacements.get(&node)?.1;
        }
        None
    }
}

/// What a decision means for the history of a node.
fn mark_of(decision: &Decision) -> Option<(NodeId, Mark)> {
    match decision {
        Decision::NodeFailure { node, .. } => Some((*node, Mark::Failed)),
        Decision::NodeRecovered { node, .. } => Some((*node, Mark::Recovered)),
        Decision::StepStarted { node, .. } | Decision::TrafficRedirected { node, .. } => {
            Some((*node, Mark::Acted))
        }
        Decision::NodeRemoving { node, why } => Some((*node, Mark::Removing(*why))),
        Decision::NodeAdded { node, .. } => Some((*node, Mark::Added)),
        Decision::NodeSuspected { .. }
        | Decision::ServiceDegraded { .. }
        | Decision::ServiceRestored { .. }
        | Decision::PlanCreated { .. }
        | Decision::StepFinished { .. }
        | Decision::PlanCompleted { .. }
        | Decision::PlanGivenUp { .. }
        | Decision::TrafficRestored { .. }
        | Decision::NodeEjected { .. }
        | Decision::NodeReturned { .. }
        | Decision::Scaling { .. }
        | Decision::NodeAdding { .. }
        | Decision::NodeAddFailed { .. }
        | Decision::RemovalCancelled { .. }
        | Decision::NodeRemoved { .. }
        | Decision::ReplicationStarted { .. }
        | Decision::ReplicationFinished { .. } => None,
    }
}
