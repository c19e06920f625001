//! Mending shards that lack replicas: which copy is made next, from where to where.
//!
//! Of the shards in the queue the one with the fewest good replicas comes first. The source is the holder that
//! sends least, the target a node in the zone with the fewest replicas of the shard.

use super::placement::Placement;
pub use super::shard::Blocked;
use super::shard::{Repair, Shard};
use super::state_store::{Standing, StateStore};
use crate::ledger::{Ledger, Owner};
use crate::{Instant, NodeId, OperationError, OperationId, ServiceId, ShardId, StateConfig, ZoneId};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// A copy of a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardCopy {
    /// The shard.
    pub shard: ShardId,
    /// A node that holds it.
    pub from: NodeId,
    /// The node that will hold it too.
    pub to: NodeId,
}

/// The queue of one service.
#[derive(Clone, Debug)]
pub(super) struct ServiceRepair {
    pub(super) config: StateConfig,
    pub(super) placement: Placement,
    /// Enlisted shards that can be tried: fewest good replicas first.
    queue: BTreeSet<(u32, ShardId)>,
    blocked: BTreeSet<ShardId>,
    running: u32,
}

impl ServiceRepair {
    pub(super) const fn new(config: StateConfig, placement: Placement) -> Self {
        Self { config, placement, queue: BTreeSet::new(), blocked: BTreeSet::new(), running: 0 }
    }
}

impl StateStore {
    /// Enlists the shards that lack replicas because of `node`: of those it holds and those it lost. Returns them.
    pub fn enlist(&mut self, node: NodeId) -> Vec<ShardId> {
        let Some(holder) = self.nodes.get_mut(node.index()) else { return Vec::new() };
        let mut shards = core::mem::take(&mut holder.lost);
        shards.extend_from_slice(&holder.held);
        shards.sort_unstable();
        shards.dedup();
        shards.retain(|&shard| !self.is_whole(shard));
        self.retry(&shards);
        shards
    }

    /// Whether enlisting `node` would find anything.
    pub fn lacks_because_of(&self, node: NodeId) -> bool {
        self.nodes.get(node.index()).is_some_and(|holder| {
            holder.lost.iter().chain(&holder.held).any(|&shard| self.lacking(shard) > 0)
        })
    }

    /// Puts shards into the queue, blocked ones too.
    pub fn retry(&mut self, shards: &[ShardId]) {
        for &shard in shards {
            self.set_repair(shard, Repair::Copying);
            self.refresh(shard);
        }
    }

    /// The next copy that can be started, if any. It is then under way.
    pub(crate) fn start_copy(
        &mut self,
        now: Instant,
        ledger: &mut Ledger,
    ) -> Option<(OperationId, ShardCopy)> {
        for index in 0..self.services.len() {
            let service = ServiceId(u16::try_from(index).expect("services are counted by 16 bits"));
            if let Some(copy) = self.next_copy(now, service) {
                let operation = ledger.begin(Owner::Copy);
                self.begin(now, operation, copy);
                return Some((operation, copy));
            }
        }
        None
    }

    /// A copy ended. Returns it with whether the target holds the shard now.
    pub fn copy_finished(
        &mut self,
        now: Instant,
        operation: OperationId,
        result: Result<(), OperationError>,
    ) -> Option<(ShardCopy, bool)> {
        let copy = self.end(operation)?;
        match result {
            Ok(()) => {
                self.add_replica(copy.shard, copy.to);
                return Some((copy, true));
            }
            Err(OperationError::SourceLost) => self.remove_replica(copy.shard, copy.from),
            Err(error @ (OperationError::Unreachable | OperationError::Refused)) => {
                self.block(now, copy.shard, Blocked::CopyFailed(error));
            }
        }
        Some((copy, false))
    }

    /// The next copy that has run out of time. Its result no longer matters.
    pub fn due_copy(&mut self, now: Instant) -> Option<(OperationId, ShardCopy)> {
        let operation = self.copy_timers.take_due(now)?;
        let copy = self.end(operation)?;
        self.block(now, copy.shard, Blocked::CopyTimedOut);
        Some((operation, copy))
    }

