//! Phi of normally distributed pauses without an approximation.

/// Beyond so many deviations the chance of a longer pause is below the least float.
const DEVIATIONS_MAX: f64 = 39.0;
/// Halvings after which nothing is left between two neighbouring floats.
const HALVINGS: u32 = 128;

/// Phi of a silence, when pauses have this mean and standard deviation (all in one unit): minus the decimal logarithm of
/// the chance that a pause lasts longer, by the normal distribution itself.
///
/// Infinite where the chance underflows. Source: Hayashibara et al., The phi accrual failure detector, SRDS 2004. Akka
/// and others approximate it, as [`phi`](super::phi) does: by less than 2 % up to phi 8, and by more further out.
pub fn exact_phi(silence: f64, mean: f64, deviation: f64) -> f64 {
    let y = if silence == mean { 0.0 } else { (silence - mean) / deviation };
    // The logarithm of 1 has a sign that nobody wants to read.
    0.0 - libm::log10(libm::erfc(y / core::f64::consts::SQRT_2) / 2.0)
}

/// How many deviations beyond the mean a silence must last for [`exact_phi`] to reach a threshold above zero: the normal
/// quantile of `1 - 10^-threshold`, to the last digits.
pub fn exact_deviations_until(threshold: f64) -> f64 {
    let (mut low, mut high) = (-DEVIATIONS_MAX, DEVIATIONS_MAX);
    for _ in 0..HALVINGS {
        let middle = low.midpoint(high);
        if exact_phi(middle, 0.0, 1.0) < threshold {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exact_tail_is_that_of_the_normal_distribution() {
        // Quantiles of the normal distribution, from tables.
        for (threshold, deviations) in
            [(2.0, 2.326_347_874_040_84), (8.0, 5.612_001_244_174_79), (0.3, -0.002_975)]
        {
            let got = exact_deviations_until(threshold);
            assert!((got - deviations).abs() < 1e-6, "{threshold}: {got}");
            assert!((exact_phi(got, 0.0, 1.0) - threshold).abs() < 1e-12, "{threshold}");
        }
        assert_eq!(exact_phi(-50.0, 0.0, 1.0), 0.0);
        assert_eq!(exact_phi(50.0, 0.0, 1.0), f64::INFINITY);
        assert_eq!(exact_phi(1.0, 1.0, 0.0), exact_phi(0.0, 0.0, 1.0));
    }
}
