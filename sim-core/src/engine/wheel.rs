//! The event queue: a hierarchical timing wheel that keeps the exact order of events.
//!
//! Six levels of 256 slots; a slot of the lowest level is one tick of 65.5 us. When a tick becomes current its
//! events are sorted once (descending, so that the earliest is popped from the back). Events that come late,
//! for the current tick or before it, go into the sorted run if they belong near its end, else into a small
//! heap, which bounds the cost when very many events share one tick.
//!
//! Source: Varghese & Lauck, "Hashed and Hierarchical Timing Wheels" (1987), scheme 7; the sorted run and the
//! late heap make the order exact within a tick.

use super::heap::Heap;
use super::key::EventKey;

/// Nanoseconds of a tick, as a power of two. 65.5 us holds 10 to 150 events in typical clusters.
const TICK_BITS: u32 = 16;
const LEVELS: usize = 6;
const SLOT_BITS: u32 = 8;
const SLOTS: usize = 1 << SLOT_BITS;
/// A late event is inserted into the sorted run if it belongs at most so many places from its end.
const INSERT_WITHIN: usize = 12;
/// An emptied slot of the two lowest levels keeps its memory if it has room for at most so many events. Slots of higher
/// levels come up seldom and always give it back, or it would grow with time.
const SLOT_KEEP: usize = 1024;

/// A queue of events in the order of their keys.
#[derive(Debug)]
pub(crate) struct Wheel {
    /// The current tick: all events before it, and all in it, are in `run` and `late`.
    current: u64,
    /// Events of the current tick, descending.
    run: Vec<EventKey>,
    /// Events that came for the current tick, or an earlier one, after it was sorted.
    late: Heap,
    /// The slots of all levels, lowest level first.
    slots: Vec<Vec<EventKey>>,
    /// One bit a slot: whether it holds events.
    filled: [[u64; SLOTS / 64]; LEVELS],
}

impl Default for Wheel {
    fn default() -> Self {
        Self {
            current: 0,
            run: Vec::new(),
            late: Heap::default(),
            slots: vec![Vec::new(); LEVELS * SLOTS],
            filled: [[0; SLOTS / 64]; LEVELS],
        }
    }
}

impl Wheel {
    /// Adds an event. It may lie before the earliest one, even before the current tick.
    #[inline]
    pub(crate) fn push(&mut self, key: EventKey) {
        // `<=`, not `==`: peeking moves the current tick ahead of the clock of the run.
        if key.nanos() >> TICK_BITS <= self.current { self.push_late(key) } else { self.place(key) }
    }

    /// The earliest event.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<EventKey> {
        if self.run.is_empty() && self.late.is_empty() && !self.advance() {
            return None;
        }
        match (self.run.last().copied(), self.late.peek()) {
            (Some(run), Some(late)) => Some(run.min(late)),
            (run, late) => run.or(late),
        }
    }

    /// Takes the event that [`Wheel::peek`] has just given.
    #[inline]
    pub(crate) fn take(&mut self, first: EventKey) {
        if self.run.last() == Some(&first) {
            self.run.pop();
        } else {
            self.late.pop();
        }
    }

    /// All events, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = EventKey> {
        let slots = self.slots.iter().flatten();
        self.run.iter().chain(slots).copied().chain(self.late.iter())
    }

    fn push_late(&mut self, key: EventKey) {
        let near = self.run.len().saturating_sub(INSERT_WITHIN);
        match self.run[near..].iter().rposition(|&other| other > key) {
            Some(before) => self.run.insert(near + before + 1, key),
            None if near == 0 => self.run.insert(0, key),
            None => self.late.push(key),
        }
    }

    /// Puts an event of a later tick into the slot of the level at which its tick first differs.
    fn place(&mut self, key: EventKey) {
        let tick = key.nanos() >> TICK_BITS;
        let level = (63 - (tick ^ self.current).leading_zeros()) / SLOT_BITS;
        let slot = (tick >> (level * SLOT_BITS)) as usize & (SLOTS - 1);
        let level = level as usize;
        self.slots[level * SLOTS + slot].push(key);
        self.filled[level][slot / 64] |= 1 << (slot % 64);
    }

    /// Moves to the next tick that holds events; `false` if there is none. Only called with nothing current.
    fn advance(&mut self) -> bool {
        let mut level = 0;
        while level < LEVELS {
            let shift = level as u32 * SLOT_BITS;
            let here = (self.current >> shift) as usize & (SLOTS - 1);
            let Some(slot) = next_filled(&self.filled[level], here + 1) else {
                level += 1;
                continue;
            };
            self.filled[level][slot / 64] &= !(1 << (slot % 64));
            let above = self.current >> shift >> SLOT_BITS;
            self.current = (above << SLOT_BITS | slot as u64) << shift;
            if level == 0 {
                self.take_run(slot);
                return true;
            }
            if self.spread(level, slot) {
                return true;
            }
            level = 0;
        }
        false
    }

    /// Makes a slot of the lowest level the current run.
    fn take_run(&mut self, slot: usize) {
        if self.run.capacity() > SLOT_KEEP {
            self.run = Vec::new();
        }
        std::mem::swap(&mut self.run, &mut self.slots[slot]);
        if self.run.len() > 1 {
            self.run.sort_unstable_by(|a, b| b.cmp(a));
        }
    }

    /// Spreads a slot over the levels below; tells whether any event belongs to the current tick.
    fn spread(&mut self, level: usize, slot: usize) -> bool {
        let mut events = std::mem::take(&mut self.slots[level * SLOTS + slot]);
        for &key in &events {
            if key.nanos() >> TICK_BITS == self.current { self.run.push(key) } else { self.place(key) }
        }
        if level == 1 && events.capacity() <= SLOT_KEEP {
            events.clear();
            self.slots[level * SLOTS + slot] = events;
        }
        self.run.sort_unstable_by(|a, b| b.cmp(a));
        !self.run.is_empty()
    }
}

/// The first slot from `from` on whose bit is set.
#[inline]
fn next_filled(filled: &[u64; SLOTS / 64], from: usize) -> Option<usize> {
    let mut word = from / 64;
    let mut bits = filled.get(word)? & (u64::MAX << (from % 64));
    while bits == 0 {
        word += 1;
        bits = *filled.get(word)?;
    }
    Some(word * 64 + bits.trailing_zeros() as usize)
}
