//! The normal distribution and Student's t.

use super::{close, rows};
use cusinart_report::{normal_quantile, t_p_value, t_quantile};
use proptest::prelude::*;

#[test]
fn normal_quantiles_are_those_of_the_tables() {
    for [p, z] in rows(include_str!("../../data/statistics/normal_quantiles.txt")) {
        close(normal_quantile(p), z, 1e-14, &format!("p = {p}"));
    }
    assert_eq!(normal_quantile(0.5), 0.0);
    assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
    assert_eq!(normal_quantile(1.0), f64::INFINITY);
}

#[test]
fn t_quantiles_are_those_of_the_tables() {
    for [p, df, t] in rows(include_str!("../../data/statistics/t_quantiles.txt")) {
        close(t_quantile(p, df), t, 2e-13, &format!("p = {p}, df = {df}"));
    }
    assert_eq!(t_quantile(0.5, 7.0), 0.0);
    assert_eq!(t_quantile(0.0, 7.0), f64::NEG_INFINITY);
    assert_eq!(t_quantile(1.0, 7.0), f64::INFINITY);
}

#[test]
fn t_p_values_are_those_of_the_tables() {
    for [t, df, p] in rows(include_str!("../../data/statistics/t_p_values.txt")) {
        close(t_p_value(t, df), p, 1e-12, &format!("t = {t}, df = {df}"));
    }
    assert_eq!(t_p_value(0.0, 4.0), 1.0);
    assert_eq!(t_p_value(f64::INFINITY, 4.0), 0.0);
    assert_eq!(t_p_value(1e300, 1e7), 0.0);
}

#[test]
fn many_degrees_of_freedom_are_the_normal_distribution() {
    for df in [1e12, 1e15, 1e300, f64::INFINITY] {
        close(t_quantile(0.975, df), 1.959_963_984_540_054, 1e-11, &format!("df = {df}"));
        close(t_p_value(1.959_963_984_540_054, df), 0.05, 1e-9, &format!("df = {df}"));
    }
}

#[test]
fn the_smallest_tails_have_quantiles() {
    close(
        t_quantile(1.0 - f64::EPSILON / 2.0, 1.0),
        2.867_080_569_611_119e15,
        1e-12,
        "one degree of freedom",
    );
    close(t_quantile(1e-300, 1.0), -3.183_098_861_837_907e299, 1e-12, "one degree of freedom");
    assert!(t_quantile(1e-300, 1e7).is_finite());
}

proptest! {
    #[test]
    fn quantile_and_probability_undo_each_other(p in 1e-9_f64..0.5, log_df in 0.0_f64..16.0) {
        let df = libm::exp(log_df);
        let t = t_quantile(p, df);
        close(t_p_value(t, df), 2.0 * p, 1e-12, "there and back");
    }

    #[test]
    fn both_sides_are_alike(p in 0.0_f64..1.0, df in 1.0_f64..1e6) {
        let p = 1.0 - p; // so that 1 - p is exact
        prop_assert_eq!(t_quantile(p, df), -t_quantile(1.0 - p, df));
        prop_assert_eq!(normal_quantile(p), -normal_quantile(1.0 - p));
    }

    #[test]
    fn more_is_farther(p in 1e-12_f64..0.999, step in 1e-6_f64..1e-3, df in 1.0_f64..1e5) {
        prop_assert!(t_quantile(p, df) < t_quantile(p + step, df));
        prop_assert!(normal_quantile(p) < normal_quantile(p + step));
        let t = t_quantile(p, df);
        prop_assert!(t_p_value(t.abs() + step, df) < t_p_value(t, df));
    }

    #[test]
    fn fewer_degrees_of_freedom_have_heavier_tails(p in 0.51_f64..0.999_999, df in 1.0_f64..1e4) {
        prop_assert!(t_quantile(p, df) > t_quantile(p, df * 1.5));
        prop_assert!(t_quantile(p, df) > normal_quantile(p));
    }
}