    /// Gives up the copies that `concerns` picks. Their shards stay in the queue.
    pub fn abandon_copies(&mut self, concerns: impl Fn(&ShardCopy) -> bool) -> Vec<(OperationId, ShardCopy)> {
        let ended: Vec<_> =
            self.copies.iter().filter(|(_, copy)| concerns(copy)).map(|(&op, &copy)| (op, copy)).collect();
        for &(operation, _) in &ended {
            self.end(operation);
        }
        ended
    }

    /// Looks again at blocked shards whose time has come.
    pub fn due_repair(&mut self, now: Instant) -> bool {
        let Some(service) = self.repair_timers.take_due(now) else { return false };
        self.unblock_service(service);
        true
    }

    /// When a copy runs out of time.
    pub fn next_copy_timeout(&self) -> Option<Instant> {
        self.copy_timers.first().map(|(at, _)| at)
    }

    /// When blocked shards are looked at again.
    pub fn next_repair(&self) -> Option<Instant> {
        self.repair_timers.first().map(|(at, _)| at)
    }

    /// Why none of `shards` gets any further, once nothing of their service can be copied.
    /// `None` while something is under way.
    pub fn stuck(&self, shards: &[ShardId]) -> Option<Blocked> {
        let repair = self.service_of(*shards.first()?)?;
        if repair.running > 0 || !repair.queue.is_empty() {
            return None;
        }
        let reasons = shards.iter().filter_map(|&shard| match self.shards[shard.index()].repair {
            Repair::Blocked(why) => Some(why),
            Repair::Off | Repair::Copying | Repair::Queued { .. } => None,
        });
        // The gravest first: without a source the data may be lost.
        reasons.min_by_key(|why| match why {
            Blocked::NoSource => 0,
            Blocked::NoTarget => 1,
            Blocked::CopyFailed(_) => 2,
            Blocked::CopyTimedOut => 3,
        })
    }

    /// A copy of these shards that failed, if any did.
    pub fn failed_copy(&self, shards: &[ShardId]) -> Option<Blocked> {
        if self.service_of(*shards.first()?)?.blocked.is_empty() {
            return None;
        }
        shards.iter().find_map(|&shard| match self.shards[shard.index()].repair {
            Repair::Blocked(why @ (Blocked::CopyFailed(_) | Blocked::CopyTimedOut)) => Some(why),
            Repair::Blocked(Blocked::NoSource | Blocked::NoTarget)
            | Repair::Off
            | Repair::Copying
            | Repair::Queued { .. } => None,
        })
    }

    /// The holder of a replica that a shard has too many, if it has one. It is believed deleted from then on.
    pub fn take_surplus(&mut self, shard: ShardId) -> Option<NodeId> {
        let node = self.surplus_holder(shard)?;
        self.remove_replica(shard, node);
        Some(node)
    }

    pub(super) fn set_repair(&mut self, shard: ShardId, after: Repair) {
        let Shard { service, repair, .. } = &mut self.shards[shard.index()];
        let before = core::mem::replace(repair, after);
        if before == after {
            return;
        }
        let Some(lists) = &mut self.services[service.index()] else { return };
        match before {
            Repair::Queued { good } => drop(lists.queue.remove(&(good, shard))),
            Repair::Blocked(_) => drop(lists.blocked.remove(&shard)),
            Repair::Off | Repair::Copying => {}
        }
        match after {
            Repair::Queued { good } => drop(lists.queue.insert((good, shard))),
            Repair::Blocked(_) => drop(lists.blocked.insert(shard)),
            Repair::Off | Repair::Copying => {}
        }
        if lists.blocked.is_empty() {
            self.repair_timers.cancel(*service);
        }
    }

    pub(super) fn unblock_service(&mut self, service: ServiceId) {
        if let Some(lists) = &mut self.services[service.index()] {
            let blocked: Vec<_> = lists.blocked.iter().copied().collect();
            self.retry(&blocked);
        }
    }

    fn next_copy(&mut self, now: Instant, service: ServiceId) -> Option<ShardCopy> {
        loop {
            let lists = self.services[service.index()].as_ref()?;
            if lists.running >= lists.config.transfers_at_once {
                return None;
            }
            let &(_, shard) = lists.queue.first()?;
            match self.choose(shard) {
                Ok(copy) => return Some(copy),
                Err(why) => self.block(now, shard, why),
            }
        }
    }

