//! Sums, means and standard deviations that do not lose small numbers among large ones.
//!
//! Sums are compensated after Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen",
//! ZAMM 54 (1974). The deviation takes two passes over values that are scaled by a power of two, so that squares
//! neither overflow nor vanish.

/// A running sum with the rounding errors of its additions kept apart.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    /// Adds a finite value.
    pub(super) fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        self.lost +=
            if self.sum.abs() >= value.abs() { (self.sum - sum) + value } else { (value - sum) + self.sum };
        self.sum = sum;
    }

    /// The sum of all values added.
    pub(super) fn total(self) -> f64 {
        self.sum + self.lost
    }
}

/// The sum of finite values.
pub(super) fn sum(values: impl Iterator<Item = f64>) -> f64 {
    let mut sum = Sum::default();
    values.for_each(|value| sum.add(value));
    sum.total()
}

/// Mean and spread of some values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moments {
    /// Arithmetic mean.
    pub(super) mean: f64,
    /// Standard deviation with n - 1 in the denominator; exactly 0 if all values are equal, `None` for one value.
    pub(super) deviation: Option<f64>,
}

/// The moments of `values`; `None` if there are none or one of them is not finite.
pub(super) fn moments(values: &[f64]) -> Option<Moments> {
    let first = *values.first()?;
    if !values.iter().all(|value| value.is_finite()) {
        return None;
    }
    let many = values.len() > 1;
    if values.iter().all(|value| *value == first) {
        return Some(Moments { mean: first, deviation: many.then_some(0.0) });
    }
    let greatest = values.iter().fold(0.0, |greatest: f64, value| greatest.max(value.abs()));
    let (_, exponent) = libm::frexp(greatest);
    let scaled = || values.iter().map(|value| libm::scalbn(*value, -exponent));
    let count = values.len() as f64;
    let mean = sum(scaled()) / count;
    // The mean is rounded, so that the deviations do not add up to 0; the second term takes that back.
    let squares = sum(scaled().map(|value| (value - mean) * (value - mean)));
    let rest = sum(scaled().map(|value| value - mean));
    let variance = (squares - rest * rest / count).max(0.0) / (count - 1.0);
    let deviation = libm::scalbn(libm::sqrt(variance), exponent);
    Some(Moments { mean: libm::scalbn(mean, exponent), deviation: many.then_some(deviation) })
}
