//! Breakers beyond the vectors: windows that turn, and states that end.

use super::*;
use crate::catalogue::{ParamValue, PolicySpec, build_breaker};
use crate::{Duration, Instant};

#[test]
fn a_window_of_calls_forgets_the_oldest() {
    let settings = BreakerSettings {
        window: BreakerWindow::Calls(4),
        minimum_calls: 100,
        failure_rate_threshold_pct: 75.0,
        ..BreakerSettings::default()
    };
    let mut breaker = CircuitBreaker::new(settings);
    // Two failures leave the window before the third and fourth come.
    for ok in [false, false, true, true, true, true, false, false, true] {
        breaker.result(at(0), ok, Duration::ZERO);
        assert_eq!(breaker.state(), BreakerState::Closed);
    }
    breaker.result(at(1), false, Duration::ZERO);
    assert_eq!(breaker.state(), BreakerState::Open { since: at(1) }, "three of the last four");
}

#[test]
fn a_window_of_seconds_forgets_what_is_older_even_when_it_slept_for_long() {
    let settings =
        BreakerSettings { window: BreakerWindow::Seconds(2), minimum_calls: 2, ..BreakerSettings::default() };
    let mut breaker = CircuitBreaker::new(settings);
    for second in [0, 2, 1_000_000, 1_000_002] {
        breaker.result(at(second), false, Duration::ZERO);
        assert_eq!(breaker.state(), BreakerState::Closed, "one call at {second}");
    }
    breaker.result(at(1_000_003), true, Duration::ZERO);
    assert_eq!(breaker.state(), BreakerState::Open { since: at(1_000_003) }, "one of two");
}

#[test]
fn a_breaker_that_closes_again_starts_with_an_empty_window() {
    let settings = BreakerSettings {
        window: BreakerWindow::Calls(2),
        minimum_calls: 2,
        permitted_in_half_open: 1,
        wait_in_open: Duration::from_secs(5),
        ..BreakerSettings::default()
    };
    let mut breaker = CircuitBreaker::new(settings);
    for _ in 0..2 {
        breaker.result(at(0), false, Duration::ZERO);
    }
    breaker.result(at(1), true, Duration::ZERO);
    assert_eq!(breaker.state(), BreakerState::Open { since: at(0) }, "results while open change nothing");
    assert!(breaker.acquire(at(6)) && !breaker.acquire(at(6)));
    breaker.result(at(6), true, Duration::ZERO);
    breaker.result(at(7), false, Duration::ZERO);
    assert_eq!(breaker.state(), BreakerState::Closed, "one call of two");
}

#[test]
fn slow_calls_open_it_like_failed_ones() {
    let settings = BreakerSettings {
        window: BreakerWindow::Calls(2),
        slow_call_duration: Duration::from_secs(4),
        ..BreakerSettings::default()
    };
    let mut breaker = CircuitBreaker::new(settings);
    breaker.result(at(0), true, Duration::from_secs(5));
    breaker.result(at(0), true, Duration::from_secs(4));
    assert_eq!(breaker.state(), BreakerState::Closed, "exactly the limit is not slow");
    for _ in 0..2 {
        breaker.result(at(0), true, Duration::from_secs(5));
    }
    assert_eq!(breaker.state(), BreakerState::Open { since: at(0) });
}

#[test]
fn a_consecutive_breaker_counts_from_the_last_success() {
    let settings = ConsecutiveBreakerSettings { max_failures: 2, ..ConsecutiveBreakerSettings::default() };
    let mut breaker = ConsecutiveBreaker::new(settings);
    for (ok, failures) in [(false, 1), (true, 0), (false, 1)] {
        breaker.response(at(0), ok);
        assert_eq!(breaker.state(at(0)), ConsecutiveState::Open { failures });
    }
    breaker.response(at(0), false);
    let backoff = Duration::from_secs(1);
    assert_eq!(breaker.state(at(0)), ConsecutiveState::Shut { until: at(1), backoff });
    breaker.response(at(0), true);
    assert_eq!(breaker.state(at(1)), ConsecutiveState::Probation { backoff }, "a late response is ignored");
}

#[test]
fn a_breaker_of_the_catalogue_tells_each_change_once_with_its_reason() {
    let spec = PolicySpec::named("count_window")
        .with("calls", ParamValue::Count(4))
        .with("failure_rate", ParamValue::Ratio(0.75))
        .with("half_open_calls", ParamValue::Count(2));
    let mut breaker = build_breaker(&spec).expect("it is in the catalogue");
    for ok in [true, false, false] {
        assert!(breaker.acquire(at(0)));
        breaker.result(at(0), ok, Duration::ZERO);
        assert_eq!(breaker.take_change(), None);
    }
    breaker.result(at(1), false, Duration::ZERO);
    let reason = BreakerReason::FailureRate { failed_pct: 75.0, threshold_pct: 75.0, calls: 4 };
    let opened = BreakerChange::Opened { reason, trial: false, stays: Duration::from_secs(60) };
    assert_eq!((breaker.take_change(), breaker.take_change()), (Some(opened), None));
    assert!(!breaker.acquire(at(61)), "not yet longer than the wait");
    assert!(breaker.acquire(at(62)));
    assert_eq!(breaker.take_change(), Some(BreakerChange::HalfOpened { calls: 2 }));
    assert!(breaker.acquire(at(62)) && !breaker.acquire(at(62)), "two may try");
    breaker.release();
    assert!(breaker.acquire(at(63)) && !breaker.acquire(at(63)), "one came to nothing, another may try");
    breaker.result(at(63), true, Duration::ZERO);
    breaker.result(at(63), true, Duration::ZERO);
    assert_eq!(breaker.take_change(), Some(BreakerChange::Closed { calls: 2 }));
}

#[test]
fn a_breaker_of_failures_in_a_row_lets_one_request_try_at_a_time() {
    let spec = PolicySpec::named("consecutive_failures").with("failures", ParamValue::Count(2));
    let mut breaker = build_breaker(&spec).expect("it is in the catalogue");
    breaker.result(at(0), false, Duration::ZERO);
    breaker.result(at(0), false, Duration::ZERO);
    let open = |failures, trial, seconds| {
        let reason = BreakerReason::ConsecutiveFailures { failures };
        Some(BreakerChange::Opened { reason, trial, stays: Duration::from_secs(seconds) })
    };
    assert_eq!(breaker.take_change(), open(2, false, 1));
    assert!(!breaker.acquire(at(0)));
    assert!(breaker.acquire(at(1)) && !breaker.acquire(at(2)));
    assert_eq!(breaker.take_change(), Some(BreakerChange::HalfOpened { calls: 1 }));
    breaker.release();
    assert!(breaker.acquire(at(2)));
    breaker.result(at(2), false, Duration::ZERO);
    assert_eq!(breaker.take_change(), open(1, true, 2));
    assert!(!breaker.acquire(at(3)) && breaker.acquire(at(4)));
    breaker.result(at(4), true, Duration::ZERO);
    assert!(breaker.acquire(at(4)) && breaker.acquire(at(4)));
    assert_eq!(breaker.take_change(), Some(BreakerChange::Closed { calls: 1 }));
}

fn at(seconds: u64) -> Instant {
    Instant::ZERO + Duration::from_secs(seconds)
}
