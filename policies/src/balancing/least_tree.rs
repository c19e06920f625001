//! The least of many keys of which one changes at a time.

use alloc::vec::Vec;

/// A tournament of keys: every inner slot holds the lesser of the two below it, the top one the least of all.
///
/// Changing a key and finding the least are logarithmic in their number (Knuth, The Art of Computer Programming, volume
/// 3, section 5.2.3).
#[derive(Clone, Debug, Default)]
pub(super) struct LeastTree<K> {
    /// The top is at 1; below slot `i` lie `2 i` and `2 i + 1`. The second half holds the keys by place.
    slots: Vec<K>,
    count: usize,
}

impl<K: Copy + Ord> LeastTree<K> {
    /// Takes other keys. `beyond` is greater than all of them. Memory is used again.
    pub(super) fn rebuild(&mut self, keys: impl ExactSizeIterator<Item = K>, beyond: K) {
        self.count = keys.len();
        let half = self.count.next_power_of_two();
        self.slots.clear();
        self.slots.resize(half, beyond);
        self.slots.extend(keys);
        self.slots.resize(2 * half, beyond);
        for slot in (1..half).rev() {
            self.slots[slot] = self.slots[2 * slot].min(self.slots[2 * slot + 1]);
        }
    }

    /// Changes the key at a place.
    pub(super) fn set(&mut self, place: usize, key: K) {
        let mut slot = self.slots.len() / 2 + place;
        let mut least = key;
        self.slots[slot] = key;
        while slot > 1 {
            least = least.min(self.slots[slot ^ 1]);
            slot /= 2;
            // Nothing changes further up.
            if self.slots[slot] == least {
                break;
            }
            self.slots[slot] = least;
        }
    }

    /// The first place of the least key. `None` if there are no keys.
    pub(super) fn first(&self) -> Option<usize> {
        (self.count > 0).then(|| self.descend(1))
    }

    /// The first place of the least key at `start` or after it; if there is none, the first place of all.
    pub(super) fn first_from(&self, start: usize) -> Option<usize> {
        if start >= self.count {
            return self.first();
        }
        let least = self.slots[1];
        let mut slot = self.slots.len() / 2 + start;
        // Up to the first subtree to the right of the start that holds the least key.
        while self.slots[slot] != least {
            // A right child leads up; from a left one, its sibling is next.
            while slot & 1 == 1 {
                slot /= 2;
                if slot <= 1 {
                    return self.first();
                }
            }
            slot += 1;
        }
        Some(self.descend(slot))
    }

    /// The first place below a slot with the slot's key.
    fn descend(&self, mut slot: usize) -> usize {
        let (least, half) = (self.slots[slot], self.slots.len() / 2);
        while slot < half {
            slot *= 2;
            slot += usize::from(self.slots[slot] != least);
        }
        slot - half
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_first_of_the_least_is_that_of_a_search(
            keys in prop::collection::vec(0_u32..4, 0..40),
            changes in prop::collection::vec((0_usize..40, 0_u32..5, 0_usize..45), 1..60),
        ) {
            let mut keys = keys;
            let mut tree = LeastTree::default();
            tree.rebuild(keys.iter().copied(), u32::MAX);
            for (place, key, start) in changes {
                if place < keys.len() {
                    keys[place] = key;
                    tree.set(place, key);
                }
                let least = keys.iter().min();
                let is_least = |place: &usize| Some(&keys[*place]) == least;
                let first = (0..keys.len()).find(is_least);
                prop_assert_eq!(tree.first(), first);
                prop_assert_eq!(tree.first_from(start), (start..keys.len()).find(is_least).or(first));
            }
        }
    }
}
