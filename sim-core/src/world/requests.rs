//! The journey of a request: from its sender over the balancer and the network to a node and back.
//!
//! A request is one or more *tries*. A try lives in the slab from the moment it is sent until both its sender
//! and its node are done with it: when the sender gives up first, the node works on for nobody.

use super::World;
use super::audit::signed;
use super::clients::{CallerId, NOWHERE};
use super::kinds::Kind;
use super::log::DigestKind;
use super::network::{Message, Passage};
use super::tries::{Answer, Due, NONE, Phase, Sender, Try};
use crate::TryTrace;
use crate::engine::Seq;
use cusinart_policies::{Duration, Instant, NodeId, RouteRequest};
use cusinart_record::{FaultId, RequestError};

impl World {
    /// Routes a try, starts its timeout and sends it on its way, unless its sender's breaker is open.
    pub(super) fn send(&mut self, slot: u32) {
        let item = &mut self.tries[slot];
        item.sent = self.now;
        let caller = item.caller;
        if let Sender::Client(client) = item.sender {
            self.clients[usize::from(client)].log.tally.sent += 1;
        }
        if self.extras.is_late(slot, self.now) {
            self.try_failed(slot, RequestError::Timeout);
            return;
        }
        if !self.breaker_permits(caller) {
            self.refuse(slot);
            return;
        }
        if self.services[self.tries[slot].service.index()].shared.is_some() {
            self.arm(slot, caller);
            self.enqueue(slot);
            return;
        }
        let from = self.place_of_sender(slot);
        if self.route(slot, from) {
            self.arm(slot, caller);
            self.travel(slot, from);
        } else {
            self.breaker_hears(caller, false, Duration::ZERO);
            self.try_failed(slot, RequestError::Unrouted);
        }
    }

    /// Starts the timeout of a try, and what else is to happen if no answer comes.
    #[inline]
    pub(super) fn arm(&mut self, slot: u32, caller: CallerId) {
        if self.extras.are_kept() && self.arm_extras(slot, caller) {
            return;
        }
        if let Some(lane) = self.callers[caller.index()].timeout {
            self.queue.arm(self.now, lane, slot);
        }
    }

    /// Stops all that was started with the timeout.
    #[inline]
    pub(super) fn disarm(&mut self, slot: u32) {
        self.queue.disarm(slot);
        self.extras.disarm(slot);
    }

    /// The breaker of a try's sender is open: its request ends.
    #[cold]
    fn refuse(&mut self, slot: u32) {
        let item = self.tries[slot];
        self.trace_try(&Try { node: NodeId(NONE), ..item }, Some(RequestError::BreakerOpen));
        self.tries.free(slot);
        self.request_ended(&item, Some(RequestError::BreakerOpen));
    }

    /// Lets the balancer name the node of a try; `false` if it has none.
    #[inline]
    pub(super) fn route(&mut self, slot: u32, from: usize) -> bool {
        let item = &mut self.tries[slot];
        let request = RouteRequest {
            service: item.service,
            key: item.request,
            labels: self.callers[item.caller.index()].labels,
            // The last one it was sent to.
            avoid: (item.node.0 != NONE).then_some(item.node),
            zone: self.network.zone_of(from),
        };
        let rng = &mut self.services[item.service.index()].routing;
        match self.cluster.route(self.now, &request, rng) {
            Ok(node) => {
                item.node = node;
                self.log.digest(self.now, DigestKind::Sent, item.request, node.index() as u64);
                true
            }
            Err(_) => {
                item.node = NodeId(NONE);
                false
            }
        }
    }

    /// Lets a routed try travel from `from` to its node.
    #[inline]
    pub(super) fn travel(&mut self, slot: u32, from: usize) {
        let item = &self.tries[slot];
        let to = self.nodes[item.node.index()].place();
        match self.network.passage(from, to, Message::Request, item.request, item.round(false)) {
            Passage::Free => self.at_node(slot),
            Passage::After(latency) => {
                self.tries[slot].phase = Phase::Travelling;
                self.schedule_try(slot, self.now + latency, Kind::TryArrives);
            }
            Passage::Lost(fault) => {
                self.faults.request_lost(fault);
                self.fall_silent(slot);
            }
        }
    }

    /// A try comes to its node, unless the way has been cut meanwhile.
    pub(super) fn comes_to_node(&mut self, slot: u32) {
        if self.network.is_cut() {
            let cut = self.cut_between(slot, false);
            let is_pulled = self.services[self.tries[slot].service.index()].shared.is_some();
            if cut.is_some() && !is_pulled {
                self.faults.request_lost(cut);
                self.fall_silent(slot);
                return;
            }
        }
        self.at_node(slot);
    }

    /// An answer comes to the sender, unless the way has been cut meanwhile.
    pub(super) fn answer_comes(&mut self, slot: u32) {
        if self.network.is_cut() {
            let cut = self.cut_between(slot, true);
            if cut.is_some() {
                self.faults.request_lost(cut);
                self.fall_silent(slot);
                return;
            }
        }
        self.answer_arrived(slot);
    }

    /// The fault that cuts the way of a try to its node, or back. Nobody knows where a call came from whose caller is gone.
    pub(super) fn cut_between(&self, slot: u32, back: bool) -> Option<FaultId> {
        let (sender, node) = (self.place_of_sender(slot), self.nodes[self.tries[slot].node.index()].place());
        let (from, to) = if back { (node, sender) } else { (sender, node) };
        if sender == NOWHERE { None } else { self.network.cut(from, to) }
    }

