//! The limit between hot and cold.

use alloc::vec::Vec;

/// The last observed numbers of requests in flight, for their quantiles.
///
/// It remembers where the last quantile lay. The next one is mostly the same value, or one of its neighbours.
#[derive(Clone, Debug)]
pub struct RifSample {
    size: usize,
    /// A ring once it is full.
    history: Vec<u32>,
    /// Position of the oldest observation once the ring is full.
    oldest: usize,
    /// The last quantile.
    value: u32,
    /// Observations less than it.
    below: usize,
    /// Observations equal to it.
    equal: usize,
}

impl RifSample {
    /// An empty sample of at most `size` observations. All memory it will ever use is taken here.
    pub fn new(size: usize) -> Self {
        Self { size, history: Vec::with_capacity(size), oldest: 0, value: 0, below: 0, equal: 0 }
    }

    /// Adds an observation; the oldest leaves a full sample.
    pub fn add(&mut self, in_flight: u32) {
        if self.history.len() < self.size {
            self.history.push(in_flight);
        } else if let Some(place) = self.history.get_mut(self.oldest) {
            let left = core::mem::replace(place, in_flight);
            self.below -= usize::from(left < self.value);
            self.equal -= usize::from(left == self.value);
            self.oldest = if self.oldest + 1 == self.size { 0 } else { self.oldest + 1 };
        } else {
            return;
        }
        self.below += usize::from(in_flight < self.value);
        self.equal += usize::from(in_flight == self.value);
    }

    /// The observation at `floor(q * (n - 1))` in ascending order, with `q` from 0 to 1. `None` without observations.
    ///
    /// Linear in the size for each different value between the last quantile and this one.
    pub fn quantile(&mut self, q: f64) -> Option<u32> {
        let last = self.history.len().checked_sub(1)?;
        // The cast cuts off the fraction and saturates.
        let rank = ((q * last as f64) as usize).min(last);
        while rank < self.below {
            let value = self.value;
            let lesser = |seen: &u32| if *seen < value { *seen } else { 0 };
            self.value = self.history.iter().map(lesser).fold(0, u32::max);
            self.equal = self.count_equal();
            self.below -= self.equal;
        }
        while rank >= self.below + self.equal {
            let value = self.value;
            let greater = |seen: &u32| if *seen > value { *seen } else { u32::MAX };
            self.value = self.history.iter().map(greater).fold(u32::MAX, u32::min);
            self.below += self.equal;
            self.equal = self.count_equal();
        }
        Some(self.value)
    }

    fn count_equal(&self) -> usize {
        self.history.iter().map(|seen| u32::from(*seen == self.value)).sum::<u32>() as usize
    }
}
