//! The balancer against a naive model of its documentation, under random operations.

use super::tests::{STRATEGIES, balancer_of, outcome, request, spec};
use super::{LoadBalancer, Refusal, RouteRequest};
use crate::{Decision, Duration, EjectionConfig, EjectionReason, Instant, NodeId, ServiceId};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

proptest! {
    #[test]
    fn eligible_nodes_and_ejections_are_those_of_the_naive_model(
        strategy in prop::sample::select(&STRATEGIES[..]),
        failures in 1_u32..4,
        ratio in prop::sample::select(&[0.0, 0.29, 0.5, 1.0][..]),
        steps in prop::collection::vec(any_step(), 1..200),
        seed in any::<u64>(),
    ) {
        let config = EjectionConfig {
            consecutive_failures: failures,
            interval: Duration::from_secs(2),
            period: Duration::from_secs(3),
            period_max: Duration::from_secs(7),
            ejected_ratio_max: ratio,
            ..EjectionConfig::default()
        };
        let mut balancer = balancer_of(strategy, Some(config), 0);
        let mut model = Model { config, ..Model::default() };
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        for step in steps {
            run_step(&mut balancer, &mut model, step, &mut rng);
            prop_assert_eq!(balancer.eligible(ServiceId(0)), model.eligible());
            let ejected = core::iter::from_fn(|| balancer.poll_decision()).collect::<Vec<_>>();
            prop_assert_eq!(ejected, core::mem::take(&mut model.decisions));
            prop_assert_eq!(balancer.next_deadline(), model.next_sweep);
        }
    }
}

/// Something that can happen to a balancer. Nodes are drawn from a few ids, so that they meet.
#[derive(Clone, Copy, Debug)]
enum Step {
    Add(u32),
    Remove(u32),
    Healthy(u32, bool),
    Drain(u32),
    Weight(u32, u32),
    Route(Option<u32>),
    Finish(u32, bool),
    Wait(u64),
}

fn any_step() -> impl Strategy<Value = Step> {
    let node = 0_u32..8;
    prop_oneof![
        3 => node.clone().prop_map(Step::Add),
        1 => node.clone().prop_map(Step::Remove),
        2 => (node.clone(), any::<bool>()).prop_map(|(node, healthy)| Step::Healthy(node, healthy)),
        1 => node.clone().prop_map(Step::Drain),
        1 => (node.clone(), 0_u32..4).prop_map(|(node, weight)| Step::Weight(node, weight)),
        4 => prop::option::of(node.clone()).prop_map(Step::Route),
        8 => (node, prop::bool::weighted(0.3)).prop_map(|(node, ok)| Step::Finish(node, ok)),
        3 => (0_u64..8).prop_map(Step::Wait),
    ]
}

/// The balancer as its documentation tells it, without any list kept up to date.
#[derive(Debug, Default)]
struct Model {
    now: Instant,
    config: EjectionConfig,
    nodes: BTreeMap<u32, ModelNode>,
    next_sweep: Option<Instant>,
    decisions: Vec<Decision>,
}

#[derive(Debug, Default)]
struct ModelNode {
    sick: bool,
    draining: bool,
    ejected_since: Option<Instant>,
    returned: Instant,
    failures: u32,
    backoff: u32,
}

impl Model {
    fn eligible(&self) -> Vec<NodeId> {
        let free = |node: &ModelNode| !node.sick && !node.draining && node.ejected_since.is_none();
        self.nodes.iter().filter(|(_, node)| free(node)).map(|(id, _)| NodeId(*id)).collect()
    }

