//! A mean over a window of time, kept in buckets.

use crate::{Duration, Instant};
use alloc::vec;
use alloc::vec::Vec;

/// Digits after the point that a mean is cut to.
const PRECISION: f64 = 1e6;

/// Sums of values in a ring of buckets, and their mean over the buckets since the first write.
///
/// A bucket is `granularity` long and begins at a whole multiple of it. One that was skipped counts as 0.
#[derive(Clone, Debug, PartialEq)]
pub struct BucketWindow {
    granularity: Duration,
    buckets: Vec<f64>,
    total: f64,
    /// Buckets of the first and the last write since the last reset.
    written: Option<(i64, i64)>,
}

impl BucketWindow {
    /// Most buckets of a window: a day of seconds.
    pub const BUCKETS_MAX: u64 = 86_400;

    /// An empty window of as many whole buckets as fit, at least 1 and at most [`Self::BUCKETS_MAX`].
    pub fn new(window: Duration, granularity: Duration) -> Self {
        let granularity = granularity.max(Duration::from_nanos(1));
        let count = (window.as_nanos() / granularity.as_nanos()).clamp(1, Self::BUCKETS_MAX);
        // Within the range, being at most BUCKETS_MAX.
        Self { granularity, buckets: vec![0.0; count as usize], total: 0.0, written: None }
    }

    /// Adds a value. One that is a whole window older than the last write is dropped; one that is a whole window younger
    /// resets everything.
    pub fn record(&mut self, now: Instant, value: f64) {
        let at = self.bucket(now);
        let length = self.length();
        let (first, last) = match self.written {
            None => (at, at),
            Some((_, last)) if at <= last.saturating_sub(length) => return,
            Some((first, last)) if at <= last => (first.min(at), last),
            Some((_, last)) if at.saturating_sub(last) >= length => {
                self.buckets.fill(0.0);
                self.total = 0.0;
                (at, at)
            }
            Some((first, last)) => {
                for skipped in last + 1..=at {
                    let place = self.place(skipped);
                    self.total -= core::mem::take(&mut self.buckets[place]);
                }
                (first, at)
            }
        };
        self.written = Some((first, last));
        let place = self.place(at);
        self.buckets[place] += value;
        self.total += value;
    }

    /// The mean: 0 without a write within the window before `now`.
    pub fn average(&self, now: Instant) -> f64 {
        let at = self.bucket(now);
        let length = self.length();
        let Some((first, last)) = self.written else { return 0.0 };
        let passed = at.saturating_sub(last).max(0);
        if passed >= length {
            return 0.0;
        }
        let mut total = self.total;
        for gone in last + 1..=last + passed {
            total -= self.buckets[self.place(gone)];
        }
        let counted = last.saturating_sub(first).saturating_add(1).min(length - passed);
        libm::floor(total / counted as f64 * PRECISION + 0.5) / PRECISION
    }

    /// The number of the bucket of a time.
    fn bucket(&self, at: Instant) -> i64 {
        i64::try_from(at.as_nanos() / self.granularity.as_nanos()).unwrap_or(i64::MAX)
    }

    fn length(&self) -> i64 {
        self.buckets.len() as i64
    }

    fn place(&self, at: i64) -> usize {
        // Within the length, which came from a usize.
        at.rem_euclid(self.length()) as usize
    }
}
