//! Scaling: how many nodes there should be.

use super::{Case, Mixed};
use cusinart_policies::{
    Duration, Instant, NodeId, NodeSample, ScalingPolicy, ScalingView, ServiceId, ServiceMetrics,
    ServingNode, catalogue,
};

const PERIOD: Duration = Duration::from_secs(15);

/// A service whose nodes all reported lately.
#[derive(Debug)]
pub struct Scaling {
    policy: Box<dyn ScalingPolicy>,
    mixed: Mixed,
    now: Instant,
    nodes: Vec<ServingNode>,
    metrics: ServiceMetrics,
}

impl Scaling {
    /// So many nodes.
    ///
    /// # Panics
    /// When the catalogue cannot build the policy.
    pub fn new(case: &Case, nodes: u32) -> Self {
        let policy = catalogue::build_scaling(&case.spec).expect("the catalogue builds the policy");
        let age = Duration::from_secs(86_400);
        let node = |number| ServingNode { node: NodeId(number), age, ready_for: age, sample: None };
        let mut scaling = Self {
            policy,
            mixed: Mixed(1),
            now: Instant::ZERO,
            nodes: (0..nodes).map(node).collect(),
            metrics: ServiceMetrics::default(),
        };
        for _ in 0..20 {
            scaling.measure();
            scaling.propose();
        }
        scaling
    }

    /// Lets a period pass, at the end of which every node reports.
    pub fn measure(&mut self) {
        self.now += PERIOD;
        let (mut utilization, mut in_flight) = (0.0, 0);
        for node in &mut self.nodes {
            let sample = NodeSample {
                taken_at: self.now,
                window: PERIOD,
                utilization: 0.5 + 0.4 * self.mixed.below(1_000) as f64 / 1_000.0,
                in_flight: self.mixed.below(16) as u32,
                queued: 0,
                arrived: 1_500,
                completed: 1_500,
                failed: 0,
            };
            utilization += sample.utilization;
            in_flight += sample.in_flight;
            node.sample = Some(sample);
        }
        let nodes = self.nodes.len() as f64;
        self.metrics = ServiceMetrics {
            nodes_reporting: self.nodes.len() as u32,
            utilization: utilization / nodes,
            in_flight_per_node: f64::from(in_flight) / nodes,
            arrivals_per_s: 100.0 * nodes,
            ..ServiceMetrics::default()
        };
    }

    /// One decision, of which nothing comes.
    pub fn propose(&mut self) {
        let ready = self.nodes.len() as u32;
        let view = ScalingView {
            service: ServiceId(0),
            ready,
            starting: 0,
            min: 1,
            max: 10 * ready,
            metrics: self.metrics,
            nodes: &self.nodes,
        };
        std::hint::black_box(self.policy.propose(self.now, view));
        self.policy.applied(self.now, ready, ready);
    }
}
