//! What is believed of shards and of the nodes that hold them.

use super::placement::{Load, Placement};
use super::repair::ServiceRepair;
use super::shard::{Repair, Shard};
use crate::timers::Timers;
use crate::{
    ClusterConfig, Duration, NodeId, NodeSpec, OperationId, ServiceId, ShardCopy, ShardId, StateConfig,
};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// The belief about replicated state, and the copies being made.
///
/// A replica is *good* when its holder is in good standing. A shard *lacks* replicas when its good replicas and
/// the copies on their way are fewer than its service's number. Only shards that were enlisted are mended: a
/// step of a plan enlists what its node took away, a removal what its node holds.
#[derive(Clone, Debug)]
pub struct StateStore {
    /// By [`ShardId`].
    pub(super) shards: Vec<Shard>,
    /// By [`NodeId`].
    pub(super) nodes: Vec<Holder>,
    /// By [`ServiceId`]; `None` without replicated state.
    pub(super) services: Vec<Option<ServiceRepair>>,
    pub(super) copies: BTreeMap<OperationId, ShardCopy>,
    pub(super) copy_timers: Timers<OperationId>,
    pub(super) repair_timers: Timers<ServiceId>,
    /// Time limit of one copy.
    pub(super) copy_timeout: Duration,
    /// Time after which blocked shards are looked at again.
    pub(super) retry_after: Duration,
}

/// How far a node can be relied on for its replicas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Not a member: not yet, or no longer.
    #[default]
    Absent,
    /// Its replicas count; it gives and takes.
    Good,
    /// Its replicas count no longer; it gives and does not take.
    Leaving,
    /// Its replicas do not count; it neither gives nor takes.
    Failed,
}

/// A node as a holder of replicas.
#[derive(Clone, Debug, Default)]
pub(super) struct Holder {
    pub(super) place: Option<NodeSpec>,
    pub(super) standing: Standing,
    pub(super) sending: u32,
    pub(super) receiving: u32,
    /// Shards it is believed to hold, ascending.
    pub(super) held: Vec<ShardId>,
    /// Shards it held and lost, not enlisted since.
    pub(super) lost: Vec<ShardId>,
}

impl Holder {
    fn load(&self) -> Load {
        Load {
            receiving: self.receiving,
            held: u32::try_from(self.held.len()).expect("shards are counted by 32 bits"),
        }
    }
}

impl StateStore {
    /// A store that knows the shards of each service and no replica.
    pub fn new(config: &ClusterConfig) -> Self {
        let mut shards = Vec::new();
        for (index, service) in config.services.iter().enumerate() {
            let id = ServiceId(u16::try_from(index).expect("validated: services are counted by 16 bits"));
            let count = service.state.as_ref().map_or(0, |state| state.shards);
            shards.extend((0..count).map(|_| Shard::new(id)));
        }
        let repair = |state: &StateConfig| ServiceRepair::new(state.clone(), Placement::new(config.zones));
        Self {
            shards,
            nodes: Vec::new(),
            services: config.services.iter().map(|service| service.state.as_ref().map(repair)).collect(),
            copies: BTreeMap::new(),
            copy_timers: Timers::new(),
            repair_timers: Timers::new(),
            copy_timeout: config.recovery.replicate_timeout,
            retry_after: config.recovery.backoff.max,
        }
    }

    /// A node becomes a member, with no replica.
    pub fn join(&mut self, spec: NodeSpec) {
        if self.nodes.len() <= spec.node.index() {
            self.nodes.resize(spec.node.index() + 1, Holder::default());
        }
        self.nodes[spec.node.index()].place = Some(spec);
        self.set_standing(spec.node, Standing::Good);
    }

    /// A replica that already exists. Unknown shards, unknown nodes and nodes of other services are left alone.
    pub fn adopt_replica(&mut self, shard: ShardId, node: NodeId) {
        let place = self.nodes.get(node.index()).and_then(|holder| holder.place);
        let service = self.shards.get(shard.index()).map(|shard| shard.service);
        if place.is_some_and(|place| Some(place.service) == service) {
            self.add_replica(shard, node);
        }
    }

    /// A node is gone for good with its replicas; what its shards lack is to be mended.
    pub fn leave(&mut self, node: NodeId) {
        self.set_standing(node, Standing::Absent);
        self.lose_replicas(node);
        self.enlist(node);
    }

    /// A member's standing changes; its shards are looked at again.
    pub fn set_standing(&mut self, node: NodeId, standing: Standing) {
        let Some(holder) = self.nodes.get_mut(node.index()) else { return };
        if holder.standing == standing {
            return;
        }
        self.unlist(node);
        self.nodes[node.index()].standing = standing;
        self.list(node);
        for index in 0..self.nodes[node.index()].held.len() {
            self.refresh(self.nodes[node.index()].held[index]);
        }
        if standing == Standing::Good
            && let Some(place) = self.nodes[node.index()].place
        {
            self.unblock_service(place.service);
        }
    }

