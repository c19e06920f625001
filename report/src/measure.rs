//! Measurement of a metric, restricted to a client or service and to an interval.

use crate::control::decisions;
use crate::faults::detection_time;
use crate::recovery_times::{Detection, Recovery, quantile, sort_times};
use crate::requests::{Latencies, WindowSum, share, window_sums};
use crate::sample::Spell;
use crate::services::{cost_between, nodes_max, total};
use crate::sla::Ground;
use cusinart_policies::{Decision, Duration, Instant, NodeId, ServiceId};
use cusinart_record::{ClientRecord, FactKind, NodeRecord, RequestCounts, RequestError, RunRecord};
use cusinart_scenarios::{Comparison, Metric, Objective, Statistic, Subject};
use std::collections::BTreeSet;

/// A measured value and what to know about it.
pub(crate) struct Measurement {
    /// The value.
    pub(crate) value: Measured,
    /// What to know.
    pub(crate) notes: Vec<String>,
}

/// A measured value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Measured {
    /// A number; never NaN or infinite.
    Value(f64),
    /// Something awaited never came.
    Infinite,
    /// There was nothing to measure.
    Nothing {
        /// Whether the agreement holds all the same.
        passes: bool,
    },
}

impl Measurement {
    fn value(value: f64) -> Self {
        Self { value: Measured::Value(value), notes: Vec::new() }
    }

    fn nothing(passes: bool, why: &str) -> Self {
        let verdict = if passes { "so it holds" } else { "so it counts as missed" };
        Self { value: Measured::Nothing { passes }, notes: vec![format!("{why}, {verdict}")] }
    }

    fn of(value: Option<f64>, nothing: &str) -> Self {
        value.map_or_else(|| Self::nothing(false, nothing), Self::value)
    }

    fn noting(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

/// What an agreement asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    /// How the value is compared.
    pub(crate) comparison: Comparison,
    /// The limit.
    pub(crate) limit: f64,
}

/// Measures an objective; `asked` is what an agreement asks of it, if there is one.
pub(crate) fn measure(ground: &Ground<'_>, objective: &Objective, asked: Option<Asked>) -> Measurement {
    let record = ground.record;
    let end = Instant::ZERO + record.simulated;
    if objective.during.is_some_and(|(from, _)| from >= end) {
        return Measurement::nothing(false, "the run ended before this interval");
    }
    let scope = Scope::of(record, objective);
    let counts = scope.counts();
    match objective.metric {
        Metric::Availability => Measurement::of(share(counts.ok, counts.ended()), "no request ended"),
        Metric::ErrorRatio => {
            Measurement::of(share(counts.failed_total(), counts.ended()), "no request ended")
        }
        Metric::Goodput => Measurement::of(share(counts.ok, counts.offered), "no request was offered"),
        Metric::RetryRatio => {
            Measurement::of(share(counts.retries, counts.offered), "no request was offered")
        }
        Metric::Unrouted => Measurement::value(counts.failed[unrouted_index()] as f64),
        Metric::Latency(statistic) => match objective.during {
            None => latency_of_run(&scope, statistic),
            Some(_) => latency_during(&scope, statistic, asked.map(|asked| asked.comparison)),
        },
        Metric::TimeToDetect(statistic) => time_to_detect(ground, &scope, statistic, asked),
        Metric::TimeToRecover(statistic) => {
            let times = scope.pairs(ground.recoveries).filter_map(|pair| pair.outcome.time());
            statistic_of_times(times.collect(), statistic, "no fault took a node out of service")
        }
        Metric::FalseAlarms => {
            let alarms = ground.mistakes.false_alarms.iter();
            Measurement::value(alarms.filter(|alarm| scope.has(alarm.at_ns, alarm.node)).count() as f64)
        }
        Metric::HealthyRestarted => healthy_restarted(ground, &scope),
        Metric::Cost => Measurement::value(cost_between(scope.nodes(), scope.from, scope.to, end)),
        Metric::NodesMax => {
            Measurement::value(f64::from(nodes_max(scope.nodes(), scope.from, scope.to.min(end))))
        }
        Metric::NodesMin => healthy_min(&scope),
        Metric::ShardsLost => shards_lost(&scope),
        Metric::ReplicasLost => replicas_lost(&scope),
        Metric::PlansGivenUp => {
            let given_up = decisions(record).filter(|(at, decision)| {
                let Decision::PlanGivenUp { node, .. } = decision else { return false };
                scope.has(*at, *node)
            });
            Measurement::value(given_up.count() as f64)
        }
    }
}

/// Times to detect or to recover, one for each (fault, node) pair that an objective is about; `None` for other metrics.
pub(crate) fn spells(ground: &Ground<'_>, objective: &Objective) -> Option<Vec<Spell>> {
    let scope = Scope::of(ground.record, objective);
    let pairs = scope.pairs(ground.recoveries);
    match objective.metric {
        Metric::TimeToDetect(_) => {
            Some(pairs.filter_map(|pair| Spell::of_detection(pair.detection)).collect())
        }
        Metric::TimeToRecover(_) => Some(pairs.filter_map(|pair| Spell::of_outcome(pair.outcome)).collect()),
        Metric::Availability
        | Metric::ErrorRatio
        | Metric::Goodput
        | Metric::Latency(_)
        | Metric::FalseAlarms
        | Metric::HealthyRestarted
        | Metric::Cost
        | Metric::NodesMax
        | Metric::NodesMin
        | Metric::RetryRatio
        | Metric::ShardsLost
        | Metric::ReplicasLost
        | Metric::PlansGivenUp
        | Metric::Unrouted => None,
    }
}

/// The part of a record that an agreement is about.
struct Scope<'a> {
    record: &'a RunRecord,
    from: Instant,
    to: Instant,
    during: bool,
    clients: Vec<&'a ClientRecord>,
    services: BTreeSet<ServiceId>,
}

