//! Latency and loss between places.

use super::RawDistribution;
use crate::quantity::{Ratio, Text};
use crate::read::{At, Name, OneOrMany};
use crate::section::section;
use crate::words::TimeUnit;

section! {
    /// Latency and loss between places, one way each.
    RawNetwork: "the network" {
        /// Between nodes of one zone.
        within_zone: Option<RawLink>,
        /// Between nodes of two zones.
        between_zones: Option<RawLink>,
        /// Between the outside world (clients, by default also the control plane) and any zone.
        outside: Option<RawLink>,
        /// Latencies between zones from a CSV file. Default: none.
        matrix: Option<RawMatrix>,
        /// Exceptions; a later one wins.
        links: Option<Vec<RawLinkOverride>>,
    }
}

section! {
    /// Latencies from a CSV file with a header and a row for each way between two zones, named as in the scenario. With a
    /// 90th percentile, latencies are lognormal with that and the median; without one they are constant. Rows about other
    /// places are left out.
    RawMatrix: "a latency matrix" {
        /// The file, relative to the scenario.
        file: At<Text>,
        /// Header of the column with the zone where a message starts. Default `from`.
        from_column: Option<At<Text>>,
        /// Header of the column with the zone where it goes. Default `to`.
        to_column: Option<At<Text>>,
        /// Header of the column with the median. Default `p50`.
        p50_column: Option<At<Text>>,
        /// Header of the column with the 90th percentile. Default `p90`, if there is one.
        p90_column: Option<At<Text>>,
        /// Unit of the latencies: ns, us, ms, s, m, h or d. Default ms.
        unit: Option<At<TimeUnit>>,
        /// Whether they are round trips, of which a message takes half. Default false.
        round_trip: Option<At<bool>>,
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
