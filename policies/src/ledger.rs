//! What the components share: operations in flight, and the decisions made so far.

use crate::node_manager::AdditionId;
use crate::{Decision, NodeId, OperationId, PlanId};
use alloc::collections::{BTreeMap, VecDeque};

/// Who waits for the result of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// A plan whose step restarts a node.
    Restart(PlanId),
    /// The addition of a node: its start or the load of its state.
    Adding(AdditionId),
    /// The removal of a node: its drain or its stop.
    Removing(NodeId),
    /// A copy of a shard.
    Copy,
}

/// Operations that were asked for and not answered yet, and decisions that were not polled yet.
///
/// Whoever stops waiting for an operation ends it; a late result then finds no owner and is ignored.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    given: u32,
    owners: BTreeMap<OperationId, Owner>,
    decisions: VecDeque<Decision>,
}

impl Ledger {
    /// A new operation of `owner`.
    pub(crate) fn begin(&mut self, owner: Owner) -> OperationId {
        let operation = self.begin_unowned();
        self.owners.insert(operation, owner);
        operation
    }

    /// A new operation whose result nobody waits for.
    pub(crate) fn begin_unowned(&mut self) -> OperationId {
        let operation = OperationId(self.given);
        self.given = self.given.checked_add(1).expect("a run asks for fewer than 2^32 operations");
        operation
    }

    /// The owner of an operation that ended, or that is waited for no longer.
    pub(crate) fn end(&mut self, operation: OperationId) -> Option<Owner> {
        self.owners.remove(&operation)
    }

    /// Writes a decision down.
    pub(crate) fn note(&mut self, decision: Decision) {
        self.decisions.push_back(decision);
    }

    /// The oldest decision not taken yet.
    pub(crate) fn take(&mut self) -> Option<Decision> {
        self.decisions.pop_front()
    }
}
