//! Axes: from values to pixels, and where the ticks stand.

use crate::human;
use cusinart_policies::{Duration, Instant};

/// Steps of a time axis, in seconds.
const TIME_STEPS_S: [u64; 20] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
    172_800, 604_800,
];

/// A linear or logarithmic mapping of values to pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    logarithmic: bool,
}

impl Axis {
    /// From `low..high` linearly to the pixels `from..to`.
    pub(super) fn linear((low, high): (f64, f64), (from, to): (f64, f64)) -> Self {
        Self { low, high: if high > low { high } else { low + 1.0 }, from, to, logarithmic: false }
    }

    /// From `low..high`, both positive, by their logarithm.
    pub(super) fn logarithmic((low, high): (f64, f64), (from, to): (f64, f64)) -> Self {
        let low = if low > 0.0 { low } else { 1.0 };
        let high = if high > low { high } else { low * 10.0 };
        Self { low: libm::log10(low), high: libm::log10(high), from, to, logarithmic: true }
    }

    /// The pixel of a value, kept within the axis.
    pub(super) fn at(&self, value: f64) -> f64 {
        let value = if !self.logarithmic {
            value
        } else if value > 0.0 {
            libm::log10(value)
        } else {
            self.low
        };
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.from + (self.to - self.from) * share
    }
}

/// A round number not below `value`, and the step between ticks, so that there are about four.
pub(super) fn round_up(value: f64) -> (f64, f64) {
    if value <= 0.0 || !value.is_finite() {
        return (1.0, 1.0);
    }
    let rough = value / 4.0;
    let decade = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .iter()
        .map(|factor| factor * decade)
        .find(|step| step * 4.0 >= value * 0.999);
    // Counts have no fractions.
    let step = step.unwrap_or(decade * 10.0);
    (libm::ceil(value / step - 1e-9) * step, step)
}

/// The same for whole numbers.
pub(super) fn round_up_whole(value: f64) -> (f64, f64) {
    let (high, step) = round_up(value);
    if step >= 1.0 && step == libm::floor(step) {
        (high, step)
    } else {
        (libm::ceil(value / step.max(1.0)) * libm::ceil(step), libm::ceil(step))
    }
}

/// Ticks from zero.
pub(super) fn ticks((high, step): (f64, f64)) -> Vec<f64> {
    let count = libm::floor(high / step + 1e-9) as u32;
    (0..=count).map(|index| f64::from(index) * step).collect()
}

/// Round bounds of a logarithmic axis and its ticks; only decades carry a label if there are more than `labels_max`.
pub(super) fn log_ticks(low: f64, high: f64, labels_max: usize) -> (f64, f64, Vec<(f64, bool)>) {
    let mut all = Vec::new();
    for exponent in -9..16 {
        for factor in [1.0, 2.0, 5.0] {
            all.push((factor * libm::pow(10.0, f64::from(exponent)), factor == 1.0));
        }
    }
    let first = all.iter().rposition(|(tick, _)| *tick <= low * 1.000_001).unwrap_or(0);
    let last =
        all.iter().position(|(tick, _)| *tick >= high * 0.999_999).unwrap_or(all.len() - 1).max(first + 1);
    let chosen = &all[first..=last.min(all.len() - 1)];
    let dense = chosen.len() > labels_max;
    let ticks = chosen.iter().map(|(tick, decade)| (*tick, *decade || !dense)).collect();
    (chosen[0].0, chosen[chosen.len() - 1].0, ticks)
}

/// Moments of a time axis: a round step so that there are at most `most`.
pub(super) fn time_ticks(end: Duration, most: u64) -> Vec<Instant> {
    let secs = end.as_nanos() / 1_000_000_000;
    let step = TIME_STEPS_S.into_iter().find(|step| secs / step <= most).unwrap_or(secs / most + 1);
    (0..=secs / step).map(|index| Instant::ZERO + Duration::from_secs(index * step)).collect()
}

/// A number as short as a tick allows: `1.5k`, `2M`.
pub(super) fn short(value: f64) -> String {
    let (scaled, suffix) = match value {
        value if value >= 1e9 => (value / 1e9, "G"),
        value if value >= 1e6 => (value / 1e6, "M"),
        value if value >= 1e3 => (value / 1e3, "k"),
        value => (value, ""),
    };
    let text = format!("{scaled:.2}");
    format!("{}{suffix}", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A latency in seconds as a tick label.
pub(super) fn latency(seconds: f64) -> String {
    human::span(Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_few() {
        for (value, high, step) in
            [(1_530.0, 2_000.0, 500.0), (7.0, 8.0, 2.0), (0.0, 1.0, 1.0), (100.0, 100.0, 25.0)]
        {
            assert_eq!(round_up(value), (high, step), "{value}");
        }
        assert_eq!(round_up_whole(3.0), (3.0, 1.0));
        assert_eq!(ticks((2_000.0, 500.0)), [0.0, 500.0, 1_000.0, 1_500.0, 2_000.0]);
        assert_eq!(time_ticks(Duration::from_secs(600), 12).len(), 11);
        assert_eq!(short(1_500.0), "1.5k");
    }

    #[test]
    fn logarithmic_bounds_enclose_the_values() {
        let (low, high, ticks) = log_ticks(0.003, 0.9, 7);
        assert_eq!((low, high), (0.002, 1.0));
        assert_eq!(ticks.iter().filter(|(_, label)| *label).count(), 3, "{ticks:?}");
        let axis = Axis::logarithmic((low, high), (0.0, 100.0));
        assert!(axis.at(0.002) < axis.at(0.02) && axis.at(1.0) > 99.9);
        assert_eq!(axis.at(0.0), 0.0);
    }
}
