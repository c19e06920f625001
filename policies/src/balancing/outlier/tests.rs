//! The rules of sweeps that look at all hosts.

use super::*;
use crate::{EjectionReason, Instant, NodeId};
use alloc::vec::Vec;

#[test]
fn a_sweep_ejects_the_host_whose_success_rate_lies_far_below_the_others() {
    let settings =
        OutlierSettings { consecutive_5xx: 0, max_ejection_percent: 50.0, ..OutlierSettings::default() };
    let mut detector = five_hosts(settings);
    serve(&mut detector, NodeId(4), 50, 100);
    (0..4).for_each(|node| serve(&mut detector, NodeId(node), 100, 100));
    let reason = EjectionReason::SuccessRate { rate_pct: 50.0, threshold_pct: 52.0 };
    let lasts = Duration::from_secs(30);
    assert_eq!(sweep(&mut detector, 10), [OutlierChange::Ejected { node: NodeId(4), reason, lasts }]);
    // The counts start again: without new responses nobody is judged, and the host returns when its time is over.
    assert_eq!(sweep(&mut detector, 20), []);
    assert_eq!(sweep(&mut detector, 40), [OutlierChange::Returned { node: NodeId(4) }]);
}

#[test]
fn too_few_hosts_with_enough_responses_are_not_judged() {
    let settings =
        OutlierSettings { consecutive_5xx: 0, max_ejection_percent: 50.0, ..OutlierSettings::default() };
    let mut detector = five_hosts(settings);
    serve(&mut detector, NodeId(4), 0, 99);
    (0..4).for_each(|node| serve(&mut detector, NodeId(node), 100, 100));
    assert_eq!(sweep(&mut detector, 10), []);
}

#[test]
fn a_failure_percentage_ejects_each_host_that_reaches_it_within_the_share_allowed() {
    let settings = OutlierSettings {
        consecutive_5xx: 0,
        success_rate: None,
        failure_percentage: Some(FailurePercentageSettings::default()),
        max_ejection_percent: 40.0,
        ..OutlierSettings::default()
    };
    let mut detector = five_hosts(settings);
    (0..2).for_each(|node| serve(&mut detector, NodeId(node), 50, 50));
    (2..5).for_each(|node| serve(&mut detector, NodeId(node), 15, 100));
    let ejected = |node| {
        let reason = EjectionReason::FailurePercentage { failed_pct: 85.0 };
        OutlierChange::Ejected { node: NodeId(node), reason, lasts: Duration::from_secs(30) }
    };
    assert_eq!(sweep(&mut detector, 10), [ejected(2), ejected(3)], "two of five");
}

#[test]
fn the_jitter_is_added_to_the_time_out() {
    let settings = OutlierSettings {
        consecutive_5xx: 1,
        max_ejection_percent: 100.0,
        max_ejection_time_jitter: Duration::from_millis(999),
        ..OutlierSettings::default()
    };
    let mut detector = five_hosts(settings);
    let change = detector.response(Instant::ZERO, NodeId(0), true, true, || 12_345);
    let reason = EjectionReason::ConsecutiveFailures { failures: 1 };
    let lasts = Duration::from_millis(30_345);
    assert_eq!(change, Some(OutlierChange::Ejected { node: NodeId(0), reason, lasts }));
    assert_eq!(sweep(&mut detector, 30), []);
    assert_eq!(sweep(&mut detector, 40), [OutlierChange::Returned { node: NodeId(0) }]);
}

#[test]
fn an_ejected_host_that_leaves_makes_room_for_another() {
    let settings =
        OutlierSettings { consecutive_5xx: 1, max_ejection_percent: 25.0, ..OutlierSettings::default() };
    let mut detector = five_hosts(settings);
    let fail = |detector: &mut OutlierDetector, node| {
        detector.response(Instant::ZERO, NodeId(node), true, true, || 0).is_some()
    };
    assert!(fail(&mut detector, 0));
    assert!(!fail(&mut detector, 1), "one of five is all that 25% allow");
    detector.leave(NodeId(0));
    assert!(fail(&mut detector, 1), "one of four");
    detector.leave(NodeId(0));
    assert!(!fail(&mut detector, 0), "it is gone");
}

fn five_hosts(settings: OutlierSettings) -> OutlierDetector {
    let mut detector = OutlierDetector::new(settings);
    (0..5).for_each(|node| detector.join(NodeId(node)));
    detector
}

fn serve(detector: &mut OutlierDetector, node: NodeId, good: u32, all: u32) {
    for response in 0..all {
        detector.response(Instant::ZERO, node, response >= good, true, || 0);
    }
}

fn sweep(detector: &mut OutlierDetector, at_s: u64) -> Vec<OutlierChange> {
    detector.sweep(Instant::ZERO + Duration::from_secs(at_s), |_| true, |_| 0)
}
