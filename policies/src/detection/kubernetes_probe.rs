//! The probe worker of the Kubernetes kubelet, one for each probe of each container.

use crate::{Duration, Instant};

/// What a probe is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeType {
    /// Whether the container must be restarted.
    Liveness,
    /// Whether it may get traffic.
    Readiness,
    /// Whether it has started; until then the other two are not probed.
    Startup,
}

/// The result of a probe as the kubelet publishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeResult {
    /// Good.
    Success,
    /// Bad.
    Failure,
    /// Not known yet.
    Unknown,
}

/// The timing and the thresholds of a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProbeSpec {
    /// Whole seconds a container must have been running before it is probed. Default 0.
    pub initial_delay: Duration,
    /// From probe to probe. Default 10 s, at least 1 s.
    pub period: Duration,
    /// After which a silent probe has failed. Default 1 s.
    pub timeout: Duration,
    /// Bad probes in a row before failure is published. Default 3, at least 1.
    pub failure_threshold: u32,
    /// Good probes in a row before success is published. Default 1, at least 1; always 1 for liveness and startup.
    pub success_threshold: u32,
}

impl Default for ProbeSpec {
    fn default() -> Self {
        Self {
            initial_delay: Duration::ZERO,
            period: Duration::from_secs(10),
            timeout: Duration::from_secs(1),
            failure_threshold: 3,
            success_threshold: 1,
        }
    }
}

impl ProbeSpec {
    /// The `index`-th tick of a worker; each tick probes, however long a probe takes.
    pub fn tick(&self, worker_started: Instant, index: u64) -> Instant {
        worker_started + self.period * index
    }

    /// Whether a tick passes without a probe, because the container is too young. Its age counts in whole seconds.
    pub fn is_idle(&self, container_started: Instant, now: Instant) -> bool {
        let age_s = (i128::from(now.as_nanos()) - i128::from(container_started.as_nanos())) / SECOND_NS;
        age_s * SECOND_NS < i128::from(self.initial_delay.as_nanos())
    }
}

const SECOND_NS: i128 = 1_000_000_000;

/// Counts the outcomes of one probe and publishes a result when enough of them agree.
///
/// The run grows while outcomes repeat and starts again at 1 with another one; a result is published when the run
/// reaches the threshold of its outcome. When liveness publishes failure, or startup publishes either, the worker is on
/// hold until there is another container: outcomes are ignored, the run is cleared, the last outcome is not. Liveness
/// and readiness are ignored until the container has started, startup once it has.
///
/// Source: Kubernetes, `pkg/kubelet/prober/worker.go`, and the documentation of probes for the defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProbeWorker {
    probe: ProbeType,
    failure_threshold: u32,
    success_threshold: u32,
    started: bool,
    result: ProbeResult,
    last_good: Option<bool>,
    run: u32,
    on_hold: bool,
}

impl ProbeWorker {
    /// A worker that has probed nothing. `started` says whether the container has started.
    pub const fn new(probe: ProbeType, spec: &ProbeSpec, started: bool) -> Self {
        Self {
            probe,
            failure_threshold: spec.failure_threshold,
            success_threshold: spec.success_threshold,
            started,
            result: initial(probe),
            last_good: None,
            run: 0,
            on_hold: false,
        }
    }

    /// Takes the outcome of a probe.
    pub fn outcome(&mut self, good: bool) {
        if !self.probes() {
            return;
        }
        self.run = if self.last_good == Some(good) { self.run.saturating_add(1) } else { 1 };
        self.last_good = Some(good);
        let (threshold, result) = if good {
            (self.success_threshold, ProbeResult::Success)
        } else {
            (self.failure_threshold, ProbeResult::Failure)
        };
        if self.run < threshold {
            return;
        }
        self.result = result;
        let restarts = match self.probe {
            ProbeType::Liveness => !good,
            ProbeType::Startup => true,
            ProbeType::Readiness => false,
        };
        if restarts {
            (self.on_hold, self.run) = (true, 0);
        }
    }

    /// The container has started: liveness and readiness are probed from now on, startup is no longer.
    pub const fn mark_started(&mut self) {
        self.started = true;
    }

    /// There is another container. The run and the last outcome are kept, as is whether it counts as started.
    pub const fn new_container(&mut self) {
        self.result = initial(self.probe);
        self.on_hold = false;
    }

    /// The published result.
    pub const fn result(&self) -> ProbeResult {
        self.result
    }

    /// Equal outcomes in a row.
    pub const fn run(&self) -> u32 {
        self.run
    }

    /// Whether the worker waits for another container.
    pub const fn is_on_hold(&self) -> bool {
        self.on_hold
    }

    /// Whether outcomes count.
    const fn probes(&self) -> bool {
        !self.on_hold
            && match self.probe {
                ProbeType::Liveness | ProbeType::Readiness => self.started,
                ProbeType::Startup => !self.started,
            }
    }
}

/// The result published before any outcome.
const fn initial(probe: ProbeType) -> ProbeResult {
    match probe {
        ProbeType::Liveness => ProbeResult::Success,
        ProbeType::Readiness => ProbeResult::Failure,
        ProbeType::Startup => ProbeResult::Unknown,
    }
}