    /// The replicas of a node are gone, such as with its process.
    pub fn lose_replicas(&mut self, node: NodeId) {
        let Some(holder) = self.nodes.get_mut(node.index()) else { return };
        if holder.held.is_empty() {
            return;
        }
        self.unlist(node);
        let held = core::mem::take(&mut self.nodes[node.index()].held);
        self.list(node);
        for &shard in &held {
            self.shards[shard.index()].remove_holder(node);
            self.refresh(shard);
        }
        let lost = &mut self.nodes[node.index()].lost;
        lost.extend(held);
        lost.sort_unstable();
        lost.dedup();
    }

    /// Whether the replicas of a service's nodes are still there after a restart.
    pub fn survives_restart(&self, service: ServiceId) -> bool {
        self.services
            .get(service.index())
            .and_then(Option::as_ref)
            .is_none_or(|repair| repair.config.survives_restart)
    }

    /// Replicas a node holds, or lost and nobody has set out to mend.
    pub fn replicas_of(&self, node: NodeId) -> u32 {
        self.nodes.get(node.index()).map_or(0, |holder| {
            u32::try_from(holder.held.len() + holder.lost.len()).expect("shards are counted by 32 bits")
        })
    }

    /// Replicas a node holds.
    pub fn held_by(&self, node: NodeId) -> &[ShardId] {
        self.nodes.get(node.index()).map_or(&[], |holder| &holder.held)
    }

    /// Nodes believed to hold a shard, ascending; whether they are healthy or not.
    pub fn holders(&self, shard: ShardId) -> &[NodeId] {
        self.shards.get(shard.index()).map_or(&[], |shard| &shard.holders)
    }

    /// Good replicas of a shard.
    pub fn good_replicas(&self, shard: ShardId) -> u32 {
        let good = |node: &&NodeId| self.nodes[node.index()].standing == Standing::Good;
        let count = self.shards[shard.index()].holders.iter().filter(good).count();
        u32::try_from(count).expect("nodes are counted by 32 bits")
    }

    /// Replicas a shard lacks beyond those on their way.
    pub fn lacking(&self, shard: ShardId) -> u32 {
        let Some(repair) = self.service_of(shard) else { return 0 };
        let on_the_way =
            u32::try_from(self.shards[shard.index()].incoming.len()).expect("few copies at once");
        repair.config.replicas.saturating_sub(self.good_replicas(shard) + on_the_way)
    }

    /// Whether a shard has all its replicas, without counting copies on their way.
    pub fn is_whole(&self, shard: ShardId) -> bool {
        self.service_of(shard).is_none_or(|repair| self.good_replicas(shard) >= repair.config.replicas)
    }

    pub(super) fn service_of(&self, shard: ShardId) -> Option<&ServiceRepair> {
        let service = self.shards.get(shard.index())?.service;
        self.services[service.index()].as_ref()
    }

    pub(super) fn add_replica(&mut self, shard: ShardId, node: NodeId) {
        self.unlist(node);
        if self.shards[shard.index()].add_holder(node) {
            let held = &mut self.nodes[node.index()].held;
            if let Err(place) = held.binary_search(&shard) {
                held.insert(place, shard);
            }
        }
        self.list(node);
        self.refresh(shard);
    }

    pub(super) fn remove_replica(&mut self, shard: ShardId, node: NodeId) {
        self.unlist(node);
        self.shards[shard.index()].remove_holder(node);
        let held = &mut self.nodes[node.index()].held;
        if let Ok(place) = held.binary_search(&shard) {
            held.remove(place);
        }
        self.list(node);
        self.refresh(shard);
    }

    /// Takes a node out of the placement, before its load or standing changes.
    pub(super) fn unlist(&mut self, node: NodeId) {
        let holder = &self.nodes[node.index()];
        if let (Standing::Good, Some(place)) = (holder.standing, holder.place)
            && let Some(repair) = &mut self.services[place.service.index()]
        {
            repair.placement.remove(place.zone, holder.load(), node);
        }
    }

    /// Puts a node back, after the change.
    pub(super) fn list(&mut self, node: NodeId) {
        let holder = &self.nodes[node.index()];
        if let (Standing::Good, Some(place)) = (holder.standing, holder.place)
            && let Some(repair) = &mut self.services[place.service.index()]
        {
            repair.placement.insert(place.zone, holder.load(), node);
        }
    }

    /// Brings an enlisted shard's place in the queue in line with its replicas.
    pub(super) fn refresh(&mut self, shard: ShardId) {
        let (good, lacking) = (self.good_replicas(shard), self.lacking(shard));
        let before = self.shards[shard.index()].repair;
        let idle = self.shards[shard.index()].incoming.is_empty();
        let after = match before {
            Repair::Off => Repair::Off,
            Repair::Copying | Repair::Queued { .. } | Repair::Blocked(_) if lacking == 0 && idle => {
                Repair::Off
            }
            Repair::Copying | Repair::Queued { .. } | Repair::Blocked(_) if lacking == 0 => Repair::Copying,
            Repair::Blocked(why) => Repair::Blocked(why),
            Repair::Copying | Repair::Queued { .. } => Repair::Queued { good },
        };
        self.set_repair(shard, after);
    }
}