impl<'a> Scope<'a> {
    fn of(record: &'a RunRecord, objective: &Objective) -> Self {
        let (from, to) = objective.during.unwrap_or((Instant::ZERO, Instant::FAR_FUTURE));
        let services = subject_services(record, objective.subject.as_ref());
        Self {
            record,
            from,
            to,
            during: objective.during.is_some(),
            clients: subject_clients(record, objective),
            services,
        }
    }

    /// Counts of the clients: after the warm-up, or of the windows that begin within the interval.
    fn counts(&self) -> RequestCounts {
        let mut sum = RequestCounts::default();
        if self.during {
            self.windows().iter().for_each(|window| sum.add(&window.counts));
        } else {
            self.clients.iter().for_each(|client| sum.add(&client.counts));
        }
        sum
    }

    /// Windows of the clients that begin within the interval.
    fn windows(&self) -> Vec<WindowSum> {
        let sums = window_sums(self.clients.iter().copied());
        let within = sums.into_iter().enumerate().filter(|(index, _)| self.has_window(*index));
        within.map(|(_, window)| window).collect()
    }

    fn has_window(&self, index: usize) -> bool {
        let start = Instant::ZERO + self.record.header.window * index as u64;
        start >= self.from && start < self.to
    }

    fn has_time(&self, at: Instant) -> bool {
        at >= self.from && at < self.to
    }

    fn has(&self, at: Instant, node: NodeId) -> bool {
        let service = self.record.nodes.get(node.index()).map(|node| node.service);
        self.has_time(at) && service.is_some_and(|service| self.services.contains(&service))
    }

    fn nodes(&self) -> impl Iterator<Item = &'a NodeRecord> {
        self.record.nodes.iter().filter(|node| self.services.contains(&node.service))
    }

    fn pairs(&self, recoveries: &'a [Recovery]) -> impl Iterator<Item = &'a Recovery> {
        recoveries.iter().filter(|pair| self.has(pair.began_ns, pair.node))
    }
}

/// The clients an agreement is about: the one named, those of the service named, or all.
pub(crate) fn subject_clients<'a>(record: &'a RunRecord, objective: &Objective) -> Vec<&'a ClientRecord> {
    let numbered = record.clients.iter().enumerate();
    let chosen = numbered.filter(|(index, client)| match &objective.subject {
        None => true,
        Some(Subject::Client(wanted)) => index == wanted,
        Some(Subject::Service(wanted)) => client.service.index() == *wanted,
    });
    chosen.map(|(_, client)| client).collect()
}

/// The services an agreement is about: the one named, that of the client named, or all.
pub(crate) fn subject_services(record: &RunRecord, subject: Option<&Subject>) -> BTreeSet<ServiceId> {
    match subject {
        None => (0..record.services.len()).map(|index| ServiceId(index as u16)).collect(),
        Some(Subject::Client(index)) => {
            record.clients.get(*index).map(|client| client.service).into_iter().collect()
        }
        Some(Subject::Service(index)) => BTreeSet::from([ServiceId(*index as u16)]),
    }
}

/// Where [`RequestError::Unrouted`] stands among the failures.
pub(crate) fn unrouted_index() -> usize {
    RequestError::ALL
        .iter()
        .position(|error| *error == RequestError::Unrouted)
        .expect("ALL lists every error")
}

fn latency_of_run(scope: &Scope<'_>, statistic: Statistic) -> Measurement {
    let latency = Latencies::of(scope.clients.iter().copied());
    let nanos = match statistic {
        Statistic::Mean => latency.mean_ns(),
        Statistic::Max => latency.max_ns().map(|nanos| nanos as f64),
        Statistic::Quantile(q) => latency.quantile_ns(q).map(|nanos| nanos as f64),
    };
    Measurement::of(nanos.map(|nanos| nanos / 1e9), "no request was answered well")
}

/// Latency within an interval. Windows keep a few quantiles, not the distribution; but the `q` quantile of all
/// requests together is never above the greatest `q` quantile of any window, so that one is given.
fn latency_during(scope: &Scope<'_>, statistic: Statistic, comparison: Option<Comparison>) -> Measurement {
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
    let width = crate::human::span(scope.record.header.window);
    Measurement::value(seconds).noting(format!("greatest {kept} of any {width} window: {bound}"))
}

