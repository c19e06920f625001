//! Node types and services.

use super::{Names, call, distribution};
use crate::log::{Finding, Log, quote};
use crate::model::{Call, ColdStart, NodeType, Service, ServiceState};
use crate::raw::{RawColdStart, RawNodeType, RawScenario, RawService, RawState, Switch};
use crate::read::Named;
use cusinart_policies::ServiceId;

/// Most services of a cycle that a message names.
const NAMES_SHOWN: usize = 20;
/// Most nodes of all services together.
pub(super) const NODES_MAX: u64 = 16_000_000;
/// Most replicas of all services together.
const REPLICAS_MAX: u64 = 16_000_000;
/// Bandwidth of a node type that does not say: 1 Gbit/s.
const BANDWIDTH_DEFAULT: f64 = 125_000_000.0;
/// Replicas of a shard when the file does not say.
pub(super) const REPLICAS_DEFAULT: u32 = 3;

/// The node types, sorted by name.
pub(super) fn node_types(raw: &Named<RawNodeType>, log: &mut Log) -> Vec<NodeType> {
    let mut node_types: Vec<NodeType> =
        raw.0.iter().map(|(name, raw)| node_type(&name.value.0, raw, log)).collect();
    node_types.sort_by(|a, b| a.name.cmp(&b.name));
    node_types
}

fn node_type(name: &str, raw: &RawNodeType, log: &mut Log) -> NodeType {
    NodeType {
        name: name.into(),
        workers: raw.workers.value.get(),
        queue: raw.queue.map_or(u32::MAX, |queue| queue.value.0),
        boot_time: distribution::or_zero(raw.boot_time.as_ref(), log),
        cost_per_hour: raw.cost_per_hour.map_or(0.0, |cost| cost.value.0),
        state_bytes: raw.state.map_or(0, |state| state.value.0),
        bandwidth_bytes_per_s: raw.bandwidth.map_or(BANDWIDTH_DEFAULT, |bandwidth| bandwidth.value.0),
        transfer_slowdown: raw.transfer_slowdown.map_or(0.0, |slowdown| slowdown.value.0),
        speeds: raw
            .speed
            .as_ref()
            .map_or_else(|| vec![1.0], |speeds| speeds.0.iter().map(|speed| speed.value.0).collect()),
        cold_start: raw.cold_start.as_ref().map(|raw| cold_start(raw, log)),
        processor_sharing: raw.processor_sharing.is_some_and(|sharing| sharing.value),
    }
}

