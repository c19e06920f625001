//! Replicated state: which node truly holds which shard, and copies at a limited bandwidth.

use super::World;
use super::kinds::Kind;
use super::nodes::Stage;
use crate::engine::Seq;
use cusinart_policies::{Duration, Instant, NodeId, OperationError, OperationId, ServiceId, ShardId};
use cusinart_record::FactKind;

/// A shard of a service and the nodes that hold a replica.
#[derive(Debug)]
pub(super) struct Shard {
    pub(super) service: ServiceId,
    pub(super) holders: Vec<NodeId>,
}

/// State on its way. Bandwidth is shared fluidly: a node's is split evenly over its transfers, and a transfer
/// runs at the lesser share of its two ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transfer {
    operation: OperationId,
    /// The shard and its source; `None` loads a new node's initial state from outside.
    copy: Option<(ShardId, NodeId)>,
    to: NodeId,
    left_bytes: f64,
    bytes_per_ns: f64,
    since: Instant,
    pub(super) event: Seq,
}

impl Transfer {
    fn touches(&self, node: NodeId) -> bool {
        self.to == node || self.copy.is_some_and(|(_, from)| from == node)
    }
}

impl World {
    /// Starts to load a new node's initial state.
    pub(super) fn begin_load(&mut self, operation: OperationId, node: NodeId) {
        if self.nodes[node.index()].stage != Stage::Loading {
            self.operation_finished(operation, Err(OperationError::Unreachable));
            return;
        }
        let bytes = self.services[self.nodes[node.index()].service.index()].state_bytes;
        if bytes == 0 {
            self.loaded(operation, node);
        } else {
            self.begin_transfer(operation, None, node, bytes as f64);
        }
    }

    /// Starts to copy a shard.
    pub(super) fn begin_copy(&mut self, operation: OperationId, shard: ShardId, from: NodeId, to: NodeId) {
        let holders = &self.shards[shard.index()].holders;
        // A dead node cannot say that it holds the shard already.
        let listens = can_transfer(self.nodes[to.index()].stage);
        if listens && holders.contains(&to) {
            self.operation_finished(operation, Ok(()));
            return;
        }
        if let Some(slot) = self.running_copy(shard, to) {
            // The control plane lost patience with it and asks again: it goes on under the new name.
            self.transfers[slot].operation = operation;
            return;
        }
        let holds = holders.contains(&from);
        let (source, target) = (&self.nodes[from.index()], &self.nodes[to.index()]);
        let cut = self.network.cut(source.place(), target.place()).is_some();
        if !holds || !can_transfer(source.stage) {
            self.operation_finished(operation, Err(OperationError::SourceLost));
        } else if !listens || cut {
            self.operation_finished(operation, Err(OperationError::Unreachable));
        } else {
            let service = &self.services[self.shards[shard.index()].service.index()];
            self.begin_transfer(operation, Some((shard, from)), to, service.shard_bytes as f64);
        }
    }

    fn running_copy(&self, shard: ShardId, to: NodeId) -> Option<u32> {
        let same = |slot: &&u32| {
            let transfer = &self.transfers[**slot];
            transfer.to == to && transfer.copy.is_some_and(|(copied, _)| copied == shard)
        };
        self.transferring.iter().find(same).copied()
    }

    fn begin_transfer(
        &mut self,
        operation: OperationId,
        copy: Option<(ShardId, NodeId)>,
        to: NodeId,
        bytes: f64,
    ) {
        let transfer = Transfer {
            operation,
            copy,
            to,
            left_bytes: bytes,
            bytes_per_ns: 0.0,
            since: self.now,
            event: Seq::NONE,
        };
        let slot = self.transfers.insert(transfer);
        self.transferring.push(slot);
        self.share_bandwidth(&transfer, 1);
    }

    /// A transfer is complete.
    pub(super) fn transferred(&mut self, slot: u32) {
        let transfer = self.end_transfer(slot);
        match transfer.copy {
            None => self.loaded(transfer.operation, transfer.to),
            Some((shard, _)) => {
                let holders = &mut self.shards[shard.index()].holders;
                if !holders.contains(&transfer.to) {
                    holders.push(transfer.to);
                    self.node_shards[transfer.to.index()].push(shard);
                    let service = self.shards[shard.index()].service;
                    self.services[service.index()].replicas_copied += 1;
                }
                self.operation_finished(transfer.operation, Ok(()));
            }
        }
    }

    fn loaded(&mut self, operation: OperationId, node: NodeId) {
        self.nodes[node.index()].rest.loaded = true;
        self.process_is_up(node);
        self.operation_finished(operation, Ok(()));
    }

