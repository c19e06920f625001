//! Decisions as text.

use cusinart_policies::Decision;

/// A decision on one line, the wordy ones cut short.
pub(crate) fn decision_text(decision: &Decision) -> String {
    if let Decision::NodeFailure { node, cause, evidence } = decision {
        format!("NodeFailure {node} {cause:?} after {} misses", evidence.misses)
    } else if let Decision::NodeSuspected { node, evidence } = decision {
        format!("NodeSuspected {node} after {} misses", evidence.misses)
    } else if let Decision::PlanCreated { plan, node, steps, skipped, .. } = decision {
        let skipped: Vec<_> = skipped.iter().map(|s| format!("{}: {}", s.strategy, s.why)).collect();
        format!("PlanCreated {plan} for {node} {steps:?}, skipped {skipped:?}")
    } else if let Decision::Scaling { service, plan, current, desired, reason } = decision {
        format!("Scaling {service} {plan:?}, {current} to {desired}, limits {:?}", reason.limits)
    } else {
        format!("{decision:?}")
    }
}
