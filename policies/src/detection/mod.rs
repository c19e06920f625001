//! Failure detection: from answers to probes to a judgement.

pub(crate) mod consecutive;
pub(crate) mod consul;
pub(crate) mod deadline;
pub(crate) mod haproxy;
pub(crate) mod kubernetes_node_lease;
mod kubernetes_probe;
pub(crate) mod kubernetes_probes;
mod kubernetes_zone;
mod pause_window;
pub(crate) mod phi_accrual;
pub(crate) mod phi_accrual_exponential;
mod phi_exact;
mod phi_normal;
#[cfg(test)]
mod policy_tests;
pub mod swim;
#[cfg(test)]
mod tests;

pub use consecutive::Consecutive;
pub use consul::{CheckStatus, Consul, ConsulThresholds, StatusHandler};
pub use deadline::{HeartbeatDeadline, SilenceDeadline};
pub use haproxy::{HaProxy, ProbePeriods, RiseFall, RiseFallStart};
pub use kubernetes_node_lease::{KubernetesNodeLease, NodeMonitor};
pub use kubernetes_probe::{ProbeResult, ProbeSpec, ProbeType, ProbeWorker};
pub use kubernetes_probes::{KubernetesProbes, ProbesSettings};
pub use kubernetes_zone::{ZoneLimits, ZoneState, evictions_stop};
pub use pause_window::PauseWindow;
pub use phi_accrual::PhiAccrual;
pub use phi_accrual_exponential::{
    ArrivalSettings, Arrivals, LocalPause, PhiAccrualExponential, exponential_phi, is_convicted,
    silence_until_convicted,
};
pub use phi_exact::{exact_deviations_until, exact_phi};
pub use phi_normal::{Heartbeats, PhiSettings, PhiTail, deviations_until, phi, silence_until};

use crate::membership::SwimSettings;
use crate::{Duration, Evidence, Instant, NodeHealth, NodeId, ProbeOutcome};
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

    /// The time from the last probe of `node` to its next one, asked after each judgement; `usual` is the period of the
    /// health monitor. Default: the usual one.
    fn next_period(&self, _node: NodeId, usual: Duration) -> Duration {
        usual
    }

    /// The settings of the membership protocol by which the nodes judge each other, if probes are not needed: then
    /// [`observe`](Self::observe) is not asked. Default: none.
    fn membership(&self) -> Option<&SwimSettings> {
        None
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
