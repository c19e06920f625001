//! Lists of tries, linked through the slab.

use super::tries::{NONE, Try};
use crate::engine::Slab;

/// A list of tries: those that wait at a node, or those that it serves.
#[derive(Clone, Copy, Debug)]
pub(super) struct TryList {
    /// The first one.
    pub(super) head: u32,
    tail: u32,
    /// Number of tries.
    pub(super) len: u32,
}

impl Default for TryList {
    fn default() -> Self {
        Self { head: NONE, tail: NONE, len: 0 }
    }
}

impl TryList {
    /// Adds a try at the end.
    #[inline]
    pub(super) fn push_back(&mut self, tries: &mut Slab<Try>, slot: u32) {
        let item = &mut tries[slot];
        item.previous = self.tail;
        item.next = NONE;
        if self.tail == NONE {
            self.head = slot;
        } else {
            tries[self.tail].next = slot;
        }
        self.tail = slot;
        self.len += 1;
    }

    /// Adds a try at the beginning.
    pub(super) fn push_front(&mut self, tries: &mut Slab<Try>, slot: u32) {
        let item = &mut tries[slot];
        item.previous = NONE;
        item.next = self.head;
        if self.head == NONE {
            self.tail = slot;
        } else {
            tries[self.head].previous = slot;
        }
        self.head = slot;
        self.len += 1;
    }

    /// Takes the first try.
    #[inline]
    pub(super) fn pop_front(&mut self, tries: &mut Slab<Try>) -> Option<u32> {
        let slot = self.head;
        (slot != NONE).then(|| {
            self.remove(tries, slot);
            slot
        })
    }

    /// Takes a try out, wherever it stands.
    #[inline]
    pub(super) fn remove(&mut self, tries: &mut Slab<Try>, slot: u32) {
        let Try { previous, next, .. } = tries[slot];
        if previous == NONE {
            self.head = next;
        } else {
            tries[previous].next = next;
        }
        if next == NONE {
            self.tail = previous;
        } else {
            tries[next].previous = previous;
        }
        self.len -= 1;
    }
}
