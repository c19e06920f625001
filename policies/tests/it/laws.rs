//! Laws that hold after every input, whatever happens.

use cusinart_policies::{Action, CapacityPlan, Decision, NodeId, OperationId, PlanId, ShardId};
use std::collections::{BTreeMap, BTreeSet};

/// Keeps book of what a cluster decided and asked, and objects when a law is broken.
#[derive(Debug, Default)]
pub(crate) struct Laws {
    open_plans: BTreeMap<PlanId, NodeId>,
    redirected: BTreeSet<NodeId>,
    ejected: BTreeSet<NodeId>,
    /// Being drained, stopped, or gone.
    out: BTreeSet<NodeId>,
    adding: BTreeSet<NodeId>,
    removing: BTreeSet<NodeId>,
    copies: BTreeMap<(ShardId, NodeId, NodeId), u32>,
    operations: BTreeSet<OperationId>,
    /// Nodes that serve or will.
    members: BTreeSet<NodeId>,
    scaled_to: Option<u32>,
    /// Failed nodes that are to get a plan.
    without_plan: BTreeSet<NodeId>,
}

impl Laws {
    pub(crate) fn adopt(&mut self, node: NodeId) {
        self.members.insert(node);
    }

    pub(crate) fn decided(&mut self, decision: &Decision) {
        match decision {
            Decision::PlanCreated { plan, node, steps, .. } => {
                assert!(!self.open_plans.values().any(|other| other == node), "two plans for {node}");
                let mut kinds = steps.clone();
                kinds.sort();
                kinds.dedup();
                assert_eq!(kinds.len(), steps.len(), "a step twice in {plan}");
                self.open_plans.insert(*plan, *node);
                self.without_plan.remove(node);
            }
            Decision::PlanCompleted { plan, .. } | Decision::PlanGivenUp { plan, .. } => {
                self.open_plans.remove(plan).expect("a plan ends once");
            }
            Decision::NodeFailure { node, .. } => drop(self.without_plan.insert(*node)),
            Decision::StepStarted { plan, .. } | Decision::StepFinished { plan, .. } => {
                assert!(self.open_plans.contains_key(plan), "a step of {plan}, which is not open");
            }
            Decision::TrafficRedirected { node, .. } => assert!(self.redirected.insert(*node)),
            Decision::TrafficRestored { node, .. } => assert!(self.redirected.remove(node)),
            Decision::NodeEjected { node, .. } => assert!(self.ejected.insert(*node)),
            Decision::NodeReturned { node } => assert!(self.ejected.remove(node)),
            Decision::NodeAdding { node, .. } => {
                self.adding.insert(*node);
                self.members.insert(*node);
            }
            Decision::NodeAdded { node, .. } => assert!(self.adding.remove(node)),
            Decision::NodeAddFailed { node, .. } => drop(self.adding.remove(node)),
            Decision::NodeRemoving { node, .. } => {
                assert!(self.removing.insert(*node));
                self.members.remove(node);
            }
            Decision::RemovalCancelled { node } => {
                assert!(self.removing.remove(node));
                self.members.insert(*node);
            }
            Decision::NodeRemoved { node, .. } => assert!(self.removing.remove(node)),
            Decision::ReplicationStarted { shard, from, to } => {
                *self.copies.entry((*shard, *from, *to)).or_default() += 1;
                assert_ne!(from, to);
                for node in [from, to] {
                    assert!(!self.out.contains(node), "a copy of {shard} with {node}, which is leaving");
                }
            }
            Decision::ReplicationFinished { shard, from, to, .. } => {
                let running = self.copies.get_mut(&(*shard, *from, *to)).expect("a copy ends after it began");
                *running -= 1;
            }
            Decision::Scaling { plan: CapacityPlan::ScaleUp(_), desired, .. } => {
                self.scaled_to = Some(*desired)
            }
            Decision::Scaling { .. }
            | Decision::NodeSuspected { .. }
            | Decision::NodeRecovered { .. }
            | Decision::Rollout { .. }
            | Decision::ServiceDegraded { .. }
            | Decision::ServiceRestored { .. }
            | Decision::ReplacementHeld { .. } => {}
        }
    }

    pub(crate) fn asked(&mut self, action: &Action) {
        match action {
            Action::DrainNode { node, operation } => {
                self.out.insert(*node);
                self.begun(*operation);
            }
            Action::StopNode { node, operation } => {
                self.out.insert(*node);
                // The node of a failed try.
                self.adding.remove(node);
                self.members.remove(node);
                self.ejected.remove(node);
                self.begun(*operation);
            }
            Action::RestartNode { node, operation } => {
                assert!(!self.out.contains(node), "{node} is leaving and is restarted");
                self.begun(*operation);
            }
            Action::StartNode { operation, .. }
            | Action::SyncState { operation, .. }
            | Action::CopyShard { operation, .. } => self.begun(*operation),
            Action::Probe { node, .. } => {
                assert!(!self.out.contains(node), "{node} is leaving and is probed")
            }
            Action::DropReplica { .. } => {}
        }
    }

    /// The balancer chose `node`.
    pub(crate) fn routed(&self, node: NodeId) {
        assert!(self.members.contains(&node) || self.removing.contains(&node), "{node} is no member");
        assert!(!self.redirected.contains(&node), "{node} is redirected and gets traffic");
        assert!(!self.out.contains(&node), "{node} is leaving and gets traffic");
        assert!(!self.ejected.contains(&node), "{node} is ejected and gets traffic");
    }

    /// An input has been treated: each node that failed has a plan or is being removed, and there are no more than
    /// `max` nodes after a cycle that added some.
    pub(crate) fn settled(&mut self, max: Option<u32>) {
        self.without_plan.retain(|node| !self.removing.contains(node));
        assert!(self.without_plan.is_empty(), "failed without a plan: {:?}", self.without_plan);
        if let (Some(desired), Some(max)) = (self.scaled_to.take(), max) {
            assert!(desired <= max, "{desired} nodes wanted, {max} allowed");
            assert!(self.members.len() <= max as usize, "{} nodes, {max} allowed", self.members.len());
        }
    }

    /// Everything that began has ended.
    pub(crate) fn quiet(&self) {
        assert!(self.open_plans.is_empty(), "plans without end: {:?}", self.open_plans);
        assert!(self.adding.is_empty(), "additions without end: {:?}", self.adding);
        assert!(self.removing.is_empty(), "removals without end: {:?}", self.removing);
        assert!(self.copies.values().all(|running| *running == 0), "copies without end: {:?}", self.copies);
        assert!(
            self.redirected.iter().all(|node| self.out.contains(node)),
            "redirected: {:?}",
            self.redirected
        );
    }

    fn begun(&mut self, operation: OperationId) {
        assert!(self.operations.insert(operation), "{operation} twice");
    }
}
