//! Distributions of times.

/// A distribution of times (or gaps), in seconds.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always the same.
    Constant {
        /// The value.
        value_s: f64,
    },
    /// Exponential.
    Exponential {
        /// Mean.
        mean_s: f64,
    },
    /// Lognormal: `exp(mu + sigma * Z)`.
    Lognormal {
        /// Mean of the logarithm (of seconds).
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// Uniform.
    Uniform {
        /// Least value.
        min_s: f64,
        /// Greatest value.
        max_s: f64,
    },
    /// Weibull.
    Weibull {
        /// Shape; below 1 has a heavy tail.
        shape: f64,
        /// Scale.
        scale_s: f64,
    },
    /// Pareto: `P(X > x) = (xmin / x)^alpha`.
    Pareto {
        /// Tail index.
        alpha: f64,
        /// Least value.
        xmin_s: f64,
    },
    /// Pareto conditioned on `X <= xmax`.
    BoundedPareto {
        /// Tail index.
        alpha: f64,
        /// Least value.
        xmin_s: f64,
        /// Greatest value.
        xmax_s: f64,
    },
    /// With probability `p1` exponential with one mean, else with another.
    Hyperexponential {
        /// Probability of the first.
        p1: f64,
        /// First mean.
        mean1_s: f64,
        /// Second mean.
        mean2_s: f64,
    },
    /// Sum of `k` equal exponentials.
    Erlang {
        /// Number of stages.
        k: u32,
        /// Mean of the sum.
        mean_s: f64,
    },
    /// One of the listed values, by weight.
    Empirical {
        /// Values and their positive weights, ascending by value.
        values: Vec<(f64, f64)>,
    },
}

impl Distribution {
    /// The distribution that is always zero.
    pub const ZERO: Self = Self::Constant { value_s: 0.0 };

    /// Whether it is always zero.
    pub fn is_zero(&self) -> bool {
        matches!(self, Self::Constant { value_s } if *value_s == 0.0)
    }

    /// Its mean in seconds; infinite for a Pareto distribution with `alpha <= 1`.
    pub fn mean_s(&self) -> f64 {
        match self {
            Self::Constant { value_s } => *value_s,
            Self::Exponential { mean_s } | Self::Erlang { mean_s, .. } => *mean_s,
            Self::Lognormal { mu, sigma } => libm::exp(mu + sigma * sigma / 2.0),
            Self::Uniform { min_s, max_s } => (min_s + max_s) / 2.0,
            Self::Weibull { shape, scale_s } => scale_s * libm::tgamma(1.0 + 1.0 / shape),
            Self::Pareto { alpha, .. } if *alpha <= 1.0 => f64::INFINITY,
            Self::Pareto { alpha, xmin_s } => alpha * xmin_s / (alpha - 1.0),
            Self::BoundedPareto { alpha, xmin_s, xmax_s } => bounded_pareto_mean(*alpha, *xmin_s, *xmax_s),
            Self::Hyperexponential { p1, mean1_s, mean2_s } => p1 * mean1_s + (1.0 - p1) * mean2_s,
            Self::Empirical { values } => {
                let weights: f64 = values.iter().map(|(_, weight)| weight).sum();
                values.iter().map(|(value, weight)| value * weight).sum::<f64>() / weights
            }
        }
    }
}

/// Mean of a Pareto distribution conditioned on `X <= high`.
fn bounded_pareto_mean(alpha: f64, low: f64, high: f64) -> f64 {
    let ratio = low / high;
    let mass = 1.0 - libm::pow(ratio, alpha);
    if (alpha - 1.0).abs() < 1e-9 {
        return low * libm::log(high / low) / mass;
    }
    alpha * low / (alpha - 1.0) * (1.0 - libm::pow(ratio, alpha - 1.0)) / mass
}
