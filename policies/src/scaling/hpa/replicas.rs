//! How many pods one metric asks for.

use super::pods::{Pod, PodGroup, PodPhase, Readiness};

/// A metric with its target. Amounts are in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HpaMetric<'a> {
    /// A resource of the pods, as a share of what they ask for, in whole percent.
    Utilization {
        /// Whether the resource is CPU time.
        cpu: bool,
        /// Percent to hold.
        target: i64,
    },
    /// A measurement of each pod.
    PodAverage {
        /// Whether it is CPU time.
        cpu: bool,
        /// Mean over the pods to hold.
        target: i64,
    },
    /// A measurement of something else than pods, held as it is.
    Value {
        /// The measured values; their sum counts.
        values: &'a [i64],
        /// Sum to hold.
        target: i64,
    },
    /// A measurement of something else than pods, divided among them.
    Average {
        /// The measured values; their sum counts.
        values: &'a [i64],
        /// Share of each pod to hold.
        target: i64,
    },
}

/// Distance of a ratio from 1 that changes nothing: `1 - down <= ratio <= 1 + up`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HpaTolerance {
    /// Below 1. Default 0.1.
    pub down: f64,
    /// Above 1. Default 0.1.
    pub up: f64,
}

/// What a metric is looked at with.
#[derive(Clone, Copy, Debug)]
pub struct HpaWorld<'a> {
    /// The pods.
    pub pods: &'a [Pod],
    /// Samples of pods that no longer exist, in thousandths.
    pub orphans: &'a [i64],
    /// Pods wanted now.
    pub current: i32,
    /// Pods that exist; only for [`HpaMetric::Average`].
    pub existing: i32,
    /// How long the CPU of a pod is not believed.
    pub readiness: Readiness,
}

/// What a metric asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HpaAnswer {
    /// Pods wanted.
    pub replicas: i32,
    /// Value / target, before anything is assumed of pods without a sample.
    pub ratio: f64,
    /// The measured percent; only for [`HpaMetric::Utilization`].
    pub utilization: Option<i64>,
    /// The measured amount: a mean over the pods that count, or the sum of [`HpaMetric::Value`].
    pub usage: i64,
}

/// Why a metric asks for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HpaError {
    /// No sample at all.
    NoMetrics,
    /// No pod.
    NoPods,
    /// No sample of a pod that serves.
    NoMetricsForReadyPods,
    /// A pod does not say what it asks for.
    MissingRequest,
    /// No sample belongs to a pod that asks for something.
    NoMatchingPods,
}

impl Default for HpaTolerance {
    fn default() -> Self {
        Self { down: 0.1, up: 0.1 }
    }
}

impl HpaTolerance {
    fn holds(self, ratio: f64) -> bool {
        1.0 - self.down <= ratio && ratio <= 1.0 + self.up
    }
}

impl HpaError {
    /// The word for it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoMetrics => "no_metrics",
            Self::NoPods => "no_pods",
            Self::NoMetricsForReadyPods => "no_metrics_for_ready_pods",
            Self::MissingRequest => "missing_request",
            Self::NoMatchingPods => "no_matching_pods",
        }
    }
}

/// The number of pods that a metric asks for.
///
/// Within the tolerance it is the current one, else `ceil(ratio * pods)`, with assumptions about pods without a
/// believed sample that make the step smaller: busy while the ratio is below 1, idle while it is above.
///
/// # Errors
/// Why the metric asks for nothing.
pub fn replicas(
    metric: HpaMetric<'_>,
    tolerance: HpaTolerance,
    world: &HpaWorld<'_>,
) -> Result<HpaAnswer, HpaError> {
    match metric {
        HpaMetric::Utilization { cpu, target } => {
            per_pod(PodTarget { cpu, value: target, by_request: true }, tolerance, world)
        }
        HpaMetric::PodAverage { cpu, target } => {
            per_pod(PodTarget { cpu, value: target, by_request: false }, tolerance, world)
        }
        HpaMetric::Value { values, target } => Ok(of_value(sum(values), target, tolerance, world)),
        HpaMetric::Average { values, target } => Ok(of_average(sum(values), target, tolerance, world)),
    }
}

/// The target of a metric of the pods.
#[derive(Clone, Copy)]
struct PodTarget {
    cpu: bool,
    /// Percent of the request, or an amount in thousandths.
    value: i64,
    by_request: bool,
}

/// Sums over samples.
#[derive(Clone, Copy, Default)]
struct Sums {
    usage: i64,
    request: i64,
    samples: i64,
}

/// What the pods say.
#[derive(Clone, Copy, Default)]
struct Count {
    /// Of pods whose sample counts.
    ready: Sums,
    unready: Sums,
    missing: Sums,
    /// Missing pods as if busy.
    missing_busy: i64,
    /// Pods with a sample, whether it counts or not.
    sampled: usize,
    all_ask: bool,
}

impl Sums {
    fn add(&mut self, usage: i64, request: i64) {
        self.plus(Self { usage, request, samples: 1 });
    }

    fn plus(&mut self, other: Self) {
        self.usage = self.usage.saturating_add(other.usage);
        self.request = self.request.saturating_add(other.request);
        self.samples += other.samples;
    }
}

