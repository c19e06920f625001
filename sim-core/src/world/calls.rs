//! Requests that services make, step after step, and what becomes of tries whose node or caller goes.

use super::World;
use super::tries::{Answer, Due, NONE, Phase, Sender};
use crate::engine::Seq;
use cusinart_record::RequestError;
use cusinart_scenarios::InFlight;

impl World {
    /// Makes the calls of a try's step, or of the first one after it that has any to make; after the last one, ends
    /// its service.
    pub(super) fn call(&mut self, slot: u32, step: u16) {
        let service = self.tries[slot].service.index();
        for number in step.. {
            let Some(step) = self.services[service].steps.get(usize::from(number)) else { break };
            let alone = step.calls.len() == 1;
            let parent = &mut self.tries[slot];
            parent.phase = Phase::Calling;
            parent.step = number;
            parent.event = Seq::NONE;
            if !alone {
                self.call_all(slot);
                return;
            }
            if self.is_made(slot, 0) {
                let child = self.new_call(slot, 0);
                self.tries[slot].child = child;
                self.send(child);
                return;
            }
        }
        self.end_service(slot, true);
    }

    /// The request that a try makes at a place of its step.
    pub(super) fn new_call(&mut self, slot: u32, place: u16) -> u32 {
        let parent = &self.tries[slot];
        let step = &self.services[parent.service.index()].steps[usize::from(parent.step)];
        let (request, caller) =
            (parent.child_request(step.first + u32::from(place)), step.calls[usize::from(place)].caller);
        let lineage = parent.lineage_of_children();
        let target = self.callers[caller.index()].service;
        let demand = self.services[target.index()].demand_of(request);
        let child = self.new_try(request, demand, Sender::Parent(slot, place), caller);
        self.tries[child].lineage = lineage;
        self.callers[caller.index()].first_try(self.now);
        child
    }

    /// A try waits for another one than before at a place of its step.
    pub(super) fn set_child(&mut self, parent: u32, place: u16, child: u32) {
        if self.has_brood(parent) {
            self.broods[parent as usize].children[usize::from(place)] = child;
        } else {
            self.tries[parent].child = child;
        }
    }

    /// A call ended.
    pub(super) fn call_ended(&mut self, parent: u32, place: u16, request: u64, ok: bool) {
        if ok {
            self.fill_cache(parent, place, request);
        }
        if self.has_brood(parent) {
            self.one_of_brood_ended(parent, place, ok);
            return;
        }
        self.tries[parent].child = NONE;
        self.step_ended(parent, ok);
    }

    /// All calls of a try's step ended that it waits for.
    pub(super) fn step_ended(&mut self, parent: u32, ok: bool) {
        let item = &mut self.tries[parent];
        if self.nodes[item.node.index()].hung {
            item.phase = Phase::Called(ok);
            return;
        }
        self.go_on_after_call(parent, ok);
    }

    /// Goes on with a try after its calls.
    pub(super) fn go_on_after_call(&mut self, slot: u32, ok: bool) {
        if ok { self.call(slot, self.tries[slot].step + 1) } else { self.end_service(slot, false) }
    }

    /// A node of this pace died with a try on it.
    pub(super) fn kill_try(&mut self, slot: u32, pace: f64, in_flight: InFlight) {
        if in_flight == InFlight::Resume {
            self.note_work_left(slot, pace);
        } else {
            self.tries[slot].due = Due::At(self.now);
        }
        let child = self.tries[slot].child;
        if child != NONE {
            self.tries[slot].child = NONE;
            self.abandon(child);
        }
        if self.has_brood(slot) {
            self.abandon_brood(slot);
        }
        match in_flight {
            InFlight::Reset => self.answer(slot, Answer::Failed(RequestError::Reset)),
            InFlight::Lost => self.fall_silent(slot),
            InFlight::Retry | InFlight::Resume => self.hand_over(slot, self.place_of_sender(slot)),
        }
    }

    /// The caller of a request died: all its tries are abandoned.
    pub(super) fn abandon(&mut self, slot: u32) {
        while let Some(twin) = self.extras.part_with_twin(slot) {
            self.abandon_try(twin);
        }
        self.abandon_try(slot);
    }

    /// The caller of a try died. One between two attempts ends; one under way is still counted by the balancer,
    /// until its answer, its timeout, or the end of all hope.
    fn abandon_try(&mut self, slot: u32) {
        self.extras.hedge_no_more(slot);
        let queued = self.is_in_shared_queue(slot);
        let item = &mut self.tries[slot];
        item.sender = Sender::Abandoned;
        if item.phase != Phase::Pausing
            && let Some(breaker) = &mut self.callers[item.caller.index()].breaker
        {
            breaker.release();
        }
        match item.phase {
            Phase::Pausing => {
                item.event = Seq::NONE;
                self.tries.free(slot);
            }
            Phase::Silent => self.forget(slot),
            Phase::Returning => {
                item.event = Seq::NONE;
                self.answer_arrived(slot);
            }
            Phase::Waiting if queued => {
                self.take_out(slot);
                self.disarm(slot);
                self.tries.free(slot);
            }
            Phase::Travelling | Phase::Waiting | Phase::Serving | Phase::Calling | Phase::Called(_) => {}
        }
    }

    /// Drops a try that nobody waits for and nobody will answer. The balancer learns of it from the timeout of
    /// the caller, which outlives the caller; without one, at once.
    pub(super) fn forget(&mut self, slot: u32) {
        let item = self.tries[slot];
        if self.callers[item.caller.index()].timeout.is_none() {
            self.disarm(slot);
            self.cluster.request_withdrawn(item.node);
            self.tries.free(slot);
        }
    }

    /// Sends a try, which its node holds no more, from a place to another node; its sender notices nothing, and its
    /// timeout runs on.
    pub(super) fn hand_over(&mut self, slot: u32, from: usize) {
        self.tries[slot].event = Seq::NONE;
        let item = self.tries[slot];
        match item.sender {
            Sender::Gone => self.tries.free(slot),
            Sender::Abandoned => {
                self.disarm(slot);
                self.cluster.request_withdrawn(item.node);
                self.tries.free(slot);
            }
            Sender::Client(_) | Sender::Parent(..)
                if self.services[item.service.index()].shared.is_some() =>
            {
                self.put_back(slot);
            }
            Sender::Client(_) | Sender::Parent(..) => {
                self.cluster.request_withdrawn(item.node);
                if self.route(slot, from) {
                    self.travel(slot, from);
                } else {
                    self.disarm(slot);
                    self.breaker_hears(item.caller, false, self.now.since(item.sent));
                    self.try_failed(slot, RequestError::Unrouted);
                }
            }
        }
    }
}
