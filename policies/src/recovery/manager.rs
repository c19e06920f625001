//! Making recovery plans and carrying them out.
//!
//! Steps that take time need one of a limited number of slots; a plan without one waits in line at its first such
//! step, so that traffic is redirected at once however many nodes fail together.

use super::draft::Draft;
use super::execution::{Execution, PlanEnd, Progress, Stage};
use super::gate::Gates;
use super::zone_eviction::ZoneEvictions;
use super::{RecoveryCase, RecoveryPlan, RecoveryStep, RecoveryStrategy};
use crate::ledger::{Ledger, Owner};
use crate::state::StateStore;
use crate::timers::Timers;
use crate::{
    Deadline, DeadlineReason, Decision, Duration, GiveUpReason, Instant, NodeId, OperationId, PlanId,
    RecoveryConfig, StepOutcome,
};
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::vec::Vec;

/// Makes a plan for each failed node by asking the strategies, and carries the plans out.
#[derive(Debug)]
pub struct RecoveryManager {
    pub(super) config: RecoveryConfig,
    strategies: Vec<Box<dyn RecoveryStrategy>>,
    pub(super) state: StateStore,
    pub(super) plans: BTreeMap<PlanId, Execution>,
    pub(super) by_node: BTreeMap<NodeId, PlanId>,
    plans_made: u32,
    slots_taken: u32,
    /// Plans whose next step may begin.
    pub(super) ready: VecDeque<PlanId>,
    /// Plans that wait for a slot.
    waiting: VecDeque<PlanId>,
    /// Plans whose step in hand replicates, and some whose step did until just now.
    pub(super) replicating: BTreeSet<PlanId>,
    pub(super) timers: Timers<PlanId>,
    /// When strategies asked to be asked again.
    pub(super) reviews: Timers<NodeId>,
    restarts: BTreeMap<NodeId, Vec<Instant>>,
    pub(super) gates: Gates,
    pub(crate) evictions: ZoneEvictions,
}

/// What the cluster does for a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlanOrder {
    /// Send the node no more traffic. The step is done with it.
    Redirect { node: NodeId },
    /// Restart the node.
    Restart { node: NodeId, operation: OperationId },
    /// Start copies: shards were enlisted.
    Replicate,
    /// The plan was given up: replace the node if that is wanted.
    GivenUp { node: NodeId },
}

impl RecoveryManager {
    /// A manager without plans.
    pub fn new(
        config: RecoveryConfig,
        strategies: Vec<Box<dyn RecoveryStrategy>>,
        state: StateStore,
    ) -> Self {
        Self {
            gates: Gates::new(config.gate),
            evictions: ZoneEvictions::new(config.zone_eviction),
            config,
            strategies,
            state,
            plans: BTreeMap::new(),
            by_node: BTreeMap::new(),
            plans_made: 0,
            slots_taken: 0,
            ready: VecDeque::new(),
            waiting: VecDeque::new(),
            replicating: BTreeSet::new(),
            timers: Timers::new(),
            reviews: Timers::new(),
            restarts: BTreeMap::new(),
        }
    }

    /// Asks other strategies from now on.
    pub fn set_strategies(&mut self, strategies: Vec<Box<dyn RecoveryStrategy>>) {
        self.strategies = strategies;
    }

    /// What is believed of replicated state.
    pub fn state(&self) -> &StateStore {
        &self.state
    }

    /// The same, to be told of changes.
    pub fn state_mut(&mut self) -> &mut StateStore {
        &mut self.state
    }

    /// The plan a node has, if it has one.
    pub fn plan_of(&self, node: NodeId) -> Option<&RecoveryPlan> {
        self.by_node.get(&node).map(|id| &self.plans[id].plan)
    }

    /// Restarts of a node by its plans so far, newest last.
    pub fn restarts_of(&self, node: NodeId) -> &[Instant] {
        self.restarts.get(&node).map_or(&[], Vec::as_slice)
    }

