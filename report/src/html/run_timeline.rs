//! The charts over time of a run's page: timeline and latency bands.

use super::chart::{
    Band, Columns, Heatmap, Limit, Mark, MarkRow, Panel, Quantile, Series, Timeline, Variant,
};
use super::fact_words;
use super::numbers::{seconds, short};
use super::page::{Measure, Part, Section};
use super::run_stories;
use super::thin::Thinning;
use crate::human;
use crate::requests::{WindowSum, window_sums};
use crate::series::width;
use crate::summary::RunSummary;
use cusinart_policies::overload::BreakerChange;
use cusinart_policies::{CapacityPlan, Decision, Instant, RolloutProgress};
use cusinart_record::{ClientRecord, FactKind, RunRecord, ServiceWindow};
use cusinart_scenarios::Unit;
use std::cmp::Reverse;

/// Most clients or services that a chart can show one by one.
const VARIANTS_MAX: usize = 12;
/// Most faults on the time axis; of more, those that touched most.
const BANDS_MAX: usize = 400;
/// Most marks of each row.
const MARKS_MAX: usize = 300;
/// Rows of marks: name and colour.
const ROWS: [(&str, &str); 4] =
    [("detected", "ink"), ("decided", "blue"), ("scaled", "purple"), ("recovered", "green")];

/// Load, latency, capacity, queues and replicas with faults, detections, decisions and recoveries.
pub(super) fn timeline(record: &RunRecord, summary: &RunSummary) -> Part {
    let thinning = thinning(record);
    let mut panels = vec![load(record, thinning), latency(record, summary, thinning)];
    panels.extend([capacity(record, thinning), queues(record, thinning), utilization(record, thinning)]);
    if record.services.iter().any(|service| service.shards > 0) {
        panels.push(replicas(record, thinning));
    }
    let (marks, left_out) = marks(record);
    let section = Section::Timeline(Timeline {
        end: record.simulated.as_secs_f64(),
        step: thinning.step(),
        time: thinning.time(),
        panels,
        bands: bands(summary),
        rows: ROWS.map(|(label, color)| MarkRow { label: label.into(), color }).into(),
        marks,
    });
    let mut part = Part::new("timeline", "Timeline", section);
    if let Some(note) = thinning.note("series.csv") {
        part = part.note(note);
    }
    if summary.faults.len() > BANDS_MAX {
        part = part.note(format!(
            "{} of {} faults are drawn: those that touched most.",
            human::count(BANDS_MAX as u64),
            human::count(summary.faults.len() as u64)
        ));
    }
    if left_out > 0 {
        part = part.note(format!(
            "{} left out: the first {MARKS_MAX} of each kind are drawn, all are in facts.jsonl.",
            human::counted(left_out, "mark")
        ));
    }
    part
}

/// Latency over time by bands between quantiles.
pub(super) fn heatmap(record: &RunRecord, summary: &RunSummary) -> Part {
    let thinning = thinning(record);
    let mut variants = Vec::new();
    let all =
        (record.clients.len() > 1).then(|| columns(record, thinning, "all clients", record.clients.iter()));
    variants.extend(all);
    let one = |client: &ClientRecord| columns(record, thinning, &client.name, [client]);
    variants.extend(largest_clients(record).into_iter().map(one));
    let heatmap = Heatmap { end: record.simulated.as_secs_f64(), variants, limits: latency_limits(summary) };
    let part = Part::new("latency-bands", "Latency bands", Section::Heatmap(heatmap)).lead(
        "Each column is a window. Colours say how large a share of its good answers is slower than the height; below \
         the axis stands the share that failed.",
    );
    let part = part.note(
        "The record keeps the median, p95, p99 and the greatest latency of each window, not each latency. Between two \
         of them the colour is therefore even.",
    );
    let part = if record.clients.len() > 1 {
        part.note("For all clients together each quantile is the greatest of any client: an upper bound.")
    } else {
        part
    };
    match thinning.note("series.csv") {
        Some(_) => part.note("Columns hold several windows: each shows the greatest of their quantiles."),
        None => part,
    }
}

