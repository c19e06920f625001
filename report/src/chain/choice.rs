//! Which chain explains an agreement that was missed.

use super::bad_times::{self, BadTime, slowest_of};
use super::links::{Builder, Chain, Head, LinkName};
use super::pair::{Effect, Walk, declared_at};
use super::{pair_end, scaling, settings};
use crate::control::decisions;
use crate::episode::Badness;
use crate::explain::{slowest_detection, slowest_recovery};
use crate::human;
use crate::measure::{subject_clients, subject_services};
use crate::recovery_times::{Detection, Recovery, RecoveryOutcome, node_name};
use crate::sla::{Ground, interval};
use cusinart_policies::{CapacityPlan, Decision, Duration, Instant, NodeId};
use cusinart_record::{FaultId, RunRecord};
use cusinart_scenarios::{Metric, Sla};

/// The chain of facts that led to a missed agreement; `None` where there is nothing to follow.
pub(crate) fn chain(ground: &Ground<'_>, sla: &Sla) -> Option<Chain> {
    match sla.objective.metric {
        Metric::Availability | Metric::ErrorRatio | Metric::ErrorBudget { .. } | Metric::BurnRate { .. } => {
            requests(ground, sla, Badness::Failed)
        }
        Metric::Goodput | Metric::Throughput => requests(ground, sla, Badness::NotGood),
        Metric::RetryRatio => requests(ground, sla, Badness::Retries),
        Metric::Unrouted => requests(ground, sla, Badness::Unrouted),
        Metric::Latency(statistic) => {
            requests(ground, sla, Badness::of_latency(statistic, sla.objective.during.is_some()))
        }
        Metric::NodesMin => requests(ground, sla, Badness::FewHealthy),
        Metric::TimeToDetect(_) => detection(ground, sla),
        Metric::TimeToRecover(_) => {
            slowest_recovery(ground, sla).and_then(|pair| whole_pair(ground, sla, pair))
        }
        Metric::FalseAlarms | Metric::HealthyRestarted => mistake(ground, sla),
        Metric::ShardsLost | Metric::ReplicasLost => loss(ground, sla),
        Metric::PlansGivenUp => given_up(ground, sla),
        // Nothing is waited for: every node costs. A queue and a system that does not settle have many causes at once.
        Metric::Cost | Metric::NodesMax | Metric::QueueMax | Metric::TimeToConverge => None,
    }
}

fn head(record: &RunRecord, sla: &Sla, fault: Option<FaultId>, node: Option<NodeId>) -> Head {
    Head {
        sla: sla.text.clone(),
        fault: fault.map(|fault| record.faults[fault.index()].label.clone()),
        node: node.map(|node| node_name(record, node)),
    }
}

fn end(record: &RunRecord) -> Instant {
    Instant::ZERO + record.simulated
}

fn walk<'a>(ground: &'a Ground<'_>, pair: &Recovery, to: Instant) -> Walk<'a> {
    let by = match pair.outcome {
        RecoveryOutcome::Replaced { by, .. } => Some(by),
        RecoveryOutcome::Back { .. }
        | RecoveryOutcome::Never { .. }
        | RecoveryOutcome::Removed
        | RecoveryOutcome::NotOut => None,
    };
    Walk {
        scenario: ground.scenario,
        record: ground.record,
        fault: Some(pair.fault),
        node: pair.node,
        by,
        from: pair.began_ns,
        to,
        effect: Effect::default(),
    }
}

fn detection(ground: &Ground<'_>, sla: &Sla) -> Option<Chain> {
    let pair = slowest_detection(ground, sla)?;
    let mut chain = Builder::new(pair.began_ns);
    let to = match pair.detection {
        Detection::After { after_ns } => pair.began_ns + after_ns,
        Detection::Never { watched_ns } => pair.began_ns + watched_ns,
        Detection::AlreadyKnown | Detection::NotExpected => return None,
    };
    walk(ground, pair, to).tell(&mut chain, None);
    chain.until(
        to,
        LinkName::Nothing,
        "it is never declared failed",
        settings::probe_period(ground.scenario),
    );
    chain.finish(head(ground.record, sla, Some(pair.fault), Some(pair.node)))
}

