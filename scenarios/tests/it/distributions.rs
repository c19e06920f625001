//! Distributions: from what people know to what is sampled.

use crate::support::{good, message, small_with};
use cusinart_scenarios::Distribution;

fn read(text: &str) -> Distribution {
    good(&small_with("service_time: 10ms", &format!("service_time: {text}"), "")).services[0]
        .service_time
        .clone()
}

fn refused(text: &str) -> String {
    message(&small_with("service_time: 10ms", &format!("service_time: {text}"), ""))
}

/// `P(X <= x)` of a lognormal distribution, by integration of the density: independent of the conversion.
fn lognormal_below(mu: f64, sigma: f64, x: f64) -> f64 {
    let steps = 200_000;
    let end = (libm::log(x) - mu) / sigma;
    let start = -12.0;
    let width = (end - start) / f64::from(steps);
    let density = |z: f64| libm::exp(-z * z / 2.0) / libm::sqrt(2.0 * std::f64::consts::PI);
    (0..steps).map(|n| density(start + width * (f64::from(n) + 0.5)) * width).sum()
}

#[test]
fn a_lognormal_by_median_and_p99_has_them() {
    let Distribution::Lognormal { mu, sigma } = read("{ lognormal: { median: 40s, p99: 120s } }") else {
        panic!("a lognormal distribution")
    };
    assert!((lognormal_below(mu, sigma, 40.0) - 0.5).abs() < 1e-6);
    assert!((lognormal_below(mu, sigma, 120.0) - 0.99).abs() < 1e-6);
}

#[test]
fn means_are_those_that_are_written() {
    let forms = [
        "10ms",
        "{ constant: 10ms }",
        "{ exponential: { mean: 10ms } }",
        "{ lognormal: { mean: 10ms, cv: 1.5 } }",
        "{ uniform: { min: 5ms, max: 15ms } }",
        "{ weibull: { shape: 0.7, mean: 10ms } }",
        "{ pareto: { alpha: 2, min: 5ms } }",
        "{ hyperexponential: { mean: 10ms, cv: 3 } }",
        "{ hyperexponential: { p1: 50%, mean1: 5ms, mean2: 15ms } }",
        "{ erlang: { k: 4, mean: 10ms } }",
        "{ empirical: [5ms, 15ms] }",
        "{ empirical: { values: [[20ms, 1], [5ms, 2]] } }",
    ];
    for form in forms {
        let mean = read(form).mean_s();
        assert!((mean - 0.01).abs() < 1e-12, "{form} has the mean {mean}");
    }
}

#[test]
fn a_bounded_pareto_has_the_mean_of_its_density() {
    for alpha in [0.5, 1.0, 2.5] {
        let found = read(&format!("{{ bounded_pareto: {{ alpha: {alpha}, min: 1s, max: 50s }} }}"));
        // The mean as the integral of P(X > x), by small steps.
        let above =
            |x: f64| (libm::pow(x, -alpha) - libm::pow(50.0, -alpha)) / (1.0 - libm::pow(50.0, -alpha));
        let width = 49.0 / 100_000.0;
        let mean: f64 =
            1.0 + (0..100_000).map(|n| above(1.0 + width * (f64::from(n) + 0.5)) * width).sum::<f64>();
        assert!((found.mean_s() - mean).abs() < 1e-6, "alpha {alpha}: {} and {mean}", found.mean_s());
    }
}

#[test]
fn a_hyperexponential_by_mean_and_cv_has_them() {
    let Distribution::Hyperexponential { p1, mean1_s, mean2_s } =
        read("{ hyperexponential: { mean: 1s, cv: 2 } }")
    else {
        panic!("a hyperexponential distribution")
    };
    // The second moment of an exponential is twice the square of its mean.
    let second = 2.0 * (p1 * mean1_s * mean1_s + (1.0 - p1) * mean2_s * mean2_s);
    assert!((libm::sqrt(second - 1.0) - 2.0).abs() < 1e-12);
}

#[test]
fn empirical_values_are_sorted() {
    let values = vec![(0.01, 3.0), (0.02, 1.0)];
    assert_eq!(read("{ empirical: [[20ms, 1], [10ms, 3]] }"), Distribution::Empirical { values });
}

#[test]
fn parameters_that_make_no_distribution_are_refused() {
    for (form, expected) in [
        ("{ exponential: { mean: 0s } }", "a time above zero"),
        ("{ uniform: { min: 2ms, max: 1ms } }", "a time above `2ms`"),
        ("{ lognormal: { median: 2ms, p99: 1ms } }", "a time above `2ms`"),
        ("{ lognormal: { mean: 2ms, cv: 1, p99: 5ms } }", "`mean` and `cv`"),
        ("{ lognormal: { mu: 0, sigma: 50 } }", "sigma from 0 to 10"),
        ("{ lognormal: { mu: 0, sigma: -1 } }", "sigma from 0 to 10"),
        ("{ lognormal: { mu: 90, sigma: 1 } }", "at most 20 years"),
        ("{ weibull: { shape: 1 } }", "one of `scale` and `mean`"),
        ("{ weibull: { shape: 0.001, scale: 1s } }", "at most 20 years"),
        ("{ pareto: { alpha: 0.9, min: 1ms } }", "above 1"),
        ("{ bounded_pareto: { alpha: 1, min: 0s, max: 1s } }", "a time above zero"),
        ("{ hyperexponential: { mean: 1s, cv: 0.5 } }", "at least 1"),
        ("{ hyperexponential: { mean: 1s, cv: 1000000 } }", "at most 20 years"),
        ("{ erlang: { k: 0, mean: 1s } }", "from 1 to"),
        ("{ erlang: { k: 1001, mean: 1s } }", "at most 1000 stages"),
        ("{ empirical: [] }", "at least one"),
        ("{ empirical: [[1ms, 0]] }", "a number from 0.000001"),
        ("{ exponential: { mean: 1s }, uniform: { min: 1s, max: 2s } }", "one key"),
        ("{ normal: { mean: 1s } }", "`exponential`"),
        ("exponential", "a time such as `5ms`"),
    ] {
        let told = refused(form);
        assert!(told.contains(expected), "{form}:\n{told}");
    }
}
