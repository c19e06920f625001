//! Probes of a member: whom, directly, then through others, and for others.

use super::{Body, Claim, Member, MemberState, Outbox, Word};
use crate::detection::swim::awareness_delta;
use crate::{Instant, MemberId};
use rand_core::Rng;

/// A probe in flight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe {
    number: u32,
    target: MemberId,
    /// When others are asked, if they were not yet.
    others_at: Option<Instant>,
    /// When it has failed.
    ends: Instant,
    /// Members asked, each of which answers or denies.
    nacks_expected: u32,
    nacks: u32,
}

/// A probe in flight that another member asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Relay {
    number: u32,
    asker: MemberId,
    asker_number: u32,
    /// When it is denied.
    pub(super) ends: Instant,
}

impl Probe {
    pub(super) fn next_deadline(&self) -> Instant {
        self.others_at.unwrap_or(self.ends)
    }
}

impl Member {
    /// Goes on with the probe in flight, and begins the next one if it is time.
    pub(super) fn treat_probe(&mut self, now: Instant, rng: &mut dyn Rng, outbox: &mut Outbox) {
        if let Some(probe) = self.probe
            && probe.others_at.is_some_and(|at| at <= now)
        {
            self.ask_others(rng, outbox);
        }
        if let Some(probe) = self.probe
            && probe.ends <= now
        {
            self.probe_failed(now, probe, outbox);
        }
        if self.probe.is_none() && self.probe_at <= now {
            self.begin_probe(now, rng, outbox);
        }
    }

    /// An answer to a ping: to its own, or to one that another member asked for.
    pub(super) fn acknowledged(&mut self, number: u32, outbox: &mut Outbox) {
        if self.probe.is_some_and(|probe| probe.number == number) {
            self.probe = None;
            self.awareness.apply(awareness_delta(true, 0, 0));
        } else if let Some(place) = self.relays.iter().position(|relay| relay.number == number) {
            let Relay { asker, asker_number, .. } = self.relays.remove(place);
            self.send(asker, Body::Ack { probe: asker_number }, outbox);
        }
    }

    /// A member that was asked says that it got no answer.
    pub(super) fn denied(&mut self, number: u32) {
        if let Some(probe) = &mut self.probe
            && probe.number == number
        {
            probe.nacks += 1;
        }
    }

    /// Pings for another member.
    pub(super) fn relay(
        &mut self,
        now: Instant,
        asker: MemberId,
        asker_number: u32,
        target: MemberId,
        outbox: &mut Outbox,
    ) {
        let number = self.next_number();
        self.relays.push(Relay { number, asker, asker_number, ends: now + self.settings.probe_timeout });
        self.send(target, Body::Ping { probe: number }, outbox);
    }

    /// Denies what was not answered in time.
    pub(super) fn treat_relays(&mut self, now: Instant, outbox: &mut Outbox) {
        while let Some(place) = self.relays.iter().position(|relay| relay.ends <= now) {
            let Relay { asker, asker_number, .. } = self.relays.remove(place);
            self.send(asker, Body::Nack { probe: asker_number }, outbox);
        }
    }

    /// Begins a new round: forgets those that are long dead, and shuffles.
    pub(super) fn begin_round(&mut self, now: Instant, rng: &mut dyn Rng) {
        let (peers, keep) = (&mut self.peers, self.settings.gossip_to_the_dead_time);
        self.order.retain(|member| {
            let peer = &mut peers[member.index()];
            let gone = match peer.state {
                MemberState::Dead | MemberState::Left => now.since(peer.changed) > keep,
                MemberState::Unknown | MemberState::Alive | MemberState::Suspect => false,
            };
            if gone {
                // What it once said counts no more.
                (peer.listed, peer.incarnation) = (false, 0);
            }
            !gone
        });
        for last in (1..self.order.len()).rev() {
            self.order.swap(last, below(rng, last + 1));
        }
        self.position = 0;
    }

    fn begin_probe(&mut self, now: Instant, rng: &mut dyn Rng, outbox: &mut Outbox) {
        let interval = self.settings.probe_interval;
        // Turns that were missed are left out.
        self.probe_at += interval * (now.since(self.probe_at).as_nanos() / interval.as_nanos() + 1);
        let Some(target) = self.next_target(now, rng) else { return };
        let number = self.next_number();
        self.probe = Some(Probe {
            number,
            target,
            others_at: Some(now + self.settings.probe_timeout),
            ends: now + self.awareness.scaled(interval),
            nacks_expected: 0,
            nacks: 0,
        });
        let peer = self.peers[target.index()];
        let mut claims = outbox.list();
        if peer.state == MemberState::Suspect {
            // A suspect hears of it at once and may refute.
            let (word, incarnation, by) = (Word::Suspect, peer.incarnation, self.id);
            claims.push(Claim { about: target, word, incarnation, by });
        }
        self.send_with(target, Body::Ping { probe: number }, claims, outbox);
    }

    /// The next of the round that is not dead.
    fn next_target(&mut self, now: Instant, rng: &mut dyn Rng) -> Option<MemberId> {
        if self.settings.random_probes {
            if self.position >= self.order.len() {
                self.begin_round(now, rng);
            }
            self.position += 1;
            return self.any_target(rng);
        }
        for _ in 0..=self.order.len() {
            let Some(&member) = self.order.get(self.position) else {
                self.begin_round(now, rng);
                continue;
            };
            self.position += 1;
            match self.state_of(member) {
                MemberState::Alive | MemberState::Suspect => return Some(member),
                MemberState::Unknown | MemberState::Dead | MemberState::Left => {}
            }
        }
        None
    }

    /// Any that is not dead; none, if chance finds only dead ones.
    fn any_target(&self, rng: &mut dyn Rng) -> Option<MemberId> {
        for _ in 0..self.order.len() {
            let member = self.order[below(rng, self.order.len())];
            match self.state_of(member) {
                MemberState::Alive | MemberState::Suspect => return Some(member),
                MemberState::Unknown | MemberState::Dead | MemberState::Left => {}
            }
        }
        None
    }

    fn ask_others(&mut self, rng: &mut dyn Rng, outbox: &mut Outbox) {
        let Some(Probe { number, target, .. }) = self.probe else { return };
        let picked = self.pick(self.settings.indirect_checks, rng, |member, peer| {
            member != target && peer.state == MemberState::Alive
        });
        for &member in &picked {
            self.send(member, Body::PingRequest { probe: number, target }, outbox);
        }
        if let Some(probe) = &mut self.probe {
            probe.others_at = None;
            probe.nacks_expected = u32::try_from(picked.len()).expect("a few members");
        }
        self.picked = picked;
    }

    fn probe_failed(&mut self, now: Instant, probe: Probe, outbox: &mut Outbox) {
        self.probe = None;
        self.awareness.apply(awareness_delta(false, probe.nacks_expected, probe.nacks));
        let (about, incarnation) = (probe.target, self.peers[probe.target.index()].incarnation);
        self.hear_suspect(now, Claim { about, word: Word::Suspect, incarnation, by: self.id }, outbox);
    }

    fn next_number(&mut self) -> u32 {
        self.probes = self.probes.wrapping_add(1);
        self.probes
    }
}

/// A position below `count`, which is not 0.
pub(super) fn below(rng: &mut dyn Rng, count: usize) -> usize {
    // The high half of the product; the bias is below 2^-32 for the sizes of a cluster.
    ((u128::from(rng.next_u64()) * count as u128) >> 64) as usize
}
