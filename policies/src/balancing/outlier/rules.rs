//! The single rules of outlier detection.

use super::{FailurePercentageSettings, OutlierSettings, SuccessRateSettings};
use crate::Duration;

/// How long an ejection lasts: the base time times the backoff, at most the longest time, and the jitter on top.
pub fn ejection_duration(settings: &OutlierSettings, backoff: u32, jitter: Duration) -> Duration {
    (settings.base_ejection_time * u64::from(backoff)).min(settings.max_ejection_time) + jitter
}

/// The jitter of an ejection from a random draw: 0 to `max`, in whole milliseconds.
pub fn ejection_jitter(draw: u64, max: Duration) -> Duration {
    Duration::from_millis(draw % (max.as_millis() + 1))
}

/// A share (0 to 1) in percent, to six decimals, so that 29 % are 29 exactly.
pub fn percent(share: f64) -> f64 {
    libm::round(share * 1e8) / 1e6
}

/// Whether one more of `hosts` may be ejected when `ejected` are.
pub fn may_eject(hosts: u32, ejected: u32, max_ejection_percent: f64, always_eject_one_host: bool) -> bool {
    // Without a division, so that whole percents are exact.
    let within = 100.0 * (f64::from(ejected) + 1.0) <= max_ejection_percent.min(100.0) * f64::from(hosts);
    within || (always_eject_one_host && ejected == 0)
}

/// The success rate below which hosts are ejected. All in percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SuccessRateThreshold {
    /// Mean of the hosts' success rates.
    pub mean: f64,
    /// Their standard deviation (of the population).
    pub stdev: f64,
    /// The mean minus the deviation times the factor.
    pub threshold: f64,
}

impl SuccessRateThreshold {
    /// Whether a host with this success rate is ejected: it is strictly below the threshold.
    pub fn ejects(&self, success_rate_pct: f64) -> bool {
        success_rate_pct < self.threshold
    }
}

/// The threshold for these success rates (in percent), if there are hosts enough.
pub fn success_rate_threshold(
    rates_pct: impl Iterator<Item = f64> + Clone,
    settings: &SuccessRateSettings,
) -> Option<SuccessRateThreshold> {
    let count = rates_pct.clone().count();
    if count == 0 || (count as u64) < u64::from(settings.minimum_hosts) {
        return None;
    }
    let mean = rates_pct.clone().sum::<f64>() / count as f64;
    let variance = rates_pct.map(|rate| (rate - mean) * (rate - mean)).sum::<f64>() / count as f64;
    let stdev = libm::sqrt(variance);
    let factor = f64::from(settings.stdev_factor_thousandths) / 1000.0;
    Some(SuccessRateThreshold { mean, stdev, threshold: mean - factor * stdev })
}

/// Whether a host is ejected for its failure percentage: enough hosts had volume, it had, and it reaches the threshold.
pub fn failure_percentage_ejects(
    success_rate_pct: f64,
    request_volume: u32,
    hosts_with_volume: u32,
    settings: &FailurePercentageSettings,
) -> bool {
    hosts_with_volume >= settings.minimum_hosts
        && request_volume >= settings.request_volume
        && 100.0 - success_rate_pct >= settings.threshold_pct
}
