//! Histories: what happened to every node and what was done for it, in order.

use crate::truth::initial_state;
use cusinart_policies::{AddReason, CapacityPlan, Decision, Instant, NodeId, RemoveReason, ServiceId};
use cusinart_record::{FactKind, NodeState, RunRecord};
use std::collections::{BTreeMap, VecDeque};

/// One thing that happened to a node.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mark {
    /// Its true state has changed.
    State(NodeState),
    /// It was declared failed.
    Failed,
    /// It was believed healthy again.
    Recovered,
    /// Something was done for it.
    Acted,
    /// It is being removed.
    Removing(RemoveReason),
    /// It came to serve.
    Added,
}

/// What was so at the end of an instant in which something happened to a node.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Moment {
    at: Instant,
    state: NodeState,
    failed: bool,
}

/// Whether a slow node counts as serving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Demand {
    /// It does.
    Any,
    /// It does not.
    FullSpeed,
}

impl Demand {
    /// Whether a node in a state serves.
    pub(crate) fn is_met_by(self, state: NodeState) -> bool {
        match state {
            NodeState::Up | NodeState::Draining => true,
            NodeState::Slow => self == Self::Any,
            NodeState::Booting | NodeState::Hung | NodeState::Down | NodeState::Stopped => false,
        }
    }
}

/// Instants of a node's history by what was so at their end, for one [`Demand`].
#[derive(Debug, Default)]
struct Sorted {
    serving: Vec<Instant>,
    out: Vec<Instant>,
}

/// What happened to one node. Every question is answered by binary search, since a node may be struck often.
#[derive(Debug)]
pub(crate) struct History {
    initial: NodeState,
    /// One for every instant in which something happened, in order.
    moments: Vec<Moment>,
    any: Sorted,
    full_speed: Sorted,
    believed_failed: Vec<Instant>,
    declared: Vec<Instant>,
    acts: Vec<Instant>,
    added: Option<Instant>,
    scaled_away: Option<Instant>,
}

impl History {
    fn new(initial: NodeState) -> Self {
        Self {
            initial,
            moments: Vec::new(),
            any: Sorted::default(),
            full_speed: Sorted::default(),
            believed_failed: Vec::new(),
            declared: Vec::new(),
            acts: Vec::new(),
            added: None,
            scaled_away: None,
        }
    }

    /// Its true state after everything that happened up to a moment.
    pub(crate) fn state_at(&self, at: Instant) -> NodeState {
        let count = self.moments.partition_point(|moment| moment.at <= at);
        self.moments[..count].last().map_or(self.initial, |moment| moment.state)
    }

    /// Whether it was believed failed before a moment.
    pub(crate) fn was_failed_before(&self, at: Instant) -> bool {
        let count = self.moments.partition_point(|moment| moment.at < at);
        self.moments[..count].last().is_some_and(|moment| moment.failed)
    }

    /// The first instant, from one on, after which it served and was not believed failed.
    pub(crate) fn serving_from(&self, from: Instant, demand: Demand) -> Option<Instant> {
        first_from(&self.sorted(demand).serving, from)
    }

    /// The first instant, from one on, after which it did not serve or was believed failed.
    pub(crate) fn out_from(&self, from: Instant, demand: Demand) -> Option<Instant> {
        first_from(&self.sorted(demand).out, from)
    }

    /// The first instant, from one on, after which it was believed failed and something happened to it.
    pub(crate) fn believed_failed_from(&self, from: Instant) -> Option<Instant> {
        first_from(&self.believed_failed, from)
    }

    /// When it was declared failed, from a moment on.
    pub(crate) fn declared_from(&self, from: Instant) -> Option<Instant> {
        first_from(&self.declared, from)
    }

    /// When something was done for it, from a moment on.
    pub(crate) fn acted_from(&self, from: Instant) -> Option<Instant> {
        first_from(&self.acts, from)
    }

