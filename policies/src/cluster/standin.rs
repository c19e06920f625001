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

#[derive(Debug)]
pub struct LoadBalancer {
    eligible: Vec<Vec<NodeId>>,
    all: Vec<Option<ServiceId>>,
    stats: Vec<NodeStats>,
    strategies: Vec<Box<dyn BalancingStrategy>>,
}
impl LoadBalancer {
    pub fn new(services: &[ServiceConfig]) -> Result<Self, ConfigError> {
        let strategies: Result<Vec<_>, _> =
            services.iter().map(|s| catalogue::build_balancing(&s.balancer.strategy)).collect();
        Ok(Self {
            eligible: services.iter().map(|_| Vec::new()).collect(),
            all: Vec::new(),
            stats: Vec::new(),
            strategies: strategies?,
        })
    }
    pub fn set_strategy(&mut self, service: ServiceId, strategy: Box<dyn BalancingStrategy>) {
        self.strategies[service.index()] = strategy;
    }
    pub fn add_node(&mut self, now: Instant, spec: NodeSpec) {
        self.all.resize(self.all.len().max(spec.node.index() + 1), None);
        self.stats.resize(self.all.len(), NodeStats { weight: 1, ..NodeStats::default() });
        self.all[spec.node.index()] = Some(spec.service);
        self.set_healthy(now, spec.node, true);
    }
    pub fn remove_node(&mut self, now: Instant, node: NodeId) {
        self.set_healthy(now, node, false);
    }
    pub fn set_draining(&mut self, now: Instant, node: NodeId) {
        self.set_healthy(now, node, false);
    }
    pub fn set_healthy(&mut self, now: Instant, node: NodeId, healthy: bool) {
        let Some(service) = self.all[node.index()] else { return };
        let list = &mut self.eligible[service.index()];
        list.retain(|&n| n != node);
        if healthy {
            list.push(node);
            list.sort_unstable();
        }
        self.strategies[service.index()].adjust_weights(now, Pool { eligible: list, stats: &self.stats });
    }
    pub fn distribute_task(
        &mut self,
        now: Instant,
        request: &RouteRequest,
        rng: &mut dyn Rng,
    ) -> Result<NodeId, Refusal> {
        let list = &self.eligible[request.service.index()];
        if list.is_empty() {
            return Err(Refusal::NoEligibleNode);
        }
        let pool = Pool { eligible: list, stats: &self.stats };
        let node = self.strategies[request.service.index()].select_node(now, request, pool, rng);
        self.stats[node.index()].in_flight += 1;
        Ok(node)
    }
    pub fn update_node_stats(&mut self, _: Instant, node: NodeId, _: RequestOutcome) {
        if let Some(stats) = self.stats.get_mut(node.index()) {
            stats.in_flight = stats.in_flight.saturating_sub(1);
        }
    }
    pub fn eligible(&self, service: ServiceId) -> &[NodeId] {
        &self.eligible[service.index()]
    }
    pub fn next_deadline(&self) -> Option<Instant> {
        None
    }
    pub fn handle(&mut self, _: Instant) {}
    pub fn poll_decision(&mut self) -> Option<Decision> {
        None
    }
}
