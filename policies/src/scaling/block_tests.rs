//! Building blocks of scaling policies on their own.

use super::*;
use crate::{ParamValue, PolicySpec, catalogue::build_scaling};
use alloc::vec::Vec;

#[test]
fn lists_of_steps_are_read_strictly() {
    for (text, reads) in [
        ("0:10=10", true),
        (":=5", true),
        (" 0 : 10 = -3 , 10: = 4", true),
        ("", false),
        ("0:10", false),
        ("10:0=5", false),
        ("0-10=5", false),
        ("0:10=5,", false),
        ("0:nan=5", false),
        ("0:10=1.5", false),
    ] {
        let spec = PolicySpec::named("aws_step_scaling").with("steps_out", ParamValue::Text(text.into()));
        assert_eq!(build_scaling(&spec).is_ok(), reads, "{text}");
    }
}

#[test]
fn a_forecast_continues_a_line_and_repeats_a_season() {
    let mut line = HoltWinters::new([0.5, 0.5, 0.1], 0);
    assert_eq!(line.forecast(1.0), None);
    (0..60).for_each(|at| line.observe(10.0 + 2.0 * f64::from(at)));
    let forecast = line.forecast(5.0).expect("was observed");
    assert!((forecast - 138.0).abs() < 1e-3, "{forecast}");
    let mut season = HoltWinters::new([0.2, 0.0, 0.1], 4);
    let wave = [10.0, 20.0, 30.0, 20.0];
    (0..40).for_each(|at| season.observe(wave[at % 4]));
    let ahead: Vec<f64> = (1..6).map(|ahead| season.forecast(f64::from(ahead)).unwrap_or_default()).collect();
    for (found, expected) in ahead.iter().zip([10.0, 20.0, 30.0, 20.0, 10.0]) {
        assert!((found - expected).abs() < 1e-6, "{ahead:?}");
    }
}

#[test]
fn a_forecast_remembers_one_season_and_no_more() {
    for season in [0, 4] {
        let mut smoothing = HoltWinters::new([0.5, 0.1, 0.1], season);
        (0..8).for_each(|_| smoothing.observe(10.0));
        let before = smoothing.clone();
        (0..4).for_each(|_| smoothing.observe(10.0));
        assert_eq!(smoothing, before, "after a whole season of the same");
    }
}

#[test]
fn exponential_buckets_hold_their_values_and_the_last_one_is_open() {
    let buckets = Buckets::Exponential { first: 0.01, ratio: 1.05, max: 10.0 };
    for value in [0.0, 0.005, 0.5, 3.0, 9.9] {
        let mut histogram = DecayingHistogram::new(buckets, Duration::from_secs(60));
        histogram.add(Instant::ZERO, value, 1.0);
        let edge = histogram.percentile(0.5);
        assert!(edge > value && edge <= value * 1.05 + 0.0101, "{value} in a bucket up to {edge}");
    }
    let mut histogram =
        DecayingHistogram::new(Buckets::Linear { width: 4.0, max: 10.0 }, Duration::from_secs(60));
    histogram.add(Instant::ZERO, 1e12, 1.0);
    assert_eq!(histogram.percentile(1.0), 12.0);
    assert_eq!(DecayingHistogram::new(buckets, Duration::ZERO).percentile(0.5), 0.0);
}

#[test]
fn samples_of_long_ago_weigh_nothing_beside_late_ones() {
    let mut histogram =
        DecayingHistogram::new(Buckets::Linear { width: 1.0, max: 20.0 }, Duration::from_secs(60));
    histogram.add(Instant::ZERO, 1.0, 1_000.0);
    let late = Instant::ZERO + Duration::from_secs(60) * 150;
    histogram.add(late, 2.0, 9.0);
    histogram.add(late, 10.0, 1.0);
    assert_eq!([0.05, 0.5, 1.0].map(|share| histogram.percentile(share)), [3.0, 3.0, 11.0]);
}

#[test]
fn schedules_are_read_strictly() {
    for (text, reads) in [
        ("", true),
        ("00:00=1", true),
        ("00:00=1,00:00:01=2", true),
        ("22:00=4,06:00=10", false),
        ("06:00=4,06:00=10", false),
        ("6:00=4", false),
        ("06:60=4", false),
        ("24:00=4", false),
        ("06:00=-1", false),
        ("06:00=4,", false),
        ("06:00:00:00=4", false),
        ("+6:00=4", false),
    ] {
        let spec = PolicySpec::named("scheduled").with("times", ParamValue::Text(text.into()));
        assert_eq!(build_scaling(&spec).is_ok(), reads, "{text}");
    }
}
