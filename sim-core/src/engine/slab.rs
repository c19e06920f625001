//! A table with free slots that are used again.

use super::key::SLOTS_MAX;

/// Positions kept for what still follows when a slab is nearly full.
const RESERVE: usize = 1 << 16;

/// A table whose positions stay valid until they are freed; freed positions are used again, last freed first.
#[derive(Debug)]
pub(crate) struct Slab<T> {
    items: Vec<T>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { items: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slab<T> {
    /// Stores `item` and returns its position.
    ///
    /// # Panics
    /// With more than 2^24 items at once, the most an event can address.
    #[inline]
    pub(crate) fn insert(&mut self, item: T) -> u32 {
        if let Some(slot) = self.free.pop() {
            self.items[slot as usize] = item;
            return slot;
        }
        assert!(self.items.len() < SLOTS_MAX, "more than 16.7 million things in flight at once");
        self.items.push(item);
        (self.items.len() - 1) as u32
    }

    /// Whether it comes close to the most it can hold.
    #[inline]
    pub(crate) fn is_nearly_full(&self) -> bool {
        self.free.is_empty() && self.items.len() >= SLOTS_MAX - RESERVE
    }

    /// All items whose positions are not free.
    pub(crate) fn taken(&self) -> impl Iterator<Item = &T> {
        let mut free = vec![false; self.items.len()];
        self.free.iter().for_each(|&slot| free[slot as usize] = true);
        self.items.iter().zip(free).filter(|(_, free)| !free).map(|(item, _)| item)
    }

    /// Gives a position back. What stands there stays readable until the position is used again.
    #[inline]
    pub(crate) fn free(&mut self, slot: u32) {
        self.free.push(slot);
    }
}

impl<T> std::ops::Index<u32> for Slab<T> {
    type Output = T;
    #[inline]
    fn index(&self, slot: u32) -> &T {
        &self.items[slot as usize]
    }
}

impl<T> std::ops::IndexMut<u32> for Slab<T> {
    #[inline]
    fn index_mut(&mut self, slot: u32) -> &mut T {
        &mut self.items[slot as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn freed_positions_are_used_again() {
        let mut slab = Slab::default();
        let (a, b) = (slab.insert('a'), slab.insert('b'));
        slab.free(a);
        assert_eq!(slab.insert('c'), a);
        assert_eq!((slab[a], slab[b]), ('c', 'b'));
    }
}
