//! The virtual world: its state, and what each event does to it.

mod answers;
mod arrivals;
mod audit;
mod boots;
mod broods;
mod build;
mod calls;
mod clients;
mod control;
mod crash_loops;
mod extras;
mod faults;
mod hindrances;
mod kinds;
mod log;
mod members;
mod network;
mod nodes;
mod occurrences;
mod requests;
mod services;
mod shards;
mod shared_queue;
mod sharing;
mod shedding;
mod tries;
mod try_list;
mod victims;

use crate::TryTrace;
use crate::engine::{Due, EventKey, EventQueue, Slab};
use audit::Audit;
use boots::Provisioning;
use broods::Brood;
use clients::{Caller, Client};
use control::Control;
use cusinart_policies::{Duration, Instant, NodeId, SelfHealingCluster, ShardId};
use cusinart_record::{DigestRecord, EarlyEnd, FaultRecord, Header, Invariant, RunRecord};
use cusinart_scenarios::Rollout;
use extras::Extras;
use faults::Faults;
use kinds::Kind;
use log::Log;
pub use log::describe_record;
use members::Members;
use network::Network;
use nodes::Node;
use services::Service;
use shards::{Shard, Transfer};
use tries::Try;

/// Events of one instant after which the run is taken never to leave it.
const EVENTS_PER_INSTANT_MAX: u64 = 100_000_000;

/// The whole state of a run.
pub(crate) struct World {
    pub(crate) now: Instant,
    pub(crate) events: u64,
    end: Instant,
    /// Events of this instant so far.
    same_instant: u64,
    /// Set when the run cannot go on.
    early_end: Option<EarlyEnd>,
    queue: EventQueue,
    cluster: SelfHealingCluster,
    control: Control,
    clients: Vec<Client>,
    callers: Vec<Caller>,
    services: Vec<Service>,
    nodes: Vec<Node>,
    tries: Slab<Try>,
    /// What tries wait for that made several calls at the same time, by slot.
    broods: Vec<Brood>,
    extras: Extras,
    network: Network,
    faults: Faults,
    provisioning: Option<Provisioning>,
    /// Only where the nodes judge each other.
    members: Option<Box<Members>>,
    rollouts: Vec<Rollout>,
    shards: Vec<Shard>,
    /// Shards by the node that holds them.
    node_shards: Vec<Vec<ShardId>>,
    transfers: Slab<Transfer>,
    /// Slots of the running transfers, oldest first.
    transferring: Vec<u32>,
    log: Log,
    audit: Audit,
    header: Header,
    window: Duration,
    window_began: Instant,
    window_ends: Instant,
    pub(crate) trace: Option<TraceSink>,
}

/// Takes the trace of each ended try.
pub(crate) type TraceSink = Box<dyn FnMut(&TryTrace)>;

impl World {
    /// The occurrences of faults so far.
    pub(crate) fn faults(&self) -> &[FaultRecord] {
        self.faults.records()
    }

    /// Keeps some of the digest's records.
    pub(crate) fn keep_records(&mut self, from: u64, until: u64) {
        self.log.digest.keep_records(from, until);
    }

    /// Takes the next event and lets it happen; `false` if the run is over.
    #[inline]
    pub(crate) fn step(&mut self) -> bool {
        if self.early_end.is_some() {
            return false;
        }
        let Some(due) = self.queue.next_before(self.end) else { return false };
        let at = match due {
            Due::Event(key) => key.at(),
            Due::Timer { at, .. } => at,
        };
        while at >= self.window_ends {
            self.end_window();
        }
        self.events += 1;
        self.same_instant = if at == self.now { self.same_instant + 1 } else { 0 };
        if self.same_instant > EVENTS_PER_INSTANT_MAX {
            self.early_end = Some(EarlyEnd::EventStorm);
        }
        if self.queue.is_nearly_used_up() {
            self.early_end = Some(EarlyEnd::TooManyEvents);
        }
        if at < self.now {
            self.violated(Invariant::ClockMonotone, format!("an event of {at} at {}", self.now));
        }
        self.now = at;
        match due {
            Due::Event(key) => self.dispatch(key),
            Due::Timer { slot, .. } => self.timed_out(slot),
        }
        self.attend_if_needed();
        true
    }

    fn dispatch(&mut self, key: EventKey) {
        let slot = key.slot();
        self.audit.kind = key.kind();
        self.audit.happened[usize::from(key.kind())] += 1;
        match Kind::from_number(key.kind()) {
            Kind::Arrival => self.arrival(slot),
            Kind::TryArrives => self.if_current(key, Self::comes_to_node),
            Kind::ServiceDone => self.if_current(key, Self::service_done),
            Kind::AnswerArrives => self.if_current(key, Self::answer_comes),
            Kind::Retry => self.if_current(key, Self::send),
            Kind::ProbeArrives => {
                self.probe_arrives(slot);
                self.attend_to_cluster();
            }
            Kind::ProbeAnswered => self.probe_answered(slot),
            Kind::Wake => self.wake(key.seq()),
            Kind::Booted => {
                if self.nodes[slot as usize].rest.boot == key.seq() {
                    self.booted(NodeId(slot));
                }
            }
            Kind::Transferred => {
                if self.transfers[slot].event == key.seq() {
                    self.transferred(slot);
                }
            }
            Kind::FaultStrikes => self.fault_due(slot),
            Kind::FaultEnds => self.fault_ends(slot),
            Kind::RolloutBegins => self.rollout_begins(slot),
            Kind::CrashesAgain => self.crashes_again(NodeId(slot), key.seq()),
            Kind::SampleTaken => self.sample_taken(),
            Kind::SampleArrives => self.sample_arrives(slot),
            Kind::MemberWakes => self.member_wakes(slot, key.seq()),
            Kind::MemberMessage => self.member_message(slot),
            Kind::Hedge => self.hedge_due(slot, key.seq()),
            Kind::Expired => self.expired(slot, key.seq()),
            Kind::Abandons => self.if_current(key, Self::abandons_queue),
            Kind::SharedDone => self.shared_done(NodeId(slot), key.seq()),
        }
    }

    /// Passes an event on to a try, unless it is stale.
    #[inline]
    fn if_current(&mut self, key: EventKey, then: fn(&mut Self, u32)) {
        if self.tries[key.slot()].event == key.seq() {
            then(self, key.slot());
        }
    }

    /// Ends a window of the time series, before anything that happens in the instant of its end.
    #[cold]
    fn end_window(&mut self) {
        self.now = self.window_ends;
        self.close_window();
        self.window_ends += self.window;
    }

    fn close_window(&mut self) {
        for client in &mut self.clients {
            client.log.window_ends();
        }
        self.measure_services();
        self.check_sums();
        self.window_began = self.now;
    }

    /// Ends the run and gives what it leaves behind, with the records of the digest that were to be kept.
    pub(crate) fn finish(mut self, over: bool) -> (RunRecord, Vec<DigestRecord>) {
        if over && self.early_end.is_none() {
            while self.window_ends < self.end {
                self.end_window();
            }
            self.now = self.end;
        }
        if self.now > self.window_began {
            self.close_window();
        }
        self.check_at_end();
        self.into_record()
    }
}
