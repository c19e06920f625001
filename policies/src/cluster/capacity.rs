//! Adding nodes, removing them, and the cycles that ask for it.

use super::SelfHealingCluster;
use super::roster::Phase;
use crate::node_manager::{AdditionId, NodeOrder, NodeTask};
use crate::recovery::disruptions_allowed;
use crate::scaling::{ScalingDecision, ScalingNodes};
use crate::{
    Action, AddReason, CapacityPlan, Decision, Instant, NodeId, NodeSpec, OperationError, OperationId,
    RemoveReason, ServiceId, Standing,
};
use alloc::format;
use alloc::vec::Vec;

impl SelfHealingCluster {
    /// Does what is left to do until nothing changes: plans, copies, nodes that hand over their replicas.
    pub(super) fn settle(&mut self, now: Instant) {
        if !core::mem::take(&mut self.unsettled) {
            return;
        }
        loop {
            let released = self.remediate_released(now);
            let replaced = self.replace_held(now);
            let plans = self.run_plans(now);
            let copies = self.start_copies(now);
            self.recovery.check_replication(now, &mut self.ledger);
            let state = self.recovery.state();
            let orders = self.nodes.check_hand_over(now, state, &mut self.ledger);
            let handed_over = !orders.is_empty();
            self.carry_out(now, orders);
            let rolled = self.advance_rollouts(now);
            let idle = !released && !replaced && !plans && !copies && !handed_over && !rolled;
            if idle && !self.recovery.has_ready_plan() {
                break;
            }
        }
        self.unsettled = false;
    }

    /// One scaling cycle of a service.
    pub(super) fn scaling_cycle(&mut self, now: Instant, service: ServiceId) {
        let well = |node: &NodeId| !self.monitor.is_failed(*node);
        let serving: Vec<NodeId> = self.roster.serving(service).iter().copied().filter(well).collect();
        let nodes = ScalingNodes {
            serving: &serving,
            unhealthy: self.roster.failed(service),
            starting: self.nodes.adding(service),
            draining: self.roster.leaving(service),
        };
        let mut decision = self.scaler.cycle(now, service, &nodes);
        self.keep_within_budget(service, &mut decision);
        let ScalingDecision { plan, current, desired, reason } = decision;
        self.ledger.note(Decision::Scaling { service, plan: plan.clone(), current, desired, reason });
        match plan {
            CapacityPlan::ScaleUp(count) => {
                if let Some(rollout) = self.rollouts.get_mut(&service) {
                    rollout.desired += count;
                }
                for _ in 0..count {
                    self.add_node(now, service, AddReason::ScaleUp);
                }
            }
            CapacityPlan::ScaleDown(nodes) => {
                if let Some(rollout) = self.rollouts.get_mut(&service) {
                    let fewer = u32::try_from(nodes.len()).expect("nodes are counted by 32 bits");
                    rollout.desired = rollout.desired.saturating_sub(fewer);
                }
                for node in nodes {
                    self.remove_node(now, node, RemoveReason::ScaleDown);
                }
            }
            CapacityPlan::Maintain => {}
        }
    }

    /// Leaves out the removals that the disruption budget does not allow now.
    fn keep_within_budget(&self, service: ServiceId, decision: &mut ScalingDecision) {
        let (CapacityPlan::ScaleDown(leaving), Some(least)) =
            (&mut decision.plan, self.nodes.disruption_budget())
        else {
            return;
        };
        let expected = self.roster.total(service) + self.roster.leaving(service);
        let allowed = disruptions_allowed(least, expected, self.believed_healthy(service));
        let allowed = leaving.len().min(allowed as usize);
        if allowed < leaving.len() {
            let limit = format!("disruption budget lets {allowed} of {} nodes go", leaving.len());
            decision.reason.limits.push(limit);
            decision.desired += u32::try_from(leaving.len() - allowed).expect("nodes are counted by 32 bits");
            leaving.truncate(allowed);
        }
        if leaving.is_empty() {
            decision.plan = CapacityPlan::Maintain;
        }
    }

    /// Begins to add a node to a service.
    pub(super) fn add_node(&mut self, now: Instant, service: ServiceId, why: AddReason) {
        let spec = self.roster.start(service, self.roster.choose_zone(service, &[]));
        let order = self.nodes.add_node(now, spec, why, &mut self.ledger);
        self.carry_out(now, [order]);
    }

    /// Begins to remove a node that serves. Others are left alone.
    pub(super) fn remove_node(&mut self, now: Instant, node: NodeId, why: RemoveReason) {
        let Some(spec) = self.roster.spec(node) else { return };
        if self.roster.phase(node) != Phase::Serving {
            return;
        }
        self.unsettled = true;
        self.roster.set_phase(node, Phase::HandingOver);
        self.abandon_copies(|copy| copy.to == node);
        let hand_over = if self.can_hand_over(node, why) {
            let state = self.recovery.state_mut();
            state.set_standing(node, Standing::Leaving);
            state.enlist(node)
        } else {
            Vec::new()
        };
        let order = self.nodes.remove_node(now, node, why, hand_over, &mut self.ledger);
        self.carry_out(now, order);
        self.judge_service(now, spec.service);
    }

