//! Copies of shards, and surplus replicas.

use super::SelfHealingCluster;
use crate::{Action, Decision, Instant, NodeId, OperationError, OperationId, ShardCopy, ShardId};
use alloc::vec::Vec;

impl SelfHealingCluster {
    /// Starts all copies that can be started.
    pub(super) fn start_copies(&mut self, now: Instant) -> bool {
        let mut any = false;
        while let Some((operation, copy)) = self.recovery.state_mut().start_copy(now, &mut self.ledger) {
            any = true;
            let ShardCopy { shard, from, to } = copy;
            self.ledger.note(Decision::ReplicationStarted { shard, from, to });
            self.actions.push_back(Action::CopyShard { operation, shard, from, to });
        }
        any
    }

    pub(super) fn copy_finished(
        &mut self,
        now: Instant,
        operation: OperationId,
        result: Result<(), OperationError>,
    ) {
        let ended = self.recovery.state_mut().copy_finished(now, operation, result);
        let Some((ShardCopy { shard, from, to }, copied)) = ended else { return };
        self.ledger.note(Decision::ReplicationFinished { shard, from, to, copied });
        self.drop_surplus(shard);
    }

    pub(super) fn treat_due_repairs(&mut self, now: Instant) {
        while let Some((operation, copy)) = self.recovery.state_mut().due_copy(now) {
            self.copy_abandoned(operation, copy);
        }
        while self.recovery.state_mut().due_repair(now) {
            self.unsettled = true;
        }
    }

    /// Waits no longer for the copies that `concerns` picks.
    pub(super) fn abandon_copies(&mut self, concerns: impl Fn(&ShardCopy) -> bool) {
        for (operation, copy) in self.recovery.state_mut().abandon_copies(concerns) {
            self.copy_abandoned(operation, copy);
        }
    }

    /// Deletes the replicas that a node's shards have too many.
    pub(super) fn drop_surplus_of(&mut self, node: NodeId) {
        let shards: Vec<ShardId> = self.recovery.state().held_by(node).to_vec();
        for shard in shards {
            self.drop_surplus(shard);
        }
    }

    /// Deletes the replicas a shard has too many, one at a time, so that the next choice knows of the last one.
    fn drop_surplus(&mut self, shard: ShardId) {
        while let Some(node) = self.recovery.state_mut().take_surplus(shard) {
            self.actions.push_back(Action::DropReplica { shard, node });
        }
    }

    fn copy_abandoned(&mut self, operation: OperationId, copy: ShardCopy) {
        let ShardCopy { shard, from, to } = copy;
        self.ledger.end(operation);
        self.ledger.note(Decision::ReplicationFinished { shard, from, to, copied: false });
        self.unsettled = true;
    }
}
