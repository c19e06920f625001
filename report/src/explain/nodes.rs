//! Why agreements on nodes, their number, their replicas and what was done to them were missed.

use super::requests::circumstances;
use super::words::{fault_text, faults_at, list, sentence_case};
use crate::episode::{Badness, Episode};
use crate::human;
use crate::measure::{Basis, Scope, subject_clients, subject_services};
use crate::narrative::narrative;
use crate::requests::window_sums;
use crate::sla::{Ground, interval};
use crate::why::{cause_words, give_up_words};
use cusinart_policies::{CapacityPlan, Decision, Duration, NodeId, ServiceId};
use cusinart_scenarios::Sla;
use std::collections::BTreeSet;

pub(super) fn mistakes(ground: &Ground<'_>, sla: &Sla) -> Vec<String> {
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
pub(super) fn size(ground: &Ground<'_>, sla: &Sla) -> Vec<String> {
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

pub(super) fn capacity(ground: &Ground<'_>, sla: &Sla, badness: Badness) -> Vec<String> {
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

pub(super) fn loss(ground: &Ground<'_>, sla: &Sla) -> Vec<String> {
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

pub(super) fn given_up(ground: &Ground<'_>, sla: &Sla) -> Vec<String> {
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
