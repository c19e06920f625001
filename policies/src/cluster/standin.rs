//! Stands in for the balancer and the scaler until they are merged.
use crate::*;
use alloc::boxed::Box;
use alloc::vec::Vec;
use rand_core::Rng;

#[derive(Debug)]
pub struct AutoScaler {}
pub struct ScalingNodes<'a> {
    pub serving: &'a [NodeId],
    pub unhealthy: u32,
    pub starting: u32,
    pub draining: u32,
}
pub struct ScalingDecision {
    pub plan: CapacityPlan,
    pub current: u32,
    pub desired: u32,
    pub reason: ScalingReason,
}
impl AutoScaler {
    pub fn new(_: &[ServiceConfig]) -> Result<Self, ConfigError> {
        Ok(Self {})
    }
    pub fn set_policy(&mut self, _: ServiceId, _: Box<dyn ScalingPolicy>) {}
    pub fn node_sampled(&mut self, _: Instant, _: NodeId, _: ServiceId, _: NodeSample) {}
    pub fn node_left(&mut self, _: NodeId) {}
    pub fn next_deadline(&self) -> Option<Instant> {
        None
    }
    pub fn due(&mut self, _: Instant) -> Option<ServiceId> {
        None
    }
    pub fn cycle(&mut self, _: Instant, _: ServiceId, _: &ScalingNodes<'_>) -> ScalingDecision {
        unreachable!()
    }
    pub fn error_ratio(&self, _: ServiceId, _: Instant) -> Option<f64> {
        None
    }
}
