//! A scenario after reading: names resolved to ids, units to numbers, everything checked.
//!
//! `sim-core` and `live` run this, `report` judges by it. It is made only by `load` and its
//! siblings, so whoever holds a [`Scenario`] may rely on every reference in it.

mod fault;

pub use fault::{Fault, FaultSpec, InFlight, NodeSelector, Path, Pick, Schedule, Strikes};

use crate::distribution::Distribution;
use crate::sla::Sla;
use cusinart_policies::recovery::CountOrPercent;
use cusinart_policies::{ClusterConfig, Duration, Instant, Labels, PolicySpec, ServiceId, ZoneId};

/// A whole scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Short name, the default name of the run directory.
    pub name: String,
    /// What it shows, for people.
    pub description: String,
    /// Virtual time simulated.
    pub duration: Duration,
    /// Start of the time that counts: requests whose intended start lies before are simulated, not judged.
    pub warmup: Duration,
    /// Seed of every random draw.
    pub seed: u64,
    /// Width of the windows of the time series.
    pub window: Duration,
    /// Zones, indexed by [`ZoneId`].
    pub zones: Vec<String>,
    /// Label names, by bit of [`Labels`].
    pub labels: Vec<String>,
    /// Links between places.
    pub network: Network,
    /// Node types, in order of their names.
    pub node_types: Vec<NodeType>,
    /// Services, indexed by [`ServiceId`], in the order of the file.
    pub services: Vec<Service>,
    /// Clients, in the order of the file.
    pub clients: Vec<Client>,
    /// Faults, in the order of the file.
    pub faults: Vec<Fault>,
    /// How nodes are handed out. `None`: at once, and they never fail.
    pub provisioning: Option<Provisioning>,
    /// Rolling updates, in the order of the file.
    pub rollouts: Vec<Rollout>,
    /// The control plane and how it is connected.
    pub control: Control,
    /// What must hold.
    pub slas: Vec<Sla>,
}

/// A place in the network: a zone, or the outside world where clients live by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Inside a zone.
    Zone(ZoneId),
    /// Outside all zones.
    Outside,
}

/// Links between all pairs of places.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// `(zones + 1) * (zones + 1)` one-way links, row = from, column = to, [`Place::Outside`] last.
    pub links: Vec<Link>,
}

/// One way between two places.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// One-way latency. Constant zero needs no event.
    pub latency: Distribution,
    /// Share of messages lost, 0..=1.
    pub loss: f64,
}

/// A kind of machine.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeType {
    /// Name in the file.
    pub name: String,
    /// Requests served at once. At least 1.
    pub workers: u32,
    /// Requests that may wait; one more is rejected. `u32::MAX` is unbounded.
    pub queue: u32,
    /// Time from asking for a node to a running process; also the time of a restart's process start.
    pub boot_time: Distribution,
    /// Price of a provisioned node, per hour.
    pub cost_per_hour: f64,
    /// Initial state that a new node loads before it serves, in bytes.
    pub state_bytes: u64,
    /// Bandwidth for loading state and copying shards, in bytes per second.
    pub bandwidth_bytes_per_s: f64,
    /// Extra service time per transfer of state that the node takes part in, as a share: with 0.2 a node that
    /// sends one shard and receives two serves 1.6 times as slowly. Default 0.
    pub transfer_slowdown: f64,
    /// Relative speeds, which the nodes of a service take in turn: service times are divided by them. Never empty;
    /// default 1 alone.
    pub speeds: Vec<f64>,
    /// How a process that has just begun to serve is slower; the nodes of the start of the run are warm.
    pub cold_start: Option<ColdStart>,
    /// Whether all requests of a node share its workers (processor sharing), at most [`NodeType::workers`] plus
    /// [`NodeType::queue`] of them. Default: each worker serves one request to its end.
    pub processor_sharing: bool,
}

/// A process that begins to serve is slow at first and warms up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColdStart {
    /// Time from the beginning of service until it is as fast as ever. Above zero.
    pub lasts: Duration,
    /// Service times at the beginning are multiplied by it, above 1; it falls to 1 in a line.
    pub slowdown: f64,
}

