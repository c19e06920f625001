//! Policies that users bring along.

use crate::configs::{scaled, web};
use crate::world::World;
use cusinart_policies::{
    BalancingStrategy, Duration, Evidence, FailureDetector, Instant, Judgement, NodeHealth, NodeId, Pool,
    ProbeOutcome, Proposal, RecoveryCase, RecoveryStep, RecoveryStrategy, RouteRequest, ScalingPolicy,
    ScalingProposal, ScalingReason, ScalingView, ServiceId, Verdict,
};
use expect_test::expect;
use rand_core::{Rng, SeedableRng};

#[test]
fn a_detector_of_your_own_decides_when_a_node_has_failed() {
    let text = World::with(web(), 3, |cluster| cluster.with_detector(Box::new(Impatient)))
        .play("12s crash n1\n14s heal n1", "30s");
    expect![[r#"
        12s -- crash n1
        13.091169943s NodeFailure n1 Crashed after 1 misses
        13.091169943s ServiceDegraded { service: s0, healthy: 2, total: 3, error_ratio: 0.0, reason: FewHealthyNodes }
        13.091169943s PlanCreated plan0 for n1 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        13.091169943s StepStarted { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1 }
        13.091169943s TrafficRedirected { node: n1, eligible: 2 }
        13.091169943s StepFinished { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
        13.091169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
        13.091169943s   -> RestartNode { operation: op0, node: n1 }
        14s -- heal n1
        23.091169943s NodeRecovered { node: n1, failed_for: 10s }
        23.091169943s TrafficRestored { node: n1, eligible: 3 }
        23.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: Done }
        23.091169943s PlanCompleted { plan: plan0, node: n1, took: 10s }
        23.091169943s ServiceRestored { service: s0, degraded_for: 10s }
    "#]].assert_eq(&text);
}

#[test]
fn steps_for_other_nodes_and_repeated_steps_are_left_out_with_a_reason() {
    let strategies: Vec<Box<dyn RecoveryStrategy>> = vec![Box::new(Meddler), Box::new(Meddler)];
    let text =
        World::with(web(), 3, |cluster| cluster.with_strategies(strategies)).play("12s crash n1", "30s");
    expect![[r#"
        12s -- crash n1
        13.091169943s NodeSuspected n1 after 1 misses
        23.091169943s NodeFailure n1 Crashed after 3 misses
        23.091169943s ServiceDegraded { service: s0, healthy: 2, total: 3, error_ratio: 0.0, reason: FewHealthyNodes }
        23.091169943s PlanCreated plan0 for n1 [RedirectTraffic], skipped ["meddler: a step was for another node", "meddler: another strategy proposed the same step", "meddler: a step was for another node"]
        23.091169943s StepStarted { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1 }
        23.091169943s TrafficRedirected { node: n1, eligible: 2 }
        23.091169943s StepFinished { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
        23.091169943s PlanCompleted { plan: plan0, node: n1, took: 0s }
    "#]].assert_eq(&text);
}

#[test]
fn a_balancing_strategy_of_your_own_chooses_the_node() {
    let mut world = World::with(web(), 3, |cluster| cluster.with_balancing(ServiceId(0), Box::new(Last)));
    let request =
        RouteRequest { service: ServiceId(0), key: 0, labels: Default::default(), avoid: None, zone: None };
    let mut rng = rand_chacha::ChaCha8Rng::from_seed([0; 32]);
    assert_eq!(world.cluster.route(Instant::ZERO, &request, &mut rng), Ok(NodeId(2)));
}

#[test]
fn a_scaling_policy_of_your_own_is_held_to_the_limits() {
    let text = World::with(scaled(1, 5), 3, |cluster| cluster.with_scaling(ServiceId(0), Box::new(Greedy)))
        .play("5s load s0=50%", "90s");
    expect![[r#"
        5s -- load s0=50%
        1m Scaling s0 ScaleUp(2), 3 to 5, limits ["max 5 nodes"]
        1m NodeAdding { node: n3, service: s0, zone: z0, why: ScaleUp }
        1m NodeAdding { node: n4, service: s0, zone: z1, why: ScaleUp }
        1m   -> StartNode { operation: op0, node: n3, service: s0, zone: z0 }
        1m   -> StartNode { operation: op1, node: n4, service: s0, zone: z1 }
        1m20s   -> SyncState { operation: op2, node: n3 }
        1m20s   -> SyncState { operation: op3, node: n4 }
        1m25s NodeAdded { node: n3, took: 25s }
        1m25s NodeAdded { node: n4, took: 25s }
    "#]]
    .assert_eq(&text);
}

/// One bad answer is enough.
#[derive(Debug)]
struct Impatient;

impl FailureDetector for Impatient {
    fn name(&self) -> &'static str {
        "impatient"
    }

    fn reset(&mut self, _now: Instant, _node: NodeId) {}

    fn observe(&mut self, now: Instant, _: NodeId, health: &NodeHealth, outcome: ProbeOutcome) -> Judgement {
        let verdict = if outcome == ProbeOutcome::Success { Verdict::Healthy } else { Verdict::Failed };
        let silent_for = now.since(health.last_success);
        Judgement {
            verdict,
            evidence: Evidence {
                misses: health.failures,
                silent_for,
                score: 1.0,
                threshold: 1.0,
                accusation: None,
            },
        }
    }
}

/// Wants to redirect the failed node and to restart another one.
#[derive(Debug)]
struct Meddler;

impl RecoveryStrategy for Meddler {
    fn name(&self) -> &'static str {
        "meddler"
    }

    fn propose(&mut self, _now: Instant, case: &RecoveryCase) -> Proposal {
        Proposal::Steps(vec![
            RecoveryStep::RedirectTraffic { node: case.node },
            RecoveryStep::restart(NodeId(case.node.0 + 1)),
        ])
    }
}

/// Always the youngest node.
#[derive(Debug)]
struct Last;

impl BalancingStrategy for Last {
    fn name(&self) -> &'static str {
        "last"
    }

    fn select_node(&mut self, _: Instant, _: &RouteRequest, pool: Pool<'_>, _: &mut dyn Rng) -> NodeId {
        *pool.eligible.last().expect("never empty")
    }
}

/// As many nodes as there are numbers.
#[derive(Debug)]
struct Greedy;

impl ScalingPolicy for Greedy {
    fn name(&self) -> &'static str {
        "greedy"
    }

    fn propose(&mut self, _now: Instant, _view: ScalingView<'_>) -> ScalingProposal {
        let reason = ScalingReason {
            policy: "greedy".into(),
            metric: "appetite".into(),
            value: Some(1.0),
            target: 0.0,
            ratio: None,
            age: Duration::ZERO,
            proposed: u32::MAX,
            limits: Vec::new(),
            code: None,
        };
        ScalingProposal { desired: u32::MAX, reason }
    }
}
