//! Members on a small network: what they declare, what they refute, and how they find each other.

use super::broadcasts::{Broadcasts, CLAIMS_MAX};
use super::{Body, Claim, Member, MemberState, Message, Outbox, SwimSettings, Word};
use crate::{Duration, Instant, MemberId};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

const LATENCY: Duration = Duration::from_millis(2);

/// Members whose messages take 2 ms, over links of which some are cut.
struct Net {
    now: Instant,
    members: Vec<Option<Member>>,
    /// Messages by the time they arrive.
    wire: BTreeMap<(Instant, u64), Message>,
    sent: u64,
    /// Links that let nothing through, one way.
    cut: BTreeSet<(u32, u32)>,
    /// Every message sent: when, from whom, to whom, what for.
    log: Vec<(Instant, u32, u32, Body)>,
    rng: ChaCha8Rng,
    outbox: Outbox,
}

impl Net {
    fn formed(count: u32, settings: SwimSettings) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let formed = |id| Some(Member::formed(Instant::ZERO, MemberId(id), count, settings, &mut rng));
        let members = (0..count).map(formed).collect();
        Self {
            now: Instant::ZERO,
            members,
            wire: BTreeMap::new(),
            sent: 0,
            cut: BTreeSet::new(),
            log: Vec::new(),
            rng,
            outbox: Outbox::default(),
        }
    }

    fn run_until(&mut self, end: Instant) {
        loop {
            let deadlines = self.members.iter().zip(0..).filter_map(|(member, id)| {
                member.as_ref().map(|member: &Member| (member.next_deadline().max(self.now), id))
            });
            let wake = deadlines.min();
            let arrival = self.wire.first_key_value().map(|((at, _), _)| *at);
            let next = wake.map(|(at, _)| at).into_iter().chain(arrival).min();
            let Some(at) = next.filter(|&at| at <= end) else { break };
            self.now = at;
            if arrival == Some(at) {
                let (_, message) = self.wire.pop_first().expect("it was just seen");
                self.turn(message.to.0, Some(&message));
                self.outbox.recycle(message.claims);
            } else if let Some((_, id)) = wake {
                self.turn(id, None);
            }
        }
        self.now = end;
    }

    fn turn(&mut self, id: u32, message: Option<&Message>) {
        if let Some(Some(member)) = self.members.get_mut(id as usize) {
            member.handle(self.now, message, &mut self.rng, &mut self.outbox);
        }
        self.post(id);
    }

    fn post(&mut self, id: u32) {
        while self.outbox.poll_change().is_some() {}
        while let Some(message) = self.outbox.poll_message() {
            self.log.push((self.now, id, message.to.0, message.body));
            if !self.cut.contains(&(id, message.to.0)) {
                self.wire.insert((self.now + LATENCY, self.sent), message);
                self.sent += 1;
            }
        }
    }

    fn member(&self, id: u32) -> &Member {
        self.members[id as usize].as_ref().expect("it runs")
    }

    /// What each running member believes of one.
    fn beliefs(&self, about: u32) -> Vec<MemberState> {
        let others = self.members.iter().flatten().filter(|member| member.id != MemberId(about));
        others.map(|member| member.state_of(MemberId(about))).collect()
    }

    fn cut_both_ways(&mut self, left: u32, right: u32) {
        self.cut.extend([(left, right), (right, left)]);
    }
}

fn secs(secs: u64) -> Instant {
    Instant::ZERO + Duration::from_secs(secs)
}

#[test]
fn a_member_that_is_gone_is_declared_dead_by_all_and_nobody_else_is() {
    let mut net = Net::formed(8, SwimSettings::default());
    net.run_until(secs(10));
    net.members[3] = None;
    net.run_until(secs(40));
    for about in 0..8 {
        let expected = if about == 3 { MemberState::Dead } else { MemberState::Alive };
        assert!(
            net.beliefs(about).iter().all(|state| *state == expected),
            "{about}: {:?}",
            net.beliefs(about)
        );
    }
}

#[test]
fn each_round_probes_every_other_member_once() {
    let mut net = Net::formed(6, SwimSettings::default());
    net.run_until(secs(31));
    let pings = net.log.iter().filter(|(_, from, _, body)| *from == 0 && matches!(body, Body::Ping { .. }));
    let targets: Vec<u32> = pings.map(|(_, _, to, _)| *to).collect();
    assert!(targets.len() >= 30, "one each second: {targets:?}");
    for round in targets.chunks_exact(5) {
        let different: BTreeSet<u32> = round.iter().copied().collect();
        assert_eq!(different, BTreeSet::from([1, 2, 3, 4, 5]), "{targets:?}");
    }
    let rounds: BTreeSet<&[u32]> = targets.chunks_exact(5).collect();
    assert!(rounds.len() > 1, "each round is shuffled anew: {targets:?}");
}

#[test]
fn a_cut_between_two_members_is_bridged_by_the_others() {
    let settings = SwimSettings::default();
    let run = |indirect_checks| {
        let mut net = Net::formed(6, SwimSettings { indirect_checks, ..settings });
        net.cut_both_ways(0, 1);
        net.run_until(secs(60));
        net.member(1).incarnation()
    };
    assert_eq!(run(3), 1, "nobody had to refute anything");
    assert!(run(0) > 1, "without others, the two suspect each other again and again");
}

