//! When to probe whom.
//!
//! All probes have the same timeout and, as a rule, the same period, so both kinds of timers are born in the order in
//! which they run out: two queues hold them, and a probe costs a few pushes and pops whatever the number of
//! nodes. Only a first probe, which falls anywhere within the period, and the probes of a node with a period of its
//! own go through a heap.

use crate::{Duration, HealthConfig, Instant, NodeId, ProbeId, ProbeSchedule};
use alloc::collections::{BinaryHeap, VecDeque};
use alloc::vec::Vec;
use core::cmp::Reverse;

/// 2^64 divided by the golden ratio: multiples of it, modulo 2^64, fill the range evenly at any count.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Gives every watched node its probes: periodically, with a timeout, never two at once.
#[derive(Clone, Debug)]
pub struct IntervalChecker {
    period: Duration,
    timeout: Duration,
    schedule: ProbeSchedule,
    spread: bool,
    /// Nodes that ever joined; gives each its place within the period.
    joined: u64,
    probes_sent: u64,
    /// By [`NodeId`].
    nodes: Vec<Probed>,
    /// Next probes out of order: of nodes that have just joined or have another period, or after a late wake. An entry
    /// that is no longer its node's next probe stays until it comes to the front, here and in the lane.
    early: BinaryHeap<Reverse<(Instant, NodeId)>>,
    /// Next probes, ascending.
    lane: VecDeque<(Instant, NodeId)>,
    /// Timeouts of probes in flight, ascending. Answered ones stay until they come to the front.
    timeouts: VecDeque<(Instant, NodeId, ProbeId)>,
}

/// What is kept of one node.
#[derive(Clone, Copy, Debug)]
struct Probed {
    state: Probing,
    /// From one of its probes to the next.
    period: Duration,
    /// When its last probe was due.
    last: Instant,
    /// When its next probe is due.
    next: Instant,
}

/// Where a node stands with its probes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Probing {
    /// Not watched: never joined, or left for good.
    #[default]
    Off,
    /// No probe in flight.
    Idle,
    /// This probe is in flight.
    Waiting(ProbeId),
}

impl IntervalChecker {
    /// A checker without nodes.
    pub fn new(config: &HealthConfig) -> Self {
        Self {
            period: config.period.max(Duration::from_nanos(1)),
            timeout: config.timeout.min(config.period),
            schedule: config.schedule,
            spread: config.spread,
            joined: 0,
            probes_sent: 0,
            nodes: Vec::new(),
            early: BinaryHeap::new(),
            lane: VecDeque::new(),
            timeouts: VecDeque::new(),
        }
    }

    /// Watches `node` from `now` on. A node that is watched, or ever was, is left alone.
    pub fn join(&mut self, now: Instant, node: NodeId) {
        let next = self.first_probe(now);
        let fresh = Probed { state: Probing::Off, period: self.period, last: now, next };
        if self.nodes.len() <= node.index() {
            self.nodes.resize(node.index() + 1, fresh);
        }
        if self.nodes[node.index()].state != Probing::Off {
            return;
        }
        self.nodes[node.index()] = Probed { state: Probing::Idle, ..fresh };
        self.early.push(Reverse((next, node)));
        self.joined += 1;
    }

    /// Watches `node` no longer.
    pub fn leave(&mut self, node: NodeId) {
        if let Some(probed) = self.nodes.get_mut(node.index()) {
            probed.state = Probing::Off;
        }
        self.trim_timeouts();
        self.trim_probes();
    }

    /// The time of the next probe.
    pub fn next_probe(&self) -> Option<Instant> {
        let lane = self.lane.front().map(|&(at, _)| at);
        let early = self.early.peek().map(|&Reverse((at, _))| at);
        match (lane, early) {
            (Some(lane), Some(early)) => Some(lane.min(early)),
            (at, None) | (None, at) => at,
        }
    }

    /// The time of the next timeout of a probe.
    pub fn next_timeout(&self) -> Option<Instant> {
        self.timeouts.front().map(|&(at, _, _)| at)
    }

    /// The next probe that is due, counted as sent at `now`.
    pub fn take_due_probe(&mut self, now: Instant) -> Option<(NodeId, ProbeId)> {
        while self.next_probe().is_some_and(|at| at <= now) {
            let (due, node) = self.take_next()?;
            let probed = self.nodes[node.index()];
            if probed.is_stale(due) {
                continue;
            }
            if self.schedule == ProbeSchedule::FixedRate {
                self.schedule_probe(next_round(due, now, probed.period), node);
            }
            if probed.state == Probing::Idle {
                let probe = ProbeId(self.probes_sent);
                self.probes_sent += 1;
                self.nodes[node.index()].state = Probing::Waiting(probe);
                self.nodes[node.index()].last = due;
                self.timeouts.push_back((now + self.timeout, node, probe));
                self.trim_probes();
                return Some((node, probe));
            }
            self.trim_probes();
        }
        None
    }

