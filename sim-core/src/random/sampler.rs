//! Draws from the distributions of a scenario.

use super::{exponential, normal, uniform};
use cusinart_policies::Duration;
use cusinart_scenarios::Distribution;
use rand_core::Rng;

/// A distribution of times, prepared for drawing.
///
/// Every draw is the inverse of the distribution function at a uniform number (the hyperexponential and Erlang
/// distributions combine several), computed with `libm` and the logarithm of this module, never with a platform's own
/// functions, so the bits are the same everywhere.
#[derive(Clone, Debug)]
pub(crate) enum Sampler {
    /// Always the same.
    Constant(Duration),
    /// Exponential; like all that follow, in nanoseconds.
    Exponential { mean: f64 },
    /// `exp(mu + sigma Z)`.
    Lognormal { mu: f64, sigma: f64 },
    /// Uniform.
    Uniform { min: f64, width: f64 },
    /// `scale * (-ln U)^(1/shape)`.
    Weibull { inverse_shape: f64, scale: f64 },
    /// `xmin * U^(-1/alpha)`.
    Pareto { inverse_alpha: f64, xmin: f64 },
    /// Pareto conditioned on an upper end; `low` is `(xmin/xmax)^alpha`.
    BoundedPareto { inverse_alpha: f64, xmin: f64, low: f64 },
    /// One of two exponentials.
    Hyperexponential { p1: f64, mean1: f64, mean2: f64 },
    /// A sum of exponentials.
    Erlang { k: u32, stage_mean: f64 },
    /// A value and the share of draws at it or below, ascending.
    Empirical { values: Vec<(Duration, f64)> },
}

const NANOS: f64 = 1e9;

impl Sampler {
    /// Prepares a distribution.
    pub(crate) fn new(distribution: &Distribution) -> Self {
        match *distribution {
            Distribution::Constant { value_s } => Self::Constant(Duration::from_secs_f64(value_s)),
            Distribution::Exponential { mean_s } => Self::Exponential { mean: mean_s * NANOS },
            Distribution::Lognormal { mu, sigma } => Self::Lognormal { mu: mu + libm::log(NANOS), sigma },
            Distribution::Uniform { min_s, max_s } => {
                Self::Uniform { min: min_s * NANOS, width: (max_s - min_s) * NANOS }
            }
            Distribution::Weibull { shape, scale_s } => {
                Self::Weibull { inverse_shape: 1.0 / shape, scale: scale_s * NANOS }
            }
            Distribution::Pareto { alpha, xmin_s } => {
                Self::Pareto { inverse_alpha: 1.0 / alpha, xmin: xmin_s * NANOS }
            }
            Distribution::BoundedPareto { alpha, xmin_s, xmax_s } => Self::BoundedPareto {
                inverse_alpha: 1.0 / alpha,
                xmin: xmin_s * NANOS,
                low: libm::pow(xmin_s / xmax_s, alpha),
            },
            Distribution::Hyperexponential { p1, mean1_s, mean2_s } => {
                Self::Hyperexponential { p1, mean1: mean1_s * NANOS, mean2: mean2_s * NANOS }
            }
            Distribution::Erlang { k, mean_s } => {
                Self::Erlang { k, stage_mean: mean_s * NANOS / f64::from(k) }
            }
            Distribution::Empirical { ref values } => Self::empirical(values),
        }
    }

    fn empirical(values: &[(f64, f64)]) -> Self {
        let total: f64 = values.iter().map(|value| value.1).sum();
        let mut sum = 0.0;
        let shares = values.iter().map(|&(value_s, weight)| {
            sum += weight;
            (Duration::from_secs_f64(value_s), sum / total)
        });
        Self::Empirical { values: shares.collect() }
    }

    /// Whether every draw is zero.
    pub(crate) fn is_zero(&self) -> bool {
        matches!(self, Self::Constant(value) if value.is_zero())
    }

