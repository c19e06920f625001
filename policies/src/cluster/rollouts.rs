//! Rolling updates: every node of a service is replaced by a new one, within bounds and budget.

use super::SelfHealingCluster;
use crate::recovery::{
    CountOrPercent, RolloutHold, RolloutState, disruptions_allowed, rolling_bounds, rollout_step,
};
use crate::{AddReason, Decision, Instant, NodeId, RemoveReason, RolloutProgress, ServiceId};
use alloc::vec::Vec;

/// A rolling update under way.
#[derive(Clone, Debug)]
pub(super) struct Rollout {
    began: Instant,
    /// All nodes from this one on are new.
    first_new: NodeId,
    /// Nodes the service should have; the auto-scaler may change it.
    pub(super) desired: u32,
    max_surge: CountOrPercent,
    max_unavailable: CountOrPercent,
    /// What it was last held back by, since it last got on.
    held: Option<RolloutHold>,
    /// Old nodes whose removal was cancelled since the last node joined.
    pub(super) kept: Vec<NodeId>,
}

impl SelfHealingCluster {
    /// Begins a rolling update; one of the service that is under way starts over.
    pub(super) fn begin_rollout(
        &mut self,
        now: Instant,
        service: ServiceId,
        max_surge: CountOrPercent,
        max_unavailable: CountOrPercent,
    ) {
        if !self.roster.has(service) {
            return;
        }
        let desired = match self.rollouts.get(&service) {
            Some(under_way) => under_way.desired,
            None => self.roster.total(service) + self.nodes.adding(service),
        };
        let first_new = self.roster.next_node();
        let bounds = rolling_bounds(desired, max_surge, max_unavailable);
        let (held, kept) = (None, Vec::new());
        let rollout = Rollout { began: now, first_new, desired, max_surge, max_unavailable, held, kept };
        self.rollouts.insert(service, rollout);
        self.unsettled = true;
        let progress = RolloutProgress::Began {
            nodes: desired,
            total_max: bounds.total_max,
            available_min: bounds.available_min,
        };
        self.ledger.note(Decision::Rollout { service, progress });
    }

    /// Lets all rolling updates go on as far as they can. Returns whether nodes were added or removed.
    pub(super) fn advance_rollouts(&mut self, now: Instant) -> bool {
        if self.rollouts.is_empty() {
            return false;
        }
        let services: Vec<ServiceId> = self.rollouts.keys().copied().collect();
        let mut any = false;
        for service in services {
            any |= self.advance_rollout(now, service);
        }
        any
    }

    fn advance_rollout(&mut self, now: Instant, service: ServiceId) -> bool {
        let rollout = self.rollouts[&service].clone();
        let serving = self.roster.serving(service).iter().copied();
        let (old, new): (Vec<NodeId>, Vec<NodeId>) = serving.partition(|node| *node < rollout.first_new);
        let failed = |node: &&NodeId| self.monitor.is_failed(**node);
        let count = |nodes: usize| u32::try_from(nodes).expect("nodes are counted by 32 bits");
        let (old_failed, new_failed) = (old.iter().filter(failed), new.iter().filter(failed).count());
        let old_failed: Vec<NodeId> = old_failed.copied().collect();
        let starting = self.nodes.adding_from(service, rollout.first_new);
        let desired = rollout.desired;
        let healthy = self.believed_healthy(service);
        let state = RolloutState {
            desired,
            old_healthy: count(old.len() - old_failed.len()),
            old_failed: count(old_failed.len()),
            new_healthy: count(new.len() - new_failed),
            new_unready: count(new_failed) + starting,
            budget: (self.nodes.disruption_budget())
                .map_or(u32::MAX, |least| disruptions_allowed(least, desired, healthy)),
        };
        let all_new = old.is_empty() && self.roster.leaving(service) == 0;
        if all_new && state.new_healthy >= desired && self.nodes.adding(service) == starting {
            self.rollouts.remove(&service);
            let progress = RolloutProgress::Completed { took: now.since(rollout.began) };
            self.ledger.note(Decision::Rollout { service, progress });
            return false;
        }
        let bounds = rolling_bounds(desired, rollout.max_surge, rollout.max_unavailable);
        let step = rollout_step(bounds, &state);
        self.note_hold(service, step.held, healthy, count(old.len()));
        for _ in 0..step.add {
            self.add_node(now, service, AddReason::Rollout);
        }
        let may_go = |node: &&NodeId| !old_failed.contains(node) && !rollout.kept.contains(node);
        let well = old.iter().filter(may_go).take(step.remove_healthy as usize);
        let leaving: Vec<NodeId> =
            old_failed.iter().take(step.remove_failed as usize).chain(well).copied().collect();
        for &node in &leaving {
            self.remove_node(now, node, RemoveReason::Rollout);
        }
        step.add > 0 || !leaving.is_empty()
    }

    /// Writes down what holds a rolling update back, when that is news.
    fn note_hold(&mut self, service: ServiceId, held: Option<RolloutHold>, healthy: u32, left: u32) {
        let Some(rollout) = self.rollouts.get_mut(&service) else { return };
        let before = core::mem::replace(&mut rollout.held, held);
        if let Some(by) = held.filter(|_| held != before) {
            let progress = RolloutProgress::Held { by, healthy, left };
            self.ledger.note(Decision::Rollout { service, progress });
        }
    }

    /// Whether a node that is to be removed can hand its replicas over.
    pub(super) fn can_hand_over(&self, node: NodeId, why: RemoveReason) -> bool {
        match why {
            RemoveReason::ScaleDown => true,
            RemoveReason::Rollout => !self.monitor.is_failed(node),
            RemoveReason::GivenUp => false,
        }
    }
}
