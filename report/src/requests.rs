//! Requests of the clients: counts, shares and latency.

use cusinart_policies::Duration;
use cusinart_record::{ClientRecord, RequestCounts, RequestError, RunRecord};
use serde::Serialize;
use std::collections::BTreeMap;

/// Results of one client. Counts are of requests that started after the warm-up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClientSummary {
    /// Its name.
    pub name: String,
    /// Name of the service it sends to.
    pub service: String,
    /// Requests started.
    pub offered: u64,
    /// Requests answered well.
    pub ok: u64,
    /// Requests failed.
    pub failed: u64,
    /// Requests failed, by the error of the last try; all usual kinds are listed, others if they happened.
    pub failed_by_error: BTreeMap<String, u64>,
    /// Requests still open when the run ended.
    pub unfinished: u64,
    /// Further tries made.
    pub retries: u64,
    /// Further tries that the retry budget forbade.
    pub retries_denied: u64,
    /// Tries sent while another one of the same request was under way.
    #[serde(skip_serializing_if = "is_zero")]
    pub hedges: u64,
    /// Good requests / ended requests; `None` if none ended.
    pub availability: Option<f64>,
    /// Good requests / offered requests; `None` if none was offered.
    pub goodput: Option<f64>,
    /// Good requests per second of the time that counts.
    pub ok_per_s: f64,
    /// Latency of the good requests.
    pub latency: LatencySummary,
}

/// Latency of good requests from their intended start. Spans are in nanoseconds; `None` if there was no request.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LatencySummary {
    /// Good requests.
    pub count: u64,
    /// Exact mean.
    pub mean_ns: Option<u64>,
    /// Median.
    pub p50_ns: Option<u64>,
    /// 90th percentile.
    pub p90_ns: Option<u64>,
    /// 95th percentile.
    pub p95_ns: Option<u64>,
    /// 99th percentile.
    pub p99_ns: Option<u64>,
    /// 99.9th percentile.
    pub p99_9_ns: Option<u64>,
    /// Greatest.
    pub max_ns: Option<u64>,
    /// The whole distribution: pairs of (latency in ns, requests), ascending. A latency stands for its histogram
    /// bucket and is the greatest that falls into it.
    pub histogram: Vec<(u64, u64)>,
}

/// Summarizes every client.
pub(crate) fn clients(record: &RunRecord) -> Vec<ClientSummary> {
    let counted = record.simulated - record.header.warmup;
    record.clients.iter().map(|client| client_summary(record, client, counted)).collect()
}

fn client_summary(record: &RunRecord, client: &ClientRecord, counted: Duration) -> ClientSummary {
    let counts = &client.counts;
    let failed_by_error = RequestError::ALL
        .iter()
        .zip(counts.failed.0)
        .filter(|(error, count)| error.is_usual() || *count > 0)
        .map(|(error, count)| (error.word().to_string(), count));
    ClientSummary {
        name: client.name.clone(),
        service: record.services.get(client.service.index()).map(|s| s.name.clone()).unwrap_or_default(),
        offered: counts.offered,
        ok: counts.ok,
        failed: counts.failed_total(),
        failed_by_error: failed_by_error.collect(),
        unfinished: counts.offered.saturating_sub(counts.ended()),
        retries: counts.retries,
        retries_denied: counts.retries_denied,
        hedges: counts.hedges,
        availability: share(counts.ok, counts.ended()),
        goodput: share(counts.ok, counts.offered),
        ok_per_s: if counted.is_zero() { 0.0 } else { counts.ok as f64 / counted.as_secs_f64() },
        latency: latency_summary(client),
    }
}

fn latency_summary(client: &ClientRecord) -> LatencySummary {
    let latency = Latencies::of([client]);
    let at = |q| latency.quantile_ns(q);
    LatencySummary {
        count: latency.count,
        mean_ns: latency.mean_ns().map(|mean| (mean + 0.5) as u64),
        p50_ns: at(0.5),
        p90_ns: at(0.9),
        p95_ns: at(0.95),
        p99_ns: at(0.99),
        p99_9_ns: at(0.999),
        max_ns: latency.max_ns(),
        histogram: latency.pairs,
    }
}

