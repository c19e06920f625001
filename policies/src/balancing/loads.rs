//! The requests in flight of some nodes, kept up to date request by request.

use crate::{NodeId, NodeStats};
use alloc::vec::Vec;

/// The place of a node that is not in the list.
const NOWHERE: u32 = u32::MAX;

/// A copy of the requests in flight of a list of nodes, side by side and with their sum.
///
/// It is taken from the balancer's statistics when the list changes and counts along from there: one more with each
/// request that is sent, one less with each that ends.
#[derive(Clone, Debug, Default)]
pub(super) struct Loads {
    /// By node its place in the list.
    places: Vec<u32>,
    /// By place.
    in_flight: Vec<u32>,
    total: u64,
}

impl Loads {
    /// Takes the requests in flight of these nodes. Memory is used again.
    pub(super) fn rebuild(&mut self, nodes: impl Iterator<Item = NodeId>, stats: &[NodeStats]) {
        self.places.clear();
        self.places.resize(stats.len(), NOWHERE);
        self.in_flight.clear();
        for node in nodes {
            self.places[node.index()] = self.in_flight.len() as u32;
            self.in_flight.push(stats[node.index()].in_flight);
        }
        self.total = self.in_flight.iter().map(|load| u64::from(*load)).sum();
    }

    /// Counts a request that was sent. Gives the place of the node, if it is in the list.
    pub(super) fn sent(&mut self, node: NodeId) -> Option<usize> {
        let place = self.place(node)?;
        self.in_flight[place] += 1;
        self.total += 1;
        Some(place)
    }

    /// Counts a request that ended. Gives the place of the node, if it is in the list and had a request.
    pub(super) fn finished(&mut self, node: NodeId) -> Option<usize> {
        let place = self.place(node)?;
        self.in_flight[place] = self.in_flight[place].checked_sub(1)?;
        self.total -= 1;
        Some(place)
    }

    /// Requests in flight, by place.
    pub(super) fn in_flight(&self) -> &[u32] {
        &self.in_flight
    }

    /// Requests in flight at all nodes of the list together.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    fn place(&self, node: NodeId) -> Option<usize> {
        let place = *self.places.get(node.index())?;
        (place != NOWHERE).then_some(place as usize)
    }
}
