//! Nodes that stand still or serve slowly: what becomes of the work they hold.

use super::World;
use super::audit::signed;
use super::kinds::Kind;
use super::tries::{Due, NONE, Phase};
use crate::engine::Seq;
use cusinart_policies::NodeId;
use cusinart_record::FaultId;

impl World {
    /// A process stands still.
    pub(super) fn begin_hang(&mut self, id: NodeId, fault: FaultId) {
        let node = &mut self.nodes[id.index()];
        node.rest.hangs.push(fault);
        if node.hung {
            return;
        }
        node.change(self.now, node.stage, true);
        // Meanwhile nobody receives anything.
        let service = &mut self.services[node.service.index()];
        service.received += signed(self.now) * i128::from(node.serving.len);
        self.pace_of_sharing_changed(id);
        let node = &self.nodes[id.index()];
        let mut slot = node.serving.head;
        while slot != NONE {
            let item = &mut self.tries[slot];
            if item.phase == Phase::Serving
                && let Due::At(at) = item.due
                && !node.shares()
            {
                item.due = Due::In(at.since(self.now));
                item.event = Seq::NONE;
            }
            slot = item.next;
        }
        self.show_node(id);
    }

    /// A hang ends; with the last one, the process goes on where it was. Nothing happens if the process is not
    /// the one that hung.
    pub(super) fn end_hang(&mut self, id: NodeId, fault: FaultId) {
        let node = &mut self.nodes[id.index()];
        node.rest.hangs.retain(|&other| other != fault);
        if !node.hung || !node.rest.hangs.is_empty() {
            return;
        }
        node.change(self.now, node.stage, false);
        let service = &mut self.services[node.service.index()];
        service.received -= signed(self.now) * i128::from(node.serving.len);
        self.pace_of_sharing_changed(id);
        let node = &self.nodes[id.index()];
        let shares = node.shares();
        let mut slot = node.serving.head;
        let mut called = Vec::new();
        while slot != NONE {
            let item = &mut self.tries[slot];
            match (item.phase, item.due) {
                (Phase::Serving, Due::In(span)) if !shares => {
                    item.due = Due::At(self.now + span);
                    item.event = self.queue.schedule(self.now + span, Kind::ServiceDone as u8, slot);
                }
                (Phase::Called(ok), _) => called.push((slot, ok)),
                (
                    Phase::Travelling
                    | Phase::Waiting
                    | Phase::Serving
                    | Phase::Calling
                    | Phase::Returning
                    | Phase::Silent
                    | Phase::Pausing,
                    _,
                ) => {}
            }
            slot = self.tries[slot].next;
        }
        self.show_node(id);
        for (slot, ok) in called {
            self.go_on_after_call(slot, ok);
        }
        self.take_up_waiting(id);
        self.take_from_queue(id);
        self.resume_member(id);
    }

    /// Gives waiting tries to free workers.
    fn take_up_waiting(&mut self, id: NodeId) {
        loop {
            let node = &mut self.nodes[id.index()];
            let places = self.services[node.service.index()].places;
            if !node.has_free_worker(places) {
                return;
            }
            if self.extras.are_kept() {
                if !self.take_up_next(id) {
                    return;
                }
                continue;
            }
            let Some(slot) = node.waiting.pop_front(&mut self.tries) else { return };
            self.begin_service(slot);
        }
    }

    /// Slows a node down by a factor, or, with `None`, ends the slowdown of this fault.
    pub(super) fn set_slowdown(&mut self, id: NodeId, fault: FaultId, factor: Option<f64>) {
        let slowdowns = &mut self.nodes[id.index()].rest.slowdowns;
        slowdowns.retain(|(other, _)| *other != fault);
        if let Some(factor) = factor {
            slowdowns.push((fault, factor));
        }
        self.refresh_pace(id);
        self.show_node(id);
    }

    /// Recomputes a node's pace and moves the ends of what it serves.
    pub(super) fn refresh_pace(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        let slower = node.rest.slowdowns.iter().fold(1.0, |product, (_, factor)| product * factor);
        let kind = &self.services[node.service.index()].node_type;
        let transfers = 1.0 + kind.transfer_slowdown * f64::from(node.rest.transfers);
        let pace = node.rest.speed / (slower * transfers);
        if pace == node.rest.pace {
            return;
        }
        let stretch = node.rest.pace / pace;
        if node.shares() {
            node.set_pace(pace);
            self.pace_of_sharing_changed(id);
            return;
        }
        node.set_pace(pace);
        let mut slot = node.serving.head;
        while slot != NONE {
            let item = &mut self.tries[slot];
            let next = item.next;
            if item.phase == Phase::Serving {
                match item.due {
                    Due::At(at) => {
                        let due = self.now + at.since(self.now).mul_f64(stretch);
                        item.due = Due::At(due);
                        item.event = self.queue.schedule(due, Kind::ServiceDone as u8, slot);
                    }
                    Due::In(span) => item.due = Due::In(span.mul_f64(stretch)),
                }
            }
            slot = next;
        }
    }
}