    /// Makes a plan for a failed node: the steps of all strategies that apply, in their order. A node that has a
    /// plan gets no other; an earlier one that has outlived its failure must be dropped first.
    pub(crate) fn create_recovery_plan(
        &mut self,
        now: Instant,
        case: &RecoveryCase,
        ledger: &mut Ledger,
    ) -> Option<PlanId> {
        if self.by_node.contains_key(&case.node) {
            return None;
        }
        let id = PlanId(self.plans_made);
        self.plans_made += 1;
        let Draft { steps, skipped, end, asks_again, again_at, escalation } = self.ask(now, case);
        self.reviews.cancel(case.node);
        if let Some(at) = again_at {
            self.reviews.set(at.max(now + Duration::from_nanos(1)), case.node);
        }
        let turn_ends = escalation.as_ref().map(|escalation| now + escalation.after);
        let escalation = escalation.map(|escalation| escalation.why);
        let plan =
            RecoveryPlan { id, node: case.node, cause: case.cause, created: now, steps, skipped, escalation };
        ledger.note(plan.decision());
        if plan.steps.is_empty() && end == PlanEnd::Done {
            ledger.note(Decision::PlanCompleted { plan: id, node: case.node, took: now.since(now) });
            return None;
        }
        self.plans.insert(id, Execution::new(plan, end, asks_again, turn_ends));
        self.by_node.insert(case.node, id);
        self.ready.push_back(id);
        Some(id)
    }

    /// Carries out plans until one needs something done, and returns it. `None`: no plan can go on now.
    pub(crate) fn execute_plan(&mut self, now: Instant, ledger: &mut Ledger) -> Option<PlanOrder> {
        loop {
            let id = self.next_ready()?;
            let Some(execution) = self.plans.get_mut(&id) else { continue };
            match execution.progress {
                Progress::GivingUp => {
                    let node = execution.plan.node;
                    self.remove(id);
                    return Some(PlanOrder::GivenUp { node });
                }
                Progress::Waiting(Stage::Turn) => {}
                Progress::Waiting(Stage::Slot | Stage::Backoff)
                | Progress::Restarting { .. }
                | Progress::AwaitingHealth
                | Progress::Replicating { .. } => continue,
            }
            let Some(step) = execution.step().cloned() else {
                self.give_up(id, GiveUpReason::RestartsExhausted, ledger);
                continue;
            };
            if let Some(at) = execution.begins_at(now) {
                execution.progress = Progress::Waiting(Stage::Backoff);
                self.timers.set(at, id);
                continue;
            }
            if execution.needs_slot() && !self.take_slot(id) {
                continue;
            }
            if let Some(order) = self.begin_step(now, id, &step, ledger) {
                return Some(order);
            }
        }
    }

    /// Ends the plan of a node, if it has one: the node left, or failed anew.
    pub(crate) fn drop_plan(&mut self, now: Instant, node: NodeId, ledger: &mut Ledger) {
        let Some(&id) = self.by_node.get(&node) else { return };
        self.plans.get_mut(&id).expect("a node's plan is in hand").forget_operation(ledger);
        self.skip_to_replication(now, id, false, ledger);
    }

    /// A node is gone for good.
    pub(crate) fn node_left(&mut self, now: Instant, node: NodeId, ledger: &mut Ledger) {
        self.drop_plan(now, node, ledger);
        self.gates.forget(node);
        self.evictions.forget(node);
        self.reviews.cancel(node);
        self.restarts.remove(&node);
    }

    /// Whether a plan can go on.
    pub(crate) fn has_ready_plan(&self) -> bool {
        !self.ready.is_empty() || (!self.waiting.is_empty() && self.slots_taken < self.config.plans_at_once)
    }

    /// Treats the next step that has run out of time, or whose pause is over. Returns its node.
    pub(crate) fn due(&mut self, now: Instant, ledger: &mut Ledger) -> Option<NodeId> {
        let id = self.timers.take_due(now)?;
        let execution = self.plans.get_mut(&id).expect("a plan's timer is cancelled with it");
        let node = execution.plan.node;
        execution.forget_operation(ledger);
        match execution.progress {
            Progress::Waiting(Stage::Backoff) => {
                execution.progress = Progress::Waiting(Stage::Turn);
                self.ready.push_back(id);
            }
            Progress::Restarting { .. } | Progress::AwaitingHealth | Progress::Replicating { .. } => {
                self.try_failed(now, id, StepOutcome::TimedOut, GiveUpReason::AttemptsExhausted, ledger);
            }
            Progress::Waiting(Stage::Turn | Stage::Slot) | Progress::GivingUp => {}
        }
        Some(node)
    }