    pub(super) fn addition_advanced(
        &mut self,
        now: Instant,
        addition: AdditionId,
        operation: OperationId,
        result: Result<(), OperationError>,
    ) {
        let Some((service, _)) = self.nodes.wanted(addition) else { return };
        let zones = self.roster.zones(service);
        let orders = self.nodes.addition_advanced(now, addition, operation, result, zones, &mut self.ledger);
        self.carry_out(now, orders);
        self.judge_service(now, service);
    }

    pub(super) fn treat_due_tasks(&mut self, now: Instant) {
        while let Some(task) = self.nodes.take_due(now) {
            self.unsettled = true;
            let orders = match task {
                NodeTask::Add(addition) => self.nodes.addition_due(now, addition, &mut self.ledger),
                NodeTask::Remove(node) => {
                    self.nodes.removal_due(now, node, self.recovery.state(), &mut self.ledger)
                }
            };
            self.carry_out(now, orders);
        }
    }

    /// Does what the node manager ordered.
    pub(super) fn carry_out(&mut self, now: Instant, orders: impl IntoIterator<Item = NodeOrder>) {
        for order in orders {
            match order {
                NodeOrder::Start { spec: NodeSpec { node, service, zone }, operation } => {
                    self.actions.push_back(Action::StartNode { operation, node, service, zone });
                }
                NodeOrder::Sync { node, operation } => {
                    self.actions.push_back(Action::SyncState { operation, node });
                }
                NodeOrder::Join { spec } => {
                    self.roster.set_phase(spec.node, Phase::Serving);
                    self.enter_service(now, spec);
                }
                NodeOrder::Discard { node } => {
                    self.roster.set_phase(node, Phase::Gone);
                    let operation = self.ledger.begin_unowned();
                    self.actions.push_back(Action::StopNode { operation, node });
                }
                NodeOrder::TryAgain { addition } => self.try_again(now, addition),
                NodeOrder::Drain { node, operation } => self.drain(now, node, operation),
                NodeOrder::Stop { node, operation } => self.stop(now, node, operation),
                NodeOrder::Keep { node } => self.keep(now, node),
            }
        }
    }

    /// A node serves from `now` on.
    pub(super) fn enter_service(&mut self, now: Instant, spec: NodeSpec) {
        self.unsettled = true;
        if let Some(rollout) = self.rollouts.get_mut(&spec.service) {
            rollout.kept.clear();
        }
        self.balancer.add_node(now, spec);
        self.note_balancer();
        self.scaler.node_joined(now, spec);
        self.monitor.join(now, spec.node);
        self.recovery.state_mut().join(spec);
    }

    fn try_again(&mut self, now: Instant, addition: AdditionId) {
        let Some((service, refused)) = self.nodes.wanted(addition) else { return };
        let spec = self.roster.start(service, self.roster.choose_zone(service, refused));
        let order = self.nodes.start(now, addition, spec, &mut self.ledger);
        if let Some(NodeOrder::Start { spec: NodeSpec { node, service, zone }, operation }) = order {
            self.actions.push_back(Action::StartNode { operation, node, service, zone });
        }
    }

    /// Out of the balancer, then empty: probes end here, since a node that is leaving needs no recovery.
    fn drain(&mut self, now: Instant, node: NodeId, operation: OperationId) {
        self.unsettled = true;
        self.roster.set_phase(node, Phase::Draining);
        self.monitor.leave(node);
        self.recovery.state_mut().set_standing(node, Standing::Failed);
        self.balancer.set_draining(now, node);
        self.note_balancer();
        self.actions.push_back(Action::DrainNode { operation, node });
    }

    fn stop(&mut self, now: Instant, node: NodeId, operation: OperationId) {
        self.unsettled = true;
        self.roster.set_phase(node, Phase::Gone);
        self.monitor.leave(node);
        self.balancer.remove_node(now, node);
        self.note_balancer();
        self.scaler.node_left(node);
        self.redirected.remove(&node);
        self.recovery.node_left(now, node, &mut self.ledger);
        self.abandon_copies(|copy| copy.from == node || copy.to == node);
        self.recovery.state_mut().leave(node);
        self.actions.push_back(Action::StopNode { operation, node });
    }

    /// A node that was to be removed stays.
    fn keep(&mut self, now: Instant, node: NodeId) {
        let Some(spec) = self.roster.spec(node) else { return };
        self.unsettled = true;
        self.roster.set_phase(node, Phase::Serving);
        if let Some(rollout) = self.rollouts.get_mut(&spec.service) {
            rollout.kept.push(node);
        }
        if !self.monitor.is_failed(node) {
            self.recovery.state_mut().set_standing(node, Standing::Good);
            self.drop_surplus_of(node);
        }
        self.judge_service(now, spec.service);
    }
}
