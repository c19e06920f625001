//! The chain when no fault is to blame: load rises, the auto-scaler sees it, nodes boot and serve.

use super::bad_times::BadTime;
use super::links::{Builder, Chain, Head, LinkName};
use super::pair::tell_boot;
use super::settings;
use crate::control::decisions;
use crate::human;
use crate::measure::{subject_clients, subject_services};
use crate::narrative::scaling_text;
use crate::requests::{WindowSum, window_sums};
use crate::sla::Ground;
use crate::why::service_name;
use cusinart_policies::{CapacityPlan, Decision, Instant, NodeId, ScalingReason, ServiceId};
use cusinart_record::{FactKind, NodeState, RunRecord};
use cusinart_scenarios::Sla;

/// Load above the least before by this factor counts as risen.
const RISE: f64 = 1.2;

/// One cycle of the auto-scaler of the service.
struct Cycle<'a> {
    at: Instant,
    plan: &'a CapacityPlan,
    current: u32,
    reason: &'a ScalingReason,
}

/// From the rise of load before a bad time to its end.
pub(super) fn chain(ground: &Ground<'_>, sla: &Sla, time: &BadTime) -> Option<Chain> {
    let record = ground.record;
    let service = service(ground, sla, time)?;
    let windows = window_sums(subject_clients(record, sla.objective.subject));
    let from = rise(record, &windows, time.from);
    let mut chain = Builder::new(from);
    if ground.scenario.control.cluster.services.get(service.index())?.auto_scaler.is_some() {
        tell(ground, service, &mut chain, time);
    } else {
        nobody(record, service, &mut chain, time);
    }
    chain.finish(Head {
        sla: sla.text.clone(),
        fault: None,
        node: Some(format!("load of {}", service_name(record, service))),
    })
}

/// Tells the end of a bad time as one of scaling, if a service was scaled up then.
pub(super) fn tell_aftermath(ground: &Ground<'_>, sla: &Sla, chain: &mut Builder, time: &BadTime) {
    let Some(service) = service(ground, sla, time) else { return };
    let cycles = cycles(ground.record, service, chain.cursor(), time.to);
    if cycles.iter().any(|cycle| matches!(cycle.plan, CapacityPlan::ScaleUp(_))) {
        tell(ground, service, chain, time);
    }
}

/// What the auto-scaler saw and did from the last link to the end of a bad time.
fn tell(ground: &Ground<'_>, service: ServiceId, chain: &mut Builder, time: &BadTime) {
    let cycles = cycles(ground.record, service, chain.cursor(), time.to);
    let up = cycles.iter().find(|cycle| matches!(cycle.plan, CapacityPlan::ScaleUp(_)));
    unseen(ground, service, &cycles, up, chain, time);
    if let Some(up) = up {
        scaled(ground, service, up, &cycles, chain, time);
    }
}

/// The service whose number of nodes is to be told: of those the agreement is about, the one that was scaled up in
/// the bad time, else the busiest.
fn service(ground: &Ground<'_>, sla: &Sla, time: &BadTime) -> Option<ServiceId> {
    let record = ground.record;
    let services = subject_services(record, sla.objective.subject);
    let was_scaled = |id: &ServiceId| {
        let cycles = cycles(record, *id, time.from, time.to);
        cycles.iter().any(|cycle| matches!(cycle.plan, CapacityPlan::ScaleUp(_)))
    };
    let window = record.header.window.as_nanos().max(1);
    let (first, last) = (time.from.as_nanos() / window, time.to.as_nanos() / window);
    let busy = |id: &ServiceId| {
        let windows = &record.services[id.index()].windows;
        let inside = windows.iter().take(last as usize + 1).skip(first as usize);
        inside.map(|window| window.utilization).fold(0.0, f64::max)
    };
    let known = services.into_iter().filter(|id| id.index() < record.services.len());
    known.rev().max_by(|a, b| was_scaled(a).cmp(&was_scaled(b)).then(busy(a).total_cmp(&busy(b))))
}

