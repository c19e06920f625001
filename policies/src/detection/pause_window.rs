//! The last pauses between heartbeats, with their mean and deviation.

use crate::Duration;
use alloc::vec::Vec;

/// Most pauses remembered. With [`PAUSE_MAX`] it keeps the sum exact in 64 bits, that of squares in 128.
pub(super) const PAUSES_MAX: u32 = 10_000;
/// Longest pause remembered, in nanoseconds (13 days); longer ones count as this one.
const PAUSE_MAX: u64 = 1 << 50;

/// A window over the last pauses of one node. Sums are exact integers of nanoseconds, so nothing drifts.
///
/// How many it keeps is an argument of [`PauseWindow::push`], the same one each time, so that a window takes no memory
/// for it and starts empty.
#[derive(Clone, Debug, Default)]
pub struct PauseWindow {
    /// A ring once it is full.
    pauses: Vec<u64>,
    /// Position of the oldest pause once the ring is full.
    oldest: usize,
    sum: u64,
    sum_of_squares: u128,
}

impl PauseWindow {
    /// Forgets everything, keeps the memory.
    pub fn clear(&mut self) {
        self.pauses.clear();
        (self.oldest, self.sum, self.sum_of_squares) = (0, 0, 0);
    }

    /// Adds a pause; the oldest one leaves when there are `kept_max` (1 to 10 000) already.
    pub fn push(&mut self, pause: Duration, kept_max: u32) {
        let pause = pause.as_nanos().min(PAUSE_MAX);
        if self.pauses.len() < kept_max.clamp(1, PAUSES_MAX) as usize {
            self.pauses.push(pause);
        } else {
            let left = core::mem::replace(&mut self.pauses[self.oldest], pause);
            self.oldest = if self.oldest + 1 == self.pauses.len() { 0 } else { self.oldest + 1 };
            self.sum -= left;
            self.sum_of_squares -= u128::from(left) * u128::from(left);
        }
        self.sum += pause;
        self.sum_of_squares += u128::from(pause) * u128::from(pause);
    }

    /// The pauses that are kept, in no order.
    pub fn pauses(&self) -> impl ExactSizeIterator<Item = Duration> {
        self.pauses.iter().map(|pause| Duration::from_nanos(*pause))
    }

    /// Mean in nanoseconds; zero without any pause.
    pub fn mean(&self) -> f64 {
        self.sum as f64 / self.pauses.len().max(1) as f64
    }

    /// Variance (of the population) in square nanoseconds; zero without any pause.
    pub fn variance(&self) -> f64 {
        let count = self.pauses.len().max(1) as f64;
        self.scaled_variance() / (count * count)
    }

    /// Standard deviation (of the population) in nanoseconds; zero without any pause.
    pub fn std_deviation(&self) -> f64 {
        libm::sqrt(self.scaled_variance()) / self.pauses.len().max(1) as f64
    }

    /// The variance times the square of the number of pauses.
    fn scaled_variance(&self) -> f64 {
        // Never negative: the mean of squares is at least the square of the mean.
        (self.pauses.len() as u128 * self.sum_of_squares - u128::from(self.sum) * u128::from(self.sum)) as f64
    }
}
