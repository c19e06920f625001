//! Looking at results before all of them are there, without raising the error.

/// The part of the error `alpha` that may be spent once the `share` of all replications is seen.
///
/// The second spending function of Lan and DeMets (Biometrika 70 (1983) 659-663), which resembles the boundaries of
/// Pocock: `alpha * ln(1 + (e - 1) * share)`. It spends nearly evenly, so that plain differences are found early.
/// `alpha` between 0 and 1, `share` from 0 to 1; values outside count as the nearer end.
pub fn spending(alpha: f64, share: f64) -> f64 {
    if alpha <= 0.0 || share <= 0.0 {
        return 0.0;
    }
    if share >= 1.0 {
        return alpha.min(1.0);
    }
    alpha.min(1.0) * libm::log1p((std::f64::consts::E - 1.0) * share)
}
