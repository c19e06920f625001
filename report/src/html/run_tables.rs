//! The tables of a run's page: agreements, clients, services, reasons.

use super::gauge::Limited;
use super::page::{Cell, Column, Part, Row, Section, Table, Tone};
use super::replications as study;
use crate::human;
use crate::requests::ClientSummary;
use crate::services::ServiceSummary;
use crate::sla::SlaResult;
use crate::summary::RunSummary;
use crate::why::Reason;
use cusinart_policies::{Duration, Instant};

/// Most reasons listed.
const REASONS_MAX: usize = 100;

/// Agreements: limit, measured value, verdict, and why.
pub(super) fn slas(summary: &RunSummary) -> Option<Part> {
    if summary.slas.is_empty() {
        return None;
    }
    if let Some(replications) = &summary.replications {
        return Some(study::slas(replications));
    }
    let columns = vec![
        Column::text("verdict"),
        Column::text("objective"),
        Column::number("limit"),
        Column::number("measured"),
        Column::text("used of what the limit allows"),
    ];
    let rows = summary.slas.iter().map(sla_row).collect();
    let part = Part::new("slas", "SLAs", Section::Table(Table { columns, rows, filter: false }));
    let part = part.lead("Rows can be unfolded: what the measurement rests on, and why a limit was missed.");
    Some(part.note("One run: measured values have no interval. `--replications auto` gives them one."))
}

fn sla_row(sla: &SlaResult) -> Row {
    let tone = if sla.passed { Tone::Good } else { Tone::Bad };
    let measured = Cell::Rich {
        text: sla.measured_text(),
        tone: if sla.passed { Tone::Plain } else { Tone::Bad },
        sort: sla.measured,
    };
    let limited = Limited {
        measured: sla.measured,
        infinite: sla.infinite,
        comparison: sla.comparison,
        limit: sla.limit,
        unit: sla.unit,
        passed: sla.passed,
    };
    let cells = vec![
        Cell::toned(if sla.passed { "✓ met" } else { "✗ missed" }, tone),
        sla.objective.as_str().into(),
        Cell::number(sla.limit_text(), sla.limit),
        measured,
        Cell::Gauge(limited.gauge(tone)),
    ];
    Row { cells, detail: sla.notes.iter().chain(&sla.explanation).cloned().collect() }
}

/// Requests by client.
pub(super) fn clients(summary: &RunSummary) -> Part {
    let columns = vec![
        Column::text("client"),
        Column::number("offered"),
        Column::number("failed"),
        Column::number("available"),
        Column::number("good/s"),
        Column::number("tried again"),
        Column::number("p50"),
        Column::number("p95"),
        Column::number("p99"),
        Column::number("p99.9"),
        Column::number("greatest"),
    ];
    let rows = summary.clients.iter().map(client_row).collect();
    let table = Table { columns, rows, filter: summary.clients.len() > 12 };
    Part::new("requests", "Requests", Section::Table(table)).lead(
        "Requests that started after the warm-up. Latency counts from the intended start to the good answer.",
    )
}

fn client_row(client: &ClientSummary) -> Row {
    let count = |number: u64| Cell::number(human::count(number), number as f64);
    let time = |nanos: Option<u64>| match nanos {
        Some(nanos) => Cell::number(human::span(Duration::from_nanos(nanos)), nanos as f64),
        None => "–".into(),
    };
    let failed = Cell::Rich {
        text: human::count(client.failed),
        tone: if client.failed > 0 { Tone::Bad } else { Tone::Plain },
        sort: Some(client.failed as f64),
    };
    let latency = &client.latency;
    let errors: Vec<String> = client
        .failed_by_error
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(error, count)| format!("{} {error}", human::count(*count)))
        .collect();
    let mut detail = vec![format!("Sends to {}.", client.service)];
    if !errors.is_empty() {
        detail.push(format!("Failed by the error of the last try: {}.", errors.join(", ")));
    }
    if client.retries_denied > 0 {
        detail.push(format!(
            "The retry budget denied {}.",
            human::counted(client.retries_denied, "further try")
        ));
    }
    if client.unfinished > 0 {
        detail.push(format!("{} still open at the end.", human::counted(client.unfinished, "request")));
    }
    Row {
        cells: vec![
            client.name.as_str().into(),
            count(client.offered),
            failed,
            client.availability.map_or("–".into(), |share| Cell::number(human::percent(share), share)),
            Cell::number(human::rate(client.ok_per_s).trim_end_matches("/s"), client.ok_per_s),
            count(client.retries),
            time(latency.p50_ns),
            time(latency.p95_ns),
            time(latency.p99_ns),
            time(latency.p99_9_ns),
            time(latency.max_ns),
        ],
        detail,
    }
}