#[test]
fn both_sides_of_a_partition_find_each_other_again() {
    let mut net = Net::formed(6, SwimSettings::default());
    for left in 0..3 {
        for right in 3..6 {
            net.cut_both_ways(left, right);
        }
    }
    net.run_until(secs(180));
    assert_eq!(net.member(0).state_of(MemberId(5)), MemberState::Dead);
    assert_eq!(net.member(5).state_of(MemberId(0)), MemberState::Dead);
    net.cut.clear();
    net.run_until(secs(300));
    for about in 0..6 {
        assert!(net.beliefs(about).iter().all(|state| *state == MemberState::Alive), "{about}");
    }
}

#[test]
fn a_process_that_comes_back_is_alive_again_by_a_higher_incarnation() {
    let mut net = Net::formed(5, SwimSettings::default());
    net.members[2] = None;
    net.run_until(secs(30));
    assert_eq!(net.member(0).state_of(MemberId(2)), MemberState::Dead);
    let mut fresh = Member::new(net.now, MemberId(2), SwimSettings::default(), &mut net.rng);
    fresh.join(net.now, &[MemberId(0)], &mut net.outbox);
    net.members[2] = Some(fresh);
    net.post(2);
    net.run_until(secs(35));
    assert!(net.beliefs(2).iter().all(|state| *state == MemberState::Alive), "{:?}", net.beliefs(2));
    assert!(net.member(2).incarnation() > 1);
    assert_eq!(net.member(2).state_of(MemberId(4)), MemberState::Alive);
}

#[test]
fn a_member_that_leaves_is_never_suspected() {
    let mut net = Net::formed(5, SwimSettings::default());
    net.run_until(secs(5));
    let leaver = net.members[2].as_mut().expect("it runs");
    leaver.leave(net.now, &mut net.rng, &mut net.outbox);
    net.post(2);
    net.members[2] = None;
    net.run_until(secs(8));
    assert!(net.beliefs(2).iter().all(|state| *state == MemberState::Left), "{:?}", net.beliefs(2));
}

#[test]
fn a_member_that_hears_nothing_probes_less_and_less_unless_awareness_is_off() {
    let run = |awareness_max_multiplier| {
        let mut net = Net::formed(6, SwimSettings { awareness_max_multiplier, ..SwimSettings::default() });
        net.cut.extend((1..6).map(|other| (other, 0)));
        net.run_until(secs(20));
        let pings = |(at, from, _, body): &&(Instant, u32, u32, Body)| {
            *from == 0 && *at > secs(2) && matches!(body, Body::Ping { .. })
        };
        (net.log.iter().filter(pings).count(), net.member(0).awareness())
    };
    let ((calm, score), (restless, none)) = (run(8), run(1));
    assert!(calm * 3 < restless, "{calm} and {restless} pings");
    assert_eq!((score > 3, none), (true, 0));
}

#[test]
fn claims_count_by_their_incarnation() {
    let mut net = Net::formed(4, SwimSettings::default());
    let mut told = Member::formed(Instant::ZERO, MemberId(0), 4, SwimSettings::default(), &mut net.rng);
    let mut tell = |word, incarnation, by| {
        let claim = Claim { about: MemberId(1), word, incarnation, by: MemberId(by) };
        let message =
            Message { from: MemberId(2), to: MemberId(0), body: Body::Gossip, claims: [claim].into() };
        told.handle(Instant::ZERO, Some(&message), &mut net.rng, &mut net.outbox);
        told.state_of(MemberId(1))
    };
    assert_eq!(tell(Word::Suspect, 0, 2), MemberState::Alive, "an old suspicion was refuted already");
    assert_eq!(tell(Word::Suspect, 1, 2), MemberState::Suspect);
    assert_eq!(tell(Word::Alive, 1, 1), MemberState::Suspect, "only a higher incarnation refutes");
    assert_eq!(tell(Word::Alive, 2, 1), MemberState::Alive);
    assert_eq!(tell(Word::Dead, 1, 3), MemberState::Alive, "a death before the refutation");
    assert_eq!(tell(Word::Dead, 2, 3), MemberState::Dead);
    assert_eq!(tell(Word::Suspect, 2, 2), MemberState::Dead, "the dead are not suspected");
    assert_eq!(tell(Word::Alive, 3, 1), MemberState::Alive);
    assert_eq!(tell(Word::Dead, 3, 1), MemberState::Left, "it says so itself");
}

#[test]
fn a_claim_is_sent_on_a_limited_number_of_times_and_the_freshest_go_first() {
    let mut broadcasts = Broadcasts::default();
    let claim =
        |about| Claim { about: MemberId(about), word: Word::Alive, incarnation: 1, by: MemberId(about) };
    for about in 0..20 {
        broadcasts.queue(claim(about));
    }
    broadcasts.queue(claim(7));
    let mut sent = BTreeMap::new();
    let mut first = Vec::new();
    while !broadcasts.is_empty() {
        let mut claims = Vec::new();
        broadcasts.take(3, &mut claims);
        assert!(claims.len() <= CLAIMS_MAX);
        claims.iter().for_each(|claim| *sent.entry(claim.about.0).or_insert(0) += 1);
        first.push(claims[0].about.0);
    }
    assert_eq!(first[..2], [7, 3], "the newest, then the newest of those not sent yet");
    assert_eq!(sent.len(), 20);
    assert!(sent.values().all(|times| *times == 3), "{sent:?}");
}
