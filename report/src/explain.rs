//! Explanations of missed agreements: which time was worst, what was wrong then, and what the control plane did.

use crate::episode::{Badness, Episode, counted_interval, window_text};
use crate::human;
use crate::measure::{Basis, Scope, convergence, peak, subject_clients, subject_services, unrouted_index};
use crate::narrative::narrative;
use crate::recovery_times::{Detection, Recovery, RecoveryOutcome};
use crate::requests::{WindowSum, window_sums};
use crate::sla::{Ground, SlaResult, interval};
use crate::why::{cause_words, give_up_words};
use cusinart_policies::{CapacityPlan, Decision, Duration, Instant, NodeId, ServiceId};
use cusinart_record::{ByError, FaultRecord, RequestError, RunRecord};
use cusinart_scenarios::{During, Metric, Sla, Unit};
use std::collections::BTreeSet;

/// Says in a few sentences why an agreement was missed.
pub(crate) fn explain(ground: &Ground<'_>, sla: &Sla, result: &SlaResult) -> Vec<String> {
    if result.measured.is_none() && !result.infinite {
        return result.notes.iter().map(|note| sentence(note)).collect();
    }
    // Of an interval that hangs on a fault, the worst one is explained.
    let mut fixed = sla.clone();
    fixed.objective.during = result.during_ns.map(|(from, to)| During::between(from, to));
    let sla = &fixed;
    let of_requests = |badness| requests(ground, sla, badness);
    match sla.objective.metric {
        Metric::Availability | Metric::ErrorRatio => of_requests(Badness::Failed),
        Metric::Goodput | Metric::Throughput => of_requests(Badness::NotGood),
        Metric::ErrorBudget { .. } => of_requests(Badness::Failed),
        Metric::BurnRate { target, long, short } => {
            let mut sentences = burning(ground, sla, (target, long, short));
            sentences.extend(of_requests(Badness::Failed));
            sentences
        }
        Metric::RetryRatio => of_requests(Badness::Retries),
        Metric::Unrouted => of_requests(Badness::Unrouted),
        Metric::Latency(statistic) => {
            of_requests(Badness::of_latency(statistic, sla.objective.during.is_some()))
        }
        Metric::TimeToDetect(_) => detection(ground, sla),
        Metric::TimeToRecover(_) => recovery(ground, sla),
        Metric::FalseAlarms | Metric::HealthyRestarted => mistakes(ground, sla),
        Metric::Cost | Metric::NodesMax => size(ground, sla),
        Metric::NodesMin => capacity(ground, sla, Badness::FewHealthy),
        Metric::QueueMax => capacity(ground, sla, Badness::Waiting),
        Metric::TimeToConverge => healing(ground, sla),
        Metric::ShardsLost | Metric::ReplicasLost => loss(ground, sla),
        Metric::PlansGivenUp => given_up(ground, sla),
    }
}

/// Metrics of requests: when they were bad, by which errors, and what else was true then.
fn requests(ground: &Ground<'_>, sla: &Sla, badness: Badness) -> Vec<String> {
    let record = ground.record;
    let windows = window_sums(subject_clients(record, sla.objective.subject));
    let Some(episode) = Episode::find(record, &windows, sla, badness) else {
        return vec!["No window of the run shows it: it adds up from all of them.".into()];
    };
    let services = subject_services(record, sla.objective.subject);
    let (from, to) = counted_interval(record, sla);
    let mut total = WindowSum::default();
    for (index, window) in windows.iter().enumerate() {
        let start = Instant::ZERO + record.header.window * index as u64;
        if start >= from && start < to {
            total.counts.add(&window.counts);
        }
    }
    let mut sentences = Vec::new();
    let failed = total.counts.failed_total();
    if failed > 0 && badness.is_of_failures() {
        let errors = errors_text(&total.counts.failed);
        sentences.push(format!(
            "{} of {} requests failed: {errors}.",
            human::count(failed),
            human::count(total.counts.ended())
        ));
    }
    sentences.push(episode.sentence(&windows, badness));
    sentences.push(format!("Worst window {}.", window_text(record, &windows, &episode, &services)));
    sentences.push(circumstances(record, &windows, &episode));
    sentences.push(narrative(record, episode.cause_from(record), episode.to, &services));
    sentences.extend(crate::breakers::sentences(record, episode.cause_from(record), episode.to, &services));
    sentences
}

