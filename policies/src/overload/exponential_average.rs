//! A running average that begins as a plain mean.

/// The plain mean of the first samples, then an exponential average (Netflix concurrency-limits, `ExpAvgMeasurement`).
///
/// The first `warmup` samples give `sum / count`; each later sample `x` gives `average * (1 - f) + x * f` with
/// `f = 2 / (window + 1)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExponentialAverage {
    factor: f64,
    warmup: u32,
    count: u32,
    sum: f64,
    value: f64,
}

impl ExponentialAverage {
    /// An average of nothing, 0. `window` is its length, `warmup` the number of samples of the plain mean. Unit of
    /// both: samples. A longer window is calmer and slower.
    pub fn new(window: u32, warmup: u32) -> Self {
        Self { factor: 2.0 / (f64::from(window) + 1.0), warmup, count: 0, sum: 0.0, value: 0.0 }
    }

    /// Adds a sample and returns the average.
    pub fn add(&mut self, sample: f64) -> f64 {
        if self.count < self.warmup {
            self.count += 1;
            self.sum += sample;
            self.value = self.sum / f64::from(self.count);
        } else {
            self.value = self.value * (1.0 - self.factor) + sample * self.factor;
        }
        self.value
    }

    /// Multiplies the average. During the warm-up the next sample's plain mean takes its place.
    pub fn scale(&mut self, factor: f64) {
        self.value *= factor;
    }

    /// The average.
    pub const fn value(&self) -> f64 {
        self.value
    }
}
