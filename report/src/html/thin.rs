//! Long series cut down to what a screen can show: least and greatest of every so many windows.

use super::numbers::short;
use cusinart_policies::Duration;
use cusinart_record::RunRecord;

/// Most points of a series.
const POINTS_MAX: usize = 2_000;
/// Fewest points of a series that is cut down.
const POINTS_MIN: usize = 400;
/// Most points of all series together; many series are cut down further.
const VALUES_MAX: usize = 40_000;

/// How the windows of a run become points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Thinning {
    /// Windows.
    windows: usize,
    /// Windows that become one bucket; a bucket of several windows gives two points, one of one window gives one.
    per_bucket: usize,
    width: Duration,
}

impl Thinning {
    /// Thins the windows of a run, for so many series.
    pub(super) fn of(record: &RunRecord, series: usize) -> Self {
        Self::new(crate::series::windows(record), record.header.window, series)
    }

    /// Thins so many windows of a width, for so many series.
    pub(super) fn new(windows: usize, width: Duration, series: usize) -> Self {
        let points = (VALUES_MAX / series.max(1)).clamp(POINTS_MIN, POINTS_MAX);
        let per_bucket = if windows <= points { 1 } else { windows.div_ceil(points / 2) };
        Self { windows, per_bucket, width }
    }

    /// What the reader has to know about it; `file` has all windows.
    pub(super) fn note(self, file: &str) -> Option<String> {
        (self.per_bucket > 1).then(|| {
            format!(
                "The {} windows are too many to draw one by one: of each {} the least and the greatest value is drawn. \
                 All are in {file}.",
                crate::human::count(self.windows as u64),
                self.per_bucket,
            )
        })
    }

    /// Width of a step in seconds.
    pub(super) fn step(self) -> f64 {
        let points = if self.per_bucket > 1 { 2.0 } else { 1.0 };
        self.width.as_secs_f64() * self.per_bucket as f64 / points
    }

    /// Start of each point in seconds.
    pub(super) fn time(self) -> Vec<f64> {
        let start = |window: usize| self.width.as_secs_f64() * window as f64;
        let half = self.step();
        let buckets = self.buckets().map(|(from, _)| from);
        let points = buckets.flat_map(|from| {
            let second = (self.per_bucket > 1).then(|| start(from) + half);
            [Some(start(from)), second]
        });
        points.flatten().map(|secs| libm::round(secs * 1e6) / 1e6).collect()
    }

    /// One value per point.
    pub(super) fn values(self, of: impl Fn(usize) -> Option<f64>) -> Vec<Option<f64>> {
        if self.per_bucket == 1 {
            return (0..self.windows).map(|window| of(window).and_then(short)).collect();
        }
        let mut points = Vec::new();
        for (from, to) in self.buckets() {
            let known = || (from..to).filter_map(|window| Some((window, of(window)?)));
            let least = known().min_by(|one, other| one.1.total_cmp(&other.1));
            let greatest = known().max_by(|one, other| one.1.total_cmp(&other.1));
            let pair = match (least, greatest) {
                (Some(least), Some(greatest)) if least.0 <= greatest.0 => [Some(least.1), Some(greatest.1)],
                (Some(least), Some(greatest)) => [Some(greatest.1), Some(least.1)],
                (None, _) | (_, None) => [None, None],
            };
            points.extend(pair.map(|value| value.and_then(short)));
        }
        points
    }

    /// The buckets of windows, from and to.
    pub(super) fn buckets(self) -> impl Iterator<Item = (usize, usize)> {
        let count = self.windows.div_ceil(self.per_bucket);
        (0..count).map(move |i| (i * self.per_bucket, ((i + 1) * self.per_bucket).min(self.windows)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_series_stay_as_they_are() {
        let thinning = Thinning::new(3, Duration::from_secs(5), 20);
        assert_eq!(thinning.time(), [0.0, 5.0, 10.0]);
        let values = [Some(1.0), None, Some(f64::NAN)];
        assert_eq!(thinning.values(|window| values[window]), [Some(1.0), None, None]);
        assert_eq!(thinning.note("series.csv"), None);
    }

    #[test]
    fn long_series_keep_every_peak() {
        let windows = 100_003;
        let thinning = Thinning::new(windows, Duration::from_secs(1), 20);
        let peak = |window: usize| Some(if window % 9_973 == 17 { 7.0 } else { 1.0 });
        let (time, values) = (thinning.time(), thinning.values(peak));
        assert!(time.len() <= POINTS_MAX && time.len() == values.len());
        assert!(time.is_sorted_by(|one, other| one < other));
        let peaks = (0..windows).filter(|window| peak(*window) == Some(7.0)).count();
        assert_eq!(values.iter().filter(|value| **value == Some(7.0)).count(), peaks);
        assert!(thinning.note("series.csv").is_some());
    }
}