/// Faults that were active in an episode, or the load if there was none.
fn circumstances(record: &RunRecord, windows: &[WindowSum], episode: &Episode) -> String {
    let active: Vec<String> = episode.faults(record).iter().map(|fault| fault_text(record, fault)).collect();
    let load = episode.load(windows);
    let mean =
        windows.iter().map(|window| window.counts.offered).sum::<u64>() as f64 / windows.len().max(1) as f64;
    let rate = load / record.header.window.as_secs_f64();
    let crowd = (load > 1.3 * mean && mean > 0.0 && rate.is_finite()).then(|| {
        format!("clients offered {}, {} the mean of the run", human::rate(rate), human::times(load / mean))
    });
    match (active.is_empty(), crowd) {
        (true, None) => "No fault was active then, and the load was ordinary.".into(),
        (true, Some(crowd)) => format!("No fault was active then, but {crowd}."),
        (false, None) => format!("Active then: {}.", list(&active, 3)),
        (false, Some(crowd)) => format!("Active then: {}; and {crowd}.", list(&active, 3)),
    }
}

fn detection(ground: &Ground<'_>, sla: &Sla) -> Vec<String> {
    let Some(pair) = slowest_detection(ground, sla) else { return Vec::new() };
    let record = ground.record;
    let fault = &record.faults[pair.fault.index()];
    let health = &ground.scenario.control.cluster.health;
    let how = match pair.detection {
        Detection::After { after_ns } => format!("was declared failed only {} later", human::span(after_ns)),
        Detection::Never { watched_ns } => {
            format!(
                "was not declared failed in the {} until it served again or the run ended",
                human::span(watched_ns)
            )
        }
        Detection::AlreadyKnown | Detection::NotExpected => "was not to be detected".into(),
    };
    vec![
        format!(
            "Slowest: {} struck {} at {}, which {how}.",
            fault.label,
            pair.node_name,
            human::clock(pair.began_ns)
        ),
        format!(
            "Probes are sent every {} and time out after {}; the detector is {}.",
            human::span(health.period),
            human::span(health.timeout),
            health.detector.name
        ),
    ]
}

fn recovery(ground: &Ground<'_>, sla: &Sla) -> Vec<String> {
    let record = ground.record;
    let Some(pair) = slowest_recovery(ground, sla) else { return Vec::new() };
    let never: Vec<String> = pairs(ground, sla)
        .into_iter()
        .filter(|pair| matches!(pair.outcome, RecoveryOutcome::Never { .. }))
        .map(|pair| pair.node_name.clone())
        .collect();
    let mut sentences = Vec::new();
    if !never.is_empty() {
        sentences.push(format!("Never back: {}.", list(&never, 4)));
    }
    let fault = &record.faults[pair.fault.index()];
    let (how, until) = match pair.outcome {
        RecoveryOutcome::Back { after_ns } => {
            (format!("served again {} later", human::span(after_ns)), pair.began_ns + after_ns)
        }
        RecoveryOutcome::Replaced { after_ns, .. } => {
            (format!("was replaced {} later", human::span(after_ns)), pair.began_ns + after_ns)
        }
        RecoveryOutcome::Never { .. } | RecoveryOutcome::Removed | RecoveryOutcome::NotOut => {
            ("did not serve again".into(), Instant::ZERO + record.simulated)
        }
    };
    sentences.push(format!(
        "Slowest: {} struck {} at {}, which {how}.",
        fault_text(record, fault),
        pair.node_name,
        human::clock(pair.began_ns)
    ));
    sentences.push(crate::narrative::of_node(record, pair.node, pair.began_ns, until));
    sentences
}

fn mistakes(ground: &Ground<'_>, sla: &Sla) -> Vec<String> {
    let basis = Basis::of(ground, sla.objective.subject);
    let scope = Scope::of(&basis, Some(interval(sla)));
    let alarms = ground.mistakes.false_alarms.iter();
    let alarms: Vec<_> = alarms.filter(|alarm| scope.has(alarm.at_ns, alarm.node)).collect();
    let restarts = ground.mistakes.healthy_restarts.iter();
    let restarts = restarts.filter(|restart| scope.has(restart.at_ns, restart.node)).count();
    let mut sentences = Vec::new();
    if let Some(first) = alarms.first() {
        let nodes: BTreeSet<NodeId> = alarms.iter().map(|alarm| alarm.node).collect();
        sentences.push(format!(
            "{} about {} up and reachable at that moment, first {} at {}: {} to {} in a row.",
            human::counted(alarms.len() as u64, "failure declaration"),
            human::counted(nodes.len() as u64, "node"),
            first.node_name,
            human::clock(first.at_ns),
            cause_words(first.cause),
            human::counted(u64::from(first.misses), "probe"),
        ));
        let around: Vec<String> =
            faults_at(ground.record, first.at_ns, first.at_ns + Duration::from_nanos(1))
                .iter()
                .map(|fault| fault_text(ground.record, fault))
                .collect();
        let around = if around.is_empty() { "no fault".into() } else { list(&around, 3) };
        sentences.push(format!("Active at that moment: {around}."));
    }
    sentences
        .push(format!("{} of up and reachable nodes followed.", human::counted(restarts as u64, "restart")));
    sentences
}