    /// Whether the auto-scaler removed it at a moment or later.
    pub(crate) fn is_scaled_away_from(&self, from: Instant) -> bool {
        self.scaled_away.is_some_and(|at| at >= from)
    }

    fn sorted(&self, demand: Demand) -> &Sorted {
        match demand {
            Demand::Any => &self.any,
            Demand::FullSpeed => &self.full_speed,
        }
    }

    fn push(&mut self, at: Instant, mark: Mark) {
        let last = self.moments.last().copied();
        let (state, failed) = last.map_or((self.initial, false), |last| (last.state, last.failed));
        let mut moment = Moment { at, state, failed };
        match mark {
            Mark::State(new) => moment.state = new,
            Mark::Failed => {
                moment.failed = true;
                self.declared.push(at);
            }
            Mark::Recovered => moment.failed = false,
            Mark::Acted => self.acts.push(at),
            Mark::Removing(RemoveReason::ScaleDown | RemoveReason::Rollout) => self.scaled_away = Some(at),
            Mark::Removing(RemoveReason::GivenUp) => {}
            Mark::Added => self.added = self.added.or(Some(at)),
        }
        // Facts of one instant belong together: only their sum says whether the node is out.
        if last.is_some_and(|last| last.at == at) {
            self.moments.pop();
        }
        self.moments.push(moment);
    }

    /// Sorts its instants by what was so at their end.
    fn sort(&mut self) {
        for moment in &self.moments {
            for (demand, sorted) in [(Demand::Any, &mut self.any), (Demand::FullSpeed, &mut self.full_speed)]
            {
                let serves = demand.is_met_by(moment.state) && !moment.failed;
                let list = if serves { &mut sorted.serving } else { &mut sorted.out };
                list.push(moment.at);
            }
            if moment.failed {
                self.believed_failed.push(moment.at);
            }
        }
    }
}

/// The first of some ascending instants that is not before another.
pub(crate) fn first_from(times: &[Instant], from: Instant) -> Option<Instant> {
    times.get(times.partition_point(|at| *at < from)).copied()
}

/// What happened to every node, and what was done for each service.
#[derive(Debug, Default)]
pub(crate) struct Histories {
    /// The history of each node.
    pub(crate) of_nodes: Vec<History>,
    /// Scale-ups of each service.
    pub(crate) scale_ups: BTreeMap<ServiceId, Vec<Instant>>,
    replacements: BTreeMap<NodeId, NodeId>,
    /// When the last of a chain of replacements served, and which it is.
    replaced: BTreeMap<NodeId, Option<(Instant, NodeId)>>,
}

impl Histories {
    /// Reads all facts.
    pub(crate) fn of(record: &RunRecord) -> Self {
        let histories = record.nodes.iter().map(|node| History::new(initial_state(node.provisioned)));
        let mut all = Self { of_nodes: histories.collect(), ..Self::default() };
        let mut orphans = Orphans::default();
        for fact in &record.facts {
            let decision = match &fact.kind {
                FactKind::NodeState { node, state } => {
                    all.mark(*node, fact.at, Mark::State(*state));
                    continue;
                }
                FactKind::Decision(decision) => decision,
                FactKind::FaultBegan { .. }
                | FactKind::FaultEnded { .. }
                | FactKind::FaultMissed { .. }
                | FactKind::NodeProvisioned { .. }
                | FactKind::ReplicasLost { .. }
                | FactKind::ShardLost { .. }
                | FactKind::Breaker { .. } => continue,
            };
            if let Some((node, mark)) = mark_of(decision) {
                all.mark(node, fact.at, mark);
            }
            if let Decision::Scaling { service, plan: CapacityPlan::ScaleUp(_), .. } = decision {
                all.scale_ups.entry(*service).or_default().push(fact.at);
            }
            if let Some((old, replacement)) = orphans.matched(record, decision) {
                all.replacements.insert(old, replacement);
            }
        }
        all.of_nodes.iter_mut().for_each(History::sort);
        all.follow_replacements();
        all
    }

