//! The journey of a request: from its sender over the balancer and the network to a node and back.
//!
//! A request is one or more *tries*. A try lives in the slab from the moment it is sent until both its sender
//! and its node are done with it: when the sender gives up first, the node works on for nobody.

use super::World;
use super::clients::CallerId;
use super::kinds::Kind;
use super::log::DigestKind;
use super::network::{Message, Passage};
use crate::TryTrace;
use crate::engine::Seq;
use cusinart_policies::{Duration, Instant, NodeId, RequestOutcome, RouteRequest, ServiceId};
use cusinart_record::RequestError;

/// No try, in a list of tries.
pub(super) const NONE: u32 = u32::MAX;

/// One try of a request. Every slot of the slab is one cache line and a half.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Try {
    /// Stable number of the request, the same in every run that has this request at all.
    pub(super) request: u64,
    /// When the request should have started; latency counts from here.
    pub(super) intended: Instant,
    /// When this try was sent.
    pub(super) sent: Instant,
    /// Time a worker of pace 1 needs for it.
    pub(super) demand: Duration,
    /// When the worker is done with it; while the node stands still, the work left at the node's pace.
    pub(super) due: Due,
    /// The pending event that concerns it; any other event for its slot is stale.
    pub(super) event: Seq,
    /// Who waits for it.
    pub(super) sender: Sender,
    /// The node it was sent to.
    pub(super) node: NodeId,
    /// Neighbours in the node's list of waiting or of serving tries.
    pub(super) previous: u32,
    /// See `previous`.
    pub(super) next: u32,
    /// The try that this one waits for, while it calls another service.
    pub(super) child: u32,
    /// Whose rules of patience it follows.
    pub(super) caller: CallerId,
    /// The service it is for.
    pub(super) service: ServiceId,
    /// 0 for the first try of a request.
    pub(super) attempt: u16,
    /// Which call of its service it makes.
    pub(super) call: u16,
    /// Where it is.
    pub(super) phase: Phase,
    /// How it ended, while the answer travels.
    pub(super) answer: Answer,
}

/// When a worker will be done: an instant, or a span while the node stands still.
#[derive(Clone, Copy, Debug)]
pub(super) enum Due {
    At(Instant),
    In(Duration),
}

/// Who waits for a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    /// The client of this number.
    Client(u16),
    /// The try in this slot, whose service made a call.
    Parent(u32),
    /// Nobody: the caller died. The balancer still counts the try.
    Abandoned,
    /// Nobody: the sender gave up, and the balancer knows.
    Gone,
}

/// Where a try is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// On the way to its node.
    Travelling,
    /// In the node's queue.
    Waiting,
    /// With a worker.
    Serving,
    /// Its worker waits for the answer of another service.
    Calling,
    /// That answer came while the node stands still; `true` for a good one.
    Called(bool),
    /// The answer is on its way back.
    Returning,
    /// Lost: nothing but the sender's timeout will happen.
    Silent,
    /// Between two tries.
    Pausing,
}

/// What the sender hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Ok,
    Failed(RequestError),
}

impl World {
    /// Routes a try and sends it on its way.
    pub(super) fn send(&mut self, slot: u32) {
        let now = self.now;
        let item = self.tries[slot];
        let caller = &self.callers[item.caller.index()];
        let from = self.place_of_sender(item.sender, caller.place);
        let request = RouteRequest {
            service: item.service,
            key: item.request,
            labels: caller.labels,
            avoid: (item.attempt > 0).then_some(item.node),
            zone: self.network.zone_of(from),
        };
        let lane = caller.timeout;
        match self.cluster.route(now, &request, &mut self.routing) {
            Ok(node) => {
                self.log.digest(now, DigestKind::Sent, item.request, node.index() as u64);
                let item = &mut self.tries[slot];
                item.node = node;
                item.sent = now;
                if let Some(lane) = lane {
                    self.queue.arm(now, lane, slot);
                }
                self.travel(slot, from);
            }
            Err(_) => {
                let item = &mut self.tries[slot];
                item.node = NodeId(NONE);
                item.sent = now;
                self.try_failed(slot, RequestError::Unrouted);
            }
        }
    }

    /// Lets a routed try travel from `from` to its node.
    fn travel(&mut self, slot: u32, from: usize) {
        let item = &self.tries[slot];
        let to = self.nodes[item.node.index()].place();
        match self.network.passage(from, to, Message::Request, item.request, u32::from(item.attempt) * 2) {
            Passage::Free => self.at_node(slot),
            Passage::After(latency) => {
                self.tries[slot].phase = Phase::Travelling;
                self.schedule_try(slot, self.now + latency, Kind::TryArrives);
            }
            Passage::Lost(fault) => {
                self.tries[slot].phase = Phase::Silent;
                self.faults.request_lost(fault);
            }
        }
    }

