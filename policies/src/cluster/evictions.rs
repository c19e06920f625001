//! Replacing nodes that nothing helped, at the pace their zone allows.

use super::SelfHealingCluster;
use super::roster::Phase;
use crate::{AddReason, Instant, NodeId, RemoveReason};

impl SelfHealingCluster {
    /// Replaces a node that nothing helped, if that is wanted, it is still failed, and its zone's pace allows it.
    pub(super) fn plan_given_up(&mut self, now: Instant, node: NodeId) {
        let Some(spec) = self.roster.spec(node) else { return };
        if !self.is_to_be_replaced(node) || self.recovery.hold_at_closed_gate(spec.service, node) {
            return;
        }
        self.show_zones();
        match self.recovery.evictions.hold(now, node, spec.zone) {
            Some(held) => self.ledger.note(held),
            None => self.replace(now, node),
        }
    }

    /// Replaces the nodes that have waited long enough for their zone's pace. Returns whether there were any.
    pub(super) fn replace_held(&mut self, now: Instant) -> bool {
        if !self.recovery.evictions.is_limited() {
            return false;
        }
        self.show_zones();
        let mut any = false;
        while let Some(node) = self.recovery.evictions.take_due(now) {
            any = true;
            if self.is_to_be_replaced(node) {
                self.replace(now, node);
            }
        }
        any
    }

    fn is_to_be_replaced(&self, node: NodeId) -> bool {
        let serves = self.roster.phase(node) == Phase::Serving;
        serves && self.nodes.replaces_given_up() && self.monitor.is_failed(node)
    }

    fn replace(&mut self, now: Instant, node: NodeId) {
        let Some(spec) = self.roster.spec(node) else { return };
        self.add_node(now, spec.service, AddReason::Replacement);
        self.remove_node(now, node, RemoveReason::GivenUp);
        self.judge_service(now, spec.service);
    }

    /// Shows the limits of evictions how the zones are.
    fn show_zones(&mut self) {
        if !self.recovery.evictions.is_limited() {
            return;
        }
        for (zone, count) in self.roster.zone_counts() {
            self.recovery.evictions.observe(zone, count.serving - count.failed, count.failed);
        }
    }
}
