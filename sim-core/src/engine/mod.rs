//! Virtual time: what happens next, in one total order.
//!
//! [`EventQueue`] joins the timing wheel with the lanes for timers of constant delay. Both order by time and
//! sequence number, so the order of a run does not depend on which of them holds an event.

mod heap;
mod key;
mod lanes;
mod slab;
mod wheel;

pub(crate) use key::{EventKey, KINDS_MAX, SLOTS_MAX, Seq};
pub(crate) use lanes::LaneId;
pub(crate) use slab::Slab;

use cusinart_policies::{Duration, Instant};
use lanes::Lanes;
use wheel::Wheel;

/// All that is still to happen.
#[derive(Debug, Default)]
pub(crate) struct EventQueue {
    wheel: Wheel,
    lanes: Lanes,
    seq: Seq,
    /// Events scheduled so far, by kind.
    scheduled: [u64; KINDS_MAX as usize],
}

/// The next thing to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// A scheduled event.
    Event(EventKey),
    /// The timer of a slot ended.
    Timer {
        /// When.
        at: Instant,
        /// Whose.
        slot: u32,
    },
}

impl EventQueue {
    /// Schedules an event. The number returned tells later whether it is still wanted.
    #[inline]
    pub(crate) fn schedule(&mut self, at: Instant, kind: u8, slot: u32) -> Seq {
        self.seq = self.seq.next();
        self.wheel.push(EventKey::new(at, self.seq, kind, slot));
        self.scheduled[usize::from(kind)] += 1;
        self.seq
    }

    /// Whether it is about to run out of numbers for events.
    #[inline]
    pub(crate) fn is_nearly_used_up(&self) -> bool {
        self.seq.is_near_the_last()
    }

    /// Events of a kind that were scheduled so far.
    pub(crate) const fn scheduled(&self, kind: u8) -> u64 {
        self.scheduled[kind as usize]
    }

    /// Events that have not happened, by kind.
    pub(crate) fn pending<const KINDS: usize>(&self) -> [u64; KINDS] {
        let mut pending = [0; KINDS];
        for key in self.wheel.iter() {
            pending[usize::from(key.kind())] += 1;
        }
        pending
    }

    /// The lane for timers of a delay.
    pub(crate) fn lane(&mut self, delay: Duration) -> LaneId {
        self.lanes.lane(delay)
    }

    /// Starts the timer of a slot, which has none.
    #[inline]
    pub(crate) fn arm(&mut self, now: Instant, lane: LaneId, slot: u32) {
        self.seq = self.seq.next();
        self.lanes.arm(now, lane, slot, self.seq);
    }

    /// Stops the timer of a slot, if it runs.
    #[inline]
    pub(crate) fn disarm(&mut self, slot: u32) {
        self.lanes.cancel(slot);
    }

    /// Takes the next thing to happen, unless it lies at `end` or later.
    #[inline]
    pub(crate) fn next_before(&mut self, end: Instant) -> Option<Due> {
        let event = self.wheel.peek();
        let timer = self.lanes.peek();
        let order = |key: EventKey| (key.at(), key.seq());
        match (event, timer) {
            (Some(event), Some(timer)) if order(timer) < order(event) => self.take_timer(timer, end),
            (Some(event), _) => {
                if event.at() >= end {
                    return None;
                }
                self.wheel.take(event);
                Some(Due::Event(event))
            }
            (None, Some(timer)) => self.take_timer(timer, end),
            (None, None) => None,
        }
    }

    fn take_timer(&mut self, timer: EventKey, end: Instant) -> Option<Due> {
        if timer.at() >= end {
            return None;
        }
        self.lanes.pop().map(|slot| Due::Timer { at: timer.at(), slot })
    }
}

#[cfg(test)]
mod tests;