    /// A try reached its node.
    pub(super) fn at_node(&mut self, slot: u32) {
        let node_id = self.tries[slot].node;
        let node = &mut self.nodes[node_id.index()];
        if node.accepts() {
            node.arrived += 1;
            let service = &mut self.services[node.service.index()];
            service.arrived += 1;
            if node.has_free_worker(service.node_type.workers) {
                self.begin_service(slot);
            } else if node.waiting.len < service.node_type.queue {
                node.waiting.push_back(&mut self.tries, slot);
                self.tries[slot].phase = Phase::Waiting;
            } else {
                self.turn_away(slot);
            }
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
    fn turn_away(&mut self, slot: u32) {
        let node = &mut self.nodes[self.tries[slot].node.index()];
        if node.stands_still() {
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
        let item = &mut self.tries[slot];
        item.phase = Phase::Serving;
        let due = self.now + node.span_of(item.demand);
        item.due = Due::At(due);
        item.event = self.queue.schedule(due, Kind::ServiceDone as u8, slot);
    }

    /// A worker is done with a try's own work.
    pub(super) fn service_done(&mut self, slot: u32) {
        let service = &self.services[self.tries[slot].service.index()];
        if service.calls.is_empty() {
            self.end_service(slot, true);
        } else {
            self.call(slot, 0);
        }
    }

    /// Makes a try's next call, or ends its service after the last one.
    fn call(&mut self, slot: u32, call: u16) {
        let parent = &mut self.tries[slot];
        let service = &self.services[parent.service.index()];
        let Some(&caller) = service.calls.get(usize::from(call)) else {
            self.end_service(slot, true);
            return;
        };
        parent.phase = Phase::Calling;
        parent.call = call;
        parent.event = Seq::NONE;
        let request = child_request(parent.request, call);
        let target = self.callers[caller.index()].service;
        let demand = self.services[target.index()].demand_of(request);
        let child = self.new_try(request, demand, Sender::Parent(slot), caller);
        self.tries[slot].child = child;
        self.callers[caller.index()].first_try();
        self.send(child);
    }

    /// A call ended.
    fn call_ended(&mut self, parent: u32, ok: bool) {
        let item = &mut self.tries[parent];
        item.child = NONE;
        if self.nodes[item.node.index()].stands_still() {
            item.phase = Phase::Called(ok);
            return;
        }
        self.go_on_after_call(parent, ok);
    }

    /// Goes on with a try after its call.
    pub(super) fn go_on_after_call(&mut self, slot: u32, ok: bool) {
        if ok { self.call(slot, self.tries[slot].call + 1) } else { self.end_service(slot, false) }
    }

    /// Frees a worker, takes up the next waiting try and answers.
    fn end_service(&mut self, slot: u32, ok: bool) {
        let item = self.tries[slot];
        let node = &mut self.nodes[item.node.index()];
        node.put_down(self.now, &mut self.tries, slot);
        let service = &mut self.services[node.service.index()];
        service.served += 1;
        if matches!(item.sender, Sender::Gone | Sender::Abandoned) {
            service.wasted += 1;
        }
        let ok = ok && !service.fails(item.request, item.attempt);
        if ok {
            node.completed += 1;
        } else {
            node.rest.failed += 1;
        }
        if let Some(waiting) = node.waiting.pop_front(&mut self.tries) {
            self.begin_service(waiting);
        } else if node.draining {
            self.check_drained(item.node);
        }
        self.answer(slot, if ok { Answer::Ok } else { Answer::Failed(RequestError::Error) });
    }

    /// Sends an answer back to the sender. The node is done with the try.
    pub(super) fn answer(&mut self, slot: u32, answer: Answer) {
        let item = &mut self.tries[slot];
        item.event = Seq::NONE;
        item.answer = answer;
        if item.sender == Sender::Gone {
            self.tries.free(slot);
            return;
        }
        let item = self.tries[slot];
        let from = self.nodes[item.node.index()].place();
        let to = self.place_of_sender(item.sender, self.callers[item.caller.index()].place);
        let round = u32::from(item.attempt) * 2 + 1;
        match self.network.passage(from, to, Message::Request, item.request, round) {
            Passage::Free => self.answer_arrived(slot),
            Passage::After(latency) => {
                self.tries[slot].phase = Phase::Returning;
                self.schedule_try(slot, self.now + latency, Kind::AnswerArrives);
            }
            Passage::Lost(fault) => {
                self.tries[slot].phase = Phase::Silent;
                self.faults.request_lost(fault);
            }
        }
    }

    /// Nobody will answer a try any more; its sender learns that from its own timeout.
    pub(super) fn fall_silent(&mut self, slot: u32) {
        let item = &mut self.tries[slot];
        item.event = Seq::NONE;
        item.phase = Phase::Silent;
        if item.sender == Sender::Gone {
            self.tries.free(slot);
        }
    }

    /// An answer reached the sender.
    pub(super) fn answer_arrived(&mut self, slot: u32) {
        let item = self.tries[slot];
        if item.sender == Sender::Gone {
            self.tries.free(slot);
            return;
        }
        self.queue.disarm(slot);
        let ok = item.answer == Answer::Ok;
        let latency = self.now.since(item.sent);
        self.cluster.request_finished(self.now, item.node, RequestOutcome { ok, latency });
        match item.answer {
            Answer::Ok => {
                self.trace_try(&item, None);
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
        self.cluster.request_finished(self.now, item.node, RequestOutcome { ok: false, latency });
        self.control.attention = true;
        if item.phase == Phase::Silent {
            self.try_failed(slot, RequestError::Timeout);
            return;
        }
        // The node knows nothing of it and works on; the sender goes on in another slot.
        self.tries[slot].sender = Sender::Gone;
        let own = self.tries.insert(Try { event: Seq::NONE, child: NONE, ..item });
        self.try_failed(own, RequestError::Timeout);
    }

    /// A try failed and holds nothing but its slot: try again after a pause, or give the request up.
    fn try_failed(&mut self, slot: u32, error: RequestError) {
        let item = self.tries[slot];
        self.trace_try(&item, Some(error));
        let caller = &mut self.callers[item.caller.index()];
        let wanted = item.sender != Sender::Abandoned && u32::from(item.attempt) < caller.retries_max;
        if wanted && caller.take_retry() {
            let pause = caller.pause(item.request, u32::from(item.attempt));
            if let Sender::Client(client) = item.sender {
                self.clients[usize::from(client)].log.count(item.intended, |counts| counts.retries += 1);
            }
            let item = &mut self.tries[slot];
            item.attempt += 1;
            item.phase = Phase::Pausing;
            if let Sender::Parent(parent) = item.sender {
                self.tries[parent].child = slot;
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
    fn request_ended(&mut self, last: &Try, error: Option<RequestError>) {
        match last.sender {
            Sender::Client(client) => {
                let outcome = error.map_or(0, |error| error as u64 + 1);
                self.log.digest(self.now, DigestKind::Ended, last.request, outcome);
                self.clients[usize::from(client)].log.ended(self.now, last.intended, error);
            }
            Sender::Parent(parent) => self.call_ended(parent, error.is_none()),
            Sender::Abandoned | Sender::Gone => {}
        }
    }

    /// A node died with a try on it.
    pub(super) fn kill_try(&mut self, slot: u32, reset: bool) {
        let child = self.tries[slot].child;
        if child != NONE {
            self.tries[slot].child = NONE;
            self.abandon(child);
        }
        if reset {
            self.answer(slot, Answer::Failed(RequestError::Reset));
        } else {
            self.fall_silent(slot);
        }
    }

    /// The caller of a try died. A try between two attempts ends; one under way is still counted by the
    /// balancer, until its answer or its timeout.
    fn abandon(&mut self, slot: u32) {
        let item = &mut self.tries[slot];
        item.sender = Sender::Abandoned;
        if item.phase == Phase::Pausing {
            item.event = Seq::NONE;
            self.tries.free(slot);
        }
    }

    /// Hands a waiting try to another node; its sender notices nothing.
    pub(super) fn hand_over(&mut self, slot: u32) {
        let item = self.tries[slot];
        if item.sender == Sender::Gone {
            // Nobody waits for it: drop the work.
            self.tries.free(slot);
            return;
        }
        self.queue.disarm(slot);
        self.cluster.request_withdrawn(item.node);
        self.send(slot);
    }

    /// The first try of a request that starts now.
    pub(super) fn new_try(
        &mut self,
        request: u64,
        demand: Duration,
        sender: Sender,
        caller: CallerId,
    ) -> u32 {
        self.tries.insert(Try {
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
            attempt: 0,
            call: 0,
            phase: Phase::Travelling,
            answer: Answer::Ok,
        })
    }

    fn schedule_try(&mut self, slot: u32, at: Instant, kind: Kind) {
        self.tries[slot].event = self.queue.schedule(at, kind as u8, slot);
    }

    /// The place a sender sends from: its client's, or that of the node it runs on.
    fn place_of_sender(&self, sender: Sender, client: usize) -> usize {
        match sender {
            Sender::Parent(parent) => self.nodes[self.tries[parent].node.index()].place(),
            Sender::Client(_) | Sender::Abandoned | Sender::Gone => client,
        }
    }

    fn trace_try(&mut self, item: &Try, error: Option<RequestError>) {
        if let Some(trace) = &mut self.trace {
            trace(&TryTrace {
                request: item.request,
                service: item.service,
                node: (item.node.0 != NONE).then_some(item.node),
                attempt: u32::from(item.attempt),
                intended: item.intended,
                sent: item.sent,
                ended: self.now,
                error,
            });
        }
    }
}

/// The stable number of the request that `call` of a request makes (the finaliser of SplitMix64).
fn child_request(parent: u64, call: u16) -> u64 {
    let mut word = parent.wrapping_add(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(u64::from(call) + 1));
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}