    /// The next failed node that the strategies asked to be asked about again.
    pub(crate) fn review_due(&mut self, now: Instant) -> Option<NodeId> {
        self.reviews.take_due(now)
    }

    /// When the strategies are asked again about a node that is still failed.
    pub fn next_review(&self) -> Option<Instant> {
        self.reviews.first().map(|(at, _)| at)
    }

    /// When a plan has something to do next.
    pub fn next_deadline(&self) -> Option<Deadline> {
        let (at, id) = self.timers.first()?;
        let reason = match self.plans.get(&id)?.progress {
            Progress::Waiting(_) => DeadlineReason::StepRetry,
            Progress::Restarting { .. }
            | Progress::AwaitingHealth
            | Progress::Replicating { .. }
            | Progress::GivingUp => DeadlineReason::StepTimeout,
        };
        Some(Deadline { at, reason })
    }

    /// Asks all strategies, but those that a closed gate holds back.
    fn ask(&mut self, now: Instant, case: &RecoveryCase) -> Draft {
        let mut draft = Draft::new();
        let refusal = self.gates.refusal(case.service);
        for strategy in &mut self.strategies {
            match &refusal {
                Some(why) if strategy.remediates() => {
                    draft.skip(strategy.name(), why.clone());
                    self.gates.hold(case.service, case.node);
                }
                Some(_) | None => {
                    let proposal = strategy.propose(now, case);
                    draft.add(strategy.as_ref(), case.node, proposal);
                }
            }
        }
        draft
    }

    /// The next plan that may go on: one that is ready, or the first in line if a slot is free.
    fn next_ready(&mut self) -> Option<PlanId> {
        if let Some(id) = self.ready.pop_front() {
            return Some(id);
        }
        while self.slots_taken < self.config.plans_at_once {
            let id = self.waiting.pop_front()?;
            if let Some(execution) = self.plans.get_mut(&id)
                && execution.progress == Progress::Waiting(Stage::Slot)
            {
                execution.progress = Progress::Waiting(Stage::Turn);
                return Some(id);
            }
        }
        None
    }

    fn take_slot(&mut self, id: PlanId) -> bool {
        let execution = self.plans.get_mut(&id).expect("the caller has just seen the plan");
        if self.slots_taken < self.config.plans_at_once {
            self.slots_taken += 1;
            execution.holds_slot = true;
            return true;
        }
        execution.progress = Progress::Waiting(Stage::Slot);
        self.waiting.push_back(id);
        false
    }

    fn begin_step(
        &mut self,
        now: Instant,
        id: PlanId,
        step: &RecoveryStep,
        ledger: &mut Ledger,
    ) -> Option<PlanOrder> {
        let execution = self.plans.get_mut(&id).expect("the caller has just seen the plan");
        execution.attempt += 1;
        ledger.note(execution.started());
        match *step {
            RecoveryStep::RedirectTraffic { node } => Some(PlanOrder::Redirect { node }),
            RecoveryStep::RestartNode { node, .. } => {
                let operation = ledger.begin(Owner::Restart(id));
                execution.progress = Progress::Restarting { operation };
                // A plan that waited for a slot through its whole turn has the usual time.
                let turn_ends = execution.restart_turn_ends().filter(|ends| *ends > now);
                let ends = turn_ends.unwrap_or(now + self.config.restart_timeout);
                self.timers.set(ends, id);
                self.restarts.entry(node).or_default().push(now);
                Some(PlanOrder::Restart { node, operation })
            }
            RecoveryStep::ReplicateState { node } => {
                let mut left = core::mem::take(&mut execution.unmended);
                self.state.retry(&left);
                left.extend(self.state.enlist(node));
                left.sort_unstable();
                left.dedup();
                execution.progress = Progress::Replicating { left };
                self.replicating.insert(id);
                self.timers.set(now + self.config.replicate_timeout, id);
                self.check_whole(now, id, ledger);
                Some(PlanOrder::Replicate)
            }
        }
    }

    pub(super) fn remove(&mut self, id: PlanId) {
        if let Some(execution) = self.plans.remove(&id) {
            self.by_node.remove(&execution.plan.node);
            self.timers.cancel(id);
            self.slots_taken -= u32::from(execution.holds_slot);
        }
    }
}
