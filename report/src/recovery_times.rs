//! Detection and recovery of every node that a fault touched.
//!
//! The unit is the pair of a fault and a node it touched. What did not end stays in the data: a recovery that
//! never completed counts as infinite in quantiles and in the greatest value.

use crate::histories::{Demand, Histories, History, first_from};
use crate::requests::nearest_rank;
use crate::truth::ProbeFaults;
use cusinart_policies::{Duration, Instant, NodeId};
use cusinart_record::{FaultId, FaultKind, FaultRecord, RunRecord};
use cusinart_scenarios::Scenario;
use serde::Serialize;

/// What became of one node that a fault touched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recovery {
    /// The fault.
    pub fault: FaultId,
    /// The node.
    pub node: NodeId,
    /// Name of the node.
    pub node_name: String,
    /// When the fault struck, in nanoseconds.
    pub began_ns: Instant,
    /// Whether the control plane declared the node failed.
    pub detection: Detection,
    /// Time from the fault to the first step for the node or the first scale-up of its service, in nanoseconds.
    pub decided_after_ns: Option<Duration>,
    /// Whether the node, or its replacement, served again.
    pub outcome: RecoveryOutcome,
}

/// Whether and when a node that a fault touched was declared failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Detection {
    /// Declared failed.
    After {
        /// Time since the fault struck, in nanoseconds.
        after_ns: Duration,
    },
    /// Not declared failed until the node served again, or until the run ended.
    Never {
        /// Time in which nothing was declared, in nanoseconds.
        watched_ns: Duration,
    },
    /// Believed failed already when the fault struck.
    AlreadyKnown,
    /// The fault does not have to be seen as a failure of this node: the node kept running, the fault hits probes
    /// only (a declaration is a false alarm then), or it is in the network and the control plane may be on the
    /// node's side of it.
    NotExpected,
}

/// Whether and when a node that a fault touched served again.
///
/// A node serves again when it truly runs and the control plane no longer believes it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum RecoveryOutcome {
    /// The node itself served again.
    Back {
        /// Time since the fault struck, in nanoseconds.
        after_ns: Duration,
    },
    /// The node was given up and another one served in its place.
    Replaced {
        /// Time since the fault struck, in nanoseconds.
        after_ns: Duration,
        /// The other node.
        by: NodeId,
    },
    /// Neither the node nor a replacement served until the end of the run.
    Never {
        /// Time from the fault to the end of the run, in nanoseconds.
        watched_ns: Duration,
    },
    /// The auto-scaler removed the node before it served again.
    Removed,
    /// The fault did not take the node out of service.
    NotOut,
}

impl RecoveryOutcome {
    /// Time to serve again; `Some(None)` if that never came; `None` if there was nothing to wait for.
    pub(crate) fn time(self) -> Option<Option<Duration>> {
        match self {
            Self::Back { after_ns } | Self::Replaced { after_ns, .. } => Some(Some(after_ns)),
            Self::Never { .. } => Some(None),
            Self::Removed | Self::NotOut => None,
        }
    }
}

/// Statistics of times of which some may never have come. Spans are in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Times {
    /// How many were waited for.
    pub count: u64,
    /// How many of them never came; they count as infinite below.
    pub never: u64,
    /// Mean of those that came.
    pub mean_of_completed_ns: Option<u64>,
    /// Median by nearest rank; `None` if there is none or it is infinite.
    pub p50_ns: Option<Duration>,
    /// 95th percentile by nearest rank; `None` if there is none or it is infinite.
    pub p95_ns: Option<Duration>,
    /// Greatest; `None` if there is none or it is infinite.
    pub max_ns: Option<Duration>,
}

impl Times {
    /// Statistics of times; `None` stands for never.
    pub(crate) fn of(times: impl IntoIterator<Item = Option<Duration>>) -> Self {
        let mut times: Vec<Option<Duration>> = times.into_iter().collect();
        sort_times(&mut times);
        let completed: Vec<u64> = times.iter().flatten().map(|time| time.as_nanos()).collect();
        let sum: u128 = completed.iter().map(|nanos| u128::from(*nanos)).sum();
        Self {
            count: times.len() as u64,
            never: (times.len() - completed.len()) as u64,
            mean_of_completed_ns: (!completed.is_empty()).then(|| (sum / completed.len() as u128) as u64),
            p50_ns: quantile(&times, 0.5).flatten(),
            p95_ns: quantile(&times, 0.95).flatten(),
            max_ns: times.last().copied().flatten(),
        }
    }
}

/// Sorts times, `None` (never) last.
pub(crate) fn sort_times(times: &mut [Option<Duration>]) {
    times.sort_unstable_by_key(|time| (time.is_none(), *time));
}

/// A quantile of sorted times by nearest rank; `Some(None)` is infinite, `None` is no data.
pub(crate) fn quantile(sorted: &[Option<Duration>], q: f64) -> Option<Option<Duration>> {
    nearest_rank(q, sorted.len() as u64).map(|rank| sorted[rank as usize - 1])
}

/// Follows every (fault, node) pair of a run.
pub(crate) fn recoveries(scenario: &Scenario, record: &RunRecord) -> Vec<Recovery> {
    let histories = Histories::of(record);
    let probe_faults = ProbeFaults::of(scenario);
    let mut recoveries = Vec::new();
    for (index, fault) in record.faults.iter().enumerate() {
        let of_probes = probe_faults.has(fault);
        for node in &fault.nodes {
            if let Some(history) = histories.of_nodes.get(node.index()) {
                let node = *node;
                let pair = Pair { record, histories: &histories, history, fault, node, of_probes };
                recoveries.push(pair.follow(FaultId(index as u32)));
            }
        }
    }
    recoveries
}

