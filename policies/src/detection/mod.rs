//! Failure detection: from answers to probes to a judgement.

pub(crate) mod consecutive;
pub(crate) mod deadline;
pub(crate) mod haproxy;
pub(crate) mod phi_accrual;
#[cfg(test)]
mod tests;

pub use consecutive::Consecutive;
pub use deadline::SilenceDeadline;
pub use haproxy::{HaProxy, ProbePeriods, RiseFall, RiseFallStart};
pub use phi_accrual::{PhiAccrual, PhiSettings};

use crate::{Evidence, Instant, NodeHealth, NodeId, ProbeOutcome};
use core::fmt::Debug;

/// What a failure detector thinks of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing to worry about.
    Healthy,
    /// Looks bad, not bad enough to act.
    Suspect,
    /// Failed.
    Failed,
}

/// A verdict with what it rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// What was seen.
    pub evidence: Evidence,
}

/// Judges nodes by the outcomes of their probes.
///
/// One detector serves all nodes of a cluster and keeps what it needs per node in tables indexed by
/// [`NodeId`]; it must not allocate per observation. Users bring their own; built-ins are one file each.
pub trait FailureDetector: Debug + Send {
    /// The name in the catalogue.
    fn name(&self) -> &'static str;

    /// Forgets what is known of `node`: it is new, or was restarted.
    fn reset(&mut self, now: Instant, node: NodeId);

    /// Good answers in a row, from its last reset on, before a node that was restarted is believed healthy.
    ///
    /// Unit: probes. A detector that has been reset no longer knows that the node had failed, so the monitor keeps
    /// this count for it. Default 1.
    fn successes_to_recover(&self) -> u32 {
        1
    }

    /// Judges `node` after a probe. `health` counts this outcome already.
    fn observe(
        &mut self,
        now: Instant,
        node: NodeId,
        health: &NodeHealth,
        outcome: ProbeOutcome,
    ) -> Judgement;
}
