//! How far a plan has got.

use super::{RecoveryPlan, RecoveryStep};
use crate::ledger::Ledger;
use crate::{Decision, GiveUpReason, Instant, OperationId, ShardId, StepKind, StepOutcome};
use alloc::vec::Vec;

/// A plan being carried out.
#[derive(Clone, Debug)]
pub(super) struct Execution {
    pub(super) plan: RecoveryPlan,
    /// Whether the node is given up after the last step.
    pub(super) end: PlanEnd,
    /// Whether the strategies are asked anew when the node fails again after its restart.
    pub(super) asks_again: bool,
    /// Position of the step in hand.
    step: usize,
    /// Tries of the step in hand, with the one under way.
    pub(super) attempt: u32,
    pub(super) holds_slot: bool,
    pub(super) progress: Progress,
    /// When the node is given up whatever its restart does.
    pub(super) turn_ends: Option<Instant>,
    /// Shards that a failed try of a replication left over.
    pub(super) unmended: Vec<ShardId>,
}

/// What comes after the last step of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PlanEnd {
    /// Nothing: the plan is done.
    Done,
    /// The node is given up.
    GiveUp {
        /// Whether a later strategy would have copied the node's replicas.
        replicates: bool,
    },
}

/// What a plan is at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// The next try of a step has not begun.
    Waiting(Stage),
    /// The node is being restarted.
    Restarting {
        /// The operation that does it.
        operation: OperationId,
    },
    /// The node runs again and is not believed healthy yet.
    AwaitingHealth,
    /// Shards are being copied.
    Replicating {
        /// Shards that were not whole when last looked at, ascending; some may be since.
        left: Vec<ShardId>,
    },
    /// The plan has failed; the cluster is to hear of it.
    GivingUp,
}

/// What a step waits for before it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// To be looked at.
    Turn,
    /// A slot.
    Slot,
    /// The end of a pause: after a failed try, or before a restart.
    Backoff,
}

impl Execution {
    pub(super) const fn new(
        plan: RecoveryPlan,
        end: PlanEnd,
        asks_again: bool,
        turn_ends: Option<Instant>,
    ) -> Self {
        Self {
            plan,
            end,
            asks_again,
            step: 0,
            attempt: 0,
            holds_slot: false,
            progress: Progress::Waiting(Stage::Turn),
            turn_ends,
            unmended: Vec::new(),
        }
    }

    /// The step in hand, or `None` after the last.
    pub(super) fn step(&self) -> Option<&RecoveryStep> {
        self.plan.steps.get(self.step)
    }

    /// When the node is given up, if the step in hand is a restart with a turn of its own.
    pub(super) fn restart_turn_ends(&self) -> Option<Instant> {
        match self.step() {
            Some(RecoveryStep::RestartNode { .. }) => self.turn_ends,
            Some(RecoveryStep::ReplicateState { .. } | RecoveryStep::RedirectTraffic { .. }) | None => None,
        }
    }

    /// Whether a step after the one in hand would copy the node's replicas.
    pub(super) fn replicates_later(&self) -> bool {
        let later = self.plan.steps.iter().skip(self.step + 1);
        self.end == (PlanEnd::GiveUp { replicates: true })
            || later.map(RecoveryStep::kind).any(|kind| kind == StepKind::ReplicateState)
    }

    /// Until when the step in hand must not begin, if it has not begun and that lies ahead.
    pub(super) fn begins_at(&self, now: Instant) -> Option<Instant> {
        let at = match self.step() {
            Some(RecoveryStep::RestartNode { pause, .. }) if self.attempt == 0 => self.plan.created + *pause,
            Some(
                RecoveryStep::RestartNode { .. }
                | RecoveryStep::ReplicateState { .. }
                | RecoveryStep::RedirectTraffic { .. },
            )
            | None => return None,
        };
        (at > now).then_some(at)
    }

    pub(super) fn next_step(&mut self) {
        self.step += 1;
        self.attempt = 0;
        self.progress = Progress::Waiting(Stage::Turn);
    }

    pub(super) fn needs_slot(&self) -> bool {
        let takes_time = match self.step() {
            Some(RecoveryStep::RestartNode { .. } | RecoveryStep::ReplicateState { .. }) => true,
            Some(RecoveryStep::RedirectTraffic { .. }) | None => false,
        };
        takes_time && !self.holds_slot
    }

    /// Waits no longer for the result of the operation under way, if there is one.
    pub(super) fn forget_operation(&self, ledger: &mut Ledger) {
        match self.progress {
            Progress::Restarting { operation } => drop(ledger.end(operation)),
            Progress::Waiting(_)
            | Progress::AwaitingHealth
            | Progress::Replicating { .. }
            | Progress::GivingUp => {}
        }
    }

    pub(super) fn started(&self) -> Decision {
        Decision::StepStarted {
            plan: self.plan.id,
            node: self.plan.node,
            step: self.step_kind(),
            attempt: self.attempt,
        }
    }

    pub(super) fn finished(&self, outcome: StepOutcome) -> Decision {
        Decision::StepFinished {
            plan: self.plan.id,
            node: self.plan.node,
            step: self.step_kind(),
            attempt: self.attempt,
            outcome,
        }
    }

    /// The giving up of the plan at the step in hand, or at the restart that there is none of.
    pub(super) fn given_up(&self, reason: GiveUpReason) -> Decision {
        let step = self.step().map_or(StepKind::RestartNode, RecoveryStep::kind);
        Decision::PlanGivenUp { plan: self.plan.id, node: self.plan.node, reason, step }
    }

    fn step_kind(&self) -> StepKind {
        self.step().expect("a plan with a step in hand").kind()
    }
}
