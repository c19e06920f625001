//! Everything a run leaves behind.

use crate::fact::{Fact, FaultRecord};
use crate::invariant::Violation;
use cusinart_policies::{Duration, Instant, NodeId, ServiceId, ZoneId};
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize, Serializer};
use std::ops::{Deref, DerefMut};

/// Everything a run leaves behind. Its size grows with faults, decisions and windows, not with requests.
#[derive(Clone, Debug)]
pub struct RunRecord {
    /// What was run.
    pub header: Header,
    /// Nodes that ever existed, indexed by [`NodeId`].
    pub nodes: Vec<NodeRecord>,
    /// All facts, in order.
    pub facts: Vec<Fact>,
    /// Occurrences of faults, in order of their start.
    pub faults: Vec<FaultRecord>,
    /// Results per client, in the order of the scenario.
    pub clients: Vec<ClientRecord>,
    /// Results per service, indexed by [`ServiceId`].
    pub services: Vec<ServiceRecord>,
    /// Virtual time that was simulated; shorter than the header's duration if the run was interrupted.
    pub simulated: Duration,
    /// Why the run could not go on, if it could not.
    pub early_end: Option<EarlyEnd>,
    /// The rule that was broken, if one was.
    pub violation: Option<Violation>,
    /// Events dispatched.
    pub events: u64,
    /// Digest over the canonical records of the run.
    pub digest: u64,
    /// Running digest at every 2^20 records: (records so far, digest so far).
    pub checkpoints: Vec<(u64, u64)>,
}

/// A histogram of latencies in nanoseconds, made by [`latency_histogram`].
pub type LatencyHistogram = Histogram<u64>;

/// An empty histogram of latencies in nanoseconds with three significant digits. It grows with the longest latency
/// recorded and has no upper end.
pub fn latency_histogram() -> LatencyHistogram {
    Histogram::new(3).expect("three digits are allowed")
}

/// Why a run could not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EarlyEnd {
    /// More requests in flight than a run can hold.
    TooManyRequests,
    /// More occurrences of faults than a run can hold.
    TooManyFaults,
    /// The control plane went on deciding without end in one instant.
    EndlessDecisions,
    /// More events in one instant than any cause explains.
    EventStorm,
    /// More events than a run can have.
    TooManyEvents,
    /// A rule was broken that holds in every run.
    InvariantViolated,
}

impl EarlyEnd {
    /// What happened and what to do about it, as a sentence without a full stop.
    pub const fn words(self) -> &'static str {
        match self {
            Self::TooManyRequests => {
                "it had 16.7 million requests in flight, the most a run can hold: bound the queue or set a timeout"
            }
            Self::TooManyFaults => {
                "it had 16.7 million occurrences of faults, the most a run can hold: let them strike less often"
            }
            Self::EndlessDecisions => {
                "its control plane took 50 million steps in one instant, which never ends: look at the last facts"
            }
            Self::EventStorm => {
                "it had 100 million events in one instant, which never ends: let retries, faults or messages take time"
            }
            Self::TooManyEvents => {
                "it had 34 billion events, the most a run can have: make it shorter, or its load lower"
            }
            Self::InvariantViolated => "it broke a rule that holds in every run: none of its numbers count",
        }
    }
}

/// What was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Name of the scenario.
    pub scenario: String,
    /// xxh3-64 of the expanded scenario without its seed, in hexadecimal.
    pub scenario_hash: String,
    /// Seed of the run.
    pub seed: u64,
    /// Version of the simulator.
    pub version: String,
    /// Virtual time the scenario asks for.
    pub duration: Duration,
    /// Requests that start earlier do not count.
    pub warmup: Duration,
    /// Width of the windows of the series.
    pub window: Duration,
    /// Zone names, by [`ZoneId`].
    pub zones: Vec<String>,
}

/// A node that existed in the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeRecord {
    /// The node.
    pub node: NodeId,
    /// Name for people: service, zone and number, e.g. `frontend-b-4`.
    pub name: String,
    /// Its service.
    pub service: ServiceId,
    /// Its zone.
    pub zone: ZoneId,
    /// When it was asked for; zero for nodes of the start.
    pub provisioned: Instant,
    /// When it was given back.
    pub stopped: Option<Instant>,
    /// Its cost over the run.
    pub cost: f64,
}

/// Why a request failed, as its sender saw it at its last try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestError {
    /// No answer within the timeout.
    Timeout,
    /// The machine refused the connection.
    Refused,
    /// The node's queue was full.
    Rejected,
    /// The connection broke.
    Reset,
    /// The node answered with an error.
    Error,
    /// The balancer had no eligible node.
    Unrouted,
    /// The sender's circuit breaker was open: nothing was sent.
    BreakerOpen,
    /// The sender's patience ended while the request waited at a node, and it left the queue.
    Abandoned,
}

impl RequestError {
    /// All errors, in the order of [`RequestCounts::failed`].
    pub const ALL: [Self; ERRORS] = [
        Self::Timeout,
        Self::Refused,
        Self::Rejected,
        Self::Reset,
        Self::Error,
        Self::Unrouted,
        Self::BreakerOpen,
        Self::Abandoned,
    ];

    /// Whether it may happen in any scenario. The others need what not every scenario has, and are told only where
    /// they happened.
    pub const fn is_usual(self) -> bool {
        match self {
            Self::Timeout | Self::Refused | Self::Rejected | Self::Reset | Self::Error | Self::Unrouted => {
                true
            }
            Self::BreakerOpen | Self::Abandoned => false,
        }
    }

