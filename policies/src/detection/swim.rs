//! Building blocks of SWIM with Lifeguard: suspicion timers, local awareness, and limits that follow the cluster's size.
//!
//! Sources: Das et al., SWIM, DSN 2002; Dadgar et al., Lifeguard, 2018; hashicorp/memberlist (`suspicion.go`,
//! `awareness.go`, `util.go`); caio/foca for [`foca_suspicion`].
//!
//! Where memberlist computes in floats of seconds and cuts to whole milliseconds or thousandths, so does this.

use crate::{Duration, Instant, MemberId};
use alloc::vec::Vec;

/// Nodes up to which push-pull synchronisation keeps its interval.
const PUSH_PULL_NODES: f64 = 32.0;
const MILLISECOND_NS: i64 = 1_000_000;

/// The least time that a suspicion lasts: `mult * max(1, log10(nodes))` probe intervals, the scale cut to thousandths.
pub fn suspicion_min(mult: u32, nodes: u32, probe_interval: Duration) -> Duration {
    let scale = libm::log10(f64::from(nodes.max(1))).max(1.0);
    let thousandths = (scale * 1000.0) as u128;
    let nanos = u128::from(mult) * thousandths * u128::from(probe_interval.as_nanos()) / 1000;
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

/// foca's time from suspect to down: as [`suspicion_min`], but nothing is cut. `multiplier` is a plain factor.
pub fn foca_suspicion(multiplier: f64, nodes: u32, probe_period: Duration) -> Duration {
    Duration::from_secs_f64(multiplier * libm::log10(f64::from(nodes)).max(1.0) * probe_period.as_secs_f64())
}

/// How long a suspicion lasts, by how many confirm it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SuspicionLimits {
    /// Confirmations that bring the time down to `min`. Below 1 the cluster is too small for any.
    pub confirmations: i64,
    /// Time with all of them.
    pub min: Duration,
    /// Time without any.
    pub max: Duration,
}

impl SuspicionLimits {
    /// The limits in a cluster of `nodes`: `mult - 2` confirmations if there are so many nodes beside the accuser and
    /// the accused, else none; `max` is `max_mult` times [`suspicion_min`]. Memberlist's defaults: 4 and 6.
    pub fn of(mult: u32, max_mult: u32, nodes: u32, probe_interval: Duration) -> Self {
        let wanted = i64::from(mult) - 2;
        let confirmations = if i64::from(nodes) - 2 < wanted { 0 } else { wanted };
        let min = suspicion_min(mult, nodes, probe_interval);
        Self { confirmations, min, max: min * u64::from(max_mult) }
    }

    /// The time before any confirmation.
    pub fn initial(&self) -> Duration {
        if self.confirmations < 1 { self.min } else { self.max }
    }

    /// What is left of the time with so many confirmations after `elapsed`, in nanoseconds; negative when it is over.
    ///
    /// The time falls from `max` to `min` with the logarithm of the confirmations and is cut to whole milliseconds.
    pub fn remaining_ns(&self, confirmations: u32, elapsed: Duration) -> i64 {
        let signed = |time: Duration| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
        let timeout = if self.confirmations < 1 {
            signed(self.min)
        } else {
            let share =
                libm::log(f64::from(confirmations) + 1.0) / libm::log(self.confirmations as f64 + 1.0);
            let (min, max) = (self.min.as_secs_f64(), self.max.as_secs_f64());
            // The cast saturates.
            let millis = libm::floor(1000.0 * (max - share * (max - min))) as i64;
            millis.saturating_mul(MILLISECOND_NS).max(signed(self.min))
        };
        timeout.saturating_sub(signed(elapsed))
    }
}

/// One suspicion: the more nodes confirm it, the sooner it fires and the suspect is declared dead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspicion {
    limits: SuspicionLimits,
    began: Instant,
    fires: Instant,
    accuser: MemberId,
    confirmed_by: Vec<MemberId>,
}

impl Suspicion {
    /// A suspicion that `accuser` raised at `now`.
    pub fn new(now: Instant, accuser: MemberId, limits: SuspicionLimits) -> Self {
        Self { limits, began: now, fires: now + limits.initial(), accuser, confirmed_by: Vec::new() }
    }

    /// Takes a confirmation. Returns whether it counts: another node than the accuser and those before it, not more
    /// than are wanted, and before the suspicion has fired.
    pub fn confirm(&mut self, now: Instant, from: MemberId) -> bool {
        if now >= self.fires
            || from == self.accuser
            || i64::from(self.confirmations()) >= self.limits.confirmations
            || self.confirmed_by.contains(&from)
        {
            return false;
        }
        self.confirmed_by.push(from);
        let remaining = self.limits.remaining_ns(self.confirmations(), now.since(self.began));
        self.fires = now + Duration::from_nanos(u64::try_from(remaining).unwrap_or(0));
        true
    }

    /// Confirmations that count so far.
    pub fn confirmations(&self) -> u32 {
        u32::try_from(self.confirmed_by.len()).unwrap_or(u32::MAX)
    }

    /// Who raised it.
    pub const fn accuser(&self) -> MemberId {
        self.accuser
    }

    /// When it was raised.
    pub const fn began(&self) -> Instant {
        self.began
    }

    /// When the suspect is declared dead, if nothing comes between.
    pub const fn fires(&self) -> Instant {
        self.fires
    }
}

/// How well a node itself is doing: 0 is well, each point makes its probes more patient (Lifeguard's local health).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Awareness {
    /// Scores are below this.
    max: u32,
    score: u32,
}

impl Awareness {
    /// A node that is well. The score stays below `max_multiplier` (memberlist's default: 8), which counts at least 1.
    pub fn new(max_multiplier: u32) -> Self {
        Self { max: max_multiplier.max(1), score: 0 }
    }

    /// Adds to the score, which stays within its range.
    pub fn apply(&mut self, delta: i32) {
        self.score = self.score.saturating_add_signed(delta).min(self.max - 1);
    }

    /// The score, 0 to `max_multiplier - 1`.
    pub const fn score(&self) -> u32 {
        self.score
    }

    /// A timeout as this node should use it.
    pub fn scaled(&self, timeout: Duration) -> Duration {
        timeout * (u64::from(self.score) + 1)
    }
}

/// What a probe adds to the score of [`Awareness`]: -1 when it was acknowledged; else 1 for each peer that was asked to
/// probe in turn and did not even deny; 1 when no peer was expected to answer at all.
pub fn awareness_delta(acked: bool, nacks_expected: u32, nacks_received: u32) -> i32 {
    if acked {
        -1
    } else if nacks_expected > 0 {
        i32::try_from(nacks_expected.saturating_sub(nacks_received)).unwrap_or(i32::MAX)
    } else {
        1
    }
}

/// How often a message is gossiped: `mult * ceil(log10(nodes + 1))` times.
pub fn retransmit_limit(mult: u32, nodes: u32) -> u32 {
    mult.saturating_mul(libm::ceil(libm::log10(f64::from(nodes) + 1.0)) as u32)
}

/// The interval of full synchronisations: longer by one step for each doubling beyond 32 nodes.
pub fn push_pull_interval(interval: Duration, nodes: u32) -> Duration {
    let nodes = f64::from(nodes);
    if nodes <= PUSH_PULL_NODES {
        return interval;
    }
    let steps = libm::ceil(libm::log2(nodes) - libm::log2(PUSH_PULL_NODES)) + 1.0;
    interval * (steps as u64)
}
