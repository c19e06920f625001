//! How often a probe is used.

/// What decides how often a probe is used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReuseSizes {
    /// Nodes.
    pub nodes: f64,
    /// Most probes in the pool.
    pub pool_size: f64,
    /// Probes sent per request.
    pub probe_rate: f64,
    /// Probes removed per request.
    pub remove_rate: f64,
    /// Slack for probes that are not used: the net rate at which the pool would grow.
    pub delta: f64,
}

/// Uses per probe so that the pool neither drains nor grows stale: `max(1, (1 + delta) / ((1 - pool / nodes) * probes -
/// removals))`. Infinite if the divisor is not above 0: the pool drains faster than it fills.
///
/// Source: Wydrowski et al., NSDI 2024, section 4, equation 1.
pub fn reuse_budget(sizes: &ReuseSizes) -> f64 {
    let net = (1.0 - sizes.pool_size / sizes.nodes) * sizes.probe_rate - sizes.remove_rate;
    if net > 0.0 { ((1.0 + sizes.delta) / net).max(1.0) } else { f64::INFINITY }
}

/// Rounds a number that is not negative up with the probability of its fraction: to the next whole number if `uniform`,
/// from 0 to 1, is below it.
pub fn randomized_round(value: f64, uniform: f64) -> u32 {
    // The cast cuts off the fraction and saturates.
    let whole = value as u32;
    whole.saturating_add(u32::from(uniform < value - f64::from(whole)))
}