/// Times to detect. What was over before anyone declared it counts as infinite only if it lasted longer than the
/// limit: a shorter one says nothing about the agreement.
fn time_to_detect(
    ground: &Ground<'_>,
    scope: &Scope<'_>,
    statistic: Statistic,
    asked: Option<Asked>,
) -> Measurement {
    let limit = Duration::from_secs_f64(asked.map_or(0.0, |asked| asked.limit));
    let end = Instant::ZERO + ground.record.simulated;
    let mut times = Vec::new();
    let mut short = 0;
    for pair in scope.pairs(ground.recoveries) {
        let over_soon = match pair.detection {
            Detection::Never { watched_ns } => watched_ns < limit && pair.began_ns + watched_ns < end,
            Detection::After { .. } | Detection::AlreadyKnown | Detection::NotExpected => false,
        };
        if over_soon {
            short += 1;
        } else {
            times.extend(detection_time(pair.detection));
        }
    }
    let measurement = statistic_of_times(times, statistic, "no fault had to be detected");
    if short == 0 {
        return measurement;
    }
    measurement.noting(format!(
        "{} over within the limit, undetected, left out",
        crate::human::counted(short, "outage")
    ))
}

fn statistic_of_times(mut times: Vec<Option<Duration>>, statistic: Statistic, nothing: &str) -> Measurement {
    sort_times(&mut times);
    let never = times.iter().filter(|time| time.is_none()).count();
    let value = match statistic {
        Statistic::Mean if never > 0 => Some(None),
        Statistic::Mean => {
            let sum = total(times.iter().flatten().map(|time| time.as_secs_f64()));
            (!times.is_empty()).then(|| Some(sum / times.len() as f64))
        }
        Statistic::Max => times.last().map(|time| time.map(Duration::as_secs_f64)),
        Statistic::Quantile(q) => quantile(&times, q).map(|time| time.map(Duration::as_secs_f64)),
    };
    let measurement = match value {
        None => return Measurement::nothing(true, nothing),
        Some(None) => Measurement { value: Measured::Infinite, notes: Vec::new() },
        Some(Some(seconds)) => Measurement::value(seconds),
    };
    if never == 0 { measurement } else { measurement.noting(format!("{never} of {} never", times.len())) }
}

fn healthy_restarted(ground: &Ground<'_>, scope: &Scope<'_>) -> Measurement {
    let restarts = ground.mistakes.healthy_restarts.iter();
    let nodes: BTreeSet<NodeId> = restarts
        .filter(|restart| scope.has(restart.at_ns, restart.node))
        .map(|restart| restart.node)
        .collect();
    let at_start = scope.nodes().filter(|node| node.provisioned == Instant::ZERO).count();
    Measurement::value(nodes.len() as f64 / at_start.max(1) as f64)
}

/// Fewest nodes believed healthy at the end of any window.
fn healthy_min(scope: &Scope<'_>) -> Measurement {
    let services = || scope.record.services.iter().enumerate();
    let chosen = || services().filter(|(index, _)| scope.services.contains(&ServiceId(*index as u16)));
    let windows = chosen().map(|(_, service)| service.windows.len()).max().unwrap_or(0);
    let at = |index: usize| {
        total(chosen().filter_map(|(_, s)| s.windows.get(index)).map(|w| f64::from(w.healthy)))
    };
    let fewest = (0..windows).filter(|index| scope.has_window(*index)).map(at).reduce(f64::min);
    Measurement::of(fewest, "there is no window")
}

fn shards_lost(scope: &Scope<'_>) -> Measurement {
    let chosen = scope.record.services.iter().enumerate();
    let total: u32 = chosen
        .filter(|(index, _)| scope.services.contains(&ServiceId(*index as u16)))
        .map(|(_, service)| service.shards_lost)
        .sum();
    if !scope.during {
        return Measurement::value(f64::from(total));
    }
    // Facts of lost shards do not name a service, so an interval cannot be restricted to one of several.
    let lost = scope.record.facts.iter().filter(|fact| scope.has_time(fact.at));
    let lost = lost.filter(|fact| matches!(fact.kind, FactKind::ShardLost { .. })).count();
    Measurement::value(lost as f64)
}

fn replicas_lost(scope: &Scope<'_>) -> Measurement {
    let lost = scope.record.facts.iter().map(|fact| match &fact.kind {
        FactKind::ReplicasLost { node, replicas } if scope.has(fact.at, *node) => u64::from(*replicas),
        FactKind::ReplicasLost { .. }
        | FactKind::Decision(_)
        | FactKind::FaultBegan { .. }
        | FactKind::FaultEnded { .. }
        | FactKind::FaultMissed { .. }
        | FactKind::NodeState { .. }
        | FactKind::NodeProvisioned { .. }
        | FactKind::ShardLost { .. } => 0,
    });
    Measurement::value(lost.sum::<u64>() as f64)
}
