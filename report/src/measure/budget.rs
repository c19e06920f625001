//! Error budgets: how much of one was spent, and how fast it burnt.
//!
//! A target of 99.9 % leaves a budget of 0.1 % of the requests that end. The burn rate of some time is the share of
//! its requests that failed / the budget: at 1 the budget lasts just as long as it was meant to. An alert on a long
//! and a short time at once fires when both burn rates are above its threshold, so that it neither fires at a
//! trifle nor goes on when all is well again (Google, The Site Reliability Workbook, chapter 5, "Multiwindow,
//! Multi-Burn-Rate Alerts"); the greatest lesser of the two over time says by how much it would have fired.

use super::measurement::Measurement;
use super::scope::Scope;
use crate::requests::share;
use cusinart_policies::{Duration, Instant};
use cusinart_record::RequestCounts;

/// Share of a budget that was spent.
pub(super) fn error_budget(counts: &RequestCounts, target: f64) -> Measurement {
    let spent = share(counts.failed_total(), counts.ended()).map(|failed| failed / (1.0 - target));
    Measurement::of(spent, "no request ended")
}

/// Greatest over time of the lesser of two burn rates.
pub(super) fn burn_rate(scope: &Scope<'_, '_>, target: f64, long: Duration, short: Duration) -> Measurement {
    Measurement::of(peak(scope, target, long, short).map(|peak| peak.rate()), "no request ended")
}

/// The moment at which a budget burnt fastest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Peak {
    /// The end of both times.
    pub(crate) at: Instant,
    /// Burn rate over the long time.
    pub(crate) long: f64,
    /// Burn rate over the short time.
    pub(crate) short: f64,
}

impl Peak {
    /// The lesser of both.
    pub(crate) const fn rate(&self) -> f64 {
        self.long.min(self.short)
    }
}

/// The first moment at which the lesser of two burn rates is greatest; `None` if no request ended.
///
/// Times are rounded up to whole windows and end with a window of the interval, or of the run after the warm-up. What
/// lies before its start counts as a time without requests, as it does for an alert on a young system, and a time in
/// which no request ended burns nothing.
pub(crate) fn peak(scope: &Scope<'_, '_>, target: f64, long: Duration, short: Duration) -> Option<Peak> {
    let header = &scope.record().header;
    let windows = scope.windows();
    let (first, _) = scope.window_range(usize::MAX);
    // The first windows of a run without an interval are those of the warm-up.
    let skipped = if scope.during {
        0
    } else {
        header.warmup.as_nanos().div_ceil(header.window.as_nanos().max(1)) as usize
    };
    let windows = windows.get(skipped..).unwrap_or_default();
    // Requests that ended and that failed before each window.
    let mut sums = vec![(0_u64, 0_u64)];
    for window in windows {
        let (ended, failed) = sums[sums.len() - 1];
        sums.push((ended + window.counts.ended(), failed + window.counts.failed_total()));
    }
    let count = |span: Duration| span.as_nanos().div_ceil(header.window.as_nanos().max(1)) as usize;
    let (long, short) = (count(long), count(short));
    let rate = |from: usize, to: usize| {
        let (ended, failed) = (sums[to].0 - sums[from].0, sums[to].1 - sums[from].1);
        share(failed, ended).unwrap_or(0.0) / (1.0 - target)
    };
    let end = Instant::ZERO + scope.record().simulated;
    let at = |to: usize| (Instant::ZERO + header.window * (first + skipped + to) as u64).min(end);
    let peaks = (1..=windows.len()).map(|to| Peak {
        at: at(to),
        long: rate(to.saturating_sub(long), to),
        short: rate(to.saturating_sub(short), to),
    });
    let has_traffic = sums.last().is_some_and(|(ended, _)| *ended > 0);
    peaks.filter(|_| has_traffic).reduce(|best, peak| if peak.rate() > best.rate() { peak } else { best })
}
