//! Why agreements on requests were missed.

use super::words::{errors_text, fault_text, list};
use crate::episode::{Badness, Episode, window_text};
use crate::human;
use crate::measure::{Basis, Scope, peak, subject_clients, subject_services};
use crate::narrative::narrative;
use crate::requests::{WindowSum, window_sums};
use crate::sla::{Ground, interval};
use cusinart_policies::{Duration, Instant};
use cusinart_record::RunRecord;
use cusinart_scenarios::{Sla, Unit};

/// Metrics of requests: when they were bad, by which errors, and what else was true then.
pub(super) fn requests(ground: &Ground<'_>, sla: &Sla, badness: Badness) -> Vec<String> {
    let record = ground.record;
    let windows = window_sums(subject_clients(record, sla.objective.subject));
    let Some(episode) = Episode::find(record, &windows, sla, badness) else {
        return vec!["No window of the run shows it: it adds up from all of them.".into()];
    };
    let services = subject_services(record, sla.objective.subject);
    let (from, to) = interval(sla);
    let mut total = WindowSum::default();
    for (index, window) in windows.iter().enumerate() {
        let start = Instant::ZERO + record.header.window * index as u64;
        if start >= from && start < to {
            total.counts.add(&window.counts);
        }
    }
    let mut sentences = Vec::new();
    let failed = total.counts.failed_total();
    if failed > 0 && badness.is_of_failures() {
        let errors = errors_text(&total.counts.failed);
        sentences.push(format!(
            "{} of {} requests failed: {errors}.",
            human::count(failed),
            human::count(total.counts.ended())
        ));
    }
    sentences.push(episode.sentence(&windows, badness));
    sentences.push(format!("Worst window {}.", window_text(record, &windows, &episode, &services)));
    sentences.push(circumstances(record, &windows, &episode));
    sentences.push(narrative(record, episode.cause_from(record), episode.to, &services));
    sentences
}

/// When a budget burnt fastest.
pub(super) fn burning(
    ground: &Ground<'_>,
    sla: &Sla,
    (target, long, short): (f64, Duration, Duration),
) -> Vec<String> {
    let basis = Basis::of(ground, sla.objective.subject);
    let scope = Scope::of(&basis, sla.objective.during.map(|_| interval(sla)));
    let Some(peak) = peak(&scope, target, long, short) else { return Vec::new() };
    let rate = |rate: f64| human::quantity(rate, Unit::Factor);
    vec![format!(
        "At {} the budget of {} burnt {} times as fast as it may over the last {}, {} times over the last {}.",
        human::clock(peak.at),
        human::percent(1.0 - target),
        rate(peak.long),
        human::span(long),
        rate(peak.short),
        human::span(short)
    )]
}

/// Faults that were active in an episode, or the load if there was none.
pub(super) fn circumstances(record: &RunRecord, windows: &[WindowSum], episode: &Episode) -> String {
    let active: Vec<String> = episode.faults(record).iter().map(|fault| fault_text(record, fault)).collect();
    let load = episode.load(windows);
    let mean =
        windows.iter().map(|window| window.counts.offered).sum::<u64>() as f64 / windows.len().max(1) as f64;
    let rate = load / record.header.window.as_secs_f64();
    let crowd = (load > 1.3 * mean && mean > 0.0 && rate.is_finite()).then(|| {
        format!("clients offered {}, {} the mean of the run", human::rate(rate), human::times(load / mean))
    });
    match (active.is_empty(), crowd) {
        (true, None) => "No fault was active then, and the load was ordinary.".into(),
        (true, Some(crowd)) => format!("No fault was active then, but {crowd}."),
        (false, None) => format!("Active then: {}.", list(&active, 3)),
        (false, Some(crowd)) => format!("Active then: {}; and {crowd}.", list(&active, 3)),
    }
}
