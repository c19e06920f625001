//! A histogram that forgets: percentiles of samples whose weight halves again and again.

use crate::{Duration, Instant};
use alloc::collections::BTreeMap;

/// Below this weight a bucket is empty.
const EPSILON: f64 = 1e-15;
/// Half-lives after which weights are scaled, so that they stay within the range of floats.
const HALF_LIVES_MAX: f64 = 100.0;

/// The edges of the buckets. Values from the last edge up share one last bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Buckets {
    /// Buckets of equal width.
    Linear {
        /// Width.
        width: f64,
        /// The last edge is the first one at or above this value.
        max: f64,
    },
    /// Buckets that grow by a factor.
    Exponential {
        /// Width of the first.
        first: f64,
        /// Growth from one to the next, above 1.
        ratio: f64,
        /// The last edge is the first one at or above this value.
        max: f64,
    },
}

impl Buckets {
    /// Number of buckets, the last open one among them.
    fn count(self) -> usize {
        let closed = match self {
            Self::Linear { width, max } => max / width,
            Self::Exponential { first, ratio, max } => growth(max / first, ratio),
        };
        // The cast saturates.
        (libm::ceil(closed.max(0.0)) as usize).saturating_add(1)
    }

    /// The bucket of a value.
    fn of(self, value: f64) -> usize {
        let place = match self {
            Self::Linear { width, .. } => value / width,
            Self::Exponential { first, ratio, .. } => growth(value / first, ratio),
        };
        // The cast saturates: below 0 and no number are 0.
        (libm::floor(place) as usize).min(self.count() - 1)
    }

    /// The lower edge of a bucket.
    fn start(self, bucket: usize) -> f64 {
        match self {
            Self::Linear { width, .. } => bucket as f64 * width,
            Self::Exponential { first, ratio, .. } => {
                first * (libm::pow(ratio, bucket as f64) - 1.0) / (ratio - 1.0)
            }
        }
    }
}

/// Buckets of an exponential series below a multiple of the first width.
fn growth(widths: f64, ratio: f64) -> f64 {
    libm::log(widths.max(0.0) * (ratio - 1.0) + 1.0) / libm::log(ratio)
}

/// A histogram whose samples weigh half as much after each half-life.
///
/// Source: Kubernetes Vertical Pod Autoscaler, `pkg/recommender/util` (`histogram.go`, `decaying_histogram.go`).
#[derive(Clone, Debug, PartialEq)]
pub struct DecayingHistogram {
    buckets: Buckets,
    half_life: Duration,
    /// Weights by bucket, as of `reference`.
    weights: BTreeMap<usize, f64>,
    total: f64,
    /// Whole half-lives that the weights are as of.
    reference: f64,
    /// The time of the newest sample.
    newest: Option<Instant>,
}

impl DecayingHistogram {
    /// An empty histogram.
    pub fn new(buckets: Buckets, half_life: Duration) -> Self {
        Self { buckets, half_life, weights: BTreeMap::new(), total: 0.0, reference: 0.0, newest: None }
    }

    /// Adds a sample.
    pub fn add(&mut self, at: Instant, value: f64, weight: f64) {
        let half_lives = self.half_lives(at);
        if half_lives - self.reference > HALF_LIVES_MAX {
            let reference = libm::round(half_lives);
            let factor = libm::exp2(self.reference - reference);
            self.weights.values_mut().for_each(|weight| *weight *= factor);
            self.total *= factor;
            self.reference = reference;
        }
        let weight = weight * libm::exp2(half_lives - self.reference);
        *self.weights.entry(self.buckets.of(value)).or_insert(0.0) += weight;
        self.total += weight;
        self.newest = self.newest.max(Some(at));
    }

    /// The upper edge of the first bucket at which the weights reach `share` (0..=1) of them all; the lower edge if
    /// that is the last, open one. 0 without samples.
    pub fn percentile(&self, share: f64) -> f64 {
        let Some(newest) = self.newest else { return 0.0 };
        let decay = libm::exp2(self.reference - self.half_lives(newest));
        let filled = |(_, weight): &(&usize, &f64)| **weight * decay >= EPSILON;
        let Some((lowest, _)) = self.weights.iter().find(filled) else { return 0.0 };
        let highest = self.weights.iter().rev().find(filled).map_or(*lowest, |(bucket, _)| *bucket);
        let wanted = share * self.total;
        let mut sum = 0.0;
        let mut reaches = |(_, weight): &(&usize, &f64)| {
            sum += **weight;
            sum >= wanted
        };
        let bucket =
            self.weights.range(*lowest..highest).find(&mut reaches).map_or(highest, |(bucket, _)| *bucket);
        let edge = if bucket + 1 < self.buckets.count() { bucket + 1 } else { bucket };
        self.buckets.start(edge)
    }

    fn half_lives(&self, at: Instant) -> f64 {
        at.as_nanos() as f64 / self.half_life.as_nanos().max(1) as f64
    }
}