fn cold_start(raw: &RawColdStart, log: &mut Log) -> ColdStart {
    let slowdown = raw.slowdown.value.0;
    if slowdown <= 1.0 {
        log.report(Finding::at(raw.slowdown.mark, format!("`{slowdown}`"), "a number above 1"));
    }
    ColdStart { lasts: raw.r#for.value.0, slowdown }
}

/// The services, in the order of the file.
pub(super) fn services(raw: &RawScenario, names: &mut Names, log: &mut Log) -> Vec<Service> {
    let services: Vec<Service> =
        raw.services.0.iter().map(|(name, raw)| service(&name.value.0, raw, names, log)).collect();
    for ((name, raw_service), service) in raw.services.0.iter().zip(&services) {
        let scaler =
            raw_service.auto_scaler.as_ref().or(raw.control.as_ref().and_then(|c| c.auto_scaler.as_ref()));
        if service.nodes == 0 && !matches!(scaler, Some(Switch::On(_))) {
            let finding = Finding::at(
                raw_service.nodes.mark,
                "`0`",
                "at least 1 node for a service without auto-scaler",
            );
            log.report(finding.hint("nothing would ever start a node of it"));
        }
        if let Some(state) = &service.state
            && state.replicas > service.nodes
        {
            let at =
                raw_service.state.as_ref().and_then(|raw| raw.replicas).map_or(name.mark, |raw| raw.mark);
            let expected =
                format!("at most {}, the number of nodes of {}", service.nodes, quote(&service.name));
            log.report(Finding::at(at, format!("{} replicas of each shard", state.replicas), expected));
        }
    }
    for (_, raw) in &raw.services.0 {
        check_shared_queue(raw, log);
    }
    check_totals(raw, &services, log);
    check_cycles(raw, &services, log);
    services
}

fn service(name: &str, raw: &RawService, names: &mut Names, log: &mut Log) -> Service {
    let zones = names.zones(raw.zones.as_ref(), log);
    Service {
        name: name.into(),
        node_type: names.node_type(&raw.node_type, log),
        nodes: raw.nodes.value,
        zones,
        labels: names.carried(raw.labels.as_deref(), log),
        service_time: distribution::distribution(&raw.service_time, log),
        error_ratio: raw.errors.map_or(0.0, |errors| errors.value.0),
        calls: raw.calls.iter().flatten().map(|raw| call::step(raw, names, log)).collect(),
        state: raw.state.as_ref().map(state),
        concurrency_limit: raw.concurrency_limit.as_ref().map(|policy| policy.0.clone()),
        queue_discipline: raw.queue_discipline.as_ref().map(|policy| policy.0.clone()),
        shared_queue: raw.shared_queue.map(|limit| limit.value.0),
    }
}

/// A shared queue leaves nothing to decide for whoever decides about queues of nodes.
fn check_shared_queue(raw: &RawService, log: &mut Log) {
    let Some(shared) = raw.shared_queue else { return };
    let others = [
        ("load_balancer", raw.load_balancer.is_some()),
        ("concurrency_limit", raw.concurrency_limit.is_some()),
        ("queue_discipline", raw.queue_discipline.is_some()),
    ];
    for (key, _) in others.into_iter().filter(|(_, given)| *given) {
        let found = format!("`shared_queue` together with `{key}`");
        let hint = "nodes take requests from a shared queue by themselves, and have no queues of their own";
        log.report(Finding::at(shared.mark, found, "one of them").hint(hint));
    }
}

fn state(raw: &RawState) -> ServiceState {
    ServiceState {
        shards: raw.shards.value.get(),
        replicas: raw.replicas.map_or(REPLICAS_DEFAULT, |replicas| replicas.value.get()),
        shard_bytes: raw.shard_size.value.0,
        survives_restart: raw.survives_restart.is_none_or(|survives| survives.value),
    }
}

/// Limits of what fits into memory.
fn check_totals(raw: &RawScenario, services: &[Service], log: &mut Log) {
    let mut nodes = 0_u64;
    let mut replicas = 0_u64;
    for ((_, raw), service) in raw.services.0.iter().zip(services) {
        nodes += u64::from(service.nodes);
        if nodes > NODES_MAX {
            log.report(Finding::at(
                raw.nodes.mark,
                format!("{nodes} nodes in all"),
                format!("at most {NODES_MAX} nodes"),
            ));
            return;
        }
        if let (Some(raw), Some(state)) = (&raw.state, &service.state) {
            replicas = replicas.saturating_add(u64::from(state.shards) * u64::from(state.replicas));
            if replicas > REPLICAS_MAX {
                let found = format!("{replicas} replicas in all");
                log.report(Finding::at(raw.shards.mark, found, format!("at most {REPLICAS_MAX} replicas")));
                return;
            }
        }
    }
}

/// Reports a cycle of calls, with the names of its services.
fn check_cycles(raw: &RawScenario, services: &[Service], log: &mut Log) {
    if !log.is_clean() {
        // Unknown names stand for the first service and would make cycles that are none.
        return;
    }
    let mut visits = vec![Visit::Never; services.len()];
    for start in 0..services.len() {
        let mut path: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((at, next)) = path.last_mut() {
            let at = *at;
            let call = if visits[at] == Visit::Over { None } else { calls_of(&services[at]).nth(*next) };
            let Some(call) = call else {
                visits[at] = Visit::Over;
                path.pop();
                continue;
            };
            *next += 1;
            let number = *next - 1;
            visits[at] = Visit::Open;
            let target = call.service.index();
            if visits[target] == Visit::Open {
                let first = path.iter().position(|(service, _)| *service == target).unwrap_or_default();
                report_cycle(raw, services, &path[first..], (at, number), log);
                return;
            }
            path.push((target, 0));
        }
    }
}

/// All calls of a service, of all its steps.
fn calls_of(service: &Service) -> impl Iterator<Item = &Call> {
    service.calls.iter().flat_map(|step| &step.calls)
}

/// How far the search for cycles is with a service.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    /// Not seen.
    Never,
    /// On the path that is being followed.
    Open,
    /// Leads to no cycle.
    Over,
}

fn report_cycle(
    raw: &RawScenario,
    services: &[Service],
    cycle: &[(usize, usize)],
    (caller, call): (usize, usize),
    log: &mut Log,
) {
    let mut names: Vec<&str> = cycle.iter().map(|(service, _)| services[*service].name.as_str()).collect();
    if names.len() > NAMES_SHOWN {
        names.splice(NAMES_SHOWN - 1.., ["…"]);
    }
    names.extend(names.first().copied());
    let raw_service = &raw.services.0[caller].1;
    let mark = raw_service.calls.iter().flatten().flat_map(call::marks).nth(call).unwrap_or(raw_service.mark);
    let found = format!("the cycle of calls {}", names.join(" -> "));
    log.report(
        Finding::at(mark, found, "calls without a cycle").hint("every request would make requests for ever"),
    );
}

/// The id of a service at a position.
pub(super) fn id(position: usize) -> ServiceId {
    ServiceId(u16::try_from(position).unwrap_or(u16::MAX))
}
