//! Outlier detection: takes hosts whose requests fail out of the rotation, as Envoy does.
//!
//! [`rules`] holds the single rules as functions, [`OutlierHost`] what is kept of one host, and [`OutlierDetector`] puts
//! them together for the hosts of a service.
//!
//! Source: Envoy, `config.cluster.v3.OutlierDetection` (defaults) and `source/common/upstream/outlier_detection_impl.cc`.

mod detector;
mod host;
pub mod rules;
#[cfg(test)]
mod tests;

pub use detector::{OutlierChange, OutlierDetector};
pub use host::OutlierHost;
pub use rules::{SuccessRateThreshold, success_rate_threshold};

use crate::Duration;

/// Settings of outlier detection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutlierSettings {
    /// Failed responses in a row after which a host is ejected (`consecutive_5xx`). Default 5; 0 is never.
    pub consecutive_5xx: u32,
    /// From sweep to sweep. Default 10 s. Each sweep returns the hosts whose time is over, forgives the ones that were
    /// quiet, and judges success rates and failure percentages.
    pub interval: Duration,
    /// Time out of the rotation, times the host's backoff. Default 30 s.
    pub base_ejection_time: Duration,
    /// Longest time out of the rotation. Default 300 s.
    pub max_ejection_time: Duration,
    /// Longest random time that is added. Default none.
    pub max_ejection_time_jitter: Duration,
    /// Largest share of hosts that may be ejected at once, in percent. Default 10; above 100 counts as 100.
    pub max_ejection_percent: f64,
    /// Whether one host may be ejected whatever that share says. Default false.
    pub always_eject_one_host: bool,
    /// Ejection of hosts whose success rate lies far below that of the others. Envoy's default: on.
    pub success_rate: Option<SuccessRateSettings>,
    /// Ejection of hosts of which a set share of responses failed. Envoy's default: off.
    pub failure_percentage: Option<FailurePercentageSettings>,
}

impl Default for OutlierSettings {
    fn default() -> Self {
        Self {
            consecutive_5xx: 5,
            interval: Duration::from_secs(10),
            base_ejection_time: Duration::from_secs(30),
            max_ejection_time: Duration::from_secs(300),
            max_ejection_time_jitter: Duration::ZERO,
            max_ejection_percent: 10.0,
            always_eject_one_host: false,
            success_rate: Some(SuccessRateSettings::default()),
            failure_percentage: None,
        }
    }
}

/// When a success rate is too low.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SuccessRateSettings {
    /// Hosts with enough responses below which nobody is judged. Default 5.
    pub minimum_hosts: u32,
    /// Responses between two sweeps below which a host is not judged. Default 100.
    pub request_volume: u32,
    /// Standard deviations below the mean, in thousandths. Default 1900.
    pub stdev_factor_thousandths: u32,
}

impl Default for SuccessRateSettings {
    fn default() -> Self {
        Self { minimum_hosts: 5, request_volume: 100, stdev_factor_thousandths: 1_900 }
    }
}

/// When a failure percentage is too high.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FailurePercentageSettings {
    /// Failed responses, in percent, from which on a host is ejected. Default 85.
    pub threshold_pct: f64,
    /// Hosts with enough responses below which nobody is judged. Default 5.
    pub minimum_hosts: u32,
    /// Responses between two sweeps below which a host is not judged. Default 50.
    pub request_volume: u32,
}

impl Default for FailurePercentageSettings {
    fn default() -> Self {
        Self { threshold_pct: 85.0, minimum_hosts: 5, request_volume: 50 }
    }
}
