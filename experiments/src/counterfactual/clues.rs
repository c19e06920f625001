//! Clues: what the chain of a missed agreement and its metric point to.

use cusinart_report::{Chain, LinkName};
use cusinart_scenarios::Metric;
use std::collections::BTreeSet;

/// Where time or requests were lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Clue {
    /// Until a failure was declared.
    Detection,
    /// Failures were declared that were none.
    FalseAlarm,
    /// In steps of plans that failed and pauses between them.
    Plans,
    /// Until a process or machine had booted.
    Boot,
    /// Until a node had its state.
    Load,
    /// Until good probes said that a node is back.
    Readiness,
    /// In copies of shards, which slow nodes down.
    CopiesTooMany,
    /// Until shards were copied.
    CopiesTooFew,
    /// Until nodes were added.
    Scaling,
    /// Too few nodes, or too little of everything.
    Capacity,
    /// Requests suffered: passive checks, balancing and retries may matter.
    Requests,
    /// Plans were given up.
    GivenUp,
    /// Too much was spent.
    Cost,
}

/// The clues to an agreement.
pub(super) fn clues(metric: Metric, chain: Option<&Chain>) -> BTreeSet<Clue> {
    let of_requests = matches!(of_metric(metric), Some(Clue::Requests));
    let links = chain.into_iter().flat_map(|chain| &chain.links);
    let mut clues: BTreeSet<Clue> = links.filter_map(|link| of_link(link.name, of_requests)).collect();
    clues.extend(of_metric(metric));
    if of_requests {
        clues.insert(Clue::Capacity);
    }
    // Who declares too much failed is not helped by declaring sooner, nor by what comes after.
    if clues.contains(&Clue::FalseAlarm) || clues.contains(&Clue::Cost) {
        clues.retain(|clue| matches!(clue, Clue::FalseAlarm | Clue::Cost));
    }
    clues
}

const fn of_metric(metric: Metric) -> Option<Clue> {
    match metric {
        Metric::Availability
        | Metric::ErrorRatio
        | Metric::Goodput
        | Metric::Latency(_)
        | Metric::RetryRatio
        | Metric::Unrouted
        | Metric::Throughput
        | Metric::ErrorBudget { .. }
        | Metric::BurnRate { .. } => Some(Clue::Requests),
        Metric::TimeToDetect(_) => Some(Clue::Detection),
        Metric::TimeToRecover(_) => None,
        Metric::TimeToConverge => Some(Clue::Plans),
        Metric::FalseAlarms | Metric::HealthyRestarted => Some(Clue::FalseAlarm),
        Metric::Cost | Metric::NodesMax => Some(Clue::Cost),
        Metric::NodesMin | Metric::QueueMax => Some(Clue::Capacity),
        Metric::ShardsLost | Metric::ReplicasLost => Some(Clue::CopiesTooFew),
        Metric::PlansGivenUp => Some(Clue::GivenUp),
    }
}

const fn of_link(link: LinkName, of_requests: bool) -> Option<Clue> {
    match link {
        LinkName::FirstMiss | LinkName::Detection => Some(Clue::Detection),
        LinkName::Turn | LinkName::Backoff | LinkName::FailedTry | LinkName::Replacement => Some(Clue::Plans),
        LinkName::Restart | LinkName::Boot => Some(Clue::Boot),
        LinkName::Load => Some(Clue::Load),
        LinkName::Readiness => Some(Clue::Readiness),
        LinkName::Replication if of_requests => Some(Clue::CopiesTooMany),
        LinkName::Replication => Some(Clue::CopiesTooFew),
        LinkName::Rise | LinkName::Cycle | LinkName::Held | LinkName::Rounds => Some(Clue::Scaling),
        LinkName::Nothing | LinkName::Aftermath | LinkName::Effect | LinkName::Ejection | LinkName::Fault => {
            None
        }
    }
}
