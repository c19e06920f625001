//! Measurement of times to detect and to recover.

use super::measurement::{Asked, Measurement};
use super::scope::Scope;
use crate::faults::detection_time;
use crate::recovery_times::{Detection, quantile, sort_times};
use crate::services::total;
use cusinart_policies::{Duration, Instant};
use cusinart_scenarios::Statistic;

/// Times to detect. What was over before anyone declared it counts as infinite only if it lasted longer than the
/// limit: a shorter one says nothing about the agreement.
pub(super) fn time_to_detect(
    scope: &Scope<'_, '_>,
    statistic: Statistic,
    asked: Option<Asked>,
) -> Measurement {
    let limit = Duration::from_secs_f64(asked.map_or(0.0, |asked| asked.limit));
    let end = Instant::ZERO + scope.record().simulated;
    let mut times = Vec::new();
    let mut short = 0;
    for pair in scope.pairs() {
        let over_soon = match pair.detection {
            Detection::Never { watched_ns } => watched_ns < limit && pair.began_ns + watched_ns < end,
            Detection::After { .. } | Detection::AlreadyKnown | Detection::NotExpected => false,
        };
        if over_soon {
            short += 1;
        } else {
            times.extend(detection_time(pair.detection));
        }
    }
    let measurement = statistic_of_times(times, statistic, "no fault had to be detected");
    if short == 0 {
        return measurement;
    }
    measurement.noting(format!(
        "{} over within the limit, undetected, left out",
        crate::human::counted(short, "outage")
    ))
}

/// A statistic of times of which `None` never came.
pub(super) fn statistic_of_times(
    mut times: Vec<Option<Duration>>,
    statistic: Statistic,
    nothing: &str,
) -> Measurement {
    sort_times(&mut times);
    let never = times.iter().filter(|time| time.is_none()).count();
    let value = match statistic {
        Statistic::Mean if never > 0 => Some(None),
        Statistic::Mean => {
            let sum = total(times.iter().flatten().map(|time| time.as_secs_f64()));
            (!times.is_empty()).then(|| Some(sum / times.len() as f64))
        }
        Statistic::Max => times.last().map(|time| time.map(Duration::as_secs_f64)),
        Statistic::Quantile(q) => quantile(&times, q).map(|time| time.map(Duration::as_secs_f64)),
    };
    let measurement = match value {
        None => return Measurement::nothing(true, nothing),
        Some(None) => Measurement::never(),
        Some(Some(seconds)) => Measurement::value(seconds),
    };
    if never == 0 { measurement } else { measurement.noting(format!("{never} of {} never", times.len())) }
}
