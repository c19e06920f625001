//! Bad times: stretches in which requests suffered, and the fault that each part of them is put down to.

use super::pair_end;
use crate::episode::{Badness, counted_interval, harm};
use crate::measure::subject_clients;
use crate::recovery_times::Recovery;
use crate::requests::window_sums;
use crate::sla::Ground;
use cusinart_policies::{Duration, Instant};
use cusinart_record::{FaultId, RunRecord};
use cusinart_scenarios::Sla;
use std::collections::BTreeMap;

/// Good windows that do not end a stretch.
const GAP_WINDOWS_MAX: usize = 2;

/// Neighbouring bad windows that are put down to one fault, or to none.
#[derive(Clone, Debug)]
pub(super) struct BadTime {
    /// Start of its first window.
    pub(super) from: Instant,
    /// End of its last window.
    pub(super) to: Instant,
    pub(super) fault: Option<FaultId>,
    /// How much of what the agreement counts lies in it.
    pub(super) harm: f64,
}

/// The bad time that matters most for an agreement: of the label of faults (or of no fault) that most harm is put
/// down to, the one with most harm; the first of equals.
pub(super) fn worst(ground: &Ground<'_>, sla: &Sla, badness: Badness) -> Option<BadTime> {
    let times = bad_times(ground, sla, badness);
    let label = |time: &BadTime| time.fault.map(|fault| ground.record.faults[fault.index()].label.as_str());
    let mut of_label: BTreeMap<Option<&str>, f64> = BTreeMap::new();
    for time in &times {
        *of_label.entry(label(time)).or_insert(0.0) += time.harm;
    }
    let (to_blame, _) = of_label.into_iter().rev().max_by(|one, other| one.1.total_cmp(&other.1))?;
    let candidates = times.iter().filter(|time| label(time) == to_blame && time.harm > 0.0);
    candidates.rev().max_by(|one, other| one.harm.total_cmp(&other.harm)).cloned()
}

/// All bad times that touch the interval of an agreement, in order.
fn bad_times(ground: &Ground<'_>, sla: &Sla, badness: Badness) -> Vec<BadTime> {
    let record = ground.record;
    let windows = window_sums(subject_clients(record, sla.objective.subject));
    let harm = harm(record, &windows, sla, badness);
    let start = |index: usize| Instant::ZERO + record.header.window * index as u64;
    let end = Instant::ZERO + record.simulated;
    let (from, to) = counted_interval(record, sla);
    let spans = Spans::of(ground);
    let mut times: Vec<BadTime> = Vec::new();
    for (first, last) in stretches(&harm) {
        // Whoever is to blame began before a window ended and was not over when it began; what made the stretch
        // begin is also to blame for what outlives it.
        let width = record.header.window;
        let began_it = |span: &Span| span.from <= start(first) + width && span.to + width >= start(first);
        let beginner = spans.last_before(start(first) + width + Duration::from_nanos(1), began_it);
        for (index, harm) in harm.iter().enumerate().take(last + 1).skip(first) {
            let Some(harm) = *harm else { continue };
            let (begins, ends) = (start(index), start(index + 1).min(end));
            let open = spans.last_before(ends, |span| span.to >= begins);
            let cause = open.max(beginner).map(|at| spans.all[at].fault);
            let harm = if begins >= from && begins < to { harm } else { 0.0 };
            match times.last_mut() {
                Some(time) if time.fault == cause && time.from >= start(first) => {
                    time.to = ends;
                    time.harm += harm;
                }
                Some(_) | None => times.push(BadTime { from: begins, to: ends, fault: cause, harm }),
            }
        }
    }
    times
}

/// From the strike of a fault to the moment when all nodes it had taken out were back or replaced; to its end, if it
/// took none out. What destroyed replicas is over when they are copied again.
#[derive(Clone, Copy, Debug)]
struct Span {
    fault: FaultId,
    from: Instant,
    to: Instant,
}

