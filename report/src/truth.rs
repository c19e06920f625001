//! What was truly so at each fact, to hold against what the control plane believed.

use cusinart_policies::{Instant, NodeId};
use cusinart_record::{Fact, FactKind, FaultKind, FaultRecord, NodeState, RunRecord};
use cusinart_scenarios::{FaultSpec, Path, Scenario};
use std::collections::BTreeMap;

/// The true state of all nodes while the facts are read in order.
///
/// Decisions are judged before the facts that follow from them, even those of the same instant.
#[derive(Debug)]
pub(crate) struct Truth<'a> {
    record: &'a RunRecord,
    states: Vec<NodeState>,
    /// Whether each fault cuts the data path of the nodes it touches; probe-only faults do not.
    harms: Vec<bool>,
    /// Active harmful faults that touch each node.
    touching: Vec<u32>,
}

impl<'a> Truth<'a> {
    /// The state before the first fact.
    pub(crate) fn new(scenario: &Scenario, record: &'a RunRecord) -> Self {
        let of_probes = ProbeFaults::of(scenario);
        Self {
            record,
            states: record.nodes.iter().map(|node| initial_state(node.provisioned)).collect(),
            harms: record.faults.iter().map(|fault| !of_probes.has(fault)).collect(),
            touching: vec![0; record.nodes.len()],
        }
    }

    /// Takes note of a fact.
    pub(crate) fn apply(&mut self, fact: &Fact) {
        match &fact.kind {
            FactKind::NodeState { node, state } => {
                if let Some(slot) = self.states.get_mut(node.index()) {
                    *slot = *state;
                }
            }
            FactKind::FaultBegan { fault, .. } => self.touch(fault.index(), true),
            FactKind::FaultEnded { fault } => self.touch(fault.index(), false),
            FactKind::Decision(_)
            | FactKind::FaultMissed { .. }
            | FactKind::NodeProvisioned { .. }
            | FactKind::ReplicasLost { .. }
            | FactKind::ShardLost { .. }
            | FactKind::Breaker { .. } => {}
        }
    }

    /// Whether a node is truly up and reachable on the data path.
    pub(crate) fn is_sound(&self, node: NodeId) -> bool {
        self.states.get(node.index()) == Some(&NodeState::Up) && self.touching.get(node.index()) == Some(&0)
    }

    fn touch(&mut self, fault: usize, begins: bool) {
        if self.harms.get(fault) != Some(&true) {
            return;
        }
        for node in &self.record.faults[fault].nodes {
            if let Some(touching) = self.touching.get_mut(node.index()) {
                *touching = if begins { *touching + 1 } else { touching.saturating_sub(1) };
            }
        }
    }
}

/// One stretch of a node's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// Its start.
    pub(crate) from: Instant,
    /// Its end.
    pub(crate) to: Instant,
    /// What the node did.
    pub(crate) state: NodeState,
}

/// The states of each node over the run, without empty stretches, [`NodeState::Stopped`] left out.
pub(crate) fn timelines(record: &RunRecord) -> Vec<Vec<Span>> {
    let mut spans: Vec<Vec<Span>> = vec![Vec::new(); record.nodes.len()];
    let mut current: Vec<(Instant, NodeState)> =
        record.nodes.iter().map(|node| (node.provisioned, initial_state(node.provisioned))).collect();
    let mut close = |index: usize, (from, state): (Instant, NodeState), to: Instant| {
        if from < to && state != NodeState::Stopped {
            spans[index].push(Span { from, to, state });
        }
    };
    for fact in &record.facts {
        if let FactKind::NodeState { node, state } = &fact.kind
            && let Some(slot) = current.get_mut(node.index())
            && slot.1 != *state
        {
            close(node.index(), *slot, fact.at);
            *slot = (fact.at, *state);
        }
    }
    let end = Instant::ZERO + record.simulated;
    for (index, slot) in current.into_iter().enumerate() {
        close(index, slot, record.nodes[index].stopped.unwrap_or(end).min(end));
    }
    spans
}

/// Nodes of the start run at once, others have to boot.
pub(crate) fn initial_state(provisioned: Instant) -> NodeState {
    if provisioned == Instant::ZERO { NodeState::Up } else { NodeState::Booting }
}

/// The faults of a scenario that only hit probes.
#[derive(Debug)]
pub(crate) struct ProbeFaults<'a>(BTreeMap<(&'a str, FaultKind), bool>);

impl<'a> ProbeFaults<'a> {
    /// Looks at all faults of a scenario; those of one label and kind count together.
    pub(crate) fn of(scenario: &'a Scenario) -> Self {
        let mut all = BTreeMap::new();
        for spec in &scenario.faults {
            let (kind, path) = match &spec.kind {
                FaultSpec::Partition { path, .. } => (FaultKind::Partition, *path),
                FaultSpec::Loss { path, .. } => (FaultKind::Loss, *path),
                FaultSpec::Crash { .. }
                | FaultSpec::CrashLoop { .. }
                | FaultSpec::Hang { .. }
                | FaultSpec::Slow { .. }
                | FaultSpec::ZoneOutage { .. } => continue,
            };
            *all.entry((spec.label.as_str(), kind)).or_insert(true) &= path == Path::Probe;
        }
        Self(all)
    }

    /// Whether a fault only hits probes.
    pub(crate) fn has(&self, fault: &FaultRecord) -> bool {
        self.0.get(&(fault.label.as_str(), fault.kind)) == Some(&true)
    }
}
