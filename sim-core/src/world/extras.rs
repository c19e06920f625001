//! Breakers, hedges and deadlines: what goes beyond one try after the other.
//!
//! A hedge is a try beside another one of the same request. The tries of a request that are under way are *twins*; they
//! form a ring. The first good answer ends the request: its twins' nodes work on for nobody. A twin that fails leaves the
//! request to the others; only the last one is tried again.

use super::World;
use super::clients::{CallerId, retry_budget};
use super::kinds::Kind;
use super::tries::{Due, NONE, Phase, Sender, Try};
use crate::engine::Seq;
use cusinart_policies::overload::{HedgeDelay, RetryBudget, RetryDecision};
use cusinart_policies::{Duration, Instant};
use cusinart_record::FactKind;
use cusinart_scenarios::{HedgeAfter, Hedging as Rules, Patience, Scenario};

/// What is known of each try beyond [`Try`], by slot, in scenarios that need it.
#[derive(Debug, Default)]
pub(super) struct Extras {
    kept: bool,
    items: Vec<Extra>,
    /// Tries that a queue has just dropped.
    pub(super) dropped: Vec<u32>,
    /// Tries that a queue has just found too late to begin.
    pub(super) expired: Vec<u32>,
}

/// What is known of a try.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extra {
    /// When its sender gives its request up.
    deadline: Instant,
    /// The deadline that travels with it.
    carried: Instant,
    /// When it came to its node.
    pub(super) arrived: Instant,
    /// The pending end by the deadline.
    expiry: Seq,
    /// The pending hedge beside it.
    hedge: Seq,
    /// The next one of the ring of twins: itself, if it is alone.
    twin: u32,
    /// Requests at its node when it came there, with it.
    pub(super) inflight: u32,
}

/// How a sender hedges.
#[derive(Debug)]
pub(super) struct Hedging {
    delay: HedgeDelay,
    max: u8,
    /// Shared by all requests.
    pub(super) budget: Option<RetryBudget>,
}

impl Hedging {
    pub(super) fn new(rules: &Rules) -> Self {
        Self {
            delay: match rules.after {
                HedgeAfter::Time(after) => HedgeDelay::Fixed(after),
                HedgeAfter::Percentile(percent) => HedgeDelay::percentile(percent / 100.0),
            },
            max: u8::try_from(rules.max).expect("the reader allows few hedges"),
            budget: rules.budget.as_ref().map(retry_budget),
        }
    }

    /// Whether the budget has a hedge left, which is paid for.
    fn is_affordable(&mut self, now: Instant) -> bool {
        let most = u32::from(self.max) + 1;
        self.budget.as_mut().is_none_or(|budget| budget.failed(now, 1, most) == RetryDecision::Retry)
    }
}

