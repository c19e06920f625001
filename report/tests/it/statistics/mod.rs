//! The statistics against published values, values of other programs, and laws they must keep.

mod censored;
mod comparison;
mod distributions;
mod intervals;
mod warm_up;

use cusinart_report::{Interval, normal_quantile};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// Asserts that two numbers agree but for `relative` of the expected one.
#[track_caller]
fn close(found: f64, expected: f64, relative: f64, what: &str) {
    let off = (found - expected).abs();
    assert!(off <= relative * expected.abs(), "{what}: found {found:e}, expected {expected:e}");
}

/// Asserts that an interval is there and has these ends but for 1e-10 of them.
#[track_caller]
fn ends(found: Option<Interval>, low: f64, high: f64) {
    let found = found.expect("there is an interval");
    close(found.low, low, 1e-10, "low");
    close(found.high, high, 1e-10, "high");
}

/// Lines of numbers; comments start with `#`.
fn rows<const N: usize>(text: &str) -> Vec<[f64; N]> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let rows: Vec<_> = lines
        .map(|line| {
            let numbers: Vec<f64> = line.split(' ').map(|word| word.parse().expect("a number")).collect();
            <[f64; N]>::try_from(numbers).expect("as many numbers as the header says")
        })
        .collect();
    assert!(rows.len() > 20, "the file was read");
    rows
}

/// Random numbers for simulations.
struct Random(ChaCha8Rng);

impl Random {
    fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Between 0 and 1, both excluded.
    fn uniform(&mut self) -> f64 {
        ((self.0.next_u64() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    fn normal(&mut self) -> f64 {
        normal_quantile(self.uniform())
    }

    fn exponential(&mut self) -> f64 {
        -libm::log(self.uniform())
    }

    fn several<const N: usize>(&mut self, mut draw: impl FnMut(&mut Self) -> f64) -> [f64; N] {
        core::array::from_fn(|_| draw(self))
    }
}

/// The share of repetitions in which something holds.
fn share(repetitions: u32, mut holds: impl FnMut(u32) -> bool) -> f64 {
    f64::from((0..repetitions).map(|number| u32::from(holds(number))).sum::<u32>()) / f64::from(repetitions)
}
