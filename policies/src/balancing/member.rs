//! What keeps a node from getting traffic.

use crate::{Duration, Instant, NodeSpec, ServiceId, ZoneId};

/// A reason why a member gets no traffic. Several can hold at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// Believed failed.
    Unhealthy = 1,
    /// Will be removed.
    Draining = 2,
    /// Out for a while because its requests failed.
    Ejected = 4,
    /// Never joined, or removed.
    Absent = 8,
}

/// Whether a node may get traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Traffic {
    /// It may.
    Eligible,
    /// It may not.
    None,
}

impl Traffic {
    pub(super) fn is_eligible(self) -> bool {
        self == Self::Eligible
    }
}

/// One node as the balancer knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) service: ServiceId,
    pub(super) zone: ZoneId,
    /// Set of [`Obstacle`]s.
    obstacles: u8,
    /// Ejections that were not forgiven yet.
    ejections: u32,
    /// End of the current or last ejection.
    ejection_end: Instant,
}

impl Default for Member {
    fn default() -> Self {
        Self {
            service: ServiceId(0),
            zone: ZoneId(0),
            obstacles: Obstacle::Absent as u8,
            ejections: 0,
            ejection_end: Instant::ZERO,
        }
    }
}

impl Member {
    /// A node that joined, free of obstacles.
    pub(super) fn joined(spec: NodeSpec) -> Self {
        Self { service: spec.service, zone: spec.zone, obstacles: 0, ..Self::default() }
    }

    pub(super) fn is_member(&self) -> bool {
        self.obstacles & Obstacle::Absent as u8 == 0
    }

    pub(super) fn traffic(&self) -> Traffic {
        if self.obstacles == 0 { Traffic::Eligible } else { Traffic::None }
    }

    /// Whether it may get a request of this service.
    pub(super) fn serves(&self, service: ServiceId) -> bool {
        self.obstacles == 0 && self.service == service
    }

    /// Whether it may get a request of this service in a panic: whatever is believed of it, unless it will be removed.
    pub(super) fn serves_in_panic(&self, service: ServiceId) -> bool {
        self.obstacles & (Obstacle::Absent as u8 | Obstacle::Draining as u8) == 0 && self.service == service
    }

    pub(super) fn set(&mut self, obstacle: Obstacle, present: bool) {
        if present {
            self.obstacles |= obstacle as u8;
        } else {
            self.obstacles &= !(obstacle as u8);
        }
    }

    pub(super) fn leave(&mut self) {
        self.set(Obstacle::Absent, true);
    }

    /// When the ejection under way ends.
    pub(super) fn ejected_until(&self) -> Option<Instant> {
        (self.obstacles & Obstacle::Ejected as u8 != 0).then_some(self.ejection_end)
    }

    /// Counts one more ejection and returns how long it lasts: `period` times the ejections not yet forgiven.
    ///
    /// One ejection is forgiven for each whole `period` that went by since the last one ended. Envoy counts
    /// down likewise at each of its sweeps in which the node is not ejected.
    pub(super) fn next_ejection_period(&mut self, now: Instant, period: Duration) -> Duration {
        let quiet = now.since(self.ejection_end).as_nanos() / period.as_nanos().max(1);
        let forgiven = u32::try_from(quiet).unwrap_or(u32::MAX);
        self.ejections = self.ejections.saturating_sub(forgiven).saturating_add(1);
        period * u64::from(self.ejections)
    }

    pub(super) fn eject(&mut self, until: Instant) {
        self.ejection_end = until;
        self.set(Obstacle::Ejected, true);
    }

    pub(super) fn end_ejection(&mut self, at: Instant) {
        self.ejection_end = at;
        self.set(Obstacle::Ejected, false);
    }
}
