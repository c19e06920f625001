//! Remediators that take turns until one helps.

use crate::{Duration, Instant};
use alloc::vec::Vec;

/// Least time of each remediator.
const TIMEOUT_MIN: Duration = Duration::from_secs(60);

/// The turn of one remediator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemediationPhase {
    /// Its beginning.
    pub from: Instant,
    /// Its end: its time was up, or the node healthy.
    pub to: Instant,
}

/// How a remediation went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Escalation {
    /// The turns, in order of the remediators; the later ones may have had none.
    pub phases: Vec<RemediationPhase>,
    /// Whether the node became healthy.
    pub healthy: bool,
}

/// Lets remediators with these timeouts take turns, each at least a minute long, until the node is healthy.
pub fn escalate(timeouts: &[Duration], started: Instant, healthy_at: Option<Instant>) -> Escalation {
    let mut escalation = Escalation::default();
    let mut from = started;
    for &timeout in timeouts {
        let end = from + timeout.max(TIMEOUT_MIN);
        let recovered = healthy_at.filter(|&at| at <= end);
        escalation.phases.push(RemediationPhase { from, to: recovered.unwrap_or(end) });
        if recovered.is_some() {
            escalation.healthy = true;
            break;
        }
        from = end;
    }
    escalation
}