impl PodTarget {
    fn count(self, world: &HpaWorld<'_>) -> Count {
        let mut count = Count { all_ask: true, ..Count::default() };
        for pod in world.pods {
            count.sampled += usize::from(pod.sample.is_some());
            count.all_ask &= pod.request.is_some();
            let request = pod.request.unwrap_or(0);
            match pod.group(self.cpu, &world.readiness) {
                PodGroup::Ignored => {}
                PodGroup::Unready => count.unready.add(0, request),
                PodGroup::Missing => {
                    count.missing.add(0, request);
                    count.missing_busy = count.missing_busy.saturating_add(self.busy(request));
                }
                PodGroup::Ready(sample) => count.ready.add(sample.usage, request),
            }
        }
        count
    }

    /// What a pod without a sample is assumed to use while pods may be removed.
    fn busy(self, request: i64) -> i64 {
        if self.by_request { request.saturating_mul(self.value.max(100)) / 100 } else { self.value }
    }

    /// Percent of the request, or the mean over the samples; what there is nothing to divide by is `None`.
    fn measure(self, sums: Sums) -> Option<i64> {
        if self.by_request {
            sums.usage.saturating_mul(100).checked_div(sums.request)
        } else {
            sums.usage.checked_div(sums.samples)
        }
    }

    fn ratio(self, measured: i64) -> f64 {
        measured as f64 / self.value as f64
    }
}

fn per_pod(target: PodTarget, tolerance: HpaTolerance, world: &HpaWorld<'_>) -> Result<HpaAnswer, HpaError> {
    let count = target.count(world);
    let orphans = Sums { usage: sum(world.orphans), request: 0, samples: world.orphans.len() as i64 };
    if count.sampled == 0 && orphans.samples == 0 {
        return Err(HpaError::NoMetrics);
    }
    if world.pods.is_empty() {
        return Err(HpaError::NoPods);
    }
    if count.ready.samples + orphans.samples == 0 {
        return Err(HpaError::NoMetricsForReadyPods);
    }
    if target.by_request && !count.all_ask {
        return Err(HpaError::MissingRequest);
    }
    let mut sums = count.ready;
    if !target.by_request {
        sums.plus(orphans);
    }
    let measured = target.measure(sums).ok_or(HpaError::NoMatchingPods)?;
    let usage = sums.usage.checked_div(sums.samples).ok_or(HpaError::NoMatchingPods)?;
    let ratio = target.ratio(measured);
    let answer =
        |replicas| HpaAnswer { replicas, ratio, utilization: target.by_request.then_some(measured), usage };
    let with_unready = count.unready.samples > 0 && ratio > 1.0;
    if !with_unready && count.missing.samples == 0 {
        let wanted = || whole(ratio * count.ready.samples as f64);
        return Ok(answer(if tolerance.holds(ratio) { world.current } else { wanted() }));
    }
    if ratio < 1.0 {
        sums.plus(Sums { usage: count.missing_busy, ..count.missing });
    } else if ratio > 1.0 {
        sums.plus(count.missing);
    }
    if with_unready {
        sums.plus(count.unready);
    }
    let ratio_of_all = target.ratio(target.measure(sums).ok_or(HpaError::NoMatchingPods)?);
    let samples = if target.by_request { sums.samples + orphans.samples } else { sums.samples };
    let wanted = whole(ratio_of_all * samples as f64);
    let crossed = (ratio < 1.0 && ratio_of_all > 1.0) || (ratio > 1.0 && ratio_of_all < 1.0);
    let against =
        (ratio_of_all < 1.0 && wanted > world.current) || (ratio_of_all > 1.0 && wanted < world.current);
    let holds = tolerance.holds(ratio_of_all) || crossed || against;
    Ok(answer(if holds { world.current } else { wanted }))
}

fn of_value(usage: i64, target: i64, tolerance: HpaTolerance, world: &HpaWorld<'_>) -> HpaAnswer {
    let ratio = usage as f64 / target as f64;
    let is_ready = |pod: &&Pod| pod.phase == PodPhase::Running && pod.ready == Some(true);
    let replicas = if world.current == 0 {
        whole(ratio)
    } else if tolerance.holds(ratio) {
        world.current
    } else {
        whole(ratio * world.pods.iter().filter(is_ready).count() as f64)
    };
    HpaAnswer { replicas, ratio, utilization: None, usage }
}

fn of_average(usage: i64, target: i64, tolerance: HpaTolerance, world: &HpaWorld<'_>) -> HpaAnswer {
    let (sum, existing) = (usage as f64, f64::from(world.existing));
    let ratio = sum / (target as f64 * existing);
    let replicas = if tolerance.holds(ratio) { world.existing } else { whole(sum / target as f64) };
    // The cast saturates.
    HpaAnswer { replicas, ratio, utilization: None, usage: libm::ceil(sum / existing) as i64 }
}

fn sum(values: &[i64]) -> i64 {
    values.iter().fold(0, |sum: i64, value| sum.saturating_add(*value))
}

/// The next whole number of pods. The cast saturates; no number is 0.
fn whole(pods: f64) -> i32 {
    libm::ceil(pods) as i32
}
