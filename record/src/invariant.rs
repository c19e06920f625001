//! What holds in every run, whatever the scenario.

use cusinart_policies::Instant;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A rule that holds in every run. A run that breaks one has a fault of its own, and none of its numbers count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Invariant {
    /// Requests that started are those that ended, each once, and those in flight; tries are first ones and repeated ones.
    FlowConservation,
    /// The requests in flight, summed over time, are the times that requests were in flight, summed over requests.
    LittlesLaw,
    /// The time that workers were busy is the time that requests were with them.
    UtilizationLaw,
    /// No request waits in a queue while a worker that takes from it is free and moves.
    WorkConservation,
    /// Time never goes back.
    ClockMonotone,
    /// No node serves more requests than it has places for; no more nodes are up than there are.
    CapacityBound,
    /// The times that a node was up and down are its lifetime.
    AvailabilityAccounting,
    /// Messages that were sent have arrived, or were lost, or are under way.
    MessageConservation,
    /// A histogram of latencies holds each request that ended well, once.
    HistogramCount,
    /// The lifetimes of all nodes are the number of nodes, summed over time.
    CostIntegral,
    /// Nothing is served by a node that is down or stands still.
    DeadNodesServeNothing,
    /// No message arrives across a cut.
    PartitionRespected,
}

impl Invariant {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::FlowConservation,
        Self::LittlesLaw,
        Self::UtilizationLaw,
        Self::WorkConservation,
        Self::ClockMonotone,
        Self::CapacityBound,
        Self::AvailabilityAccounting,
        Self::MessageConservation,
        Self::HistogramCount,
        Self::CostIntegral,
        Self::DeadNodesServeNothing,
        Self::PartitionRespected,
    ];

    /// Its name, as in files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::FlowConservation => "flow_conservation",
            Self::LittlesLaw => "littles_law",
            Self::UtilizationLaw => "utilization_law",
            Self::WorkConservation => "work_conservation",
            Self::ClockMonotone => "clock_monotone",
            Self::CapacityBound => "capacity_bound",
            Self::AvailabilityAccounting => "availability_accounting",
            Self::MessageConservation => "message_conservation",
            Self::HistogramCount => "histogram_count",
            Self::CostIntegral => "cost_integral",
            Self::DeadNodesServeNothing => "dead_nodes_serve_nothing",
            Self::PartitionRespected => "partition_respected",
        }
    }
}

/// A rule was broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Which one.
    pub rule: Invariant,
    /// When that was seen.
    pub at: Instant,
    /// Events until then, the one in which it was seen included.
    pub events: u64,
    /// What that event was.
    pub event: String,
    /// What was found.
    pub state: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, at, events, event, state } = self;
        write!(out, "the rule {} was broken at {at}, in event {events} ({event}): {state}", rule.word())
    }
}
