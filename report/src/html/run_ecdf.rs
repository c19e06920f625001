//! The distributions of a run's page: latency, and times to detect and to recover.

use super::chart::{Curve, Ecdf, Limit};
use super::numbers::short;
use super::page::{Measure, Part, Section};
use super::run_timeline::latency_limits;
use crate::human;
use crate::requests::Latencies;
use crate::sample::Spell;
use crate::stats::KaplanMeier;
use crate::summary::RunSummary;
use cusinart_policies::Duration;
use cusinart_record::{ClientRecord, RunRecord};
use cusinart_scenarios::Unit;
use std::cmp::Reverse;

/// Most curves in a chart.
const CURVES_MAX: usize = 7;
/// Colours of curves, in order.
const COLORS: [&str; CURVES_MAX] = ["blue", "orange", "green", "purple", "sky", "vermilion", "yellow"];
/// Smallest step in share between two points of a curve …
const SHARE_STEP: f64 = 0.004;
/// … unless the share that is slower shrinks to this part of what it was.
const TAIL_STEP: f64 = 0.93;
/// Most points of a curve of times.
const TIMES_MAX: usize = 1_000;

/// Latency of good answers, one curve per client.
pub(super) fn latency(record: &RunRecord, summary: &RunSummary) -> Part {
    let mut clients: Vec<&ClientRecord> = record.clients.iter().collect();
    clients.sort_by_key(|client| Reverse(client.counts.ok));
    clients.truncate(CURVES_MAX);
    let curves = clients
        .iter()
        .zip(COLORS)
        .map(|(client, color)| latency_curve(&client.name, color, &Latencies::of([*client])));
    let section = Section::Ecdf(Ecdf {
        label: "latency".into(),
        unit: Measure::Seconds,
        log: true,
        curves: curves.collect(),
        limits: latency_limits(summary),
    });
    let part = Part::new("latency", "Latency distribution", section)
        .lead("The share of good answers that took at most so long. Failed requests are not in it.");
    if record.clients.len() > clients.len() {
        part.note(format!("The {CURVES_MAX} largest of {} clients are drawn.", record.clients.len()))
    } else {
        part
    }
}

/// The distribution of latencies.
pub(super) fn latency_curve(label: &str, color: &'static str, latencies: &Latencies) -> Curve {
    Curve {
        label: label.into(),
        color,
        count: latencies.count,
        text: quantiles(|q| latencies.quantile_ns(q).map(Duration::from_nanos)),
        points: steps(latencies),
        censored: Vec::new(),
    }
}

/// A distribution with few enough points that no one sees the difference.
fn steps(latencies: &Latencies) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    let (mut seen, mut last_share) = (0, -1.0);
    for (index, (nanos, count)) in latencies.pairs.iter().enumerate() {
        seen += count;
        let share = seen as f64 / latencies.count as f64;
        let is_end = index == 0 || index + 1 == latencies.pairs.len();
        if is_end || share - last_share >= SHARE_STEP || 1.0 - share <= TAIL_STEP * (1.0 - last_share) {
            points.extend(short(*nanos as f64 / 1e9).map(|secs| (secs, libm::round(share * 1e7) / 1e7)));
            last_share = share;
        }
    }
    points
}

/// Times to detect and to recover, if there were any.
pub(super) fn times(summary: &RunSummary) -> Option<Part> {
    let detected: Vec<Spell> =
        summary.recoveries.iter().filter_map(|pair| Spell::of_detection(pair.detection)).collect();
    let recovered: Vec<Spell> =
        summary.recoveries.iter().filter_map(|pair| Spell::of_outcome(pair.outcome)).collect();
    if detected.is_empty() && recovered.is_empty() {
        return None;
    }
    let named = [("detected", "ink", detected), ("recovered", "green", recovered)];
    let never: usize = named.iter().flat_map(|(_, _, spells)| spells).filter(|spell| !spell.ended).count();
    let curves = named.into_iter().filter(|(_, _, spells)| !spells.is_empty());
    let curves: Vec<Curve> = curves.map(|(label, color, spells)| curve(label, color, &spells)).collect();
    let limits =
        summary.slas.iter().filter(|sla| sla.unit == Unit::Seconds && sla.objective.starts_with("time_to"));
    let limits = limits
        .map(|sla| Limit { value: sla.limit, label: format!("SLA {} {}", sla.objective, sla.limit_text()) });
    let section = Section::Ecdf(Ecdf {
        label: "time since the fault struck".into(),
        unit: Measure::Seconds,
        log: false,
        limits: limits.collect(),
        curves,
    });
    let part = Part::new("recovery-times", "Detection and recovery times", section)
        .lead("The share of touched nodes that were declared failed, and that served again, within so long.");
    Some(if never > 0 { part.note(never_came(never)) } else { part })
}

/// What to know about times that never came.
pub(super) fn never_came(count: usize) -> String {
    format!(
        "{} of these times never came while watched. A tick stands where watching ended: such a time counts as longer \
         than that (Kaplan–Meier) and is not dropped.",
        human::count(count as u64),
    )
}

/// The share that came within a time, by Kaplan and Meier.
pub(super) fn curve(label: &str, color: &'static str, spells: &[Spell]) -> Curve {
    let estimate = KaplanMeier::of(spells);
    let place = |seconds: f64, longer: f64| {
        short(seconds).map(|seconds| (seconds, libm::round((1.0 - longer) * 1e7) / 1e7))
    };
    let points = estimate.steps().iter().filter_map(|(at, longer)| place(*at, *longer));
    let mut watched: Vec<f64> =
        spells.iter().filter(|spell| !spell.ended).map(|spell| spell.seconds).collect();
    watched.sort_by(f64::total_cmp);
    let censored = watched.iter().filter_map(|at| place(*at, estimate.survival(*at)));
    Curve {
        label: label.into(),
        color,
        count: spells.len() as u64,
        text: quantiles(|q| estimate.quantile(q).map(Duration::from_secs_f64)),
        points: every(points.collect()),
        censored: every(censored.collect()),
    }
}

/// Quantiles in words; what is never reached has no number.
fn quantiles(of: impl Fn(f64) -> Option<Duration>) -> String {
    let named = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("greatest", 1.0)];
    let words = named.map(|(name, q)| format!("{name} {}", of(q).map_or("–".into(), human::span)));
    words.join(" · ")
}

/// As many points as a chart can show, the last among them.
fn every(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let step = points.len().div_ceil(TIMES_MAX).max(1);
    let last = points.len().saturating_sub(1);
    let kept = points.into_iter().enumerate().filter(|(index, _)| index % step == 0 || *index == last);
    kept.map(|(_, point)| point).collect()
}
