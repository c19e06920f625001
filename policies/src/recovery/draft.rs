//! A plan in the making: what the strategies proposed so far.

use super::execution::PlanEnd;
use super::{Proposal, RecoveryStep, RecoveryStrategy};
use crate::{Duration, Instant, NodeId, SkippedStrategy, StepKind};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What the strategies proposed so far for one node.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) steps: Vec<RecoveryStep>,
    pub(super) skipped: Vec<SkippedStrategy>,
    pub(super) end: PlanEnd,
    /// Whether the strategy that restarts the node counts its failures.
    pub(super) asks_again: bool,
    /// When the strategies are to be asked again, if the node is still failed then.
    pub(super) again_at: Option<Instant>,
    /// How it goes on if the restart does not help.
    pub(super) escalation: Option<Escalates>,
}

/// When the node of a plan is given up whatever its restart does.
#[derive(Clone, Debug)]
pub(super) struct Escalates {
    /// Time from the making of the plan.
    pub(super) after: Duration,
    pub(super) why: String,
}

impl Draft {
    pub(super) const fn new() -> Self {
        Self {
            steps: Vec::new(),
            skipped: Vec::new(),
            end: PlanEnd::Done,
            asks_again: false,
            again_at: None,
            escalation: None,
        }
    }

    /// Takes a proposal in. Steps for other nodes and repeated steps are left out, and those after a giving up.
    pub(super) fn add(&mut self, strategy: &dyn RecoveryStrategy, node: NodeId, proposal: Proposal) {
        match proposal {
            Proposal::Skip(why) => self.skip(strategy.name(), why),
            Proposal::Later { at, why } => {
                self.skip(strategy.name(), why);
                self.again_at = Some(self.again_at.map_or(at, |earlier| earlier.min(at)));
            }
            Proposal::GiveUp(why) => {
                self.skip(strategy.name(), why);
                if self.end == PlanEnd::Done {
                    self.end = PlanEnd::GiveUp { replicates: false };
                }
            }
            Proposal::Escalate { pause, until, why } => {
                let steps = self.steps.len();
                self.add_step(strategy, node, RecoveryStep::RestartNode { node, pause });
                if self.steps.len() > steps {
                    self.escalation = Some(Escalates { after: until, why });
                }
            }
            Proposal::Steps(steps) => steps.into_iter().for_each(|step| self.add_step(strategy, node, step)),
        }
    }

    /// Takes note of a strategy that takes no part.
    pub(super) fn skip(&mut self, strategy: &str, why: String) {
        self.skipped.push(SkippedStrategy { strategy: strategy.to_string(), why });
    }

    fn add_step(&mut self, strategy: &dyn RecoveryStrategy, node: NodeId, step: RecoveryStep) {
        if step.node() != node {
            self.skip(strategy.name(), "a step was for another node".to_string());
        } else if self.steps.iter().any(|earlier| earlier.kind() == step.kind()) {
            self.skip(strategy.name(), "another strategy proposed the same step".to_string());
        } else {
            self.asks_again |= step.kind() == StepKind::RestartNode && strategy.counts_failures();
            match &mut self.end {
                PlanEnd::Done => self.steps.push(step),
                PlanEnd::GiveUp { replicates } => *replicates |= step.kind() == StepKind::ReplicateState,
            }
        }
    }
}
