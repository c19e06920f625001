//! One member: what it knows, what is due, and the way in for messages.

use super::broadcasts::Broadcasts;
use super::probing::{Probe, Relay};
use super::{Body, MemberState, Message, Outbox, SwimSettings};
use crate::detection::swim::{Awareness, Suspicion, push_pull_interval};
use crate::{Duration, Instant, MemberId};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use rand_core::Rng;

/// A member of a cluster that finds failed members by SWIM with Lifeguard, as memberlist does.
///
/// In each probe interval it pings the next member of a shuffled list. Without an answer it asks a few others to ping in
/// turn; if none of them gets through it suspects the member and says so. A suspicion ends by a refutation, for which
/// the suspect raises its incarnation, or else in a declaration of death, the sooner the more members suspect too.
///
/// Known differences from memberlist: no fallback to TCP for pings that are lost; a full exchange is one message each
/// way, which faults of the network may lose, and is answered after it was read; gossip is not delayed by the size of a
/// message, which carries up to 16 claims; a member that was declared dead is looked for at each full exchange with the
/// probability of Serf (dead by alive), where Serf has a timer of its own; a member that knows nobody asks its seeds
/// again in each probe interval.
#[derive(Clone, Debug)]
pub struct Member {
    pub(super) id: MemberId,
    pub(super) settings: SwimSettings,
    pub(super) incarnation: u32,
    pub(super) leaving: bool,
    /// By [`MemberId`].
    pub(super) peers: Vec<Peer>,
    /// The others that are probed and counted, in the order of this round.
    pub(super) order: Vec<MemberId>,
    /// Position of the next to probe.
    pub(super) position: usize,
    pub(super) awareness: Awareness,
    pub(super) suspicions: BTreeMap<MemberId, Suspicion>,
    pub(super) broadcasts: Broadcasts,
    /// The probe in flight.
    pub(super) probe: Option<Probe>,
    /// Probes in flight for others.
    pub(super) relays: Vec<Relay>,
    /// Pings and requests so far.
    pub(super) probes: u32,
    /// The next turn to probe. It may lie in the past while a probe is in flight.
    pub(super) probe_at: Instant,
    /// When gossip goes out, counted from zero and repeated with the gossip interval.
    pub(super) gossip_phase: Duration,
    pub(super) gossip_at: Option<Instant>,
    pub(super) sync_at: Instant,
    /// Whom to ask while nobody is known, and when.
    pub(super) seeds: Vec<MemberId>,
    pub(super) join_at: Instant,
    /// Space for a choice of members.
    pub(super) picked: Vec<MemberId>,
}

/// What a member knows of another.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Peer {
    pub(super) state: MemberState,
    pub(super) incarnation: u32,
    /// Since when it is in this state.
    pub(super) changed: Instant,
    /// Whether it stands in the order.
    pub(super) listed: bool,
}

impl Member {
    /// A member that knows nobody yet. Its turns begin at a random time within their intervals.
    pub fn new(now: Instant, id: MemberId, settings: SwimSettings, rng: &mut dyn Rng) -> Self {
        let mut within = |interval: Duration| {
            let part = (u128::from(rng.next_u64()) * u128::from(interval.as_nanos())) >> 64;
            Duration::from_nanos(u64::try_from(part).expect("less than an interval of 64 bits"))
        };
        Self {
            id,
            settings,
            incarnation: 1,
            leaving: false,
            peers: Vec::new(),
            order: Vec::new(),
            position: 0,
            awareness: Awareness::new(settings.awareness_max_multiplier),
            suspicions: BTreeMap::new(),
            broadcasts: Broadcasts::default(),
            probe: None,
            relays: Vec::new(),
            probes: 0,
            probe_at: now + within(settings.probe_interval),
            gossip_phase: within(settings.gossip_interval),
            gossip_at: None,
            sync_at: now + within(settings.push_pull_interval),
            seeds: Vec::new(),
            join_at: now,
            picked: Vec::new(),
        }
    }

