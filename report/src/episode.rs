//! Episodes: the stretch of windows in which a missed agreement was worst.

use crate::explain::{errors_text, faults_at, unrouted};
use crate::human;
use crate::requests::WindowSum;
use crate::sla::interval;
use cusinart_policies::{Duration, Instant, ServiceId};
use cusinart_record::{FaultRecord, RunRecord};
use cusinart_scenarios::{Metric, Sla, Statistic};
use std::collections::BTreeSet;

/// Good windows that do not end an episode.
const GAP_WINDOWS_MAX: usize = 2;
/// Share of requests not answered well that a window may show where the agreement does not say.
const NOT_GOOD_TOLERATED: f64 = 0.01;

/// How bad a window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Badness {
    /// Failed requests.
    Failed,
    /// Requests offered and not answered well.
    NotGood,
    /// Further tries.
    Retries,
    /// Requests without an eligible node.
    Unrouted,
    /// Median latency.
    P50,
    /// 95th percentile of latency.
    P95,
    /// 99th percentile of latency.
    P99,
    /// Greatest latency.
    MaxLatency,
    /// Mean latency.
    MeanLatency,
    /// Nodes believed healthy: fewer are worse.
    FewHealthy,
    /// Requests waiting at nodes.
    Waiting,
}

impl Badness {
    /// What a statistic of latency makes bad. Within an interval high quantiles are measured by the greatest
    /// latency of the windows.
    pub(crate) const fn of_latency(statistic: Statistic, in_interval: bool) -> Self {
        match statistic {
            Statistic::Mean => Self::MeanLatency,
            Statistic::Max => Self::MaxLatency,
            Statistic::Quantile(q) if q <= 0.5 => Self::P50,
            Statistic::Quantile(q) if q <= 0.95 => Self::P95,
            Statistic::Quantile(q) if q > 0.99 && in_interval => Self::MaxLatency,
            Statistic::Quantile(_) => Self::P99,
        }
    }

    /// Whether failed requests are what it counts.
    pub(crate) const fn is_of_failures(self) -> bool {
        matches!(self, Self::Failed | Self::NotGood | Self::Unrouted)
    }

    /// The amount for ranking, and the share or value to hold against the limit. Greater is worse.
    fn of(
        self,
        record: &RunRecord,
        windows: &[WindowSum],
        index: usize,
        services: &BTreeSet<ServiceId>,
    ) -> (f64, f64) {
        let window = &windows[index];
        let counts = &window.counts;
        let ratio = |part: u64, whole: u64| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        let seconds = |nanos: u64| (nanos as f64 / 1e9, nanos as f64 / 1e9);
        match self {
            Self::Failed => (counts.failed_total() as f64, ratio(counts.failed_total(), counts.ended())),
            Self::NotGood => {
                let bad = counts.offered.saturating_sub(counts.ok);
                (bad as f64, ratio(bad, counts.offered))
            }
            Self::Retries => (counts.retries as f64, ratio(counts.retries, counts.offered)),
            Self::Unrouted => (unrouted(window) as f64, unrouted(window) as f64),
            Self::P50 => seconds(window.p50_ns),
            Self::P95 => seconds(window.p95_ns),
            Self::P99 => seconds(window.p99_ns),
            Self::MaxLatency => seconds(window.max_ns),
            Self::MeanLatency => {
                let mean =
                    if counts.ok == 0 { 0.0 } else { window.latency_sum_ns as f64 / counts.ok as f64 / 1e9 };
                (mean, mean)
            }
            Self::FewHealthy => {
                let healthy = state(record, services, index).healthy;
                (-f64::from(healthy), -f64::from(healthy))
            }
            Self::Waiting => {
                let queued = f64::from(state(record, services, index).queued);
                (queued, queued)
            }
        }
    }
}

/// State of some services together at the end of a window.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct State {
    up: u32,
    provisioned: u32,
    healthy: u32,
    queued: u32,
    utilization_max: f64,
}

