//! What outlier detection keeps of one host.

use super::OutlierSettings;
use super::rules::ejection_duration;
use crate::{Duration, Instant};

/// One host: its run of failures, its ejection, and its responses since the last sweep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutlierHost {
    /// Failed responses in a row.
    run: u32,
    /// Since when it is ejected, and the jitter of that ejection.
    ejected: Option<(Instant, Duration)>,
    /// Times the base time an ejection lasts.
    backoff: u32,
    /// When the last ejection ended.
    released: Option<Instant>,
    successes: u32,
    responses: u32,
}

impl OutlierHost {
    /// Takes a response. Returns the length of the run of failures if it has just reached the limit and the host is not
    /// ejected; the run then starts again.
    pub fn response(&mut self, failed: bool, settings: &OutlierSettings) -> Option<u32> {
        self.responses = self.responses.saturating_add(1);
        if !failed {
            self.successes = self.successes.saturating_add(1);
            self.run = 0;
            return None;
        }
        self.run = self.run.saturating_add(1);
        if self.run != settings.consecutive_5xx || self.is_ejected() {
            return None;
        }
        Some(core::mem::take(&mut self.run))
    }

    /// Ejects the host and returns how long it stays out. The backoff grows while it makes a difference.
    pub fn eject(&mut self, now: Instant, jitter: Duration, settings: &OutlierSettings) -> Duration {
        let longest = settings.max_ejection_time + settings.base_ejection_time;
        if settings.base_ejection_time * u64::from(self.backoff) < longest {
            self.backoff = self.backoff.saturating_add(1);
        }
        self.ejected = Some((now, jitter));
        ejection_duration(settings, self.backoff, jitter)
    }

    /// Ends the ejection if its time is over, with clean runs. Returns whether it did.
    pub fn release(&mut self, now: Instant, settings: &OutlierSettings) -> bool {
        let Some((since, jitter)) = self.ejected else { return false };
        let over = now.since(since) >= ejection_duration(settings, self.backoff, jitter);
        if over {
            (self.ejected, self.released, self.run) = (None, Some(now), 0);
        }
        over
    }

    /// Takes one off the backoff of a host that has not been ejected for a whole interval.
    pub fn forgive(&mut self, now: Instant, settings: &OutlierSettings) {
        let quiet = self.released.is_none_or(|released| now.since(released) >= settings.interval);
        if quiet && !self.is_ejected() {
            self.backoff = self.backoff.saturating_sub(1);
        }
    }

    /// Whether the host is out of the rotation.
    pub const fn is_ejected(&self) -> bool {
        self.ejected.is_some()
    }

    /// Times the base time that the current or last ejection lasts.
    pub const fn backoff(&self) -> u32 {
        self.backoff
    }

    /// Responses since the last [`OutlierHost::start_interval`].
    pub const fn responses(&self) -> u32 {
        self.responses
    }

    /// Their success rate in percent; 0 without any.
    pub fn success_rate_pct(&self) -> f64 {
        f64::from(self.successes) * 100.0 / f64::from(self.responses.max(1))
    }

    /// Counts responses from zero again.
    pub const fn start_interval(&mut self) {
        (self.successes, self.responses) = (0, 0);
    }
}