    /// The word used in tables and files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Refused => "refused",
            Self::Rejected => "rejected",
            Self::Reset => "reset",
            Self::Error => "error",
            Self::Unrouted => "unrouted",
            Self::BreakerOpen => "breaker_open",
            Self::Abandoned => "abandoned",
        }
    }
}

/// Kinds of [`RequestError`].
const ERRORS: usize = 8;
/// Those of them that are always written.
const ERRORS_WRITTEN: usize = 6;

/// A count for each [`RequestError`]. Written as a list without the zeros of kinds that are not usual.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<u64>")]
pub struct ByError(pub [u64; ERRORS]);

impl Deref for ByError {
    type Target = [u64; ERRORS];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for ByError {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl Serialize for ByError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let last = self.0.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
        serializer.collect_seq(&self.0[..last.max(ERRORS_WRITTEN)])
    }
}

impl TryFrom<Vec<u64>> for ByError {
    type Error = String;

    fn try_from(counts: Vec<u64>) -> Result<Self, String> {
        if !(ERRORS_WRITTEN..=ERRORS).contains(&counts.len()) {
            return Err(format!("{} counts of errors, expected {ERRORS_WRITTEN} to {ERRORS}", counts.len()));
        }
        let mut all = [0; ERRORS];
        all[..counts.len()].copy_from_slice(&counts);
        Ok(Self(all))
    }
}

/// Counts of requests. All but `retries`, `retries_denied` and `hedges` count whole requests, not tries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestCounts {
    /// Requests started.
    pub offered: u64,
    /// Requests answered well.
    pub ok: u64,
    /// Requests failed, by [`RequestError`] of the last try.
    pub failed: ByError,
    /// Further tries made.
    pub retries: u64,
    /// Further tries the budget forbade.
    pub retries_denied: u64,
    /// Tries sent while another one of the same request was under way.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hedges: u64,
}

/// Whether a count says nothing.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl RequestCounts {
    /// Failed requests of all kinds.
    pub fn failed_total(&self) -> u64 {
        self.failed.iter().sum()
    }

    /// Requests that ended.
    pub fn ended(&self) -> u64 {
        self.ok + self.failed_total()
    }

    /// Adds another count.
    pub fn add(&mut self, other: &Self) {
        self.offered += other.offered;
        self.ok += other.ok;
        for (mine, theirs) in self.failed.iter_mut().zip(other.failed.0) {
            *mine += theirs;
        }
        self.retries += other.retries;
        self.retries_denied += other.retries_denied;
        self.hedges += other.hedges;
    }
}

/// Results of one client.
#[derive(Clone, Debug)]
pub struct ClientRecord {
    /// Its name.
    pub name: String,
    /// The service it sends to.
    pub service: ServiceId,
    /// Counts of requests that started after the warm-up.
    pub counts: RequestCounts,
    /// Latency of good requests that started after the warm-up, in nanoseconds from the intended start.
    pub latency: LatencyHistogram,
    /// Exact sum of the same latencies, in nanoseconds, for the mean.
    pub latency_sum: u128,
    /// Its requests over time, one entry per window from the start of the run.
    pub windows: Vec<ClientWindow>,
}

/// Requests of one client in one window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClientWindow {
    /// Requests that started, ended well and failed in this window, and tries made again.
    pub counts: RequestCounts,
    /// Requests started and not ended at the end of the window.
    pub in_flight: u64,
    /// Latency of the requests that ended well in this window, in nanoseconds; zeros if there was none.
    pub latency_p50: u64,
    /// 95th percentile.
    pub latency_p95: u64,
    /// 99th percentile.
    pub latency_p99: u64,
    /// Greatest.
    pub latency_max: u64,
    /// Sum, for the mean.
    pub latency_sum: u64,
}

/// Results of one service.
#[derive(Clone, Debug)]
pub struct ServiceRecord {
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
    pub shed: Shed,
    /// Time all workers together were busy.
    pub busy: Duration,
    /// Shards of replicated state.
    pub shards: u32,
    /// Shards without replica at the end.
    pub shards_lost: u32,
    /// Replicas destroyed.
    pub replicas_lost: u64,
    /// Replicas copied.
    pub replicas_copied: u64,
    /// Its nodes over time, one entry per window.
    pub windows: Vec<ServiceWindow>,
}

/// Tries that nodes did not serve although their queue had room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shed {
    /// Rejected on arrival, above the limit of concurrency.
    pub limited: u64,
    /// Rejected out of the queue by its discipline.
    pub dropped: u64,
    /// Not begun because the deadline of their request had passed.
    pub expired: u64,
}

impl Shed {
    /// Whether nothing was shed.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// State of one service at the end of one window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceWindow {
    /// Nodes that exist and cost money.
    pub provisioned: u32,
    /// Nodes that truly run and serve (up, slow or draining).
    pub up: u32,
    /// Nodes the control plane believes healthy.
    pub healthy: u32,
    /// Nodes the balancer may choose.
    pub eligible: u32,
    /// Requests being served.
    pub serving: u32,
    /// Requests waiting.
    pub queued: u32,
    /// Mean share of busy workers of nodes that run, over the window, 0..=1.
    pub utilization: f64,
    /// Replicas missing to full replication, at the end of the window.
    pub replicas_missing: u32,
    /// Requests that may be at its running nodes together, by their limits of concurrency; 0 without limits.
    pub limit: u32,
}
