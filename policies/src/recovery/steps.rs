//! How the steps of plans end: done, failed, or no longer needed.

use super::RecoveryStep;
use super::execution::{Execution, PlanEnd, Progress, Stage};
use super::manager::RecoveryManager;
use crate::ledger::Ledger;
use crate::state::Blocked;
use crate::{Decision, GiveUpReason, Instant, NodeId, OperationError, OperationId, PlanId, StepOutcome};

impl RecoveryManager {
    /// A restart asked for by a plan ended. Returns the node.
    pub(crate) fn restart_finished(
        &mut self,
        now: Instant,
        plan: PlanId,
        operation: OperationId,
        result: Result<(), OperationError>,
        ledger: &mut Ledger,
    ) -> Option<NodeId> {
        let execution = self.plans.get_mut(&plan)?;
        if execution.progress != (Progress::Restarting { operation }) {
            return None;
        }
        let node = execution.plan.node;
        match result {
            // A turn of its own goes on even if the restart failed: the node may come back by itself.
            Err(_) if execution.restart_turn_ends().is_some() => {
                execution.progress = Progress::AwaitingHealth
            }
            Ok(()) => execution.progress = Progress::AwaitingHealth,
            Err(error) => {
                let outcome = StepOutcome::Failed(error);
                self.try_failed(now, plan, outcome, GiveUpReason::AttemptsExhausted, ledger);
            }
        }
        Some(node)
    }

    /// The process of a node is gone again after its restart, before the node was believed healthy. Returns whether the
    /// strategies are to be asked anew; otherwise the restart is tried again, or the plan is given up, or a restart with a
    /// turn of its own has it to the end: the node may come back by itself.
    pub(crate) fn failed_again(&mut self, now: Instant, node: NodeId, ledger: &mut Ledger) -> bool {
        let Some(&id) = self.by_node.get(&node) else { return false };
        let execution = &self.plans[&id];
        if execution.progress != Progress::AwaitingHealth || execution.restart_turn_ends().is_some() {
            return false;
        }
        if !execution.asks_again {
            self.try_failed(now, id, StepOutcome::FailedAgain, GiveUpReason::AttemptsExhausted, ledger);
            return false;
        }
        ledger.note(execution.finished(StepOutcome::FailedAgain));
        ledger.note(execution.given_up(GiveUpReason::FailedAgain));
        self.remove(id);
        true
    }

    /// A node is believed healthy again: its restart is done, and what is left of its plan is needed no more,
    /// but for the mending of replicas that are lost.
    pub(crate) fn node_recovered(&mut self, now: Instant, node: NodeId, ledger: &mut Ledger) {
        self.gates.forget(node);
        self.evictions.forget(node);
        self.reviews.cancel(node);
        let Some(&id) = self.by_node.get(&node) else { return };
        let execution = self.plans.get_mut(&id).expect("a node's plan is in hand");
        execution.forget_operation(ledger);
        match execution.progress {
            Progress::AwaitingHealth => self.step_done(now, id, StepOutcome::Done, ledger),
            Progress::Waiting(_) | Progress::Restarting { .. } => {
                let keep = self.state.lacks_because_of(node);
                self.skip_to_replication(now, id, keep, ledger);
            }
            Progress::Replicating { .. } | Progress::GivingUp => {}
        }
    }

    /// The node's traffic goes elsewhere.
    pub(crate) fn redirected(&mut self, now: Instant, node: NodeId, ledger: &mut Ledger) {
        if let Some(&id) = self.by_node.get(&node) {
            self.step_done(now, id, StepOutcome::Done, ledger);
        }
    }

    /// Looks at the plans that replicate, after copies ended or nodes changed.
    pub(crate) fn check_replication(&mut self, now: Instant, ledger: &mut Ledger) {
        for id in core::mem::take(&mut self.replicating) {
            self.check_step(now, id, ledger);
            let progress = self.plans.get(&id).map(|execution| &execution.progress);
            if matches!(progress, Some(Progress::Replicating { .. })) {
                self.replicating.insert(id);
            }
        }
    }