/// Thinning by the number of series of both charts.
fn thinning(record: &RunRecord) -> Thinning {
    let variants = |count: usize| count.min(VARIANTS_MAX) + usize::from(count != 1);
    Thinning::of(record, 10 * variants(record.clients.len()) + 8 * variants(record.services.len()))
}

fn columns<'a>(
    record: &RunRecord,
    thinning: Thinning,
    name: &str,
    clients: impl IntoIterator<Item = &'a ClientRecord>,
) -> Columns {
    let sums = window_sums(clients);
    let buckets: Vec<&[WindowSum]> =
        thinning.buckets().map(|(from, to)| &sums[from.min(sums.len())..to.min(sums.len())]).collect();
    let start = |from: usize| seconds(Instant::ZERO + record.header.window * from as u64);
    let quantile = |label: &str, share: f64, of: fn(&WindowSum) -> u64| Quantile {
        label: label.into(),
        share,
        values: buckets
            .iter()
            .map(|bucket| {
                let answered = bucket.iter().filter(|sum| sum.counts.ok > 0);
                answered.map(of).max().and_then(|nanos| short(nanos as f64 / 1e9))
            })
            .collect(),
    };
    Columns {
        name: name.into(),
        time: thinning.buckets().map(|(from, _)| start(from)).collect(),
        quantiles: vec![
            quantile("p50", 0.5, |sum| sum.p50_ns),
            quantile("p95", 0.95, |sum| sum.p95_ns),
            quantile("p99", 0.99, |sum| sum.p99_ns),
            quantile("greatest", 1.0, |sum| sum.max_ns),
        ],
        ok: buckets.iter().map(|bucket| bucket.iter().map(|sum| sum.counts.ok).sum()).collect(),
        failed: buckets
            .iter()
            .map(|bucket| bucket.iter().map(|sum| sum.counts.failed_total()).sum())
            .collect(),
    }
}

fn load(record: &RunRecord, thinning: Thinning) -> Panel {
    let of_sums = |name: &str, sums: &[WindowSum]| {
        let rate = |of: fn(&WindowSum) -> u64| {
            thinning.values(|index| Some(of(sums.get(index)?) as f64 / width(record, index).as_secs_f64()))
        };
        Variant {
            name: name.into(),
            series: vec![
                wide(3.4, series("offered", "ink", rate(|sum| sum.counts.offered))),
                series("ok", "green", rate(|sum| sum.counts.ok)),
                series("failed", "vermilion", rate(|sum| sum.counts.failed_total())),
                dashed(series("retries", "orange", rate(|sum| sum.counts.retries))),
            ],
        }
    };
    let variants = of_clients(record, of_sums);
    Panel {
        title: "Load, requests/s".into(),
        unit: Measure::PerSecond,
        log: Some(false),
        variants,
        limits: Vec::new(),
    }
}

fn latency(record: &RunRecord, summary: &RunSummary, thinning: Thinning) -> Panel {
    let of_sums = |name: &str, sums: &[WindowSum]| {
        let quantile = |of: fn(&WindowSum) -> u64| {
            thinning.values(|index| {
                let sum = sums.get(index).filter(|sum| sum.counts.ok > 0)?;
                Some(of(sum) as f64 / 1e9)
            })
        };
        Variant {
            name: name.into(),
            series: vec![
                series("p50", "sky", quantile(|sum| sum.p50_ns)),
                series("p95", "blue", quantile(|sum| sum.p95_ns)),
                series("p99", "purple", quantile(|sum| sum.p99_ns)),
            ],
        }
    };
    let title = "Latency of good answers".into();
    let (variants, limits) = (of_clients(record, of_sums), latency_limits(summary));
    Panel { title, unit: Measure::Seconds, log: Some(true), variants, limits }
}

fn capacity(record: &RunRecord, thinning: Thinning) -> Panel {
    let variants = of_services(record, |services| {
        let sum = |of: fn(&ServiceWindow) -> u32| total(services, thinning, of);
        vec![
            wide(5.0, series("eligible for traffic", "orange", sum(|window| window.eligible))),
            wide(3.0, series("believed healthy", "blue", sum(|window| window.healthy))),
            wide(1.4, series("truly up", "green", sum(|window| window.up))),
            dashed(series("provisioned", "ink", sum(|window| window.provisioned))),
        ]
    });
    Panel { title: "Nodes".into(), unit: Measure::Count, log: None, variants, limits: Vec::new() }
}

