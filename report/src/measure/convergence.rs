//! Healing: from the end of the last fault until all is well for good.
//!
//! A system has converged at the first moment from which on, to the end of the run,
//!
//! - no node is dead, hung or slow, none starts again after a failure or in place of a failed one (nodes that boot
//!   because of scaling do not count), and none is believed failed, whether a fault touched it or not;
//! - no recovery plan is open and no replica is missing (a lost shard is missing for ever);
//! - in every window at least 99 % of the requests that ended were good; one failed request among good ones is
//!   forgiven, since in a window of few requests it says nothing;
//! - the backlog does not grow without end: it did not grow by more than 1 % of the requests that were offered, or it
//!   stopped growing half way, or it grew by no more than chance explains (three times the root of it).
//!
//! Requests and replicas are known by windows, so that the time is rounded up to the end of one. The fault that ends last
//! counts, among those that touched anything; while one goes on there is nothing to converge from.

use super::measurement::Measurement;
use super::scope::Scope;
use crate::human;
use crate::recovery_times::node_name;
use crate::requests::WindowSum;
use crate::sample::Spell;
use crate::truth::initial_state;
use cusinart_policies::{AddReason, Decision, Instant, NodeId, PlanId};
use cusinart_record::{FactKind, NodeState, RunRecord};
use std::collections::{BTreeMap, BTreeSet};

/// Share of the requests that ended in a window that may fail, and by which the backlog may grow.
const TOLERATED: f64 = 0.01;
/// Windows it takes at least to say that a backlog grows without end.
const TREND_WINDOWS_MIN: usize = 4;

/// How a run converged after its last fault.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Convergence {
    /// When the last fault ended; if one never did, when the first of these struck.
    pub(crate) since: Instant,
    /// When all was well for good; `None`: not by the end of the run.
    pub(crate) at: Option<Instant>,
    /// What was the last to settle, or has not settled; several things if they are wrong at the end.
    pub(crate) holdups: Vec<Holdup>,
    end: Instant,
}

/// What keeps a system from having converged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Holdup {
    /// Faults go on at the end of the run: how many, and the label of the first.
    Faults(u64, String),
    /// Nodes that are not well, or believed so.
    Nodes(Vec<NodeId>),
    /// Recovery plans that are open.
    Plans(u64),
    /// Replicas that are missing, at the end of the last window with any.
    Replicas(u64),
    /// Too many failed requests: failed and ended in the last such window.
    Requests {
        /// Failed.
        failed: u64,
        /// Ended.
        ended: u64,
    },
    /// The backlog grew from one number of requests to another.
    Backlog {
        /// At the moment at which all else was well.
        from: u64,
        /// At the end of the run.
        to: u64,
    },
}

impl Convergence {
    /// The time as a sample.
    pub(crate) fn spell(&self) -> Spell {
        let until = self.at.unwrap_or(self.end);
        Spell { seconds: until.since(self.since).as_secs_f64(), ended: self.at.is_some() }
    }

    /// What held it up, in words.
    pub(crate) fn holdups_text(&self, record: &RunRecord) -> String {
        let words: Vec<String> = self.holdups.iter().map(|holdup| holdup.text(record)).collect();
        words.join(", ")
    }
}

impl Holdup {
    fn text(&self, record: &RunRecord) -> String {
        match self {
            Self::Faults(1, label) => format!("fault {} goes on", human::visible(label)),
            Self::Faults(many, label) => format!("{many} faults go on, first {}", human::visible(label)),
            Self::Nodes(nodes) => {
                let names: Vec<String> = nodes.iter().map(|node| node_name(record, *node)).collect();
                match names.as_slice() {
                    [one] => format!("node {one} not well or believed failed"),
                    many => {
                        format!(
                            "{} nodes not well or believed failed ({})",
                            many.len(),
                            crate::explain::list(many, 3)
                        )
                    }
                }
            }
            Self::Plans(plans) => format!("{} open", human::counted(*plans, "recovery plan")),
            Self::Replicas(replicas) => format!("{} missing", human::counted(*replicas, "replica")),
            Self::Requests { failed, ended } => {
                format!("{} of {} requests failed in a window", human::count(*failed), human::count(*ended))
            }
            Self::Backlog { from, to } => {
                format!("requests in flight grew from {} to {}", human::count(*from), human::count(*to))
            }
        }
    }
}

/// Measures the time to converge.
pub(super) fn time_to_converge(record: &RunRecord, scope: &Scope<'_, '_>) -> Measurement {
    let Some(convergence) = convergence(record, scope) else {
        return Measurement::nothing(true, "no fault touched anything");
    };
    let held = convergence.holdups_text(record);
    match convergence.at {
        Some(at) => {
            let measurement = Measurement::value(at.since(convergence.since).as_secs_f64());
            if held.is_empty() { measurement } else { measurement.noting(format!("last: {held}")) }
        }
        None => Measurement::never().noting(format!("at the end: {held}")),
    }
}