    /// Whether a replicating step is done, or cannot get any further.
    fn check_step(&mut self, now: Instant, id: PlanId, ledger: &mut Ledger) {
        if self.check_whole(now, id, ledger) {
            return;
        }
        let Some(Progress::Replicating { left }) = self.plans.get(&id).map(|execution| &execution.progress)
        else {
            return;
        };
        let Some(blocked) = self.state.failed_copy(left).or_else(|| self.state.stuck(left)) else { return };
        let (outcome, reason) = match blocked {
            Blocked::NoSource => (StepOutcome::Failed(OperationError::SourceLost), GiveUpReason::NoSource),
            Blocked::NoTarget => (StepOutcome::Failed(OperationError::Refused), GiveUpReason::NoTarget),
            Blocked::CopyFailed(error) => (StepOutcome::Failed(error), GiveUpReason::AttemptsExhausted),
            Blocked::CopyTimedOut => (StepOutcome::TimedOut, GiveUpReason::AttemptsExhausted),
        };
        self.try_failed(now, id, outcome, reason, ledger);
    }

    pub(super) fn check_whole(&mut self, now: Instant, id: PlanId, ledger: &mut Ledger) -> bool {
        let Some(execution) = self.plans.get_mut(&id) else { return true };
        let Progress::Replicating { left } = &mut execution.progress else { return true };
        while left.last().is_some_and(|&shard| self.state.is_whole(shard)) {
            left.pop();
        }
        let done = left.is_empty();
        if done {
            self.step_done(now, id, StepOutcome::Done, ledger);
        }
        done
    }

    /// A try of the step failed: another one after a pause, or the plan is given up.
    pub(super) fn try_failed(
        &mut self,
        now: Instant,
        id: PlanId,
        outcome: StepOutcome,
        reason: GiveUpReason,
        ledger: &mut Ledger,
    ) {
        let execution = self.plans.get_mut(&id).expect("only plans in hand fail");
        ledger.note(execution.finished(outcome));
        if let Progress::Replicating { left } = &mut execution.progress {
            execution.unmended = core::mem::take(left);
        }
        if execution.attempt < self.config.attempts && execution.restart_turn_ends().is_none() {
            execution.progress = Progress::Waiting(Stage::Backoff);
            self.timers.set(now + self.config.backoff.pause(execution.attempt), id);
        } else {
            self.give_up(id, reason, ledger);
        }
    }

    /// The plan ends here; the cluster hears of it in its turn.
    pub(super) fn give_up(&mut self, id: PlanId, reason: GiveUpReason, ledger: &mut Ledger) {
        let execution = self.plans.get_mut(&id).expect("only plans in hand are given up");
        ledger.note(execution.given_up(reason));
        execution.progress = Progress::GivingUp;
        if execution.replicates_later() {
            // The node stays gone, and its replicas with it: they are mended without the plan.
            self.state.enlist(execution.plan.node);
        }
        self.timers.cancel(id);
        self.ready.push_back(id);
    }

    fn step_done(&mut self, now: Instant, id: PlanId, outcome: StepOutcome, ledger: &mut Ledger) {
        let execution = self.plans.get_mut(&id).expect("only plans in hand get on");
        ledger.note(execution.finished(outcome));
        execution.next_step();
        self.timers.cancel(id);
        let execution = &self.plans[&id];
        if execution.step().is_some() || execution.end != PlanEnd::Done {
            self.ready.push_back(id);
        } else {
            self.complete(now, id, ledger);
        }
    }

    fn complete(&mut self, now: Instant, id: PlanId, ledger: &mut Ledger) {
        let Execution { plan, .. } = &self.plans[&id];
        let (node, took) = (plan.node, now.since(plan.created));
        ledger.note(Decision::PlanCompleted { plan: id, node, took });
        self.remove(id);
    }

    /// Leaves out the step in hand and those after it, up to a replication if that is to be kept.
    pub(super) fn skip_to_replication(&mut self, now: Instant, id: PlanId, keep: bool, ledger: &mut Ledger) {
        while let Some(execution) = self.plans.get_mut(&id) {
            let replicates = matches!(execution.step(), Some(RecoveryStep::ReplicateState { .. }));
            if keep && replicates {
                return;
            }
            if execution.progress == Progress::GivingUp {
                self.remove(id);
                return;
            }
            execution.end = PlanEnd::Done;
            if execution.step().is_none() {
                self.complete(now, id, ledger);
                return;
            }
            self.step_done(now, id, StepOutcome::Obsolete, ledger);
        }
    }
}
