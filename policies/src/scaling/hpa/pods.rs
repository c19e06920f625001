//! What the autoscaler knows of a pod, and whether its sample counts.

use crate::Duration;

/// A pod as the autoscaler sees it. Ages count back from the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pod {
    /// Where it stands in its life.
    pub phase: PodPhase,
    /// Whether its termination has begun.
    pub deleting: bool,
    /// Its readiness condition; `None` while there is none yet.
    pub ready: Option<bool>,
    /// Time since it started; `None` if it never did.
    pub start_age: Option<Duration>,
    /// Time since its readiness last changed.
    pub transition_age: Duration,
    /// What it asks for, in thousandths; `None` if it asks for nothing.
    pub request: Option<i64>,
    /// Its newest sample.
    pub sample: Option<PodSample>,
}

/// Where a pod stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodPhase {
    /// Not scheduled, or not started.
    Pending,
    /// Started.
    Running,
    /// Ended badly.
    Failed,
}

/// What was measured of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PodSample {
    /// What it uses, in thousandths.
    pub usage: i64,
    /// Age of the sample.
    pub age: Duration,
    /// Length of the time that it covers.
    pub window: Duration,
}

/// How long the CPU of a pod is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// Time since the start within which only a ready pod counts, and only with a sample that covers nothing before it
    /// became ready. Default 5 min (`--horizontal-pod-autoscaler-cpu-initialization-period`).
    pub initialization_period: Duration,
    /// A pod that is not ready and became so within this time of its start has never been ready and does not count. Default
    /// 30 s (`--horizontal-pod-autoscaler-initial-readiness-delay`).
    pub initial_delay: Duration,
}

impl Default for Readiness {
    fn default() -> Self {
        Self { initialization_period: Duration::from_secs(300), initial_delay: Duration::from_secs(30) }
    }
}

/// What the sample of a pod is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodGroup {
    /// It goes; neither it nor its sample is looked at.
    Ignored,
    /// It does not serve yet; its sample is not believed.
    Unready,
    /// It has no sample.
    Missing,
    /// Its sample counts.
    Ready(PodSample),
}

impl Pod {
    /// The group of the pod. `cpu` tells whether the metric is CPU time, which a starting pod burns without serving.
    pub fn group(&self, cpu: bool, readiness: &Readiness) -> PodGroup {
        if self.deleting || self.phase == PodPhase::Failed {
            return PodGroup::Ignored;
        }
        if self.phase == PodPhase::Pending {
            return PodGroup::Unready;
        }
        let Some(sample) = self.sample else { return PodGroup::Missing };
        if cpu && self.is_unready(&sample, readiness) { PodGroup::Unready } else { PodGroup::Ready(sample) }
    }

    fn is_unready(&self, sample: &PodSample, readiness: &Readiness) -> bool {
        let (Some(ready), Some(start_age)) = (self.ready, self.start_age) else { return true };
        if start_age < readiness.initialization_period {
            // The sample was taken before a whole window had passed since the transition.
            !ready || self.transition_age < sample.age + sample.window
        } else {
            // The transition came before start + delay.
            !ready && start_age < self.transition_age + readiness.initial_delay
        }
    }
}
