//! Faults that may be to blame.

use cusinart_policies::Instant;
use cusinart_record::{FaultKind, FaultRecord, RunRecord};
use cusinart_scenarios::{FaultSpec, Scenario, Schedule};

/// Faults that are left out one by one, those that touched most first.
const SUSPECTS_MAX: usize = 6;

/// A fault of the scenario that touched something.
#[derive(Clone, Debug)]
pub(super) struct Suspect {
    /// Position in the scenario.
    pub(super) index: usize,
    pub(super) label: String,
    pub(super) times: u64,
    pub(super) first: Instant,
}

/// The faults that touched most.
pub(super) fn suspects(scenario: &Scenario, record: &RunRecord) -> Vec<Suspect> {
    let mut all: Vec<((u64, u64, u64), Suspect)> = Vec::new();
    for (index, fault) in scenario.faults.iter().enumerate() {
        let is_twin = |other: &&cusinart_scenarios::Fault| {
            other.label == fault.label && kind(&other.kind) == kind(&fault.kind)
        };
        let twins = scenario.faults.iter().filter(is_twin).count() > 1;
        let struck = record.faults.iter().filter(|occurrence| {
            occurrence.label == fault.label
                && occurrence.kind == kind(&fault.kind)
                && (!twins || began(occurrence, &fault.schedule))
                && !occurrence.touched_nothing()
        });
        let struck: Vec<&FaultRecord> = struck.collect();
        let Some(first) = struck.first() else { continue };
        let sum = |count: fn(&FaultRecord) -> u64| struck.iter().map(|fault| count(fault)).sum::<u64>();
        let touched = (sum(|f| f.requests + f.replicas), sum(|f| f.nodes.len() as u64), sum(|f| f.probes));
        let (label, times) = (fault.label.clone(), struck.len() as u64);
        all.push((touched, Suspect { index, label, times, first: first.began }));
    }
    all.sort_by_key(|(touched, suspect)| (std::cmp::Reverse(*touched), suspect.index));
    all.into_iter().take(SUSPECTS_MAX).map(|(_, suspect)| suspect).collect()
}

/// The same scenario in which one fault never strikes. All others keep their draws.
pub(super) fn without(scenario: &Scenario, index: usize) -> Scenario {
    let mut changed = scenario.clone();
    changed.faults[index] = changed.faults[index].never();
    changed
}

/// Whether an occurrence may be of a schedule.
fn began(occurrence: &FaultRecord, schedule: &Schedule) -> bool {
    match schedule {
        Schedule::At(at) => occurrence.began == *at,
        Schedule::Every { from, .. } => occurrence.began >= *from,
    }
}

const fn kind(spec: &FaultSpec) -> FaultKind {
    match spec {
        FaultSpec::Crash { .. } => FaultKind::Crash,
        FaultSpec::CrashLoop { .. } => FaultKind::CrashLoop,
        FaultSpec::Hang { .. } => FaultKind::Hang,
        FaultSpec::Slow { .. } => FaultKind::Slow,
        FaultSpec::ZoneOutage { .. } => FaultKind::ZoneOutage,
        FaultSpec::Partition { .. } => FaultKind::Partition,
        FaultSpec::Loss { .. } => FaultKind::Loss,
    }
}
