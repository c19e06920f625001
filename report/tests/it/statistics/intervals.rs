//! Intervals of means, quantiles and shares.

use super::{Random, close, ends, share};
use cusinart_report::{Estimate, Interval, mean_interval, quantile_interval};
use proptest::prelude::*;

/// Hours of sleep gained by ten patients on the first drug ("Student", Biometrika 6 (1908) 20).
pub(super) const DRUG_1: [f64; 10] = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];

#[test]
fn mean_has_students_interval() {
    // Ends by SciPy 1.17, `ttest_1samp(...).confidence_interval(...)`.
    let at = |confidence| mean_interval(&DRUG_1, confidence).expect("there are values");
    close(at(0.95).value, 0.75, 1e-15, "mean");
    assert_eq!(at(0.95).count, 10);
    ends(at(0.95).interval, -0.529_780_413_526_232_1, 2.029_780_413_526_232);
    ends(at(0.9999).interval, -2.980_273_900_821_119_4, 4.480_273_900_821_119);
}

#[test]
fn few_equal_or_unusable_values_are_no_trouble() {
    assert_eq!(mean_interval(&[], 0.95), None);
    assert_eq!(mean_interval(&[3.0], 0.95), Some(Estimate { value: 3.0, interval: None, count: 1 }));
    for n in 2..40 {
        let equal = mean_interval(&vec![0.1; n], 0.95).expect("there are values");
        assert_eq!(equal.value, 0.1);
        assert_eq!(equal.interval, Some(Interval { low: 0.1, high: 0.1 }));
    }
    assert_eq!(mean_interval(&[1.0, f64::NAN], 0.95), None);
    assert_eq!(mean_interval(&[1.0, f64::INFINITY], 0.95), None);
    for confidence in [0.0, 1.0, -1.0, 2.0, f64::NAN] {
        assert_eq!(mean_interval(&DRUG_1, confidence).and_then(|mean| mean.interval), None);
        assert_eq!(quantile_interval(&DRUG_1, 0.5, confidence).and_then(|found| found.interval), None);
    }
}

#[test]
fn small_differences_of_large_values_are_kept() {
    let values = [1e15 + 1.0, 1e15 + 2.0, 1e15 + 3.0];
    let found = mean_interval(&values, 0.95).expect("there are values");
    assert_eq!(found.value, 1e15 + 2.0);
    let interval = found.interval.expect("there are several");
    close(
        interval.high - found.value,
        2.484_137_711_770_27,
        0.06,
        "half width, to the spacing of such floats",
    );
    let cancelling = mean_interval(&[1e100, 1.0, -1e100, 1.0], 0.95).expect("there are values");
    assert_eq!(cancelling.value, 0.5);
}

#[test]
fn values_of_any_size_have_finite_means() {
    for scale in [1e-320, 1e-200, 1.0, 1e200, 1e307] {
        let found = mean_interval(&DRUG_1.map(|value| value * scale), 0.95).expect("there are values");
        close(found.value, 0.75 * scale, 2e-3, "mean");
        let interval = found.interval.expect("there are several");
        close(interval.high, 2.029_780_413_526_232 * scale, 2e-3, "high");
    }
    let widest = mean_interval(&[f64::MAX, f64::MIN], 0.95).expect("there are values");
    assert_eq!(
        widest,
        Estimate { value: 0.0, interval: Some(Interval { low: f64::MIN, high: f64::INFINITY }), count: 2 }
    );
}

#[test]
fn intervals_of_quantiles_lie_at_the_ranks_of_the_tables() {
    // Ranks by SciPy's `binom`; those of the median stand in tables of order-statistic intervals as well.
    let cases = [
        (6, 0.5, 0.95, 1, 6),
        (8, 0.5, 0.95, 1, 8),
        (10, 0.5, 0.95, 2, 9),
        (15, 0.5, 0.95, 4, 12),
        (20, 0.5, 0.95, 6, 15),
        (30, 0.5, 0.95, 10, 21),
        (50, 0.5, 0.95, 18, 33),
        (100, 0.5, 0.95, 40, 61),
        (10, 0.5, 0.99, 1, 10),
        (25, 0.5, 0.99, 6, 20),
        (100, 0.9, 0.95, 84, 96),
        (100, 0.95, 0.95, 90, 100),
        (73, 0.95, 0.95, 65, 73),
        (1000, 0.99, 0.95, 983, 997),
        (3000, 0.5, 0.95, 1446, 1555),
        (2000, 0.99, 0.9999, 1961, 1996),
        (5, 0.5, 0.9375, 1, 5),
    ];
    for (n, q, confidence, low, high) in cases {
        let found = quantile_interval(&ranks(n), q, confidence).expect("there are values");
        assert_eq!(found.count, n);
        let expected = Interval { low: f64::from(low), high: f64::from(high) };
        assert_eq!(found.interval, Some(expected), "{n} {q} {confidence}");
    }
    for (n, q, confidence) in [(5, 0.5, 0.95), (71, 0.95, 0.95), (8, 0.25, 0.9), (1, 0.5, 0.01)] {
        let found = quantile_interval(&ranks(n), q, confidence).expect("there are values");
        assert_eq!(found.interval, None, "{n} {q} {confidence}");
    }
}