    /// Where a shard is copied from and to.
    fn choose(&self, id: ShardId) -> Result<ShardCopy, Blocked> {
        let shard = &self.shards[id.index()];
        let gives =
            |node: &&NodeId| matches!(self.nodes[node.index()].standing, Standing::Good | Standing::Leaving);
        let sources = shard.holders.iter().filter(gives);
        let from = sources.min_by_key(|node| (self.nodes[node.index()].sending, **node));
        let &from = from.ok_or(Blocked::NoSource)?;
        let taken = |node: NodeId| shard.holds(node) || shard.incoming.contains(&node);
        let placement = &self.services[shard.service.index()].as_ref().ok_or(Blocked::NoTarget)?.placement;
        let to = placement.best(|zone| self.replicas_in(shard, zone), taken).ok_or(Blocked::NoTarget)?;
        Ok(ShardCopy { shard: id, from, to })
    }

    /// Good replicas of a shard in a zone, with those on their way.
    fn replicas_in(&self, shard: &Shard, zone: ZoneId) -> u32 {
        let in_zone = |node: &NodeId| self.nodes[node.index()].place.is_some_and(|place| place.zone == zone);
        let good = |node: &&NodeId| self.nodes[node.index()].standing == Standing::Good && in_zone(node);
        let count =
            shard.holders.iter().filter(good).count() + shard.incoming.iter().filter(|n| in_zone(n)).count();
        u32::try_from(count).expect("nodes are counted by 32 bits")
    }

    fn begin(&mut self, now: Instant, operation: OperationId, copy: ShardCopy) {
        self.unlist(copy.to);
        self.nodes[copy.to.index()].receiving += 1;
        self.list(copy.to);
        self.nodes[copy.from.index()].sending += 1;
        let shard = &mut self.shards[copy.shard.index()];
        shard.incoming.push(copy.to);
        if let Some(lists) = &mut self.services[shard.service.index()] {
            lists.running += 1;
        }
        self.copies.insert(operation, copy);
        self.copy_timers.set(now + self.copy_timeout, operation);
        self.refresh(copy.shard);
    }

    fn end(&mut self, operation: OperationId) -> Option<ShardCopy> {
        let copy = self.copies.remove(&operation)?;
        self.copy_timers.cancel(operation);
        self.unlist(copy.to);
        self.nodes[copy.to.index()].receiving -= 1;
        self.list(copy.to);
        self.nodes[copy.from.index()].sending -= 1;
        let shard = &mut self.shards[copy.shard.index()];
        shard.incoming.retain(|&node| node != copy.to);
        if let Some(lists) = &mut self.services[shard.service.index()] {
            lists.running -= 1;
        }
        self.refresh(copy.shard);
        Some(copy)
    }

    /// Sets a shard of the queue aside until its service changes for the better, or for a while.
    fn block(&mut self, now: Instant, id: ShardId, why: Blocked) {
        let (service, repair) = (self.shards[id.index()].service, self.shards[id.index()].repair);
        match repair {
            Repair::Queued { .. } => {
                self.set_repair(id, Repair::Blocked(why));
                self.repair_timers.set(now + self.retry_after, service);
            }
            Repair::Off | Repair::Copying | Repair::Blocked(_) => {}
        }
    }

    /// The good holder that should give up its replica, if the shard has more good replicas than it needs: in
    /// the zone with the most of them, the node that holds most, the youngest among equals.
    fn surplus_holder(&self, id: ShardId) -> Option<NodeId> {
        let shard = &self.shards[id.index()];
        if self.good_replicas(id) <= self.service_of(id)?.config.replicas {
            return None;
        }
        let good = shard.holders.iter().copied().filter(|n| self.nodes[n.index()].standing == Standing::Good);
        let sending = |node: NodeId| self.copies.values().any(|copy| copy.shard == id && copy.from == node);
        good.filter(|&node| !sending(node)).max_by_key(|&node| {
            let holder = &self.nodes[node.index()];
            let in_zone = holder.place.map_or(0, |place| self.replicas_in(shard, place.zone));
            (in_zone, holder.held.len(), node)
        })
    }
}
