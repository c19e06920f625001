//! All additions and removals under way.

use super::adding::{Adding, Addition, AdditionId};
use super::removing::Removing;
use crate::ledger::{Ledger, Owner};
use crate::recovery::HealthyMin;
use crate::state::StateStore;
use crate::timers::Timers;
use crate::{
    AddReason, Deadline, DeadlineReason, Decision, Duration, Instant, NodeId, NodeManagerConfig, NodeSpec,
    OperationError, OperationId, RemoveReason, ServiceId, ShardId, ZoneId,
};
use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

/// Adds nodes to services and removes them, step by step, with time limits and further tries.
#[derive(Debug)]
pub struct DynamicNodeManager {
    config: NodeManagerConfig,
    /// Time limit for copying away the replicas of a node that is to be removed.
    hand_over_timeout: Duration,
    additions: BTreeMap<AdditionId, Addition>,
    additions_made: u32,
    /// Additions under way, by [`ServiceId`].
    under_way: Vec<UnderWay>,
    removals: BTreeMap<NodeId, Removing>,
    timers: Timers<NodeTask>,
}

/// Additions of one service under way.
#[derive(Clone, Copy, Debug, Default)]
struct UnderWay {
    all: u32,
    replacements: u32,
}

/// What a timer of the manager is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NodeTask {
    /// An addition.
    Add(AdditionId),
    /// The removal of a node.
    Remove(NodeId),
}

/// What the cluster does for an addition or a removal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NodeOrder {
    /// Provision and boot the node.
    Start { spec: NodeSpec, operation: OperationId },
    /// Let the node load its state.
    Sync { node: NodeId, operation: OperationId },
    /// The node serves from now on.
    Join { spec: NodeSpec },
    /// A try failed: give the machine back.
    Discard { node: NodeId },
    /// Choose a zone for another try and start it.
    TryAgain { addition: AdditionId },
    /// Take the node out of the balancer and drain it.
    Drain { node: NodeId, operation: OperationId },
    /// Forget the node and stop it.
    Stop { node: NodeId, operation: OperationId },
    /// The node stays after all: it holds replicas that nobody else can take.
    Keep { node: NodeId },
}

impl DynamicNodeManager {
    /// A manager with nothing under way.
    pub fn new(config: NodeManagerConfig, hand_over_timeout: Duration) -> Self {
        Self {
            config,
            hand_over_timeout,
            additions: BTreeMap::new(),
            additions_made: 0,
            under_way: Vec::new(),
            removals: BTreeMap::new(),
            timers: Timers::new(),
        }
    }

    /// Whether nodes whose recovery was given up are replaced.
    pub fn replaces_given_up(&self) -> bool {
        self.config.replace_given_up
    }

    /// Nodes that must stay healthy when others are removed by scaling.
    pub(crate) const fn disruption_budget(&self) -> Option<HealthyMin> {
        self.config.disruption_budget
    }

    /// Nodes of a service being added.
    pub fn adding(&self, service: ServiceId) -> u32 {
        self.under_way.get(service.index()).map_or(0, |count| count.all)
    }

    /// Of these, those whose last try is this node or a later one.
    pub(crate) fn adding_from(&self, service: ServiceId, first: NodeId) -> u32 {
        let from = |addition: &&Addition| addition.spec.service == service && addition.spec.node >= first;
        u32::try_from(self.additions.values().filter(from).count()).expect("nodes are counted by 32 bits")
    }

    /// Of these, nodes that replace another one.
    pub fn replacing(&self, service: ServiceId) -> u32 {
        self.under_way.get(service.index()).map_or(0, |count| count.replacements)
    }

    /// Adds a node: start it, let it load its state, hand it to the balancer.
    pub(crate) fn add_node(
        &mut self,
        now: Instant,
        spec: NodeSpec,
        why: AddReason,
        ledger: &mut Ledger,
    ) -> NodeOrder {
        let id = AdditionId(self.additions_made);
        self.additions_made += 1;
        let addition =
            Addition { spec, why, asked: now, attempt: 0, refused: Vec::new(), progress: Adding::Pausing };
        self.additions.insert(id, addition);
        let count = self.count(spec.service);
        count.all += 1;
        count.replacements += u32::from(why == AddReason::Replacement);
        self.start(now, id, spec, ledger).expect("the addition was inserted just above")
    }

    /// Makes another try of an addition with a node of its own.
    pub(crate) fn start(
        &mut self,
        now: Instant,
        id: AdditionId,
        spec: NodeSpec,
        ledger: &mut Ledger,
    ) -> Option<NodeOrder> {
        let addition = self.additions.get_mut(&id)?;
        let operation = ledger.begin(Owner::Adding(id));
        addition.spec = spec;
        addition.attempt += 1;
        addition.progress = Adding::Starting(operation);
        self.timers.set(now + self.config.start_timeout, NodeTask::Add(id));
        let NodeSpec { node, service, zone } = spec;
        ledger.note(Decision::NodeAdding { node, service, zone, why: addition.why });
        Some(NodeOrder::Start { spec, operation })
    }

