//! Latency and loss between places.

use super::RawDistribution;
use crate::quantity::Ratio;
use crate::read::{At, Name, OneOrMany};
use crate::section::section;

section! {
    /// Latency and loss between places, one way each.
    RawNetwork: "the network" {
        /// Between nodes of one zone.
        within_zone: Option<RawLink>,
        /// Between nodes of two zones.
        between_zones: Option<RawLink>,
        /// Between the outside world (clients, by default also the control plane) and any zone.
        outside: Option<RawLink>,
        /// Exceptions; a later one wins.
        links: Option<Vec<RawLinkOverride>>,
    }
}

section! {
    /// A link between two places.
    RawLink: "a link" {
        /// One-way latency. Default 0s.
        latency: Option<RawDistribution>,
        /// Share of messages lost. Default 0%.
        loss: Option<At<Ratio>>,
    }
}

section! {
    /// A link between certain places that differs from the rest.
    RawLinkOverride: "a link" {
        /// Zone (or several), or `outside`.
        from: OneOrMany<At<Name>>,
        /// Zone (or several), or `outside`.
        to: OneOrMany<At<Name>>,
        /// One-way latency. Default: as without this entry.
        latency: Option<RawDistribution>,
        /// Share of messages lost. Default: as without this entry.
        loss: Option<At<Ratio>>,
        /// Whether only the way from `from` to `to` is meant. Default false.
        one_way: Option<At<bool>>,
    }
}
