//! What holds for every limit, queue and budget.

use super::*;
use crate::{Duration, Instant};
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::cell::RefCell;
use proptest::prelude::*;

#[test]
fn an_idle_finagle_budget_forgets_its_requests_and_keeps_its_reserve() {
    let mut budget = FinagleBudget::new(at(0), Duration::from_secs(10), 1, 0.5);
    assert_eq!(budget.balance(at(0)), 10, "the reserve");
    (0..100).for_each(|_| budget.deposit(at(0)));
    assert_eq!(budget.balance(at(9_999)), 60);
    assert_eq!(budget.balance(at(30_000)), 10);
    assert!(budget.try_withdraw(at(30_000)));
    assert_eq!(budget.balance(at(30_000)), 9);
    assert_eq!(budget.balance(at(41_000)), 10, "retries are forgotten as well");
}

#[test]
fn budgets_without_share_and_reserve_allow_nothing() {
    let mut finagle = FinagleBudget::new(at(0), Duration::from_secs(10), 0, 0.0);
    let mut tower = TowerBudget::new(at(0), Duration::ZERO, 0, 0.0);
    for time in 0..50 {
        finagle.deposit(at(time));
        tower.deposit(at(time));
        assert!(!finagle.try_withdraw(at(time)) && !tower.try_withdraw(at(time)));
    }
}

#[test]
fn a_tower_budget_above_one_allows_several_retries_per_request() {
    let mut budget = TowerBudget::new(at(0), Duration::from_secs(10), 0, 3.0);
    budget.deposit(at(0));
    let granted = (0..10).filter(|_| budget.try_withdraw(at(0))).count();
    assert_eq!(granted, 3);
}

#[test]
fn a_throttled_client_stops_before_its_attempts_are_over() {
    let mut throttle = GrpcThrottle::new(4.0, 0.5);
    assert_eq!(throttle.failed(1, 3), RetryDecision::Retry);
    assert_eq!(throttle.failed(2, 3), RetryDecision::Throttled);
    throttle.succeeded();
    throttle.succeeded();
    throttle.succeeded();
    throttle.succeeded();
    assert_eq!(throttle.failed(3, 3), RetryDecision::AttemptsExhausted);
    for _ in 0..9 {
        throttle.failed(1, 3);
    }
    assert!(throttle.tokens().abs() < f64::EPSILON);
}

#[test]
fn pauses_of_no_time_stay_so() {
    let grpc = GrpcBackoff { initial: Duration::ZERO, multiplier: 10.0, max: Duration::from_secs(1) };
    assert!(grpc.pause_ns(u32::MAX, 1.0).abs() < f64::EPSILON);
    let tower = TowerBackoff { min: Duration::from_secs(1), max: Duration::from_secs(8), jitter: 1.0 };
    assert!((tower.pause_ns(u32::MAX, 0.5) - 8e9).abs() < 1.0, "never above the longest pause");
}

#[test]
fn limits_survive_round_trips_of_no_time() {
    let sample = LimitSample { rtt: Duration::ZERO, inflight: 100, dropped: false };
    let mut vegas = Vegas::new(VegasSettings::default());
    let mut gradient = Gradient2::new(Gradient2Settings::default());
    for _ in 0..20 {
        vegas.sample(&sample);
        gradient.sample(&sample);
    }
    assert!(vegas.limit() > 20 && gradient.limit() > 20);
}

proptest! {
    #[test]
    fn limits_stay_within_their_bounds(
        samples in prop::collection::vec((0_u64..200, 0_u32..300, prop::bool::weighted(0.1)), 1..200),
    ) {
        let mut aimd = Aimd::new(AimdSettings::default());
        let mut vegas = Vegas::new(VegasSettings { max: 100, ..VegasSettings::default() });
        let mut gradient = Gradient2::new(Gradient2Settings::default());
        for (rtt_ms, inflight, dropped) in samples {
            let sample = LimitSample { rtt: Duration::from_millis(rtt_ms), inflight, dropped };
            aimd.sample(&sample);
            vegas.sample(&sample);
            gradient.sample(&sample);
            prop_assert!((20..=200).contains(&aimd.limit()));
            prop_assert!((1..=100).contains(&vegas.limit()));
            prop_assert!((20..=200).contains(&gradient.limit()));
        }
    }

    #[test]
    fn codel_serves_or_drops_each_item_once_and_in_order(
        arrivals in prop::collection::vec(0_u64..20, 1..150),
        dequeues in prop::collection::vec(0_u64..60, 1..150),
    ) {
        let times = |gaps: Vec<u64>| gaps.into_iter().scan(0, |now, gap| { *now += gap; Some(at(*now)) });
        let mut arrivals = times(arrivals).enumerate().peekable();
        let queue = RefCell::new(VecDeque::new());
        let left = RefCell::new(Vec::new());
        let mut codel = Codel::new(CodelSettings::default());
        let mut taken = 0;
        for now in times(dequeues) {
            while let Some(item) = arrivals.next_if(|(_, arrived)| *arrived <= now) {
                queue.borrow_mut().push_back(item);
            }
            let was_empty = queue.borrow().is_empty();
            let take = || {
                let mut queue = queue.borrow_mut();
                let (item, arrived) = queue.pop_front()?;
                taken += 1;
                Some(Head { item, arrived, last: queue.is_empty() })
            };
            let served = codel.dequeue(now, take, |item| left.borrow_mut().push(item));
            prop_assert_eq!(served.is_none(), was_empty, "an item waits or is served");
            left.borrow_mut().extend(served);
            prop_assert_eq!(left.borrow().len(), taken);
        }
        prop_assert!(left.borrow().iter().copied().eq(0..taken));
    }

    #[test]
    fn a_budget_grants_no_more_than_its_share_and_its_reserve(
        gaps in prop::collection::vec(0_u64..2_000, 1..300),
        percent in 1_u32..100,
    ) {
        let share = f64::from(percent) / 100.0;
        let ttl = Duration::from_secs(10);
        let mut tower = TowerBudget::new(at(0), ttl, 0, share);
        let mut finagle = FinagleBudget::new(at(0), ttl, 0, share);
        let (mut now, mut granted) = (0, [0_u32; 2]);
        for (sent, gap) in (1_u32..).zip(gaps) {
            now += gap;
            tower.deposit(at(now));
            finagle.deposit(at(now));
            granted[0] += u32::from(tower.try_withdraw(at(now)));
            granted[1] += u32::from(finagle.try_withdraw(at(now)));
            // A retry costs a whole number of tokens, which is a little more than was asked for.
            prop_assert!(f64::from(granted[1]) <= f64::from(sent) * share * 1.001 + 1.0);
            prop_assert!(f64::from(granted[0]) <= f64::from(sent) / libm::trunc(1.0 / share) + 1.0);
        }
    }
}

fn at(millis: u64) -> Instant {
    Instant::ZERO + Duration::from_millis(millis)
}