    fn mark(&mut self, node: NodeId, at: Instant, mark: Mark) {
        if let Some(history) = self.of_nodes.get_mut(node.index()) {
            history.push(at, mark);
        }
    }

    /// When the replacement of a node, or the replacement's replacement, served.
    pub(crate) fn replaced(&self, node: NodeId) -> Option<(Instant, NodeId)> {
        self.replaced.get(&node).copied().flatten()
    }

    /// Follows every chain of replacements to the first that served; each link is followed once.
    fn follow_replacements(&mut self) {
        for start in self.replacements.keys() {
            let mut path = Vec::new();
            let mut node = *start;
            let end = loop {
                if let Some(known) = self.replaced.get(&node) {
                    break *known;
                }
                // A chain is no longer than the number of nodes.
                let Some(next) = self.replacements.get(&node).filter(|_| path.len() < self.of_nodes.len())
                else {
                    break None;
                };
                path.push(node);
                if let Some(at) = self.of_nodes.get(next.index()).and_then(|history| history.added) {
                    break Some((at, *next));
                }
                node = *next;
            };
            self.replaced.extend(path.into_iter().map(|node| (node, end)));
        }
    }
}

/// Nodes given up without a replacement and replacements without a node. Replacements carry no link to the node
/// they stand in for: they are matched in order, per service.
#[derive(Debug, Default)]
struct Orphans {
    given_up: BTreeMap<ServiceId, VecDeque<NodeId>>,
    spare: BTreeMap<ServiceId, VecDeque<NodeId>>,
}

impl Orphans {
    /// A node given up and its replacement, if a decision brings them together.
    fn matched(&mut self, record: &RunRecord, decision: &Decision) -> Option<(NodeId, NodeId)> {
        if let Decision::NodeAdding { node, service, why: AddReason::Replacement, .. } = decision {
            let old = self.given_up.entry(*service).or_default().pop_front();
            if old.is_none() {
                self.spare.entry(*service).or_default().push_back(*node);
            }
            return old.map(|old| (old, *node));
        }
        if let Decision::NodeRemoving { node, why: RemoveReason::GivenUp } = decision {
            let service = record.nodes.get(node.index())?.service;
            let replacement = self.spare.entry(service).or_default().pop_front();
            if replacement.is_none() {
                self.given_up.entry(service).or_default().push_back(*node);
            }
            return replacement.map(|replacement| (*node, replacement));
        }
        None
    }
}

/// What a decision means for the history of a node.
fn mark_of(decision: &Decision) -> Option<(NodeId, Mark)> {
    match decision {
        Decision::NodeFailure { node, .. } => Some((*node, Mark::Failed)),
        Decision::NodeRecovered { node, .. } => Some((*node, Mark::Recovered)),
        Decision::StepStarted { node, .. } | Decision::TrafficRedirected { node, .. } => {
            Some((*node, Mark::Acted))
        }
        Decision::NodeRemoving { node, why } => Some((*node, Mark::Removing(*why))),
        Decision::NodeAdded { node, .. } => Some((*node, Mark::Added)),
        Decision::NodeSuspected { .. }
        | Decision::ServiceDegraded { .. }
        | Decision::ServiceRestored { .. }
        | Decision::PlanCreated { .. }
        | Decision::StepFinished { .. }
        | Decision::PlanCompleted { .. }
        | Decision::PlanGivenUp { .. }
        | Decision::TrafficRestored { .. }
        | Decision::NodeEjected { .. }
        | Decision::NodeReturned { .. }
        | Decision::Scaling { .. }
        | Decision::NodeAdding { .. }
        | Decision::NodeAddFailed { .. }
        | Decision::RemovalCancelled { .. }
        | Decision::ReplacementHeld { .. }
        | Decision::Rollout { .. }
        | Decision::NodeRemoved { .. }
        | Decision::ReplicationStarted { .. }
        | Decision::ReplicationFinished { .. } => None,
    }
}
