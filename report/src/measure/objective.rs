//! Measures an objective: in the whole run, in a part of it, or in one part for each occurrence of a fault.

use super::budget::{burn_rate, error_budget};
use super::convergence::{convergence, time_to_converge};
use super::measurement::{Asked, Measured, Measurement};
use super::scope::{Basis, Scope, is_chosen};
use super::{nodes, requests, times};
use crate::human;
use crate::sample::Spell;
use crate::sla::Ground;
use cusinart_policies::Instant;
use cusinart_record::FaultRecord;
use cusinart_scenarios::{Better, Comparison, During, Metric, Objective};
use std::collections::BTreeMap;

/// Measures an objective; `asked` is what an agreement asks of it, if there is one.
pub(crate) fn measure(ground: &Ground<'_>, objective: &Objective, asked: Option<Asked>) -> Measurement {
    let basis = Basis::of(ground, objective.subject);
    let Some(during) = objective.during else {
        return measure_in(ground, objective.metric, &Scope::of(&basis, None), asked);
    };
    let end = Instant::ZERO + ground.record.simulated;
    if during.faults().is_some() {
        return measure_occurrences(ground, objective, &basis, during, asked);
    }
    let (from, to) = during.times(end, (Instant::ZERO, end));
    if from >= end || from >= to {
        return Measurement::nothing(false, "the run ended before this interval");
    }
    let span = (from, to.min(end));
    let mut measurement = measure_in(ground, objective.metric, &Scope::of(&basis, Some(span)), asked);
    if to > end {
        measurement = measurement.noting(format!("the run ended at {}", human::clock(end)));
    }
    Measurement { span: Some(span), ..measurement }
}

/// Times to detect, to recover or to converge that an objective is about; `None` for other metrics. Of an interval that
/// hangs on a fault they are those of the worst occurrence.
pub(crate) fn spells(ground: &Ground<'_>, objective: &Objective) -> Option<Vec<Spell>> {
    let basis = Basis::of(ground, objective.subject);
    let span = || match objective.during {
        None => Some(None),
        // Without an interval that was measured there are no times.
        Some(_) => measure(ground, objective, None).span.map(Some),
    };
    match objective.metric {
        Metric::TimeToDetect(_) => Some(span().map_or_else(Vec::new, |span| {
            let scope = Scope::of(&basis, span);
            scope.pairs().filter_map(|pair| Spell::of_detection(pair.detection)).collect()
        })),
        Metric::TimeToRecover(_) => Some(span().map_or_else(Vec::new, |span| {
            let scope = Scope::of(&basis, span);
            scope.pairs().filter_map(|pair| Spell::of_outcome(pair.outcome)).collect()
        })),
        Metric::TimeToConverge => {
            let convergence = convergence(ground.record, &Scope::of(&basis, None));
            Some(convergence.map(|convergence| convergence.spell()).into_iter().collect())
        }
        Metric::Availability
        | Metric::ErrorRatio
        | Metric::Goodput
        | Metric::Latency(_)
        | Metric::FalseAlarms
        | Metric::HealthyRestarted
        | Metric::Cost
        | Metric::NodesMax
        | Metric::NodesMin
        | Metric::RetryRatio
        | Metric::ShardsLost
        | Metric::ReplicasLost
        | Metric::PlansGivenUp
        | Metric::Unrouted
        | Metric::Throughput
        | Metric::QueueMax
        | Metric::ErrorBudget { .. }
        | Metric::BurnRate { .. } => None,
    }
}

