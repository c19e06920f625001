//! A small set of timers, at most one per owner, for things that are rare compared with probes.

use crate::Instant;
use alloc::collections::{BTreeMap, BTreeSet};

/// Timers by owner. Each owner has at most one.
#[derive(Clone, Debug)]
pub(crate) struct Timers<K> {
    by_time: BTreeSet<(Instant, K)>,
    by_owner: BTreeMap<K, Instant>,
}

impl<K: Copy + Ord> Timers<K> {
    pub(crate) const fn new() -> Self {
        Self { by_time: BTreeSet::new(), by_owner: BTreeMap::new() }
    }

    /// Sets the owner's timer, replacing the one it may have.
    pub(crate) fn set(&mut self, at: Instant, owner: K) {
        self.cancel(owner);
        self.by_time.insert((at, owner));
        self.by_owner.insert(owner, at);
    }

    /// Takes the owner's timer away, if it has one.
    pub(crate) fn cancel(&mut self, owner: K) {
        if let Some(at) = self.by_owner.remove(&owner) {
            self.by_time.remove(&(at, owner));
        }
    }

    /// The earliest timer.
    pub(crate) fn first(&self) -> Option<(Instant, K)> {
        self.by_time.first().copied()
    }

    /// Takes the earliest timer if it is due.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<K> {
        let (at, owner) = self.first()?;
        if at > now {
            return None;
        }
        self.cancel(owner);
        Some(owner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_timer_replaces_the_first() {
        let mut timers = Timers::new();
        timers.set(Instant::from_nanos(5), 'a');
        timers.set(Instant::from_nanos(3), 'b');
        timers.set(Instant::from_nanos(7), 'a');
        assert_eq!(timers.take_due(Instant::from_nanos(2)), None);
        assert_eq!(timers.take_due(Instant::from_nanos(9)), Some('b'));
        assert_eq!(timers.first(), Some((Instant::from_nanos(7), 'a')));
        timers.cancel('a');
        assert_eq!(timers.take_due(Instant::from_nanos(9)), None);
    }
}
