//! What was truly so at each fact, to hold against what the control plane believed.

use cusinart_policies::{Instant, NodeId};
use cusinart_record::{Fact, FactKind, FaultKind, FaultRecord, NodeState, RunRecord};
use cusinart_scenarios::{FaultSpec, Path, Scenario};

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
        Self {
            record,
            states: record.nodes.iter().map(|node| initial_state(node.provisioned)).collect(),
            harms: record.faults.iter().map(|fault| !probes_only(scenario, fault)).collect(),
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
            | FactKind::ShardLost { .. } => {}
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

/// Whether a fault only hits probes, by the scenario's faults of the same label and kind.
pub(crate) fn probes_only(scenario: &Scenario, fault: &FaultRecord) -> bool {
    let mut paths =
        scenario.faults.iter().filter(|spec| spec.label == fault.label).filter_map(|spec| {
            match (&spec.kind, fault.kind) {
                (FaultSpec::Partition { path, .. }, FaultKind::Partition)
                | (FaultSpec::Loss { path, .. }, FaultKind::Loss) => Some(*path),
                (
                    FaultSpec::Crash { .. }
                    | FaultSpec::Hang { .. }
                    | FaultSpec::Slow { .. }
                    | FaultSpec::ZoneOutage { .. }
                    | FaultSpec::Partition { .. }
                    | FaultSpec::Loss { .. },
                    FaultKind::Crash
                    | FaultKind::Hang
                    | FaultKind::Slow
                    | FaultKind::ZoneOutage
                    | FaultKind::Partition
                    | FaultKind::Loss,
                ) => None,
            }
        });
    paths.next() == Some(Path::Probe) && paths.all(|path| path == Path::Probe)
}
