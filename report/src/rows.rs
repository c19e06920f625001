//! The tables of the page.

use crate::faults::{FaultSummary, Progress};
use crate::human;
use crate::requests::ClientSummary;
use crate::sla::SlaResult;
use crate::stats::{Estimate, Interval};
use crate::study::{MetricEstimate, SlaVerdict, Verdict};
use crate::table::{Align, Ink, Table};
use cusinart_policies::Duration;
use cusinart_scenarios::Unit;
use std::cmp::Reverse;

/// Faults listed one by one: of more, those that touched most.
const FAULTS_MAX: usize = 12;

/// Agreements: limit, measured value and verdict.
pub(crate) fn slas(slas: &[SlaResult]) -> Table {
    let columns = [
        ("", Align::Left),
        ("objective", Align::Flexible),
        ("limit", Align::Left),
        ("measured", Align::Left),
        ("note", Align::Flexible),
    ];
    let columns = if slas.iter().any(|sla| !sla.notes.is_empty()) { &columns[..] } else { &columns[..4] };
    let mut table = Table::new(columns);
    for sla in slas {
        let mut row = sla_row(sla);
        row.truncate(columns.len());
        table.row(row);
    }
    table
}

/// Agreements over replications: limit, measured value with its interval, and verdict.
pub(crate) fn sla_verdicts(slas: &[SlaVerdict]) -> Table {
    let mut table = Table::new(&[
        ("", Align::Left),
        ("objective", Align::Flexible),
        ("limit", Align::Left),
        ("measured", Align::Left),
        ("runs met", Align::Right),
        ("note", Align::Flexible),
    ]);
    for sla in slas {
        let (word, ink) = verdict_word(sla.verdict);
        table.row(vec![
            (word.into(), ink),
            plain(sla.objective.clone()),
            plain(sla.limit_text()),
            plain(sla.measured_text()),
            plain(format!("{} of {}", sla.runs_met, sla.runs)),
            plain(sla.notes.join("; ")),
        ]);
    }
    table
}

/// Metrics over replications.
pub(crate) fn metrics(metrics: &[MetricEstimate]) -> Table {
    let mut table = Table::new(&[("metric", Align::Flexible), ("measured", Align::Left)]);
    for metric in metrics {
        table.row(vec![
            plain(metric.objective.clone()),
            plain(estimate_text(metric.measured.as_ref(), metric.unit)),
        ]);
    }
    table
}

/// A value with its interval: `99.2 % [98.9 %, 99.4 %]`.
fn estimate_text(estimate: Option<&Estimate>, unit: Unit) -> String {
    let text =
        |value: f64| if value.is_finite() { human::quantity(value, unit) } else { "never".to_string() };
    match estimate {
        None => "no data".into(),
        Some(Estimate { value, interval: Some(Interval { low, high }), .. }) if low < high => {
            format!("{} [{}, {}]", text(*value), text(*low), text(*high))
        }
        Some(estimate) => text(estimate.value),
    }
}

/// The word for a verdict and its colour.
pub(crate) fn verdict_word(verdict: Verdict) -> (&'static str, Ink) {
    match verdict {
        Verdict::Pass => ("✓ met", Ink::Green),
        Verdict::Fail => ("✗ missed", Ink::Red),
        Verdict::Undecided => ("? undecided", Ink::Yellow),
    }
}

/// Requests of each client.
pub(crate) fn clients(clients: &[ClientSummary]) -> Table {
    let right = Align::Right;
    let mut table = Table::new(&[
        ("client", Align::Flexible),
        ("offered", right),
        ("failed", right),
        ("available", right),
        ("good/s", right),
        ("p50", right),
        ("p99", right),
        ("p99.9", right),
        ("max", right),
    ]);
    let time = |nanos: Option<u64>| plain(nanos.map_or("–".into(), |n| human::span(Duration::from_nanos(n))));
    for client in clients {
        table.row(vec![
            plain(client.name.clone()),
            plain(human::count(client.offered)),
            (human::count(client.failed), if client.failed > 0 { Ink::Red } else { Ink::Plain }),
            plain(client.availability.map_or("–".into(), human::percent)),
            plain(human::rate(client.ok_per_s).trim_end_matches("/s").into()),
            time(client.latency.p50_ns),
            time(client.latency.p99_ns),
            time(client.latency.p99_9_ns),
            time(client.latency.max_ns),
        ]);
    }
    table
}

/// Faults and how they were met, and how many are left out.
pub(crate) fn faults(faults: &[FaultSummary]) -> (Table, usize) {
    let mut table = Table::new(&[
        ("at", Align::Right),
        ("fault", Align::Flexible),
        ("for", Align::Right),
        ("touched", Align::Flexible),
        ("detected", Align::Left),
        ("decided", Align::Left),
        ("recovered", Align::Left),
    ]);
    let mut shown: Vec<&FaultSummary> = faults.iter().collect();
    shown.sort_by_key(|fault| Reverse((fault.replicas, fault.requests, fault.nodes.len(), fault.probes)));
    shown.truncate(FAULTS_MAX);
    shown.sort_by_key(|fault| fault.fault);
    for fault in shown {
        table.row(fault_row(fault));
    }
    (table, faults.len().saturating_sub(FAULTS_MAX))
}

fn sla_row(sla: &SlaResult) -> Vec<(String, Ink)> {
    let (mark, ink) = if sla.passed { ("✓", Ink::Green) } else { ("✗", Ink::Red) };
    let value_ink = if sla.passed { Ink::Plain } else { Ink::Red };
    vec![
        (mark.into(), ink),
        plain(sla.objective.clone()),
        plain(sla.limit_text()),
        (sla.measured_text(), value_ink),
        (sla.notes.join("; "), Ink::Dim),
    ]
}

fn fault_row(fault: &FaultSummary) -> Vec<(String, Ink)> {
    let lasted = match fault.ended_ns {
        None => "to end".into(),
        Some(ended) if ended == fault.began_ns => "–".into(),
        Some(ended) => human::span(ended.since(fault.began_ns)),
    };
    let touched = [
        (fault.nodes.len() as u64, "node"),
        (fault.requests, "request"),
        (fault.probes, "probe"),
        (fault.replicas, "replica"),
    ];
    let touched: Vec<String> = touched
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| human::counted(*count, noun))
        .collect();
    let touched =
        if fault.touched_nothing { ("nothing".into(), Ink::Yellow) } else { plain(touched.join(", ")) };
    vec![
        plain(human::clock(fault.began_ns)),
        plain(fault.label.clone()),
        plain(lasted),
        touched,
        progress(fault.detected),
        plain(fault.decided_after_ns.map_or("–".into(), human::span)),
        progress(fault.recovered),
    ]
}

/// Time until the last node came, or how many did.
fn progress(progress: Progress) -> (String, Ink) {
    match progress.last_after_ns {
        _ if progress.expected == 0 => plain("–".into()),
        None => ("never".into(), Ink::Red),
        Some(last) if progress.done == progress.expected => plain(human::span(last)),
        Some(last) => (format!("{} ({}/{})", human::span(last), progress.done, progress.expected), Ink::Red),
    }
}

fn plain(text: String) -> (String, Ink) {
    (text, Ink::Plain)
}
