//! The scaling cycle of all services.

use super::capacity_planner::{CapacityPlanner, ScalingDecision, ScalingNodes};
use super::metrics_collector::MetricsCollector;
use crate::{
    AutoScalerConfig, CapacityPlan, ConfigError, Duration, Instant, NodeId, NodeSample, NodeSpec,
    ScalingPolicy, ScalingReason, ScalingView, ServiceConfig, ServiceId, ServingNode, ZoneId,
};
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Runs a cycle per service and period that compares what the nodes reported with what the policy wants.
///
/// The first cycle of a service runs one period after the start of the run, the next ones at whole multiples
/// of it; a cycle that is late does not move the next one. Services without auto-scaling have no cycle; their
/// samples are kept all the same, over a minute, for [`AutoScaler::error_ratio`].
#[derive(Debug)]
pub struct AutoScaler {
    /// By [`ServiceId`].
    services: Vec<Scaled>,
    /// By [`NodeId`]; a node that was not told counts as standing in the first zone.
    places: Vec<Place>,
}

/// What the scaler keeps of one service.
#[derive(Debug)]
struct Scaled {
    collector: MetricsCollector,
    cycle: Option<Cycle>,
}

/// Where a node stands.
#[derive(Clone, Copy, Debug)]
enum Place {
    Zone {
        zone: ZoneId,
        /// When it began to serve, and when it was last found ready; `None` is before the run.
        since: Option<Instant>,
        ready_since: Option<Instant>,
    },
    /// It was removed. Samples of it may still come.
    Left,
}

#[derive(Debug)]
struct Cycle {
    planner: CapacityPlanner,
    period: Duration,
    next: Instant,
}

impl AutoScaler {
    /// A scaler for these services, without samples.
    ///
    /// # Errors
    /// When the catalogue cannot build a service's policy.
    pub fn new(services: &[ServiceConfig]) -> Result<Self, ConfigError> {
        let scaled = |service: &ServiceConfig| Scaled::new(service.auto_scaler.as_ref());
        Ok(Self { services: services.iter().map(scaled).collect::<Result<_, _>>()?, places: Vec::new() })
    }

    /// Replaces the policy of a service that has auto-scaling.
    pub fn set_policy(&mut self, service: ServiceId, policy: Box<dyn ScalingPolicy>) {
        if let Some(cycle) = self.services.get_mut(service.index()).and_then(|scaled| scaled.cycle.as_mut()) {
            cycle.planner.set_policy(policy);
        }
    }

    /// Takes note of a node that served before the run, and where it stands, so that removing nodes keeps the zones
    /// balanced.
    pub fn node_adopted(&mut self, spec: NodeSpec) {
        *self.place_mut(spec.node) = Place::Zone { zone: spec.zone, since: None, ready_since: None };
    }

    /// Takes note of a node that begins to serve.
    pub fn node_joined(&mut self, now: Instant, spec: NodeSpec) {
        *self.place_mut(spec.node) =
            Place::Zone { zone: spec.zone, since: Some(now), ready_since: Some(now) };
    }

    /// Takes note that a node which was believed failed is ready again.
    pub fn node_ready(&mut self, now: Instant, node: NodeId) {
        match self.place_mut(node) {
            Place::Zone { ready_since, .. } => *ready_since = Some(now),
            Place::Left => {}
        }
    }

    /// Takes in a node's sample of its load. Samples of nodes that left are ignored.
    pub fn node_sampled(&mut self, now: Instant, node: NodeId, service: ServiceId, sample: NodeSample) {
        if matches!(self.places.get(node.index()), Some(Place::Left)) {
            return;
        }
        if let Some(scaled) = self.services.get_mut(service.index()) {
            scaled.collector.record(now, node, sample);
        }
    }

    /// Forgets the samples of a node that was removed.
    pub fn node_left(&mut self, node: NodeId) {
        self.services.iter_mut().for_each(|scaled| scaled.collector.forget(node));
        *self.place_mut(node) = Place::Left;
    }