/// Cost and number of nodes: who asked for them.
fn size(ground: &Ground<'_>, sla: &Sla) -> Vec<String> {
    let record = ground.record;
    let services = subject_services(record, sla.objective.subject);
    let (from, to) = interval(sla);
    let mut sentences: Vec<String> = crate::services::services(record)
        .iter()
        .enumerate()
        .filter(|(index, _)| services.contains(&ServiceId(*index as u16)))
        .map(|(_, service)| {
            format!(
                "{}: {} at the start, {} at most, {:.1} node hours, cost {}.",
                service.name,
                human::counted(u64::from(service.nodes_at_start), "node"),
                service.nodes_max,
                service.node_hours,
                human::money(service.cost)
            )
        })
        .collect();
    let most = crate::control::decisions(record).filter(|(at, _)| *at >= from && *at < to).filter_map(
        |(at, decision)| {
            let Decision::Scaling { service, plan: CapacityPlan::ScaleUp(nodes), current, desired, reason } =
                decision
            else {
                return None;
            };
            services.contains(service).then_some((*nodes, at, *current, *desired, reason))
        },
    );
    if let Some((_, at, current, desired, reason)) =
        most.max_by_key(|(nodes, at, ..)| (*nodes, std::cmp::Reverse(*at)))
    {
        sentences.push(format!(
            "Largest step: {current} to {desired} nodes at {}, because {}.",
            human::clock(at),
            crate::narrative::scaling_text(reason)
        ));
    }
    sentences
}

fn capacity(ground: &Ground<'_>, sla: &Sla, badness: Badness) -> Vec<String> {
    let record = ground.record;
    let services = subject_services(record, sla.objective.subject);
    let windows = window_sums(subject_clients(record, sla.objective.subject));
    let Some(episode) = Episode::find(record, &windows, sla, badness) else { return Vec::new() };
    vec![
        episode.sentence(&windows, badness),
        circumstances(record, &windows, &episode),
        narrative(record, episode.cause_from(record), episode.to, &services),
    ]
}

fn loss(ground: &Ground<'_>, sla: &Sla) -> Vec<String> {
    let (from, to) = interval(sla);
    let record = ground.record;
    let struck =
        record.faults.iter().filter(|fault| fault.replicas > 0 && fault.began >= from && fault.began < to);
    let faults: Vec<String> = struck
        .map(|fault| {
            format!("{} took {}", fault_text(record, fault), human::counted(fault.replicas, "replica"))
        })
        .collect();
    let loss = crate::services::data_loss(record);
    let mut sentences = Vec::new();
    if !faults.is_empty() {
        sentences.push(format!("{}.", sentence_case(&list(&faults, 4))));
    }
    if let Some(at) = loss.first_shard_lost_at_ns {
        sentences.push(format!(
            "{} lost the last replica, the first at {}; {} copied in the whole run.",
            human::counted(loss.shards_lost, "shard"),
            human::clock(at),
            human::counted(loss.replicas_copied, "replica")
        ));
    }
    sentences
}

fn given_up(ground: &Ground<'_>, sla: &Sla) -> Vec<String> {
    let record = ground.record;
    let basis = Basis::of(ground, sla.objective.subject);
    let scope = Scope::of(&basis, Some(interval(sla)));
    let plans = crate::control::decisions(record).filter_map(|(at, decision)| {
        let Decision::PlanGivenUp { node, reason, step, .. } = decision else { return None };
        (scope.has(at, *node) && scope.is_owed(at, *node)).then(|| {
            format!(
                "{} at {} ({}: {})",
                crate::recovery_times::node_name(record, *node),
                human::clock(at),
                crate::control::step_word(*step),
                give_up_words(*reason)
            )
        })
    });
    let plans: Vec<String> = plans.collect();
    if plans.is_empty() { Vec::new() } else { vec![format!("Given up: {}.", list(&plans, 4))] }
}

/// The pair that was declared failed last, or never.
pub(crate) fn slowest_detection<'a>(ground: &Ground<'a>, sla: &Sla) -> Option<&'a Recovery> {
    pairs(ground, sla).into_iter().max_by_key(|pair| match pair.detection {
        Detection::Never { watched_ns } => (1, watched_ns),
        Detection::After { after_ns } => (0, after_ns),
        Detection::AlreadyKnown | Detection::NotExpected => (0, Duration::ZERO),
    })
}

