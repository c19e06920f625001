//! The removal of one node: copy its replicas away, drain it, stop it.

use crate::{OperationId, ShardId};
use alloc::vec::Vec;

/// What a removal is at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Removing {
    /// Its replicas are being copied to other nodes; it still serves.
    HandingOver {
        /// Shards that were not whole without it when last looked at, ascending.
        left: Vec<ShardId>,
    },
    /// It takes no more requests and finishes those it has.
    Draining(OperationId),
    /// It is being stopped.
    Stopping {
        /// The operation that stops it.
        operation: OperationId,
        /// Whether it was empty when stopped.
        drained: bool,
    },
}