    /// Ends the transfers of a node whose process ended.
    pub(super) fn break_transfers(&mut self, node: NodeId) {
        self.break_where(|transfer, _| {
            transfer.touches(node).then(|| match transfer.copy {
                Some((_, from)) if from == node => OperationError::SourceLost,
                Some(_) | None => OperationError::Unreachable,
            })
        });
    }

    /// Ends the transfers over links that have been cut.
    pub(super) fn break_cut_transfers(&mut self) {
        self.break_where(|transfer, world| {
            let (_, from) = transfer.copy?;
            let place = |node: NodeId| world.nodes[node.index()].place();
            world.network.cut(place(from), place(transfer.to)).map(|_| OperationError::Unreachable)
        });
    }

    fn break_where(&mut self, broken: impl Fn(&Transfer, &Self) -> Option<OperationError>) {
        let mut position = 0;
        while let Some(&slot) = self.transferring.get(position) {
            match broken(&self.transfers[slot], self) {
                None => position += 1,
                Some(error) => {
                    let operation = self.end_transfer(slot).operation;
                    self.operation_finished(operation, Err(error));
                }
            }
        }
    }

    fn end_transfer(&mut self, slot: u32) -> Transfer {
        let transfer = self.transfers[slot];
        self.transfers[slot].event = Seq::NONE;
        self.transfers.free(slot);
        self.transferring.retain(|&other| other != slot);
        self.share_bandwidth(&transfer, -1);
        transfer
    }

    /// Counts a transfer at its ends and moves the ends of all that share bandwidth with it.
    fn share_bandwidth(&mut self, changed: &Transfer, by: i32) {
        let ends = [Some(changed.to), changed.copy.map(|(_, from)| from)];
        for node in ends.into_iter().flatten() {
            let count = &mut self.nodes[node.index()].rest.transfers;
            *count = count.saturating_add_signed(by);
            self.refresh_pace(node);
        }
        for position in 0..self.transferring.len() {
            let slot = self.transferring[position];
            let transfer = self.transfers[slot];
            if ends.into_iter().flatten().any(|node| transfer.touches(node)) {
                self.refresh_transfer(slot, transfer);
            }
        }
    }

    fn refresh_transfer(&mut self, slot: u32, mut transfer: Transfer) {
        let share = |node: NodeId| {
            let node = &self.nodes[node.index()];
            self.services[node.service.index()].bandwidth_bytes_per_ns / f64::from(node.rest.transfers.max(1))
        };
        let rate = transfer.copy.map_or(f64::INFINITY, |(_, from)| share(from)).min(share(transfer.to));
        let done = transfer.bytes_per_ns * self.now.since(transfer.since).as_nanos() as f64;
        transfer.left_bytes = (transfer.left_bytes - done).max(0.0);
        transfer.since = self.now;
        transfer.bytes_per_ns = rate;
        let span = Duration::from_nanos((transfer.left_bytes / rate + 0.5) as u64);
        transfer.event = self.queue.schedule(self.now + span, Kind::Transferred as u8, slot);
        self.transfers[slot] = transfer;
    }

    /// A node's replicas are gone. Those that had been copied elsewhere before are no loss.
    pub(super) fn lose_replicas(&mut self, node: NodeId) {
        let gone = std::mem::take(&mut self.node_shards[node.index()]);
        let service = self.nodes[node.index()].service;
        let wanted = self.services[service.index()].replicas as usize;
        let missed = |shard: &&ShardId| self.shards[shard.index()].holders.len() <= wanted;
        let lost = gone.iter().filter(missed).count() as u32;
        if lost > 0 {
            self.log.fact(self.now, FactKind::ReplicasLost { node, replicas: lost });
            self.faults.replicas_lost(self.nodes[node.index()].rest.struck_by, u64::from(lost));
            self.services[service.index()].replicas_lost += u64::from(lost);
        }
        for shard in gone {
            self.remove_holder(shard, node);
        }
    }

    /// Deletes a node's surplus replica.
    pub(super) fn drop_replica(&mut self, shard: ShardId, node: NodeId) {
        self.node_shards[node.index()].retain(|&other| other != shard);
        self.remove_holder(shard, node);
    }

    fn remove_holder(&mut self, id: ShardId, node: NodeId) {
        let shard = &mut self.shards[id.index()];
        let before = shard.holders.len();
        shard.holders.retain(|&holder| holder != node);
        if shard.holders.is_empty() && before > 0 {
            self.services[shard.service.index()].shards_lost += 1;
            self.log.fact(self.now, FactKind::ShardLost { shard: id });
        }
    }
}

/// Whether a node can send or take state.
fn can_transfer(stage: Stage) -> bool {
    match stage {
        Stage::Running | Stage::Loading => true,
        Stage::Booting | Stage::Dead | Stage::Dark | Stage::Stopped => false,
    }
}