fn queues(record: &RunRecord, thinning: Thinning) -> Panel {
    let variants = of_services(record, |services| {
        let sum = |of: fn(&ServiceWindow) -> u32| total(services, thinning, of);
        let mut lines = vec![
            series("being served", "green", sum(|window| window.serving)),
            series("waiting", "vermilion", sum(|window| window.queued)),
        ];
        if services.iter().any(|windows| windows.iter().any(|window| window.limit > 0)) {
            lines.push(dashed(series("limit", "ink", sum(|window| window.limit))));
        }
        lines
    });
    let title = "Requests at the nodes".into();
    Panel { title, unit: Measure::Count, log: Some(false), variants, limits: Vec::new() }
}

fn utilization(record: &RunRecord, thinning: Thinning) -> Panel {
    let variants = of_services(record, |services| {
        let of = |index: usize| {
            let windows = services.iter().filter_map(|windows| windows.get(index));
            windows.map(|window| window.utilization).max_by(f64::total_cmp)
        };
        let label = if services.len() > 1 { "busiest service" } else { "workers busy" };
        vec![series(label, "blue", thinning.values(of))]
    });
    let title = "Utilization".into();
    Panel { title, unit: Measure::Fraction, log: None, variants, limits: Vec::new() }
}

fn replicas(record: &RunRecord, thinning: Thinning) -> Panel {
    let variants = of_services(record, |services| {
        vec![series("missing", "vermilion", total(services, thinning, |window| window.replicas_missing))]
    });
    let title = "Replicas missing".into();
    Panel { title, unit: Measure::Count, log: None, variants, limits: Vec::new() }
}

pub(super) fn series(label: &str, color: &'static str, values: Vec<Option<f64>>) -> Series {
    Series { label: label.into(), color, width: 1.6, dashed: false, values }
}

/// The same series in a wider line, to stay visible below others of equal values.
pub(super) fn wide(width: f64, series: Series) -> Series {
    Series { width, ..series }
}

/// The same series in a dashed line.
fn dashed(series: Series) -> Series {
    Series { dashed: true, width: 1.3, ..series }
}

/// A count of all given services together.
fn total(
    services: &[&[ServiceWindow]],
    thinning: Thinning,
    of: fn(&ServiceWindow) -> u32,
) -> Vec<Option<f64>> {
    thinning.values(|index| {
        let windows = services.iter().filter_map(|windows| windows.get(index));
        let counts: Vec<f64> = windows.map(|window| f64::from(of(window))).collect();
        (!counts.is_empty()).then(|| counts.iter().sum())
    })
}

/// All clients together, then the largest one by one.
fn of_clients(record: &RunRecord, of: impl Fn(&str, &[WindowSum]) -> Variant) -> Vec<Variant> {
    let mut variants = Vec::new();
    if record.clients.len() != 1 {
        variants.push(of("all clients", &window_sums(&record.clients)));
    }
    let one = |client: &ClientRecord| of(&client.name, &window_sums([client]));
    variants.extend(largest_clients(record).into_iter().map(one));
    variants
}

fn largest_clients(record: &RunRecord) -> Vec<&ClientRecord> {
    let mut clients: Vec<&ClientRecord> = record.clients.iter().collect();
    if clients.len() > VARIANTS_MAX {
        clients.sort_by_key(|client| Reverse(client.counts.offered));
        clients.truncate(VARIANTS_MAX);
    }
    clients
}

/// All services together, then the largest one by one.
fn of_services(record: &RunRecord, of: impl Fn(&[&[ServiceWindow]]) -> Vec<Series>) -> Vec<Variant> {
    let mut variants = Vec::new();
    if record.services.len() != 1 {
        let all: Vec<&[ServiceWindow]> = record.services.iter().map(|service| &service.windows[..]).collect();
        variants.push(Variant { name: "all services".into(), series: of(&all) });
    }
    let mut services: Vec<_> = record.services.iter().collect();
    if services.len() > VARIANTS_MAX {
        services.sort_by_key(|service| Reverse(service.arrived));
        services.truncate(VARIANTS_MAX);
    }
    variants.extend(
        services.into_iter().map(|one| Variant { name: one.name.clone(), series: of(&[&one.windows]) }),
    );
    variants
}

