//! A recovery plan: what is done about one failed node, and why.

use crate::{Decision, FailureCause, Instant, NodeId, PlanId, RecoveryStep, SkippedStrategy};
use alloc::string::String;
use alloc::vec::Vec;

/// What is done about one failed node, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryPlan {
    /// The plan.
    pub id: PlanId,
    /// The failed node.
    pub node: NodeId,
    /// What it failed of.
    pub cause: FailureCause,
    /// When the plan was made.
    pub created: Instant,
    /// The steps, in order.
    pub steps: Vec<RecoveryStep>,
    /// Strategies that declined, and why.
    pub skipped: Vec<SkippedStrategy>,
    /// When the node is given up if its restart does not help, and why then, where a strategy says so.
    pub escalation: Option<String>,
}

impl RecoveryPlan {
    /// The making of the plan as a fact of the run.
    pub fn decision(&self) -> Decision {
        Decision::PlanCreated {
            plan: self.id,
            node: self.node,
            cause: self.cause,
            steps: self.steps.iter().map(RecoveryStep::kind).collect(),
            skipped: self.skipped.clone(),
            escalation: self.escalation.clone(),
        }
    }
}
