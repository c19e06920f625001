//! What goes wrong, when, and to whom.

use super::Place;
use crate::distribution::Distribution;
use cusinart_policies::{Instant, ServiceId, ZoneId};

/// A fault with its schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Name by which SLAs refer to it, if it has one; no other fault has it.
    pub name: Option<String>,
    /// Label for reports: as written, else the name, else made of kind and target (`zone_outage b`). No other fault
    /// has the label of a named one.
    pub label: String,
    /// When it strikes.
    pub schedule: Schedule,
    /// How long it lasts. `None`: until it is healed (a crash or a hang by a restart, nothing else) or the run ends.
    pub lasts: Option<Distribution>,
    /// Occurrences that are repaired at once, each for the time of `lasts`. `None` repairs all at once.
    pub crews: Option<u32>,
    /// What it does.
    pub kind: FaultSpec,
}

impl Fault {
    /// The same fault that never strikes. It keeps its label and its place among the others, so that no random draw
    /// of anything else moves.
    #[must_use]
    pub fn never(&self) -> Self {
        let schedule = Schedule::Every {
            gap: Distribution::Constant { value_s: 1.0 },
            from: Instant::ZERO,
            until: Instant::FAR_FUTURE,
            times: 0,
            per_node: false,
            from_end: false,
        };
        Self { schedule, ..self.clone() }
    }
}

/// When a fault strikes.
#[derive(Clone, Debug, PartialEq)]
pub enum Schedule {
    /// Once.
    At(Instant),
    /// Again and again.
    Every {
        /// Time between occurrences.
        gap: Distribution,
        /// Nothing happens before.
        from: Instant,
        /// Nothing starts at or after.
        until: Instant,
        /// Most occurrences (per node, if per node).
        times: u32,
        /// Whether each node has its own process of occurrences (which then strikes that node alone).
        per_node: bool,
        /// Whether the time is counted from the end of the last occurrence, not from its start.
        from_end: bool,
    },
}

/// What a fault does.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultSpec {
    /// The process dies. Its machine refuses connections. Ends with a restart, or after `lasts` by itself.
    Crash {
        /// Who is hit.
        nodes: NodeSelector,
        /// What happens to its requests.
        in_flight: InFlight,
    },
    /// The process dies, and as long as the fault lasts it dies again some time after each restart. Nodes that take the
    /// place of others are spared.
    CrashLoop {
        /// Who is hit.
        nodes: NodeSelector,
        /// Whether it is those that run, or those that start while it lasts.
        strikes: Strikes,
        /// Time from the beginning of service to the next death.
        after: Distribution,
        /// What happens to its requests.
        in_flight: InFlight,
    },
    /// The process stops answering; work stands still and goes on afterwards.
    Hang {
        /// Who is hit.
        nodes: NodeSelector,
    },
    /// The node serves slower by a factor; probes see nothing of it.
    Slow {
        /// Who is hit.
        nodes: NodeSelector,
        /// Service times are multiplied by it, above 1.
        factor: f64,
    },
    /// All nodes of a zone lose power: work and unsaved state are lost, nothing can be started there.
    ZoneOutage {
        /// The zone.
        zone: ZoneId,
        /// What happens to the requests in flight.
        in_flight: InFlight,
    },
    /// Messages between two groups of places are all lost.
    Partition {
        /// One side.
        from: Vec<Place>,
        /// Other side.
        to: Vec<Place>,
        /// Whether only messages from `from` to `to` are lost.
        one_way: bool,
        /// Which messages.
        path: Path,
    },
    /// Messages between two groups of places are lost with a probability.
    Loss {
        /// One side.
        from: Vec<Place>,
        /// Other side.
        to: Vec<Place>,
        /// Whether only messages from `from` to `to` are concerned.
        one_way: bool,
        /// Probability, 0..=1, in addition to the link's own loss.
        ratio: f64,
        /// Which messages.
        path: Path,
    },
}

/// Which messages a network fault concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// Requests, probes and reports alike.
    All,
    /// Requests and their answers only.
    Data,
    /// Probes and their answers only.
    Probe,
}

/// Which processes are in a crash loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strikes {
    /// Those that run when it begins: they die at once, and after each restart. New nodes are spared.
    Running,
    /// Those that start while it lasts, on nodes old and new: what runs goes on as long as nobody restarts it.
    Starting,
}

/// What happens to the requests on a node that dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InFlight {
    /// The sender learns at once (connection reset).
    Reset,
    /// The sender hears nothing and runs into its timeout.
    Lost,
    /// The balancer sends them to another node at once, from their beginning; the sender notices nothing.
    Retry,
    /// They go back to the head of the queue of their service, with the work that was left. Only for services whose
    /// nodes share a queue; elsewhere as [`InFlight::Retry`].
    Resume,
}

/// Which nodes a fault hits: those that exist, match, and run when it strikes.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeSelector {
    /// Only nodes of this service.
    pub service: Option<ServiceId>,
    /// Only nodes of this zone.
    pub zone: Option<ZoneId>,
    /// How many of the matching ones.
    pub pick: Pick,
}

/// How many nodes, and which.
#[derive(Clone, Debug, PartialEq)]
pub enum Pick {
    /// All that match.
    All,
    /// So many, at random.
    Count(u32),
    /// This share, at random, rounded up.
    Share(f64),
    /// The matching nodes at these positions (0 = oldest).
    Index(Vec<u32>),
}
