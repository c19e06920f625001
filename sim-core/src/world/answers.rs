//! How tries end: with an answer, in silence, or by a timeout, and what the sender does then.

use super::World;
use super::kinds::Kind;
use super::log::DigestKind;
use super::network::{Message, Passage};
use super::tries::{Answer, Due, NONE, Phase, Sender, Try};
use crate::engine::Seq;
use cusinart_policies::RequestOutcome;
use cusinart_policies::overload::RetryDecision;
use cusinart_record::RequestError;

impl World {
    /// Sends an answer back to the sender. The node is done with the try.
    pub(super) fn answer(&mut self, slot: u32, answer: Answer) {
        let item = &mut self.tries[slot];
        item.event = Seq::NONE;
        item.answer = answer;
        match item.sender {
            Sender::Gone => self.tries.free(slot),
            // Its caller died: only the balancer takes note, wherever it is.
            Sender::Abandoned => self.answer_arrived(slot),
            Sender::Client(_) | Sender::Parent(..) => self.send_answer(slot),
        }
    }

    #[inline]
    fn send_answer(&mut self, slot: u32) {
        let item = &self.tries[slot];
        let from = self.nodes[item.node.index()].place();
        let to = self.place_of_sender(slot);
        match self.network.passage(from, to, Message::Request, item.request, item.round(true)) {
            Passage::Free => self.answer_arrived(slot),
            Passage::After(latency) => {
                self.tries[slot].phase = Phase::Returning;
                self.schedule_try(slot, self.now + latency, Kind::AnswerArrives);
            }
            Passage::Lost(fault) => {
                self.faults.request_lost(fault);
                self.fall_silent(slot);
            }
        }
    }

    /// Nobody will answer a try any more; its sender learns that from its own timeout, if it has one.
    pub(super) fn fall_silent(&mut self, slot: u32) {
        let item = &mut self.tries[slot];
        item.event = Seq::NONE;
        item.phase = Phase::Silent;
        match item.sender {
            Sender::Gone => self.tries.free(slot),
            Sender::Abandoned => self.forget(slot),
            Sender::Client(_) | Sender::Parent(..) => {}
        }
    }

    /// An answer reached the sender.
    pub(super) fn answer_arrived(&mut self, slot: u32) {
        let item = self.tries[slot];
        if item.sender == Sender::Gone {
            self.tries.free(slot);
            return;
        }
        self.check_passage(slot, true);
        self.disarm(slot);
        let ok = item.answer == Answer::Ok;
        let latency = self.now.since(item.sent);
        if item.sender != Sender::Abandoned {
            self.breaker_hears(item.caller, ok, latency);
        }
        self.cluster.request_finished(self.now, item.node, RequestOutcome { ok, latency });
        match item.answer {
            Answer::Ok => {
                self.trace_try(&item, None);
                if item.sender != Sender::Abandoned {
                    self.callers[item.caller.index()].succeeded();
                    self.first_good_answer(slot);
                }
                self.tries.free(slot);
                self.request_ended(&item, None);
            }
            Answer::Failed(error) => {
                self.control.attention = true;
                self.try_failed(slot, error);
            }
        }
    }

    /// The sender's patience with a try is over.
    pub(super) fn timed_out(&mut self, slot: u32) {
        let item = self.tries[slot];
        let latency = self.now.since(item.sent);
        self.extras.disarm(slot);
        if item.sender != Sender::Abandoned {
            self.breaker_hears(item.caller, false, latency);
            self.note_first_try(slot);
        }
        if self.is_in_shared_queue(slot) {
            self.take_out(slot);
            self.try_failed(slot, RequestError::Timeout);
            return;
        }
        self.cluster.request_finished(self.now, item.node, RequestOutcome { ok: false, latency });
        self.control.attention = true;
        if item.phase == Phase::Silent {
            self.try_failed(slot, RequestError::Timeout);
            return;
        }
        // The node knows nothing of it and works on; the sender goes on in another slot.
        self.tries[slot].sender = Sender::Gone;
        let own = self.tries.insert(Try { event: Seq::NONE, child: NONE, ..item });
        self.extras.hand_over(slot, own);
        self.try_failed(own, RequestError::Timeout);
    }

    /// A try failed and holds nothing but its slot: try again after a pause, or give the request up.
    pub(super) fn try_failed(&mut self, slot: u32, error: RequestError) {
        let item = self.tries[slot];
        self.trace_try(&item, Some(error));
        if self.extras.are_kept() && self.leaves_to_twin(slot) {
            return;
        }
        let caller = &mut self.callers[item.caller.index()];
        // Whoever has lost patience does not try again.
        let is_final = item.sender == Sender::Abandoned || error == RequestError::Abandoned;
        let wanted = !is_final && u32::from(item.attempt) < caller.retries_max;
        let decision = (!is_final).then(|| caller.failed(self.now, u32::from(item.attempt)));
        if decision == Some(RetryDecision::Retry) {
            let pause = caller.pause(item.request, u32::from(item.attempt), item.round(false));
            if self.extras.is_late(slot, self.now + pause) {
                self.tries.free(slot);
                self.request_ended(&item, Some(error));
                return;
            }
            if let Sender::Client(client) = item.sender {
                let log = &mut self.clients[usize::from(client)].log;
                log.count(item.intended, |counts| counts.retries += 1);
                log.tally.repeated += 1;
            }
            let item = &mut self.tries[slot];
            item.attempt += 1;
            item.phase = Phase::Pausing;
            item.due = Due::At(self.now);
            if let Sender::Parent(parent, place) = item.sender {
                self.set_child(parent, place, slot);
            }
            self.schedule_try(slot, self.now + pause, Kind::Retry);
            return;
        }
        if wanted && let Sender::Client(client) = item.sender {
            self.clients[usize::from(client)].log.count(item.intended, |counts| counts.retries_denied += 1);
        }
        self.tries.free(slot);
        self.request_ended(&item, Some(error));
    }

    /// A request ended for good.
    pub(super) fn request_ended(&mut self, last: &Try, error: Option<RequestError>) {
        match last.sender {
            Sender::Client(client) => {
                let outcome = error.map_or(0, |error| error as u64 + 1);
                self.log.digest(self.now, DigestKind::Ended, last.request, outcome);
                self.clients[usize::from(client)].log.ended(self.now, last.intended, error);
                self.client_is_free(client.into());
            }
            Sender::Parent(parent, place) => self.call_ended(parent, place, last.request, error.is_none()),
            Sender::Abandoned | Sender::Gone => {}
        }
    }
}
