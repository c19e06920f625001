//! The detectors of other systems, as policies: scripts of one node's probes.

use super::tests::check_spec;
use super::*;
use crate::catalogue::build_detector;
use crate::{FailureCause, ParamValue, PolicySpec};
use expect_test::expect;

#[test]
fn consul_warns_before_it_is_critical_and_returns_by_good_answers_in_a_row() {
    let spec = PolicySpec::named("consul")
        .with("success_before_passing", ParamValue::Count(2))
        .with("failures_before_warning", ParamValue::Count(2))
        .with("failures_before_critical", ParamValue::Count(3));
    check_spec(
        &spec,
        "-5 +5 -5 -5 -5 +5 -5 +5 +5 reset -5",
        &expect![[r#"
        5s - Healthy: 1 misses, silent 5s, score 1.000 of 3
        10s + Healthy: 0 misses, silent 0s, score 0.000 of 3
        15s - Healthy: 1 misses, silent 5s, score 1.000 of 3
        20s - Suspect: 2 misses, silent 10s, score 2.000 of 3
        25s - Failed: 3 misses, silent 15s, score 3.000 of 3
        30s + Failed: 0 misses, silent 0s, score 0.000 of 3
        35s - Failed: 1 misses, silent 5s, score 1.000 of 3
        40s + Failed: 0 misses, silent 0s, score 0.000 of 3
        45s + Healthy: 0 misses, silent 0s, score 0.000 of 3
        reset
        50s - Healthy: 1 misses, silent 5s, score 1.000 of 3
    "#]],
    );
}

#[test]
fn consul_without_a_count_for_warnings_has_none() {
    let spec = PolicySpec::named("consul").with("failures_before_critical", ParamValue::Count(2));
    check_spec(
        &spec,
        "-5 -5 +5",
        &expect![[r#"
        5s - Healthy: 1 misses, silent 5s, score 1.000 of 2
        10s - Failed: 2 misses, silent 10s, score 2.000 of 2
        15s + Healthy: 0 misses, silent 0s, score 0.000 of 2
    "#]],
    );
}

#[test]
fn exponential_phi_fails_a_node_after_a_multiple_of_its_mean_pause() {
    let spec = PolicySpec::named("phi_accrual_exponential");
    check_spec(
        &spec,
        "reset +5 +5 +5 -20 -20 -20 -20 -20 -20 +1",
        &expect![[r#"
        reset
        5s + Healthy: 0 misses, silent 0s, score 0.000 of 8
        10s + Healthy: 0 misses, silent 0s, score 0.000 of 8
        15s + Healthy: 0 misses, silent 0s, score 0.000 of 8
        35s - Suspect: 1 misses, silent 20s, score 1.390 of 8
        55s - Suspect: 2 misses, silent 40s, score 2.779 of 8
        1m15s - Suspect: 3 misses, silent 1m, score 4.169 of 8
        1m35s - Suspect: 4 misses, silent 1m20s, score 5.559 of 8
        1m55s - Suspect: 5 misses, silent 1m40s, score 6.949 of 8
        2m15s - Failed: 6 misses, silent 2m, score 8.338 of 8
        2m16s + Healthy: 0 misses, silent 0s, score 0.000 of 8
    "#]],
    );
}

#[test]
fn exponential_phi_fails_nobody_after_a_pause_of_its_own() {
    let spec = PolicySpec::named("phi_accrual_exponential");
    check_spec(
        &spec,
        "reset +5 +5 +5 -400 -20 -4.999 -0.001",
        &expect![[r#"
        reset
        5s + Healthy: 0 misses, silent 0s, score 0.000 of 8
        10s + Healthy: 0 misses, silent 0s, score 0.000 of 8
        15s + Healthy: 0 misses, silent 0s, score 0.000 of 8
        6m55s - Suspect: 1 misses, silent 6m40s, score 27.795 of 8
        7m15s - Suspect: 2 misses, silent 7m, score 29.185 of 8
        7m19.999s - Suspect: 3 misses, silent 7m4.999s, score 29.532 of 8
        7m20s - Failed: 4 misses, silent 7m5s, score 29.532 of 8
    "#]],
    );
}

#[test]
fn a_lease_runs_out_at_a_pass_of_the_monitor() {
    let spec = PolicySpec::named("kubernetes_node_lease");
    // Renewed at 1 s, seen at 5 s, out at the first pass after 45 s.
    check_spec(
        &spec,
        "+1 -44 -4.999 -0.001 +10",
        &expect![[r#"
        1s + Healthy: 0 misses, silent 0s, score 0.000 of 49
        45s - Suspect: 1 misses, silent 44s, score 44.000 of 49
        49.999s - Suspect: 2 misses, silent 48.999s, score 48.999 of 49
        50s - Failed: 3 misses, silent 49s, score 49.000 of 49
        1m + Healthy: 0 misses, silent 0s, score 0.000 of 45
    "#]],
    );
}

#[test]
fn kubernetes_probes_hold_a_failed_node_until_it_is_restarted() {
    let spec = PolicySpec::named("kubernetes_probes").with("readiness_successes", ParamValue::Count(2));
    check_spec(
        &spec,
        "+10 +10 -10 -10 -10 +10 +10 reset +10 +10",
        &expect![[r#"
        10s + Suspect: 0 misses, silent 0s, score 0.000 of 3
        20s + Healthy: 0 misses, silent 0s, score 0.000 of 3
        30s - Suspect: 1 misses, silent 10s, score 1.000 of 3
        40s - Suspect: 2 misses, silent 20s, score 2.000 of 3
        50s - Failed: 3 misses, silent 30s, score 3.000 of 3
        1m + Failed: 0 misses, silent 0s, score 0.000 of 3
        1m10s + Failed: 0 misses, silent 0s, score 0.000 of 3
        reset
        1m20s + Suspect: 0 misses, silent 0s, score 0.000 of 3
        1m30s + Healthy: 0 misses, silent 0s, score 0.000 of 3
    "#]],
    );
}

#[test]
fn kubernetes_waits_for_a_slow_start_and_not_for_ever() {
    let spec = PolicySpec::named("kubernetes_probes")
        .with("startup_failures", ParamValue::Count(5))
        .with("initial_delay", ParamValue::Duration(Duration::from_secs(20)));
    check_spec(
        &spec,
        "reset -10 -10 -10 -10 -10 +10 -10 -10 -10 reset -20 -10 -10 -10 -10 +10",
        &expect![[r#"
            reset
            10s - Suspect: 1 misses, silent 10s, score 1.000 of 5
            20s - Suspect: 2 misses, silent 20s, score 2.000 of 5
            30s - Suspect: 3 misses, silent 30s, score 3.000 of 5
            40s - Suspect: 4 misses, silent 40s, score 4.000 of 5
            50s - Suspect: 5 misses, silent 50s, score 5.000 of 5
            1m + Healthy: 0 misses, silent 0s, score 0.000 of 3
            1m10s - Suspect: 1 misses, silent 10s, score 1.000 of 3
            1m20s - Suspect: 2 misses, silent 20s, score 2.000 of 3
            1m30s - Failed: 3 misses, silent 30s, score 3.000 of 3
            reset
            1m50s - Suspect: 1 misses, silent 20s, score 1.000 of 5
            2m - Suspect: 2 misses, silent 30s, score 2.000 of 5
            2m10s - Suspect: 3 misses, silent 40s, score 3.000 of 5
            2m20s - Suspect: 4 misses, silent 50s, score 4.000 of 5
            2m30s - Failed: 5 misses, silent 1m, score 5.000 of 5
            2m40s + Failed: 0 misses, silent 0s, score 0.000 of 5
        "#]],
    );
}

#[test]
fn haproxy_probes_faster_on_the_way_and_slower_when_down() {
    let spec = PolicySpec::named("haproxy")
        .with("fastinter", ParamValue::Duration(Duration::from_secs(1)))
        .with("downinter", ParamValue::Duration(Duration::from_secs(20)));
    let mut detector = build_detector(&spec).expect("is in the catalogue");
    let (node, usual) = (NodeId(0), Duration::from_secs(5));
    let mut periods = alloc::vec![detector.next_period(node, usual).as_millis() / 1_000];
    for good in [false, false, false, true, true] {
        let outcome = if good { ProbeOutcome::Success } else { ProbeOutcome::Failure(FailureCause::Crashed) };
        detector.observe(Instant::ZERO, node, &NodeHealth::default(), outcome);
        periods.push(detector.next_period(node, usual).as_millis() / 1_000);
    }
    assert_eq!(periods, [5, 1, 1, 20, 1, 5]);
}
