//! Paired comparison, sequential looks, many comparisons.

use super::intervals::DRUG_1;
use super::{Random, close, ends, share};
use cusinart_report::{Estimate, Interval, holm, paired, spending, t_quantile};
use proptest::prelude::*;

/// Hours of sleep gained by the same patients on the second drug.
const DRUG_2: [f64; 10] = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

#[test]
fn students_sleep_data_give_students_result() {
    // By SciPy 1.17 (`ttest_rel`, `ttest_ind` with unequal variances, `pearsonr`). The paired test of these data is the
    // example of R's `t.test`, which prints t = 4.0621, p = 0.002833 and 0.7001142 to 2.4598858.
    let found = paired(&DRUG_1, &DRUG_2, 0.95).expect("the arms match");
    close(found.difference.value, 1.58, 1e-14, "difference");
    assert_eq!(found.difference.count, 10);
    ends(found.difference.interval, 0.700_114_236_723_017_5, 2.459_885_763_276_983);
    close(found.mean_a, 0.75, 1e-15, "mean of a");
    close(found.mean_b, 2.33, 1e-15, "mean of b");
    close(found.correlation.expect("both vary"), 0.795_170_205_833_577_9, 1e-12, "correlation");
    close(found.effect_size.expect("they vary"), 1.284_557_562_591_054_6, 1e-12, "effect size");
    close(found.p_value.expect("several"), 0.002_832_890_197_384_273, 1e-11, "p value");
    close(found.narrowing.expect("they vary"), 2.029_221_639_025_033, 1e-10, "narrowing");
}

#[test]
fn identical_arms_do_not_differ_at_all() {
    for n in 2..30 {
        let found = paired(&DRUG_2.repeat(3)[..n], &DRUG_2.repeat(3)[..n], 0.95).expect("the arms match");
        let interval = Some(Interval { low: 0.0, high: 0.0 });
        assert_eq!(found.difference, Estimate { value: 0.0, interval, count: n as u32 });
        assert_eq!((found.p_value, found.narrowing, found.effect_size), (Some(1.0), None, None));
        close(found.correlation.expect("the arm varies"), 1.0, 1e-14, "correlation");
    }
}

#[test]
fn constant_differences_are_certain() {
    // In binary 0.7 + 0.1 - 0.7 and 3.4 + 0.1 - 3.4 are not the same number.
    for step in [1.0, 0.1, -0.3] {
        let found = paired(&DRUG_1, &DRUG_1.map(|value| value + step), 0.95).expect("the arms match");
        assert_eq!((found.p_value, found.effect_size, found.narrowing), (Some(0.0), None, None));
        close(found.difference.value, step, 1e-14, "difference");
        let interval = found.difference.interval.expect("several");
        assert_eq!((interval.low, interval.high), (found.difference.value, found.difference.value));
    }
    let rounded = DRUG_1.map(|value| (value * 3.0) / 3.0 + f64::EPSILON * value);
    assert_eq!(paired(&DRUG_1, &rounded, 0.95).and_then(|found| found.p_value), Some(1.0));
}

#[test]
fn arms_that_cannot_be_compared_give_nothing() {
    assert_eq!(paired(&[], &[], 0.95), None);
    assert_eq!(paired(&[1.0], &[1.0, 2.0], 0.95), None);
    assert_eq!(paired(&[1.0, f64::NAN], &[1.0, 2.0], 0.95), None);
    assert_eq!(paired(&[f64::MAX, 1.0], &[f64::MIN, 2.0], 0.95), None);
    let one = paired(&[1.0], &[3.0], 0.95).expect("the arms match");
    assert_eq!(one.difference, Estimate { value: 2.0, interval: None, count: 1 });
    assert_eq!((one.p_value, one.effect_size, one.narrowing, one.correlation), (None, None, None, None));
    let still = paired(&[1.0, 1.0, 1.0], &[1.0, 2.0, 4.0], 0.95).expect("the arms match");
    assert_eq!(still.correlation, None);
    close(still.narrowing.expect("they vary"), 1.0, 1e-14, "nothing is gained by pairing with a constant");
}

#[test]
fn error_is_spent_as_lan_and_demets_say() {
    let cases = [
        (0.05, 0.125, 9.728364727400587e-03),
        (0.05, 0.25, 1.786870097543942e-02),
        (0.05, 0.5, 3.100572534791388e-02),
        (0.05, 0.75, 4.139944696214349e-02),
        (0.01, 0.5, 6.201145069582775e-03),
        (0.001, 0.125, 1.945672945480117e-04),
        (0.05, 0.01, 8.518431618088275e-04),
    ];
    for (alpha, share, spent) in cases {
        close(spending(alpha, share), spent, 1e-10, &format!("{alpha} {share}"));
    }
    for (alpha, share, spent) in
        [(0.05, 0.0, 0.0), (0.05, 1.0, 0.05), (0.05, 2.0, 0.05), (0.0, 0.5, 0.0), (1.0, 1.0, 1.0)]
    {
        assert_eq!(spending(alpha, share), spent);
    }
}

