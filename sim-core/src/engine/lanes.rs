//! Timers of constant delay: one first-in-first-out lane per delay.
//!
//! All timers of one lane run equally long, so the one armed first ends first: a doubly linked list holds them
//! in order, and arming and cancelling cost the same few writes, however many are pending. A cancelled timer
//! leaves nothing behind. When the head of a lane changes, the heads of all lanes are compared: there are few lanes,
//! one per distinct timeout.

use super::key::{EventKey, Seq};
use cusinart_policies::{Duration, Instant};

const NONE: u32 = u32::MAX;

/// All lanes. Timers are named by a slot, such as a position in a slab; each slot has at most one.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    lanes: Vec<Lane>,
    links: Vec<Link>,
    /// The earliest head and its lane.
    first: Option<(EventKey, LaneId)>,
}

/// One of the lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LaneId(u16);

#[derive(Debug)]
struct Lane {
    delay: Duration,
    head: u32,
    tail: u32,
}

/// One slot's place in its lane.
#[derive(Clone, Copy, Debug)]
struct Link {
    at: Instant,
    seq: Seq,
    previous: u32,
    next: u32,
    /// `NONE` while not armed.
    lane: u32,
}

impl Lanes {
    /// The lane for timers of `delay`; the same one for the same delay.
    pub(crate) fn lane(&mut self, delay: Duration) -> LaneId {
        let position = self.lanes.iter().position(|lane| lane.delay == delay).unwrap_or_else(|| {
            self.lanes.push(Lane { delay, head: NONE, tail: NONE });
            self.lanes.len() - 1
        });
        LaneId(u16::try_from(position).expect("a scenario has fewer than 65,536 different timeouts"))
    }

    /// Starts the timer of `slot`.
    #[inline]
    pub(crate) fn arm(&mut self, now: Instant, lane: LaneId, slot: u32, seq: Seq) {
        if self.links.len() <= slot as usize {
            let empty = Link { at: now, seq, previous: NONE, next: NONE, lane: NONE };
            self.links.resize(slot as usize + 1, empty);
        }
        let list = &mut self.lanes[usize::from(lane.0)];
        let at = now + list.delay;
        debug_assert_eq!(self.links[slot as usize].lane, NONE, "a slot has one timer");
        self.links[slot as usize] = Link { at, seq, previous: list.tail, next: NONE, lane: lane.0.into() };
        let before = std::mem::replace(&mut list.tail, slot);
        if before == NONE {
            list.head = slot;
            self.find_first();
        } else {
            self.links[before as usize].next = slot;
        }
    }

    /// Stops the timer of `slot`, if it runs.
    #[inline]
    pub(crate) fn cancel(&mut self, slot: u32) {
        let Some(&link) = self.links.get(slot as usize).filter(|link| link.lane != NONE) else { return };
        self.links[slot as usize].lane = NONE;
        let list = &mut self.lanes[link.lane as usize];
        if link.next == NONE {
            list.tail = link.previous;
        } else {
            self.links[link.next as usize].previous = link.previous;
        }
        if link.previous == NONE {
            list.head = link.next;
            self.find_first();
        } else {
            self.links[link.previous as usize].next = link.next;
        }
    }

    /// The timer that ends first.
    #[inline]
    pub(crate) fn peek(&self) -> Option<EventKey> {
        self.first.map(|(key, _)| key)
    }

    /// Takes the timer that ends first and returns its slot.
    pub(crate) fn pop(&mut self) -> Option<u32> {
        let (key, _) = self.first?;
        self.cancel(key.slot());
        Some(key.slot())
    }

    fn find_first(&mut self) {
        let head = |(position, lane): (usize, &Lane)| {
            let link = self.links.get(lane.head as usize)?;
            Some((EventKey::new(link.at, link.seq, 0, lane.head), LaneId(position as u16)))
        };
        self.first = self.lanes.iter().enumerate().filter_map(head).min_by_key(|&(key, _)| key);
    }
}
