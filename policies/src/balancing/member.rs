//! What keeps a node from getting traffic.

use crate::{NodeSpec, ServiceId, ZoneId};

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
}

impl Default for Member {
    fn default() -> Self {
        Self { service: ServiceId(0), zone: ZoneId(0), obstacles: Obstacle::Absent as u8 }
    }
}

impl Member {
    /// A node that joined, free of obstacles.
    pub(super) fn joined(spec: NodeSpec) -> Self {
        Self { service: spec.service, zone: spec.zone, obstacles: 0 }
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
}
