//! Detectors against the vectors of the systems they follow, and against scripts.

use super::*;
use crate::{Duration, FailureCause, ParamValue, PolicySpec, catalogue::build_detector};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use core::f64::consts::LOG10_2;
use expect_test::{Expect, expect};
use proptest::prelude::*;

/// Detectors that heal with good answers. `kubernetes_probes` waits for a restart.
const HEALING: [&str; 7] = [
    "consecutive",
    "haproxy",
    "consul",
    "kubernetes_node_lease",
    "phi_accrual",
    "phi_accrual_exponential",
    "deadline",
];
/// Detectors for which the probes of other nodes mean nothing. `phi_accrual_exponential` finds its own pauses by them.
const LOCAL: [&str; 7] = [
    "consecutive",
    "haproxy",
    "consul",
    "kubernetes_probes",
    "kubernetes_node_lease",
    "phi_accrual",
    "deadline",
];

#[test]
fn phi_is_that_of_akka() {
    // Silence, mean, standard deviation (ms), phi. From Akka's tests and its formula in exact arithmetic.
    let cases = [
        (0.0, 0.0, 10.0, LOG10_2),
        (15.0, 0.0, 10.0, 1.174268679590664),
        (25.0, 0.0, 10.0, 2.2160712662941497),
        (35.0, 0.0, 10.0, 3.7424450636249356),
        (22.0, 20.0, 3.0, 0.5979503147836113),
        (-25.0, 0.0, 1.0, 0.0),
        (0.0, 1000.0, 100.0, 1.1299813052103756e-38),
        (1000.0, 1000.0, 100.0, LOG10_2),
        (1400.0, 1000.0, 100.0, 4.736694582705181),
        (1600.0, 1000.0, 100.0, 10.782600858295707),
        (1100.0, 1000.0, 500.0, 0.3760737919331869),
        (3900.0, 4000.0, 100.0, 0.07503303214093988),
        (4550.0, 4000.0, 100.0, 8.914857615327081),
        (5000.0, 4000.0, 250.0, 4.736694582705181),
        (13000.0, 11000.0, 100.0, 259.04797256565166),
        (1500.0, 1000.5, 37.25, 83.19753363971621),
        (1000.0, 400.0, 100.0, 10.782600858295707),
    ];
    for (silence, mean, deviation, expected) in cases {
        let got = phi(silence, mean, deviation);
        assert!(close(got, expected, 1e-9), "phi({silence}, {mean}, {deviation}) = {got}, not {expected}");
    }
    assert_eq!(phi(1e6, 1e3, 1.0), f64::INFINITY);
    assert!(phi(0.0, 1e3, 1.0).is_sign_positive());
}

#[test]
fn phi_reaches_the_threshold_at_the_silence_that_the_formula_gives() {
    // Threshold, mean, standard deviation, acceptable pause, silence (ms).
    let cases = [
        (8.0, 1000.0, 100.0, 3000.0, 4522.598664409356),
        (12.0, 1000.0, 100.0, 3000.0, 4629.212409815406),
        (8.0, 1000.0, 250.0, 3000.0, 5306.4966610233905),
        (3.0, 1000.0, 100.0, 3000.0, 4305.893781944609),
        (1.0, 1000.0, 100.0, 0.0, 1128.2215344966696),
    ];
    for (threshold, mean, deviation, pause, silence) in cases {
        assert!(phi(silence - 1e-6, mean + pause, deviation) < threshold);
        assert!(phi(silence + 1e-6, mean + pause, deviation) > threshold);
    }
}

#[test]
fn a_low_threshold_is_reached_before_the_mean() {
    // Threshold, deviations: the root of 0.070566 y^3 + 1.5976 y = ln(10^threshold - 1), found by bisection.
    let cases = [
        (0.1, -0.8213075769068232),
        (LOG10_2, 0.0),
        (0.5, 0.4778799773973545),
        (1.0, 1.282215344966695),
        (8.0, 5.225986644093562),
        (300.0, 21.039043393537984),
    ];
    for (threshold, expected) in cases {
        let got = deviations_until(threshold);
        assert!((got - expected).abs() < 1e-9, "{threshold}: {got}, not {expected}");
    }
}