/// Measures a metric in one part of the run.
fn measure_in(
    ground: &Ground<'_>,
    metric: Metric,
    scope: &Scope<'_, '_>,
    asked: Option<Asked>,
) -> Measurement {
    let counts = scope.counts();
    match metric {
        Metric::Availability => requests::ratio(counts.ok, counts.ended(), "no request ended"),
        Metric::ErrorRatio => requests::ratio(counts.failed_total(), counts.ended(), "no request ended"),
        Metric::Goodput => requests::ratio(counts.ok, counts.offered, "no request was offered"),
        Metric::RetryRatio => requests::ratio(counts.retries, counts.offered, "no request was offered"),
        Metric::Unrouted => Measurement::value(counts.failed[requests::unrouted_index()] as f64),
        Metric::Throughput => requests::throughput(scope, counts.ok),
        Metric::ErrorBudget { target } => error_budget(&counts, target),
        Metric::BurnRate { target, long, short } => burn_rate(scope, target, long, short),
        Metric::Latency(statistic) if scope.during => {
            requests::latency_during(scope, statistic, asked.map(|asked| asked.comparison))
        }
        Metric::Latency(statistic) => requests::latency_of_run(scope, statistic),
        Metric::TimeToDetect(statistic) => times::time_to_detect(scope, statistic, asked),
        Metric::TimeToRecover(statistic) => {
            let times = scope.pairs().filter_map(|pair| pair.outcome.time());
            times::statistic_of_times(times.collect(), statistic, "no fault took a node out of service")
        }
        Metric::TimeToConverge => time_to_converge(ground.record, scope),
        Metric::FalseAlarms => {
            let alarms = ground.mistakes.false_alarms.iter();
            Measurement::value(alarms.filter(|alarm| scope.has(alarm.at_ns, alarm.node)).count() as f64)
        }
        Metric::HealthyRestarted => nodes::healthy_restarted(ground, scope),
        Metric::Cost => nodes::cost(scope),
        Metric::NodesMax => nodes::nodes_max(scope),
        Metric::NodesMin => nodes::healthy_min(scope),
        Metric::QueueMax => nodes::queue_max(scope),
        Metric::ShardsLost => nodes::shards_lost(scope),
        Metric::ReplicasLost => nodes::replicas_lost(scope),
        Metric::PlansGivenUp => nodes::plans_given_up(scope),
    }
}

/// Measures each occurrence of a fault; the worst counts.
fn measure_occurrences(
    ground: &Ground<'_>,
    objective: &Objective,
    basis: &Basis<'_>,
    during: During,
    asked: Option<Asked>,
) -> Measurement {
    let end = Instant::ZERO + ground.record.simulated;
    // Faults that strike together are one occasion.
    let mut occasions: BTreeMap<(Instant, Instant), &FaultRecord> = BTreeMap::new();
    let (mut empty, mut late) = (0, 0);
    for fault in ground.record.faults.iter().filter(|fault| is_chosen(objective, ground.scenario, fault)) {
        let (from, to) = during.times(end, (fault.began, fault.ended.unwrap_or(end)));
        if from >= end {
            late += 1;
        } else if from >= to {
            empty += 1;
        } else {
            occasions.entry((from, to.min(end))).or_insert(fault);
        }
    }
    let mut worst: Option<(Measurement, (Instant, Instant), &FaultRecord)> = None;
    for (span, fault) in &occasions {
        let measured = measure_in(ground, objective.metric, &Scope::of(basis, Some(*span)), asked);
        let is_worse = worst.as_ref().is_none_or(|(worst, ..)| {
            badness(&measured, objective.metric, asked) > badness(worst, objective.metric, asked)
        });
        if is_worse {
            worst = Some((measured, *span, fault));
        }
    }
    let Some((mut measurement, span, fault)) = worst else {
        return match (late, empty) {
            (0, 0) => Measurement::nothing(true, "the fault did not strike"),
            (0, _) => Measurement::nothing(true, "the fault was over before this interval"),
            (_, _) => Measurement::nothing(false, "the run ended before this interval"),
        };
    };
    let (from, to) = (human::clock(span.0), human::clock(span.1));
    let label = human::visible(&fault.label);
    measurement.notes.insert(
        0,
        match occasions.len() {
            1 => format!("{label}, {from}–{to}"),
            many => format!("worst of {many} times: {label}, {from}–{to}"),
        },
    );
    if during.times(end, (fault.began, fault.ended.unwrap_or(end))).1 > end {
        measurement = measurement.noting("cut at the end of the run");
    }
    if late > 0 {
        measurement = measurement.noting(format!("{} too late in the run", human::counted(late, "fault")));
    }
    Measurement { span: Some(span), ..measurement }
}

/// How bad a measurement is, greater is worse: any value is worse than none, never is worst.
fn badness(measurement: &Measurement, metric: Metric, asked: Option<Asked>) -> (u8, f64) {
    let of_value = |value: f64| match asked.map(|asked| (asked.comparison, asked.limit)) {
        Some((Comparison::Below | Comparison::AtMost, _)) => value,
        Some((Comparison::Above | Comparison::AtLeast, _)) => -value,
        Some((Comparison::Equal, limit)) => (value - limit).abs(),
        None => match metric.better() {
            Better::Higher => -value,
            Better::Lower => value,
        },
    };
    match measurement.value {
        Measured::Nothing { passes: true } => (0, 0.0),
        Measured::Nothing { passes: false } => (1, 0.0),
        Measured::Value(value) => (2, of_value(value)),
        Measured::Infinite => (3, 0.0),
    }
}
