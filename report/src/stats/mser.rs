//! Where the warm-up of a series ends.
//!
//! MSER-5: the marginal standard error rule (White, "An effective truncation heuristic for bias reduction in simulation
//! output", Simulation 69 (1997) 323-334) on means of batches of 5 (Spratt, M.S. thesis, University of Virginia, 1998).
//! Of all truncations up to half of the batches it takes the one that makes the squared standard error of the rest
//! least; the smaller truncation wins ties. A last batch that is not full is dropped.

use super::sum::sum;

/// Observations of a batch.
const BATCH: usize = 5;

/// What to leave out at the start of a series, and the mean of the rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Truncation {
    /// Observations to leave out, a multiple of 5. Half of the series or nearly so means that no steady state was seen.
    pub observations: usize,
    /// Mean of the full batches that are kept.
    pub mean: f64,
}

/// The truncation of a series by MSER-5; `None` if it is shorter than one batch or a value is not finite.
pub fn mser5(series: &[f64]) -> Option<Truncation> {
    if !series.iter().all(|value| value.is_finite()) {
        return None;
    }
    let (full, _) = series.as_chunks::<BATCH>();
    let means: Vec<f64> = full.iter().map(|batch| sum(batch.iter().copied()) / BATCH as f64).collect();
    let dropped = least_error(&means)?;
    let kept = &means[dropped..];
    Some(Truncation { observations: dropped * BATCH, mean: sum(kept.iter().copied()) / kept.len() as f64 })
}

/// The number of leading values to drop. Mean and squares of the rest are updated from the end of the series on
/// (Welford, Technometrics 4 (1962) 419-420), one step for each value.
fn least_error(means: &[f64]) -> Option<usize> {
    let most = means.len() / 2;
    let (mut mean, mut squares) = (0.0, 0.0);
    let mut least = None;
    for (index, value) in means.iter().enumerate().rev() {
        let kept = (means.len() - index) as f64;
        let step = value - mean;
        mean += step / kept;
        squares += step * (value - mean);
        let error = squares / (kept * kept);
        if index <= most && least.is_none_or(|(_, best)| error <= best) {
            least = Some((index, error));
        }
    }
    least.map(|(index, _)| index)
}