    /// The service of an addition and the zones that refused it since its last pause.
    pub(crate) fn wanted(&self, id: AdditionId) -> Option<(ServiceId, &[ZoneId])> {
        self.additions.get(&id).map(|addition| (addition.spec.service, addition.refused.as_slice()))
    }

    /// The start or the load of a node that is being added ended.
    pub(crate) fn addition_advanced(
        &mut self,
        now: Instant,
        id: AdditionId,
        operation: OperationId,
        result: Result<(), OperationError>,
        zones: &[ZoneId],
        ledger: &mut Ledger,
    ) -> Vec<NodeOrder> {
        let Some(addition) = self.additions.get_mut(&id) else { return Vec::new() };
        if addition.operation() != Some(operation) {
            return Vec::new();
        }
        if let Err(error) = result {
            return self.try_failed(now, id, error == OperationError::Refused, zones, ledger);
        }
        let spec = addition.spec;
        match addition.progress {
            Adding::Starting(_) => {
                let operation = ledger.begin(Owner::Adding(id));
                addition.progress = Adding::Syncing(operation);
                self.timers.set(now + self.config.sync_timeout, NodeTask::Add(id));
                vec![NodeOrder::Sync { node: spec.node, operation }]
            }
            Adding::Syncing(_) => {
                ledger.note(Decision::NodeAdded { node: spec.node, took: now.since(addition.asked) });
                self.end_addition(id);
                vec![NodeOrder::Join { spec }]
            }
            Adding::Pausing => Vec::new(),
        }
    }

    /// Removes a node. Replicas in `hand_over` are copied away first; with [`RemoveReason::GivenUp`] there is
    /// nobody to copy from or to drain, and the node is stopped at once.
    pub(crate) fn remove_node(
        &mut self,
        now: Instant,
        node: NodeId,
        why: RemoveReason,
        hand_over: Vec<ShardId>,
        ledger: &mut Ledger,
    ) -> Option<NodeOrder> {
        if self.removals.contains_key(&node) {
            return None;
        }
        ledger.note(Decision::NodeRemoving { node, why });
        match why {
            RemoveReason::GivenUp => Some(self.stop(now, node, false, ledger)),
            RemoveReason::ScaleDown | RemoveReason::Rollout if hand_over.is_empty() => {
                Some(self.drain(now, node, ledger))
            }
            RemoveReason::ScaleDown | RemoveReason::Rollout => {
                self.removals.insert(node, Removing::HandingOver { left: hand_over });
                self.timers.set(now + self.hand_over_timeout, NodeTask::Remove(node));
                None
            }
        }
    }

    /// The drain or the stop of a node that is being removed ended.
    pub(crate) fn removal_advanced(
        &mut self,
        now: Instant,
        node: NodeId,
        operation: OperationId,
        result: Result<(), OperationError>,
        ledger: &mut Ledger,
    ) -> Vec<NodeOrder> {
        match self.removals.get(&node) {
            Some(&Removing::Draining(waited)) if waited == operation => {
                vec![self.stop(now, node, result.is_ok(), ledger)]
            }
            Some(&Removing::Stopping { operation: waited, drained }) if waited == operation => {
                self.end_removal(node);
                ledger.note(Decision::NodeRemoved { node, drained });
                Vec::new()
            }
            Some(Removing::HandingOver { .. } | Removing::Draining(_) | Removing::Stopping { .. }) | None => {
                Vec::new()
            }
        }
    }

    /// Looks at the nodes that hand over their replicas, after copies ended or nodes changed.
    pub(crate) fn check_hand_over(
        &mut self,
        now: Instant,
        state: &StateStore,
        ledger: &mut Ledger,
    ) -> Vec<NodeOrder> {
        let mut orders = Vec::new();
        let handing_over = |(node, removing): (&NodeId, &Removing)| {
            matches!(removing, Removing::HandingOver { .. }).then_some(*node)
        };
        for node in self.removals.iter().filter_map(handing_over).collect::<Vec<_>>() {
            let Some(Removing::HandingOver { left }) = self.removals.get_mut(&node) else { continue };
            while left.last().is_some_and(|&shard| state.is_whole(shard)) {
                left.pop();
            }
            if left.is_empty() {
                orders.push(self.drain(now, node, ledger));
            } else if state.stuck(left).is_some() {
                orders.push(self.stop_handing_over(now, node, state, ledger));
            }
        }
        orders
    }

    /// A node that hands over its replicas failed, ran out of time, or cannot hand over the rest: it leaves with
    /// what it has, unless it holds the last good replica of a shard.
    pub(crate) fn stop_handing_over(
        &mut self,
        now: Instant,
        node: NodeId,
        state: &StateStore,
        ledger: &mut Ledger,
    ) -> NodeOrder {
        if state.held_by(node).iter().all(|&shard| state.good_replicas(shard) > 0) {
            return self.drain(now, node, ledger);
        }
        self.end_removal(node);
        ledger.note(Decision::RemovalCancelled { node });
        NodeOrder::Keep { node }
    }

