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
            Steps([RestartNode { node: n3 }])
            Steps([RestartNode { node: n3 }])
            Steps([RestartNode { node: n3 }])
            Skip("restarted 5 times within 10m, at most 5 allowed")
            Skip("restarted 6 times within 10m, at most 5 allowed")
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
        Steps([RestartNode { node: n3 }])
    "#]],
    );
    let spec = spec.with("skip_zone_outage", ParamValue::Flag(true));
    check(
        &spec,
        &[dark, alone, case()],
        &expect![[r#"
        Skip("all 4 nodes of the service in zone z1 failed, so the zone is taken for dark")
        Steps([RestartNode { node: n3 }])
        Steps([RestartNode { node: n3 }])
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
                Proposal::Steps(_) => case.restarts.push(now),
                Proposal::Skip(_) => {
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