/// A pair from the fault to the node, or its replacement, serving again, or to the end of the run.
fn whole_pair(ground: &Ground<'_>, sla: &Sla, pair: &Recovery) -> Option<Chain> {
    let mut chain = Builder::new(pair.began_ns);
    let to = pair_end(ground.record, pair)?;
    walk(ground, pair, to).tell(&mut chain, None);
    let what = match pair.outcome {
        RecoveryOutcome::Never { .. } => "nothing more, and it never serves again",
        RecoveryOutcome::Back { .. }
        | RecoveryOutcome::Replaced { .. }
        | RecoveryOutcome::Removed
        | RecoveryOutcome::NotOut => "until it serves",
    };
    chain.until(to, LinkName::Nothing, what, None);
    chain.finish(head(ground.record, sla, Some(pair.fault), Some(pair.node)))
}

/// From a fault, or a rise of load, over its effect on requests to the moment when they were served well again.
fn requests(ground: &Ground<'_>, sla: &Sla, badness: Badness) -> Option<Chain> {
    let time = bad_times::worst(ground, sla, badness)?;
    let Some(fault) = time.fault else { return scaling::chain(ground, sla, &time) };
    let record = ground.record;
    let services = subject_services(record, sla.objective.subject);
    let is_ours =
        |pair: &Recovery| settings::service_of(record, pair.node).is_some_and(|id| services.contains(&id));
    let pair = slowest_of(ground, fault, is_ours);
    let began = record.faults[fault.index()].began;
    let mut chain = Builder::new(began);
    let effect_at = time.from.max(began);
    let effect = effect(ground, badness, sla, (began, effect_at));
    let done = match pair {
        Some(pair) => {
            let back = pair_end(record, pair).unwrap_or(time.to);
            let walk = Walk { effect, ..walk(ground, pair, back) };
            walk.tell(&mut chain, Some(effect_at));
            chain.until(back, LinkName::Nothing, "until it serves", None);
            chain.cut(time.to, ", requests are served well again before");
            back <= time.to
        }
        None => without_node(record, fault, (&time, &effect), &mut chain),
    };
    if done {
        aftermath(ground, sla, &mut chain, &time);
    }
    chain.finish(head(record, sla, Some(fault), pair.map(|pair| pair.node)))
}

/// What went on after the fault and its repair, until requests were served well again.
fn aftermath(ground: &Ground<'_>, sla: &Sla, chain: &mut Builder, time: &BadTime) {
    let record = ground.record;
    let within = |at: Instant| at > chain.cursor() && at <= time.to;
    let mut copies = 0;
    let mut copied = None;
    for (at, decision) in decisions(record).filter(|(at, _)| within(*at)) {
        if let Decision::ReplicationFinished { .. } = decision {
            copies += 1;
            copied = Some(at);
        }
    }
    if let Some(copied) = copied {
        let copies = if copies == 1 { "1 copy".into() } else { format!("{} copies", human::count(copies)) };
        let what = format!("{copies} of shards, which slow their nodes down");
        chain.until(copied, LinkName::Replication, what, settings::control("recovery.transfers_at_once"));
    }
    scaling::tell_aftermath(ground, sla, chain, time);
    let what = "queues and retries, until requests are served well again";
    chain.until(time.to, LinkName::Aftermath, what, retry_budget(ground, sla));
}

/// What a bad window begins to show.
fn effect(ground: &Ground<'_>, badness: Badness, sla: &Sla, (from, to): (Instant, Instant)) -> Effect {
    if badness != Badness::FewHealthy {
        return Effect { what: "until requests suffer", setting: None };
    }
    let services = subject_services(ground.record, sla.objective.subject);
    let scaled_down =
        decisions(ground.record).filter(|(at, _)| *at >= from && *at <= to).any(|(_, decision)| {
            matches!(decision, Decision::Scaling { service, plan: CapacityPlan::ScaleDown(_), .. }
            if services.contains(service))
        });
    if scaled_down {
        let what = "the auto-scaler takes nodes away until too few are left";
        return Effect { what, setting: settings::control("auto_scaler.min") };
    }
    Effect { what: "until too few nodes are left", setting: None }
}

