//! Decisions as text, and times from text.

use cusinart_policies::{Decision, Duration, Instant};

/// A decision on one line, the wordy ones cut short.
pub(crate) fn decision_text(decision: &Decision) -> String {
    if let Decision::NodeFailure { node, cause, evidence } = decision {
        format!("NodeFailure {node} {cause:?} after {} misses", evidence.misses)
    } else if let Decision::NodeSuspected { node, evidence } = decision {
        format!("NodeSuspected {node} after {} misses", evidence.misses)
    } else if let Decision::PlanCreated { plan, node, steps, skipped, escalation, .. } = decision {
        let skipped: Vec<_> = skipped.iter().map(|s| format!("{}: {}", s.strategy, s.why)).collect();
        let escalation = escalation.as_ref().map_or(String::new(), |how| format!(", {how}"));
        format!("PlanCreated {plan} for {node} {steps:?}, skipped {skipped:?}{escalation}")
    } else if let Decision::Scaling { service, plan, current, desired, reason } = decision {
        format!("Scaling {service} {plan:?}, {current} to {desired}, limits {:?}", reason.limits)
    } else {
        format!("{decision:?}")
    }
}

/// A span such as `90s`, `2m`, `1h` or `250ms`.
fn span(text: &str) -> Duration {
    let digits = text.trim_end_matches(char::is_alphabetic);
    let number: u64 = digits.parse().expect("a number before the unit");
    match &text[digits.len()..] {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(60 * number),
        "h" => Duration::from_secs(3_600 * number),
        unit => panic!("unknown unit {unit} in {text}"),
    }
}

/// A point in time, as the span since the start.
pub(crate) fn time(text: &str) -> Instant {
    Instant::ZERO + span(text)
}
