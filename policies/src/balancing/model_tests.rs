//! The balancer against a naive model of its documentation, under random operations.

use super::tests::{STRATEGIES, balancer_of, outcome, request, spec};
use super::{LoadBalancer, Refusal, RouteRequest};
use crate::{Decision, Duration, EjectionConfig, Instant, NodeId, ServiceId};
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
            period: Duration::from_secs(3),
            ejected_ratio_max: ratio,
        };
        let mut balancer = balancer_of(strategy, Some(config.clone()), 0);
        let mut model = Model { config, ..Model::default() };
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        for step in steps {
            run_step(&mut balancer, &mut model, step, &mut rng);
            prop_assert_eq!(balancer.eligible(ServiceId(0)), model.eligible());
            let ejected = core::iter::from_fn(|| balancer.poll_decision()).collect::<Vec<_>>();
            prop_assert_eq!(ejected, core::mem::take(&mut model.decisions));
            prop_assert_eq!(balancer.next_deadline(), model.next_deadline());
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
    decisions: Vec<Decision>,
}

#[derive(Debug, Default)]
struct ModelNode {
    sick: bool,
    draining: bool,
    ejected_until: Option<Instant>,
    last_end: Instant,
    failures: u32,
    ejections: u32,
}

impl Model {
    fn eligible(&self) -> Vec<NodeId> {
        let free = |node: &ModelNode| !node.sick && !node.draining && node.ejected_until.is_none();
        self.nodes.iter().filter(|(_, node)| free(node)).map(|(id, _)| NodeId(*id)).collect()
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.nodes.values().filter_map(|node| node.ejected_until).min()
    }

    fn finish(&mut self, id: u32, ok: bool) {
        let (eligible, all) = (self.eligible(), self.nodes.len());
        let ejected = self.nodes.values().filter(|node| node.ejected_until.is_some()).count();
        let Some(node) = self.nodes.get_mut(&id) else { return };
        node.failures = if ok { 0 } else { node.failures + 1 };
        let allowed = ((ejected + 1) as f64) <= all as f64 * self.config.ejected_ratio_max;
        let wanted = !ok && node.failures >= self.config.consecutive_failures;
        if !wanted || !allowed || eligible.len() < 2 || !eligible.contains(&NodeId(id)) {
            return;
        }
        let mut quiet = node.last_end;
        while node.ejections > 0 && quiet + self.config.period <= self.now {
            node.ejections -= 1;
            quiet += self.config.period;
        }
        node.ejections += 1;
        let period = self.config.period * u64::from(node.ejections);
        node.ejected_until = Some(self.now + period);
        let consecutive_failures = node.failures;
        self.decisions.push(Decision::NodeEjected { node: NodeId(id), consecutive_failures, period });
    }

    fn wait(&mut self, secs: u64) {
        self.now += Duration::from_secs(secs);
        let mut due: Vec<(Instant, u32)> =
            self.nodes.iter().filter_map(|(id, node)| Some((node.ejected_until?, *id))).collect();
        due.sort_unstable();
        for (at, id) in due.into_iter().filter(|(at, _)| *at <= self.now) {
            let node = self.nodes.get_mut(&id).expect("was listed");
            (node.ejected_until, node.last_end, node.failures) = (None, at, 0);
            self.decisions.push(Decision::NodeReturned { node: NodeId(id) });
        }
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