fn state(record: &RunRecord, services: &BTreeSet<ServiceId>, index: usize) -> State {
    let mut state = State::default();
    for window in services.iter().filter_map(|id| record.services.get(id.index())?.windows.get(index)) {
        state.up += window.up;
        state.provisioned += window.provisioned;
        state.healthy += window.healthy;
        state.queued += window.queued;
        state.utilization_max = state.utilization_max.max(window.utilization);
    }
    state
}

/// A stretch of bad windows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Episode {
    /// Its start.
    pub(crate) from: Instant,
    /// Its end.
    pub(crate) to: Instant,
    first: usize,
    last: usize,
    worst: usize,
    badness: Badness,
    bad_windows: usize,
    bad_windows_in_all: usize,
    /// Failed requests of all windows within the interval of the agreement.
    failed_in_all: u64,
    window: Duration,
}

impl Episode {
    /// Finds the worst window within the interval of an agreement and the bad windows around it.
    pub(crate) fn find(
        record: &RunRecord,
        windows: &[WindowSum],
        sla: &Sla,
        badness: Badness,
    ) -> Option<Self> {
        let (from, to) =
            if badness == Badness::FewHealthy { interval(sla) } else { counted_interval(record, sla) };
        let width = record.header.window;
        let services = crate::measure::subject_services(record, sla.objective.subject);
        let start = |index: usize| Instant::ZERO + width * index as u64;
        let counted: Vec<usize> =
            (0..windows.len()).filter(|i| start(*i) >= from && start(*i) < to).collect();
        let of = |index: usize| badness.of(record, windows, index, &services);
        // Of equally bad windows the one with most failures, of these the first.
        let failed = |index: usize| windows[index].counts.failed_total();
        let worse = |a: &usize, b: &usize| of(*a).0.total_cmp(&of(*b).0).then(failed(*a).cmp(&failed(*b)));
        let worst = counted.iter().copied().rev().max_by(worse)?;
        let failed_in_all = counted.iter().map(|index| failed(*index)).sum();
        let limit = tolerated(sla, badness);
        let is_bad = |index: usize| of(index).1 > limit || index == worst;
        let bad: Vec<usize> = counted.into_iter().filter(|index| is_bad(*index)).collect();
        let at = bad.iter().position(|index| *index == worst)?;
        let near = |pair: &[usize]| pair[1] - pair[0] <= GAP_WINDOWS_MAX + 1;
        let before = bad[..=at].windows(2).rev().take_while(|pair| near(pair)).count();
        let after = bad[at..].windows(2).take_while(|pair| near(pair)).count();
        let (first, last) = (bad[at - before], bad[at + after]);
        Some(Self {
            from: start(first),
            to: start(last + 1).min(Instant::ZERO + record.simulated),
            first,
            last,
            worst,
            badness,
            bad_windows: before + after + 1,
            bad_windows_in_all: bad.len(),
            failed_in_all,
            window: width,
        })
    }

    /// Faults active in it.
    pub(crate) fn faults<'a>(&self, record: &'a RunRecord) -> Vec<&'a FaultRecord> {
        faults_at(record, self.from, self.to)
    }

    /// Start of what may have caused it: the earliest fault active in it, else its own start.
    pub(crate) fn cause_from(&self, record: &RunRecord) -> Instant {
        self.faults(record).iter().map(|fault| fault.began).min().unwrap_or(self.from).min(self.from)
    }

    /// Mean number of requests offered per window in it.
    pub(crate) fn load(&self, windows: &[WindowSum]) -> f64 {
        let inside = &windows[self.first..=self.last];
        inside.iter().map(|window| window.counts.offered).sum::<u64>() as f64 / inside.len() as f64
    }

    /// When it was, and how much of all that is bad lies in it.
    pub(crate) fn sentence(&self, windows: &[WindowSum], badness: Badness) -> String {
        let times = format!("{}–{}", human::clock(self.from), human::clock(self.to));
        let rest = self.bad_windows_in_all - self.bad_windows;
        let elsewhere = if rest == 0 { String::new() } else { format!(", and {rest} at other times") };
        let bad = human::counted(self.bad_windows as u64, "bad window");
        let width = human::span(self.window);
        if badness.is_of_failures() {
            let inside = windows[self.first..=self.last].iter().map(|w| w.counts.failed_total()).sum::<u64>();
            if self.failed_in_all > 0 {
                let share = human::percent(inside as f64 / self.failed_in_all as f64);
                return format!(
                    "Bad from {times} ({bad} of {width}{elsewhere}): {share} of all failures lie there."
                );
            }
        }
        format!("Bad from {times} ({bad} of {width}{elsewhere}).")
    }
}

