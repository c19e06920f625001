//! How fast the number of pods may change.

use super::events::ScaleEvents;
use super::up_down::UpDown;
use crate::{Duration, Instant};
use alloc::vec;
use alloc::vec::Vec;

/// What limits changes in one direction.
#[derive(Clone, Debug, PartialEq)]
pub struct ScalingRules {
    /// Which of the policies counts.
    pub select: SelectPolicy,
    /// The policies.
    pub policies: Vec<RatePolicy>,
    /// How long past proposals count against a change; `None` is 0 up and the controller's window down.
    pub stabilization_window: Option<Duration>,
    /// Distance of the ratio from 1 that changes nothing; `None` is the controller's.
    pub tolerance: Option<f64>,
}

/// Which of several policies counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SelectPolicy {
    /// The one that allows most change.
    #[default]
    Max,
    /// The one that allows least change.
    Min,
    /// None: nothing changes in this direction.
    Disabled,
}

/// How much may change within a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RatePolicy {
    /// What `value` counts.
    pub unit: RateUnit,
    /// How much.
    pub value: i32,
    /// The time.
    pub period: Duration,
}

/// What a rate policy counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateUnit {
    /// Pods.
    Pods,
    /// Percent of the pods at the begin of the period.
    Percent,
}

/// A number of pods after the limits, and the limit that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HpaLimited {
    /// Pods.
    pub replicas: i32,
    /// Why so many.
    pub reason: HpaReason,
}

/// Why the autoscaler wants its number, as in the condition `ScalingLimited`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HpaReason {
    /// No limit was met.
    DesiredWithinRange,
    /// The rate of growth.
    ScaleUpLimit,
    /// The rate of decline.
    ScaleDownLimit,
    /// The most pods allowed.
    TooManyReplicas,
    /// The fewest pods allowed.
    TooFewReplicas,
    /// No pods are wanted, so nothing is done.
    ScalingDisabled,
    /// Too few metrics work.
    MetricsFailed,
    /// More pods are wanted now than are allowed.
    AboveMax,
    /// Fewer pods are wanted now than are allowed.
    BelowMin,
}

impl HpaReason {
    /// The word for it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::DesiredWithinRange => "DesiredWithinRange",
            Self::ScaleUpLimit => "ScaleUpLimit",
            Self::ScaleDownLimit => "ScaleDownLimit",
            Self::TooManyReplicas => "TooManyReplicas",
            Self::TooFewReplicas => "TooFewReplicas",
            Self::ScalingDisabled => "ScalingDisabled",
            Self::MetricsFailed => "MetricsFailed",
            Self::AboveMax => "AboveMaxReplicas",
            Self::BelowMin => "BelowMinReplicas",
        }
    }
}

impl ScalingRules {
    /// The rules for growth where none are written: 4 pods or 100% in 15 s, whichever is more.
    pub fn default_up() -> Self {
        let pods = RatePolicy { unit: RateUnit::Pods, value: 4, ..HUNDRED_PERCENT };
        Self { policies: vec![pods, HUNDRED_PERCENT], ..Self::default_down() }
    }

    /// The rules for decline where none are written: 100% in 15 s.
    pub fn default_down() -> Self {
        Self {
            select: SelectPolicy::Max,
            policies: vec![HUNDRED_PERCENT],
            stabilization_window: None,
            tolerance: None,
        }
    }

    /// The longest time that a policy looks back.
    pub fn longest_period(&self) -> Duration {
        self.policies.iter().map(|policy| policy.period).max().unwrap_or(Duration::ZERO)
    }

    fn up_limit(&self, now: Instant, current: i32, events: UpDown<&ScaleEvents>) -> i32 {
        let proposals = self.policies.iter().map(|policy| {
            let start = policy.start(now, current, events);
            match policy.unit {
                RateUnit::Pods => start.saturating_add(policy.value),
                RateUnit::Percent => {
                    libm::ceil(f64::from(start) * (1.0 + f64::from(policy.value) / 100.0)) as i32
                }
            }
        });
        match self.select {
            SelectPolicy::Max => proposals.max().unwrap_or(i32::MIN),
            SelectPolicy::Min => proposals.min().unwrap_or(i32::MAX),
            SelectPolicy::Disabled => current,
        }
    }

    fn down_limit(&self, now: Instant, current: i32, events: UpDown<&ScaleEvents>) -> i32 {
        let proposals = self.policies.iter().map(|policy| {
            let start = policy.start(now, current, events);
            match policy.unit {
                RateUnit::Pods => start.saturating_sub(policy.value),
                // The cast drops the fraction.
                RateUnit::Percent => (f64::from(start) * (1.0 - f64::from(policy.value) / 100.0)) as i32,
            }
        });
        match self.select {
            SelectPolicy::Max => proposals.min().unwrap_or(i32::MAX),
            SelectPolicy::Min => proposals.max().unwrap_or(i32::MIN),
            SelectPolicy::Disabled => current,
        }
    }
}

const HUNDRED_PERCENT: RatePolicy =
    RatePolicy { unit: RateUnit::Percent, value: 100, period: Duration::from_secs(15) };

impl RatePolicy {
    /// Pods at the begin of the period.
    fn start(&self, now: Instant, current: i32, events: UpDown<&ScaleEvents>) -> i32 {
        let added = events.up.change_within(now, self.period);
        current.saturating_sub(added).saturating_add(events.down.change_within(now, self.period))
    }
}

/// A wanted number of pods within the rules of its direction and the bounds.
pub fn rate_limit(
    now: Instant,
    change: HpaChange,
    rules: UpDown<&ScalingRules>,
    events: UpDown<&ScaleEvents>,
) -> HpaLimited {
    let HpaChange { min, max, current, desired } = change;
    if desired > current {
        let limit = rules.up.up_limit(now, current, events).max(current);
        let (cap, reason) =
            if max > limit { (limit, HpaReason::ScaleUpLimit) } else { (max, HpaReason::TooManyReplicas) };
        if desired > cap {
            return HpaLimited { replicas: cap, reason };
        }
    } else if desired < current {
        let limit = rules.down.down_limit(now, current, events).min(current);
        let (floor, reason) =
            if min < limit { (limit, HpaReason::ScaleDownLimit) } else { (min, HpaReason::TooFewReplicas) };
        if desired < floor {
            return HpaLimited { replicas: floor, reason };
        }
    }
    HpaLimited { replicas: desired, reason: HpaReason::DesiredWithinRange }
}

/// A change that is wanted, and the bounds of the number of pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HpaChange {
    /// Fewest pods.
    pub min: i32,
    /// Most pods.
    pub max: i32,
    /// Pods wanted so far.
    pub current: i32,
    /// Pods wanted now.
    pub desired: i32,
}

/// A wanted number of pods within the limits of an autoscaler that has no rules of its own: at most twice the current
/// number or 4, and within the bounds.
pub fn legacy_clamp(change: HpaChange) -> HpaLimited {
    let HpaChange { min, max, current, desired } = change;
    let limit = current.saturating_mul(2).max(4);
    let (cap, reason) =
        if max > limit { (limit, HpaReason::ScaleUpLimit) } else { (max, HpaReason::TooManyReplicas) };
    if desired < min {
        HpaLimited { replicas: min, reason: HpaReason::TooFewReplicas }
    } else if desired > cap {
        HpaLimited { replicas: cap, reason }
    } else {
        HpaLimited { replicas: desired, reason: HpaReason::DesiredWithinRange }
    }
}
