//! Looking at results before all of them are there, without raising the error.

use super::normal::{normal_quantile, two_tails};

/// The part of the error `alpha` that may be spent once the `share` of all replications is seen.
///
/// The first spending function of Lan and DeMets (Biometrika 70 (1983) 659-663), which resembles the boundaries of
/// O'Brien and Fleming: `2 - 2 Φ(z / sqrt(share))`, with `z` the upper `alpha / 2` quantile of the normal distribution.
/// Almost nothing early, all of it at the end. `alpha` between 0 and 1, `share` from 0 to 1; values outside count as
/// the nearer end.
pub fn spending(alpha: f64, share: f64) -> f64 {
    if alpha <= 0.0 || share <= 0.0 {
        return 0.0;
    }
    if alpha >= 1.0 || share >= 1.0 {
        return alpha.min(1.0);
    }
    two_tails(-normal_quantile(alpha / 2.0) / libm::sqrt(share)).min(alpha)
}
