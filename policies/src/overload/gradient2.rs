//! A limit of concurrency by the ratio of the long to the latest round-trip time.

use super::{ExponentialAverage, LimitSample};

/// Samples of the plain mean with which the long average begins.
const WARMUP: u32 = 10;
/// A long average of more than so many times the latest round trip is outdated,
const OUTDATED: f64 = 2.0;
/// and decays by this factor with each sample.
const DECAY: f64 = 0.95;
/// The most that one sample takes off the limit.
const GRADIENT_MIN: f64 = 0.5;

/// How the limit moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gradient2Settings {
    /// Limit before anything is learnt. Unit: requests. Default 20.
    pub initial: u32,
    /// Least limit. Unit: requests. Default 20.
    pub min: u32,
    /// Greatest limit. Unit: requests. Default 200.
    pub max: u32,
    /// Requests that may queue: what a sample adds while the latency is steady. Unit: requests. Default 4. More grows
    /// faster and tolerates longer queues.
    pub queue_size: u32,
    /// Weight of the new limit against the old one. Default 0.2, range 0..=1. Less is calmer and slower.
    pub smoothing: f64,
    /// How many times longer than the long average a round trip may be before the limit shrinks. Default 1.5, at
    /// least 1.
    pub rtt_tolerance: f64,
    /// Length of the long average. Unit: samples. Default 600.
    pub long_window: u32,
}

impl Default for Gradient2Settings {
    fn default() -> Self {
        Self {
            initial: 20,
            min: 20,
            max: 200,
            queue_size: 4,
            smoothing: 0.2,
            rtt_tolerance: 1.5,
            long_window: 600,
        }
    }
}

/// A limit that follows `limit * gradient + queue_size` (Netflix concurrency-limits, `Gradient2Limit`).
///
/// The gradient is `rtt_tolerance * long / rtt`, kept within 0.5..=1. When the long average is more than twice the
/// latest round trip it is reduced by 5%, from the next sample on. While less than half of the limit is used, only the
/// average moves. Drops make no difference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gradient2 {
    settings: Gradient2Settings,
    limit: f64,
    /// In nanoseconds.
    long: ExponentialAverage,
}

impl Gradient2 {
    /// The initial limit.
    pub fn new(settings: Gradient2Settings) -> Self {
        let long = ExponentialAverage::new(settings.long_window, WARMUP);
        Self { settings, limit: f64::from(settings.initial), long }
    }

    /// Requests that may be in flight.
    pub fn limit(&self) -> u32 {
        self.limit as u32
    }

    /// The limit before it is rounded down. Unit: requests.
    pub const fn estimated_limit(&self) -> f64 {
        self.limit
    }

    /// The long average of round-trip times. Unit: nanoseconds.
    pub const fn long_rtt_ns(&self) -> f64 {
        self.long.value()
    }

    /// Learns from a request that ended.
    pub fn sample(&mut self, sample: &LimitSample) {
        let Gradient2Settings { min, max, queue_size, smoothing, rtt_tolerance, .. } = self.settings;
        let rtt = sample.rtt.as_nanos() as f64;
        let long = self.long.add(rtt);
        if long / rtt > OUTDATED {
            self.long.scale(DECAY);
        }
        if !sample.uses_half_of(self.limit) {
            return;
        }
        let ratio = rtt_tolerance * long / rtt;
        // A round trip of no time, which gives NaN, counts as steady.
        let gradient = if ratio < 1.0 { ratio.max(GRADIENT_MIN) } else { 1.0 };
        let wanted = self.limit * gradient + f64::from(queue_size);
        let limit = self.limit * (1.0 - smoothing) + wanted * smoothing;
        self.limit = limit.min(f64::from(max)).max(f64::from(min));
    }
}
