//! Why agreements on detection, recovery and healing were missed.

use super::words::{fault_text, list};
use crate::human;
use crate::measure::{Basis, Scope, convergence, subject_services};
use crate::narrative::narrative;
use crate::recovery_times::{Detection, Recovery, RecoveryOutcome};
use crate::sla::{Ground, interval};
use cusinart_policies::{Duration, Instant};
use cusinart_scenarios::Sla;

pub(super) fn detection(ground: &Ground<'_>, sla: &Sla) -> Vec<String> {
    let slowest = pairs(ground, sla).into_iter().max_by_key(|pair| match pair.detection {
        Detection::Never { watched_ns } => (1, watched_ns),
        Detection::After { after_ns } => (0, after_ns),
        Detection::AlreadyKnown | Detection::NotExpected => (0, Duration::ZERO),
    });
    let Some(pair) = slowest else { return Vec::new() };
    let record = ground.record;
    let fault = &record.faults[pair.fault.index()];
    let health = &ground.scenario.control.cluster.health;
    let how = match pair.detection {
        Detection::After { after_ns } => format!("was declared failed only {} later", human::span(after_ns)),
        Detection::Never { watched_ns } => {
            format!(
                "was not declared failed in the {} until it served again or the run ended",
                human::span(watched_ns)
            )
        }
        Detection::AlreadyKnown | Detection::NotExpected => "was not to be detected".into(),
    };
    vec![
        format!(
            "Slowest: {} struck {} at {}, which {how}.",
            fault.label,
            pair.node_name,
            human::clock(pair.began_ns)
        ),
        format!(
            "Probes are sent every {} and time out after {}; the detector is {}.",
            human::span(health.period),
            human::span(health.timeout),
            health.detector.name
        ),
    ]
}

pub(super) fn recovery(ground: &Ground<'_>, sla: &Sla) -> Vec<String> {
    let record = ground.record;
    let slowest = pairs(ground, sla).into_iter().max_by_key(|pair| match pair.outcome {
        RecoveryOutcome::Never { watched_ns } => (1, watched_ns),
        RecoveryOutcome::Back { after_ns } | RecoveryOutcome::Replaced { after_ns, .. } => (0, after_ns),
        RecoveryOutcome::Removed | RecoveryOutcome::NotOut => (0, Duration::ZERO),
    });
    let Some(pair) = slowest else { return Vec::new() };
    let never: Vec<String> = pairs(ground, sla)
        .into_iter()
        .filter(|pair| matches!(pair.outcome, RecoveryOutcome::Never { .. }))
        .map(|pair| pair.node_name.clone())
        .collect();
    let mut sentences = Vec::new();
    if !never.is_empty() {
        sentences.push(format!("Never back: {}.", list(&never, 4)));
    }
    let fault = &record.faults[pair.fault.index()];
    let (how, until) = match pair.outcome {
        RecoveryOutcome::Back { after_ns } => {
            (format!("served again {} later", human::span(after_ns)), pair.began_ns + after_ns)
        }
        RecoveryOutcome::Replaced { after_ns, .. } => {
            (format!("was replaced {} later", human::span(after_ns)), pair.began_ns + after_ns)
        }
        RecoveryOutcome::Never { .. } | RecoveryOutcome::Removed | RecoveryOutcome::NotOut => {
            ("did not serve again".into(), Instant::ZERO + record.simulated)
        }
    };
    sentences.push(format!(
        "Slowest: {} struck {} at {}, which {how}.",
        fault_text(record, fault),
        pair.node_name,
        human::clock(pair.began_ns)
    ));
    sentences.push(crate::narrative::of_node(record, pair.node, pair.began_ns, until));
    sentences
}

/// What kept the system from converging.
pub(super) fn healing(ground: &Ground<'_>, sla: &Sla) -> Vec<String> {
    let record = ground.record;
    let basis = Basis::of(ground, sla.objective.subject);
    let Some(convergence) = convergence(record, &Scope::of(&basis, None)) else { return Vec::new() };
    let held = convergence.holdups_text(record);
    let services = subject_services(record, sla.objective.subject);
    let end = Instant::ZERO + record.simulated;
    let since = human::clock(convergence.since);
    let mut sentences = match convergence.at {
        Some(at) => vec![
            format!("The last fault ended at {since}, all was well for good at {}.", human::clock(at)),
            format!("Last to settle: {held}."),
        ],
        None => vec![
            format!("All was to be well from {since} on, but was not when the run ended."),
            format!("At the end: {held}."),
        ],
    };
    sentences.push(narrative(record, convergence.since, convergence.at.unwrap_or(end), &services));
    sentences
}

fn pairs<'a>(ground: &Ground<'a>, sla: &Sla) -> Vec<&'a Recovery> {
    let basis = Basis::of(ground, sla.objective.subject);
    let scope = Scope::of(&basis, sla.objective.during.map(|_| interval(sla)));
    scope.pairs().collect()
}
