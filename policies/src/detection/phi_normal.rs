//! Phi of normally distributed pauses: the accrual failure detector of Akka for one node.

use super::pause_window::PauseWindow;
use super::phi_exact::exact_phi;
use crate::{Duration, Instant};

/// Coefficients of the logistic approximation of the normal distribution: the odds of the tail beyond `y` deviations
/// are `exp(-y * (LINEAR + CUBIC * y^2))`. Bowling et al., A logistic approximation to the cumulative normal
/// distribution, 2009; used by Akka.
const LINEAR: f64 = 1.5976;
const CUBIC: f64 = 0.070566;

/// Exponent of the odds beyond which 1 less the chance of a shorter pause rounds to 1, whose logarithm is 0: e^40 > 2^57.
const CERTAIN: f64 = 40.0;

/// Phi of a silence as long as the mean is log10 2; of a shorter one it is less. A little more, for rounding.
const PHI_OF_MEAN: f64 = 0.302;

/// Settings of [`Heartbeats`]; the catalogue has their meaning, units, defaults and ranges under `phi_accrual`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PhiSettings {
    /// Phi from which on a node is failed.
    pub threshold: f64,
    /// Least standard deviation assumed.
    pub min_std_deviation: Duration,
    /// Silence added to the mean pause.
    pub acceptable_heartbeat_pause: Duration,
    /// Pause assumed before any was measured.
    pub first_heartbeat_estimate: Duration,
    /// Pauses remembered per node, 1..=10000.
    pub max_sample_size: u32,
    /// How the chance of a longer pause is computed.
    pub tail: PhiTail,
}

/// How the chance that a pause lasts longer is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PhiTail {
    /// By the logistic approximation that Akka uses, [`phi`].
    #[default]
    Logistic,
    /// By the normal distribution itself, [`exact_phi`].
    Exact,
}

/// What was heard of one node, and how suspicious its silence is.
///
/// Before the first heartbeat phi is zero and the node available. The first heartbeat puts the estimate minus and plus
/// a quarter of it (in whole milliseconds) into the history; a later one puts the pause that it ends there, if the node
/// was still available.
///
/// Source: Akka, `PhiAccrualFailureDetector`. Difference: Akka's sums are of whole milliseconds and 64 bits.
#[derive(Clone, Debug, Default)]
pub struct Heartbeats {
    last: Option<Instant>,
    history: PauseWindow,
}

impl Heartbeats {
    /// Forgets everything, keeps the memory.
    pub fn clear(&mut self) {
        self.history.clear();
        self.last = None;
    }

    /// Takes note of a heartbeat.
    pub fn heard(&mut self, now: Instant, settings: &PhiSettings) {
        let kept_max = settings.max_sample_size;
        match self.last {
            None => {
                let estimate = settings.first_heartbeat_estimate;
                let quarter = Duration::from_millis(estimate.as_millis() / 4);
                self.history.push(estimate - quarter, kept_max);
                self.history.push(estimate + quarter, kept_max);
            }
            Some(last) => {
                if self.is_available(now, settings) {
                    self.history.push(now.since(last), kept_max);
                }
            }
        }
        self.last = Some(now);
    }

    /// The last heartbeat, if there was one: from then on the node is monitored.
    pub const fn last(&self) -> Option<Instant> {
        self.last
    }

    /// Phi at an instant; zero before the first heartbeat.
    pub fn phi(&self, now: Instant, settings: &PhiSettings) -> f64 {
        if self.last.is_none() {
            return 0.0;
        }
        let least = settings.min_std_deviation.as_nanos().max(1) as f64;
        let (silence, expected) = (self.silence(now), self.expected(settings));
        let deviation = self.history.std_deviation().max(least);
        match settings.tail {
            PhiTail::Logistic => phi(silence, expected, deviation),
            PhiTail::Exact => exact_phi(silence, expected, deviation),
        }
    }

    /// Whether phi is below the threshold.
    pub fn is_available(&self, now: Instant, settings: &PhiSettings) -> bool {
        // The usual case without exponential and logarithm.
        let is_early = self.silence(now) <= self.expected(settings);
        is_early && settings.threshold > PHI_OF_MEAN || self.phi(now, settings) < settings.threshold
    }

    /// Nanoseconds since the last heartbeat.
    fn silence(&self, now: Instant) -> f64 {
        self.last.map_or(0.0, |last| now.since(last).as_nanos() as f64)
    }

    /// The mean pause that is accepted, in nanoseconds.
    fn expected(&self, settings: &PhiSettings) -> f64 {
        self.history.mean() + settings.acceptable_heartbeat_pause.as_nanos() as f64
    }
}

/// Phi of a silence, when pauses have this mean and standard deviation (all in one unit): minus the decimal logarithm
/// of the chance that a pause lasts longer.
///
/// Infinite where the chance underflows. Never NaN for finite arguments: with a deviation of zero a silence of exactly
/// the mean counts as in the middle.
pub fn phi(silence: f64, mean: f64, deviation: f64) -> f64 {
    let y = if silence == mean { 0.0 } else { (silence - mean) / deviation };
    let exponent = -y * (LINEAR + CUBIC * y * y);
    if silence < mean && exponent > CERTAIN {
        return 0.0;
    }
    let e = libm::exp(exponent);
    let phi = if silence > mean { -libm::log10(e / (1.0 + e)) } else { -libm::log10(1.0 - 1.0 / (1.0 + e)) };
    // The logarithm of 1 has a sign that nobody wants to read.
    phi + 0.0
}

/// How many deviations beyond the mean a silence must last for [`phi`] to reach a threshold above zero.
///
/// Below `log10 2` it is negative: phi reaches such a threshold before the mean.
pub fn deviations_until(threshold: f64) -> f64 {
    use core::f64::consts::LN_10;
    // phi = threshold means odds of 1 to 10^threshold - 1; a logarithm of that which does not overflow:
    let log_odds = threshold * LN_10 + libm::log1p(-libm::exp(-threshold * LN_10));
    // The real root of CUBIC * y^3 + LINEAR * y = log_odds (Cardano, written with hyperbolic functions).
    let (p, q) = (LINEAR / CUBIC, log_odds / CUBIC);
    let scale = libm::sqrt(p / 3.0);
    2.0 * scale * libm::sinh(libm::asinh(q / (2.0 * scale * scale * scale)) / 3.0)
}

/// The silence at which [`phi`] reaches a threshold above zero, in the unit of the mean and the deviation.
pub fn silence_until(threshold: f64, mean: f64, deviation: f64) -> f64 {
    mean + deviations_until(threshold) * deviation
}
