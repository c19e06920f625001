//! When nodes are remediated, and by whom (medik8s Node Health Check operator).

mod condition;
mod escalation;
mod storm;

pub use condition::{ConditionStatus, NodeCondition, UnhealthyRule, is_unhealthy, unhealthy_from};
pub use escalation::{Escalation, RemediationPhase, escalate};
pub use storm::StormGate;
