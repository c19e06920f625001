//! Which conditions make a node unhealthy.

use crate::{Duration, Instant};

/// The status of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionStatus {
    /// It holds.
    True,
    /// It does not.
    False,
    /// Nobody knows: the node is not heard of.
    Unknown,
}

/// A condition of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeCondition<'a> {
    /// What it is about, such as `Ready`.
    pub kind: &'a str,
    /// Its status.
    pub status: ConditionStatus,
    /// Since when.
    pub since: Instant,
}

/// A status that makes a node unhealthy when it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnhealthyRule<'a> {
    /// What the condition is about.
    pub kind: &'a str,
    /// The status.
    pub status: ConditionStatus,
    /// For how long it is tolerated. Default 5 min for `Ready` being `False` or `Unknown`.
    pub duration: Duration,
}

/// Whether a node with this condition is unhealthy: a rule of its kind and status has been met for more than its time.
pub fn is_unhealthy(now: Instant, condition: &NodeCondition<'_>, rules: &[UnhealthyRule<'_>]) -> bool {
    unhealthy_from(condition, rules).is_some_and(|from| now >= from)
}

/// The first instant from which on a node that keeps this condition is unhealthy. `None`: no rule is about it.
pub fn unhealthy_from(condition: &NodeCondition<'_>, rules: &[UnhealthyRule<'_>]) -> Option<Instant> {
    let meets = |rule: &&UnhealthyRule<'_>| rule.kind == condition.kind && rule.status == condition.status;
    let ends = rules.iter().filter(meets).map(|rule| condition.since + rule.duration);
    ends.min().map(|end| end + Duration::from_nanos(1))
}