/// A service: interchangeable nodes of one type.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Name in the file.
    pub name: String,
    /// Index into [`Scenario::node_types`].
    pub node_type: usize,
    /// Nodes at the start, spread over the zones in turn.
    pub nodes: u32,
    /// Zones its nodes live in. Never empty.
    pub zones: Vec<ZoneId>,
    /// Labels its nodes carry.
    pub labels: Labels,
    /// Time a worker needs for a request on a node of speed 1.
    pub service_time: Distribution,
    /// Requests that fail at the node although it is up, 0..=1.
    pub error_ratio: f64,
    /// Requests to other services that each request makes, step after step, after its own service time; the worker is
    /// held until the last one ends. The graph of calls has no cycle.
    pub calls: Vec<CallStep>,
    /// Replicated state.
    pub state: Option<ServiceState>,
    /// How many requests each of its nodes takes in; one more is rejected. `None` has no limit but the queue's.
    pub concurrency_limit: Option<PolicySpec>,
    /// What its nodes take out of their queues. `None` is first in, first out.
    pub queue_discipline: Option<PolicySpec>,
    /// Requests that may wait in one queue for all its nodes, of which a free node takes the first; `u32::MAX` is
    /// unbounded. No balancer is asked then. `None`: each node has its own queue.
    pub shared_queue: Option<u32>,
}

/// Requests that are made at the same time.
#[derive(Clone, Debug, PartialEq)]
pub struct CallStep {
    /// The requests. Never empty.
    pub calls: Vec<Call>,
    /// Good answers after which the step is over, of as many as are made at most: all of them, or a quorum. The rest
    /// are given up then.
    pub need: u16,
}

/// A request that one service makes to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The service called.
    pub service: ServiceId,
    /// How many such requests are made at the same time. At least 1.
    pub fan_out: u16,
    /// Chance that it is made at all, above 0 and up to 1.
    pub probability: f64,
    /// What spares requests. Each node of the calling service has its own.
    pub cache: Option<Cache>,
    /// How it waits and tries again.
    pub patience: Patience,
}

/// A cache of answers in the memory of each calling node.
///
/// A request asks for one of the `entries` keys that are worth keeping with chance `hit_ratio`, each as often as the
/// others, and else for one that is not asked for again. A good answer to a miss on such a key fills an entry, so that a
/// node with `n` entries filled hits with chance `hit_ratio * n / entries`. A process starts empty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cache {
    /// Share of requests that a full cache answers, above 0 and up to 1.
    pub hit_ratio: f64,
    /// Entries that fill it. At least 1.
    pub entries: u32,
    /// Whether it is empty at the start of the run.
    pub cold: bool,
}

/// Replicated state of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceState {
    /// Number of shards.
    pub shards: u32,
    /// Replicas per shard.
    pub replicas: u32,
    /// Size of one shard in bytes.
    pub shard_bytes: u64,
    /// Whether a node still holds its replicas after a crash and restart.
    pub survives_restart: bool,
}

/// A population of clients that sends requests in an open loop.
#[derive(Clone, Debug, PartialEq)]
pub struct Client {
    /// Name in the file.
    pub name: String,
    /// The service it sends to.
    pub service: ServiceId,
    /// Where it is.
    pub place: Place,
    /// Labels its requests want of a node.
    pub labels: Labels,
    /// When requests start.
    pub arrivals: Arrivals,
    /// Requests after which it starts no more, if there is a limit.
    pub requests_max: Option<u32>,
    /// How it waits and tries again.
    pub patience: Patience,
}

/// How the sender of a request waits and tries again.
#[derive(Clone, Debug, PartialEq)]
pub struct Patience {
    /// Time from the start of a try to giving it up. `None` waits forever.
    pub timeout: Option<Duration>,
    /// Tries after the first one. 0 has no retries.
    pub retries_max: u32,
    /// Pause before the first retry.
    pub backoff_initial: Duration,
    /// Growth of the pause per retry.
    pub backoff_factor: f64,
    /// Longest pause.
    pub backoff_max: Duration,
    /// Randomness of the pause.
    pub jitter: Jitter,
    /// Retries allowed in relation to what else is sent. `None` is unlimited.
    pub retry_budget: Option<RetryBudget>,
    /// Circuit breaker of the sender for the service. `None` always sends.
    pub breaker: Option<PolicySpec>,
    /// Further tries beside one that is not answered yet. `None` waits.
    pub hedging: Option<Hedging>,
    /// Time for the whole request. `None` has no end.
    pub deadline: Option<RequestDeadline>,
    /// Time that a request waits in a queue before it leaves. `None` waits for ever.
    pub in_queue: Option<Distribution>,
}

