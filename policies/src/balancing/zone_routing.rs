//! Zone-aware routing: requests stay in their zone as far as it can take them.

use alloc::vec::Vec;
use rand_core::Rng;

/// A whole, in hundredths of a percent.
const WHOLE: u64 = 10_000;

/// How the requests of one zone are spread over zones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ZoneRouting {
    /// Zones are not looked at.
    Off,
    /// All stay.
    AllLocal,
    /// A part stays, the rest goes where zones have room.
    Residual {
        /// The part that stays, in hundredths of a percent.
        local_share: u64,
        /// Sums of the room of the zones, in hundredths of a percent of all nodes.
        room: Vec<u64>,
    },
}

/// Routes the requests of zone 0, the first one, by the senders and healthy nodes of each zone.
///
/// With both in hundredths of a percent of their sums, rounded down: all requests stay if the zone has at least as large
/// a share of nodes as of senders; else the share `nodes / senders` stays, and the rest is spread over zones by how much
/// their share of nodes exceeds that of senders. Off with fewer than two zones, fewer healthy nodes than `nodes_min`, or
/// no senders.
///
/// Source: Envoy, zone aware routing, `ZoneAwareLoadBalancerBase::regenerateLocalityRoutingStructures`.
pub fn zone_routing(senders: &[u64], nodes: &[u64], nodes_min: u64) -> ZoneRouting {
    let zones = senders.len().max(nodes.len());
    let (all_senders, all_nodes): (u64, u64) = (senders.iter().sum(), nodes.iter().sum());
    if zones < 2 || all_nodes < nodes_min || all_senders == 0 {
        return ZoneRouting::Off;
    }
    let share = |counts: &[u64], zone: usize, sum: u64| {
        (WHOLE * counts.get(zone).copied().unwrap_or(0)).checked_div(sum).unwrap_or(0)
    };
    let of_senders = |zone| share(senders, zone, all_senders);
    let of_nodes = |zone| share(nodes, zone, all_nodes);
    if of_nodes(0) > 0 && of_nodes(0) >= of_senders(0) {
        return ZoneRouting::AllLocal;
    }
    let local_share = (WHOLE * of_nodes(0)).checked_div(of_senders(0)).unwrap_or(0);
    let mut sum = 0;
    let room = (0..zones).map(|zone| {
        sum += if zone == 0 { 0 } else { of_nodes(zone).saturating_sub(of_senders(zone)) };
        sum
    });
    ZoneRouting::Residual { local_share, room: room.collect() }
}

impl ZoneRouting {
    /// The zone of the next request; `None` if zones are not looked at, or none has room.
    ///
    /// Known difference: where a remote zone is drawn, each is drawn exactly by its room; Envoy's comparison gives the first
    /// number of the range to the zone before.
    pub fn zone(&self, rng: &mut dyn Rng) -> Option<usize> {
        match self {
            Self::Off => None,
            Self::AllLocal => Some(0),
            Self::Residual { local_share, room } => {
                if rng.next_u64() % WHOLE < *local_share {
                    return Some(0);
                }
                let drawn = rng.next_u64().checked_rem(room.last().copied()?)?;
                Some(room.partition_point(|sum| *sum <= drawn))
            }
        }
    }
}