impl Extras {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let needs = |patience: &Patience| patience.hedging.is_some() || patience.deadline.is_some();
        let calls = scenario.services.iter().flat_map(|service| &service.calls).flat_map(|step| &step.calls);
        let calls = calls.map(|call| &call.patience);
        let by_senders = scenario.clients.iter().map(|client| &client.patience).chain(calls).any(needs);
        let by_nodes = scenario
            .services
            .iter()
            .any(|service| service.concurrency_limit.is_some() || service.queue_discipline.is_some());
        Self { kept: by_senders || by_nodes, ..Self::default() }
    }

    /// Whether the scenario needs any of this.
    #[inline]
    pub(super) const fn are_kept(&self) -> bool {
        self.kept
    }

    /// What is known of the try in a slot.
    pub(super) fn of(&mut self, slot: u32) -> &mut Extra {
        &mut self.items[slot as usize]
    }

    fn set(&mut self, slot: u32, extra: Extra) {
        if self.items.len() <= slot as usize {
            self.items.resize(slot as usize + 1, extra);
        }
        self.items[slot as usize] = extra;
    }

    /// Whether the sender of a try gives up at `at` or before.
    #[inline]
    pub(super) fn is_late(&self, slot: u32, at: Instant) -> bool {
        self.kept && self.items[slot as usize].deadline <= at
    }

    /// Whether the node of a try knows at `now` that it is too late.
    pub(super) fn is_expired(&self, slot: u32, now: Instant) -> bool {
        self.items[slot as usize].carried <= now
    }

    /// Stops the hedge and the end by the deadline.
    #[inline]
    pub(super) fn disarm(&mut self, slot: u32) {
        if self.kept {
            let extra = self.of(slot);
            (extra.expiry, extra.hedge) = (Seq::NONE, Seq::NONE);
        }
    }

    /// No hedge is sent beside a try any more.
    pub(super) fn hedge_no_more(&mut self, slot: u32) {
        if self.kept {
            self.of(slot).hedge = Seq::NONE;
        }
    }

    /// Takes another try of the same request out of the ring.
    pub(super) fn part_with_twin(&mut self, slot: u32) -> Option<u32> {
        if !self.kept {
            return None;
        }
        let twin = self.of(slot).twin;
        if twin == slot {
            return None;
        }
        self.of(slot).twin = self.of(twin).twin;
        self.of(twin).twin = twin;
        Some(twin)
    }

    /// Puts a try into the ring of another one.
    fn join(&mut self, slot: u32, other: u32) {
        self.of(slot).twin = self.of(other).twin;
        self.of(other).twin = slot;
    }

    /// Takes a try out of its ring and returns one of those that stay, if there are any.
    fn leave(&mut self, slot: u32) -> Option<u32> {
        let mut before = self.of(slot).twin;
        if before == slot {
            return None;
        }
        while self.of(before).twin != slot {
            before = self.of(before).twin;
        }
        self.of(before).twin = self.of(slot).twin;
        self.of(slot).twin = slot;
        Some(before)
    }

    /// The sender of a try goes on in the slot `own`, which takes its place in the ring.
    pub(super) fn hand_over(&mut self, slot: u32, own: u32) {
        if self.kept {
            let extra = *self.of(slot);
            self.set(own, Extra { twin: own, ..extra });
            self.join(own, slot);
            self.leave(slot);
        }
    }
}

impl World {
    /// Whether the breaker of a sender, if it has one, lets a try through.
    #[inline]
    pub(super) fn breaker_permits(&mut self, caller: CallerId) -> bool {
        let Some(breaker) = &mut self.callers[caller.index()].breaker else { return true };
        let permitted = breaker.acquire(self.now);
        self.log_breaker(caller);
        permitted
    }

    /// Tells the breaker of a sender, if it has one, how a try went.
    #[inline]
    pub(super) fn breaker_hears(&mut self, caller: CallerId, ok: bool, latency: Duration) {
        if let Some(breaker) = &mut self.callers[caller.index()].breaker {
            breaker.result(self.now, ok, latency);
            self.log_breaker(caller);
        }
    }

    fn log_breaker(&mut self, caller: CallerId) {
        let caller = &mut self.callers[caller.index()];
        if let Some(change) = caller.breaker.as_mut().and_then(|breaker| breaker.take_change()) {
            let (sender, service) = (caller.sender.clone(), caller.service);
            self.log.fact(self.now, FactKind::Breaker { sender, service, change });
        }
    }

    /// Notes what is to be known of a request's first try.
    pub(super) fn begin_extra(&mut self, slot: u32, sender: Sender, caller: CallerId) {
        let inherited = match sender {
            Sender::Parent(parent, _) => self.extras.of(parent).carried,
            Sender::Client(_) | Sender::Abandoned | Sender::Gone => Instant::FAR_FUTURE,
        };
        let (mut deadline, mut carried) = (inherited, inherited);
        if let Some(own) = self.callers[caller.index()].deadline {
            deadline = deadline.min(self.now + own.after);
            carried = if own.propagate { deadline } else { inherited };
        }
        let extra = Extra {
            deadline,
            carried,
            arrived: self.now,
            expiry: Seq::NONE,
            hedge: Seq::NONE,
            twin: slot,
            inflight: 0,
        };
        self.extras.set(slot, extra);
    }

    /// Schedules the hedge beside a try, and its end by the deadline if that comes before its timeout: `true` then.
    pub(super) fn arm_extras(&mut self, slot: u32, caller: CallerId) -> bool {
        let deadline = self.extras.of(slot).deadline;
        let caller = &mut self.callers[caller.index()];
        let hedges = self.tries[slot].hedge;
        if let Some(hedging) = caller.hedging.as_mut().filter(|hedging| hedges < hedging.max)
            && let Some(delay) = hedging.delay.delay(self.now)
            && self.now + delay < deadline
        {
            self.extras.of(slot).hedge = self.queue.schedule(self.now + delay, Kind::Hedge as u8, slot);
        }
        let timeout = caller.timeout_span.map_or(Instant::FAR_FUTURE, |timeout| self.now + timeout);
        let by_deadline = deadline < Instant::FAR_FUTURE && deadline <= timeout;
        if by_deadline {
            self.extras.of(slot).expiry = self.queue.schedule(deadline, Kind::Expired as u8, slot);
        }
        by_deadline
    }