/// Limits that SLAs put on latency.
pub(super) fn latency_limits(summary: &RunSummary) -> Vec<Limit> {
    let on_latency = summary
        .slas
        .iter()
        .filter(|sla| sla.unit == Unit::Seconds && sla.objective.starts_with("latency") && sla.limit > 0.0);
    let limit = |sla: &crate::sla::SlaResult| Limit {
        value: sla.limit,
        label: format!("SLA {} {}", sla.objective, sla.limit_text()),
    };
    on_latency.map(limit).collect()
}

/// Faults on the time axis.
pub(super) fn bands(summary: &RunSummary) -> Vec<Band> {
    let end = Instant::ZERO + summary.run.simulated_ns;
    let shown = run_stories::most_telling(summary, BANDS_MAX);
    let band = |fault: &&crate::faults::FaultSummary| Band {
        from: seconds(fault.began_ns),
        to: seconds(fault.ended_ns.unwrap_or(end)),
        label: fault.label.clone(),
        quiet: fault.touched_nothing,
        text: run_stories::sentence(fault),
    };
    shown.iter().map(band).collect()
}

/// Marks in order of time, and how many are left out.
fn marks(record: &RunRecord) -> (Vec<Mark>, u64) {
    let mut marks = Vec::new();
    let mut counts = [0_usize; ROWS.len()];
    let mut left_out = 0;
    for fact in &record.facts {
        let row = match &fact.kind {
            FactKind::Decision(decision) => row_of(decision),
            FactKind::Breaker { change, .. } => row_of_breaker(change),
            FactKind::FaultBegan { .. }
            | FactKind::FaultEnded { .. }
            | FactKind::FaultMissed { .. }
            | FactKind::NodeState { .. }
            | FactKind::NodeProvisioned { .. }
            | FactKind::ReplicasLost { .. }
            | FactKind::ShardLost { .. } => None,
        };
        let Some(row) = row else { continue };
        counts[row] += 1;
        if counts[row] > MARKS_MAX {
            left_out += 1;
            continue;
        }
        let words = fact_words::fact(record, &fact.kind);
        let text = format!("{} {} – {}", words.what, words.of, words.text);
        marks.push(Mark { at: seconds(fact.at), row, text });
    }
    (marks, left_out)
}

/// The row of a change of a breaker; `None` if it is not marked.
const fn row_of_breaker(change: &BreakerChange) -> Option<usize> {
    match change {
        BreakerChange::Opened { .. } => Some(1),
        BreakerChange::HalfOpened { .. } => None,
        BreakerChange::Closed { .. } => Some(3),
    }
}

/// The row of a decision; `None` if it is not marked.
fn row_of(decision: &Decision) -> Option<usize> {
    match decision {
        Decision::NodeFailure { .. } | Decision::ServiceDegraded { .. } | Decision::NodeEjected { .. } => {
            Some(0)
        }
        Decision::PlanCreated { .. }
        | Decision::PlanGivenUp { .. }
        | Decision::NodeAddFailed { .. }
        | Decision::TrafficRedirected { .. } => Some(1),
        Decision::Scaling { plan: CapacityPlan::Maintain, .. } => None,
        Decision::Rollout { progress: RolloutProgress::Held { .. }, .. } => None,
        Decision::Scaling { .. } | Decision::Rollout { .. } => Some(2),
        Decision::NodeRecovered { .. } | Decision::ServiceRestored { .. } | Decision::NodeAdded { .. } => {
            Some(3)
        }
        Decision::NodeSuspected { .. }
        | Decision::StepStarted { .. }
        | Decision::StepFinished { .. }
        | Decision::PlanCompleted { .. }
        | Decision::TrafficRestored { .. }
        | Decision::NodeReturned { .. }
        | Decision::NodeAdding { .. }
        | Decision::NodeRemoving { .. }
        | Decision::RemovalCancelled { .. }
        | Decision::ReplacementHeld { .. }
        | Decision::NodeRemoved { .. }
        | Decision::ReplicationStarted { .. }
        | Decision::ReplicationFinished { .. } => None,
    }
}
