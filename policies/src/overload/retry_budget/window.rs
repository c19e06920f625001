//! Tokens that are forgotten after a while: a counter in the making and the last few that are complete.

/// A ring of the last `SLOTS` counters, and one that counts now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window<const SLOTS: usize> {
    slots: [i64; SLOTS],
    /// The slot that the live counter will be stored in.
    next: usize,
    live: i64,
}

impl<const SLOTS: usize> Window<SLOTS> {
    pub(super) const fn new() -> Self {
        Self { slots: [0; SLOTS], next: 0, live: 0 }
    }

    pub(super) const fn add(&mut self, tokens: i64) {
        self.live = self.live.saturating_add(tokens);
    }

    pub(super) fn sum(&self) -> i64 {
        self.slots.iter().fold(self.live, |sum, &slot| sum.saturating_add(slot))
    }

    /// Stores the live counter and begins another one; `skipped` slots after it were passed without counting.
    pub(super) fn turn(&mut self, skipped: u64) {
        self.slots[self.next] = core::mem::take(&mut self.live);
        self.next = (self.next + 1) % SLOTS;
        for offset in 0..skipped.min(SLOTS as u64) as usize {
            self.slots[(self.next + offset) % SLOTS] = 0;
        }
        self.next = (self.next + (skipped % SLOTS as u64) as usize) % SLOTS;
    }
}
