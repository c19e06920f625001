//! A limit of concurrency that grows by one and shrinks by a factor.

use super::LimitSample;
use crate::Duration;

/// How the limit moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AimdSettings {
    /// Limit before anything is learnt. Unit: requests. Default 20.
    pub initial: u32,
    /// Least limit. Unit: requests. Default 20. More keeps a service busy that looks bad.
    pub min: u32,
    /// Greatest limit. Unit: requests. Default 200.
    pub max: u32,
    /// What is left of the limit after a drop. Default 0.9, range 0.5..1. Less backs off harder.
    pub backoff_ratio: f64,
    /// A request that took longer counts as dropped. Default 5 s.
    pub timeout: Duration,
}

impl Default for AimdSettings {
    fn default() -> Self {
        Self { initial: 20, min: 20, max: 200, backoff_ratio: 0.9, timeout: Duration::from_secs(5) }
    }
}

/// Additive increase, multiplicative decrease (Netflix concurrency-limits, `AIMDLimit`).
///
/// A request that was dropped or took longer than `timeout` leaves `limit * backoff_ratio`, rounded down. Any other
/// adds one if at least half of the limit is in use. The result is kept within `min..=max`; the initial limit is not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aimd {
    settings: AimdSettings,
    limit: u32,
}

impl Aimd {
    /// The initial limit.
    pub const fn new(settings: AimdSettings) -> Self {
        Self { settings, limit: settings.initial }
    }

    /// Requests that may be in flight.
    pub const fn limit(&self) -> u32 {
        self.limit
    }

    /// Learns from a request that ended.
    pub fn sample(&mut self, sample: &LimitSample) {
        let limit = if sample.dropped || sample.rtt > self.settings.timeout {
            (f64::from(self.limit) * self.settings.backoff_ratio) as u32
        } else if sample.uses_half_of(f64::from(self.limit)) {
            self.limit.saturating_add(1)
        } else {
            self.limit
        };
        self.limit = limit.max(self.settings.min).min(self.settings.max);
    }
}
