//! How long it takes to copy state.

/// Seconds it takes to copy `bytes` at a rate that all streams share; infinite if there is no rate.
pub fn transfer_seconds(bytes: f64, bytes_per_second: f64) -> f64 {
    if bytes > 0.0 { bytes / bytes_per_second } else { 0.0 }
}

/// Seconds until a backlog is gone that is copied at `throttle` while `live` comes on top, both in bytes per second.
/// `None`: never, since the throttle leaves nothing for the backlog.
pub fn catch_up_seconds(backlog_bytes: f64, throttle: f64, live: f64) -> Option<f64> {
    (throttle > live).then(|| backlog_bytes / (throttle - live))
}