/// Services.
pub(super) fn services(summary: &RunSummary) -> Part {
    let columns = vec![
        Column::text("service"),
        Column::number("nodes at start"),
        Column::number("at most"),
        Column::number("fewest healthy"),
        Column::number("tries served"),
        Column::number("rejected"),
        Column::number("wasted"),
        Column::number("most waiting"),
        Column::number("busiest window"),
        Column::number("node hours"),
        Column::number("cost"),
        Column::text("data"),
    ];
    let rows = summary.services.iter().map(service_row).collect();
    let table = Table { columns, rows, filter: summary.services.len() > 12 };
    Part::new("services", "Services and cost", Section::Table(table))
        .note("Wasted: tries that were served to the end although their sender had given up.")
}

fn service_row(service: &ServiceSummary) -> Row {
    let count = |number: u64| Cell::number(human::count(number), number as f64);
    let data = if service.shards == 0 {
        "no shards".to_string()
    } else {
        format!(
            "{} of {} lost; {} lost, {} copied",
            service.shards_lost,
            human::counted(u64::from(service.shards), "shard"),
            human::counted(service.replicas_lost, "replica"),
            human::count(service.replicas_copied),
        )
    };
    let tone = if service.shards_lost > 0 { Tone::Bad } else { Tone::Plain };
    Row {
        cells: vec![
            service.name.as_str().into(),
            count(u64::from(service.nodes_at_start)),
            count(u64::from(service.nodes_max)),
            service.healthy_min.map_or("–".into(), |healthy| count(u64::from(healthy))),
            count(service.served),
            count(service.rejected),
            count(service.wasted),
            count(u64::from(service.queued_max)),
            Cell::number(human::percent(service.utilization_max), service.utilization_max),
            Cell::number(format!("{:.1}", service.node_hours), service.node_hours),
            Cell::number(human::money(service.cost), service.cost),
            Cell::toned(data, tone),
        ],
        detail: Vec::new(),
    }
}

/// What the control plane decided and why, equal reasons counted together.
pub(super) fn reasons(summary: &RunSummary) -> Option<Part> {
    if summary.reasons.is_empty() {
        return None;
    }
    let columns = vec![
        Column::number("times"),
        Column::text("what was decided and why"),
        Column::number("first"),
        Column::number("last"),
    ];
    let clock = |at: Instant| Cell::number(human::clock(at), at.as_secs_f64());
    let row = |reason: &Reason| Row {
        cells: vec![
            Cell::number(human::count(reason.count), reason.count as f64),
            reason.text.as_str().into(),
            clock(reason.first_ns),
            clock(reason.last_ns),
        ],
        detail: Vec::new(),
    };
    let rows: Vec<Row> = summary.reasons.iter().take(REASONS_MAX).map(row).collect();
    let left_out = summary.reasons.len() - rows.len();
    let table = Table { columns, rows, filter: summary.reasons.len() > 20 };
    let part = Part::new("reasons", "What the control plane saw and did", Section::Table(table));
    Some(if left_out > 0 {
        part.note(format!("{} are left out; run.json has all.", human::counted(left_out as u64, "reason")))
    } else {
        part
    })
}
