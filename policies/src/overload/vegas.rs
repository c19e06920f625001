//! A limit of concurrency by the queue that the round-trip times betray.

use super::LimitSample;
use crate::Duration;

/// How the limit moves. Numbers of requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VegasSettings {
    /// Limit before anything is learnt. Unit: requests. Default 20.
    pub initial: u32,
    /// Greatest limit. Unit: requests. Default 1000.
    pub max: u32,
    /// Shorter queues let the limit grow slowly. Unit: requests. Default `None`: three times the limit's logarithm.
    pub alpha: Option<u32>,
    /// Longer queues make the limit shrink. Unit: requests. Default `None`: six times the limit's logarithm.
    pub beta: Option<u32>,
    /// Weight of the new limit against the old one. Default 1, range 0..=1. Less is calmer and slower.
    pub smoothing: f64,
    /// How the limit shrinks.
    pub decrease: VegasDecrease,
}

impl Default for VegasSettings {
    fn default() -> Self {
        Self {
            initial: 20,
            max: 1_000,
            alpha: None,
            beta: None,
            smoothing: 1.0,
            decrease: VegasDecrease::Log10,
        }
    }
}

/// How a Vegas limit shrinks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VegasDecrease {
    /// By its logarithm.
    #[default]
    Log10,
    /// By half.
    Half,
}

/// TCP Vegas for requests (Netflix concurrency-limits, `VegasLimit`).
///
/// With the limit L and the shortest round trip seen, the queue is `ceil(L * (1 - shortest / rtt))`. With l, the whole
/// part of log10 L and at least 1: a queue up to l adds `beta`, one below `alpha` adds l, one above `beta`, or a drop,
/// shrinks the limit. The result is kept within `1..=max` and smoothed. A first or shortest round trip is only
/// remembered. Nothing changes while less than half of the limit is used, but for a drop.
///
/// Known differences: the original forgets the shortest round trip now and then, at random, to probe for a new one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vegas {
    settings: VegasSettings,
    limit: f64,
    shortest: Option<Duration>,
}

impl Vegas {
    /// The initial limit.
    pub fn new(settings: VegasSettings) -> Self {
        Self { settings, limit: f64::from(settings.initial), shortest: None }
    }

    /// Requests that may be in flight.
    pub fn limit(&self) -> u32 {
        self.limit as u32
    }

    /// Learns from a request that ended.
    pub fn sample(&mut self, sample: &LimitSample) {
        let shortest = match self.shortest {
            Some(shortest) if sample.rtt >= shortest => shortest,
            Some(_) | None => {
                self.shortest = Some(sample.rtt);
                return;
            }
        };
        let VegasSettings { max, alpha, beta, smoothing, .. } = self.settings;
        let log = log10(self.limit);
        let (alpha, beta) = (alpha.unwrap_or(3 * log), beta.unwrap_or(6 * log));
        let queue = self.queue(shortest, sample.rtt);
        let wanted = if sample.dropped {
            self.decreased(log)
        } else if !sample.uses_half_of(self.limit) {
            return;
        } else if queue <= u64::from(log) {
            self.limit + f64::from(beta)
        } else if queue < u64::from(alpha) {
            self.limit + f64::from(log)
        } else if queue > u64::from(beta) {
            self.decreased(log)
        } else {
            return;
        };
        let wanted = wanted.min(f64::from(max)).max(1.0);
        self.limit = (1.0 - smoothing) * self.limit + smoothing * wanted;
    }

    fn queue(&self, shortest: Duration, rtt: Duration) -> u64 {
        let share = shortest.as_nanos() as f64 / rtt.as_nanos() as f64;
        // The cast makes zero of NaN: two round trips that take no time tell of no queue.
        libm::ceil(self.limit * (1.0 - share)) as u64
    }

    fn decreased(&self, log: u32) -> f64 {
        match self.settings.decrease {
            VegasDecrease::Log10 => self.limit - f64::from(log),
            VegasDecrease::Half => self.limit / 2.0,
        }
    }
}

/// The whole part of the logarithm of a limit, at least 1.
fn log10(limit: f64) -> u32 {
    (limit as u64).checked_ilog10().unwrap_or(0).max(1)
}
