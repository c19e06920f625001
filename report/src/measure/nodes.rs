//! Measurement of nodes, their cost, their state and what was done to them.

use super::measurement::Measurement;
use super::scope::Scope;
use crate::services::{cost_between, total};
use crate::sla::Ground;
use cusinart_policies::{Decision, Instant, NodeId};
use cusinart_record::{FactKind, ServiceWindow};
use std::collections::BTreeSet;

/// Cost of the nodes.
pub(super) fn cost(scope: &Scope<'_, '_>) -> Measurement {
    let end = Instant::ZERO + scope.record().simulated;
    Measurement::value(cost_between(scope.nodes(), scope.from, scope.to, end))
}

/// Most nodes provisioned at once.
pub(super) fn nodes_max(scope: &Scope<'_, '_>) -> Measurement {
    let end = Instant::ZERO + scope.record().simulated;
    Measurement::value(f64::from(crate::services::nodes_max(scope.nodes(), scope.from, scope.to.min(end))))
}

/// Sound nodes that were restarted / nodes at the start.
pub(super) fn healthy_restarted(ground: &Ground<'_>, scope: &Scope<'_, '_>) -> Measurement {
    let restarts = ground.mistakes.healthy_restarts.iter();
    let nodes: BTreeSet<NodeId> = restarts
        .filter(|restart| scope.has(restart.at_ns, restart.node))
        .map(|restart| restart.node)
        .collect();
    let at_start = scope.nodes().filter(|node| node.provisioned == Instant::ZERO).count();
    Measurement::value(nodes.len() as f64 / at_start.max(1) as f64)
}

/// Fewest nodes believed healthy at the end of any window.
pub(super) fn healthy_min(scope: &Scope<'_, '_>) -> Measurement {
    Measurement::of(at_ends(scope, |window| window.healthy).reduce(f64::min), "there is no window")
}

/// Most requests waiting at the end of any window.
pub(super) fn queue_max(scope: &Scope<'_, '_>) -> Measurement {
    Measurement::of(at_ends(scope, |window| window.queued).reduce(f64::max), "there is no window")
}

/// Something of all services together at the end of each window.
fn at_ends(scope: &Scope<'_, '_>, field: fn(&ServiceWindow) -> u32) -> impl Iterator<Item = f64> {
    let services: Vec<_> = scope.services().filter_map(|index| scope.record().services.get(index)).collect();
    let count = services.iter().map(|service| service.windows.len()).max().unwrap_or(0);
    let (first, end) = scope.window_range(count);
    (first..end).map(move |index| {
        total(services.iter().filter_map(|service| service.windows.get(index)).map(|w| f64::from(field(w))))
    })
}

/// Shards without any replica left.
pub(super) fn shards_lost(scope: &Scope<'_, '_>) -> Measurement {
    if !scope.during {
        let services = scope.services().filter_map(|index| scope.record().services.get(index));
        return Measurement::value(f64::from(services.map(|service| service.shards_lost).sum::<u32>()));
    }
    // Facts of lost shards do not name a service, so an interval cannot be restricted to one of several.
    let lost = scope.facts().iter().filter(|fact| matches!(fact.kind, FactKind::ShardLost { .. })).count();
    Measurement::value(lost as f64)
}

/// Replicas destroyed.
pub(super) fn replicas_lost(scope: &Scope<'_, '_>) -> Measurement {
    if let Some(faults) = scope.named_faults() {
        return Measurement::value(faults.map(|fault| fault.replicas).sum::<u64>() as f64);
    }
    let lost = scope.facts().iter().map(|fact| match &fact.kind {
        FactKind::ReplicasLost { node, replicas } if scope.has_node(*node) => u64::from(*replicas),
        FactKind::ReplicasLost { .. }
        | FactKind::Decision(_)
        | FactKind::FaultBegan { .. }
        | FactKind::FaultEnded { .. }
        | FactKind::FaultMissed { .. }
        | FactKind::NodeState { .. }
        | FactKind::NodeProvisioned { .. }
        | FactKind::ShardLost { .. }
        | FactKind::Breaker { .. } => 0,
    });
    Measurement::value(lost.sum::<u64>() as f64)
}

/// Recovery plans given up.
pub(super) fn plans_given_up(scope: &Scope<'_, '_>) -> Measurement {
    let given_up = scope.facts().iter().filter(|fact| {
        let FactKind::Decision(Decision::PlanGivenUp { node, .. }) = &fact.kind else { return false };
        scope.has_node(*node) && scope.is_owed(fact.at, *node)
    });
    Measurement::value(given_up.count() as f64)
}
