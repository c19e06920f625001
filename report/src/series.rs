//! series.csv and series.parquet: one row per window.
//!
//! `time_s` is the start of the window. Per client, `offered_per_s`, `ok_per_s`, `failed_per_s` and `retries_per_s`
//! are means over the window, `in_flight` is at its end, and `p50_ms`, `p95_ms`, `p99_ms` are the latency of the
//! requests that ended well in it (empty if none did); `timeout_per_s` and so on part `failed_per_s` by the error of
//! the last try (`breaker_open_per_s` and `hedges_per_s` only if there were any). Per service, all columns are at the end of the window except `utilization`, the mean share of busy
//! workers; `limit` is there if its nodes have limits of concurrency. Columns are named `<client or service>.<column>`; their order and meaning stay.

use crate::columns::{Column, Table, csv};
use cusinart_policies::Duration;
use cusinart_record::{ClientWindow, RequestError, RunRecord, ServiceWindow};

/// Writes the windows of all clients and services as CSV with a header line.
pub fn series_csv(record: &RunRecord) -> String {
    csv(&series(record))
}

/// The windows of all clients and services as a table.
pub fn series(record: &RunRecord) -> Table {
    let rows = 0..windows(record);
    let start = |index| Some((record.header.window * index as u64).as_secs_f64());
    let mut columns = vec![("time_s".to_string(), Column::Float(rows.clone().map(start).collect()))];
    let widths: Vec<_> = rows.map(|index| width(record, index)).collect();
    for client in &record.clients {
        let windows = Windows { name: &client.name, windows: &client.windows, widths: &widths };
        columns.extend(client_columns(&windows));
    }
    for service in &record.services {
        let windows = Windows { name: &service.name, windows: &service.windows, widths: &widths };
        columns.extend(service_columns(&windows));
    }
    Table { columns }
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

/// The windows of a client or service.
struct Windows<'a, W> {
    name: &'a str,
    windows: &'a [W],
    /// Widths of all windows of the run; there may be more than the client or service has.
    widths: &'a [Duration],
}

impl<W> Windows<'_, W> {
    fn floats(&self, name: &str, value: impl Fn(&W, Duration) -> Option<f64>) -> (String, Column) {
        let cells = self.widths.iter().enumerate();
        let cells =
            cells.map(|(index, width)| self.windows.get(index).and_then(|window| value(window, *width)));
        (self.named(name), Column::Float(cells.collect()))
    }

    fn counts(&self, name: &str, value: impl Fn(&W) -> u64) -> (String, Column) {
        let cells = (0..self.widths.len()).map(|index| self.windows.get(index).map(&value));
        (self.named(name), Column::Count(cells.collect()))
    }

    fn named(&self, name: &str) -> String {
        format!("{}.{name}", self.name)
    }
}

fn client_columns(windows: &Windows<'_, ClientWindow>) -> Vec<(String, Column)> {
    let per_s = |name: &str, count: &dyn Fn(&ClientWindow) -> u64| {
        windows.floats(name, |window, width| Some(count(window) as f64 / width.as_secs_f64()))
    };
    let millis = |name: &str, nanos: fn(&ClientWindow) -> u64| {
        windows.floats(name, |window, _| (window.counts.ok > 0).then(|| nanos(window) as f64 / 1e6))
    };
    let mut columns = vec![
        per_s("offered_per_s", &|window| window.counts.offered),
        per_s("ok_per_s", &|window| window.counts.ok),
        per_s("failed_per_s", &|window| window.counts.failed_total()),
        per_s("retries_per_s", &|window| window.counts.retries),
        windows.counts("in_flight", |window| window.in_flight),
        millis("p50_ms", |window| window.latency_p50),
        millis("p95_ms", |window| window.latency_p95),
        millis("p99_ms", |window| window.latency_p99),
    ];
    let any = |count: &dyn Fn(&ClientWindow) -> u64| windows.windows.iter().any(|window| count(window) > 0);
    for (index, error) in RequestError::ALL.into_iter().enumerate() {
        let count = |window: &ClientWindow| window.counts.failed[index];
        if error.is_usual() || any(&count) {
            columns.push(per_s(&format!("{}_per_s", error.word()), &count));
        }
    }
    if any(&|window| window.counts.hedges) {
        columns.push(per_s("hedges_per_s", &|window| window.counts.hedges));
    }
    columns
}

fn service_columns(windows: &Windows<'_, ServiceWindow>) -> Vec<(String, Column)> {
    let count = |name: &str, value: fn(&ServiceWindow) -> u32| {
        windows.counts(name, |window| u64::from(value(window)))
    };
    let mut columns = vec![
        count("provisioned", |window| window.provisioned),
        count("up", |window| window.up),
        count("healthy", |window| window.healthy),
        count("eligible", |window| window.eligible),
        count("serving", |window| window.serving),
        count("queued", |window| window.queued),
        windows.floats("utilization", |window, _| Some(window.utilization)),
        count("replicas_missing", |window| window.replicas_missing),
    ];
    if windows.windows.iter().any(|window| window.limit > 0) {
        columns.push(count("limit", |window| window.limit));
    }
    columns
}
