//! Clients, services and their windows as record.json keeps them: a window is a row of numbers, a histogram a list of
//! pairs.

use cusinart_policies::{Duration, ServiceId};
use cusinart_record::{
    ByError, ClientRecord, ClientWindow, LatencyHistogram, RequestCounts, ServiceRecord, ServiceWindow, Shed,
    latency_histogram,
};
use serde::{Deserialize, Serialize};

/// A client.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredClient {
    pub(super) name: String,
    pub(super) service: ServiceId,
    pub(super) counts: RequestCounts,
    /// Pairs of a latency in nanoseconds and how many requests had it, ascending.
    pub(super) latency: Vec<(u64, u64)>,
    pub(super) latency_sum: u128,
    pub(super) windows: Vec<ClientRow>,
    /// Hedges in each window; empty if there was none in any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) hedges: Vec<u64>,
}

/// A window of a client: offered, ok, failed by each error, retries, retries denied, in flight, p50, p95, p99,
/// greatest, sum.
pub(super) type ClientRow = (u64, u64, ByError, u64, u64, u64, [u64; 3], u64, u64);

/// A service.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredService {
    pub(super) name: String,
    pub(super) arrived: u64,
    pub(super) served: u64,
    pub(super) wasted: u64,
    pub(super) rejected: u64,
    pub(super) busy: Duration,
    pub(super) shards: u32,
    pub(super) shards_lost: u32,
    pub(super) replicas_lost: u64,
    pub(super) replicas_copied: u64,
    pub(super) windows: Vec<ServiceRow>,
    #[serde(default, skip_serializing_if = "Shed::is_nothing")]
    pub(super) shed: Shed,
    /// Limits of concurrency at the end of each window; empty if there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) limits: Vec<u32>,
}

/// A window of a service: provisioned, up, healthy, eligible, serving, queued, utilization, replicas missing. A
/// utilization that is no number is null.
pub(super) type ServiceRow = (u32, u32, u32, u32, u32, u32, Option<f64>, u32);

impl StoredClient {
    pub(super) fn of(client: &ClientRecord) -> Self {
        let latency = client.latency.iter_recorded();
        Self {
            name: client.name.clone(),
            service: client.service,
            counts: client.counts,
            latency: latency.map(|step| (step.value_iterated_to(), step.count_at_value())).collect(),
            latency_sum: client.latency_sum,
            windows: client.windows.iter().map(client_row).collect(),
            hedges: unless_zeros(client.windows.iter().map(|window| window.counts.hedges)),
        }
    }

    pub(super) fn into_record(self) -> ClientRecord {
        ClientRecord {
            name: self.name,
            service: self.service,
            counts: self.counts,
            latency: histogram(&self.latency),
            latency_sum: self.latency_sum,
            windows: with(self.windows.into_iter().map(client_window), self.hedges, |window, hedges| {
                window.counts.hedges = hedges;
            }),
        }
    }
}

impl StoredService {
    pub(super) fn of(service: &ServiceRecord) -> Self {
        Self {
            name: service.name.clone(),
            arrived: service.arrived,
            served: service.served,
            wasted: service.wasted,
            rejected: service.rejected,
            busy: service.busy,
            shards: service.shards,
            shards_lost: service.shards_lost,
            replicas_lost: service.replicas_lost,
            replicas_copied: service.replicas_copied,
            windows: service.windows.iter().map(service_row).collect(),
            shed: service.shed,
            limits: unless_zeros(service.windows.iter().map(|window| window.limit)),
        }
    }

    pub(super) fn into_record(self) -> ServiceRecord {
        ServiceRecord {
            name: self.name,
            arrived: self.arrived,
            served: self.served,
            wasted: self.wasted,
            rejected: self.rejected,
            busy: self.busy,
            shards: self.shards,
            shards_lost: self.shards_lost,
            replicas_lost: self.replicas_lost,
            replicas_copied: self.replicas_copied,
            windows: with(self.windows.into_iter().map(service_window), self.limits, |window, limit| {
                window.limit = limit;
            }),
            shed: self.shed,
        }
    }
}

/// A column of windows that only some runs have; none if it says nothing.
fn unless_zeros<T: Default + PartialEq>(column: impl Iterator<Item = T>) -> Vec<T> {
    let column: Vec<T> = column.collect();
    if column.iter().all(|value| *value == T::default()) { Vec::new() } else { column }
}

/// Windows with such a column.
fn with<W, T>(windows: impl Iterator<Item = W>, column: Vec<T>, set: fn(&mut W, T)) -> Vec<W> {
    let mut windows: Vec<W> = windows.collect();
    for (window, value) in windows.iter_mut().zip(column) {
        set(window, value);
    }
    windows
}

/// A histogram that has all statistics of the one the pairs are from: each pair names the bucket it was counted in.
fn histogram(pairs: &[(u64, u64)]) -> LatencyHistogram {
    let mut histogram = latency_histogram();
    for (value, count) in pairs {
        histogram.record_n(*value, *count).expect("a histogram of latencies has no upper end");
    }
    histogram
}

fn client_row(window: &ClientWindow) -> ClientRow {
    let RequestCounts { offered, ok, failed, retries, retries_denied, hedges: _ } = window.counts;
    let quantiles = [window.latency_p50, window.latency_p95, window.latency_p99];
    let (max, sum) = (window.latency_max, window.latency_sum);
    (offered, ok, failed, retries, retries_denied, window.in_flight, quantiles, max, sum)
}

fn client_window(row: ClientRow) -> ClientWindow {
    let (offered, ok, failed, retries, retries_denied, in_flight, quantiles, latency_max, latency_sum) = row;
    let [latency_p50, latency_p95, latency_p99] = quantiles;
    let counts = RequestCounts { offered, ok, failed, retries, retries_denied, hedges: 0 };
    ClientWindow { counts, in_flight, latency_p50, latency_p95, latency_p99, latency_max, latency_sum }
}

fn service_row(window: &ServiceWindow) -> ServiceRow {
    let ServiceWindow { provisioned, up, healthy, eligible, serving, queued, .. } = *window;
    let ServiceWindow { utilization, replicas_missing, limit: _, .. } = *window;
    let utilization = utilization.is_finite().then_some(utilization);
    (provisioned, up, healthy, eligible, serving, queued, utilization, replicas_missing)
}

fn service_window(row: ServiceRow) -> ServiceWindow {
    let (provisioned, up, healthy, eligible, serving, queued, utilization, replicas_missing) = row;
    let utilization = utilization.unwrap_or(f64::NAN);
    let limit = 0;
    ServiceWindow {
        provisioned,
        up,
        healthy,
        eligible,
        serving,
        queued,
        utilization,
        replicas_missing,
        limit,
    }
}
