//! The limit between hot and cold.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// The last observed numbers of requests in flight, for their quantiles.
#[derive(Clone, Debug)]
pub struct RifSample {
    size: usize,
    /// Oldest first.
    history: VecDeque<u32>,
    /// The same, ascending.
    sorted: Vec<u32>,
}

impl RifSample {
    /// An empty sample of at most `size` observations. All memory it will ever use is taken here.
    pub fn new(size: usize) -> Self {
        Self { size, history: VecDeque::with_capacity(size), sorted: Vec::with_capacity(size) }
    }

    /// Adds an observation; the oldest leaves a full sample. At most linear in the size, by moving memory only.
    pub fn add(&mut self, in_flight: u32) {
        if self.size == 0 {
            return;
        }
        let rank = |sorted: &[u32], value: u32| sorted.partition_point(|other| *other < value);
        let oldest = if self.history.len() == self.size { self.history.pop_front() } else { None };
        self.history.push_back(in_flight);
        match oldest {
            None => self.sorted.insert(rank(&self.sorted, in_flight), in_flight),
            Some(oldest) if oldest == in_flight => {}
            // Only what lies between the two moves.
            Some(oldest) => {
                let (from, to) = (rank(&self.sorted, oldest), rank(&self.sorted, in_flight));
                if from < to {
                    self.sorted.copy_within(from + 1..to, from);
                    self.sorted[to - 1] = in_flight;
                } else {
                    self.sorted.copy_within(to..from, to + 1);
                    self.sorted[to] = in_flight;
                }
            }
        }
    }

    /// The observation at `floor(q * (n - 1))` in ascending order, with `q` from 0 to 1. `None` without observations.
    pub fn quantile(&self, q: f64) -> Option<u32> {
        let last = self.sorted.len().checked_sub(1)?;
        // The cast saturates.
        let index = libm::floor(q * last as f64) as usize;
        Some(self.sorted[index.min(last)])
    }
}
