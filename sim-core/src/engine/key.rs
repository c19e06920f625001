//! One integer that is an event: when, in which order, what and where.

use cusinart_policies::Instant;

const SLOT_BITS: u32 = 24;
const KIND_BITS: u32 = 5;
const SEQ_BITS: u32 = 35;

/// Number of things an event can name: positions in a slab, nodes, clients.
pub(crate) const SLOTS_MAX: usize = 1 << SLOT_BITS;
/// Number of kinds an event can have.
pub(crate) const KINDS_MAX: u8 = 1 << KIND_BITS;

/// The number an event gets when it is scheduled. Numbers ascend, so they break ties of time, and they tell a
/// pending event from one that was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Seq(u64);

impl Seq {
    /// No event has it.
    pub(crate) const NONE: Self = Self(0);

    /// Whether a great event might need more numbers than there are left.
    #[inline]
    pub(crate) const fn is_near_the_last(self) -> bool {
        self.0 > (1 << SEQ_BITS) - (1 << 30)
    }

    /// The following number.
    ///
    /// # Panics
    /// After 2^35 events (34 billion), the most one run can have.
    pub(crate) fn next(self) -> Self {
        assert!(self.0 + 1 < 1 << SEQ_BITS, "a run can have at most 2^35 events");
        Self(self.0 + 1)
    }
}

/// An event: time (64 bits), sequence number (35), kind (5), slot (24), from the most significant bit down, so
/// that the order of integers is the order of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EventKey(u128);

impl EventKey {
    /// The event `seq` at `at`.
    pub(crate) fn new(at: Instant, seq: Seq, kind: u8, slot: u32) -> Self {
        debug_assert!(kind < KINDS_MAX && (slot as usize) < SLOTS_MAX);
        let low = seq.0 << (KIND_BITS + SLOT_BITS) | u64::from(kind) << SLOT_BITS | u64::from(slot);
        Self(u128::from(at.as_nanos()) << 64 | u128::from(low))
    }

    /// When it is due.
    pub(crate) const fn at(self) -> Instant {
        Instant::from_nanos((self.0 >> 64) as u64)
    }

    /// When it is due, in nanoseconds.
    pub(crate) const fn nanos(self) -> u64 {
        (self.0 >> 64) as u64
    }

    /// Its number.
    pub(crate) const fn seq(self) -> Seq {
        Seq(self.0 as u64 >> (KIND_BITS + SLOT_BITS))
    }

    /// What happens.
    pub(crate) const fn kind(self) -> u8 {
        (self.0 as u64 >> SLOT_BITS) as u8 & (KINDS_MAX - 1)
    }

    /// What it happens to.
    pub(crate) const fn slot(self) -> u32 {
        self.0 as u32 & ((1 << SLOT_BITS) - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_survive_packing_at_their_limits() {
        let last = Seq((1 << SEQ_BITS) - 1);
        for (at, seq, kind, slot) in [
            (0, Seq(1), 0, 0),
            (u64::MAX, last, KINDS_MAX - 1, (1 << SLOT_BITS) - 1),
            (1 << 40, Seq(7), 9, 123_456),
        ] {
            let key = EventKey::new(Instant::from_nanos(at), seq, kind, slot);
            assert_eq!((key.nanos(), key.seq(), key.kind(), key.slot()), (at, seq, kind, slot));
        }
        assert_eq!(size_of::<EventKey>(), 16);
    }

    #[test]
    #[should_panic(expected = "at most 2^35 events")]
    fn running_out_of_numbers_is_said() {
        let _ = Seq((1 << SEQ_BITS) - 1).next();
    }
}