#[test]
fn early_heartbeats_are_taken_whatever_the_threshold_and_late_ones_by_phi() {
    // Estimate 1 s: mean 1 s, deviation 250 ms; with 1 s more that is accepted, phi is log10 2 after 2 s.
    for (threshold, until_ms) in [(0.1, 1_794), (0.3, 1_999), (0.303, 2_001), (1.0, 2_320), (8.0, 3_306)] {
        let settings = PhiSettings {
            threshold,
            min_std_deviation: Duration::from_millis(1),
            acceptable_heartbeat_pause: Duration::from_secs(1),
            first_heartbeat_estimate: Duration::from_secs(1),
            max_sample_size: 10,
            tail: PhiTail::Logistic,
        };
        let mut heartbeats = Heartbeats::default();
        heartbeats.heard(Instant::ZERO, &settings);
        let deviations = deviations_until(threshold);
        let turn_ms = 2_000.0 + 250.0 * deviations;
        assert!((turn_ms - f64::from(until_ms)).abs() < 2.0, "{threshold}: {turn_ms}");
        for ms in (0..4_000).step_by(3) {
            let is_available = heartbeats.is_available(Instant::from_nanos(ms * 1_000_000), &settings);
            assert_eq!(is_available, (ms as f64) < turn_ms, "{threshold} after {ms} ms");
        }
    }
}

#[test]
fn good_answers_that_end_a_failure_are_those_of_the_settings() {
    let cases = [
        (PolicySpec::named("consecutive").with("successes", ParamValue::Count(4)), 4),
        (PolicySpec::named("haproxy").with("rise", ParamValue::Count(5)), 5),
        (PolicySpec::named("consul").with("success_before_passing", ParamValue::Count(3)), 3),
        (PolicySpec::named("consul"), 1),
        (PolicySpec::named("kubernetes_probes").with("readiness_successes", ParamValue::Count(6)), 6),
        (PolicySpec::named("kubernetes_node_lease"), 1),
        (PolicySpec::named("phi_accrual"), 1),
    ];
    for (spec, expected) in cases {
        let detector = build_detector(&spec).expect("is in the catalogue");
        assert_eq!(detector.successes_to_recover(), expected, "{spec:?}");
    }
}

#[test]
fn history_keeps_the_newest_pauses_with_their_mean_and_deviation() {
    // Pauses (ms), most kept, mean, standard deviation, number kept.
    let cases: [(&[u64], u32, f64, f64, usize); 4] = [
        (&[100, 200, 125, 340, 130], 20, 179.0, 87.08616422830896, 5),
        (&[100, 110, 90], 3, 100.0, 8.164965809277223, 3),
        (&[100, 110, 90, 140, 80], 3, 103.33333333333333, 26.246692913372698, 3),
        (&[750, 1250], 1000, 1000.0, 250.0, 2),
    ];
    for (pauses, samples_max, mean, deviation, kept) in cases {
        let mut window = PauseWindow::default();
        pauses.iter().for_each(|pause| window.push(Duration::from_millis(*pause), samples_max));
        assert!(close(window.mean() / 1e6, mean, 1e-9), "{pauses:?}");
        assert!(close(window.std_deviation() / 1e6, deviation, 1e-9), "{pauses:?}");
        assert_eq!(window.pauses().len(), kept, "{pauses:?}");
    }
}

