//! Remediators that take turns, and replacements at the pace of their zone.

use crate::configs::web;
use crate::world::play;
use cusinart_policies::detection::ZoneLimits;
use cusinart_policies::{ClusterConfig, Duration, ParamValue, PolicySpec};
use expect_test::{Expect, expect};

#[test]
fn a_node_that_a_restart_does_not_help_is_replaced_when_the_turn_is_over() {
    check(
        &escalating(),
        4,
        "12s break n1",
        "4m",
        &expect![[r#"
            12s -- break n1
            23.091169943s PlanCreated plan0 for n1 [RedirectTraffic, RestartNode], skipped [], restarts after 30s, replaces after 1m30s: the turn of the restart is 1m
            53.091169944s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
            53.091169944s   -> RestartNode { operation: op0, node: n1 }
            1m53.091169944s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: TimedOut }
            1m53.091169944s PlanGivenUp { plan: plan0, node: n1, reason: AttemptsExhausted, step: RestartNode }
            1m53.091169944s NodeAdding { node: n4, service: s0, zone: z2, why: Replacement }
            1m53.091169944s NodeRemoving { node: n1, why: GivenUp }"#]],
    );
}

#[test]
fn a_silent_node_is_not_replaced_before_it_has_certainly_rebooted_itself() {
    check(
        &escalating(),
        4,
        "12s dark n1",
        "5m",
        &expect![[r#"
        12s -- dark n1
        24.090169943s PlanCreated plan0 for n1 [RedirectTraffic, RestartNode], skipped [], restarts after 30s, replaces after 3m: a silent node has certainly rebooted itself only 2m30s after that
        54.090169944s StepStarted { plan: plan0, node: n1, step: RestartNode, attempt: 1 }
        54.090169944s   -> RestartNode { operation: op0, node: n1 }
        3m24.090169944s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 1, outcome: TimedOut }
        3m24.090169944s PlanGivenUp { plan: plan0, node: n1, reason: AttemptsExhausted, step: RestartNode }
        3m24.090169944s NodeAdding { node: n4, service: s0, zone: z2, why: Replacement }
        3m24.090169944s NodeRemoving { node: n1, why: GivenUp }"#]],
    );
}

#[test]
fn a_node_that_comes_back_before_its_time_is_left_alone() {
    check(
        &escalating(),
        4,
        "12s hang n1\n30s heal n1",
        "5m",
        &expect![[r#"
        12s -- hang n1
        24.090169943s PlanCreated plan0 for n1 [RedirectTraffic, RestartNode], skipped [], restarts after 30s, replaces after 3m: a silent node has certainly rebooted itself only 2m30s after that
        30s -- heal n1
        38.091169943s NodeRecovered { node: n1, failed_for: 14.001s }
        38.091169943s StepFinished { plan: plan0, node: n1, step: RestartNode, attempt: 0, outcome: Obsolete }"#]],
    );
}

#[test]
fn a_small_zone_that_is_partly_down_keeps_its_nodes_until_it_is_better() {
    check(
        &evicting(escalating(), ZoneLimits::default()),
        12,
        "12s break n0\n12s break n3\n12s break n6\n3m heal n3",
        "5m",
        &expect![[r#"
            12s -- break n0
            12s -- break n3
            12s -- break n6
            23.542019662s PlanCreated plan0 for n6 [RedirectTraffic, RestartNode], skipped [], restarts after 30s, replaces after 1m30s: the turn of the restart is 1m
            24.271509831s PlanCreated plan1 for n3 [RedirectTraffic, RestartNode], skipped [], restarts after 30s, replaces after 1m30s: the turn of the restart is 1m
            25.001s PlanCreated plan2 for n0 [RedirectTraffic, RestartNode], skipped [], restarts after 30s, replaces after 1m30s: the turn of the restart is 1m
            53.542019663s StepStarted { plan: plan0, node: n6, step: RestartNode, attempt: 1 }
            53.542019663s   -> RestartNode { operation: op0, node: n6 }
            54.271509832s StepStarted { plan: plan1, node: n3, step: RestartNode, attempt: 1 }
            54.271509832s   -> RestartNode { operation: op1, node: n3 }
            55.001000001s StepStarted { plan: plan2, node: n0, step: RestartNode, attempt: 1 }
            55.001000001s   -> RestartNode { operation: op2, node: n0 }
            1m53.542019663s StepFinished { plan: plan0, node: n6, step: RestartNode, attempt: 1, outcome: TimedOut }
            1m53.542019663s PlanGivenUp { plan: plan0, node: n6, reason: AttemptsExhausted, step: RestartNode }
            1m53.542019663s ReplacementHeld { node: n6, zone: z0, state: PartialDisruption, failed: 3, total: 4, rate_per_s: 0.0, wait: None }
            1m54.271509832s StepFinished { plan: plan1, node: n3, step: RestartNode, attempt: 1, outcome: TimedOut }
            1m54.271509832s PlanGivenUp { plan: plan1, node: n3, reason: AttemptsExhausted, step: RestartNode }
            1m54.271509832s ReplacementHeld { node: n3, zone: z0, state: PartialDisruption, failed: 3, total: 4, rate_per_s: 0.0, wait: None }
            1m55.001000001s StepFinished { plan: plan2, node: n0, step: RestartNode, attempt: 1, outcome: TimedOut }
            1m55.001000001s PlanGivenUp { plan: plan2, node: n0, reason: AttemptsExhausted, step: RestartNode }
            1m55.001000001s ReplacementHeld { node: n0, zone: z0, state: PartialDisruption, failed: 3, total: 4, rate_per_s: 0.0, wait: None }
            3m -- heal n3
            3m9.271509831s NodeRecovered { node: n3, failed_for: 2m45s }
            3m9.271509831s NodeAdding { node: n12, service: s0, zone: z0, why: Replacement }
            3m9.271509831s NodeRemoving { node: n0, why: GivenUp }
            3m19.271509831s NodeAdding { node: n13, service: s0, zone: z0, why: Replacement }
            3m19.271509831s NodeRemoving { node: n6, why: GivenUp }"#]],
    );
}

#[test]
fn a_large_zone_that_is_partly_down_loses_its_nodes_slowly() {
    let limits = ZoneLimits { large_cluster_size: 3, ..ZoneLimits::default() };
    let script = "12s break n0\n12s break n3\n12s break n6\n12s break n9\n12s break n12";
    check(
        &evicting(escalating(), limits),
        18,
        script,
        "8m",
        &expect![[r#"
            12s -- break n0
            12s -- break n3
            12s -- break n6
            12s -- break n9
            12s -- break n12
            22.083039324s PlanCreated plan0 for n12 [RedirectTraffic, RestartNode], skipped [], restarts after 30s, replaces after 1m30s: the turn of the restart is 1m
            22.812529493s PlanCreated plan1 for n9 [RedirectTraffic, RestartNode], skipped [], restarts after 30s, replaces after 1m30s: the turn of the restart is 1m
            23.542019662s PlanCreated plan2 for n6 [RedirectTraffic, RestartNode], skipped [], restarts after 30s, replaces after 1m30s: the turn of the restart is 1m
            24.271509831s PlanCreated plan3 for n3 [RedirectTraffic, RestartNode], skipped [], restarts after 30s, replaces after 1m30s: the turn of the restart is 1m
            25.001s PlanCreated plan4 for n0 [RedirectTraffic, RestartNode], skipped [], restarts after 30s, replaces after 1m30s: the turn of the restart is 1m
            52.083039325s StepStarted { plan: plan0, node: n12, step: RestartNode, attempt: 1 }
            52.083039325s   -> RestartNode { operation: op0, node: n12 }
            52.812529494s StepStarted { plan: plan1, node: n9, step: RestartNode, attempt: 1 }
            52.812529494s   -> RestartNode { operation: op1, node: n9 }
            53.542019663s StepStarted { plan: plan2, node: n6, step: RestartNode, attempt: 1 }
            53.542019663s   -> RestartNode { operation: op2, node: n6 }
            54.271509832s StepStarted { plan: plan3, node: n3, step: RestartNode, attempt: 1 }
            54.271509832s   -> RestartNode { operation: op3, node: n3 }
            55.001000001s StepStarted { plan: plan4, node: n0, step: RestartNode, attempt: 1 }
            55.001000001s   -> RestartNode { operation: op4, node: n0 }
            1m52.083039325s StepFinished { plan: plan0, node: n12, step: RestartNode, attempt: 1, outcome: TimedOut }
            1m52.083039325s PlanGivenUp { plan: plan0, node: n12, reason: AttemptsExhausted, step: RestartNode }
            1m52.083039325s NodeAdding { node: n18, service: s0, zone: z0, why: Replacement }
            1m52.083039325s NodeRemoving { node: n12, why: GivenUp }
            1m52.812529494s StepFinished { plan: plan1, node: n9, step: RestartNode, attempt: 1, outcome: TimedOut }
            1m52.812529494s PlanGivenUp { plan: plan1, node: n9, reason: AttemptsExhausted, step: RestartNode }
            1m52.812529494s ReplacementHeld { node: n9, zone: z0, state: PartialDisruption, failed: 4, total: 5, rate_per_s: 0.01, wait: Some(1m39.270509831s) }
            1m53.542019663s StepFinished { plan: plan2, node: n6, step: RestartNode, attempt: 1, outcome: TimedOut }
            1m53.542019663s PlanGivenUp { plan: plan2, node: n6, reason: AttemptsExhausted, step: RestartNode }
            1m53.542019663s ReplacementHeld { node: n6, zone: z0, state: PartialDisruption, failed: 4, total: 5, rate_per_s: 0.01, wait: Some(1m38.541019662s) }
            1m54.271509832s StepFinished { plan: plan3, node: n3, step: RestartNode, attempt: 1, outcome: TimedOut }
            1m54.271509832s PlanGivenUp { plan: plan3, node: n3, reason: AttemptsExhausted, step: RestartNode }
            1m54.271509832s ReplacementHeld { node: n3, zone: z0, state: PartialDisruption, failed: 4, total: 5, rate_per_s: 0.01, wait: Some(1m37.811529493s) }
            1m55.001000001s StepFinished { plan: plan4, node: n0, step: RestartNode, attempt: 1, outcome: TimedOut }
            1m55.001000001s PlanGivenUp { plan: plan4, node: n0, reason: AttemptsExhausted, step: RestartNode }
            1m55.001000001s ReplacementHeld { node: n0, zone: z0, state: PartialDisruption, failed: 4, total: 5, rate_per_s: 0.01, wait: Some(1m37.082039324s) }
            3m32.083039325s NodeAdding { node: n19, service: s0, zone: z0, why: Replacement }
            3m32.083039325s NodeRemoving { node: n0, why: GivenUp }
            3m57.083039325s NodeAdding { node: n20, service: s0, zone: z0, why: Replacement }
            3m57.083039325s NodeRemoving { node: n3, why: GivenUp }
            4m7.083039325s NodeAdding { node: n21, service: s0, zone: z0, why: Replacement }
            4m7.083039325s NodeRemoving { node: n6, why: GivenUp }
            4m17.083039325s NodeAdding { node: n22, service: s0, zone: z0, why: Replacement }
            4m17.083039325s NodeRemoving { node: n9, why: GivenUp }"#]],
    );
}

#[test]
fn nothing_is_evicted_while_every_zone_is_down() {
    check(
        &evicting(hopeless(), ZoneLimits::default()),
        3,
        "12s dark n0\n12s dark n1\n12s dark n2\n2m heal n2",
        "4m",
        &expect![[r#"
            12s -- dark n0
            12s -- dark n1
            12s -- dark n2
            24.090169943s PlanCreated plan0 for n1 [], skipped ["supervisor: more than 0 failures within 5s"]
            24.090169943s PlanGivenUp { plan: plan0, node: n1, reason: RestartsExhausted, step: RestartNode }
            24.090169943s NodeAdding { node: n3, service: s0, zone: z0, why: Replacement }
            24.090169943s NodeRemoving { node: n1, why: GivenUp }
            26s PlanCreated plan1 for n0 [], skipped ["supervisor: more than 0 failures within 5s"]
            26s PlanGivenUp { plan: plan1, node: n0, reason: RestartsExhausted, step: RestartNode }
            26s NodeAdding { node: n4, service: s0, zone: z1, why: Replacement }
            26s NodeRemoving { node: n0, why: GivenUp }
            27.180339887s PlanCreated plan2 for n2 [], skipped ["supervisor: more than 0 failures within 5s"]
            27.180339887s PlanGivenUp { plan: plan2, node: n2, reason: RestartsExhausted, step: RestartNode }
            27.180339887s ReplacementHeld { node: n2, zone: z2, state: FullDisruption, failed: 1, total: 1, rate_per_s: 0.0, wait: None }
            49.090169943s NodeAdding { node: n5, service: s0, zone: z0, why: Replacement }
            49.090169943s NodeRemoving { node: n2, why: GivenUp }
            2m -- heal n2"#]],
    );
}

fn escalating() -> ClusterConfig {
    let secs = |secs| ParamValue::Duration(Duration::from_secs(secs));
    let escalating = PolicySpec::named("escalating_remediation")
        .with("unhealthy_duration", secs(30))
        .with("timeout", secs(60))
        .with("safe_time", secs(150));
    let mut config = web();
    config.recovery.strategies = vec![PolicySpec::named("redirect_traffic"), escalating];
    config
}

/// Every failed node is to be replaced at once.
fn hopeless() -> ClusterConfig {
    let mut config = web();
    config.recovery.strategies =
        vec![PolicySpec::named("supervisor").with("intensity", ParamValue::Count(0))];
    config
}

fn evicting(mut config: ClusterConfig, limits: ZoneLimits) -> ClusterConfig {
    config.recovery.zone_eviction = Some(limits);
    config
}

/// What happens to the nodes, without traffic, services and the last steps of additions and removals.
fn check(config: &ClusterConfig, nodes: u32, script: &str, until: &str, expected: &Expect) {
    let words = ["--", "PlanCreated", "RestartNode", "GivenUp", "Held", "NodeAdding", "NodeRecovered"];
    let text = play(config.clone(), nodes, script, until);
    let lines: Vec<&str> =
        text.lines().filter(|line| words.iter().any(|word| line.contains(word))).map(str::trim).collect();
    expected.assert_eq(&lines.join("\n"));
}