#[test]
fn holms_values_are_those_of_r() {
    // `p.adjust(p, "holm")`.
    let check = |p: &[f64], expected: &[f64]| {
        let found = holm(p);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            close(*found, *expected, 1e-14, "adjusted");
        }
    };
    check(&[0.01, 0.02, 0.03, 0.04], &[0.04, 0.06, 0.06, 0.06]);
    check(&[0.04, 0.01, 0.9, 0.005], &[0.08, 0.03, 0.9, 0.02]);
    check(&[0.5, 0.6, 0.7], &[1.0, 1.0, 1.0]);
    check(&[0.0, 0.2], &[0.0, 0.2]);
    check(&[], &[]);
    check(&[0.03], &[0.03]);
}

/// Looks at 8, 16, 32 and 64 pairs, each with the error that it may spend, while the arms are the same in law.
#[test]
fn looking_often_does_not_raise_the_error() {
    let looks = [8, 16, 32, 64];
    let mut random = Random::new(3);
    let wrong = share(10_000, |_| {
        let (a, b): (Vec<f64>, Vec<f64>) = (0..64)
            .map(|_| {
                let common = random.normal();
                (common + random.normal(), common + random.normal())
            })
            .unzip();
        let mut spent = 0.0;
        looks.iter().any(|&look| {
            let total = spending(0.05, look as f64 / 64.0);
            let now = total - spent;
            spent = total;
            let found = paired(&a[..look], &b[..look], 1.0 - now).and_then(|found| found.difference.interval);
            let interval = found.expect("there are several pairs");
            interval.low > 0.0 || interval.high < 0.0
        })
    });
    // The union bound is too strict, since the looks share their pairs.
    assert!((0.02..=0.05).contains(&wrong), "{wrong}: at most 0.05");
}

proptest! {
    #[test]
    fn swapping_the_arms_turns_the_sign(
        pairs in prop::collection::vec((-1e3_f64..1e3, -1e3_f64..1e3), 2..40), confidence in 0.5_f64..0.9999,
    ) {
        let (a, b): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let there = paired(&a, &b, confidence).expect("the arms match");
        let back = paired(&b, &a, confidence).expect("the arms match");
        let (one, other) = (there.difference.interval.expect("several"), back.difference.interval.expect("several"));
        prop_assert_eq!(there.difference.value, -back.difference.value);
        prop_assert_eq!((one.low, one.high), (-other.high, -other.low));
        prop_assert_eq!((there.p_value, there.correlation), (back.p_value, back.correlation));
    }

    #[test]
    fn interval_and_p_value_agree(
        pairs in prop::collection::vec((-10.0_f64..10.0, -9.0_f64..11.0), 2..40), alpha in 0.0001_f64..0.5,
    ) {
        let (a, b): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let found = paired(&a, &b, 1.0 - alpha).expect("the arms match");
        let interval = found.difference.interval.expect("several");
        let excludes = interval.low > 0.0 || interval.high < 0.0;
        let p = found.p_value.expect("several");
        prop_assume!((p - alpha).abs() > 1e-9);
        prop_assert_eq!(excludes, p < alpha);
        let half = (interval.high - interval.low) / 2.0;
        let t = t_quantile(1.0 - alpha / 2.0, a.len() as f64 - 1.0);
        let size = found.effect_size.expect("they vary");
        let expected = found.difference.value / size * t / libm::sqrt(a.len() as f64);
        prop_assume!(found.difference.value.abs() > 1e-6);
        prop_assert!((half - expected).abs() <= 1e-9 * expected);
    }

    #[test]
    fn spending_rises_and_ends_at_alpha(alpha in 1e-6_f64..0.5, share in 0.01_f64..0.98) {
        prop_assert!(spending(alpha, share) < spending(alpha, share + 0.01));
        prop_assert!(spending(alpha, share) < alpha);
    }

    #[test]
    fn holm_keeps_order_and_lies_between_no_correction_and_bonferroni(p in prop::collection::vec(0.0_f64..=1.0, 1..20)) {
        let adjusted = holm(&p);
        for (one, more) in p.iter().zip(&adjusted) {
            prop_assert!(one <= more && *more <= (one * p.len() as f64).min(1.0));
        }
        for (one, adjusted_one) in p.iter().zip(&adjusted) {
            for (other, adjusted_other) in p.iter().zip(&adjusted) {
                prop_assert!(one > other || adjusted_one <= adjusted_other);
            }
        }
    }
}