/// A fault that touched no node. Says whether it was over before requests were well again.
fn without_node(
    record: &RunRecord,
    fault: FaultId,
    (time, effect): (&BadTime, &Effect),
    chain: &mut Builder,
) -> bool {
    let fault = &record.faults[fault.index()];
    let ended = fault.ended.unwrap_or(end(record));
    effect.tell(chain, time.from.min(ended));
    chain.until(ended.min(time.to), LinkName::Fault, format!("{} goes on", fault.label), None);
    ended <= time.to
}

/// The missing limit on retries of a client, if there is one.
fn retry_budget(ground: &Ground<'_>, sla: &Sla) -> Option<String> {
    let names: Vec<&str> = subject_clients(ground.record, sla.objective.subject)
        .iter()
        .map(|client| client.name.as_str())
        .collect();
    let unlimited = ground.scenario.clients.iter().filter(|client| names.contains(&client.name.as_str()));
    let client = unlimited
        .into_iter()
        .find(|client| client.patience.retries_max > 0 && client.patience.retry_budget.is_none())?;
    Some(format!("clients.{}.retries.budget", client.name))
}

/// A failure that was declared of a sound node, from its last good answer.
fn mistake(ground: &Ground<'_>, sla: &Sla) -> Option<Chain> {
    let record = ground.record;
    let (from, to) = interval(sla);
    let services = subject_services(record, sla.objective.subject);
    let alarm = ground.mistakes.false_alarms.iter().find(|alarm| {
        let ours = settings::service_of(record, alarm.node).is_some_and(|id| services.contains(&id));
        alarm.at_ns >= from && alarm.at_ns < to && ours
    })?;
    let (declared, evidence) = declared_at(record, alarm.node, alarm.at_ns)?;
    let began = declared - evidence.silent_for;
    let active = record.faults.iter().position(|fault| {
        fault.began <= declared && fault.ended.is_none_or(|ended| ended > began) && !fault.touched_nothing()
    });
    let fault = active.map(|index| FaultId(index as u32));
    let mut chain = Builder::new(began);
    let walk = Walk {
        scenario: ground.scenario,
        record,
        fault: None,
        node: alarm.node,
        by: None,
        // What the last good answer itself led to belongs to what was before.
        from: began + Duration::from_nanos(1),
        to: declared,
        effect: Effect::default(),
    };
    walk.tell(&mut chain, None);
    chain.finish(head(record, sla, fault, Some(alarm.node)))
}

/// The fault that destroyed most replicas.
fn loss(ground: &Ground<'_>, sla: &Sla) -> Option<Chain> {
    let (from, to) = interval(sla);
    let faults = ground.record.faults.iter().enumerate();
    let struck = faults.filter(|(_, f)| f.replicas > 0 && f.began >= from && f.began < to);
    let (index, _) = struck.rev().max_by_key(|(_, fault)| fault.replicas)?;
    let pair = slowest_of(ground, FaultId(index as u32), |_| true)?;
    whole_pair(ground, sla, pair)
}

/// The first plan that was given up, from the fault that it was made for.
fn given_up(ground: &Ground<'_>, sla: &Sla) -> Option<Chain> {
    let record = ground.record;
    let (from, to) = interval(sla);
    let services = subject_services(record, sla.objective.subject);
    let (at, node) = decisions(record).find_map(|(at, decision)| {
        let Decision::PlanGivenUp { node, .. } = decision else { return None };
        let ours = settings::service_of(record, *node).is_some_and(|id| services.contains(&id));
        (at >= from && at < to && ours).then_some((at, *node))
    })?;
    let pair = ground.recoveries.iter().rfind(|pair| pair.node == node && pair.began_ns <= at)?;
    let mut chain = Builder::new(pair.began_ns);
    walk(ground, pair, at).tell(&mut chain, None);
    chain.until(at, LinkName::Turn, "until the plan is given up", settings::control("recovery.attempts"));
    chain.finish(head(record, sla, Some(pair.fault), Some(node)))
}
