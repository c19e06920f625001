//! Where a series has warmed up.

use super::close;
use cusinart_report::{Truncation, mser5};
use proptest::prelude::*;
use serde_json::Value;

#[test]
fn series_are_truncated_as_the_validation_cases_say() {
    let text = include_str!("../../data/statistics/mser5.json");
    let cases: Vec<Value> = serde_json::from_str(text).expect("it is JSON");
    assert_eq!(cases.len(), 3);
    for case in cases {
        let number = |key: &str| case[key].as_f64().expect("the case has it");
        let series = series(number("seed") as u64, number("n") as usize, number("bias"), number("tau"));
        let first = case["first_values"].as_array().expect("a list");
        for (found, expected) in series.iter().zip(first) {
            close(*found, expected.as_f64().expect("a number"), 1e-14, "series");
        }
        close(series[series.len() - 1], number("last_value"), 1e-14, "series");
        let found = mser5(&series).expect("it is long enough");
        assert_eq!(found.observations as f64, number("truncation_observations"), "{}", case["id"]);
        close(found.mean, number("truncated_mean"), 1e-10, "mean");
    }
}

#[test]
fn short_or_constant_series_are_kept_whole() {
    assert_eq!(mser5(&[]), None);
    assert_eq!(mser5(&[1.0; 4]), None);
    assert_eq!(mser5(&[1.0, 2.0, f64::NAN, 1.0, 1.0]), None);
    let kept = |mean| Some(Truncation { observations: 0, mean });
    assert_eq!(mser5(&[1.0, 2.0, 3.0, 4.0, 5.0, 100.0]), kept(3.0));
    assert_eq!(mser5(&[0.1; 1_000]), kept(0.1));
}

#[test]
fn a_step_is_cut_off_where_it_is() {
    let mut series = vec![50.0; 30];
    series.extend([1.0; 170]);
    assert_eq!(mser5(&series), Some(Truncation { observations: 30, mean: 1.0 }));
}

proptest! {
    /// Truncation by the definition, in quadratic time.
    #[test]
    fn truncation_is_the_least_of_all(series in prop::collection::vec(-10.0_f64..10.0, 5..300), slope in 0.0_f64..20.0) {
        let biased = |(at, value): (usize, &f64)| value + slope * libm::exp(at as f64 / -20.0);
        let series: Vec<f64> = series.iter().enumerate().map(biased).collect();
        let means: Vec<f64> = series.as_chunks::<5>().0.iter().map(|batch| batch.iter().sum::<f64>() / 5.0).collect();
        let error = |dropped: usize| {
            let kept = &means[dropped..];
            let count = kept.len() as f64;
            let mean = kept.iter().sum::<f64>() / count;
            kept.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (count * count)
        };
        let found = mser5(&series).expect("it is long enough");
        prop_assert_eq!(found.observations % 5, 0);
        let dropped = found.observations / 5;
        prop_assert!(dropped <= means.len() / 2);
        for other in 0..=means.len() / 2 {
            prop_assert!(error(dropped) <= error(other) + 1e-12);
        }
        let mean = means[dropped..].iter().sum::<f64>() / (means.len() - dropped) as f64;
        prop_assert!((found.mean - mean).abs() < 1e-12);
    }
}

/// The series of a validation case: a decaying bias and a linear congruential generator.
fn series(seed: u64, n: usize, bias: f64, tau: f64) -> Vec<f64> {
    let mut state = seed;
    (0..n)
        .map(|at| {
            state = (1_103_515_245 * state + 12_345) % (1 << 31);
            let noise = 4.0 * (state as f64 / f64::from(1_u32 << 31) - 0.5);
            let value = 10.0 + bias * libm::exp(at as f64 / -tau) + noise;
            libm::round(value * 1e6) / 1e6
        })
        .collect()
}
