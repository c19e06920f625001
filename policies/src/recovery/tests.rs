//! What the strategies propose, and why they decline.

use super::*;
use crate::{Duration, ParamValue, PolicySpec, catalogue::build_recovery};
use alloc::format;
use alloc::vec;
use expect_test::{Expect, expect};
use proptest::prelude::*;

#[test]
fn redirect_traffic_never_declines() {
    let spec = PolicySpec::named("redirect_traffic");
    check(
        &spec,
        &[case(), RecoveryCase { healthy: 0, ..case() }],
        &expect![[r#"
        Steps([RedirectTraffic { node: n3 }])
        Steps([RedirectTraffic { node: n3 }])
    "#]],
    );
}

#[test]
fn restart_node_declines_in_a_crash_loop_until_the_restarts_are_old() {
    let restarted =
        |secs: &[u64]| RecoveryCase { restarts: secs.iter().map(|at| at_secs(*at)).collect(), ..case() };
    let spec = PolicySpec::named("restart_node");
    check(
        &spec,
        &[
            restarted(&[]),
            restarted(&[2_000, 2_000, 2_000, 2_000, 2_000]),
            restarted(&[2_000, 2_900, 2_950, 2_960, 2_970]),
            restarted(&[2_400, 2_900, 2_950, 2_960, 2_970]),
            restarted(&[1, 2, 2_400, 2_900, 2_950, 2_960, 2_970, 2_980]),
        ],
        &expect![[r#"
            Steps([RestartNode { node: n3, pause: 0s }])
            Steps([RestartNode { node: n3, pause: 0s }])
            Steps([RestartNode { node: n3, pause: 0s }])
            Later { at: t=50m0.000000001s, why: "restarted 5 times within 10m, at most 5 allowed" }
            Later { at: t=58m20.000000001s, why: "restarted 6 times within 10m, at most 5 allowed" }
        "#]],
    );
    check(
        &spec.with("restarts_max", ParamValue::Count(0)),
        &[restarted(&[])],
        &expect![[r#"
        Skip("restarted 0 times within 10m, at most 0 allowed")
    "#]],
    );
}

#[test]
fn restart_node_declines_in_a_dark_zone_if_asked_to() {
    let dark = RecoveryCase { failed_in_zone: 4, total_in_zone: 4, ..case() };
    let alone = RecoveryCase { failed_in_zone: 1, total_in_zone: 1, ..case() };
    let spec = PolicySpec::named("restart_node");
    check(
        &spec,
        core::slice::from_ref(&dark),
        &expect![[r#"
            Steps([RestartNode { node: n3, pause: 0s }])
        "#]],
    );
    let spec = spec.with("skip_zone_outage", ParamValue::Flag(true));
    check(
        &spec,
        &[dark, alone, case()],
        &expect![[r#"
            Skip("all 4 nodes of the service in zone z1 failed, so the zone is taken for dark")
            Steps([RestartNode { node: n3, pause: 0s }])
            Steps([RestartNode { node: n3, pause: 0s }])
        "#]],
    );
}

#[test]
fn replicate_state_declines_without_replicas() {
    let spec = PolicySpec::named("replicate_state");
    check(
        &spec,
        &[case(), RecoveryCase { replicas: 0, ..case() }],
        &expect![[r#"
        Steps([ReplicateState { node: n3 }])
        Skip("the node holds no replicas")
    "#]],
    );
}

#[test]
fn crash_loop_backoff_doubles_its_pauses_until_a_run_lasts() {
    let spec = PolicySpec::named("crash_loop_backoff").with("max", ParamValue::Duration(secs(25)));
    // Each failure comes one second after the restart before it ended, the last one eleven minutes after.
    check_over_time(
        &spec,
        &[0, 1, 12, 33, 59, 59 + 25 + 660],
        &expect![[r#"
            0s Steps([RestartNode { node: n3, pause: 0s }])
            1s Steps([RestartNode { node: n3, pause: 10s }])
            12s Steps([RestartNode { node: n3, pause: 20s }])
            33s Steps([RestartNode { node: n3, pause: 25s }])
            59s Steps([RestartNode { node: n3, pause: 25s }])
            12m24s Steps([RestartNode { node: n3, pause: 0s }])
        "#]],
    );
    let error = build_recovery(&spec.with("initial", ParamValue::Duration(secs(26))));
    assert_eq!(error.expect_err("pauses never shrink").field, "crash_loop_backoff.initial");
}

#[test]
fn supervisor_gives_a_node_up_and_begins_anew() {
    let spec = PolicySpec::named("supervisor").with("intensity", ParamValue::Count(2));
    check_over_time(
        &spec,
        &[0, 1, 6, 7, 8, 9],
        &expect![[r#"
            0s Steps([RestartNode { node: n3, pause: 0s }])
            1s Steps([RestartNode { node: n3, pause: 0s }])
            6s Steps([RestartNode { node: n3, pause: 0s }])
            7s Steps([RestartNode { node: n3, pause: 0s }])
            8s GiveUp("more than 2 failures within 5s")
            9s Steps([RestartNode { node: n3, pause: 0s }])
        "#]],
    );
}

#[test]
fn start_limit_refuses_until_its_window_is_over() {
    let spec = PolicySpec::named("start_limit").with("burst", ParamValue::Count(2));
    let times = [0, 1, 2, 10, 11];
    check_over_time(
        &spec,
        &times,
        &expect![[r#"
            0s Steps([RestartNode { node: n3, pause: 100ms }])
            1s Steps([RestartNode { node: n3, pause: 100ms }])
            2s Skip("started 2 times within 10s, which is the limit")
            10s Skip("started 2 times within 10s, which is the limit")
            11s Steps([RestartNode { node: n3, pause: 100ms }])
        "#]],
    );
    check_over_time(
        &spec.clone().with("action", ParamValue::Choice("replace".into())),
        &times[..3],
        &expect![[r#"
            0s Steps([RestartNode { node: n3, pause: 100ms }])
            1s Steps([RestartNode { node: n3, pause: 100ms }])
            2s GiveUp("started 2 times within 10s, which is the limit")
        "#]],
    );
    check_over_time(
        &spec.with("interval", ParamValue::Duration(Duration::ZERO)),
        &[0, 0, 0],
        &expect![[r#"
            0s Steps([RestartNode { node: n3, pause: 100ms }])
            0s Steps([RestartNode { node: n3, pause: 100ms }])
            0s Steps([RestartNode { node: n3, pause: 100ms }])
        "#]],
    );
}

#[test]
fn shares_of_nodes_are_rounded_for_the_safe_side() {
    use CountOrPercent::{Count, Percent};
    assert_eq!(HealthyMin::AtLeast(Percent(51)).of(10), 6);
    assert_eq!(HealthyMin::AllBut(Percent(49)).of(7), 3);
    assert_eq!(HealthyMin::AllBut(Count(5)).of(3), 0);
    assert_eq!(HealthyMin::AtLeast(Percent(100)).of(u32::MAX), u32::MAX);
    assert_eq!(disruptions_allowed(HealthyMin::AllBut(Count(1)), 0, 0), 0);
    let nothing = rolling_bounds(0, Count(0), Percent(25));
    assert_eq!(nothing, RollingBounds { total_max: 0, available_min: 0 });
}

#[test]
fn a_silent_node_waits_for_the_safe_time_and_a_crashed_one_only_for_its_turn() {
    let silent = |total| RecoveryCase { cause: FailureCause::Unresponsive, total, ..case() };
    let spec = PolicySpec::named("escalating_remediation")
        .with("unhealthy_duration", ParamValue::Duration(secs(30)))
        .with("timeout", ParamValue::Duration(secs(120)));
    check(
        &spec,
        &[case(), silent(12), silent(100)],
        &expect![[r#"
            Escalate { pause: 30.000000001s, until: 2m30.000000001s, why: "restarts after 30s, replaces after 2m30s: the turn of the restart is 2m" }
            Escalate { pause: 30.000000001s, until: 3m30.000000001s, why: "restarts after 30s, replaces after 3m30s: a silent node has certainly rebooted itself only 3m after that" }
            Escalate { pause: 30.000000001s, until: 4m0.000000001s, why: "restarts after 30s, replaces after 4m: a silent node has certainly rebooted itself only 3m30s after that" }
        "#]],
    );
    let long_turn = spec.with("timeout", ParamValue::Duration(secs(600)));
    check(
        &long_turn,
        &[silent(12)],
        &expect![[r#"
        Escalate { pause: 30.000000001s, until: 10m30.000000001s, why: "restarts after 30s, replaces after 10m30s: the turn of the restart is 10m" }
    "#]],
    );
}

#[test]
fn a_cooldown_that_too_few_healthy_nodes_interrupt_begins_anew() {
    let mut gate = StormGate::new(Some(secs(30)));
    let observed = [(0, 5), (1, 2), (2, 3), (20, 2), (21, 3), (50, 3), (51, 3)];
    let open: Vec<bool> =
        observed.iter().map(|&(at, healthy)| gate.observe(at_secs(at), healthy, 3)).collect();
    assert_eq!(open, [true, false, false, false, false, false, true]);
    let mut without_storms = StormGate::new(None);
    assert!(!without_storms.observe(at_secs(0), 2, 3));
    assert!(!without_storms.is_storm() && without_storms.observe(at_secs(0), 3, 3));
}

proptest! {
    #[test]
    fn restart_node_allows_at_most_so_many_restarts_in_any_span(
        failures in prop::collection::vec(0_u64..400, 1..60),
        restarts_max in 1_u64..6,
    ) {
        let within = Duration::from_secs(600);
        let spec = PolicySpec::named("restart_node").with("restarts_max", ParamValue::Count(restarts_max));
        let mut strategy = build_recovery(&spec).expect("is in the catalogue");
        let (mut now, mut case) = (Instant::ZERO, case());
        for wait in failures {
            now += Duration::from_secs(wait);
            match strategy.propose(now, &case) {
                Proposal::Steps(_) | Proposal::Escalate { .. } => case.restarts.push(now),
                Proposal::Skip(_) | Proposal::GiveUp(_) => panic!("only too many restarts hold it back"),
                Proposal::Later { at, .. } => {
                    let steps = |now: Instant, strategy: &mut dyn RecoveryStrategy| {
                        matches!(strategy.propose(now, &case), Proposal::Steps(_))
                    };
                    let just_before = Instant::from_nanos(at.as_nanos() - 1);
                    prop_assert!(!steps(just_before, &mut *strategy) && steps(at, &mut *strategy));
                    let recent = case.restarts.iter().filter(|at| now.since(**at) <= within).count();
                    prop_assert_eq!(recent as u64, restarts_max, "declines only when it must");
                }
            }
        }
        for (index, last) in case.restarts.iter().enumerate().skip(restarts_max as usize) {
            prop_assert!(last.since(case.restarts[index - restarts_max as usize]) > within);
        }
    }
}

/// Proposals for each case at 50 minutes.
#[track_caller]
fn check(spec: &PolicySpec, cases: &[RecoveryCase], expected: &Expect) {
    let mut strategy = build_recovery(spec).expect("is in the catalogue");
    assert_eq!(strategy.name(), spec.name);
    let mut text = String::new();
    for case in cases {
        text += &format!("{:?}\n", strategy.propose(at_secs(3_000), case));
    }
    expected.assert_eq(&text);
}

/// Proposals for the same node at these seconds.
#[track_caller]
fn check_over_time(spec: &PolicySpec, times: &[u64], expected: &Expect) {
    let mut strategy = build_recovery(spec).expect("is in the catalogue");
    let mut text = String::new();
    for &at in times {
        text += &format!("{} {:?}\n", at_secs(at), strategy.propose(at_secs(at), &case()));
    }
    expected.assert_eq(&text);
}

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

fn case() -> RecoveryCase {
    RecoveryCase {
        node: NodeId(3),
        service: ServiceId(0),
        zone: ZoneId(1),
        cause: FailureCause::Crashed,
        replicas: 2,
        restarts: vec![],
        healthy: 11,
        total: 12,
        failed_in_zone: 1,
        total_in_zone: 4,
    }
}

fn at_secs(secs: u64) -> Instant {
    Instant::ZERO + Duration::from_secs(secs)
}
