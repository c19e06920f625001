//! Warnings: what a reader has to know before believing the numbers.

use crate::control::Mistakes;
use crate::faults::FaultSummary;
use crate::human;
use cusinart_policies::Instant;
use cusinart_record::{FactKind, RunRecord};
use std::collections::BTreeMap;

/// Lists all warnings.
pub(crate) fn warnings(record: &RunRecord, faults: &[FaultSummary], mistakes: &Mistakes) -> Vec<String> {
    let mut warnings = Vec::new();
    if record.simulated < record.header.duration {
        warnings.push(format!(
            "The run was stopped at {} of {}: everything here is about that part only.",
            human::span(record.simulated),
            human::span(record.header.duration)
        ));
    }
    let violation = record.violation.iter();
    warnings.extend(violation.map(|violation| format!("This is an error of the simulator: {violation}.")));
    warnings.extend(record.early_end.map(|end| format!("The run could not go on: {}.", end.words())));
    warnings.extend(record.clients.iter().filter(|client| client.counts.ended() == 0).map(|client| {
        format!("No request of client {} ended after the warm-up: nothing is known about it.", client.name)
    }));
    warnings.extend(untouching(record, faults));
    let alarms = mistakes.false_alarms.len() as u64;
    if alarms > 0 {
        warnings.push(format!(
            "{} declared although the node was up and reachable; {} of healthy nodes followed.",
            human::counted(alarms, "node failure"),
            human::counted(mistakes.healthy_restarts.len() as u64, "restart"),
        ));
    }
    warnings
}

/// Faults that touched nothing, grouped by label.
fn untouching(record: &RunRecord, faults: &[FaultSummary]) -> Vec<String> {
    let mut groups: BTreeMap<(Instant, &str), u64> = BTreeMap::new();
    let mut first: BTreeMap<&str, Instant> = BTreeMap::new();
    for fault in faults.iter().filter(|fault| fault.touched_nothing) {
        let at = *first.entry(&fault.label).or_insert(fault.began_ns);
        *groups.entry((at, &fault.label)).or_insert(0) += 1;
    }
    // A fault may be reported as missed without a record of its own.
    let missed =
        record.facts.iter().filter(|fact| matches!(fact.kind, FactKind::FaultMissed { .. })).count() as u64;
    let listed: u64 = groups.values().sum();
    let mut lines: Vec<String> = groups
        .iter()
        .map(|((at, label), count)| {
            let times = if *count == 1 { String::new() } else { format!(" {count} times, first") };
            format!(
                "Fault {label} touched nothing{times} at {}: check when and whom it strikes.",
                human::clock(*at)
            )
        })
        .collect();
    if missed > listed {
        lines.push(format!("{} found nothing to touch.", human::counted(missed - listed, "more fault")));
    }
    lines
}
