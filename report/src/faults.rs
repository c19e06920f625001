//! Faults: what each one touched, and how soon it was detected, decided upon and recovered from.

use crate::recovery_times::{Detection, Recovery, node_name};
use cusinart_policies::{Duration, Instant};
use cusinart_record::{FaultId, FaultKind, FaultRecord, RunRecord};
use serde::Serialize;

/// One occurrence of a fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FaultSummary {
    /// The occurrence.
    pub fault: FaultId,
    /// Label of the fault in the scenario.
    pub label: String,
    /// Its kind.
    pub kind: FaultKind,
    /// When it struck, in nanoseconds.
    pub began_ns: Instant,
    /// When it ended, in nanoseconds; `None` if it lasted to the end of the run.
    pub ended_ns: Option<Instant>,
    /// Names of the nodes it touched.
    pub nodes: Vec<String>,
    /// Tries of requests lost or broken by it.
    pub requests: u64,
    /// Probes and answers lost by it.
    pub probes: u64,
    /// Replicas destroyed by it.
    pub replicas: u64,
    /// Whether it changed nothing at all.
    pub touched_nothing: bool,
    /// Declarations of failure of its nodes.
    pub detected: Progress,
    /// Time to the first step or scale-up for its nodes, in nanoseconds.
    pub decided_after_ns: Option<Duration>,
    /// Its nodes, or their replacements, serving again.
    pub recovered: Progress,
}

/// How far the nodes of a fault came, and in which time. Spans count from the start of the fault, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Nodes it is expected of.
    pub expected: u32,
    /// Nodes that came so far.
    pub done: u32,
    /// The first of them.
    pub first_after_ns: Option<Duration>,
    /// The last of them.
    pub last_after_ns: Option<Duration>,
}

impl Progress {
    fn of(times: impl IntoIterator<Item = Option<Duration>>) -> Self {
        let times: Vec<Option<Duration>> = times.into_iter().collect();
        Self {
            expected: times.len() as u32,
            done: times.iter().flatten().count() as u32,
            first_after_ns: times.iter().flatten().min().copied(),
            last_after_ns: times.iter().flatten().max().copied(),
        }
    }
}

/// Summarizes every fault.
pub(crate) fn faults(record: &RunRecord, recoveries: &[Recovery]) -> Vec<FaultSummary> {
    let numbered = record.faults.iter().enumerate();
    numbered.map(|(index, fault)| fault_summary(record, FaultId(index as u32), fault, recoveries)).collect()
}

fn fault_summary(
    record: &RunRecord,
    id: FaultId,
    fault: &FaultRecord,
    recoveries: &[Recovery],
) -> FaultSummary {
    // Recoveries are in the order of faults.
    let from = recoveries.partition_point(|pair| pair.fault < id);
    let to = recoveries.partition_point(|pair| pair.fault <= id);
    let pairs = || recoveries[from..to].iter();
    FaultSummary {
        fault: id,
        label: fault.label.clone(),
        kind: fault.kind,
        began_ns: fault.began,
        ended_ns: fault.ended,
        nodes: fault.nodes.iter().map(|node| node_name(record, *node)).collect(),
        requests: fault.requests,
        probes: fault.probes,
        replicas: fault.replicas,
        touched_nothing: fault.touched_nothing(),
        detected: Progress::of(pairs().filter_map(|pair| detection_time(pair.detection))),
        decided_after_ns: pairs().filter_map(|pair| pair.decided_after_ns).min(),
        recovered: Progress::of(pairs().filter_map(|pair| pair.outcome.time())),
    }
}

/// Time to the declaration; `Some(None)` if it never came; `None` if it was not to be expected.
pub(crate) fn detection_time(detection: Detection) -> Option<Option<Duration>> {
    match detection {
        Detection::After { after_ns } => Some(Some(after_ns)),
        Detection::Never { .. } => Some(None),
        Detection::AlreadyKnown | Detection::NotExpected => None,
    }
}