/// The pair that served again last, or never.
pub(crate) fn slowest_recovery<'a>(ground: &Ground<'a>, sla: &Sla) -> Option<&'a Recovery> {
    pairs(ground, sla).into_iter().max_by_key(|pair| match pair.outcome {
        RecoveryOutcome::Never { watched_ns } => (1, watched_ns),
        RecoveryOutcome::Back { after_ns } | RecoveryOutcome::Replaced { after_ns, .. } => (0, after_ns),
        RecoveryOutcome::Removed | RecoveryOutcome::NotOut => (0, Duration::ZERO),
    })
}

/// When a budget burnt fastest.
fn burning(ground: &Ground<'_>, sla: &Sla, (target, long, short): (f64, Duration, Duration)) -> Vec<String> {
    let basis = Basis::of(ground, sla.objective.subject);
    let scope = Scope::of(&basis, sla.objective.during.map(|_| interval(sla)));
    let Some(peak) = peak(&scope, target, long, short) else { return Vec::new() };
    let rate = |rate: f64| human::quantity(rate, Unit::Factor);
    vec![format!(
        "At {} the budget of {} burnt {} times as fast as it may over the last {}, {} times over the last {}.",
        human::clock(peak.at),
        human::percent(1.0 - target),
        rate(peak.long),
        human::span(long),
        rate(peak.short),
        human::span(short)
    )]
}

/// What kept the system from converging.
fn healing(ground: &Ground<'_>, sla: &Sla) -> Vec<String> {
    let record = ground.record;
    let basis = Basis::of(ground, sla.objective.subject);
    let Some(convergence) = convergence(record, &Scope::of(&basis, None)) else { return Vec::new() };
    let held = convergence.holdups_text(record);
    let services = subject_services(record, sla.objective.subject);
    let end = Instant::ZERO + record.simulated;
    let since = human::clock(convergence.since);
    let mut sentences = match convergence.at {
        Some(at) => vec![
            format!("The last fault ended at {since}, all was well for good at {}.", human::clock(at)),
            format!("Last to settle: {held}."),
        ],
        None => vec![
            format!("All was to be well from {since} on, but was not when the run ended."),
            format!("At the end: {held}."),
        ],
    };
    sentences.push(narrative(record, convergence.since, convergence.at.unwrap_or(end), &services));
    sentences
}

fn pairs<'a>(ground: &Ground<'a>, sla: &Sla) -> Vec<&'a Recovery> {
    let basis = Basis::of(ground, sla.objective.subject);
    let scope = Scope::of(&basis, sla.objective.during.map(|_| interval(sla)));
    scope.pairs().collect()
}

/// Faults that were active at some moment of an interval and touched something.
pub(crate) fn faults_at(record: &RunRecord, from: Instant, to: Instant) -> Vec<&FaultRecord> {
    let active = |fault: &&FaultRecord| {
        fault.began < to
            && fault.ended.is_none_or(|ended| ended > from || ended == fault.began)
            && !fault.touched_nothing()
    };
    record.faults.iter().filter(active).collect()
}

/// A fault with its time and what it touched.
pub(crate) fn fault_text(record: &RunRecord, fault: &FaultRecord) -> String {
    let until = fault.ended.map_or_else(|| "the end".into(), human::clock);
    let nodes = match fault.nodes.as_slice() {
        [] => String::new(),
        [node] => format!(", {}", crate::recovery_times::node_name(record, *node)),
        many => format!(", {} nodes", many.len()),
    };
    if fault.ended == Some(fault.began) {
        format!("{} ({}{nodes})", fault.label, human::clock(fault.began))
    } else {
        format!("{} ({}–{until}{nodes})", fault.label, human::clock(fault.began))
    }
}

/// Failures by error, most frequent first: `1,800 timeout, 133 refused`.
pub(crate) fn errors_text(failed: &ByError) -> String {
    let mut kinds: Vec<(u64, &str)> =
        failed.iter().zip(RequestError::ALL).map(|(count, error)| (*count, error.word())).collect();
    kinds.retain(|(count, _)| *count > 0);
    kinds.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let words: Vec<String> =
        kinds.iter().map(|(count, word)| format!("{} {word}", human::count(*count))).collect();
    words.join(", ")
}

/// The first few of some things and how many more there are.
pub(crate) fn list(things: &[String], most: usize) -> String {
    if things.len() <= most {
        return things.join(", ");
    }
    format!("{} and {} more", things[..most].join(", "), things.len() - most)
}

/// Requests without an eligible node in a window.
pub(crate) fn unrouted(window: &WindowSum) -> u64 {
    window.counts.failed[unrouted_index()]
}

fn sentence(note: &str) -> String {
    format!("{}.", sentence_case(note))
}

fn sentence_case(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