    /// A try reached its node.
    pub(super) fn at_node(&mut self, slot: u32) {
        self.check_passage(slot, false);
        let node_id = self.tries[slot].node;
        let node = &mut self.nodes[node_id.index()];
        if node.accepts() {
            node.arrived += 1;
            let service = &mut self.services[node.service.index()];
            service.arrived += 1;
            if self.extras.are_kept() && !self.admit(slot) {
                return;
            }
            let node = &mut self.nodes[node_id.index()];
            let service = &mut self.services[node.service.index()];
            if node.has_free_worker(service.places) {
                self.begin_service(slot);
            } else if node.waiting.len < service.queue {
                node.waiting.push_back(&mut self.tries, slot);
                self.wait(slot);
            } else {
                self.turn_away(slot);
            }
        } else if self.services[node.service.index()].shared.is_some() {
            self.put_back(slot);
        } else {
            self.faults.request_lost(node.rest.struck_by);
            if node.machine_answers() {
                self.answer(slot, Answer::Failed(RequestError::Refused));
            } else {
                self.fall_silent(slot);
            }
        }
    }

    /// The queue is full: the node says so, or, if it stands still, says nothing.
    pub(super) fn turn_away(&mut self, slot: u32) {
        let node = &mut self.nodes[self.tries[slot].node.index()];
        if node.hung {
            self.faults.request_lost(node.rest.hangs.first().copied());
            self.fall_silent(slot);
            return;
        }
        node.rest.failed += 1;
        self.services[node.service.index()].rejected += 1;
        self.answer(slot, Answer::Failed(RequestError::Rejected));
    }

    /// A worker takes up a try.
    pub(super) fn begin_service(&mut self, slot: u32) {
        let item = &mut self.tries[slot];
        let node = &mut self.nodes[item.node.index()];
        node.take_up(self.now, &mut self.tries, slot);
        self.services[node.service.index()].received -= signed(self.now);
        let item = &mut self.tries[slot];
        item.phase = Phase::Serving;
        let work = match item.due {
            Due::At(_) => item.demand,
            // What another node has left of it.
            Due::In(left) => left,
        };
        let span = node.span_of(self.now, work);
        if node.shares() {
            self.share(slot, span);
            return;
        }
        let due = self.now + span;
        item.due = Due::At(due);
        item.event = self.queue.schedule(due, Kind::ServiceDone as u8, slot);
    }

    /// A worker is done with a try's own work.
    pub(super) fn service_done(&mut self, slot: u32) {
        let Try { service, node, .. } = self.tries[slot];
        if self.services[service.index()].steps.is_empty() {
            self.end_service(slot, true);
        } else {
            self.call(slot, 0);
        }
        self.check_node(node);
    }

    /// Frees a worker, takes up the next waiting try and answers.
    pub(super) fn end_service(&mut self, slot: u32, ok: bool) {
        let item = self.tries[slot];
        let node = &mut self.nodes[item.node.index()];
        node.put_down(self.now, &mut self.tries, slot);
        let service = &mut self.services[node.service.index()];
        service.received += signed(self.now);
        service.served += 1;
        if matches!(item.sender, Sender::Gone | Sender::Abandoned) {
            service.wasted += 1;
        }
        let ok = ok && !service.fails(item.request, item.round(false));
        if ok {
            node.completed += 1;
        } else {
            node.rest.failed += 1;
        }
        if self.extras.are_kept() {
            self.learn(slot, false);
            self.take_up_next(item.node);
        } else if let Some(waiting) = node.waiting.pop_front(&mut self.tries) {
            self.begin_service(waiting);
        } else if node.draining {
            self.check_drained(item.node);
        }
        if self.services[item.service.index()].shared.is_some() {
            self.claim_ends(item.node);
        }
        self.check_server(item.node);
        self.answer(slot, if ok { Answer::Ok } else { Answer::Failed(RequestError::Error) });
    }

    /// The first try of a request that starts now.
    pub(super) fn new_try(
        &mut self,
        request: u64,
        demand: Duration,
        sender: Sender,
        caller: CallerId,
    ) -> u32 {
        let slot = self.tries.insert(Try {
            request,
            intended: self.now,
            sent: self.now,
            demand,
            due: Due::At(self.now),
            event: Seq::NONE,
            sender,
            node: NodeId(NONE),
            previous: NONE,
            next: NONE,
            child: NONE,
            caller,
            service: self.callers[caller.index()].service,
            lineage: 0,
            attempt: 0,
            step: 0,
            hedge: 0,
            phase: Phase::Travelling,
            answer: Answer::Ok,
        });
        if self.extras.are_kept() {
            self.begin_extra(slot, sender, caller);
        }
        slot
    }

    pub(super) fn schedule_try(&mut self, slot: u32, at: Instant, kind: Kind) {
        self.tries[slot].event = self.queue.schedule(at, kind as u8, slot);
    }

    /// The place a try's sender is at: its client's, or that of the node it runs on.
    #[inline]
    pub(super) fn place_of_sender(&self, slot: u32) -> usize {
        let item = &self.tries[slot];
        match item.sender {
            Sender::Parent(parent, _) => self.nodes[self.tries[parent].node.index()].place(),
            Sender::Client(_) | Sender::Abandoned | Sender::Gone => self.callers[item.caller.index()].place,
        }
    }

    pub(super) fn trace_try(&mut self, item: &Try, error: Option<RequestError>) {
        if let Some(trace) = &mut self.trace {
            trace(&TryTrace {
                request: item.request,
                service: item.service,
                node: (item.node.0 != NONE).then_some(item.node),
                attempt: u32::from(item.attempt),
                intended: item.intended,
                sent: item.sent,
                demand: item.demand,
                ended: self.now,
                error,
            });
        }
    }
}