/// A fault and a node it touched.
struct Pair<'a> {
    record: &'a RunRecord,
    histories: &'a Histories,
    history: &'a History,
    fault: &'a FaultRecord,
    node: NodeId,
    /// Whether the fault hits probes only, so that there is nothing to detect.
    of_probes: bool,
}

/// What following a node from the fault onwards showed.
#[derive(Default)]
struct Course {
    already_failed: bool,
    out: bool,
    failed_at: Option<Instant>,
    acted_at: Option<Instant>,
    back_at: Option<Instant>,
    scaled_away: bool,
}

impl Pair<'_> {
    fn follow(&self, fault: FaultId) -> Recovery {
        let began = self.fault.began;
        let course = self.course();
        let outcome = self.outcome(&course);
        let until = match outcome {
            RecoveryOutcome::Back { after_ns } | RecoveryOutcome::Replaced { after_ns, .. } => {
                began + after_ns
            }
            RecoveryOutcome::Never { .. } | RecoveryOutcome::Removed | RecoveryOutcome::NotOut => self.end(),
        };
        let service = self.record.nodes.get(self.node.index()).map(|node| node.service);
        let scale_ups = service.and_then(|service| self.histories.scale_ups.get(&service));
        // A cycle in the very instant of the fault knew nothing of it.
        let after = began + Duration::from_nanos(1);
        let scaled_at = scale_ups.and_then(|ups| first_from(ups, after)).filter(|at| *at <= until);
        let decided_at = course.acted_at.into_iter().chain(scaled_at).min();
        Recovery {
            fault,
            node: self.node,
            node_name: node_name(self.record, self.node),
            began_ns: began,
            detection: self.detection(&course, until),
            decided_after_ns: decided_at.map(|at| at.since(began)),
            outcome,
        }
    }

    /// Follows the node from the fault to the first moment it serves again.
    fn course(&self) -> Course {
        let (began, demand) = (self.fault.began, self.demand());
        let within = |at: &Instant| *at <= self.active_until();
        // A fault may strike a node that is out already and change nothing of it.
        let out_at_once = !self.is_in_network() && !demand.is_met_by(self.history.state_at(began));
        let out_at = if self.is_in_network() {
            // Links are cut, nodes run: only the control plane's belief can put them out.
            self.history.believed_failed_from(began).filter(within)
        } else {
            self.history.out_from(began, demand).filter(within)
        };
        let back_at = if out_at_once {
            self.history.serving_from(began, demand)
        } else {
            out_at.and_then(|out_at| self.history.serving_from(out_at, demand))
        };
        let in_time = |at: &Instant| back_at.is_none_or(|back| *at <= back);
        Course {
            already_failed: self.history.was_failed_before(began),
            out: out_at_once || out_at.is_some(),
            failed_at: self.history.declared_from(began).filter(in_time),
            acted_at: self.history.acted_from(began).filter(in_time),
            back_at,
            scaled_away: self.history.is_scaled_away_from(began),
        }
    }

    fn demand(&self) -> Demand {
        match self.fault.kind {
            FaultKind::Slow => Demand::FullSpeed,
            FaultKind::Crash
            | FaultKind::CrashLoop
            | FaultKind::Hang
            | FaultKind::ZoneOutage
            | FaultKind::Partition
            | FaultKind::Loss => Demand::Any,
        }
    }

    fn is_in_network(&self) -> bool {
        match self.fault.kind {
            FaultKind::Partition | FaultKind::Loss => true,
            FaultKind::Crash
            | FaultKind::CrashLoop
            | FaultKind::Hang
            | FaultKind::Slow
            | FaultKind::ZoneOutage => false,
        }
    }

    fn outcome(&self, course: &Course) -> RecoveryOutcome {
        let began = self.fault.began;
        if !course.out {
            return RecoveryOutcome::NotOut;
        }
        match (course.back_at, self.histories.replaced(self.node).filter(|(at, _)| *at >= began)) {
            (Some(back), Some((at, by))) if at < back => {
                RecoveryOutcome::Replaced { after_ns: at.since(began), by }
            }
            (Some(back), _) => RecoveryOutcome::Back { after_ns: back.since(began) },
            (None, Some((at, by))) => RecoveryOutcome::Replaced { after_ns: at.since(began), by },
            (None, None) if course.scaled_away => RecoveryOutcome::Removed,
            (None, None) => RecoveryOutcome::Never { watched_ns: self.end().since(began) },
        }
    }

    fn detection(&self, course: &Course, until: Instant) -> Detection {
        let began = self.fault.began;
        match course.failed_at {
            _ if course.already_failed => Detection::AlreadyKnown,
            _ if !course.out || self.of_probes => Detection::NotExpected,
            Some(at) => Detection::After { after_ns: at.since(began) },
            None if self.is_in_network() => Detection::NotExpected,
            None => Detection::Never { watched_ns: until.since(began) },
        }
    }

    fn active_until(&self) -> Instant {
        self.fault.ended.unwrap_or(self.end())
    }

    fn end(&self) -> Instant {
        Instant::ZERO + self.record.simulated
    }
}

/// The name of a node, or its id if the record has none.
pub(crate) fn node_name(record: &RunRecord, node: NodeId) -> String {
    record.nodes.get(node.index()).map_or_else(|| node.to_string(), |node| node.name.clone())
}
