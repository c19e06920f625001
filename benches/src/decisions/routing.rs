//! Routing: which node gets the next request.

use super::{Case, Mixed, defaults};
use cusinart_policies::{
    BalancerConfig, Duration, Instant, Labels, LoadBalancer, NodeId, NodeSpec, ParamValue, PolicyKind,
    PolicySpec, RequestOutcome, RouteRequest, ServiceConfig, ServiceId, ZoneId,
};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

const SERVICE: ServiceId = ServiceId(0);
/// Requests in flight per node between two blocks.
const IN_FLIGHT_PER_NODE: u32 = 3;
/// From one request to the next.
const PAUSE: Duration = Duration::from_micros(100);

/// Every balancing strategy with its defaults, and those whose cost depends on a parameter or on weights once more.
pub fn routing_cases() -> Vec<Case> {
    let mut cases = defaults(PolicyKind::Balancing);
    let mut add = |name: &str, param: &str, value: ParamValue| {
        let spec = PolicySpec::named(name).with(param, value.clone());
        cases.push(Case { name: format!("{name}, {param} {value}"), ..Case::plain(spec) });
    };
    add("weighted_round_robin", "max_fails", ParamValue::Count(3));
    add("least_request", "selection", ParamValue::Choice("full_scan".into()));
    add("peak_ewma", "flavour", ParamValue::Choice("finagle".into()));
    for bound in [125, 300] {
        add("ring_hash", "hash_balance_factor", ParamValue::Count(bound));
        add("maglev", "hash_balance_factor", ParamValue::Count(bound));
    }
    for name in ["weighted_round_robin", "edf_round_robin", "least_connections", "least_request"] {
        let case = Case::plain(PolicySpec::named(name));
        cases.push(Case { name: format!("{name}, weights 1 2 3"), weights: vec![1, 2, 3], ..case });
    }
    cases
}

/// A balancer in a steady state: requests come one by one and end in any order.
#[derive(Debug)]
pub struct Routing {
    balancer: LoadBalancer,
    rng: ChaCha8Rng,
    mixed: Mixed,
    now: Instant,
    requests: u64,
    /// Each with the time it was sent.
    in_flight: Vec<(NodeId, Instant)>,
}

impl Routing {
    /// So many nodes, and requests in flight.
    ///
    /// # Panics
    /// When the catalogue cannot build the strategy.
    pub fn new(case: &Case, nodes: u32) -> Self {
        let service = ServiceConfig {
            name: "measured".into(),
            zones: (0..).map(ZoneId).take(case.weights.len()).collect(),
            labels: Labels::NONE,
            balancer: BalancerConfig {
                strategy: case.spec.clone(),
                zone_weights: case.weights.clone(),
                ..BalancerConfig::default()
            },
            auto_scaler: None,
            state: None,
        };
        let mut balancer = LoadBalancer::new(&[service]).expect("the catalogue builds the strategy");
        for number in 0..nodes {
            let zone = ZoneId((number as usize % case.weights.len()) as u16);
            balancer.add_node(Instant::ZERO, NodeSpec { node: NodeId(number), service: SERVICE, zone });
        }
        let mut routing = Self {
            balancer,
            rng: ChaCha8Rng::seed_from_u64(1),
            mixed: Mixed(1),
            now: Instant::ZERO,
            requests: 0,
            in_flight: Vec::with_capacity((2 * IN_FLIGHT_PER_NODE * nodes) as usize),
        };
        (0..IN_FLIGHT_PER_NODE * nodes).for_each(|_| routing.route());
        (0..100 * nodes).for_each(|_| {
            routing.route();
            routing.finish();
        });
        routing
    }

    /// Routes one request.
    ///
    /// # Panics
    /// When no node can take it.
    pub fn route(&mut self) {
        self.now += PAUSE;
        self.requests += 1;
        let request = RouteRequest {
            service: SERVICE,
            key: self.requests,
            labels: Labels::NONE,
            avoid: None,
            zone: None,
        };
        let node = self.balancer.distribute_task(self.now, &request, &mut self.rng);
        self.in_flight.push((node.expect("nodes are eligible"), self.now));
    }

    /// Ends one of the requests in flight, well.
    pub fn finish(&mut self) {
        let place = self.mixed.below(self.in_flight.len());
        let (node, sent) = self.in_flight.swap_remove(place);
        let latency = self.now.since(sent);
        self.balancer.update_node_stats(self.now, node, RequestOutcome { ok: true, latency });
    }
}
