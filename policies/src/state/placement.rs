//! Which node takes the next replica: nodes that may, ordered by what they carry.

use crate::{NodeId, ZoneId};
use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;

/// What a node carries: first what it is receiving, then what it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Load {
    pub(super) receiving: u32,
    pub(super) held: u32,
}

/// The nodes of one service that may take replicas, by zone and then by load.
#[derive(Clone, Debug)]
pub(super) struct Placement {
    zones: Vec<BTreeSet<(Load, NodeId)>>,
}

impl Placement {
    pub(super) fn new(zones: u16) -> Self {
        Self { zones: vec![BTreeSet::new(); usize::from(zones)] }
    }

    pub(super) fn insert(&mut self, zone: ZoneId, load: Load, node: NodeId) {
        if let Some(nodes) = self.zones.get_mut(zone.index()) {
            nodes.insert((load, node));
        }
    }

    pub(super) fn remove(&mut self, zone: ZoneId, load: Load, node: NodeId) {
        if let Some(nodes) = self.zones.get_mut(zone.index()) {
            nodes.remove(&(load, node));
        }
    }

    /// The best target: in the zone with the fewest replicas of the shard, the node with the least load, the
    /// lowest id among equals. `taken` are the nodes that hold or receive the shard already.
    pub(super) fn best(
        &self,
        replicas_in: impl Fn(ZoneId) -> u32,
        taken: impl Fn(NodeId) -> bool,
    ) -> Option<NodeId> {
        let candidates = self.zones.iter().enumerate().filter_map(|(index, nodes)| {
            let zone = ZoneId(u16::try_from(index).expect("zones are counted by 16 bits"));
            let &(load, node) = nodes.iter().find(|&&(_, node)| !taken(node))?;
            Some((replicas_in(zone), load, node))
        });
        candidates.min().map(|(_, _, node)| node)
    }
}