/// The interval of an agreement about requests: without one of its own, all that counts, which is what follows the
/// warm-up.
pub(crate) fn counted_interval(record: &RunRecord, sla: &Sla) -> (Instant, Instant) {
    match sla.objective.during {
        Some(_) => crate::sla::interval(sla),
        None => (Instant::ZERO + record.header.warmup, Instant::FAR_FUTURE),
    }
}

/// How bad each window of the run is, whatever the interval of the agreement: `None` for a good one, else failed
/// requests, or 1 if it is not about failures.
pub(crate) fn harm(
    record: &RunRecord,
    windows: &[WindowSum],
    sla: &Sla,
    badness: Badness,
) -> Vec<Option<f64>> {
    let services = crate::measure::subject_services(record, sla.objective.subject);
    let limit = tolerated(sla, badness);
    let of = |index: usize| {
        let (amount, value) = badness.of(record, windows, index, &services);
        (value > limit).then_some(if badness.is_of_failures() { amount } else { 1.0 })
    };
    (0..windows.len()).map(of).collect()
}

/// What a single window may show without being bad.
fn tolerated(sla: &Sla, badness: Badness) -> f64 {
    match badness {
        Badness::Failed => failures_tolerated(sla),
        // A rate of good requests does not say how many bad ones a window may show.
        Badness::NotGood if sla.objective.metric == Metric::Throughput => NOT_GOOD_TOLERATED,
        Badness::NotGood => 1.0 - sla.limit,
        Badness::Unrouted => 0.0,
        Badness::FewHealthy => -sla.limit,
        Badness::Retries
        | Badness::Waiting
        | Badness::P50
        | Badness::P95
        | Badness::P99
        | Badness::MaxLatency
        | Badness::MeanLatency => sla.limit,
    }
}

/// The share of failed requests that a single window may show.
fn failures_tolerated(sla: &Sla) -> f64 {
    let metric = sla.objective.metric;
    if let Metric::ErrorBudget { target } | Metric::BurnRate { target, .. } = metric {
        return (1.0 - target) * sla.limit;
    }
    if metric == Metric::Availability { 1.0 - sla.limit } else { sla.limit }
}

/// The worst window of an episode in words.
pub(crate) fn window_text(
    record: &RunRecord,
    windows: &[WindowSum],
    episode: &Episode,
    services: &BTreeSet<ServiceId>,
) -> String {
    let window = &windows[episode.worst];
    let start = Instant::ZERO + record.header.window * episode.worst as u64;
    let end = (start + record.header.window).min(Instant::ZERO + record.simulated);
    let failed = window.counts.failed_total();
    let errors =
        if failed == 0 { String::new() } else { format!(" ({})", errors_text(&window.counts.failed)) };
    let state = state(record, services, episode.worst);
    let latency = if window.counts.ok == 0 {
        "no good answer".into()
    } else if episode.badness == Badness::MaxLatency {
        format!("max {}", human::span(Duration::from_nanos(window.max_ns)))
    } else {
        format!("p99 {}", human::span(Duration::from_nanos(window.p99_ns)))
    };
    format!(
        "{}–{}: {} of {} requests failed{errors}, {latency}, {} in flight; {} of {} nodes up, {}, workers {} busy",
        human::clock(start),
        human::clock(end),
        human::count(failed),
        human::count(window.counts.ended()),
        human::count(window.in_flight),
        state.up,
        state.provisioned,
        human::counted(u64::from(state.queued), "request") + " waiting",
        human::percent(state.utilization_max),
    )
}