    fn finish(&mut self, id: u32, ok: bool) {
        let (eligible, all, config) = (self.eligible(), self.nodes.len(), self.config);
        let ejected = self.nodes.values().filter(|node| node.ejected_since.is_some()).count();
        let Some(node) = self.nodes.get_mut(&id) else { return };
        node.failures = if ok { 0 } else { node.failures + 1 };
        if node.failures != config.consecutive_failures || node.ejected_since.is_some() {
            return;
        }
        let failures = core::mem::take(&mut node.failures);
        let allowed = ((ejected + 1) as f64) <= all as f64 * config.ejected_ratio_max + 1e-9;
        if !allowed || eligible.len() < 2 || !eligible.contains(&NodeId(id)) {
            return;
        }
        // More backoff makes no difference once it reaches the longest period.
        if config.period * u64::from(node.backoff) < config.period_max + config.period {
            node.backoff += 1;
        }
        node.ejected_since = Some(self.now);
        let (period, reason) = (node.period(&config), EjectionReason::ConsecutiveFailures { failures });
        self.decisions.push(Decision::NodeEjected { node: NodeId(id), reason, period });
        self.plan_sweep();
    }

    fn wait(&mut self, secs: u64) {
        self.now += Duration::from_secs(secs);
        if self.next_sweep.is_none_or(|at| at > self.now) {
            return;
        }
        for (id, node) in &mut self.nodes {
            let over = node.ejected_since.is_some_and(|since| since + node.period(&self.config) <= self.now);
            if over {
                (node.ejected_since, node.returned, node.failures) = (None, self.now, 0);
                self.decisions.push(Decision::NodeReturned { node: NodeId(*id) });
            }
            if node.ejected_since.is_none() && node.returned + self.config.interval <= self.now {
                node.backoff = node.backoff.saturating_sub(1);
            }
        }
        self.next_sweep = None;
        self.plan_sweep();
    }

    fn plan_sweep(&mut self) {
        let interval = self.config.interval.as_nanos();
        let open = self.nodes.values().any(|node| node.ejected_since.is_some() || node.backoff > 0);
        if self.next_sweep.is_none() && open {
            let rounds = self.now.as_nanos() / interval + 1;
            self.next_sweep = Some(Instant::from_nanos(rounds * interval));
        }
    }
}

impl ModelNode {
    fn period(&self, config: &EjectionConfig) -> Duration {
        (config.period * u64::from(self.backoff)).min(config.period_max)
    }
}

fn run_step(balancer: &mut LoadBalancer, model: &mut Model, step: Step, rng: &mut ChaCha8Rng) {
    let now = model.now;
    match step {
        Step::Add(node) => {
            balancer.add_node(now, spec(node));
            model.nodes.entry(node).or_default();
        }
        Step::Remove(node) => {
            balancer.remove_node(now, NodeId(node));
            model.nodes.remove(&node);
        }
        Step::Healthy(node, healthy) => {
            balancer.set_healthy(now, NodeId(node), healthy);
            if let Some(node) = model.nodes.get_mut(&node) {
                node.sick = !healthy;
            }
        }
        Step::Drain(node) => {
            balancer.set_draining(now, NodeId(node));
            if let Some(node) = model.nodes.get_mut(&node) {
                node.draining = true;
            }
        }
        Step::Weight(node, weight) => balancer.adjust_weights(now, NodeId(node), weight),
        Step::Route(avoid) => {
            let avoid = avoid.map(NodeId);
            let chosen = balancer.distribute_task(now, &RouteRequest { avoid, ..request() }, rng);
            let eligible = model.eligible();
            match chosen {
                Ok(node) => {
                    assert!(eligible.contains(&node), "{node} is not eligible");
                    assert!(avoid != Some(node) || eligible.len() == 1, "{node} was to be avoided");
                }
                Err(refusal) => assert_eq!((refusal, eligible.len()), (Refusal::NoEligibleNode, 0)),
            }
        }
        Step::Finish(node, ok) => {
            balancer.update_node_stats(now, NodeId(node), outcome(ok));
            model.finish(node, ok);
        }
        Step::Wait(secs) => {
            model.wait(secs);
            balancer.handle(model.now);
        }
    }
}
