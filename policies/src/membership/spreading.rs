//! How claims spread: on the back of other messages, by gossip, and in full exchanges.

use super::member::Peer;
use super::probing::below;
use super::{Body, Claim, Member, MemberState, Message, Outbox, Word};
use crate::detection::swim::retransmit_limit;
use crate::{Duration, Instant, MemberId};
use alloc::vec::Vec;
use rand_core::Rng;

/// Draws per wanted member after which a choice ends with fewer (memberlist's `kRandomNodes`: three per node).
const DRAWS_PER_MEMBER: usize = 3;

impl Member {
    /// Sends a message with what is to be spread.
    pub(super) fn send(&mut self, to: MemberId, body: Body, outbox: &mut Outbox) {
        let claims = outbox.list();
        self.send_with(to, body, claims, outbox);
    }

    /// Sends a message with these claims and what is to be spread.
    pub(super) fn send_with(
        &mut self,
        to: MemberId,
        body: Body,
        mut claims: Vec<Claim>,
        outbox: &mut Outbox,
    ) {
        self.broadcasts.take(retransmit_limit(self.settings.retransmit_mult, self.count()), &mut claims);
        outbox.send(Message { from: self.id, to, body, claims });
    }

    /// Decides when the next gossip goes out, if there is anything to tell.
    pub(super) fn plan_gossip(&mut self, now: Instant) {
        if self.broadcasts.is_empty() {
            self.gossip_at = None;
        } else if self.gossip_at.is_none() {
            let interval = self.settings.gossip_interval.as_nanos();
            let first = Instant::ZERO + self.gossip_phase;
            let turns = now.since(first).as_nanos() / interval + u64::from(now >= first);
            self.gossip_at = Some(first + Duration::from_nanos(interval) * turns);
        }
    }

    /// Gossips to a few members; also to those that died lately, which may refute.
    pub(super) fn gossip(&mut self, now: Instant, rng: &mut dyn Rng, outbox: &mut Outbox) {
        self.gossip_at = None;
        let keep = self.settings.gossip_to_the_dead_time;
        let picked = self.pick(self.settings.gossip_nodes, rng, |_, peer| match peer.state {
            MemberState::Alive | MemberState::Suspect => true,
            MemberState::Dead => now.since(peer.changed) <= keep,
            MemberState::Unknown | MemberState::Left => false,
        });
        for &member in &picked {
            if !self.broadcasts.is_empty() {
                self.send(member, Body::Gossip, outbox);
            }
        }
        self.picked = picked;
    }

    /// Exchanges everything with one member, and now and then with one that is believed dead: after a partition both
    /// sides believe the other one dead, and nobody else would try.
    pub(super) fn sync_with_one(&mut self, rng: &mut dyn Rng, outbox: &mut Outbox) {
        let picked = self.pick(1, rng, |_, peer| peer.state == MemberState::Alive);
        if let Some(&member) = picked.first() {
            self.send_all(member, true, outbox);
        }
        self.picked = picked;
        let count = |state| self.peers.iter().filter(|peer| peer.state == state).count();
        let (dead, alive) = (count(MemberState::Dead), count(MemberState::Alive));
        if dead > 0 && below(rng, alive.max(1)) < dead {
            let chosen = below(rng, dead);
            let is_dead = |peer: &(usize, &Peer)| peer.1.state == MemberState::Dead;
            if let Some((index, _)) = self.peers.iter().enumerate().filter(is_dead).nth(chosen) {
                let member = MemberId(u32::try_from(index).expect("members are counted by 32 bits"));
                self.send_all(member, true, outbox);
            }
        }
    }

    /// Asks the seeds for everything.
    pub(super) fn ask_seeds(&mut self, now: Instant, outbox: &mut Outbox) {
        self.join_at = now + self.settings.probe_interval;
        for place in 0..self.seeds.len() {
            self.send_all(self.seeds[place], true, outbox);
        }
    }

    /// Sends all that it believes, itself first.
    pub(super) fn send_all(&mut self, to: MemberId, wants_answer: bool, outbox: &mut Outbox) {
        let mut claims = outbox.list();
        let word = if self.leaving { Word::Dead } else { Word::Alive };
        claims.push(Claim { about: self.id, word, incarnation: self.incarnation, by: self.id });
        for &about in &self.order {
            let peer = self.peers[about.index()];
            let (word, by) = match peer.state {
                MemberState::Unknown => continue,
                MemberState::Alive => (Word::Alive, about),
                MemberState::Suspect => (Word::Suspect, self.id),
                MemberState::Dead => (Word::Dead, self.id),
                MemberState::Left => (Word::Dead, about),
            };
            claims.push(Claim { about, word, incarnation: peer.incarnation, by });
        }
        outbox.send(Message { from: self.id, to, body: Body::Sync { wants_answer }, claims });
    }

    /// Chooses up to so many of the listed members that fit; fewer if a limited number of draws finds no more. The
    /// caller gives the list back to `picked`.
    pub(super) fn pick(
        &mut self,
        count: u32,
        rng: &mut dyn Rng,
        fits: impl Fn(MemberId, &Peer) -> bool,
    ) -> Vec<MemberId> {
        let mut picked = core::mem::take(&mut self.picked);
        picked.clear();
        for _ in 0..DRAWS_PER_MEMBER * self.order.len() {
            if picked.len() >= count as usize {
                break;
            }
            let member = self.order[below(rng, self.order.len())];
            if !picked.contains(&member) && fits(member, &self.peers[member.index()]) {
                picked.push(member);
            }
        }
        picked
    }
}
