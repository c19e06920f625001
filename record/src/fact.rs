//! Facts: what happened in a run, in order, with its reason.

use cusinart_policies::overload::BreakerChange;
use cusinart_policies::{Decision, Instant, NodeId, ServiceId, ShardId, ZoneId};
use serde::{Deserialize, Serialize};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// When, in nanoseconds of virtual time.
    pub at: Instant,
    /// What.
    #[serde(flatten)]
    pub kind: FactKind,
}

/// What happened: decided by the control plane, or done by the world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum FactKind {
    /// The control plane decided.
    Decision(Decision),
    /// A fault struck.
    FaultBegan {
        /// The occurrence.
        fault: FaultId,
        /// Label of the fault in the scenario.
        label: String,
    },
    /// A fault ended.
    FaultEnded {
        /// The occurrence.
        fault: FaultId,
    },
    /// A fault struck and found nothing to touch.
    FaultMissed {
        /// The occurrence.
        fault: FaultId,
        /// Label of the fault in the scenario.
        label: String,
    },
    /// What a node truly does has changed.
    NodeState {
        /// The node.
        node: NodeId,
        /// Its new state.
        state: NodeState,
    },
    /// A node exists from now on and costs money.
    NodeProvisioned {
        /// The node.
        node: NodeId,
        /// Its zone.
        zone: ZoneId,
    },
    /// A node's replicas are gone.
    ReplicasLost {
        /// The node.
        node: NodeId,
        /// How many.
        replicas: u32,
    },
    /// The last replica of a shard is gone: data loss.
    ShardLost {
        /// The shard.
        shard: ShardId,
    },
    /// The circuit breaker of a sender changed its state.
    Breaker {
        /// The client, or the service that calls another one.
        sender: String,
        /// The service it sends to.
        service: ServiceId,
        /// What it changed to, and why.
        change: BreakerChange,
    },
}

/// An occurrence of a fault. Dense from 0 in order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaultId(pub u32);

impl FaultId {
    /// Position in [`RunRecord::faults`](crate::RunRecord::faults).
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a node truly does, whatever the control plane believes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeState {
    /// Being provisioned, booting, or restarting.
    Booting,
    /// Runs and serves.
    Up,
    /// Runs and serves slowly.
    Slow,
    /// Runs and does nothing.
    Hung,
    /// Finishes its work and takes no more.
    Draining,
    /// Its process or machine is dead.
    Down,
    /// Given back.
    Stopped,
}

/// The kind of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// A process dies.
    Crash,
    /// A process dies, and again some time after each restart.
    CrashLoop,
    /// A process stands still.
    Hang,
    /// A node serves slowly.
    Slow,
    /// A zone loses power.
    ZoneOutage,
    /// Messages between places are all lost.
    Partition,
    /// Messages between places are lost with a probability.
    Loss,
}

/// One occurrence of a fault and all it touched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaultRecord {
    /// Label of the fault in the scenario.
    pub label: String,
    /// Its kind.
    pub kind: FaultKind,
    /// When it struck.
    pub began: Instant,
    /// When it ended; `None` if it lasted to the end of the run.
    pub ended: Option<Instant>,
    /// Nodes it hit; for network faults the nodes on the side that is cut off from the control plane, or on both
    /// sides if it is on neither or on both.
    pub nodes: Vec<NodeId>,
    /// Tries of requests that were lost or broken by it.
    pub requests: u64,
    /// Probes and their answers that were lost by it.
    pub probes: u64,
    /// Replicas destroyed by it.
    pub replicas: u64,
}

impl FaultRecord {
    /// Whether it changed nothing at all.
    pub fn touched_nothing(&self) -> bool {
        self.nodes.is_empty() && self.requests == 0 && self.probes == 0 && self.replicas == 0
    }
}