    /// When the next cycle of any service is due.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.services.iter().filter_map(|scaled| scaled.cycle.as_ref()).map(|cycle| cycle.next).min()
    }

    /// A service whose cycle is due: the one due first, the lowest id among equals. It stays due until its
    /// cycle is run.
    pub fn due(&self, now: Instant) -> Option<ServiceId> {
        let due = |(index, scaled): (usize, &Scaled)| {
            let next = scaled.cycle.as_ref()?.next;
            let service = ServiceId(u16::try_from(index).expect("service ids have 16 bits"));
            (next <= now).then_some((next, service))
        };
        self.services.iter().enumerate().filter_map(due).min().map(|(_, service)| service)
    }

    /// Runs the cycle of a service and says what to do. Its next cycle is due at the next multiple of its
    /// period. A service without auto-scaling is left as it is.
    pub fn cycle(&mut self, now: Instant, service: ServiceId, nodes: &ScalingNodes<'_>) -> ScalingDecision {
        let ready = u32::try_from(nodes.serving.len()).expect("node ids have 32 bits");
        let Some(Scaled { collector, cycle: Some(cycle) }) = self.services.get_mut(service.index()) else {
            return unscaled(ready.saturating_add(nodes.starting).saturating_add(nodes.unhealthy));
        };
        cycle.next = Instant::ZERO + cycle.period * (periods_since_start(now, cycle.period) + 1);
        let serving = serving_nodes(now, &self.places, collector, nodes.serving);
        let view = ScalingView {
            service,
            ready,
            starting: nodes.starting,
            min: 0,
            max: 0,
            metrics: collector.metrics(now, nodes.serving),
            nodes: &serving,
        };
        let places = &self.places;
        let zone_of = |node: NodeId| match places.get(node.index()) {
            Some(Place::Zone { zone, .. }) => *zone,
            Some(Place::Left) | None => ZoneId(0),
        };
        cycle.planner.plan(now, view, nodes, zone_of)
    }

    /// Share of arrived requests that the nodes of a service refused or failed within its window, 0..=1.
    /// `None` when no node reported.
    pub fn error_ratio(&self, service: ServiceId, now: Instant) -> Option<f64> {
        self.services.get(service.index())?.collector.error_ratio(now)
    }

    fn place_mut(&mut self, node: NodeId) -> &mut Place {
        if self.places.len() <= node.index() {
            let unknown = Place::Zone { zone: ZoneId(0), since: None, ready_since: None };
            self.places.resize(node.index() + 1, unknown);
        }
        &mut self.places[node.index()]
    }
}

impl Scaled {
    fn new(config: Option<&AutoScalerConfig>) -> Result<Self, ConfigError> {
        let Some(config) = config else {
            let window = AutoScalerConfig::default().window;
            return Ok(Self { collector: MetricsCollector::new(window), cycle: None });
        };
        // A period of nothing would never let time pass; the configuration demands at least a second.
        let period = config.period.max(Duration::from_millis(1));
        let cycle = Cycle { planner: CapacityPlanner::new(config)?, period, next: Instant::ZERO + period };
        Ok(Self { collector: MetricsCollector::new(config.window), cycle: Some(cycle) })
    }
}

/// The serving nodes one by one.
fn serving_nodes(
    now: Instant,
    places: &[Place],
    collector: &MetricsCollector,
    serving: &[NodeId],
) -> Vec<ServingNode> {
    let age = |since: Option<Instant>| since.map_or(Duration::MAX, |since| now.since(since));
    let of = |node: &NodeId| {
        let (since, ready_since) = match places.get(node.index()) {
            Some(Place::Zone { since, ready_since, .. }) => (*since, *ready_since),
            Some(Place::Left) | None => (None, None),
        };
        let sample = collector.newest(now, *node);
        ServingNode { node: *node, age: age(since), ready_for: age(ready_since), sample }
    };
    serving.iter().map(of).collect()
}

/// Whole periods from the start of the run to `now`.
fn periods_since_start(now: Instant, period: Duration) -> u64 {
    now.as_nanos() / period.as_nanos()
}

/// The decision for a service without auto-scaling.
fn unscaled(current: u32) -> ScalingDecision {
    let reason = ScalingReason {
        policy: "none".to_string(),
        metric: "nodes".to_string(),
        value: None,
        target: f64::from(current),
        ratio: None,
        age: Duration::ZERO,
        proposed: current,
        limits: Vec::<String>::new(),
        code: None,
    };
    ScalingDecision { plan: CapacityPlan::Maintain, current, desired: current, reason }
}
