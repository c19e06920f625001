//! Membership: the very members of `swim`, whose messages are delivered at once, lost, or counted.

use super::case::Case;
use super::experiment::{Experiment, Family, Readings};
use super::journal::nearest_rank;
use super::numbers::mean;
use cusinart_policies::membership::{Body, Claim, Member, MemberState, Message, Outbox, SwimSettings, Word};
use cusinart_policies::{Duration, Instant, MemberId};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use serde::Deserialize;

/// The families of this file.
pub(super) const FAMILIES: &[(&str, Family)] =
    &[("swim", first_detection), ("swim_fp", false_suspicion), ("gossip", dissemination)];

/// Longer than any run.
const NEVER: Duration = Duration::from_secs(1 << 33);
/// Members for each that is asked to probe in turn.
const OTHERS_PER_ASKED: u32 = 16;
/// Most rounds of a dissemination.
const ROUNDS_MAX: u32 = 10_000;

/// Members that know each other, and the messages among them.
#[derive(Debug)]
struct Group {
    members: Vec<Member>,
    outbox: Outbox,
    rng: ChaCha8Rng,
}

impl Group {
    /// So many members with the settings of their number.
    fn new(count: u32, settings: impl Fn(u32) -> SwimSettings, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let member = |id: u32| Member::formed(Instant::ZERO, MemberId(id), count, settings(id), &mut rng);
        let members = (0..count).map(member).collect();
        Self { members, outbox: Outbox::default(), rng }
    }

    /// Lets a member do what is due.
    fn wake(&mut self, now: Instant, id: usize) {
        self.members[id].handle(now, None, &mut self.rng, &mut self.outbox);
    }

    /// Delivers all messages that `arrives` lets through, and those that they cause.
    fn deliver(&mut self, now: Instant, mut arrives: impl FnMut(&Message, &mut ChaCha8Rng) -> bool) {
        while let Some(message) = self.outbox.poll_message() {
            if arrives(&message, &mut self.rng) {
                let member = &mut self.members[message.to.index()];
                member.handle(now, Some(&message), &mut self.rng, &mut self.outbox);
            }
            self.outbox.recycle(message.claims);
        }
        while self.outbox.poll_change().is_some() {}
    }
}

fn below(rng: &mut impl Rng, count: u32) -> u32 {
    ((u128::from(rng.next_u64()) * u128::from(count)) >> 64) as u32
}

fn is_lost(rng: &mut impl Rng, probability: f64) -> bool {
    ((rng.next_u64() >> 11) as f64) < probability * (1_u64 << 53) as f64
}

#[derive(Deserialize)]
struct Crashes {
    n: u32,
    period_s: f64,
}

/// In each period every member probes once. A member dies before a period; it is found in the first period in which one
/// of the others probes it. It answers all the same, so that the next death meets the same group.
fn first_detection(case: &Case, crashes: u64) -> Result<Experiment, String> {
    let model: Crashes = case.model()?;
    if model.n < 2 || model.period_s <= 0.0 {
        return Err("the model: at least two members and a period above zero".into());
    }
    let period = Duration::from_secs_f64(model.period_s);
    let settings = SwimSettings {
        probe_interval: period,
        random_probes: true,
        push_pull_interval: NEVER,
        ..SwimSettings::default()
    };
    let wanted = super::station::known_metrics(case);
    Ok(Experiment::direct(move |seed| {
        let mut group = Group::new(model.n, |_| settings, seed);
        let (mut end, mut pings, mut turns) = (Instant::ZERO + period, 0_u64, 0_u64);
        let mut periods: Vec<f64> = Vec::new();
        for _ in 0..crashes {
            let dead = below(&mut group.rng, model.n);
            let mut passed = 0.0;
            let mut found = false;
            while !found {
                for id in (0..model.n).filter(|id| *id != dead) {
                    group.wake(end, id as usize);
                }
                group.deliver(end, |message, _| {
                    // What the dead one would send does not count.
                    let is_ping = matches!(message.body, Body::Ping { .. }) && message.from.0 != dead;
                    pings += u64::from(is_ping);
                    found |= is_ping && message.to.0 == dead;
                    true
                });
                turns += u64::from(model.n) - 1;
                passed += 1.0;
                end += period;
            }
            periods.push(passed);
        }
        let within = |most: f64| {
            periods.iter().filter(|passed| **passed <= most).count() as f64 / periods.len() as f64
        };
        let of = |metric: &String| {
            let value = match metric.as_str() {
                "mean_periods_to_first_detection" => mean(&periods),
                "mean_detect_s" => mean(&periods) * model.period_s,
                "pings_sent_per_member_per_period" => pings as f64 / turns as f64,
                metric => {
                    let most =
                        metric.strip_prefix("prob_detect_within_").and_then(|rest| rest.split('_').next());
                    within(most.and_then(|most| most.parse().ok()).ok_or(format!("no metric `{metric}`"))?)
                }
            };
            Ok((metric.clone(), value.into()))
        };
        wanted.iter().map(of).collect()
    }))
}

#[derive(Deserialize)]
struct Losses {
    p_packet_loss: f64,
    indirect_k: u32,
}

