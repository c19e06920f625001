//! The addition of one node: start a machine, let it load its state, hand it to the balancer.
//!
//! Each try has a node of its own; one that failed is given back and its identity never used again.

use crate::{AddReason, Instant, NodeSpec, OperationId, ZoneId};
use alloc::vec::Vec;

/// One addition, over all its tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AdditionId(pub(super) u32);

/// How far an addition has got.
#[derive(Clone, Debug)]
pub(super) struct Addition {
    /// The node of the try in hand, or of the last one.
    pub(super) spec: NodeSpec,
    pub(super) why: AddReason,
    pub(super) asked: Instant,
    /// Tries, with the one in hand.
    pub(super) attempt: u32,
    /// Zones that refused a node since the last pause.
    pub(super) refused: Vec<ZoneId>,
    pub(super) progress: Adding,
}

/// What an addition is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Adding {
    /// The node is being provisioned and booted.
    Starting(OperationId),
    /// The node loads its initial state.
    Syncing(OperationId),
    /// The last try failed; the next one has not begun.
    Pausing,
}

impl Addition {
    /// The operation whose result is waited for.
    pub(super) const fn operation(&self) -> Option<OperationId> {
        match self.progress {
            Adding::Starting(operation) | Adding::Syncing(operation) => Some(operation),
            Adding::Pausing => None,
        }
    }
}