#[test]
fn phi_follows_heartbeats_as_in_akka() {
    // Threshold, acceptable pause (ms), and a script: `beat at`, `beats at count every`, `phi at value`,
    // `available at yes`.
    let cases = [
        (8.0, 0, "phi 0 0.0; phi 1 0.0"),
        (8.0, 0, "beat 0; phi 100 5.130210335484487e-05; beat 200; phi 300 0.031512293787066534"),
        (3.0, 0, "beat 0; beat 1000; beat 1100; available 1200 true; available 8200 false"),
        (
            8.0,
            3000,
            "beats 0 1000 1000; available 1299000 false; beat 1299100; available 1300000 true; beat 1300100; available 1307100 false; beat 1307200; available 1308100 true; beat 1308200; available 1309100 true",
        ),
        (
            8.0,
            3000,
            "beat 0; beat 1000; beat 2000; beat 3000; beat 4000; beat 5000; available 5500 true; beat 6000; available 11000 false",
        ),
        (
            8.0,
            3000,
            "beats 0 60 1000; available 62000 true; available 63000 true; available 63300 true; available 63500 true; available 63540 false; available 63545 false; available 63550 false; available 63555 false; available 63560 false; available 63600 false; available 64000 false; available 67000 false",
        ),
        (
            8.0,
            3000,
            "beats 0 60 1000; phi 59500 0.0; phi 60000 0.0; phi 62000 0.0; phi 62900 0.0750330321409399; phi 63100 0.7995083208395598; phi 63300 2.9094753264849538; phi 63500 7.299947394460206; phi 63700 15.368525622645256",
        ),
    ];
    for (threshold, pause_ms, script) in cases {
        let settings = PhiSettings {
            threshold,
            min_std_deviation: Duration::from_millis(100),
            acceptable_heartbeat_pause: Duration::from_millis(pause_ms),
            first_heartbeat_estimate: Duration::from_millis(1_000),
            max_sample_size: 1_000,
            tail: PhiTail::Logistic,
        };
        let mut heartbeats = Heartbeats::default();
        script.split("; ").for_each(|line| run_heartbeat(&mut heartbeats, &settings, line));
    }
}

#[test]
fn consecutive_counts_as_haproxy_does() {
    // Rise, fall, up at first, checks, state after each (`U` up, `d` down).
    let cases = [
        (2, 3, true, "FFF", "UUd"),
        (2, 3, false, "PP", "dU"),
        (1, 1, true, "FPFP", "dUdU"),
        (3, 5, false, "PPPFFFFF", "ddUUUUUd"),
        (2, 4, true, "FFFPFFFF", "UUUUUUUd"),
    ];
    for (rise, fall, up, checks, states) in cases {
        let mut nodes = Script::new(Box::new(Consecutive::new(fall, rise)));
        if !up {
            (0..fall).for_each(|_| _ = nodes.probe(Err(FailureCause::Crashed), 0));
        }
        let mut got = String::new();
        for check in checks.chars() {
            let outcome = if check == 'P' { Ok(()) } else { Err(FailureCause::Crashed) };
            let judgement = nodes.probe(outcome, 2_000);
            got.push(if judgement.verdict == Verdict::Failed { 'd' } else { 'U' });
        }
        assert_eq!(got, states, "rise {rise} fall {fall} checks {checks}");
    }
}