    /// Draws a span.
    #[inline]
    pub(crate) fn draw(&self, rng: &mut impl Rng) -> Duration {
        let nanos = match *self {
            Self::Constant(value) => return value,
            Self::Exponential { mean } => mean * exponential(rng),
            Self::Lognormal { mu, sigma } => libm::exp(mu + sigma * normal::quantile(uniform(rng))),
            Self::Uniform { min, width } => min + width * uniform(rng),
            Self::Weibull { inverse_shape, scale } => scale * libm::pow(exponential(rng), inverse_shape),
            Self::Pareto { inverse_alpha, xmin } => xmin * libm::pow(uniform(rng), -inverse_alpha),
            Self::BoundedPareto { inverse_alpha, xmin, low } => {
                xmin * libm::pow(1.0 - uniform(rng) * (1.0 - low), -inverse_alpha)
            }
            Self::Hyperexponential { p1, mean1, mean2 } => {
                let mean = if uniform(rng) < p1 { mean1 } else { mean2 };
                mean * exponential(rng)
            }
            Self::Erlang { k, stage_mean } => (0..k).fold(0.0, |sum, _| sum + stage_mean * exponential(rng)),
            Self::Empirical { ref values } => {
                let share = uniform(rng);
                let position = values.partition_point(|value| value.1 < share);
                return values[position.min(values.len() - 1)].0;
            }
        };
        // The cast saturates: an absurdly long draw becomes "never".
        Duration::from_nanos((nanos + 0.5) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;

    fn all() -> Vec<(&'static str, Distribution, f64)> {
        let lognormal_mean = libm::exp(-3.0 + 0.8 * 0.8 / 2.0);
        vec![
            ("constant", Distribution::Constant { value_s: 0.25 }, 0.25),
            ("exponential", Distribution::Exponential { mean_s: 0.02 }, 0.02),
            ("lognormal", Distribution::Lognormal { mu: -3.0, sigma: 0.8 }, lognormal_mean),
            ("uniform", Distribution::Uniform { min_s: 1.0, max_s: 3.0 }, 2.0),
            ("weibull", Distribution::Weibull { shape: 0.5, scale_s: 1.0 }, 2.0),
            ("pareto", Distribution::Pareto { alpha: 3.0, xmin_s: 1.0 }, 1.5),
            (
                "bounded_pareto",
                Distribution::BoundedPareto { alpha: 2.0, xmin_s: 1.0, xmax_s: 10.0 },
                2.0 * (1.0 - 0.1) / (1.0 - 0.01),
            ),
            (
                "hyperexponential",
                Distribution::Hyperexponential { p1: 0.9, mean1_s: 1.0, mean2_s: 11.0 },
                2.0,
            ),
            ("erlang", Distribution::Erlang { k: 4, mean_s: 2.0 }, 2.0),
            ("empirical", Distribution::Empirical { values: vec![(1.0, 3.0), (5.0, 1.0)] }, 2.0),
        ]
    }

    #[test]
    fn means_are_those_of_the_formulas() {
        const DRAWS: u64 = 400_000;
        for (name, distribution, mean_s) in all() {
            let sampler = Sampler::new(&distribution);
            let purpose = Purpose::new(1, name);
            let sum: f64 = (0..DRAWS).map(|i| sampler.draw(&mut purpose.draws(i, 0)).as_secs_f64()).sum();
            let error = (sum / DRAWS as f64 - mean_s).abs() / mean_s;
            // Four standard errors of the widest of them (Weibull, coefficient of variation 2.24).
            assert!(error < 4.0 * 2.24 / (DRAWS as f64).sqrt(), "{name}: off by {error}");
        }
    }

    #[test]
    fn first_draws_are_pinned_to_the_nanosecond() {
        let text: String = all()
            .iter()
            .map(|(name, distribution, _)| {
                let sampler = Sampler::new(distribution);
                let purpose = Purpose::new(42, name);
                let draws: Vec<_> =
                    (0..3).map(|i| sampler.draw(&mut purpose.draws(i, 0)).as_nanos()).collect();
                format!("{name} {draws:?}\n")
            })
            .collect();
        expect_test::expect![[r#"
            constant [250000000, 250000000, 250000000]
            exponential [15817582, 73031942, 12586007]
            lognormal [28870571, 116598269, 9770926]
            uniform [1358692813, 2383090018, 1134106902]
            weibull [277804435, 6211635431, 222339731]
            pareto [1309246194, 1285065760, 1095757725]
            bounded_pareto [1125678766, 1016571775, 1010591634]
            hyperexponential [57270825, 275186512, 2429781574]
            erlang [1406159100, 1625956309, 2284992840]
            empirical [5000000000, 1000000000, 5000000000]
        "#]]
        .assert_eq(&text);
    }
}