    /// Whether a node still serves although it is being removed.
    pub(crate) fn hands_over(&self, node: NodeId) -> bool {
        matches!(self.removals.get(&node), Some(Removing::HandingOver { .. }))
    }

    /// The next task whose time limit or pause is over.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<NodeTask> {
        self.timers.take_due(now)
    }

    /// An addition has run out of time, or its pause is over.
    pub(crate) fn addition_due(
        &mut self,
        now: Instant,
        id: AdditionId,
        ledger: &mut Ledger,
    ) -> Vec<NodeOrder> {
        let Some(addition) = self.additions.get_mut(&id) else { return Vec::new() };
        match addition.progress {
            Adding::Pausing => {
                addition.refused.clear();
                vec![NodeOrder::TryAgain { addition: id }]
            }
            Adding::Starting(operation) | Adding::Syncing(operation) => {
                ledger.end(operation);
                self.try_failed(now, id, false, &[], ledger)
            }
        }
    }

    /// A removal has run out of time.
    pub(crate) fn removal_due(
        &mut self,
        now: Instant,
        node: NodeId,
        state: &StateStore,
        ledger: &mut Ledger,
    ) -> Vec<NodeOrder> {
        match self.removals.get(&node) {
            Some(Removing::HandingOver { .. }) => {
                vec![self.stop_handing_over(now, node, state, ledger)]
            }
            Some(&Removing::Draining(operation)) => {
                ledger.end(operation);
                vec![self.stop(now, node, false, ledger)]
            }
            Some(&Removing::Stopping { operation, drained }) => {
                self.end_removal(node);
                ledger.end(operation);
                ledger.note(Decision::NodeRemoved { node, drained });
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// When an addition or a removal has something to do next.
    pub fn next_deadline(&self) -> Option<Deadline> {
        let (at, task) = self.timers.first()?;
        let reason = match task {
            NodeTask::Add(id) => match self.additions.get(&id)?.progress {
                Adding::Pausing => DeadlineReason::AddRetry,
                Adding::Starting(_) | Adding::Syncing(_) => DeadlineReason::AddTimeout,
            },
            NodeTask::Remove(_) => DeadlineReason::RemoveTimeout,
        };
        Some(Deadline { at, reason })
    }

    fn count(&mut self, service: ServiceId) -> &mut UnderWay {
        if self.under_way.len() <= service.index() {
            self.under_way.resize(service.index() + 1, UnderWay::default());
        }
        &mut self.under_way[service.index()]
    }

    fn end_addition(&mut self, id: AdditionId) {
        self.timers.cancel(NodeTask::Add(id));
        if let Some(Addition { spec, why, .. }) = self.additions.remove(&id) {
            let count = self.count(spec.service);
            count.all -= 1;
            count.replacements -= u32::from(why == AddReason::Replacement);
        }
    }

    /// A try failed: give its machine back, then try again at once in another zone, after a pause, or never.
    fn try_failed(
        &mut self,
        now: Instant,
        id: AdditionId,
        refused: bool,
        zones: &[ZoneId],
        ledger: &mut Ledger,
    ) -> Vec<NodeOrder> {
        let addition = self.additions.get_mut(&id).expect("only additions in hand fail");
        let (node, attempts) = (addition.spec.node, addition.attempt);
        let mut orders = vec![NodeOrder::Discard { node }];
        if refused {
            addition.refused.push(addition.spec.zone);
        }
        addition.progress = Adding::Pausing;
        self.timers.cancel(NodeTask::Add(id));
        // A rolling update has no use for fewer nodes: it tries for ever.
        let limited = addition.why != AddReason::Rollout;
        if limited && attempts >= self.config.start_attempts {
            ledger.note(Decision::NodeAddFailed { node, attempts });
            self.end_addition(id);
        } else if refused && zones.iter().any(|zone| !addition.refused.contains(zone)) {
            orders.push(NodeOrder::TryAgain { addition: id });
        } else {
            self.timers.set(now + self.config.backoff.pause(attempts), NodeTask::Add(id));
        }
        orders
    }

    fn drain(&mut self, now: Instant, node: NodeId, ledger: &mut Ledger) -> NodeOrder {
        let operation = ledger.begin(Owner::Removing(node));
        self.removals.insert(node, Removing::Draining(operation));
        self.timers.set(now + self.config.drain_timeout, NodeTask::Remove(node));
        NodeOrder::Drain { node, operation }
    }

    fn stop(&mut self, now: Instant, node: NodeId, drained: bool, ledger: &mut Ledger) -> NodeOrder {
        let operation = ledger.begin(Owner::Removing(node));
        self.removals.insert(node, Removing::Stopping { operation, drained });
        self.timers.set(now + self.config.drain_timeout, NodeTask::Remove(node));
        NodeOrder::Stop { node, operation }
    }

    fn end_removal(&mut self, node: NodeId) {
        self.removals.remove(&node);
        self.timers.cancel(NodeTask::Remove(node));
    }
}
