//! What a node does not serve so that the rest stays fast: requests above its limit, dropped by its queue, or too late.

use super::World;
use super::kinds::Kind;
use super::tries::{Answer, Phase};
use cusinart_policies::NodeId;
use cusinart_policies::overload::{Head, LimitSample};
use cusinart_record::RequestError;

impl World {
    /// Whether a node takes in a try that has just come; if not, the try is answered.
    pub(super) fn admit(&mut self, slot: u32) -> bool {
        let node = &self.nodes[self.tries[slot].node.index()];
        let service = &mut self.services[node.service.index()];
        let there = node.serving.len + node.waiting.len;
        if self.extras.is_expired(slot, self.now) {
            self.expire(slot);
            return false;
        }
        if node.rest.limit.as_ref().is_some_and(|limit| there >= limit.limit()) {
            service.shed.limited += u64::from(!node.hung);
            self.turn_away(slot);
            return false;
        }
        let extra = self.extras.of(slot);
        (extra.arrived, extra.inflight) = (self.now, there + 1);
        true
    }

    /// A node is done with a try: its limit of concurrency learns from that.
    pub(super) fn learn(&mut self, slot: u32, dropped: bool) {
        let node = &mut self.nodes[self.tries[slot].node.index()];
        if let Some(limit) = &mut node.rest.limit {
            let extra = self.extras.of(slot);
            let rtt = self.now.since(extra.arrived);
            limit.sample(&LimitSample { rtt, inflight: extra.inflight, dropped });
        }
    }

    /// Gives a free worker the try that the queue's discipline names, and answers those that it drops; `false` if there
    /// is none.
    pub(super) fn take_up_next(&mut self, id: NodeId) -> bool {
        let next = self.dequeue(id);
        if let Some(next) = next {
            self.begin_service(next);
        }
        // Taken, since an answer may lead to the queue of a calling node.
        let mut dropped = std::mem::take(&mut self.extras.dropped);
        let mut expired = std::mem::take(&mut self.extras.expired);
        for slot in dropped.drain(..) {
            self.learn(slot, true);
            let node = &mut self.nodes[id.index()];
            node.rest.failed += 1;
            let service = &mut self.services[node.service.index()];
            service.rejected += 1;
            service.shed.dropped += 1;
            self.answer(slot, Answer::Failed(RequestError::Rejected));
        }
        for slot in expired.drain(..) {
            self.learn(slot, true);
            self.expire(slot);
        }
        (self.extras.dropped, self.extras.expired) = (dropped, expired);
        if next.is_none() && self.nodes[id.index()].draining {
            self.check_drained(id);
        }
        next.is_some()
    }

    fn dequeue(&mut self, id: NodeId) -> Option<u32> {
        let (now, tries) = (self.now, &mut self.tries);
        let node = &mut self.nodes[id.index()];
        let waiting = &mut node.waiting;
        let mut dropped = std::mem::take(&mut self.extras.dropped);
        let mut expired = std::mem::take(&mut self.extras.expired);
        let extras = &mut self.extras;
        let mut take = || loop {
            let item = waiting.pop_front(tries)?;
            if !extras.is_expired(item, now) {
                return Some(Head { item, arrived: extras.of(item).arrived, last: waiting.len == 0 });
            }
            expired.push(item);
        };
        let next = match &mut node.rest.discipline {
            Some(discipline) => discipline.dequeue(now, take, |slot| dropped.push(slot)),
            None => take().map(|head| head.item),
        };
        (self.extras.dropped, self.extras.expired) = (dropped, expired);
        next
    }

    /// A try waits in a queue from now on.
    pub(super) fn wait(&mut self, slot: u32) {
        let item = &mut self.tries[slot];
        item.phase = Phase::Waiting;
        let caller = &self.callers[item.caller.index()];
        if let Some(patience) = caller.in_queue(item.request, item.round(false)) {
            self.schedule_try(slot, self.now + patience, Kind::Abandons);
        }
    }

    /// The patience of a waiting try is at its end: it leaves the queue.
    pub(super) fn abandons_queue(&mut self, slot: u32) {
        if self.is_in_shared_queue(slot) {
            self.take_out(slot);
            self.leave_queue(slot, RequestError::Abandoned);
            return;
        }
        let id = self.tries[slot].node;
        self.nodes[id.index()].waiting.remove(&mut self.tries, slot);
        if self.extras.are_kept() {
            self.learn(slot, true);
        }
        self.answer(slot, Answer::Failed(RequestError::Abandoned));
        if self.nodes[id.index()].draining {
            self.check_drained(id);
        }
    }

    /// A node does not begin a try whose deadline has passed.
    fn expire(&mut self, slot: u32) {
        let service = self.nodes[self.tries[slot].node.index()].service;
        self.services[service.index()].shed.expired += 1;
        self.answer(slot, Answer::Failed(RequestError::Timeout));
    }
}
