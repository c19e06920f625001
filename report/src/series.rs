//! series.csv: one row per window.
//!
//! `time_s` is the start of the window. Per client, `offered_per_s`, `ok_per_s`, `failed_per_s` and `retries_per_s`
//! are means over the window, `in_flight` is at its end, and `p50_ms`, `p95_ms`, `p99_ms` are the latency of the
//! requests that ended well in it (empty if none did). Per service, all columns are at the end of the window except
//! `utilization`, the mean share of busy workers. Columns are named `<client or service>.<column>`; their order and
//! meaning stay.

use cusinart_policies::Duration;
use cusinart_record::{ClientWindow, RunRecord, ServiceWindow};

/// Columns of each client.
const CLIENT_COLUMNS: [&str; 8] =
    ["offered_per_s", "ok_per_s", "failed_per_s", "retries_per_s", "in_flight", "p50_ms", "p95_ms", "p99_ms"];
/// Columns of each service.
const SERVICE_COLUMNS: [&str; 8] =
    ["provisioned", "up", "healthy", "eligible", "serving", "queued", "utilization", "replicas_missing"];

/// Writes the windows of all clients and services as CSV with a header line.
pub fn series_csv(record: &RunRecord) -> String {
    let mut out = header(record);
    for index in 0..windows(record) {
        let start = record.header.window * index as u64;
        out.push_str(&number(start.as_secs_f64()));
        let width = width(record, index);
        for client in &record.clients {
            push_row(&mut out, client.windows.get(index).map(|window| client_cells(window, width)));
        }
        for service in &record.services {
            push_row(&mut out, service.windows.get(index).map(service_cells));
        }
        out.push('\n');
    }
    out
}

/// Number of windows.
pub(crate) fn windows(record: &RunRecord) -> usize {
    let clients = record.clients.iter().map(|client| client.windows.len());
    clients.chain(record.services.iter().map(|service| service.windows.len())).max().unwrap_or(0)
}

/// Width of a window: the last one may be cut short by the end of the run.
pub(crate) fn width(record: &RunRecord, index: usize) -> Duration {
    let rest = record.simulated - record.header.window * index as u64;
    if rest.is_zero() { record.header.window } else { rest.min(record.header.window) }
}

fn header(record: &RunRecord) -> String {
    let mut names = vec!["time_s".to_string()];
    for client in &record.clients {
        names.extend(CLIENT_COLUMNS.map(|column| quoted(&format!("{}.{column}", client.name))));
    }
    for service in &record.services {
        names.extend(SERVICE_COLUMNS.map(|column| quoted(&format!("{}.{column}", service.name))));
    }
    names.join(",") + "\n"
}

fn push_row(out: &mut String, cells: Option<[String; 8]>) {
    for cell in cells.unwrap_or_default() {
        out.push(',');
        out.push_str(&cell);
    }
}

fn client_cells(window: &ClientWindow, width: Duration) -> [String; 8] {
    let per_s = |count: u64| number(count as f64 / width.as_secs_f64());
    let millis = |nanos: u64| if window.counts.ok == 0 { String::new() } else { number(nanos as f64 / 1e6) };
    [
        per_s(window.counts.offered),
        per_s(window.counts.ok),
        per_s(window.counts.failed_total()),
        per_s(window.counts.retries),
        window.in_flight.to_string(),
        millis(window.latency_p50),
        millis(window.latency_p95),
        millis(window.latency_p99),
    ]
}

fn service_cells(window: &ServiceWindow) -> [String; 8] {
    [
        window.provisioned.to_string(),
        window.up.to_string(),
        window.healthy.to_string(),
        window.eligible.to_string(),
        window.serving.to_string(),
        window.queued.to_string(),
        number(window.utilization),
        window.replicas_missing.to_string(),
    ]
}

/// The shortest text that reads back the same, 0 for -0; empty for what is no number.
fn number(value: f64) -> String {
    if value.is_finite() { (value + 0.0).to_string() } else { String::new() }
}

/// A name as a CSV field.
fn quoted(name: &str) -> String {
    if name.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.into()
    }
}