#[test]
fn quantiles_may_be_times_that_never_come() {
    let never = f64::INFINITY;
    let values = [never, 3.0, 1.0, never, 2.0, never, never, never];
    let found = quantile_interval(&values, 0.5, 0.95).expect("there are values");
    assert_eq!(
        found,
        Estimate { value: never, interval: Some(Interval { low: 1.0, high: never }), count: 8 }
    );
    let text = r#"{"value":null,"interval":{"low":1.0,"high":null},"count":8}"#;
    assert_eq!(serde_json::to_string(&found).expect("it has text keys"), text);
    assert_eq!(serde_json::from_str::<Estimate>(text).expect("it was written like this"), found);
    assert_eq!(quantile_interval(&[1.0, f64::NAN], 0.5, 0.95), None);
    assert_eq!(quantile_interval(&[1.0, f64::NEG_INFINITY], 0.5, 0.95), None);
    assert_eq!(quantile_interval(&[], 0.5, 0.95), None);
    for q in [-0.1, 1.1, f64::NAN] {
        assert_eq!(quantile_interval(&DRUG_1, q, 0.95), None);
    }
    for (q, value) in [(0.0, -1.6), (1.0, 3.7)] {
        let end = quantile_interval(&DRUG_1, q, 0.95).expect("there are values");
        assert_eq!((end.value, end.interval), (value, None));
    }
}

#[test]
fn intervals_of_means_hold_what_they_promise() {
    let mut random = Random::new(1);
    let covered = |n: usize, random: &mut Random| {
        share(2_000, |_| {
            let values: Vec<f64> = (0..n).map(|_| 5.0 + 2.0 * random.normal()).collect();
            let interval = mean_interval(&values, 0.95).and_then(|mean| mean.interval).expect("several");
            interval.low <= 5.0 && 5.0 <= interval.high
        })
    };
    for n in [2, 5, 10, 30] {
        let covered = covered(n, &mut random);
        assert!((0.93..=0.97).contains(&covered), "{n}: {covered}");
    }
}

#[test]
fn intervals_of_quantiles_hold_what_they_promise() {
    let mut random = Random::new(2);
    for (n, q) in [(8, 0.5), (20, 0.5), (64, 0.9), (100, 0.95)] {
        let truth = -libm::log(1.0 - q);
        let covered = share(2_000, |_| {
            let values: Vec<f64> = (0..n).map(|_| random.exponential()).collect();
            let found = quantile_interval(&values, q, 0.95).and_then(|found| found.interval).expect("enough");
            found.low <= truth && truth <= found.high
        });
        assert!(covered >= 0.95, "{n} {q}: {covered}");
    }
}

proptest! {
    #[test]
    fn ranks_enclose_a_quantile_with_at_least_the_confidence(
        n in 1_u32..400, q in 0.02_f64..0.98, confidence in 0.5_f64..0.999,
    ) {
        let Some(found) = quantile_interval(&ranks(n), q, confidence).and_then(|found| found.interval) else {
            // Then even the whole range would not do on one of its sides.
            let count = f64::from(n);
            let outside = libm::pow(q, count).max(libm::pow(1.0 - q, count));
            prop_assert!(outside > (1.0 - confidence) / 2.0 * 0.999_999);
            return Ok(());
        };
        let chance = |k: u32| {
            let ways = libm::lgamma(f64::from(n) + 1.0)
                - libm::lgamma(f64::from(k) + 1.0)
                - libm::lgamma(f64::from(n - k) + 1.0);
            libm::exp(ways + f64::from(k) * libm::log(q) + f64::from(n - k) * libm::log(1.0 - q))
        };
        let inside: f64 = (found.low as u32..found.high as u32).map(chance).sum();
        prop_assert!(inside >= confidence - 1e-9, "{inside}");
    }

    #[test]
    fn more_confidence_is_wider(values in prop::collection::vec(-1e3_f64..1e3, 2..50), low in 0.1_f64..0.9) {
        let width = |confidence| {
            let interval = mean_interval(&values, confidence).and_then(|mean| mean.interval).expect("several");
            interval.high - interval.low
        };
        prop_assert!(width(low) <= width(low + 0.05));
        prop_assert!(width(0.99) <= width(0.999_999_999_999));
    }

    #[test]
    fn order_of_values_does_not_matter_to_quantiles(
        values in prop::collection::vec(-1e3_f64..1e3, 1..50), q in 0.0_f64..1.0,
    ) {
        let reversed: Vec<f64> = values.iter().rev().copied().collect();
        prop_assert_eq!(quantile_interval(&values, q, 0.9), quantile_interval(&reversed, q, 0.9));
    }
}

/// The values 1 to `n`, so that values are ranks.
fn ranks(n: u32) -> Vec<f64> {
    (1..=n).map(f64::from).collect()
}