    /// A member of a cluster that stands already: it knows the first `members` as alive.
    pub fn formed(
        now: Instant,
        id: MemberId,
        members: u32,
        settings: SwimSettings,
        rng: &mut dyn Rng,
    ) -> Self {
        let mut member = Self::new(now, id, settings, rng);
        let alive = Peer { state: MemberState::Alive, incarnation: 1, changed: now, listed: true };
        member.peers.resize(members as usize, alive);
        member.order.extend((0..members).map(MemberId).filter(|&other| other != id));
        member.begin_round(now, rng);
        member
    }

    /// Joins the cluster through members that are known from elsewhere. Without an answer they are asked again.
    pub fn join(&mut self, now: Instant, seeds: &[MemberId], outbox: &mut Outbox) {
        self.seeds.clear();
        self.seeds.extend(seeds.iter().copied().filter(|&seed| seed != self.id));
        self.ask_seeds(now, outbox);
    }

    /// Takes a message, if there is one, after doing whatever is due; calling early is harmless. What it sends and
    /// reports goes to `outbox`.
    pub fn handle(
        &mut self,
        now: Instant,
        message: Option<&Message>,
        rng: &mut dyn Rng,
        outbox: &mut Outbox,
    ) {
        self.treat_due(now, rng, outbox);
        if let Some(message) = message {
            self.receive(now, message, rng, outbox);
        }
        self.plan_gossip(now);
    }

    /// When to call [`handle`](Self::handle) at the latest.
    pub fn next_deadline(&self) -> Instant {
        let probe = self.probe.as_ref().map_or(self.probe_at, Probe::next_deadline);
        let own = if self.order.is_empty() { self.join_at } else { probe.min(self.sync_at) };
        let relays = self.relays.iter().map(|relay| relay.ends);
        let suspicions = self.suspicions.values().map(Suspicion::fires);
        relays.chain(suspicions).chain(self.gossip_at).fold(own, Instant::min)
    }

    /// What it believes of another member.
    pub fn state_of(&self, member: MemberId) -> MemberState {
        self.peers.get(member.index()).map_or(MemberState::Unknown, |peer| peer.state)
    }

    /// Its incarnation: 1, and one more for each time it had to refute.
    pub const fn incarnation(&self) -> u32 {
        self.incarnation
    }

    /// Its score of local health: 0 is well.
    pub const fn awareness(&self) -> u32 {
        self.awareness.score()
    }

    /// Members it counts, with itself.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.order.len() + 1).expect("members are counted by 32 bits")
    }

    fn treat_due(&mut self, now: Instant, rng: &mut dyn Rng, outbox: &mut Outbox) {
        self.treat_suspicions(now, outbox);
        self.treat_relays(now, outbox);
        if self.order.is_empty() {
            if self.join_at <= now {
                self.ask_seeds(now, outbox);
            }
            return;
        }
        self.treat_probe(now, rng, outbox);
        if self.gossip_at.is_some_and(|at| at <= now) {
            self.gossip(now, rng, outbox);
        }
        if self.sync_at <= now {
            self.sync_at = now + push_pull_interval(self.settings.push_pull_interval, self.count());
            self.sync_with_one(rng, outbox);
        }
    }

    fn receive(&mut self, now: Instant, message: &Message, rng: &mut dyn Rng, outbox: &mut Outbox) {
        let from = message.from;
        match message.body {
            Body::Sync { .. } => self.merge(now, &message.claims, rng, outbox),
            Body::Ping { .. }
            | Body::Ack { .. }
            | Body::PingRequest { .. }
            | Body::Nack { .. }
            | Body::Gossip => {
                for &claim in &message.claims {
                    self.hear(now, claim, rng, outbox);
                }
            }
        }
        match message.body {
            Body::Ping { probe } => self.send(from, Body::Ack { probe }, outbox),
            Body::Ack { probe } => self.acknowledged(probe, outbox),
            Body::PingRequest { probe, target } => self.relay(now, from, probe, target, outbox),
            Body::Nack { probe } => self.denied(probe),
            Body::Gossip => {}
            Body::Sync { wants_answer: true } => self.send_all(from, false, outbox),
            Body::Sync { wants_answer: false } => {}
        }
    }
}
