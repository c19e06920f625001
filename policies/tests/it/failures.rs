//! Failures of nodes and what is done about them.

use crate::configs::web;
use crate::world::{World, play};
use cusinart_policies::{Duration, Input, Instant};
use expect_test::{Expect, expect};

#[test]
fn a_crashed_node_is_redirected_and_restarted() {
    check(
        "12s crash n1",
        "2m",
        &expect![[r#"
        12s -- crash n1
        13.091169943s NodeSuspected n1 after 1 misses
        23.091169943s NodeFailure n1 Crashed after 3 misses
        23.091169943s PlanCreated plan0 for n1 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        23.091169943s StepStarted { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1 }
        23.091169943s TrafficRedirected { node: n1, eligible: 5 }
        23.091169943s StepFinished { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
        23.091169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
        23.091169943s   -> RestartNode { operation: op0, node: n1 }
        43.091169943s NodeRecovered { node: n1, failed_for: 20s }
        43.091169943s TrafficRestored { node: n1, eligible: 6 }
        43.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: Done }
        43.091169943s PlanCompleted { plan: plan0, node: n1, took: 20s }
    "#]],
    );
}

#[test]
fn a_hung_node_is_found_by_timeouts() {
    check(
        "12s hang n1",
        "2m",
        &expect![[r#"
        12s -- hang n1
        14.090169943s NodeSuspected n1 after 1 misses
        24.090169943s NodeFailure n1 Unresponsive after 3 misses
        24.090169943s PlanCreated plan0 for n1 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        24.090169943s StepStarted { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1 }
        24.090169943s TrafficRedirected { node: n1, eligible: 5 }
        24.090169943s StepFinished { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
        24.090169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
        24.090169943s   -> RestartNode { operation: op0, node: n1 }
        43.091169943s NodeRecovered { node: n1, failed_for: 19.001s }
        43.091169943s TrafficRestored { node: n1, eligible: 6 }
        43.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: Done }
        43.091169943s PlanCompleted { plan: plan0, node: n1, took: 19.001s }
    "#]],
    );
}

#[test]
fn a_node_that_nothing_helps_is_replaced_in_a_zone_that_has_power() {
    check(
        "12s dark n1\n12s refuse z1\n12s dark n4",
        "5m",
        &expect![[r#"
        12s -- dark n1
        12s -- refuse z1
        12s -- dark n4
        13.360679774s NodeSuspected n4 after 1 misses
        14.090169943s NodeSuspected n1 after 1 misses
        23.360679774s NodeFailure n4 Unresponsive after 3 misses
        23.360679774s PlanCreated plan0 for n4 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        23.360679774s StepStarted { plan: plan0, node: n4, step: RedirectTraffic, attempt: 1 }
        23.360679774s TrafficRedirected { node: n4, eligible: 5 }
        23.360679774s StepFinished { plan: plan0, node: n4, step: RedirectTraffic, attempt: 1, outcome: Done }
        23.360679774s StepStarted { plan: plan0, node: n4, step: RestartNode, attempt: 1 }
        23.360679774s   -> RestartNode { operation: op0, node: n4 }
        24.090169943s NodeFailure n1 Unresponsive after 3 misses
        24.090169943s ServiceDegraded { service: s0, healthy: 4, total: 6, error_ratio: 0.0, reason: FewHealthyNodes }
        24.090169943s PlanCreated plan1 for n1 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        24.090169943s StepStarted { plan: plan1, node: n1, step: RedirectTraffic, attempt: 1 }
        24.090169943s TrafficRedirected { node: n1, eligible: 4 }
        24.090169943s StepFinished { plan: plan1, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
        24.090169943s StepStarted { plan: plan1, node: n1, step: RestartNode, attempt: 1 }
        24.090169943s   -> RestartNode { operation: op1, node: n1 }
        24.360679774s StepFinished { plan: plan0, node: n4, step: RestartNode, attempt: 1, outcome: Failed(Unreachable) }
        25.090169943s StepFinished { plan: plan1, node: n1, step: RestartNode, attempt: 1, outcome: Failed(Unreachable) }
        34.360679774s StepStarted { plan: plan0, node: n4, step: RestartNode, attempt: 2 }
        34.360679774s   -> RestartNode { operation: op2, node: n4 }
        35.090169943s StepStarted { plan: plan1, node: n1, step: RestartNode, attempt: 2 }
        35.090169943s   -> RestartNode { operation: op3, node: n1 }
        35.360679774s StepFinished { plan: plan0, node: n4, step: RestartNode, attempt: 2, outcome: Failed(Unreachable) }
        36.090169943s StepFinished { plan: plan1, node: n1, step: RestartNode, attempt: 2, outcome: Failed(Unreachable) }
        55.360679774s StepStarted { plan: plan0, node: n4, step: RestartNode, attempt: 3 }
        55.360679774s   -> RestartNode { operation: op4, node: n4 }
        56.090169943s StepStarted { plan: plan1, node: n1, step: RestartNode, attempt: 3 }
        56.090169943s   -> RestartNode { operation: op5, node: n1 }
        56.360679774s StepFinished { plan: plan0, node: n4, step: RestartNode, attempt: 3, outcome: Failed(Unreachable) }
        56.360679774s PlanGivenUp { plan: plan0, node: n4, reason: AttemptsExhausted, step: RestartNode }
        56.360679774s NodeAdding { node: n6, service: s0, zone: z0, why: Replacement }
        56.360679774s NodeRemoving { node: n4, why: GivenUp }
        56.360679774s   -> StartNode { operation: op6, node: n6, service: s0, zone: z0 }
        56.360679774s   -> StopNode { operation: op7, node: n4 }
        57.090169943s StepFinished { plan: plan1, node: n1, step: RestartNode, attempt: 3, outcome: Failed(Unreachable) }
        57.090169943s PlanGivenUp { plan: plan1, node: n1, reason: AttemptsExhausted, step: RestartNode }
        57.090169943s NodeAdding { node: n7, service: s0, zone: z2, why: Replacement }
        57.090169943s NodeRemoving { node: n1, why: GivenUp }
        57.090169943s   -> StartNode { operation: op8, node: n7, service: s0, zone: z2 }
        57.090169943s   -> StopNode { operation: op9, node: n1 }
        57.360679774s NodeRemoved { node: n4, drained: false }
        58.090169943s NodeRemoved { node: n1, drained: false }
        1m16.360679774s   -> SyncState { operation: op10, node: n6 }
        1m17.090169943s   -> SyncState { operation: op11, node: n7 }
        1m21.360679774s NodeAdded { node: n6, took: 25s }
        1m21.360679774s ServiceRestored { service: s0, degraded_for: 57.270509831s }
        1m22.090169943s NodeAdded { node: n7, took: 25s }
    "#]],
    );
}

#[test]
fn a_flapping_node_is_not_declared_failed_as_long_as_it_answers_in_between() {
    check(
        "12s crash n1\n17s heal n1\n22s crash n1\n27s heal n1",
        "2m",
        &expect![[r#"
        12s -- crash n1
        13.091169943s NodeSuspected n1 after 1 misses
        17s -- heal n1
        22s -- crash n1
        23.091169943s NodeSuspected n1 after 1 misses
        27s -- heal n1
    "#]],
    );
}

#[test]
fn a_node_that_recovers_by_itself_makes_its_plan_obsolete() {
    // The restart is refused, and before the next try the node is back.
    check(
        "12s dark n1\n26s heal n1",
        "2m",
        &expect![[r#"
        12s -- dark n1
        14.090169943s NodeSuspected n1 after 1 misses
        24.090169943s NodeFailure n1 Unresponsive after 3 misses
        24.090169943s PlanCreated plan0 for n1 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        24.090169943s StepStarted { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1 }
        24.090169943s TrafficRedirected { node: n1, eligible: 5 }
        24.090169943s StepFinished { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
        24.090169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
        24.090169943s   -> RestartNode { operation: op0, node: n1 }
        25.090169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: Failed(Unreachable) }
        26s -- heal n1
        33.091169943s NodeRecovered { node: n1, failed_for: 9.001s }
        33.091169943s TrafficRestored { node: n1, eligible: 6 }
        33.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: Obsolete }
        33.091169943s PlanCompleted { plan: plan0, node: n1, took: 9.001s }
    "#]],
    );
}

#[test]
fn a_node_that_fails_again_gets_a_plan_of_its_own() {
    check(
        "12s crash n1\n60s crash n1",
        "2m",
        &expect![[r#"
        12s -- crash n1
        13.091169943s NodeSuspected n1 after 1 misses
        23.091169943s NodeFailure n1 Crashed after 3 misses
        23.091169943s PlanCreated plan0 for n1 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        23.091169943s StepStarted { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1 }
        23.091169943s TrafficRedirected { node: n1, eligible: 5 }
        23.091169943s StepFinished { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
        23.091169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
        23.091169943s   -> RestartNode { operation: op0, node: n1 }
        43.091169943s NodeRecovered { node: n1, failed_for: 20s }
        43.091169943s TrafficRestored { node: n1, eligible: 6 }
        43.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: Done }
        43.091169943s PlanCompleted { plan: plan0, node: n1, took: 20s }
        1m -- crash n1
        1m3.091169943s NodeSuspected n1 after 1 misses
        1m13.091169943s NodeFailure n1 Crashed after 3 misses
        1m13.091169943s PlanCreated plan1 for n1 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        1m13.091169943s StepStarted { plan: plan1, node: n1, step: RedirectTraffic, attempt: 1 }
        1m13.091169943s TrafficRedirected { node: n1, eligible: 5 }
        1m13.091169943s StepFinished { plan: plan1, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
        1m13.091169943s StepStarted { plan: plan1, node: n1, step: RestartNode, attempt: 1 }
        1m13.091169943s   -> RestartNode { operation: op1, node: n1 }
        1m33.091169943s NodeRecovered { node: n1, failed_for: 20s }
        1m33.091169943s TrafficRestored { node: n1, eligible: 6 }
        1m33.091169943s StepFinished { plan: plan1, node: n1, step: RestartNode, attempt: 1, outcome: Done }
        1m33.091169943s PlanCompleted { plan: plan1, node: n1, took: 20s }
    "#]],
    );
}

#[test]
fn plans_wait_for_a_slot_but_traffic_is_redirected_at_once() {
    let mut config = web();
    config.recovery.plans_at_once = 1;
    let text = play(config, 6, "12s crash n1 n2 n3\n12s refuse z0", "2m");
    expect![[r#"
        12s -- crash n1 n2 n3
        12s -- refuse z0
        13.091169943s NodeSuspected n1 after 1 misses
        14.271509831s NodeSuspected n3 after 1 misses
        16.181339887s NodeSuspected n2 after 1 misses
        23.091169943s NodeFailure n1 Crashed after 3 misses
        23.091169943s PlanCreated plan0 for n1 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        23.091169943s StepStarted { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1 }
        23.091169943s TrafficRedirected { node: n1, eligible: 5 }
        23.091169943s StepFinished { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
        23.091169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
        23.091169943s   -> RestartNode { operation: op0, node: n1 }
        24.271509831s NodeFailure n3 Crashed after 3 misses
        24.271509831s ServiceDegraded { service: s0, healthy: 4, total: 6, error_ratio: 0.0, reason: FewHealthyNodes }
        24.271509831s PlanCreated plan1 for n3 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        24.271509831s StepStarted { plan: plan1, node: n3, step: RedirectTraffic, attempt: 1 }
        24.271509831s TrafficRedirected { node: n3, eligible: 4 }
        24.271509831s StepFinished { plan: plan1, node: n3, step: RedirectTraffic, attempt: 1, outcome: Done }
        26.181339887s NodeFailure n2 Crashed after 3 misses
        26.181339887s PlanCreated plan2 for n2 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        26.181339887s StepStarted { plan: plan2, node: n2, step: RedirectTraffic, attempt: 1 }
        26.181339887s TrafficRedirected { node: n2, eligible: 3 }
        26.181339887s StepFinished { plan: plan2, node: n2, step: RedirectTraffic, attempt: 1, outcome: Done }
        43.091169943s NodeRecovered { node: n1, failed_for: 20s }
        43.091169943s TrafficRestored { node: n1, eligible: 4 }
        43.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: Done }
        43.091169943s PlanCompleted { plan: plan0, node: n1, took: 20s }
        43.091169943s StepStarted { plan: plan1, node: n3, step: RestartNode, attempt: 1 }
        43.091169943s   -> RestartNode { operation: op1, node: n3 }
        59.271509831s NodeRecovered { node: n3, failed_for: 35s }
        59.271509831s TrafficRestored { node: n3, eligible: 5 }
        59.271509831s StepFinished { plan: plan1, node: n3, step: RestartNode, attempt: 1, outcome: Done }
        59.271509831s PlanCompleted { plan: plan1, node: n3, took: 35s }
        59.271509831s ServiceRestored { service: s0, degraded_for: 35s }
        59.271509831s StepStarted { plan: plan2, node: n2, step: RestartNode, attempt: 1 }
        59.271509831s   -> RestartNode { operation: op2, node: n2 }
        1m16.181339887s NodeRecovered { node: n2, failed_for: 50s }
        1m16.181339887s TrafficRestored { node: n2, eligible: 6 }
        1m16.181339887s StepFinished { plan: plan2, node: n2, step: RestartNode, attempt: 1, outcome: Done }
        1m16.181339887s PlanCompleted { plan: plan2, node: n2, took: 50s }
    "#]].assert_eq(&text);
}

#[test]
fn a_given_up_node_stays_where_replacing_is_off() {
    let mut config = web();
    config.nodes.replace_given_up = false;
    let text = play(config, 3, "12s break n1\n10m heal n1", "12m");
    expect![[r#"
        12s -- break n1
        13.091169943s NodeSuspected n1 after 1 misses
        23.091169943s NodeFailure n1 Crashed after 3 misses
        23.091169943s ServiceDegraded { service: s0, healthy: 2, total: 3, error_ratio: 0.0, reason: FewHealthyNodes }
        23.091169943s PlanCreated plan0 for n1 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        23.091169943s StepStarted { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1 }
        23.091169943s TrafficRedirected { node: n1, eligible: 2 }
        23.091169943s StepFinished { plan: plan0, node: n1, step: RedirectTraffic, attempt: 1, outcome: Done }
        23.091169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
        23.091169943s   -> RestartNode { operation: op0, node: n1 }
        43.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: FailedAgain }
        53.091169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 2 }
        53.091169943s   -> RestartNode { operation: op1, node: n1 }
        1m13.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 2, outcome: FailedAgain }
        1m33.091169943s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 3 }
        1m33.091169943s   -> RestartNode { operation: op2, node: n1 }
        1m53.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 3, outcome: FailedAgain }
        1m53.091169943s PlanGivenUp { plan: plan0, node: n1, reason: AttemptsExhausted, step: RestartNode }
        10m -- heal n1
        10m8.091169943s NodeRecovered { node: n1, failed_for: 9m45s }
        10m8.091169943s TrafficRestored { node: n1, eligible: 3 }
        10m8.091169943s ServiceRestored { service: s0, degraded_for: 9m45s }
    "#]].assert_eq(&text);
}

#[test]
#[should_panic(expected = "time runs forward")]
fn time_that_runs_backwards_is_a_bug() {
    let mut world = World::new(web(), 1);
    world.run(Instant::ZERO + Duration::from_secs(10));
    world.cluster.handle(Instant::ZERO, Input::Wake);
}

#[test]
fn a_service_without_any_healthy_node_recovers() {
    let text = play(web(), 1, "12s hang n0", "2m");
    expect![[r#"
        12s -- hang n0
        16s NodeSuspected n0 after 1 misses
        26s NodeFailure n0 Unresponsive after 3 misses
        26s ServiceDegraded { service: s0, healthy: 0, total: 1, error_ratio: 0.0, reason: FewHealthyNodes }
        26s PlanCreated plan0 for n0 [RedirectTraffic, RestartNode], skipped ["replicate_state: the node holds no replicas"]
        26s StepStarted { plan: plan0, node: n0, step: RedirectTraffic, attempt: 1 }
        26s TrafficRedirected { node: n0, eligible: 0 }
        26s StepFinished { plan: plan0, node: n0, step: RedirectTraffic, attempt: 1, outcome: Done }
        26s StepStarted { plan: plan0, node: n0, step: RestartNode, attempt: 1 }
        26s   -> RestartNode { operation: op0, node: n0 }
        45.001s NodeRecovered { node: n0, failed_for: 19.001s }
        45.001s TrafficRestored { node: n0, eligible: 1 }
        45.001s StepFinished { plan: plan0, node: n0, step: RestartNode, attempt: 1, outcome: Done }
        45.001s PlanCompleted { plan: plan0, node: n0, took: 19.001s }
        45.001s ServiceRestored { service: s0, degraded_for: 19.001s }
    "#]].assert_eq(&text);
}

fn check(script: &str, until: &str, expected: &Expect) {
    expected.assert_eq(&play(web(), 6, script, until));
}