    /// The next node whose probe has timed out. An answer at the very instant of the timeout is late.
    pub fn take_due_timeout(&mut self, now: Instant) -> Option<NodeId> {
        let &(at, node, probe) = self.timeouts.front()?;
        if at > now {
            return None;
        }
        let waiting = self.answered(now, node, probe);
        debug_assert!(waiting, "answered probes are trimmed from the front");
        Some(node)
    }

    /// Takes note of an answer. Returns whether it counts: the probe is the node's one in flight.
    pub fn answered(&mut self, now: Instant, node: NodeId, probe: ProbeId) -> bool {
        let Some(probed) = self.nodes.get_mut(node.index()) else { return false };
        if probed.state != Probing::Waiting(probe) {
            return false;
        }
        probed.state = Probing::Idle;
        if self.schedule == ProbeSchedule::FixedDelay {
            let next = now + probed.period;
            self.schedule_probe(next, node);
            self.trim_probes();
        }
        self.trim_timeouts();
        true
    }

    /// The usual time from probe to probe.
    pub fn period(&self) -> Duration {
        self.period
    }

    /// Gives a node a period of its own from its last probe on. Called when that probe has just ended, at `now`; a
    /// probe that is due in the past by then is due at once.
    pub fn set_period(&mut self, now: Instant, node: NodeId, period: Duration) {
        let Some(probed) = self.nodes.get_mut(node.index()) else { return };
        let period = period.max(Duration::from_nanos(1));
        if probed.state == Probing::Off || probed.period == period {
            return;
        }
        probed.period = period;
        let next = match self.schedule {
            ProbeSchedule::FixedRate => (probed.last + period).max(now),
            ProbeSchedule::FixedDelay => now + period,
        };
        self.schedule_probe(next, node);
        self.trim_probes();
    }

    /// When a node that joins at `now` is first probed.
    fn first_probe(&self, now: Instant) -> Instant {
        let period = self.period.as_nanos();
        if self.spread {
            let place = self.joined.wrapping_mul(GOLDEN);
            let wait = (u128::from(place) * u128::from(period)) >> 64;
            return now + Duration::from_nanos(u64::try_from(wait).expect("less than a period of 64 bits"));
        }
        let into_round = now.as_nanos() % period;
        if into_round == 0 { now } else { now + Duration::from_nanos(period - into_round) }
    }

    fn schedule_probe(&mut self, at: Instant, node: NodeId) {
        self.nodes[node.index()].next = at;
        if self.lane.back().is_none_or(|&(last, _)| last <= at) {
            self.lane.push_back((at, node));
        } else {
            self.early.push(Reverse((at, node)));
        }
    }

    fn take_next(&mut self) -> Option<(Instant, NodeId)> {
        let early = self.early.peek().map(|&Reverse(next)| next);
        match (self.lane.front().copied(), early) {
            (Some(lane), Some(early)) if early < lane => {
                self.early.pop();
                Some(early)
            }
            (Some(lane), _) => {
                self.lane.pop_front();
                Some(lane)
            }
            (None, _) => self.early.pop().map(|Reverse(next)| next),
        }
    }

    /// Drops what is no longer waited for from the front of the timeouts, so that the front is a true deadline.
    fn trim_timeouts(&mut self) {
        while let Some(&(_, node, probe)) = self.timeouts.front()
            && self.nodes[node.index()].state != Probing::Waiting(probe)
        {
            self.timeouts.pop_front();
        }
    }

    /// Drops probes that are no longer due from the front of their queues, so that the front is a true deadline.
    fn trim_probes(&mut self) {
        while let Some(&(at, node)) = self.lane.front()
            && self.nodes[node.index()].is_stale(at)
        {
            self.lane.pop_front();
        }
        while let Some(&Reverse((at, node))) = self.early.peek()
            && self.nodes[node.index()].is_stale(at)
        {
            self.early.pop();
        }
    }
}

impl Probed {
    /// Whether a probe at that time is no longer to be sent.
    fn is_stale(&self, at: Instant) -> bool {
        self.state == Probing::Off || self.next != at
    }
}

/// The round after `now` of a node probed at `due`; rounds that were slept through are skipped.
fn next_round(due: Instant, now: Instant, period: Duration) -> Instant {
    let rounds = now.since(due).as_nanos() / period.as_nanos();
    due + period * (rounds + 1)
}
