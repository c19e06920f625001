//! A pause that doubles with each restart and is forgotten after a while.

use crate::{Duration, Instant};

/// How the pause grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RestartBackoffSettings {
    /// First pause. Default 10 s.
    pub initial: Duration,
    /// Longest pause. Default 5 min.
    pub max: Duration,
    /// Quiet time after which the pauses are forgotten. Default 10 min, twice `max`.
    pub expire_after: Duration,
}

impl Default for RestartBackoffSettings {
    fn default() -> Self {
        Self {
            initial: Duration::from_secs(10),
            max: Duration::from_secs(300),
            expire_after: Duration::from_secs(600),
        }
    }
}

/// The pause of one item (Kubernetes client-go, `flowcontrol.Backoff`): `initial`, then twice the last one, up to `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RestartBackoff {
    settings: RestartBackoffSettings,
    entry: Option<Entry>,
}

/// What is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    delay: Duration,
    updated: Instant,
}

impl RestartBackoff {
    /// No pause yet.
    pub const fn new(settings: RestartBackoffSettings) -> Self {
        Self { settings, entry: None }
    }

    /// Moves to the next pause because of an event at `event`: the first one if more than `expire_after` lies between
    /// the last update and the event.
    pub fn next(&mut self, now: Instant, event: Instant) {
        let delay = match self.lasting(event) {
            Some(entry) => (entry.delay * 2).min(self.settings.max),
            None => self.settings.initial,
        };
        self.entry = Some(Entry { delay, updated: now });
    }

    /// The pause, or none at all. Expiry makes no difference.
    pub fn delay(&self) -> Duration {
        self.entry.map_or(Duration::ZERO, |entry| entry.delay)
    }

    /// The pause after an event at `event`: none at all if what was before it is forgotten.
    pub fn delay_after(&self, event: Instant) -> Duration {
        self.lasting(event).map_or(Duration::ZERO, |entry| entry.delay)
    }

    /// Whether the pause after an event at `event` is not over.
    pub fn is_pausing_since(&self, now: Instant, event: Instant) -> bool {
        self.lasting(event).is_some_and(|entry| now < event + entry.delay)
    }

    /// Whether the pause after the last update is not over.
    pub fn is_pausing_since_update(&self, now: Instant) -> bool {
        self.lasting(now).is_some_and(|entry| now < entry.updated + entry.delay)
    }

    /// Forgets all pauses.
    pub fn reset(&mut self) {
        self.entry = None;
    }

    /// What is remembered, unless it has expired at `event`.
    fn lasting(&self, event: Instant) -> Option<Entry> {
        self.entry.filter(|entry| event <= entry.updated + self.settings.expire_after)
    }
}
