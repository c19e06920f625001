//! No remediation while too few nodes are healthy, nor for a while after.

use crate::{Duration, Instant};

/// Whether nodes may be remediated, from observation to observation.
///
/// Too few healthy nodes begin a storm. When enough are healthy again, a cooldown runs; the first observation at or
/// after its end, but not the one that began it, ends the storm. Too few healthy nodes meanwhile clear the cooldown.
/// Without a cooldown configured there are no storms: nodes are remediated whenever enough are healthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StormGate {
    cooldown: Option<Duration>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    /// Too few nodes are healthy.
    Closed,
    /// A storm during which enough nodes are healthy again.
    Cooling {
        since: Instant,
    },
}

impl StormGate {
    /// A gate that has seen nothing and is open. `cooldown` is `stormCooldownDuration`, off by default.
    pub const fn new(cooldown: Option<Duration>) -> Self {
        Self { cooldown, state: State::Open }
    }

    /// Takes note of how many nodes are healthy and how many must be. Returns whether nodes may be remediated.
    pub fn observe(&mut self, now: Instant, healthy: u32, least: u32) -> bool {
        self.state = match (self.state, self.cooldown) {
            _ if healthy < least => State::Closed,
            (State::Closed, Some(_)) => State::Cooling { since: now },
            (State::Cooling { since }, Some(cooldown)) if now < since + cooldown => self.state,
            (State::Open | State::Cooling { .. } | State::Closed, _) => State::Open,
        };
        self.is_open()
    }

    /// Whether nodes may be remediated.
    pub const fn is_open(&self) -> bool {
        matches!(self.state, State::Open)
    }

    /// Whether there is a storm.
    pub const fn is_storm(&self) -> bool {
        self.cooldown.is_some() && !self.is_open()
    }

    /// When the cooldown that is running ends.
    pub fn cooldown_end(&self) -> Option<Instant> {
        match (self.state, self.cooldown) {
            (State::Cooling { since }, Some(cooldown)) => Some(since + cooldown),
            (State::Open | State::Closed | State::Cooling { .. }, _) => None,
        }
    }
}
