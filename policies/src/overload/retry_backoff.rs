//! Pauses before retries, with jitter from a number that the caller draws.

use crate::Duration;

/// `initial * factor^step`, at most `max`, in nanoseconds.
pub(crate) fn exponential_ns(initial: Duration, factor: f64, step: u32, max: Duration) -> f64 {
    if initial.is_zero() {
        return 0.0;
    }
    let growth = libm::pow(factor, f64::from(step));
    (initial.as_nanos() as f64 * growth).min(max.as_nanos() as f64)
}

/// The backoff of gRPC's retries (gRPC proposal A6, retry policy; jitter of 20% both ways as the connection backoff).
///
/// The pause before retry `n`, counted from 0 since the server last asked for a pause of its own, is
/// `min(initial * multiplier^n, max) * (0.8 + 0.4 u)`: jitter comes after the cap, so a pause may exceed `max`.
/// Known differences: older versions of gRPC drew the whole pause evenly from 0 to the cap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GrpcBackoff {
    /// First pause before jitter (`initialBackoff`).
    pub initial: Duration,
    /// Growth from one pause to the next (`backoffMultiplier`). Without unit, above 0.
    pub multiplier: f64,
    /// Longest pause before jitter (`maxBackoff`).
    pub max: Duration,
}

impl GrpcBackoff {
    /// The pause in nanoseconds, not rounded. `draw` is even in 0..1.
    pub fn pause_ns(&self, retries_since_pushback: u32, draw: f64) -> f64 {
        let base = exponential_ns(self.initial, self.multiplier, retries_since_pushback, self.max);
        base * (0.8 + 0.4 * draw)
    }
}

/// The backoff of tower's retries (tower, `ExponentialBackoff`).
///
/// The pause before retry `n`, counted from 0, is `b = min(min * 2^n, max)` and up to `b * jitter` on top, all at most
/// `max`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TowerBackoff {
    /// First pause before jitter. Default 50 ms.
    pub min: Duration,
    /// Longest pause, with jitter. Default 20 s.
    pub max: Duration,
    /// Largest share of the pause that jitter adds. Default 0.99, range 0..=100.
    pub jitter: f64,
}

impl TowerBackoff {
    /// The pause in nanoseconds, not rounded. `draw` is even in 0..1.
    pub fn pause_ns(&self, iteration: u32, draw: f64) -> f64 {
        let base = exponential_ns(self.min, 2.0, iteration, self.max);
        base + (base * self.jitter * draw).min(self.max.as_nanos() as f64 - base)
    }
}