/// Whether a count says nothing.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// `part / whole`, if there is a whole.
pub(crate) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The latencies of one or more clients together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latencies {
    /// (latency in ns, requests), ascending.
    pub(crate) pairs: Vec<(u64, u64)>,
    /// Requests.
    pub(crate) count: u64,
    sum_ns: u128,
}

impl Latencies {
    /// Merges the histograms of some clients.
    pub(crate) fn of<'a>(clients: impl IntoIterator<Item = &'a ClientRecord>) -> Self {
        let mut merged = BTreeMap::new();
        let mut sum_ns = 0_u128;
        for client in clients {
            sum_ns = sum_ns.saturating_add(client.latency_sum);
            for bucket in client.latency.iter_recorded() {
                *merged.entry(bucket.value_iterated_to()).or_insert(0) += bucket.count_since_last_iteration();
            }
        }
        Self { count: merged.values().sum(), pairs: merged.into_iter().collect(), sum_ns }
    }

    /// The quantile by nearest rank: the least latency that at least a share `q` of the requests does not exceed.
    pub(crate) fn quantile_ns(&self, q: f64) -> Option<u64> {
        let rank = nearest_rank(q, self.count)?;
        let mut seen = 0;
        self.pairs.iter().find_map(|(value, count)| {
            seen += count;
            (seen >= rank).then_some(*value)
        })
    }

    /// The mean.
    pub(crate) fn mean_ns(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum_ns as f64 / self.count as f64)
    }

    /// The greatest.
    pub(crate) fn max_ns(&self) -> Option<u64> {
        self.pairs.last().map(|(value, _)| *value)
    }
}

/// The rank (from 1) of the `q` quantile among `count` values: the least whole number not below `q * count`.
pub(crate) fn nearest_rank(q: f64, count: u64) -> Option<u64> {
    // The factor keeps 0.07 * 100, a hair above 7 in binary, at rank 7.
    let rank = libm::ceil(q * count as f64 * (1.0 - 1e-12)) as u64;
    (count > 0).then(|| rank.clamp(1, count))
}

/// Requests of several clients in one window, added up.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WindowSum {
    /// Counts of all clients.
    pub(crate) counts: RequestCounts,
    /// Requests open at the end of the window.
    pub(crate) in_flight: u64,
    /// Greatest median of any client, ns.
    pub(crate) p50_ns: u64,
    /// Greatest 95th percentile of any client, ns.
    pub(crate) p95_ns: u64,
    /// Greatest 99th percentile of any client, ns.
    pub(crate) p99_ns: u64,
    /// Greatest latency of any client, ns.
    pub(crate) max_ns: u64,
    /// Sum of latencies of good requests, ns.
    pub(crate) latency_sum_ns: u64,
}

/// Adds up the windows of some clients.
pub(crate) fn window_sums<'a>(clients: impl IntoIterator<Item = &'a ClientRecord>) -> Vec<WindowSum> {
    let mut sums: Vec<WindowSum> = Vec::new();
    for client in clients {
        sums.resize(sums.len().max(client.windows.len()), WindowSum::default());
        for (sum, window) in sums.iter_mut().zip(&client.windows) {
            sum.counts.add(&window.counts);
            sum.in_flight += window.in_flight;
            sum.p50_ns = sum.p50_ns.max(window.latency_p50);
            sum.p95_ns = sum.p95_ns.max(window.latency_p95);
            sum.p99_ns = sum.p99_ns.max(window.latency_p99);
            sum.max_ns = sum.max_ns.max(window.latency_max);
            sum.latency_sum_ns = sum.latency_sum_ns.saturating_add(window.latency_sum);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_by_nearest_rank() {
        let cases = [(0.5, 4, 2), (0.5, 5, 3), (0.95, 20, 19), (0.07, 100, 7), (0.999, 10, 10), (0.0, 3, 1)];
        for (q, count, rank) in cases {
            assert_eq!(nearest_rank(q, count), Some(rank), "q {q} of {count}");
        }
        assert_eq!(nearest_rank(0.5, 0), None);
    }
}
