//! One shard: its replicas and whether it waits for another one.

use crate::{NodeId, OperationError, ServiceId};
use alloc::vec::Vec;

/// What is believed of one shard.
#[derive(Clone, Debug)]
pub(super) struct Shard {
    pub(super) service: ServiceId,
    /// Nodes believed to hold a replica, ascending.
    pub(super) holders: Vec<NodeId>,
    /// Targets of copies in flight.
    pub(super) incoming: Vec<NodeId>,
    pub(super) repair: Repair,
}

/// Whether a shard is to be copied. A shard is enlisted when its lack of replicas is to be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repair {
    /// Not enlisted.
    Off,
    /// Enlisted; copies in flight will bring it to its number.
    Copying,
    /// Enlisted and in the queue, under this number of good replicas.
    Queued { good: u32 },
    /// Enlisted, but cannot be copied for the time being.
    Blocked(Blocked),
}

/// Why an enlisted shard is not being copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocked {
    /// No healthy node holds a replica.
    NoSource,
    /// No healthy node can take another replica.
    NoTarget,
    /// The last copy failed.
    CopyFailed(OperationError),
    /// The last copy ran out of time.
    CopyTimedOut,
}

impl Shard {
    pub(super) const fn new(service: ServiceId) -> Self {
        Self { service, holders: Vec::new(), incoming: Vec::new(), repair: Repair::Off }
    }

    pub(super) fn add_holder(&mut self, node: NodeId) -> bool {
        match self.holders.binary_search(&node) {
            Ok(_) => false,
            Err(place) => {
                self.holders.insert(place, node);
                true
            }
        }
    }

    pub(super) fn remove_holder(&mut self, node: NodeId) {
        if let Ok(place) = self.holders.binary_search(&node) {
            self.holders.remove(place);
        }
    }

    pub(super) fn holds(&self, node: NodeId) -> bool {
        self.holders.binary_search(&node).is_ok()
    }
}
