//! Services: work done, nodes, cost and data loss.

use cusinart_policies::{Duration, Instant, ServiceId};
use cusinart_record::{FactKind, NodeRecord, RunRecord, ServiceRecord, Shed};
use serde::Serialize;

/// Results of one service.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ServiceSummary {
    /// Its name.
    pub name: String,
    /// Tries that arrived at its nodes.
    pub arrived: u64,
    /// Tries served to the end.
    pub served: u64,
    /// Of these, tries whose sender had given up: wasted work.
    pub wasted: u64,
    /// Tries refused because the queue was full, or shed by a limit or a discipline.
    pub rejected: u64,
    /// Tries that were not served to keep the others fast.
    #[serde(skip_serializing_if = "Shed::is_nothing")]
    pub shed: Shed,
    /// Least and greatest limit of concurrency of all its running nodes together at the end of any window; `None`
    /// without limits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_range: Option<(u32, u32)>,
    /// Time all workers together were busy, in nanoseconds.
    pub busy_ns: Duration,
    /// Nodes at the start.
    pub nodes_at_start: u32,
    /// Most nodes provisioned at once.
    pub nodes_max: u32,
    /// Fewest nodes believed healthy at the end of any window; `None` without windows.
    pub healthy_min: Option<u32>,
    /// Most requests waiting at the end of any window.
    pub queued_max: u32,
    /// Greatest utilization of any window, 0..=1.
    pub utilization_max: f64,
    /// Time all its nodes together were provisioned, in hours.
    pub node_hours: f64,
    /// Cost of its nodes.
    pub cost: f64,
    /// Shards of replicated state.
    pub shards: u32,
    /// Shards without any replica at the end.
    pub shards_lost: u32,
    /// Replicas destroyed.
    pub replicas_lost: u64,
    /// Replicas copied.
    pub replicas_copied: u64,
    /// Most replicas missing to full replication at the end of any window.
    pub replicas_missing_max: u32,
}

/// Data loss over all services.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DataLoss {
    /// Shards of replicated state.
    pub shards: u64,
    /// Shards that lost their last replica.
    pub shards_lost: u64,
    /// When the first shard was lost, in nanoseconds.
    pub first_shard_lost_at_ns: Option<Instant>,
    /// Replicas destroyed.
    pub replicas_lost: u64,
    /// Replicas copied.
    pub replicas_copied: u64,
}

/// Summarizes every service.
pub(crate) fn services(record: &RunRecord) -> Vec<ServiceSummary> {
    let end = Instant::ZERO + record.simulated;
    let summaries = record.services.iter().enumerate().map(|(index, service)| {
        let id = ServiceId(index as u16);
        let nodes = || record.nodes.iter().filter(move |node| node.service == id);
        let provisioned = total(nodes().map(|node| lifetime(node, end).as_secs_f64()));
        ServiceSummary {
            name: service.name.clone(),
            arrived: service.arrived,
            served: service.served,
            wasted: service.wasted,
            rejected: service.rejected,
            shed: service.shed,
            limit_range: limit_range(service),
            busy_ns: service.busy,
            nodes_at_start: nodes().filter(|node| node.provisioned == Instant::ZERO).count() as u32,
            nodes_max: nodes_max(nodes(), Instant::ZERO, end),
            healthy_min: service.windows.iter().map(|window| window.healthy).min(),
            queued_max: service.windows.iter().map(|window| window.queued).max().unwrap_or(0),
            utilization_max: service.windows.iter().map(|w| finite(w.utilization)).fold(0.0, f64::max),
            node_hours: provisioned / 3_600.0,
            cost: total(nodes().map(|node| finite(node.cost))),
            shards: service.shards,
            shards_lost: service.shards_lost,
            replicas_lost: service.replicas_lost,
            replicas_copied: service.replicas_copied,
            replicas_missing_max: service.windows.iter().map(|w| w.replicas_missing).max().unwrap_or(0),
        }
    });
    summaries.collect()
}

fn limit_range(service: &ServiceRecord) -> Option<(u32, u32)> {
    let limits = || service.windows.iter().map(|window| window.limit).filter(|limit| *limit > 0);
    limits().min().zip(limits().max())
}

/// Adds up the data loss of all services.
pub(crate) fn data_loss(record: &RunRecord) -> DataLoss {
    let sum = |field: fn(&ServiceRecord) -> u64| record.services.iter().map(field).sum();
    DataLoss {
        shards: sum(|service| u64::from(service.shards)),
        shards_lost: sum(|service| u64::from(service.shards_lost)),
        first_shard_lost_at_ns: record.facts.iter().find_map(|fact| match &fact.kind {
            FactKind::ShardLost { .. } => Some(fact.at),
            FactKind::Decision(_)
            | FactKind::FaultBegan { .. }
            | FactKind::FaultEnded { .. }
            | FactKind::FaultMissed { .. }
            | FactKind::NodeState { .. }
            | FactKind::NodeProvisioned { .. }
            | FactKind::ReplicasLost { .. }
            | FactKind::Breaker { .. } => None,
        }),
        replicas_lost: sum(|service| service.replicas_lost),
        replicas_copied: sum(|service| service.replicas_copied),
    }
}

/// Most nodes provisioned at once between two moments, exact.
pub(crate) fn nodes_max<'a>(nodes: impl Iterator<Item = &'a NodeRecord>, from: Instant, to: Instant) -> u32 {
    let mut changes: Vec<(Instant, i64)> = Vec::new();
    for node in nodes {
        let stopped = node.stopped.unwrap_or(Instant::FAR_FUTURE);
        if node.provisioned < to && stopped > from {
            changes.push((node.provisioned.max(from), 1));
            changes.push((stopped, -1));
        }
    }
    // A node given back at an instant does not overlap with one asked for at the same instant.
    changes.sort_unstable();
    let (mut current, mut most) = (0_i64, 0_i64);
    for (_, change) in changes {
        current += change;
        most = most.max(current);
    }
    most as u32
}

/// Cost of some nodes between two moments: each node's cost by the part of its life that lies between them.
pub(crate) fn cost_between<'a>(
    nodes: impl Iterator<Item = &'a NodeRecord>,
    from: Instant,
    to: Instant,
    end: Instant,
) -> f64 {
    let shares = nodes.map(|node| {
        let life = lifetime(node, end).as_secs_f64();
        let inside = node.stopped.unwrap_or(end).min(to).since(node.provisioned.max(from)).as_secs_f64();
        if life > 0.0 { finite(node.cost) * (inside / life).min(1.0) } else { 0.0 }
    });
    total(shares)
}

/// The sum of some numbers. Of none it is 0: std's sum of no floats is -0, and would print so.
pub(crate) fn total(numbers: impl Iterator<Item = f64>) -> f64 {
    numbers.fold(0.0, |sum, number| sum + number)
}

/// Time a node was provisioned.
fn lifetime(node: &NodeRecord, end: Instant) -> Duration {
    node.stopped.unwrap_or(end).min(end).since(node.provisioned)
}

/// The number, or zero for NaN, infinity and -0.
pub(crate) fn finite(value: f64) -> f64 {
    if value.is_finite() { value + 0.0 } else { 0.0 }
}