    /// The deadline of a try's request is here, unless the event is stale.
    pub(super) fn expired(&mut self, slot: u32, seq: Seq) {
        if self.extras.of(slot).expiry == seq {
            self.timed_out(slot);
        }
    }

    /// It is time to send another try beside one, unless the event is stale.
    pub(super) fn hedge_due(&mut self, slot: u32, seq: Seq) {
        if self.extras.of(slot).hedge != seq {
            return;
        }
        self.extras.of(slot).hedge = Seq::NONE;
        let item = self.tries[slot];
        let caller = item.caller;
        let hedging = self.callers[caller.index()].hedging.as_mut();
        if !hedging.is_some_and(|hedging| hedging.is_affordable(self.now)) || !self.breaker_permits(caller) {
            return;
        }
        let hedge = item.hedge + 1;
        let own = self.tries.insert(Try {
            sent: self.now,
            event: Seq::NONE,
            child: NONE,
            lineage: item.lineage_of_hedge(hedge),
            hedge,
            phase: Phase::Travelling,
            due: Due::At(self.now),
            ..item
        });
        let extra = *self.extras.of(slot);
        self.extras.set(own, Extra { twin: own, ..extra });
        let shared = self.services[item.service.index()].shared.is_some();
        let from = self.place_of_sender(own);
        let routed = shared || self.route(own, from);
        if !routed || self.tries[own].node == item.node && !shared {
            self.take_back_hedge(own, routed);
            return;
        }
        self.extras.join(own, slot);
        if let Sender::Client(client) = item.sender {
            self.clients[usize::from(client)].log.count(item.intended, |counts| counts.hedges += 1);
        }
        self.arm(own, caller);
        if shared { self.enqueue(own) } else { self.travel(own, from) }
    }

    /// There is no other node for a hedge.
    fn take_back_hedge(&mut self, own: u32, routed: bool) {
        let item = self.tries[own];
        if routed {
            self.cluster.request_withdrawn(item.node);
        }
        if let Some(breaker) = &mut self.callers[item.caller.index()].breaker {
            breaker.release();
        }
        self.tries.free(own);
    }

    /// A try was answered well: nobody waits for its twins any more.
    #[inline]
    pub(super) fn first_good_answer(&mut self, slot: u32) {
        if !self.extras.are_kept() {
            return;
        }
        self.note_first_try(slot);
        while let Some(twin) = self.extras.part_with_twin(slot) {
            self.wait_no_more(twin);
        }
    }

    /// Tells the percentile of hedging, if there is one, how long a try took that is no hedge itself.
    pub(super) fn note_first_try(&mut self, slot: u32) {
        let item = &self.tries[slot];
        if item.hedge == 0
            && let Some(hedging) = &mut self.callers[item.caller.index()].hedging
        {
            hedging.delay.first_try_took(self.now, self.now.since(item.sent));
        }
    }

    /// The sender of a try has its answer from another one. The node knows nothing of it and works on.
    fn wait_no_more(&mut self, slot: u32) {
        self.note_first_try(slot);
        self.disarm(slot);
        let item = self.tries[slot];
        if let Some(breaker) = &mut self.callers[item.caller.index()].breaker {
            breaker.release();
        }
        if self.is_in_shared_queue(slot) {
            self.take_out(slot);
            self.tries.free(slot);
            return;
        }
        self.cluster.request_withdrawn(item.node);
        if item.phase == Phase::Silent {
            self.tries.free(slot);
        } else {
            self.tries[slot].sender = Sender::Gone;
        }
    }

    /// Ends a failed try whose request goes on in a twin; `false` if it is the last one.
    pub(super) fn leaves_to_twin(&mut self, slot: u32) -> bool {
        if self.tries[slot].sender == Sender::Abandoned {
            return false;
        }
        let Some(twin) = self.extras.leave(slot) else {
            self.tries[slot].hedge = 0;
            return false;
        };
        if let Sender::Parent(parent, place) = self.tries[slot].sender {
            self.set_child(parent, place, twin);
        }
        self.tries.free(slot);
        true
    }
}