/// When load began to rise towards a bad time: the end of the last window before it whose load was near the least
/// before; the begin of the bad time, if load had not risen.
fn rise(record: &RunRecord, windows: &[WindowSum], bad_from: Instant) -> Instant {
    let start = |index: usize| Instant::ZERO + record.header.window * index as u64;
    let before = (0..windows.len()).take_while(|index| start(*index) <= bad_from).count();
    let load = |index: usize| windows[index].counts.offered as f64;
    // The first and the last window may be shorter than the others or begin without load.
    let least = (1..before).map(load).filter(|load| *load > 0.0).reduce(f64::min);
    let Some(least) = least.filter(|least| before > 0 && load(before - 1) > RISE * least) else {
        return bad_from;
    };
    let calm = (0..before).rev().find(|index| load(*index) <= RISE * least);
    calm.map_or(bad_from, |index| start(index + 1)).min(bad_from)
}

fn cycles(record: &RunRecord, wanted: ServiceId, from: Instant, to: Instant) -> Vec<Cycle<'_>> {
    let all = decisions(record).filter(|(at, _)| *at > from && *at <= to);
    let ours = all.filter_map(|(at, decision)| {
        let Decision::Scaling { service, plan, current, reason, .. } = decision else { return None };
        (*service == wanted).then_some(Cycle { at, plan, current: *current, reason })
    });
    ours.collect()
}

/// A service that nobody scales.
fn nobody(record: &RunRecord, service: ServiceId, chain: &mut Builder, time: &BadTime) {
    let name = service_name(record, service);
    let nodes = Some(format!("services.{name}.nodes"));
    chain.until(time.from, LinkName::Rise, "load rises until requests suffer", nodes.clone());
    chain.until(time.to, LinkName::Nothing, format!("no auto-scaler adds nodes to {name}"), nodes);
}

/// What the cycles saw until one added nodes, or until the bad time was over.
fn unseen(
    ground: &Ground<'_>,
    service: ServiceId,
    cycles: &[Cycle<'_>],
    up: Option<&Cycle<'_>>,
    chain: &mut Builder,
    time: &BadTime,
) {
    let before = || cycles.iter().take_while(|cycle| up.is_none_or(|up| cycle.at < up.at));
    let is_held = |cycle: &&Cycle<'_>| {
        !cycle.reason.limits.is_empty() && cycle.reason.value.is_some_and(|value| value > cycle.reason.target)
    };
    let held = before().find(is_held);
    let blind = before().filter(|cycle| held.is_none_or(|held| cycle.at < held.at)).last();
    if let Some(cycle) = blind {
        let what = match cycle.plan {
            CapacityPlan::ScaleDown(nodes) => {
                let fewer = human::counted(nodes.len() as u64, "node");
                format!(
                    "the cycle at {} takes {fewer} away, {}",
                    human::clock(cycle.at),
                    scaling_text(cycle.reason)
                )
            }
            CapacityPlan::Maintain | CapacityPlan::ScaleUp(_) => {
                format!("the cycle at {} still sees {}", human::clock(cycle.at), scaling_text(cycle.reason))
            }
        };
        chain.until(cycle.at, LinkName::Rise, what, settings::scaling_limit(ground.scenario, service));
    }
    if let Some(held) = held {
        cycle_ran(chain, held, time);
        let limit = held.reason.limits.first().map_or("a limit", String::as_str);
        let setting = if limit.starts_with("max") {
            settings::control("auto_scaler.max")
        } else if limit.starts_with("cooldown") {
            settings::control("auto_scaler.cooldown_up")
        } else {
            settings::scaling_limit(ground.scenario, service)
        };
        let to = up.map_or(time.to, |up| up.at);
        chain.until(to, LinkName::Held, format!("held back by {limit}"), setting);
    } else if let Some(up) = up {
        cycle_ran(chain, up, time);
    } else {
        let what = "it adds no node while requests suffer";
        chain.until(time.to, LinkName::Nothing, what, settings::scaling_limit(ground.scenario, service));
    }
}

