//! Processor sharing: all requests of a node get an equal part of its workers, at most one worker each.
//!
//! A clock of the node counts the work that each request has got since the node was last empty. A request is done when
//! the clock reaches what it showed at its beginning plus the request's own work; only the next one of these moments is
//! scheduled.

use super::World;
use super::kinds::Kind;
use super::tries::{Due, Phase};
use crate::engine::Seq;
use cusinart_policies::{Duration, Instant, NodeId};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// The requests that share the workers of a node.
#[derive(Debug)]
pub(super) struct Sharing {
    workers: u32,
    /// Nanoseconds of work that each request has got, counted from when the node was last empty.
    clock: f64,
    /// When the clock was right.
    since: Instant,
    /// Clock nanoseconds per nanosecond.
    rate: f64,
    /// Those that are served, the first to be done on top.
    shares: BinaryHeap<Reverse<Share>>,
    /// Requests so far: breaks ties.
    begun: u64,
    /// The pending end of the first one.
    event: Seq,
}

/// A request that is served.
#[derive(Clone, Copy, Debug)]
struct Share {
    /// What the clock shows when it is done. Not negative.
    done_at: f64,
    number: u64,
    slot: u32,
}

impl Sharing {
    pub(super) fn new(workers: u32) -> Self {
        Self {
            workers,
            clock: 0.0,
            since: Instant::ZERO,
            rate: 0.0,
            shares: BinaryHeap::new(),
            begun: 0,
            event: Seq::NONE,
        }
    }

    /// Workers that are busy.
    pub(super) fn busy(&self) -> u32 {
        u32::try_from(self.shares.len()).unwrap_or(u32::MAX).min(self.workers)
    }

    /// Brings the clock up to `now`.
    fn advance(&mut self, now: Instant) {
        self.clock += now.since(self.since).as_nanos() as f64 * self.rate;
        self.since = now;
    }

    /// Sets the rate of the clock of a node that works at this pace.
    fn set_rate(&mut self, pace: f64) {
        let requests = self.shares.len().max(1) as f64;
        self.rate = pace * (f64::from(self.workers) / requests).min(1.0);
    }

    /// How long it takes from now until the first one is done, if there is one and the clock moves.
    fn until_first(&self) -> Option<Duration> {
        let Reverse(first) = self.shares.peek()?;
        let nanos = libm::ceil(((first.done_at - self.clock) / self.rate).max(0.0));
        // The cast saturates.
        (self.rate > 0.0).then_some(Duration::from_nanos(nanos as u64))
    }
}

impl World {
    /// A try begins to share the workers of its node; alone, it would take so long on a node of pace 1.
    pub(super) fn share(&mut self, slot: u32, work: Duration) {
        let item = &mut self.tries[slot];
        (item.due, item.event) = (Due::At(self.now), Seq::NONE);
        let id = item.node;
        let Some(sharing) = &mut self.nodes[id.index()].rest.sharing else { return };
        sharing.advance(self.now);
        if sharing.shares.is_empty() {
            sharing.clock = 0.0;
        }
        sharing.begun += 1;
        let done_at = sharing.clock + work.as_nanos() as f64;
        sharing.shares.push(Reverse(Share { done_at, number: sharing.begun, slot }));
        self.schedule_first(id);
    }

    /// The first request of a node is done, unless the event is stale.
    pub(super) fn shared_done(&mut self, id: NodeId, seq: Seq) {
        let node = &mut self.nodes[id.index()];
        // Up to now it was busy as it was before.
        let Some(sharing) = node.rest.sharing.as_ref().filter(|sharing| sharing.event == seq) else { return };
        debug_assert!(!sharing.shares.is_empty(), "an end of nothing");
        node.note_busy(self.now);
        let Some(sharing) = &mut node.rest.sharing else { return };
        sharing.advance(self.now);
        let Some(Reverse(first)) = sharing.shares.pop() else { return };
        sharing.clock = sharing.clock.max(first.done_at);
        self.schedule_first(id);
        self.service_done(first.slot);
    }

    /// A node whose requests share its workers works at another pace, or stands still, or moves again.
    pub(super) fn pace_of_sharing_changed(&mut self, id: NodeId) {
        if self.nodes[id.index()].shares() {
            self.schedule_first(id);
        }
    }

    /// Nothing is served any more. What is left of each try that was is noted in it, as work for a node of pace 1.
    pub(super) fn stop_sharing(&mut self, id: NodeId) {
        let Some(sharing) = &mut self.nodes[id.index()].rest.sharing else { return };
        sharing.advance(self.now);
        sharing.event = Seq::NONE;
        for Reverse(share) in sharing.shares.drain() {
            let left = (share.done_at - sharing.clock).max(0.0);
            let item = &mut self.tries[share.slot];
            if item.phase == Phase::Serving {
                item.due = Due::In(Duration::from_nanos(left as u64));
            }
        }
    }

    /// Schedules the end of the request of a node that will be done first.
    fn schedule_first(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        let pace = if node.hung { 0.0 } else { node.rest.pace };
        let Some(sharing) = &mut node.rest.sharing else { return };
        sharing.advance(self.now);
        sharing.set_rate(pace);
        sharing.event = match sharing.until_first() {
            Some(span) => self.queue.schedule(self.now + span, Kind::SharedDone as u8, id.0),
            None => Seq::NONE,
        };
    }
}

impl PartialEq for Share {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Share {}

impl PartialOrd for Share {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Share {
    fn cmp(&self, other: &Self) -> Ordering {
        self.done_at.total_cmp(&other.done_at).then(self.number.cmp(&other.number))
    }
}
