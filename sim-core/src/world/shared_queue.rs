//! One queue for all nodes of a service: a node with a free worker takes the first request.

use super::World;
use super::kinds::Kind;
use super::log::DigestKind;
use super::network::Message;
use super::nodes::Stage;
use super::tries::{Due, NONE, Phase};
use super::try_list::TryList;
use crate::engine::Seq;
use cusinart_policies::{Duration, NodeId, ServiceId};
use cusinart_record::RequestError;
use std::collections::VecDeque;

/// The queue of a service, and who could take from it.
#[derive(Debug)]
pub(super) struct SharedQueue {
    /// Most requests that wait.
    max: u32,
    pub(super) waiting: TryList,
    /// Nodes that may have a free worker, each once, the one that has been free for longest first.
    free: VecDeque<NodeId>,
}

/// What a node has to do with the queue of its service.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Claims {
    /// Requests that it took and that have not ended.
    taken: u32,
    /// Whether it is among those that may have a free worker.
    listed: bool,
}

impl SharedQueue {
    pub(super) fn new(max: u32) -> Self {
        Self { max, waiting: TryList::default(), free: VecDeque::new() }
    }
}

impl World {
    /// Gives a try to a free node of its service, or puts it into the queue.
    pub(super) fn enqueue(&mut self, slot: u32) {
        let item = &mut self.tries[slot];
        (item.node, item.phase) = (NodeId(NONE), Phase::Travelling);
        let service = item.service;
        if let Some(node) = self.next_free(service) {
            self.take(node, slot);
            return;
        }
        let shared = shared(&mut self.services[service.index()].shared);
        if shared.waiting.len < shared.max {
            shared.waiting.push_back(&mut self.tries, slot);
            self.wait(slot);
        } else {
            self.services[service.index()].rejected += 1;
            self.leave_queue(slot, RequestError::Rejected);
        }
    }

    /// Puts a try, which a node held, back to the head of the queue of its service.
    pub(super) fn put_back(&mut self, slot: u32) {
        let item = &mut self.tries[slot];
        self.cluster.request_withdrawn(item.node);
        item.node = NodeId(NONE);
        let service = item.service;
        shared(&mut self.services[service.index()].shared).waiting.push_front(&mut self.tries, slot);
        self.wait(slot);
        if let Some(node) = self.next_free(service) {
            self.take_from_queue(node);
        }
    }

    /// Takes a try out of the queue of its service.
    pub(super) fn take_out(&mut self, slot: u32) {
        let service = self.tries[slot].service;
        shared(&mut self.services[service.index()].shared).waiting.remove(&mut self.tries, slot);
        self.tries[slot].event = Seq::NONE;
    }

    /// A try ends at the queue of its service, which it is not in, or not any more.
    pub(super) fn leave_queue(&mut self, slot: u32, error: RequestError) {
        let item = self.tries[slot];
        self.disarm(slot);
        self.breaker_hears(item.caller, false, self.now.since(item.sent));
        self.try_failed(slot, error);
    }

    /// Whether a try is in the queue of its service.
    pub(super) fn is_in_shared_queue(&self, slot: u32) -> bool {
        let item = &self.tries[slot];
        item.phase == Phase::Waiting && item.node.0 == NONE
    }

    /// Work that a node has taken from the queue of its service has ended, or never came to it.
    pub(super) fn claim_ends(&mut self, id: NodeId) {
        let rest = &mut self.nodes[id.index()].rest;
        rest.claims.taken = rest.claims.taken.saturating_sub(1);
        self.take_from_queue(id);
    }

    /// A node lost all that it held.
    pub(super) fn claims_end(&mut self, id: NodeId) {
        self.nodes[id.index()].rest.claims.taken = 0;
    }

    /// Lets a node take from the queue of its service, if it has one, until all its workers are busy.
    pub(super) fn take_from_queue(&mut self, id: NodeId) {
        let service = self.nodes[id.index()].service;
        if self.services[service.index()].shared.is_none() {
            return;
        }
        while self.can_take(id) {
            let shared = shared(&mut self.services[service.index()].shared);
            let Some(slot) = shared.waiting.pop_front(&mut self.tries) else {
                self.list_as_free(id);
                return;
            };
            if self.extras.are_kept() && self.extras.is_expired(slot, self.now) {
                self.services[service.index()].shed.expired += 1;
                self.leave_queue(slot, RequestError::Timeout);
            } else {
                self.take(id, slot);
            }
        }
    }

    /// A node takes a try.
    fn take(&mut self, id: NodeId, slot: u32) {
        self.nodes[id.index()].rest.claims.taken += 1;
        let item = &mut self.tries[slot];
        item.node = id;
        item.event = Seq::NONE;
        self.log.digest(self.now, DigestKind::Sent, item.request, id.index() as u64);
        self.cluster.request_taken(id);
        if self.can_take(id) {
            self.list_as_free(id);
        }
        // A queue delivers again what was lost on the way: only the latency counts.
        let (from, to) = (self.place_of_sender(slot), self.nodes[id.index()].place());
        let item = &self.tries[slot];
        let latency = self.network.latency(from, to, Message::Request, item.request, item.round(false));
        if latency.is_zero() {
            self.at_node(slot);
        } else {
            self.tries[slot].phase = Phase::Travelling;
            self.audit.delivered += 1;
            self.schedule_try(slot, self.now + latency, Kind::TryArrives);
        }
    }

    /// The node that has been free for longest. It is not listed any more.
    fn next_free(&mut self, service: ServiceId) -> Option<NodeId> {
        loop {
            let shared = shared(&mut self.services[service.index()].shared);
            let id = shared.free.pop_front()?;
            self.nodes[id.index()].rest.claims.listed = false;
            if self.can_take(id) {
                return Some(id);
            }
        }
    }

    fn list_as_free(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        if !std::mem::replace(&mut node.rest.claims.listed, true) {
            shared(&mut self.services[node.service.index()].shared).free.push_back(id);
        }
    }

    pub(super) fn can_take(&self, id: NodeId) -> bool {
        let node = &self.nodes[id.index()];
        let workers = self.services[node.service.index()].node_type.workers;
        node.stage == Stage::Running && !node.hung && !node.draining && node.rest.claims.taken < workers
    }
}

impl World {
    /// The work that is left of a try which its node serves or holds: what it takes on a node of pace 1.
    pub(super) fn note_work_left(&mut self, slot: u32, pace: f64) {
        let item = &mut self.tries[slot];
        let left = match (item.phase, item.due) {
            (Phase::Serving, Due::At(at)) => at.since(self.now).mul_f64(pace),
            (Phase::Serving, Due::In(span)) => span.mul_f64(pace),
            (Phase::Calling | Phase::Called(_), _) => Duration::ZERO,
            (Phase::Travelling | Phase::Waiting | Phase::Returning | Phase::Silent | Phase::Pausing, _) => {
                return;
            }
        };
        item.due = Due::In(left);
    }
}

fn shared(queue: &mut Option<SharedQueue>) -> &mut SharedQueue {
    queue.as_mut().expect("only asked of services with such a queue")
}
