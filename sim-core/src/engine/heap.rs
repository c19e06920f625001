//! A 4-ary heap of events: the simplest exact queue.
//!
//! The wheel keeps the events that come late for its current tick in one, and the tests use one as the oracle
//! for the wheel.

use super::key::EventKey;

/// A 4-ary implicit min-heap with bottom-up removal.
///
/// Source: LaMarca & Ladner, "The Influence of Caches on the Performance of Heaps" (1996), for the arity;
/// Wegener, "Bottom-up heapsort" (1993), for the removal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heap {
    keys: Vec<EventKey>,
}

impl Heap {
    /// Whether it holds nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The earliest event.
    #[inline]
    pub(crate) fn peek(&self) -> Option<EventKey> {
        self.keys.first().copied()
    }

    /// All events, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = EventKey> {
        self.keys.iter().copied()
    }

    /// Adds an event.
    pub(crate) fn push(&mut self, key: EventKey) {
        self.keys.push(key);
        self.lift(self.keys.len() - 1, key);
    }

    /// Takes the earliest event.
    pub(crate) fn pop(&mut self) -> Option<EventKey> {
        let last = self.keys.pop()?;
        let Some(&first) = self.keys.first() else { return Some(last) };
        // Walk the hole down to a leaf along the least children, then lift the last key from there: the last
        // key nearly always belongs near the bottom, so this saves one comparison a level.
        let mut hole = 0;
        while let Some(child) = self.least_child(hole) {
            self.keys[hole] = self.keys[child];
            hole = child;
        }
        self.lift(hole, last);
        Some(first)
    }

    /// The position of the least child of `parent`, if it has any.
    fn least_child(&self, parent: usize) -> Option<usize> {
        let first = 4 * parent + 1;
        let end = (first + 4).min(self.keys.len());
        (first..end).min_by_key(|&child| self.keys[child])
    }

    /// Puts `key` into the hole at `hole` or above it, where it belongs.
    fn lift(&mut self, mut hole: usize, key: EventKey) {
        while hole > 0 {
            let parent = (hole - 1) / 4;
            if self.keys[parent] < key {
                break;
            }
            self.keys[hole] = self.keys[parent];
            hole = parent;
        }
        self.keys[hole] = key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::key::Seq;
    use cusinart_policies::Instant;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keys_come_out_sorted(times in proptest::collection::vec(0_u64..50, 0..200)) {
            let mut heap = Heap::default();
            let mut expected = Vec::new();
            let mut seq = Seq::NONE;
            for at in times {
                seq = seq.next();
                let key = EventKey::new(Instant::from_nanos(at), seq, 0, 0);
                heap.push(key);
                expected.push(key);
            }
            expected.sort();
            let popped: Vec<_> = std::iter::from_fn(|| heap.pop()).collect();
            prop_assert_eq!(popped, expected);
            prop_assert!(heap.is_empty());
        }
    }
}