/// The spans of all faults that touched something, in order of their begin.
struct Spans {
    all: Vec<Span>,
    /// The latest end of each span and those before it.
    latest_end: Vec<Instant>,
}

impl Spans {
    fn of(ground: &Ground<'_>) -> Self {
        let record = ground.record;
        let end = Instant::ZERO + record.simulated;
        let mut recovered: BTreeMap<FaultId, Instant> = BTreeMap::new();
        for pair in ground.recoveries {
            let Some(at) = pair_end(record, pair) else { continue };
            let last = recovered.entry(pair.fault).or_insert(at);
            *last = (*last).max(at);
        }
        let mut spans = Self { all: Vec::new(), latest_end: Vec::new() };
        let mut latest = Instant::ZERO;
        for (index, fault) in record.faults.iter().enumerate().filter(|(_, fault)| !fault.touched_nothing()) {
            let id = FaultId(index as u32);
            let to = recovered.get(&id).copied().or(fault.ended).unwrap_or(end);
            let to = if fault.replicas > 0 { copied_again(record, to).unwrap_or(end) } else { to };
            latest = latest.max(to);
            spans.all.push(Span { fault: id, from: fault.began, to });
            spans.latest_end.push(latest);
        }
        spans
    }

    /// The position of the last span that began before a moment and is as wanted, which no span is that ends
    /// before the stretch looked at.
    fn last_before(&self, before: Instant, wanted: impl Fn(&Span) -> bool) -> Option<usize> {
        let count = self.all.partition_point(|span| span.from < before);
        (0..count).rev().take_while(|at| self.may_be(*at, &wanted)).find(|at| wanted(&self.all[*at]))
    }

    /// Whether any span up to a position may be as wanted: whether one that lasts as long as the longest would be.
    fn may_be(&self, at: usize, wanted: &impl Fn(&Span) -> bool) -> bool {
        wanted(&Span { to: self.latest_end[at], ..self.all[at] })
    }
}

/// When no replica is missing any more, from a moment on.
fn copied_again(record: &RunRecord, from: Instant) -> Option<Instant> {
    let count = record.services.iter().map(|service| service.windows.len()).max().unwrap_or(0);
    let missing = |index: usize| -> u64 {
        let windows = record.services.iter().filter_map(|service| service.windows.get(index));
        windows.map(|window| u64::from(window.replicas_missing)).sum()
    };
    let end = |index: usize| Instant::ZERO + record.header.window * (index as u64 + 1);
    (0..count).find(|index| end(*index) >= from && missing(*index) == 0).map(end)
}

/// First and last window of each stretch of bad windows.
fn stretches(harm: &[Option<f64>]) -> Vec<(usize, usize)> {
    let mut stretches: Vec<(usize, usize)> = Vec::new();
    for (index, _) in harm.iter().enumerate().filter(|(_, harm)| harm.is_some()) {
        match stretches.last_mut() {
            Some((_, last)) if index - *last <= GAP_WINDOWS_MAX + 1 => *last = index,
            Some(_) | None => stretches.push((index, index)),
        }
    }
    stretches
}

/// The pair of a fault that is told: of the services wanted if there is one, the one that took longest.
pub(super) fn slowest_of<'a>(
    ground: &'a Ground<'_>,
    fault: FaultId,
    wanted: impl Fn(&Recovery) -> bool,
) -> Option<&'a Recovery> {
    let from = ground.recoveries.partition_point(|pair| pair.fault < fault);
    let to = ground.recoveries.partition_point(|pair| pair.fault <= fault);
    let time = |pair: &&Recovery| match pair.outcome.time() {
        None => (0, Duration::ZERO),
        Some(Some(time)) => (1, time),
        Some(None) => (2, Duration::ZERO),
    };
    ground.recoveries[from..to].iter().rev().max_by_key(|pair| (wanted(pair), time(pair)))
}
