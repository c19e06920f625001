//! Past changes of the number of pods in one direction.

use crate::{Duration, Instant};
use alloc::vec::Vec;

/// A change of the number of pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScaleEvent {
    /// When.
    pub at: Instant,
    /// Pods added, or removed; positive.
    pub change: i32,
    /// Whether it is older than any policy looks back, so that its place may be taken.
    pub outdated: bool,
}

/// The changes in one direction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScaleEvents {
    events: Vec<ScaleEvent>,
}

impl ScaleEvents {
    /// A log that begins with these.
    pub const fn new(events: Vec<ScaleEvent>) -> Self {
        Self { events }
    }

    /// The changes, in the order of their places.
    pub fn events(&self) -> &[ScaleEvent] {
        &self.events
    }

    /// Sum of the changes younger than `period`.
    pub fn change_within(&self, now: Instant, period: Duration) -> i32 {
        let young = self.events.iter().filter(|event| now.since(event.at) < period);
        young.fold(0, |sum: i32, event| sum.saturating_add(event.change))
    }

    /// Takes note of a change. `longest` is the longest time that a policy looks back: the last of the changes older than
    /// that gives up its place.
    pub fn record(&mut self, now: Instant, change: i32, longest: Duration) {
        for event in &mut self.events {
            event.outdated |= now.since(event.at) > longest;
        }
        let event = ScaleEvent { at: now, change, outdated: false };
        match self.events.iter_mut().rev().find(|event| event.outdated) {
            Some(place) => *place = event,
            None => self.events.push(event),
        }
    }
}
