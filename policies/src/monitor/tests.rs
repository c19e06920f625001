//! When probes are sent, when they time out, and what late answers count for.

use super::{Belief, HealthMonitor, IntervalChecker};
use crate::catalogue::build_detector;
use crate::detection::Consecutive;
use crate::{
    DegradedReason, Duration, HealthConfig, HealthEvent, Instant, NodeId, ParamValue, PolicySpec,
    ProbeAnswer, ProbeId, ProbeSchedule, ServiceId,
};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;
use expect_test::{Expect, expect};

const N0: NodeId = NodeId(0);

#[test]
fn a_fixed_rate_counts_from_probe_to_probe() {
    check(
        ProbeSchedule::FixedRate,
        &expect![[r"
        0s probe0 answered in 300ms
        5s probe1 timed out after 1s
        10s probe2 answered in 300ms
        15s probe3 timed out after 1s
    "]],
    );
}

#[test]
fn a_fixed_delay_counts_from_answer_or_timeout_to_probe() {
    check(
        ProbeSchedule::FixedDelay,
        &expect![[r"
        0s probe0 answered in 300ms
        5.3s probe1 timed out after 1s
        11.3s probe2 answered in 300ms
        16.6s probe3 timed out after 1s
    "]],
    );
}

#[test]
fn an_answer_at_or_after_the_timeout_does_not_count() {
    let mut checker = checker(ProbeSchedule::FixedRate, true);
    checker.join(Instant::ZERO, N0);
    let (_, probe) = checker.take_due_probe(Instant::ZERO).expect("the first node is probed at once");
    let timeout = checker.next_timeout().expect("a probe is in flight");
    assert_eq!(checker.take_due_timeout(timeout), Some(N0));
    assert!(!checker.answered(timeout, N0, probe));
    assert!(!checker.answered(timeout, NodeId(7), ProbeId(7)), "nobody asked");
    assert_eq!(checker.next_timeout(), None);
}

#[test]
fn rounds_that_were_slept_through_are_skipped_and_the_grid_is_kept() {
    let mut checker = checker(ProbeSchedule::FixedRate, false);
    for node in 0..3 {
        checker.join(at(0), NodeId(node));
    }
    let first: Vec<_> =
        core::iter::from_fn(|| checker.take_due_probe(at(12_000))).map(|(node, _)| node).collect();
    assert_eq!(first, [NodeId(0), NodeId(1), NodeId(2)]);
    assert_eq!(checker.next_probe(), Some(at(15_000)));
    // Nobody answers: a node with a probe in flight gets no second one.
    assert_eq!(checker.take_due_probe(at(12_999)), None);
}

#[test]
fn first_probes_are_spread_evenly_over_the_period() {
    let mut checker = checker(ProbeSchedule::FixedRate, true);
    for node in 0..100 {
        checker.join(at(0), NodeId(node));
    }
    for second in 0..5 {
        let mut probes = 0;
        while checker.take_due_probe(at(1_000 * second + 999)).is_some() {
            probes += 1;
        }
        assert!((18..=22).contains(&probes), "{probes} probes in second {second}");
        while checker.take_due_timeout(at(1_000 * second + 999)).is_some() {}
    }
}

#[test]
fn a_node_that_left_is_probed_no_more_and_leaves_no_deadline() {
    let mut checker = checker(ProbeSchedule::FixedRate, true);
    checker.join(at(0), N0);
    assert!(checker.take_due_probe(at(0)).is_some());
    checker.leave(N0);
    assert_eq!((checker.next_probe(), checker.next_timeout()), (None, None));
    checker.join(at(1), NodeId(1));
    checker.leave(NodeId(1));
    assert_eq!(checker.next_probe(), None);
}

#[test]
fn a_node_recovers_by_good_answers_only_and_not_while_it_is_being_restarted() {
    let mut monitor = monitor();
    monitor.join(at(0), N0);
    let answer = |monitor: &mut HealthMonitor, now, answer| {
        let (_, probe) = monitor.due_probe(now).expect("a probe is due");
        monitor.answered(now, N0, probe, answer).1
    };
    assert!(matches!(
        answer(&mut monitor, at(0), ProbeAnswer::Refused),
        Some(HealthEvent::NodeFailure { node: N0, .. })
    ));
    monitor.restarting(N0);
    assert_eq!(answer(&mut monitor, at(5_000), ProbeAnswer::Healthy), None, "the old process");
    assert!(monitor.is_failed(N0));
    monitor.restarted(at(9_000), N0);
    assert_eq!(monitor.belief(N0), Belief::Restarted { since: at(0) });
    let recovered = HealthEvent::NodeRecovered { node: N0, failed_for: Duration::from_secs(10) };
    assert_eq!(answer(&mut monitor, at(10_000), ProbeAnswer::Healthy), Some(recovered));
}

#[test]
fn a_detector_sets_the_period_of_the_nodes_it_doubts() {
    // Bad answers after 300 ms: down at the third. Good ones from 20 s on: up at the second, then the usual 5 s.
    let script = |schedule| {
        let spec = PolicySpec::named("haproxy")
            .with("fastinter", ParamValue::Duration(Duration::from_secs(1)))
            .with("downinter", ParamValue::Duration(Duration::from_secs(20)));
        let detector = build_detector(&spec).expect("is in the catalogue");
        let config = HealthConfig { schedule, ..HealthConfig::default() };
        let mut monitor = HealthMonitor::new(&config, 1, detector);
        monitor.join(at(0), N0);
        let mut sent = Vec::new();
        while let Some(next) = monitor.next_deadline().filter(|next| next.at < at(34_000)) {
            let (_, probe) = monitor.due_probe(next.at).expect("a probe is due");
            sent.push(next.at.since(at(0)).as_millis());
            let answer = if next.at < at(20_000) { ProbeAnswer::Refused } else { ProbeAnswer::Healthy };
            monitor.answered(next.at + Duration::from_millis(300), N0, probe, answer);
        }
        sent
    };
    assert_eq!(script(ProbeSchedule::FixedRate), [0, 1_000, 2_000, 22_000, 23_000, 28_000, 33_000]);
    assert_eq!(script(ProbeSchedule::FixedDelay), [0, 1_300, 2_600, 22_900, 24_200, 29_500]);
}

#[test]
fn a_service_is_degraded_while_either_limit_is_crossed() {
    let mut monitor = monitor();
    let mut judge =
        |ms, healthy, error_ratio| monitor.judge_service(at(ms), ServiceId(0), healthy, 10, error_ratio);
    let degraded = |healthy, error_ratio, reason| {
        Some(HealthEvent::ServiceDegraded { service: ServiceId(0), healthy, total: 10, error_ratio, reason })
    };
    assert_eq!(judge(0, 7, 0.1), None, "both limits hold at their very value");
    assert_eq!(judge(1, 6, 0.0), degraded(6, 0.0, DegradedReason::FewHealthyNodes));
    assert_eq!(judge(2, 7, 0.2), None, "still degraded, for another reason");
    let restored =
        HealthEvent::ServiceRestored { service: ServiceId(0), degraded_for: Duration::from_millis(2) };
    assert_eq!(judge(3, 7, 0.1), Some(restored));
    assert_eq!(judge(4, 10, 0.11), degraded(10, 0.11, DegradedReason::ManyErrors));
}

/// Probes one node four times; every other probe is answered after 300 ms.
fn check(schedule: ProbeSchedule, expected: &Expect) {
    let mut checker = checker(schedule, true);
    let mut text = String::new();
    checker.join(Instant::ZERO, N0);
    for round in 0..4 {
        let sent = checker.next_probe().expect("a node is watched");
        let (node, probe) = checker.take_due_probe(sent).expect("a probe is due");
        let end = if round % 2 == 0 {
            let end = sent + Duration::from_millis(300);
            assert!(checker.answered(end, node, probe));
            write!(text, "{sent} {probe} answered in {}", end.since(sent))
        } else {
            let end = checker.next_timeout().expect("a probe is in flight");
            assert_eq!(checker.take_due_timeout(end), Some(node));
            write!(text, "{sent} {probe} timed out after {}", end.since(sent))
        };
        end.expect("strings take everything");
        text.push('\n');
    }
    expected.assert_eq(&text);
}

fn checker(schedule: ProbeSchedule, spread: bool) -> IntervalChecker {
    IntervalChecker::new(&HealthConfig { schedule, spread, ..HealthConfig::default() })
}

fn monitor() -> HealthMonitor {
    HealthMonitor::new(&HealthConfig::default(), 1, Box::new(Consecutive::new(1, 1)))
}

fn at(ms: u64) -> Instant {
    Instant::ZERO + Duration::from_millis(ms)
}