#[test]
fn consecutive_needs_so_many_of_each_in_a_row() {
    check(
        "consecutive",
        "+5 -5 -5 +5 -5 -5 -5 -5 +5 -5 +5 +5 -5 reset -5",
        &expect![[r#"
        5s + Healthy: 0 misses, silent 0s, score 0.000 of 3
        10s - Suspect: 1 misses, silent 5s, score 1.000 of 3
        15s - Suspect: 2 misses, silent 10s, score 2.000 of 3
        20s + Healthy: 0 misses, silent 0s, score 0.000 of 3
        25s - Suspect: 1 misses, silent 5s, score 1.000 of 3
        30s - Suspect: 2 misses, silent 10s, score 2.000 of 3
        35s - Failed: 3 misses, silent 15s, score 3.000 of 3
        40s - Failed: 4 misses, silent 20s, score 4.000 of 3
        45s + Failed: 0 misses, silent 0s, score 0.000 of 3
        50s - Failed: 1 misses, silent 5s, score 1.000 of 3
        55s + Failed: 0 misses, silent 0s, score 0.000 of 3
        1m + Healthy: 0 misses, silent 0s, score 0.000 of 3
        1m5s - Suspect: 1 misses, silent 5s, score 1.000 of 3
        reset
        1m10s - Suspect: 1 misses, silent 5s, score 1.000 of 3
    "#]],
    );
}

#[test]
fn deadline_counts_the_silence_from_the_last_good_answer_or_the_start() {
    check(
        "deadline",
        "-6 -5 -5 +1 -6 -5 -0.999999999 -0.000000001 reset -6 -5 -5",
        &expect![[r#"
        6s - Suspect: 1 misses, silent 6s, score 6.000 of 12
        11s - Suspect: 2 misses, silent 11s, score 11.000 of 12
        16s - Failed: 3 misses, silent 16s, score 16.000 of 12
        17s + Healthy: 0 misses, silent 0s, score 0.000 of 12
        23s - Suspect: 1 misses, silent 6s, score 6.000 of 12
        28s - Suspect: 2 misses, silent 11s, score 11.000 of 12
        28.999999999s - Suspect: 3 misses, silent 11.999999999s, score 12.000 of 12
        29s - Failed: 4 misses, silent 12s, score 12.000 of 12
        reset
        35s - Suspect: 1 misses, silent 6s, score 6.000 of 12
        40s - Suspect: 2 misses, silent 11s, score 11.000 of 12
        45s - Failed: 3 misses, silent 16s, score 16.000 of 12
    "#]],
    );
}

#[test]
fn phi_accrual_learns_the_pace_and_fails_the_silent() {
    check(
        "phi_accrual",
        "-6 -5 -5 -5 +5 +5 +5 +5 +5 +5 -6 -5 -5 +5 reset -6 -5 -5",
        &expect![[r#"
        6s - Suspect: 1 misses, silent 6s, score 0.025 of 8
        11s - Suspect: 2 misses, silent 11s, score 2.092 of 8
        16s - Failed: 3 misses, silent 16s, score 12.474 of 8
        21s - Failed: 4 misses, silent 21s, score 41.689 of 8
        26s + Healthy: 0 misses, silent 0s, score 0.000 of 8
        31s + Healthy: 0 misses, silent 0s, score 0.000 of 8
        36s + Healthy: 0 misses, silent 0s, score 0.000 of 8
        41s + Healthy: 0 misses, silent 0s, score 0.000 of 8
        46s + Healthy: 0 misses, silent 0s, score 0.000 of 8
        51s + Healthy: 0 misses, silent 0s, score 0.000 of 8
        57s - Suspect: 1 misses, silent 6s, score 0.001 of 8
        1m2s - Suspect: 2 misses, silent 11s, score 5.889 of 8
        1m7s - Failed: 3 misses, silent 16s, score 60.912 of 8
        1m12s + Healthy: 0 misses, silent 0s, score 0.000 of 8
        reset
        1m18s - Suspect: 1 misses, silent 6s, score 0.025 of 8
        1m23s - Suspect: 2 misses, silent 11s, score 2.092 of 8
        1m28s - Failed: 3 misses, silent 16s, score 12.474 of 8
    "#]],
    );
}

proptest! {
    #[test]
    fn judgements_are_finite_and_good_answers_heal_in_the_end(
        detector in prop::sample::select(&HEALING[..]),
        steps in prop::collection::vec((any::<bool>(), prop_oneof![0_u64..20_000, any::<u64>()], 0_u32..5), 0..80),
    ) {
        let mut detector = build_detector(&PolicySpec::named(detector)).expect("is in the catalogue");
        let mut health = [NodeHealth::default(); 5];
        let mut now = Instant::ZERO;
        for (ok, wait_ms, node) in steps {
            now += Duration::from_millis(wait_ms);
            let outcome = if ok { ProbeOutcome::Success } else { ProbeOutcome::Failure(FailureCause::Crashed) };
            let health = &mut health[node as usize];
            count(health, now, outcome);
            let judgement = detector.observe(now, NodeId(node), health, outcome);
            prop_assert!(judgement.evidence.score.is_finite() && judgement.evidence.score >= 0.0);
            prop_assert!(judgement.evidence.threshold.is_finite());
            match judgement.verdict {
                Verdict::Healthy => prop_assert!(ok),
                Verdict::Suspect => prop_assert!(!ok),
                Verdict::Failed => prop_assert!(!ok || health.successes < 2),
            }
        }
    }

    #[test]
    fn a_node_is_judged_by_its_own_probes_only(
        detector in prop::sample::select(&LOCAL[..]),
        steps in prop::collection::vec((any::<bool>(), 0_u64..20_000, any::<bool>()), 0..60),
    ) {
        let mut alone = build_detector(&PolicySpec::named(detector)).expect("is in the catalogue");
        let mut shared = build_detector(&PolicySpec::named(detector)).expect("is in the catalogue");
        let (mut health, mut other, mut now) = (NodeHealth::default(), NodeHealth::default(), Instant::ZERO);
        for (ok, wait_ms, mine) in steps {
            now += Duration::from_millis(wait_ms);
            let outcome = if ok { ProbeOutcome::Success } else { ProbeOutcome::Failure(FailureCause::Crashed) };
            if mine {
                count(&mut health, now, outcome);
                let judgement = alone.observe(now, NodeId(3), &health, outcome);
                prop_assert_eq!(judgement, shared.observe(now, NodeId(3), &health, outcome));
            } else {
                count(&mut other, now, outcome);
                shared.observe(now, NodeId(1), &other, outcome);
            }
        }
    }
}

/// Runs a script of one node's probes: `+5` good and `-5` bad answer five seconds later, `reset`.
#[track_caller]
fn check(detector: &str, script: &str, expected: &Expect) {
    check_spec(&PolicySpec::named(detector), script, expected);
}

/// As [`check`], with parameters.
#[track_caller]
pub(super) fn check_spec(detector: &PolicySpec, script: &str, expected: &Expect) {
    let mut nodes = Script::new(build_detector(detector).expect("is in the catalogue"));
    let mut text = String::new();
    for word in script.split(' ') {
        if word == "reset" {
            nodes.health = NodeHealth { last_success: nodes.now, ..NodeHealth::default() };
            nodes.detector.reset(nodes.now, NodeId(0));
            text += "reset\n";
            continue;
        }
        let (sign, wait) = word.split_at(1);
        let wait: f64 = wait.parse().expect("a number of seconds");
        nodes.now += Duration::from_secs_f64(wait);
        let outcome = if sign == "+" { Ok(()) } else { Err(FailureCause::Unresponsive) };
        let judgement = nodes.probe(outcome, 0);
        let Evidence { misses, silent_for, score, threshold, .. } = judgement.evidence;
        text += &format!(
            "{} {sign} {:?}: {misses} misses, silent {silent_for}, score {score:.3} of {threshold}\n",
            nodes.now, judgement.verdict
        );
    }
    expected.assert_eq(&text);
}

/// One node under a detector.
struct Script {
    detector: Box<dyn FailureDetector>,
    health: NodeHealth,
    now: Instant,
}

impl Script {
    fn new(detector: Box<dyn FailureDetector>) -> Self {
        Self { detector, health: NodeHealth::default(), now: Instant::ZERO }
    }

    fn probe(&mut self, outcome: Result<(), FailureCause>, wait_ms: u64) -> Judgement {
        self.now += Duration::from_millis(wait_ms);
        let outcome = outcome.map_or_else(ProbeOutcome::Failure, |()| ProbeOutcome::Success);
        count(&mut self.health, self.now, outcome);
        self.detector.observe(self.now, NodeId(0), &self.health, outcome)
    }
}

/// Counts an outcome as the health monitor does before it asks the detector.
fn count(health: &mut NodeHealth, now: Instant, outcome: ProbeOutcome) {
    *health = match outcome {
        ProbeOutcome::Success => {
            NodeHealth { successes: health.successes + 1, failures: 0, last_success: now }
        }
        ProbeOutcome::Failure(_) => NodeHealth { successes: 0, failures: health.failures + 1, ..*health },
    };
}

fn run_heartbeat(heartbeats: &mut Heartbeats, settings: &PhiSettings, line: &str) {
    let words: alloc::vec::Vec<&str> = line.split(' ').collect();
    let number = |index: usize| words[index].parse::<u64>().expect("a whole number");
    let at = |ms: u64| Instant::ZERO + Duration::from_millis(ms);
    match words[0] {
        "beat" => heartbeats.heard(at(number(1)), settings),
        "beats" => {
            (0..number(2)).for_each(|beat| heartbeats.heard(at(number(1) + beat * number(3)), settings))
        }
        "phi" => {
            let expected: f64 = words[2].parse().expect("a number");
            let got = heartbeats.phi(at(number(1)), settings);
            assert!(close(got, expected, 1e-6), "{line}: got {got}");
        }
        "available" => {
            let available = heartbeats.is_available(at(number(1)), settings);
            assert_eq!(format!("{available}"), words[2], "{line}");
        }
        other => panic!("unknown command {other}"),
    }
}

fn close(got: f64, want: f64, tolerance: f64) -> bool {
    (got - want).abs() <= tolerance.max(tolerance * want.abs())
}
