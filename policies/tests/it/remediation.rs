//! Restarts with pauses, nodes that are given up, and the gate and the budget that keep nodes in service.

use crate::configs::{scaled, web};
use crate::world::play;
use cusinart_policies::recovery::{CountOrPercent, HealthyMin};
use cusinart_policies::{ClusterConfig, Duration, GateConfig, ParamValue, PolicySpec};
use expect_test::{Expect, expect};

#[test]
fn a_crash_loop_is_restarted_after_pauses() {
    let strategies = [PolicySpec::named("redirect_traffic"), PolicySpec::named("crash_loop_backoff")];
    check(
        &with_strategies(&strategies),
        "12s crash n1\n60s crash n1",
        "3m",
        &expect![[r#"
        12s -- crash n1
        13.091169943s NodeSuspected n1 after 1 misses
        23.091169943s NodeFailure n1 Crashed after 3 misses
        23.091169943s PlanCreated plan0 for n1 [RedirectTraffic, RestartNode], skipped []
        23.091169943s StepStarted { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1 }
        23.091169943s TrafficRedirected { node: n1, eligible: 3 }
        23.091169943s StepFinished { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
        23.091169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
        23.091169943s   -> RestartNode { operation: op0, node: n1 }
        43.091169943s NodeRecovered { node: n1, failed_for: 20s }
        43.091169943s TrafficRestored { node: n1, eligible: 4 }
        43.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: Done }
        43.091169943s PlanCompleted { plan: plan0, node: n1, took: 20s }
        1m -- crash n1
        1m3.091169943s NodeSuspected n1 after 1 misses
        1m13.091169943s NodeFailure n1 Crashed after 3 misses
        1m13.091169943s PlanCreated plan1 for n1 [RedirectTraffic, RestartNode], skipped []
        1m13.091169943s StepStarted { plan: plan1, node: n1, step: RedirectTraffic, attempt: 1 }
        1m13.091169943s TrafficRedirected { node: n1, eligible: 3 }
        1m13.091169943s StepFinished { plan: plan1, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
        1m23.091169943s StepStarted { plan: plan1, node: n1, step: RestartNode, attempt: 1 }
        1m23.091169943s   -> RestartNode { operation: op1, node: n1 }
        1m43.091169943s NodeRecovered { node: n1, failed_for: 30s }
        1m43.091169943s TrafficRestored { node: n1, eligible: 4 }
        1m43.091169943s StepFinished { plan: plan1, node: n1, step: RestartNode, attempt: 1, outcome: Done }
        1m43.091169943s PlanCompleted { plan: plan1, node: n1, took: 30s }
    "#]],
    );
}

#[test]
fn a_node_that_recovers_during_the_pause_is_not_restarted() {
    let strategies = [PolicySpec::named("crash_loop_backoff")
        .with("initial", ParamValue::Duration(Duration::from_secs(60)))];
    check(
        &with_strategies(&strategies),
        "12s crash n1\n60s crash n1\n75s heal n1",
        "3m",
        &expect![[r#"
        12s -- crash n1
        13.091169943s NodeSuspected n1 after 1 misses
        23.091169943s NodeFailure n1 Crashed after 3 misses
        23.091169943s PlanCreated plan0 for n1 [RestartNode], skipped []
        23.091169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
        23.091169943s   -> RestartNode { operation: op0, node: n1 }
        43.091169943s NodeRecovered { node: n1, failed_for: 20s }
        43.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: Done }
        43.091169943s PlanCompleted { plan: plan0, node: n1, took: 20s }
        1m -- crash n1
        1m3.091169943s NodeSuspected n1 after 1 misses
        1m13.091169943s NodeFailure n1 Crashed after 3 misses
        1m13.091169943s PlanCreated plan1 for n1 [RestartNode], skipped []
        1m15s -- heal n1
        1m23.091169943s NodeRecovered { node: n1, failed_for: 10s }
        1m23.091169943s StepFinished { plan: plan1, node: n1, step: RestartNode, attempt: 0, outcome: Obsolete }
        1m23.091169943s PlanCompleted { plan: plan1, node: n1, took: 10s }
    "#]],
    );
}

#[test]
fn a_node_that_its_supervisor_gives_up_is_replaced() {
    let supervisor = PolicySpec::named("supervisor")
        .with("intensity", ParamValue::Count(1))
        .with("period", ParamValue::Duration(Duration::from_secs(600)));
    let strategies =
        [PolicySpec::named("redirect_traffic"), supervisor, PolicySpec::named("replicate_state")];
    check(
        &with_strategies(&strategies),
        "12s crash n1\n60s crash n1",
        "3m",
        &expect![[r#"
        12s -- crash n1
        13.091169943s NodeSuspected n1 after 1 misses
        23.091169943s NodeFailure n1 Crashed after 3 misses
        23.091169943s PlanCreated plan0 for n1 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        23.091169943s StepStarted { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1 }
        23.091169943s TrafficRedirected { node: n1, eligible: 3 }
        23.091169943s StepFinished { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
        23.091169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
        23.091169943s   -> RestartNode { operation: op0, node: n1 }
        43.091169943s NodeRecovered { node: n1, failed_for: 20s }
        43.091169943s TrafficRestored { node: n1, eligible: 4 }
        43.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: Done }
        43.091169943s PlanCompleted { plan: plan0, node: n1, took: 20s }
        1m -- crash n1
        1m3.091169943s NodeSuspected n1 after 1 misses
        1m13.091169943s NodeFailure n1 Crashed after 3 misses
        1m13.091169943s PlanCreated plan1 for n1 [RedirectTraffic], skipped ["supervisor: more than 1 failures within 10m", "replicate_state: the node holds no replicas"]
        1m13.091169943s StepStarted { plan: plan1, node: n1, step: RedirectTraffic, attempt: 1 }
        1m13.091169943s TrafficRedirected { node: n1, eligible: 3 }
        1m13.091169943s StepFinished { plan: plan1, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
        1m13.091169943s PlanGivenUp { plan: plan1, node: n1, reason: RestartsExhausted, step: RestartNode }
        1m13.091169943s NodeAdding { node: n4, service: s0, zone: z2, why: Replacement }
        1m13.091169943s NodeRemoving { node: n1, why: GivenUp }
        1m13.091169943s   -> StartNode { operation: op1, node: n4, service: s0, zone: z2 }
        1m13.091169943s   -> StopNode { operation: op2, node: n1 }
        1m14.091169943s NodeRemoved { node: n1, drained: false }
        1m33.091169943s   -> SyncState { operation: op3, node: n4 }
        1m38.091169943s NodeAdded { node: n4, took: 25s }
    "#]],
    );
}

#[test]
fn a_closed_gate_holds_restarts_back_until_enough_nodes_are_healthy() {
    let mut config = web();
    config.recovery.gate = Some(GateConfig::default());
    check(
        &config,
        "12s crash n0 n1 n2\n60s heal n0",
        "150s",
        &expect![[r#"
        12s -- crash n0 n1 n2
        13.091169943s NodeSuspected n1 after 1 misses
        15.001s NodeSuspected n0 after 1 misses
        16.181339887s NodeSuspected n2 after 1 misses
        23.091169943s NodeFailure n1 Crashed after 3 misses
        23.091169943s PlanCreated plan0 for n1 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        23.091169943s StepStarted { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1 }
        23.091169943s TrafficRedirected { node: n1, eligible: 3 }
        23.091169943s StepFinished { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
        23.091169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
        23.091169943s   -> RestartNode { operation: op0, node: n1 }
        25.001s NodeFailure n0 Crashed after 3 misses
        25.001s ServiceDegraded { service: s0, healthy: 2, total: 4, error_ratio: 0.0, reason: FewHealthyNodes }
        25.001s PlanCreated plan1 for n0 [RedirectTraffic], skipped ["restart_node: remediation needs 3 healthy nodes of 4, and 2 are", "replicate_state: the node holds no replicas"]
        25.001s StepStarted { plan: plan1, node: n0, step: RedirectTraffic, attempt: 1 }
        25.001s TrafficRedirected { node: n0, eligible: 2 }
        25.001s StepFinished { plan: plan1, node: n0, step: RedirectTraffic, attempt: 1, outcome: Done }
        25.001s PlanCompleted { plan: plan1, node: n0, took: 0s }
        26.181339887s NodeFailure n2 Crashed after 3 misses
        26.181339887s PlanCreated plan2 for n2 [RedirectTraffic], skipped ["restart_node: remediation needs 3 healthy nodes of 4, and 1 are", "replicate_state: the node holds no replicas"]
        26.181339887s StepStarted { plan: plan2, node: n2, step: RedirectTraffic, attempt: 1 }
        26.181339887s TrafficRedirected { node: n2, eligible: 1 }
        26.181339887s StepFinished { plan: plan2, node: n2, step: RedirectTraffic, attempt: 1, outcome: Done }
        26.181339887s PlanCompleted { plan: plan2, node: n2, took: 0s }
        43.091169943s NodeRecovered { node: n1, failed_for: 20s }
        43.091169943s TrafficRestored { node: n1, eligible: 2 }
        43.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: Done }
        43.091169943s PlanCompleted { plan: plan0, node: n1, took: 20s }
        1m -- heal n0
        1m5.001s NodeRecovered { node: n0, failed_for: 40s }
        1m5.001s TrafficRestored { node: n0, eligible: 3 }
        1m5.001s ServiceRestored { service: s0, degraded_for: 40s }
        1m5.001s PlanCreated plan3 for n2 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        1m5.001s StepStarted { plan: plan3, node: n2, step: RedirectTraffic, attempt: 1 }
        1m5.001s StepFinished { plan: plan3, node: n2, step: RedirectTraffic, attempt: 1, outcome: Done }
        1m5.001s StepStarted { plan: plan3, node: n2, step: RestartNode, attempt: 1 }
        1m5.001s   -> RestartNode { operation: op1, node: n2 }
        1m21.181339887s NodeRecovered { node: n2, failed_for: 55s }
        1m21.181339887s TrafficRestored { node: n2, eligible: 4 }
        1m21.181339887s StepFinished { plan: plan3, node: n2, step: RestartNode, attempt: 1, outcome: Done }
        1m21.181339887s PlanCompleted { plan: plan3, node: n2, took: 16.180339887s }
    "#]],
    );
}

#[test]
fn after_a_storm_the_gate_stays_closed_for_a_while() {
    let mut config = web();
    config.recovery.gate = Some(GateConfig {
        healthy_min: HealthyMin::AllBut(CountOrPercent::Count(1)),
        storm_cooldown: Some(Duration::from_secs(30)),
    });
    check(
        &config,
        "12s crash n0 n1",
        "150s",
        &expect![[r#"
            12s -- crash n0 n1
            13.091169943s NodeSuspected n1 after 1 misses
            15.001s NodeSuspected n0 after 1 misses
            23.091169943s NodeFailure n1 Crashed after 3 misses
            23.091169943s PlanCreated plan0 for n1 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
            23.091169943s StepStarted { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1 }
            23.091169943s TrafficRedirected { node: n1, eligible: 3 }
            23.091169943s StepFinished { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
            23.091169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
            23.091169943s   -> RestartNode { operation: op0, node: n1 }
            25.001s NodeFailure n0 Crashed after 3 misses
            25.001s ServiceDegraded { service: s0, healthy: 2, total: 4, error_ratio: 0.0, reason: FewHealthyNodes }
            25.001s PlanCreated plan1 for n0 [RedirectTraffic], skipped ["restart_node: remediation needs 3 healthy nodes of 4, and 2 are", "replicate_state: the node holds no replicas"]
            25.001s StepStarted { plan: plan1, node: n0, step: RedirectTraffic, attempt: 1 }
            25.001s TrafficRedirected { node: n0, eligible: 2 }
            25.001s StepFinished { plan: plan1, node: n0, step: RedirectTraffic, attempt: 1, outcome: Done }
            25.001s PlanCompleted { plan: plan1, node: n0, took: 0s }
            43.091169943s NodeRecovered { node: n1, failed_for: 20s }
            43.091169943s TrafficRestored { node: n1, eligible: 3 }
            43.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: Done }
            43.091169943s PlanCompleted { plan: plan0, node: n1, took: 20s }
            43.091169943s ServiceRestored { service: s0, degraded_for: 18.090169943s }
            1m13.091169943s PlanCreated plan2 for n0 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
            1m13.091169943s StepStarted { plan: plan2, node: n0, step: RedirectTraffic, attempt: 1 }
            1m13.091169943s StepFinished { plan: plan2, node: n0, step: RedirectTraffic, attempt: 1, outcome: Done }
            1m13.091169943s StepStarted { plan: plan2, node: n0, step: RestartNode, attempt: 1 }
            1m13.091169943s   -> RestartNode { operation: op1, node: n0 }
            1m30.001s NodeRecovered { node: n0, failed_for: 1m5s }
            1m30.001s TrafficRestored { node: n0, eligible: 4 }
            1m30.001s StepFinished { plan: plan2, node: n0, step: RestartNode, attempt: 1, outcome: Done }
            1m30.001s PlanCompleted { plan: plan2, node: n0, took: 16.909830057s }
        "#]],
    );
}

#[test]
fn a_node_whose_plan_failed_is_replaced_only_through_the_gate() {
    let mut config = web();
    config.recovery.attempts = 1;
    config.recovery.gate =
        Some(GateConfig { healthy_min: HealthyMin::AllBut(CountOrPercent::Count(1)), storm_cooldown: None });
    check(
        &config,
        "12s break n0\n30s hang n1\n170s heal n1",
        "4m",
        &expect![[r#"
            12s -- break n0
            15.001s NodeSuspected n0 after 1 misses
            25.001s NodeFailure n0 Crashed after 3 misses
            25.001s PlanCreated plan0 for n0 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
            25.001s StepStarted { plan: plan0, node: n0, step: RedirectTraffic, attempt: 1 }
            25.001s TrafficRedirected { node: n0, eligible: 3 }
            25.001s StepFinished { plan: plan0, node: n0, step: RedirectTraffic, attempt: 1, outcome: Done }
            25.001s StepStarted { plan: plan0, node: n0, step: RestartNode, attempt: 1 }
            25.001s   -> RestartNode { operation: op0, node: n0 }
            30s -- hang n1
            34.090169943s NodeSuspected n1 after 1 misses
            44.090169943s NodeFailure n1 Unresponsive after 3 misses
            44.090169943s ServiceDegraded { service: s0, healthy: 2, total: 4, error_ratio: 0.0, reason: FewHealthyNodes }
            44.090169943s PlanCreated plan1 for n1 [RedirectTraffic], skipped ["restart_node: remediation needs 3 healthy nodes of 4, and 2 are", "replicate_state: the node holds no replicas"]
            44.090169943s StepStarted { plan: plan1, node: n1, step: RedirectTraffic, attempt: 1 }
            44.090169943s TrafficRedirected { node: n1, eligible: 2 }
            44.090169943s StepFinished { plan: plan1, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
            44.090169943s PlanCompleted { plan: plan1, node: n1, took: 0s }
            45.001s StepFinished { plan: plan0, node: n0, step: RestartNode, attempt: 1, outcome: FailedAgain }
            45.001s PlanGivenUp { plan: plan0, node: n0, reason: AttemptsExhausted, step: RestartNode }
            2m50s -- heal n1
            2m58.091169943s NodeRecovered { node: n1, failed_for: 2m14.001s }
            2m58.091169943s TrafficRestored { node: n1, eligible: 3 }
            2m58.091169943s ServiceRestored { service: s0, degraded_for: 2m14.001s }
            2m58.091169943s PlanCreated plan2 for n0 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
            2m58.091169943s StepStarted { plan: plan2, node: n0, step: RedirectTraffic, attempt: 1 }
            2m58.091169943s StepFinished { plan: plan2, node: n0, step: RedirectTraffic, attempt: 1, outcome: Done }
            2m58.091169943s StepStarted { plan: plan2, node: n0, step: RestartNode, attempt: 1 }
            2m58.091169943s   -> RestartNode { operation: op1, node: n0 }
            3m20.001s StepFinished { plan: plan2, node: n0, step: RestartNode, attempt: 1, outcome: FailedAgain }
            3m20.001s PlanGivenUp { plan: plan2, node: n0, reason: AttemptsExhausted, step: RestartNode }
            3m20.001s NodeAdding { node: n4, service: s0, zone: z0, why: Replacement }
            3m20.001s NodeRemoving { node: n0, why: GivenUp }
            3m20.001s   -> StartNode { operation: op2, node: n4, service: s0, zone: z0 }
            3m20.001s   -> StopNode { operation: op3, node: n0 }
            3m21.001s NodeRemoved { node: n0, drained: false }
            3m40.001s   -> SyncState { operation: op4, node: n4 }
            3m45.001s NodeAdded { node: n4, took: 25s }
        "#]],
    );
}

#[test]
fn a_disruption_budget_lets_few_nodes_go_at_once() {
    let mut config = scaled(1, 10);
    let scaler = config.services[0].auto_scaler.as_mut().expect("the auto-scaler is on");
    scaler.policy = PolicySpec::named("fixed").with("nodes", ParamValue::Count(2));
    scaler.cooldown_down = Duration::ZERO;
    config.nodes.disruption_budget = Some(HealthyMin::AllBut(CountOrPercent::Count(1)));
    check(
        &config,
        "150s hang n0",
        "5m",
        &expect![[r#"
        1m Scaling s0 ScaleDown([n3]), 4 to 3, limits ["disruption budget lets 1 of 2 nodes go"]
        1m NodeRemoving { node: n3, why: ScaleDown }
        1m   -> DrainNode { operation: op0, node: n3 }
        1m2s   -> StopNode { operation: op1, node: n3 }
        1m3s NodeRemoved { node: n3, drained: true }
        2m Scaling s0 ScaleDown([n2]), 3 to 2, limits []
        2m NodeRemoving { node: n2, why: ScaleDown }
        2m   -> DrainNode { operation: op2, node: n2 }
        2m2s   -> StopNode { operation: op3, node: n2 }
        2m3s NodeRemoved { node: n2, drained: true }
        2m30s -- hang n0
        2m31s NodeSuspected n0 after 1 misses
        2m41s NodeFailure n0 Unresponsive after 3 misses
        2m41s ServiceDegraded { service: s0, healthy: 1, total: 2, error_ratio: 0.0, reason: FewHealthyNodes }
        2m41s PlanCreated plan0 for n0 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        2m41s StepStarted { plan: plan0, node: n0, step: RedirectTraffic, attempt: 1 }
        2m41s TrafficRedirected { node: n0, eligible: 1 }
        2m41s StepFinished { plan: plan0, node: n0, step: RedirectTraffic, attempt: 1, outcome: Done }
        2m41s StepStarted { plan: plan0, node: n0, step: RestartNode, attempt: 1 }
        2m41s   -> RestartNode { operation: op4, node: n0 }
        3m Scaling s0 ScaleUp(1), 2 to 3, limits ["plus 1 unhealthy nodes"]
        3m NodeAdding { node: n4, service: s0, zone: z2, why: ScaleUp }
        3m   -> StartNode { operation: op5, node: n4, service: s0, zone: z2 }
        3m0.001s NodeRecovered { node: n0, failed_for: 19.001s }
        3m0.001s TrafficRestored { node: n0, eligible: 2 }
        3m0.001s StepFinished { plan: plan0, node: n0, step: RestartNode, attempt: 1, outcome: Done }
        3m0.001s PlanCompleted { plan: plan0, node: n0, took: 19.001s }
        3m0.001s ServiceRestored { service: s0, degraded_for: 19.001s }
        3m20s   -> SyncState { operation: op6, node: n4 }
        3m25s NodeAdded { node: n4, took: 25s }
        4m Scaling s0 ScaleDown([n4]), 3 to 2, limits []
        4m NodeRemoving { node: n4, why: ScaleDown }
        4m   -> DrainNode { operation: op7, node: n4 }
        4m2s   -> StopNode { operation: op8, node: n4 }
        4m3s NodeRemoved { node: n4, drained: true }
        5m Scaling s0 Maintain, 2 to 2, limits []
    "#]],
    );
}

fn with_strategies(strategies: &[PolicySpec]) -> ClusterConfig {
    let mut config = web();
    config.recovery.strategies = strategies.to_vec();
    config
}

#[track_caller]
fn check(config: &ClusterConfig, script: &str, until: &str, expected: &Expect) {
    expected.assert_eq(&play(config.clone(), 4, script, until));
}