/// Member 0 probes the others, all of which live; each message is lost with a probability.
fn false_suspicion(case: &Case, probes: u64) -> Result<Experiment, String> {
    let model: Losses = case.model()?;
    // Enough for a member to find as many as it wants to ask.
    let count = OTHERS_PER_ASKED * (model.indirect_k + 2);
    let defaults = SwimSettings::default();
    let settings = SwimSettings {
        indirect_checks: model.indirect_k,
        awareness_max_multiplier: 1,
        push_pull_interval: NEVER,
        ..defaults
    };
    Ok(Experiment::direct(move |seed| {
        // Only member 0 probes; the others answer and probe for it.
        let of = |id: u32| match id {
            0 => settings,
            _ => SwimSettings { probe_interval: NEVER, ..settings },
        };
        let mut group = Group::new(count, of, seed);
        let (mut suspected, mut unanswered, mut asked) = (0_u64, 0_u64, Vec::new());
        let mut now = group.members[0].next_deadline();
        for _ in 0..probes {
            group.wake(now, 0);
            let (mut target, mut answered) = (MemberId(0), false);
            let mut through = |message: &Message, rng: &mut ChaCha8Rng| {
                let arrives = !is_lost(rng, model.p_packet_loss);
                match message.body {
                    Body::Ping { .. } if message.from.0 == 0 => target = message.to,
                    Body::Ack { .. } if message.to.0 == 0 && arrives => answered = true,
                    Body::Ping { .. }
                    | Body::Ack { .. }
                    | Body::PingRequest { .. }
                    | Body::Nack { .. }
                    | Body::Gossip
                    | Body::Sync { .. } => {}
                }
                arrives
            };
            group.deliver(now, &mut through);
            if answered {
                now += settings.probe_interval;
                continue;
            }
            unanswered += 1;
            let asks = now + settings.probe_timeout;
            group.wake(asks, 0);
            asked.clear();
            group.deliver(asks, |message, rng| {
                if let Body::PingRequest { .. } = message.body {
                    asked.push(message.to.index());
                }
                !is_lost(rng, model.p_packet_loss)
            });
            // Those who asked in vain forget it; then member 0 judges, and probes again.
            let judges = now + settings.probe_interval;
            asked.iter().for_each(|&id| group.wake(judges, id));
            group.deliver(judges, |_, _| false);
            now = judges;
            let mut judge = group.members[0].clone();
            judge.handle(judges, None, &mut group.rng, &mut Outbox::default());
            if judge.state_of(target) == MemberState::Suspect {
                suspected += 1;
                group = Group::new(count, of, group.rng.next_u64());
                now = group.members[0].next_deadline();
            }
        }
        Ok(vec![
            ("prob_false_suspicion_per_probe".into(), (suspected as f64 / probes as f64).into()),
            ("prob_direct_fail".into(), (unanswered as f64 / probes as f64).into()),
        ])
    }))
}

#[derive(Deserialize)]
struct Spread {
    n: u32,
    fanout: u32,
}

/// Member 0 has news of itself; in each round all who know it by then send it to others.
fn dissemination(case: &Case, units: u64) -> Result<Experiment, String> {
    let model: Spread = case.model()?;
    if model.n < 2 || model.fanout < 1 {
        return Err("the model: at least two nodes and a fanout of one".into());
    }
    let settings = SwimSettings {
        gossip_nodes: model.fanout,
        // News never gets old.
        retransmit_mult: u32::MAX,
        probe_interval: NEVER,
        push_pull_interval: NEVER,
        ..SwimSettings::default()
    };
    Ok(Experiment::direct(move |seed| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let fresh = Group::new(model.n, |_| settings, rng.next_u64());
        let rounds: Result<Vec<f64>, String> = (0..units)
            .map(|_| {
                let members = fresh.members.clone();
                let rng = ChaCha8Rng::seed_from_u64(rng.next_u64());
                rounds_to_all(Group { members, outbox: Outbox::default(), rng }, settings.gossip_interval)
            })
            .collect();
        let mut rounds = rounds?;
        let readings: Readings = vec![
            ("mean_rounds_to_all".into(), mean(&rounds).into()),
            ("p99_rounds_to_all".into(), nearest_rank(&mut rounds, 0.99).into()),
        ];
        Ok(readings)
    }))
}

fn rounds_to_all(mut group: Group, round: Duration) -> Result<f64, String> {
    let suspicion = Claim { about: MemberId(0), word: Word::Suspect, incarnation: 1, by: MemberId(1) };
    let message = Message { from: MemberId(1), to: MemberId(0), body: Body::Gossip, claims: vec![suspicion] };
    // It refutes what was said of it: that is the news.
    group.members[0].handle(Instant::ZERO, Some(&message), &mut group.rng, &mut group.outbox);
    let mut knows = vec![false; group.members.len()];
    knows[0] = true;
    let mut known = 1;
    let mut end = Instant::ZERO;
    for rounds in 1..=ROUNDS_MAX {
        end += round;
        for id in (0..knows.len()).filter(|id| knows[*id]) {
            group.wake(end, id);
        }
        let is_news = |claim: &Claim| claim.about == MemberId(0) && claim.word == Word::Alive;
        group.deliver(end, |message, _| {
            if message.claims.iter().any(is_news) && !knows[message.to.index()] {
                knows[message.to.index()] = true;
                known += 1;
            }
            true
        });
        if known == knows.len() {
            return Ok(f64::from(rounds));
        }
    }
    Err("news that does not reach all".into())
}