/// Follows a run from the end of its last fault on; `None` if no fault touched anything.
pub(crate) fn convergence(record: &RunRecord, scope: &Scope<'_, '_>) -> Option<Convergence> {
    let end = Instant::ZERO + record.simulated;
    let faults = || record.faults.iter().filter(|fault| !fault.touched_nothing());
    let open: Vec<_> = faults().filter(|fault| fault.ended.is_none()).collect();
    if let Some(first) = open.first() {
        let holdup = Holdup::Faults(open.len() as u64, first.label.clone());
        return Some(Convergence { since: first.began.min(end), at: None, holdups: vec![holdup], end });
    }
    let since = faults().filter_map(|fault| fault.ended).max()?.min(end);
    // When each thing settled for good; `None`: not by the end of the run.
    let mut settled: Vec<(Option<Instant>, Holdup)> = Vec::new();
    settled.extend(patients(record, scope));
    settled.extend(replicas(record, scope));
    settled.extend(failures(record, scope));
    settled.retain(|(at, _)| at.is_none_or(|at| at > since));
    if settled.iter().all(|(at, _)| at.is_some()) {
        let at = settled.iter().filter_map(|(at, _)| *at).max().unwrap_or(since);
        if let Some(growing) = backlog(record, scope.windows(), at) {
            settled.push((None, growing));
        }
    }
    let at = if settled.iter().any(|(at, _)| at.is_none()) {
        None
    } else {
        Some(settled.iter().filter_map(|(at, _)| *at).max().unwrap_or(since))
    };
    let holdups = settled.into_iter().filter(|(settled, _)| *settled == at).map(|(_, holdup)| holdup);
    Some(Convergence { since, at, holdups: holdups.collect(), end })
}

/// Nodes that are not well and open plans while the facts are read.
struct Ward {
    states: BTreeMap<NodeId, NodeState>,
    replacements: BTreeSet<NodeId>,
    believed_failed: BTreeSet<NodeId>,
    unwell: BTreeSet<NodeId>,
    plans: BTreeSet<PlanId>,
}

impl Ward {
    fn of(scope: &Scope<'_, '_>) -> Self {
        let states = scope.nodes().map(|node| (node.node, initial_state(node.provisioned)));
        Self {
            states: states.collect(),
            replacements: BTreeSet::new(),
            believed_failed: BTreeSet::new(),
            unwell: BTreeSet::new(),
            plans: BTreeSet::new(),
        }
    }

    fn apply(&mut self, kind: &FactKind) {
        match kind {
            FactKind::NodeState { node, state } => self.enter(*node, *state),
            FactKind::Decision(decision) => self.decide(decision),
            FactKind::FaultBegan { .. }
            | FactKind::FaultEnded { .. }
            | FactKind::FaultMissed { .. }
            | FactKind::NodeProvisioned { .. }
            | FactKind::ReplicasLost { .. }
            | FactKind::ShardLost { .. }
            | FactKind::Breaker { .. } => {}
        }
    }

    fn enter(&mut self, node: NodeId, state: NodeState) {
        let Some(before) = self.states.insert(node, state) else {
            // A node that the scope is not about.
            self.states.remove(&node);
            return;
        };
        let is_unwell = match state {
            NodeState::Down | NodeState::Hung | NodeState::Slow => true,
            // Whoever ran before starts again; whoever is new boots for the first time.
            NodeState::Booting => before != NodeState::Booting || self.unwell.contains(&node),
            NodeState::Up | NodeState::Draining => false,
            NodeState::Stopped => {
                self.believed_failed.remove(&node);
                false
            }
        };
        if is_unwell {
            self.unwell.insert(node);
        } else {
            self.unwell.remove(&node);
        }
    }

    fn decide(&mut self, decision: &Decision) {
        match decision {
            Decision::NodeFailure { node, .. } if self.states.contains_key(node) => {
                self.believed_failed.insert(*node);
            }
            Decision::NodeRecovered { node, .. } | Decision::NodeRemoved { node, .. } => {
                self.believed_failed.remove(node);
            }
            Decision::PlanCreated { plan, node, .. } if self.states.contains_key(node) => {
                self.plans.insert(*plan);
            }
            Decision::PlanCompleted { plan, .. } | Decision::PlanGivenUp { plan, .. } => {
                self.plans.remove(plan);
            }
            Decision::NodeAdding { node, why: AddReason::Replacement, .. }
                if self.states.get(node) == Some(&NodeState::Booting) =>
            {
                self.replacements.insert(*node);
            }
            Decision::NodeAdded { node, .. } | Decision::NodeAddFailed { node, .. } => {
                self.replacements.remove(node);
            }
            Decision::NodeFailure { .. }
            | Decision::PlanCreated { .. }
            | Decision::NodeAdding { .. }
            | Decision::NodeSuspected { .. }
            | Decision::ServiceDegraded { .. }
            | Decision::ServiceRestored { .. }
            | Decision::StepStarted { .. }
            | Decision::StepFinished { .. }
            | Decision::TrafficRedirected { .. }
            | Decision::TrafficRestored { .. }
            | Decision::NodeEjected { .. }
            | Decision::NodeReturned { .. }
            | Decision::Scaling { .. }
            | Decision::NodeRemoving { .. }
            | Decision::RemovalCancelled { .. }
            | Decision::ReplacementHeld { .. }
            | Decision::Rollout { .. }
            | Decision::ReplicationStarted { .. }
            | Decision::ReplicationFinished { .. } => {}
        }
    }

