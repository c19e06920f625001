//! When results are looked at while replications are added, and what each look may cost.
//!
//! Who looks again and again until a result is significant will find one by chance. So the whole probability of
//! error is shared among the looks: after a share `t` of all replications, `alpha * ln(1 + (e - 1) t)` of it may be
//! spent (the Pocock-type spending function of Lan and DeMets, *Discrete sequential boundaries for clinical trials*,
//! Biometrika 70, 1983). Each look uses what has come free since the last one. By the union bound the probability of
//! any wrong look is at most `alpha`, however the looks depend on each other.

use crate::stats::spending;
use serde::{Deserialize, Serialize};

/// Most replications, as the command allows.
const REPLICATIONS_MAX: u32 = 1_000_000;

/// The looks at a growing number of replications.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Looks {
    counts: Vec<u32>,
    alpha: f64,
}

impl Looks {
    /// One look after `count` replications.
    pub fn once(count: u32, confidence: f64) -> Self {
        Self { counts: vec![count], alpha: 1.0 - confidence }
    }

    /// Looks after `first` replications and each time their number has doubled, the last after `last`.
    pub fn doubling(first: u32, last: u32, confidence: f64) -> Self {
        let doubled = std::iter::successors(Some(first.max(2)), |count| count.checked_mul(2));
        let mut counts: Vec<u32> = doubled.take_while(|count| *count < last).collect();
        counts.push(last);
        Self { counts, alpha: 1.0 - confidence }
    }

    /// The same looks if there are `most` replications only: the last of them has all that is left of the error.
    pub(crate) fn up_to(&self, most: u32) -> Self {
        let last = self.counts[self.counts.len() - 1].min(most.max(1));
        let mut counts: Vec<u32> = self.counts.iter().copied().filter(|count| *count < last).collect();
        counts.push(last);
        Self { counts, alpha: self.alpha }
    }

    /// Whether looks that were read back are such as are made: they ascend, are no more than a command allows, and
    /// leave some probability of error.
    pub(crate) fn make_sense(&self) -> bool {
        let ascend = self.counts.windows(2).all(|pair| pair[0] < pair[1]);
        let within = self.counts.iter().all(|count| (1..=REPLICATIONS_MAX).contains(count));
        let sensible = |count: &u32| (1e-9..1.0 - 1e-12).contains(&self.confidence(*count, 1));
        ascend && within && !self.counts.is_empty() && self.counts.iter().all(sensible)
    }

    /// Replications at each look, ascending.
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// The confidence of an interval after `count` replications, for one statement of `statements` that shall all be
    /// right together (Bonferroni).
    pub fn confidence(&self, count: u32, statements: usize) -> f64 {
        let look = self.counts.iter().position(|look| *look >= count).unwrap_or(self.counts.len() - 1);
        let before = if look == 0 { 0.0 } else { self.spent(self.counts[look - 1]) };
        let free = self.spent(self.counts[look]) - before;
        1.0 - free / statements.max(1) as f64
    }

    /// The error spent up to a look.
    fn spent(&self, count: u32) -> f64 {
        let last = self.counts[self.counts.len() - 1];
        spending(self.alpha, f64::from(count) / f64::from(last.max(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_double_up_to_the_budget() {
        let counts = |first, last| Looks::doubling(first, last, 0.95).counts().to_vec();
        assert_eq!(counts(8, 64), [8, 16, 32, 64]);
        assert_eq!(counts(8, 50), [8, 16, 32, 50]);
        assert_eq!(counts(8, 5), [5]);
        assert_eq!(counts(0, 3), [2, 3]);
    }

    #[test]
    fn all_looks_together_spend_the_whole_error_and_no_more() {
        for looks in [Looks::once(10, 0.95), Looks::doubling(8, 64, 0.95), Looks::doubling(3, 1_000, 0.99)] {
            let spent: f64 = looks.counts().iter().map(|count| 1.0 - looks.confidence(*count, 1)).sum();
            assert!((spent - looks.alpha).abs() < 1e-12, "{looks:?} spends {spent}");
        }
    }

    #[test]
    fn fewer_replications_end_the_looks_earlier() {
        let looks = |most| Looks::doubling(8, 32, 0.95).up_to(most).counts().to_vec();
        assert_eq!(looks(100), [8, 16, 32]);
        assert_eq!(looks(16), [8, 16]);
        assert_eq!(looks(10), [8, 10]);
        assert_eq!(looks(0), [1]);
    }

    #[test]
    fn statements_share_the_error() {
        let looks = Looks::once(10, 0.95);
        assert!((looks.confidence(10, 5) - 0.99).abs() < 1e-12);
    }
}
