//! One cycle of the autoscaler: metrics, stabilization, limits.

use super::behavior::{HpaChange, HpaLimited, HpaReason, ScalingRules, legacy_clamp, rate_limit};
use super::events::ScaleEvents;
use super::pods::{Pod, Readiness};
use super::replicas::{HpaAnswer, HpaMetric, HpaTolerance, HpaWorld, replicas};
use super::stabilization::{Recommendation, RecommendationLog};
use super::up_down::UpDown;
use crate::{Duration, Instant};
use alloc::vec;
use core::cmp::Ordering;

/// What is set about one autoscaler.
#[derive(Clone, Debug, PartialEq)]
pub struct HpaSettings {
    /// Fewest pods. Default 1.
    pub min: i32,
    /// Most pods. Default without limit.
    pub max: i32,
    /// The rules of each direction; without any, the limits of [`legacy_clamp`] hold.
    pub behavior: Option<UpDown<ScalingRules>>,
    /// Distance of a ratio from 1 that changes nothing, where the rules of a direction have none.
    pub tolerance: HpaTolerance,
    /// How long past proposals keep pods, where the rules have no window. Default 5 min.
    pub downscale_stabilization: Duration,
    /// How long the CPU of a pod is not believed.
    pub readiness: Readiness,
}

/// Numbers of pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HpaScale {
    /// Wanted now.
    pub spec: i32,
    /// That exist.
    pub status: i32,
}

/// What a cycle decided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HpaDecision {
    /// Pods wanted.
    pub desired: i32,
    /// The limit that made the number.
    pub reason: HpaReason,
    /// The largest proposal of the metrics, with its metric's place among them; `None` if none was looked at or worked.
    pub proposal: Option<(usize, HpaAnswer)>,
    /// The proposal after the stabilization; `None` if it did not come to that.
    pub stabilized: Option<i32>,
    /// Whether a metric failed.
    pub failed: bool,
}

/// A proposal on its way to the number of pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HpaPaced {
    /// After the stabilization.
    pub stabilized: i32,
    /// After the limits.
    pub limited: HpaLimited,
}

/// One autoscaler with what it remembers.
#[derive(Clone, Debug, PartialEq)]
pub struct Hpa {
    /// What is set about it.
    pub settings: HpaSettings,
    /// Past proposals; `None` before the first cycle, which begins with the current number.
    pub recommendations: Option<RecommendationLog>,
    /// Past changes.
    pub events: UpDown<ScaleEvents>,
}

impl Default for HpaSettings {
    fn default() -> Self {
        Self {
            min: 1,
            max: i32::MAX,
            behavior: None,
            tolerance: HpaTolerance::default(),
            downscale_stabilization: Duration::from_secs(300),
            readiness: Readiness::default(),
        }
    }
}

impl HpaSettings {
    /// Distances of a ratio from 1 that change nothing.
    fn tolerance(&self) -> HpaTolerance {
        let HpaTolerance { down, up } = self.tolerance;
        let own = |rules: Option<&ScalingRules>| rules.and_then(|rules| rules.tolerance);
        let behavior = self.behavior.as_ref();
        HpaTolerance {
            down: own(behavior.map(|rules| &rules.down)).unwrap_or(down),
            up: own(behavior.map(|rules| &rules.up)).unwrap_or(up),
        }
    }
}

impl Hpa {
    /// An autoscaler that remembers nothing.
    pub fn new(settings: HpaSettings) -> Self {
        Self { settings, recommendations: None, events: UpDown::default() }
    }

    /// Runs a cycle. A metric that is `None` could not be read. Pods that no longer exist may have left samples (`orphans`).
    ///
    /// The largest proposal of the metrics counts. If none works, or some fail and the largest is less than what is
    /// wanted now, nothing changes.
    pub fn reconcile(
        &mut self,
        now: Instant,
        scale: HpaScale,
        metrics: &[Option<HpaMetric<'_>>],
        pods: &[Pod],
        orphans: &[i64],
    ) -> HpaDecision {
        self.begin(now, scale.spec);
        let HpaSettings { min, max, readiness, .. } = self.settings;
        let unasked = |desired, reason| HpaDecision {
            desired,
            reason,
            proposal: None,
            stabilized: None,
            failed: false,
        };
        if scale.spec == 0 && min > 0 {
            return unasked(0, HpaReason::ScalingDisabled);
        }
        if scale.spec > max {
            return unasked(max, HpaReason::AboveMax);
        }
        if scale.spec < min {
            return unasked(min, HpaReason::BelowMin);
        }
        let world = HpaWorld { pods, orphans, current: scale.spec, existing: scale.status, readiness };
        let tolerance = self.settings.tolerance();
        let (mut best, mut failed): (Option<(usize, HpaAnswer)>, _) = (None, false);
        for (place, metric) in metrics.iter().enumerate() {
            match metric.map(|metric| replicas(metric, tolerance, &world)) {
                Some(Ok(answer)) if best.is_none_or(|(_, best)| answer.replicas > best.replicas) => {
                    best = Some((place, answer));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => failed = true,
            }
        }
        match best {
            Some((_, answer)) if !failed || answer.replicas >= scale.spec => {
                let paced = self.pace(now, scale.spec, answer.replicas);
                let HpaLimited { replicas: desired, reason } = paced.limited;
                HpaDecision { desired, reason, proposal: best, stabilized: Some(paced.stabilized), failed }
            }
            Some(_) | None => {
                let held = unasked(scale.spec, HpaReason::MetricsFailed);
                HpaDecision { proposal: best, failed, ..held }
            }
        }
    }

    /// Stabilizes and limits a proposal of the metrics.
    pub fn pace(&mut self, now: Instant, current: i32, proposal: i32) -> HpaPaced {
        self.begin(now, current);
        let log = self.recommendations.get_or_insert_default();
        let HpaSettings { min, max, downscale_stabilization: window, .. } = self.settings;
        let change = |desired| HpaChange { min, max, current, desired };
        let Some(rules) = &self.settings.behavior else {
            let stabilized = log.stabilize_legacy(now, proposal, window);
            return HpaPaced { stabilized, limited: legacy_clamp(change(stabilized)) };
        };
        let windows = UpDown {
            up: rules.up.stabilization_window.unwrap_or(Duration::ZERO),
            down: rules.down.stabilization_window.unwrap_or(window),
        };
        let stabilized = log.stabilize(now, current, proposal, windows);
        let rules = UpDown { up: &rules.up, down: &rules.down };
        let events = UpDown { up: &self.events.up, down: &self.events.down };
        HpaPaced { stabilized, limited: rate_limit(now, change(stabilized), rules, events) }
    }

    /// Takes note that the number of pods was changed. Without rules nothing is kept, since nothing looks at it.
    pub fn scaled(&mut self, now: Instant, from: i32, to: i32) {
        let Some(rules) = &self.settings.behavior else { return };
        match to.cmp(&from) {
            Ordering::Greater => {
                self.events.up.record(now, to.saturating_sub(from), rules.up.longest_period());
            }
            Ordering::Less => {
                self.events.down.record(now, from.saturating_sub(to), rules.down.longest_period());
            }
            Ordering::Equal => {}
        }
    }

    fn begin(&mut self, now: Instant, current: i32) {
        let first = || RecommendationLog::new(vec![Recommendation { at: now, replicas: current }]);
        self.recommendations.get_or_insert_with(first);
    }
}
