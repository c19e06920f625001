//! Measurement of requests.

use super::measurement::Measurement;
use super::scope::Scope;
use crate::requests::{Latencies, WindowSum, share};
use crate::services::total;
use cusinart_policies::{Duration, Instant};
use cusinart_record::RequestError;
use cusinart_scenarios::{Comparison, Statistic};

/// A share of requests.
pub(super) fn ratio(part: u64, whole: u64, nothing: &str) -> Measurement {
    Measurement::of(share(part, whole), nothing)
}

/// Where [`RequestError::Unrouted`] stands among the failures.
pub(crate) fn unrouted_index() -> usize {
    RequestError::ALL
        .iter()
        .position(|error| *error == RequestError::Unrouted)
        .expect("ALL lists every error")
}

/// Good requests per second: of the time after the warm-up, or of the windows that begin within the interval.
pub(super) fn throughput(scope: &Scope<'_, '_>, good: u64) -> Measurement {
    let record = scope.record();
    let time = if scope.during {
        let (first, end) = scope.window_range(usize::MAX);
        let width = record.header.window;
        let start =
            |index: usize| (Instant::ZERO + width * index as u64).min(Instant::ZERO + record.simulated);
        start(end).since(start(first))
    } else {
        record.simulated - record.header.warmup
    };
    let rate = (time > Duration::ZERO).then(|| good as f64 / time.as_secs_f64());
    Measurement::of(rate, "no time was measured")
}

/// Latency over the whole run after the warm-up.
pub(super) fn latency_of_run(scope: &Scope<'_, '_>, statistic: Statistic) -> Measurement {
    let latency = Latencies::of(scope.clients());
    let nanos = match statistic {
        Statistic::Mean => latency.mean_ns(),
        Statistic::Max => latency.max_ns().map(|nanos| nanos as f64),
        Statistic::Quantile(q) => latency.quantile_ns(q).map(|nanos| nanos as f64),
    };
    Measurement::of(nanos.map(|nanos| nanos / 1e9), "no request was answered well")
}

/// Latency within an interval. Windows keep a few quantiles, not the distribution; but the `q` quantile of all
/// requests together is never above the greatest `q` quantile of any window, so that one is given.
pub(super) fn latency_during(
    scope: &Scope<'_, '_>,
    statistic: Statistic,
    comparison: Option<Comparison>,
) -> Measurement {
    let windows = scope.windows();
    let good: u64 = windows.iter().map(|window| window.counts.ok).sum();
    if good == 0 {
        return Measurement::nothing(false, "no request was answered well");
    }
    let greatest = |field: fn(&WindowSum) -> u64| windows.iter().map(field).max().unwrap_or(0) as f64 / 1e9;
    let (seconds, kept) = match statistic {
        Statistic::Mean => {
            let sum = total(windows.iter().map(|window| window.latency_sum_ns as f64));
            return Measurement::value(sum / good as f64 / 1e9);
        }
        Statistic::Max => return Measurement::value(greatest(|window| window.max_ns)),
        Statistic::Quantile(q) if q <= 0.5 => (greatest(|window| window.p50_ns), "p50"),
        Statistic::Quantile(q) if q <= 0.95 => (greatest(|window| window.p95_ns), "p95"),
        Statistic::Quantile(q) if q <= 0.99 => (greatest(|window| window.p99_ns), "p99"),
        Statistic::Quantile(_) => (greatest(|window| window.max_ns), "max"),
    };
    let bound = match comparison {
        None | Some(Comparison::Below | Comparison::AtMost) => "an upper bound",
        Some(Comparison::Above | Comparison::AtLeast | Comparison::Equal) => {
            "only an upper bound: do not rely on it"
        }
    };
    let width = crate::human::span(scope.record().header.window);
    Measurement::value(seconds).noting(format!("greatest {kept} of any {width} window: {bound}"))
}