fn cycle_ran(chain: &mut Builder, cycle: &Cycle<'_>, time: &BadTime) {
    let suffer = if time.from > chain.cursor() && time.from < cycle.at {
        format!("; requests suffer from {}", human::clock(time.from))
    } else {
        String::new()
    };
    let what = format!(
        "until the cycle at {}, with a sample {} old{suffer}",
        human::clock(cycle.at),
        human::span(cycle.reason.age)
    );
    chain.until(cycle.at, LinkName::Cycle, what, settings::control("auto_scaler.period"));
}

/// From the first scale-up to the end of the bad time.
fn scaled(
    ground: &Ground<'_>,
    service: ServiceId,
    up: &Cycle<'_>,
    cycles: &[Cycle<'_>],
    chain: &mut Builder,
    time: &BadTime,
) {
    let CapacityPlan::ScaleUp(nodes) = up.plan else { return };
    let Some((served, added)) = first_added(ground.record, service, up.at, time.to) else {
        let what = format!("{} asked for, none serves yet", human::counted(u64::from(*nodes), "node"));
        let boot = settings::node_type(ground.scenario, service, "boot_time");
        chain.until(time.to, LinkName::Boot, what, boot);
        return;
    };
    let count = human::counted(u64::from(*nodes), "node");
    let what = format!("first of {count} added to {}", up.current);
    tell_boot(ground.scenario, chain, service, served, (LinkName::Boot, &what));
    let state = settings::node_type(ground.scenario, service, "state");
    chain.until(added, LinkName::Load, "it joins the balancer", state);
    let further: Vec<u32> = cycles
        .iter()
        .filter(|cycle| cycle.at > up.at)
        .filter_map(|cycle| match cycle.plan {
            CapacityPlan::ScaleUp(nodes) => Some(*nodes),
            CapacityPlan::ScaleDown(_) | CapacityPlan::Maintain => None,
        })
        .collect();
    if further.is_empty() {
        chain.until(time.to, LinkName::Aftermath, "the other nodes boot, queues empty", None);
    } else {
        let total: u32 = further.iter().sum();
        let rounds = human::counted(further.len() as u64, "further scale-up");
        let what = format!("{rounds} of {} until it is enough", human::counted(u64::from(total), "node"));
        chain.until(time.to, LinkName::Rounds, what, settings::scaling_step(ground.scenario, service));
    }
}

/// When the first node asked for from a moment on served, and when it joined the balancer.
fn first_added(
    record: &RunRecord,
    wanted: ServiceId,
    from: Instant,
    to: Instant,
) -> Option<(Instant, Instant)> {
    let asked: Vec<NodeId> = decisions(record)
        .filter(|(at, _)| *at >= from && *at <= to)
        .filter_map(|(_, decision)| {
            let Decision::NodeAdding { node, service, .. } = decision else { return None };
            (*service == wanted).then_some(*node)
        })
        .collect();
    let (added, node) = decisions(record).find_map(|(at, decision)| {
        let Decision::NodeAdded { node, .. } = decision else { return None };
        (at >= from && at <= to && asked.contains(node)).then_some((at, *node))
    })?;
    let served = record.facts.iter().find_map(|fact| match &fact.kind {
        FactKind::NodeState { node: of, state: NodeState::Up } if *of == node => Some(fact.at),
        FactKind::NodeState { .. }
        | FactKind::Decision(_)
        | FactKind::FaultBegan { .. }
        | FactKind::FaultEnded { .. }
        | FactKind::FaultMissed { .. }
        | FactKind::NodeProvisioned { .. }
        | FactKind::ReplicasLost { .. }
        | FactKind::ShardLost { .. }
        | FactKind::Breaker { .. } => None,
    });
    Some((served.unwrap_or(added).min(added), added))
}
