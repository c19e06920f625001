//! Past proposals that hold a change back.

use super::up_down::UpDown;
use crate::{Duration, Instant};
use alloc::vec::Vec;

/// A number of pods that the metrics asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recommendation {
    /// When.
    pub at: Instant,
    /// Pods.
    pub replicas: i32,
}

/// The past proposals. One that is too old to count gives up its place, so the log does not grow without end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecommendationLog {
    entries: Vec<Recommendation>,
}

impl RecommendationLog {
    /// A log that begins with these.
    pub const fn new(entries: Vec<Recommendation>) -> Self {
        Self { entries }
    }

    /// The proposals, in the order of their places.
    pub fn entries(&self) -> &[Recommendation] {
        &self.entries
    }

    /// The most that was asked for within the window, the new proposal among it: an autoscaler without rules of its own
    /// takes no pods away that it has wanted lately.
    pub fn stabilize_legacy(&mut self, now: Instant, desired: i32, window: Duration) -> i32 {
        let young = self.entries.iter().filter(|entry| now.since(entry.at) <= window);
        let most = young.map(|entry| entry.replicas).fold(desired, i32::max);
        self.record(now, desired, window);
        most
    }

    /// The current number, raised to the least and lowered to the most that was asked for within the window of the
    /// direction, the new proposal among it.
    pub fn stabilize(&mut self, now: Instant, current: i32, desired: i32, windows: UpDown<Duration>) -> i32 {
        let young = |window: Duration| self.entries.iter().filter(move |entry| now.since(entry.at) < window);
        let least = young(windows.up).map(|entry| entry.replicas).fold(desired, i32::min);
        let most = young(windows.down).map(|entry| entry.replicas).fold(desired, i32::max);
        self.record(now, desired, windows.up.max(windows.down));
        current.max(least).min(most)
    }

    /// Takes note of a proposal, in the place of the last one older than `window`.
    fn record(&mut self, now: Instant, replicas: i32, window: Duration) {
        let entry = Recommendation { at: now, replicas };
        match self.entries.iter_mut().rev().find(|entry| now.since(entry.at) > window) {
            Some(place) => *place = entry,
            None => self.entries.push(entry),
        }
    }
}
