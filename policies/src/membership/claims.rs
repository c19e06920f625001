//! What a member makes of claims: whom it believes, whom it suspects, and how it defends itself.

use super::member::Peer;
use super::probing::below;
use super::{Accusation, Change, Claim, Member, MemberState, Outbox, SwimSettings, Word};
use crate::detection::swim::{Suspicion, SuspicionLimits};
use crate::{Instant, MemberId};
use rand_core::Rng;

impl Member {
    /// Takes a claim of another member.
    pub(super) fn hear(&mut self, now: Instant, claim: Claim, rng: &mut dyn Rng, outbox: &mut Outbox) {
        match claim.word {
            Word::Alive => self.hear_alive(now, claim, rng, outbox),
            Word::Suspect => self.hear_suspect(now, claim, outbox),
            Word::Dead => self.hear_dead(now, claim, outbox),
        }
    }

    /// Takes all that another member believes. Whom that one believes dead is only suspected, as it may be wrong.
    pub(super) fn merge(&mut self, now: Instant, claims: &[Claim], rng: &mut dyn Rng, outbox: &mut Outbox) {
        for &claim in claims {
            match claim.word {
                Word::Alive => self.hear_alive(now, claim, rng, outbox),
                Word::Dead if claim.by == claim.about => self.hear_dead(now, claim, outbox),
                Word::Dead | Word::Suspect => {
                    let suspect = Claim { word: Word::Suspect, by: self.id, ..claim };
                    self.hear_suspect(now, suspect, outbox);
                }
            }
        }
    }

    /// Declares the suspects dead whose time is over.
    pub(super) fn treat_suspicions(&mut self, now: Instant, outbox: &mut Outbox) {
        while let Some(about) = self.due_suspicion(now) {
            let incarnation = self.peers[about.index()].incarnation;
            self.hear_dead(now, Claim { about, word: Word::Dead, incarnation, by: self.id }, outbox);
        }
    }

    /// Says itself that it leaves: gossip of it goes out at once.
    pub fn leave(&mut self, now: Instant, rng: &mut dyn Rng, outbox: &mut Outbox) {
        self.leaving = true;
        self.broadcasts.queue(Claim {
            about: self.id,
            word: Word::Dead,
            incarnation: self.incarnation,
            by: self.id,
        });
        self.gossip(now, rng, outbox);
        self.plan_gossip(now);
    }

    pub(super) fn hear_suspect(&mut self, now: Instant, claim: Claim, outbox: &mut Outbox) {
        if claim.about == self.id {
            return self.refute(claim.incarnation);
        }
        let Some(peer) = self.peers.get_mut(claim.about.index()) else { return };
        if !peer.listed || claim.incarnation < peer.incarnation {
            return;
        }
        if let Some(suspicion) = self.suspicions.get_mut(&claim.about) {
            if suspicion.confirm(now, claim.by) {
                self.broadcasts.queue(claim);
            }
            return;
        }
        if peer.state != MemberState::Alive {
            return;
        }
        (peer.state, peer.incarnation, peer.changed) = (MemberState::Suspect, claim.incarnation, now);
        self.broadcasts.queue(claim);
        let SwimSettings { suspicion_mult, suspicion_max_timeout_mult, probe_interval, .. } = self.settings;
        let limits =
            SuspicionLimits::of(suspicion_mult, suspicion_max_timeout_mult, self.count(), probe_interval);
        let suspicion = Suspicion::new(now, claim.by, limits);
        let accusation = Some(accusation(now, &suspicion, claim.by));
        self.suspicions.insert(claim.about, suspicion);
        outbox.report(Change { about: claim.about, state: MemberState::Suspect, accusation });
    }

    fn hear_alive(&mut self, now: Instant, claim: Claim, rng: &mut dyn Rng, outbox: &mut Outbox) {
        if claim.about == self.id {
            // A process before this one had a higher incarnation.
            if claim.incarnation > self.incarnation {
                self.refute(claim.incarnation);
            }
            return;
        }
        let index = claim.about.index();
        if self.peers.len() <= index {
            self.peers.resize(index + 1, Peer::default());
        }
        let peer = &mut self.peers[index];
        if claim.incarnation <= peer.incarnation {
            return;
        }
        if !peer.listed {
            // A random place keeps the time until its first probe short on average.
            let place = below(rng, self.order.len() + 1);
            self.order.push(claim.about);
            let last = self.order.len() - 1;
            self.order.swap(place, last);
        }
        *peer = Peer {
            state: MemberState::Alive,
            incarnation: claim.incarnation,
            changed: if peer.state == MemberState::Alive { peer.changed } else { now },
            listed: true,
        };
        let suspicion = self.suspicions.remove(&claim.about);
        self.broadcasts.queue(claim);
        let accusation = suspicion.map(|suspicion| accusation(now, &suspicion, claim.by));
        outbox.report(Change { about: claim.about, state: MemberState::Alive, accusation });
    }

    fn hear_dead(&mut self, now: Instant, claim: Claim, outbox: &mut Outbox) {
        if claim.about == self.id {
            return self.refute(claim.incarnation);
        }
        let Some(peer) = self.peers.get_mut(claim.about.index()) else { return };
        if !peer.listed || claim.incarnation < peer.incarnation {
            return;
        }
        let suspicion = self.suspicions.remove(&claim.about);
        match peer.state {
            MemberState::Dead | MemberState::Left => return,
            MemberState::Unknown | MemberState::Alive | MemberState::Suspect => {}
        }
        let state = if claim.by == claim.about { MemberState::Left } else { MemberState::Dead };
        (peer.state, peer.incarnation, peer.changed) = (state, claim.incarnation, now);
        self.broadcasts.queue(claim);
        let accusation = suspicion.map(|suspicion| accusation(now, &suspicion, claim.by));
        outbox.report(Change { about: claim.about, state, accusation });
    }

    /// Proves that it lives, against a claim about this incarnation or a later one: by a higher one. Having to do so is
    /// a sign of its own bad health.
    fn refute(&mut self, accused: u32) {
        if self.leaving || accused < self.incarnation {
            return;
        }
        self.incarnation = accused.saturating_add(1);
        self.awareness.apply(1);
        let (about, incarnation) = (self.id, self.incarnation);
        self.broadcasts.queue(Claim { about, word: Word::Alive, incarnation, by: about });
    }

    fn due_suspicion(&self, now: Instant) -> Option<MemberId> {
        let (&about, _) = self.suspicions.iter().find(|(_, suspicion)| suspicion.fires() <= now)?;
        Some(about)
    }
}

fn accusation(now: Instant, suspicion: &Suspicion, declared_by: MemberId) -> Accusation {
    Accusation {
        suspected_by: suspicion.accuser().node(),
        declared_by: declared_by.node(),
        confirmations: suspicion.confirmations(),
        timeout: suspicion.fires().since(suspicion.began()),
        lasted: now.since(suspicion.began()),
    }
}
