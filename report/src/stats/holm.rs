//! Many comparisons at once.

/// The p-values adjusted by Holm's step-down method (Scandinavian Journal of Statistics 6 (1979) 65-70), in the order
/// given.
///
/// Calling everything with an adjusted value of at most `alpha` a difference errs at all with a probability of at most
/// `alpha`, whatever the dependence between the comparisons.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|one, other| p[*one].total_cmp(&p[*other]));
    let mut adjusted = vec![0.0; p.len()];
    let mut least: f64 = 0.0;
    for (rank, index) in order.into_iter().enumerate() {
        least = least.max((p[index] * (p.len() - rank) as f64).min(1.0));
        adjusted[index] = least;
    }
    adjusted
}
