//! Limits on the number of nodes of one service.

use crate::{AutoScalerConfig, Duration, Instant};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// Holds a wanted number of nodes within the configured limits.
///
/// In this order: a cooldown keeps the number as it is; `max` and then `min` bound it. The bounds win over a
/// cooldown, as in the Kubernetes HPA. A service always keeps at least one node, even with a `min` of 0: without
/// nodes there would be no samples to scale up by.
///
/// A policy that paces itself ([`ScalingPolicy::paces_itself`](crate::ScalingPolicy::paces_itself)) has no cooldowns by
/// default ([`AutoScalerConfig::with_policy`]); one that is written holds on top of the policy's own limits, and the
/// policy is told what became of its proposal.
#[derive(Clone, Debug)]
pub struct ThresholdManager {
    min: u32,
    max: u32,
    cooldown_up: Duration,
    cooldown_down: Duration,
    last_change: Option<Instant>,
}

impl ThresholdManager {
    /// The limits of this configuration, before any change.
    pub fn new(config: &AutoScalerConfig) -> Self {
        let min = config.min.max(1);
        Self {
            min,
            max: config.max.max(min),
            cooldown_up: config.cooldown_up,
            cooldown_down: config.cooldown_down,
            last_change: None,
        }
    }

    /// Fewest nodes.
    pub const fn min(&self) -> u32 {
        self.min
    }

    /// Most nodes.
    pub const fn max(&self) -> u32 {
        self.max
    }

    /// The number of nodes allowed instead of `wanted`. Each limit that changed it is told to `limits`.
    pub fn limit(&self, now: Instant, current: u32, wanted: u32, limits: &mut Vec<String>) -> u32 {
        let mut allowed = wanted;
        if let Some(until) = self.cooldown_until(wanted.cmp(&current))
            && now < until
        {
            limits.push(format!("cooldown until {until}"));
            allowed = current;
        }
        if allowed > self.max {
            limits.push(format!("max {} nodes", self.max));
            allowed = self.max;
        }
        if allowed < self.min {
            limits.push(format!("min {} nodes", self.min));
            allowed = self.min;
        }
        allowed
    }

    /// Takes note that nodes are being added or removed.
    pub fn changed(&mut self, now: Instant) {
        self.last_change = Some(now);
    }

    /// End of the cooldown that stands in the way of a change, if there was an earlier one.
    fn cooldown_until(&self, change: Ordering) -> Option<Instant> {
        let last_change = self.last_change?;
        match change {
            Ordering::Greater => Some(last_change + self.cooldown_up),
            Ordering::Less => Some(last_change + self.cooldown_down),
            Ordering::Equal => None,
        }
    }
}
