//! Numbers for the browser: short, and never NaN or infinite.

use cusinart_policies::Instant;

/// Significant digits kept of a value; more than a screen can show.
const DIGITS: i32 = 5;

/// A value with few digits; `None` if it is no number.
pub(super) fn short(value: f64) -> Option<f64> {
    if !value.is_finite() {
        return None;
    }
    if value == 0.0 {
        return Some(0.0);
    }
    let magnitude = libm::floor(libm::log10(value.abs())) as i32;
    let decimals = DIGITS - 1 - magnitude;
    // Dividing by a power of ten gives the nearest to the short decimal, which multiplying by its inverse does not.
    let rounded = if decimals >= 0 {
        let power = libm::pow(10.0, f64::from(decimals));
        libm::round(value * power) / power
    } else {
        let power = libm::pow(10.0, f64::from(-decimals));
        libm::round(value / power) * power
    };
    rounded.is_finite().then_some(rounded + 0.0)
}

/// A moment in seconds, to a millisecond.
pub(super) fn seconds(at: Instant) -> f64 {
    libm::round(at.as_secs_f64() * 1e3) / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_five_digits_and_no_more() {
        let cases = [
            (0.0, Some(0.0)),
            (0.123_456_789, Some(0.123_46)),
            (1_234_567.0, Some(1_234_600.0)),
            (-2.000_000_1, Some(-2.0)),
            (f64::NAN, None),
            (f64::INFINITY, None),
            (5e-324, None),
        ];
        for (value, expected) in cases {
            assert_eq!(short(value), expected, "{value}");
        }
    }
}
