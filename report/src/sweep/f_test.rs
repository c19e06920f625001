//! The F distribution.

/// Terms after which the continued fraction is cut; some hundred are needed.
const TERMS_MAX: u32 = 10_000;
/// Stands for zero where something is divided by it.
const TINY: f64 = 1e-300;

/// The probability that a number of the F distribution is at least `f`.
///
/// The degrees of freedom are at least 1. It is the regularised incomplete beta function at
/// `below / (below + above f)` (NIST DLMF 8.17). An `f` that is infinite gives 0.
pub(super) fn f_p_value(f: f64, above: f64, below: f64) -> f64 {
    if f <= 0.0 {
        return 1.0;
    }
    let ratio = above / below * f;
    if !ratio.is_finite() {
        return 0.0;
    }
    incomplete_beta(1.0 / (1.0 + ratio), below / 2.0, above / 2.0).clamp(0.0, 1.0)
}

/// The regularised incomplete beta function, by its continued fraction where that converges fast (DLMF 8.17.22).
fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    let log_front =
        libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b) + a * libm::log(x) + b * libm::log1p(-x);
    let front = libm::exp(log_front);
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(x, a, b) / a
    } else {
        1.0 - front * fraction(1.0 - x, b, a) / b
    }
}

/// The continued fraction, by the modified Lentz method.
fn fraction(x: f64, a: f64, b: f64) -> f64 {
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for term in 1..=TERMS_MAX {
        let m = f64::from(term);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away(1.0 + even * d);
        c = away(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away(1.0 + odd * d);
        c = away(1.0 + odd / c);
        let step = d * c;
        value *= step;
        if (step - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::t_p_value;

    #[test]
    fn tabled_critical_values_are_met() {
        // Upper 5 % and 1 % points of published tables, to the digits they have.
        for (f, above, below, p) in [
            (161.448, 1.0, 1.0, 0.05),
            (4.965, 1.0, 10.0, 0.05),
            (3.326, 5.0, 10.0, 0.05),
            (2.393, 9.0, 20.0, 0.05),
            (5.636, 5.0, 10.0, 0.01),
            (1.910, 10.0, 120.0, 0.05),
        ] {
            assert!((f_p_value(f, above, below) - p).abs() < 1e-3 * p + 2e-4, "{f} {above} {below}");
        }
    }

    #[test]
    fn with_one_degree_above_it_is_the_square_of_t() {
        for t in [0.1, 1.0, 2.5, 12.0] {
            for df in [1.0, 4.0, 63.0, 5_000.0] {
                let (f, t) = (f_p_value(t * t, 1.0, df), t_p_value(t, df));
                assert!((f - t).abs() <= 1e-9 * t, "{df}: {f} {t}");
            }
        }
    }

    #[test]
    fn the_ends_are_certain() {
        assert_eq!(f_p_value(0.0, 3.0, 7.0), 1.0);
        assert_eq!(f_p_value(f64::INFINITY, 3.0, 7.0), 0.0);
        assert!(f_p_value(1e12, 3.0, 7.0) < 1e-12);
    }
}