    fn nodes(&self) -> Vec<NodeId> {
        let all: BTreeSet<NodeId> = [&self.unwell, &self.believed_failed, &self.replacements]
            .into_iter()
            .flatten()
            .copied()
            .collect();
        all.into_iter().collect()
    }

    /// The nodes, if one fact may make them well: it is about one node.
    fn last_node(&self) -> Vec<NodeId> {
        let sets = [&self.unwell, &self.believed_failed, &self.replacements];
        if sets.iter().all(|set| set.len() <= 1) { self.nodes() } else { Vec::new() }
    }

    fn has_nodes(&self) -> bool {
        !(self.unwell.is_empty() && self.believed_failed.is_empty() && self.replacements.is_empty())
    }
}

/// When the last node was well again and the last plan closed.
fn patients(record: &RunRecord, scope: &Scope<'_, '_>) -> Vec<(Option<Instant>, Holdup)> {
    let mut ward = Ward::of(scope);
    let (mut last_nodes, mut last_plans) = (None, None);
    for fact in &record.facts {
        let (nodes, plans) = (ward.has_nodes(), ward.plans.len());
        let before = if nodes { ward.last_node() } else { Vec::new() };
        ward.apply(&fact.kind);
        if nodes && !ward.has_nodes() {
            last_nodes = Some((Some(fact.at), Holdup::Nodes(before)));
        }
        if plans > 0 && ward.plans.is_empty() {
            last_plans = Some((Some(fact.at), Holdup::Plans(plans as u64)));
        }
    }
    if ward.has_nodes() {
        last_nodes = Some((None, Holdup::Nodes(ward.nodes())));
    }
    if !ward.plans.is_empty() {
        last_plans = Some((None, Holdup::Plans(ward.plans.len() as u64)));
    }
    last_nodes.into_iter().chain(last_plans).collect()
}

/// When no replica was missing any more: at the end of the first window that shows none.
fn replicas(record: &RunRecord, scope: &Scope<'_, '_>) -> Option<(Option<Instant>, Holdup)> {
    let services: Vec<_> = scope.services().filter_map(|index| record.services.get(index)).collect();
    let count = services.iter().map(|service| service.windows.len()).max().unwrap_or(0);
    let missing = |index: usize| -> u64 {
        let windows = services.iter().filter_map(|service| service.windows.get(index));
        windows.map(|window| u64::from(window.replicas_missing)).sum()
    };
    let last = (0..count).rev().find(|index| missing(*index) > 0)?;
    let at = (last + 1 < count).then(|| window_end(record, last + 1));
    Some((at, Holdup::Replicas(missing(last))))
}

/// When the last window with too many failures ended.
fn failures(record: &RunRecord, scope: &Scope<'_, '_>) -> Option<(Option<Instant>, Holdup)> {
    let windows = scope.windows();
    let last = windows.iter().rposition(is_bad)?;
    let counts = &windows[last].counts;
    let at = (last + 1 < windows.len()).then(|| window_end(record, last));
    Some((at, Holdup::Requests { failed: counts.failed_total(), ended: counts.ended() }))
}

fn is_bad(window: &WindowSum) -> bool {
    let (failed, ended) = (window.counts.failed_total(), window.counts.ended());
    failed as f64 > TOLERATED * ended as f64 && !(failed == 1 && ended > 1)
}

/// A backlog that grows without end from a moment on.
fn backlog(record: &RunRecord, windows: &[WindowSum], from: Instant) -> Option<Holdup> {
    let width = record.header.window.as_nanos().max(1);
    let first = usize::try_from(from.as_nanos() / width).unwrap_or(usize::MAX);
    let later = windows.get(first..).filter(|later| later.len() >= TREND_WINDOWS_MIN)?;
    let (start, middle, end) =
        (later[0].in_flight, later[later.len() / 2].in_flight, later[later.len() - 1].in_flight);
    let offered: u64 = later[1..].iter().map(|window| window.counts.offered).sum();
    let growth = end.saturating_sub(start) as f64;
    let grows = start < middle
        && middle < end
        && growth > TOLERATED * offered as f64
        && growth > 3.0 * libm::sqrt(end as f64);
    grows.then_some(Holdup::Backlog { from: start, to: end })
}

fn window_end(record: &RunRecord, index: usize) -> Instant {
    let end = Instant::ZERO + record.header.window * (index as u64 + 1);
    end.min(Instant::ZERO + record.simulated)
}
