//! From measurements and a policy to a plan for one service's nodes.

use super::threshold_manager::ThresholdManager;
use crate::{
    AutoScalerConfig, CapacityPlan, ConfigError, Instant, NodeId, ScalingPolicy, ScalingReason, ScalingView,
    ZoneId, catalogue::build_scaling,
};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// The nodes of a service when a cycle runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScalingNodes<'a> {
    /// Nodes that serve and are believed healthy, ascending by id.
    pub serving: &'a [NodeId],
    /// Nodes believed failed that are being recovered or replaced.
    pub unhealthy: u32,
    /// Nodes being provisioned.
    pub starting: u32,
    /// Nodes being removed. They are not counted: they go in any case.
    pub draining: u32,
}

/// What a cycle decided for one service.
#[derive(Clone, Debug, PartialEq)]
pub struct ScalingDecision {
    /// What to do.
    pub plan: CapacityPlan,
    /// Nodes that serve, will serve or are being recovered.
    pub current: u32,
    /// Nodes wanted after all limits.
    pub desired: u32,
    /// How the number came about.
    pub reason: ScalingReason,
}

/// Plans the capacity of one service: asks the policy, applies the limits, chooses the nodes to remove.
///
/// The policy is asked for the number of *working* nodes, against those that serve or start. Nodes believed failed
/// are neither capacity nor surplus, since recovery brings them back or replaces them: they come on top of
/// the policy's number when it changes something, and they count for `min` and `max`, since they cost money.
///
/// Without a measured value nothing changes, except that `min` and `max` are still met.
#[derive(Debug)]
pub struct CapacityPlanner {
    policy: Box<dyn ScalingPolicy>,
    thresholds: ThresholdManager,
}

impl CapacityPlanner {
    /// A planner with this configuration.
    ///
    /// # Errors
    /// When the catalogue cannot build the policy.
    pub fn new(config: &AutoScalerConfig) -> Result<Self, ConfigError> {
        Ok(Self { policy: build_scaling(&config.policy)?, thresholds: ThresholdManager::new(config) })
    }

    /// Replaces the policy.
    pub fn set_policy(&mut self, policy: Box<dyn ScalingPolicy>) {
        self.policy = policy;
    }

    /// Plans one cycle. `view` carries the measurements; its bounds are filled in here. `zone_of` tells where
    /// a node stands.
    pub fn plan(
        &mut self,
        now: Instant,
        view: ScalingView<'_>,
        nodes: &ScalingNodes<'_>,
        zone_of: impl Fn(NodeId) -> ZoneId,
    ) -> ScalingDecision {
        let view = ScalingView { min: self.thresholds.min(), max: self.thresholds.max(), ..view };
        let working = view.ready.saturating_add(view.starting);
        let current = working.saturating_add(nodes.unhealthy);
        let proposal = self.policy.propose(now, view);
        let mut reason = clean(proposal.reason);
        let wanted = total_wanted(proposal.desired, working, nodes.unhealthy, &mut reason);
        let desired = self.thresholds.limit(now, current, wanted, &mut reason.limits);
        let plan = match desired.cmp(&current) {
            Ordering::Greater => CapacityPlan::ScaleUp(desired - current),
            Ordering::Equal => CapacityPlan::Maintain,
            Ordering::Less => removal(nodes.serving, current - desired, zone_of, &mut reason),
        };
        let desired = match &plan {
            CapacityPlan::ScaleUp(_) | CapacityPlan::Maintain => desired,
            CapacityPlan::ScaleDown(removed) => current.saturating_sub(count(removed)),
        };
        self.policy.applied(now, working, desired.saturating_sub(nodes.unhealthy));
        if plan == CapacityPlan::Maintain {
            return ScalingDecision { plan, current, desired: current, reason };
        }
        self.thresholds.changed(now);
        ScalingDecision { plan, current, desired, reason }
    }
}

/// A policy's reason without numbers that are none.
fn clean(reason: ScalingReason) -> ScalingReason {
    let target = if reason.target.is_finite() { reason.target } else { 0.0 };
    let finite = |number: Option<f64>| number.filter(|number| number.is_finite());
    ScalingReason { value: finite(reason.value), target, ratio: finite(reason.ratio), ..reason }
}

/// The number of nodes in all that follows from the number of working nodes proposed.
fn total_wanted(proposed: u32, working: u32, unhealthy: u32, reason: &mut ScalingReason) -> u32 {
    let mut wanted = proposed;
    if reason.value.is_none() {
        reason.limits.push("no data".to_string());
        wanted = working;
    } else if wanted == 0 && working > 0 {
        reason.limits.push("at least 1 working node".to_string());
        wanted = 1;
    }
    if unhealthy > 0 && wanted != working {
        reason.limits.push(format!("plus {unhealthy} unhealthy nodes"));
    }
    wanted.saturating_add(unhealthy)
}

/// The plan that removes so many nodes, as far as there are any to remove.
fn removal(
    serving: &[NodeId],
    surplus: u32,
    zone_of: impl Fn(NodeId) -> ZoneId,
    reason: &mut ScalingReason,
) -> CapacityPlan {
    let removable = count(serving).saturating_sub(1);
    if surplus > removable {
        reason.limits.push(format!("{removable} nodes can be removed"));
    }
    match surplus.min(removable) {
        0 => CapacityPlan::Maintain,
        surplus => CapacityPlan::ScaleDown(nodes_to_remove(serving, surplus, zone_of)),
    }
}

/// Chooses nodes to remove, in order: again and again the newest node of the zone with the most serving nodes;
/// among equal zones the one with the newest node. So zones differ by at most one node when there are enough
/// to remove, and old nodes, with their warm caches, stay.
fn nodes_to_remove(serving: &[NodeId], surplus: u32, zone_of: impl Fn(NodeId) -> ZoneId) -> Vec<NodeId> {
    let mut zones: BTreeMap<ZoneId, Vec<NodeId>> = BTreeMap::new();
    for node in serving {
        zones.entry(zone_of(*node)).or_default().push(*node);
    }
    zones.values_mut().for_each(|nodes| nodes.sort_unstable());
    let mut newest_of_fullest =
        || zones.values_mut().max_by_key(|nodes| (nodes.len(), nodes.last().copied()))?.pop();
    (0..surplus).map_while(|_| newest_of_fullest()).collect()
}

fn count(nodes: &[NodeId]) -> u32 {
    u32::try_from(nodes.len()).expect("node ids have 32 bits")
}