/// Further tries beside one that is not answered yet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hedging {
    /// When the next one is sent.
    pub after: HedgeAfter,
    /// Most of them beside a first or repeated try. At least 1.
    pub max: u32,
    /// Hedges allowed in relation to first tries. `None` is unlimited.
    pub budget: Option<RetryBudget>,
}

/// How long a try may go without an answer before another is sent beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HedgeAfter {
    /// A fixed time.
    Time(Duration),
    /// The latency that so many percent of first tries stayed below lately, above 0 and below 100.
    Percentile(f64),
}

/// Time for a request over all its tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestDeadline {
    /// Time from the start of the request.
    pub after: Duration,
    /// Whether nodes know it: they do not begin what is too late, and give up calls they make for it.
    pub propagate: bool,
}

/// How many retries a sender may make in relation to what else it sends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RetryBudget {
    /// Token bucket: each first try adds `ratio` tokens up to `burst`, each retry takes one.
    Ratio {
        /// Retries per first try, 0..=1.
        ratio: f64,
        /// Most tokens kept; the bucket starts full.
        burst: f64,
    },
    /// Finagle's budget: a share of the first tries of the last while, and a reserve.
    Finagle(WindowBudget),
    /// tower's budget: the same with windows that turn otherwise.
    Tower(WindowBudget),
    /// gRPC's throttle: failed tries take a token each, and retries stop while half of them are lost.
    Grpc {
        /// Most tokens; the bucket starts full.
        max_tokens: f64,
        /// Tokens added per request that succeeds.
        token_ratio: f64,
    },
}

/// A budget that forgets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WindowBudget {
    /// Time after which first tries are forgotten.
    pub ttl: Duration,
    /// Retries per second that need no first tries.
    pub min_per_second: u32,
    /// Retries per first try, 0..=1.
    pub share: f64,
}

/// Randomness of a backoff pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jitter {
    /// Exactly the backoff.
    None,
    /// Uniform between zero and the backoff ("full jitter").
    Full,
    /// Half the backoff, plus uniform between zero and half of it.
    Equal,
}

/// When requests start.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrivals {
    /// A Poisson process whose rate follows a curve.
    Poisson(RateCurve),
    /// Independent gaps, whose mean is above zero.
    Renewal(Distribution),
    /// A Markov-modulated Poisson process: states that take turns, beginning with the first. At least one has a rate
    /// above zero.
    Mmpp(Vec<MmppState>),
    /// Clients that each wait for their answer and then think.
    ClosedLoop {
        /// Number of clients.
        clients: u32,
        /// Time from the end of a request to the client's next one.
        think: Distribution,
    },
}

/// A state of a Markov-modulated Poisson process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MmppState {
    /// Requests per second.
    pub rate: f64,
    /// Mean of the exponential time that it lasts, above zero.
    pub mean_hold: Duration,
}

/// A rate over time: linear between points, jumping where two points share an instant, constant after the last.
#[derive(Clone, Debug, PartialEq)]
pub struct RateCurve {
    /// Points by ascending time; the first is at zero. Rates in 1/s, not negative.
    pub points: Vec<(Instant, f64)>,
}

/// The service of the provider that hands out machines: a queue that is worked off.
#[derive(Clone, Debug, PartialEq)]
pub struct Provisioning {
    /// Time it works on each request for a node, before the boot begins.
    pub takes: Distribution,
    /// Requests it works on at once, in each queue.
    pub at_once: u32,
    /// Whether all zones share one queue.
    pub queues: Queues,
    /// Share of requests that fail, when the boot should have ended.
    pub fail_ratio: f64,
}

/// Who waits behind whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queues {
    /// All zones have one queue.
    Shared,
    /// Each zone has its own.
    PerZone,
}

/// A rolling update: every node of a service is replaced by a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rollout {
    /// When it begins.
    pub at: Instant,
    /// The service.
    pub service: ServiceId,
    /// Nodes that there may be beyond the number of the service; a share is rounded up. Default 25%.
    pub max_surge: CountOrPercent,
    /// Nodes of that number that may be missing; a share is rounded down. Default 25%.
    pub max_unavailable: CountOrPercent,
}

/// The control plane and how it is connected.
#[derive(Clone, Debug, PartialEq)]
pub struct Control {
    /// Where it runs.
    pub place: Place,
    /// Its configuration.
    pub cluster: ClusterConfig,
    /// Time between two load samples of a node.
    pub metrics_period: Duration,
    /// Time a sample needs to the control plane, on top of the network.
    pub metrics_delay: Duration,
}
