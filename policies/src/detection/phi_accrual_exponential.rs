//! `phi_accrual_exponential`: Cassandra's failure detector, for which pauses are exponentially distributed.

use super::pause_window::{PAUSES_MAX, PauseWindow};
use crate::catalogue::{Builtin, ParamForm, ParamInfo, PolicyEntry, PolicyKind};
use crate::{
    Duration, Evidence, FailureDetector, Instant, Judgement, NodeHealth, NodeId, ProbeOutcome, Verdict,
};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::f64::consts::LN_10;

pub(crate) const BUILTIN: Builtin<dyn FailureDetector> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Detector,
        name: "phi_accrual_exponential",
        summary: "Failed when the silence is too long a multiple of the mean pause between good answers, as in Cassandra.",
        source: "Apache Cassandra, `FailureDetector`: `phi_convict_threshold` (8), `cassandra.fd_initial_value_ms` and `cassandra.fd_max_interval_ms` (twice the gossip interval), `cassandra.max_local_pause_in_ms` (5 gossip intervals), window 1000",
        params: &[
            ParamInfo {
                name: "threshold",
                doc: "Phi beyond which a node is failed: a silence of threshold * 2.303 mean pauses, 18.4 with the \
                      default. Lower finds failures sooner and is wrong more often.",
                form: ParamForm::Number { default: 8.0, min: 0.1, max: 300.0 },
            },
            ParamInfo {
                name: "initial_interval",
                doc: "Pause recorded at the first heartbeat; twice the probe period in Cassandra. Longer is slower to \
                      find failures until the window has filled.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(10),
                    min: Duration::from_millis(1),
                    max: Duration::from_secs(3_600),
                },
            },
            ParamInfo {
                name: "max_recorded_interval",
                doc: "Longest pause that is recorded; longer ones are taken for outages. Must be longer than the probe \
                      period, or nothing is ever learnt.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(10),
                    min: Duration::from_millis(1),
                    max: Duration::from_secs(3_600),
                },
            },
            ParamInfo {
                name: "max_local_pause",
                doc: "Time between two judgements, of whatever nodes, beyond which the control plane itself is taken to \
                      have been paused: for so long nobody is declared failed. Must be longer than the probe period.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(25),
                    min: Duration::from_millis(1),
                    max: Duration::from_secs(86_400),
                },
            },
            ParamInfo {
                name: "window",
                doc: "Pauses remembered per node. More is steadier, follows a changed network later and takes \
                      8 bytes each.",
                form: ParamForm::Count { default: 1_000, min: 1, max: PAUSES_MAX as u64 },
            },
        ],
        example: "phi_accrual_exponential: { threshold: 8, max_local_pause: 25s }",
    },
    build: |params| {
        let settings = ArrivalSettings {
            threshold: params.number("threshold"),
            initial_interval: params.duration("initial_interval"),
            max_recorded_interval: params.duration("max_recorded_interval"),
            window: params.count("window"),
        };
        Ok(Box::new(PhiAccrualExponential::new(settings, params.duration("max_local_pause"))))
    },
};

/// Settings of [`Arrivals`]; the catalogue has their meaning, units, defaults and ranges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArrivalSettings {
    /// Phi beyond which a node is failed.
    pub threshold: f64,
    /// Pause recorded at the first heartbeat.
    pub initial_interval: Duration,
    /// Longest pause that is recorded.
    pub max_recorded_interval: Duration,
    /// Pauses remembered, 1..=10000.
    pub window: u32,
}

/// The heartbeats of one node.
///
/// The first one records the initial interval, a later one the pause that it ends, unless that is too long.
#[derive(Clone, Debug, Default)]
pub struct Arrivals {
    last: Option<Instant>,
    intervals: PauseWindow,
}

impl Arrivals {
    /// Forgets everything, keeps the memory.
    pub fn clear(&mut self) {
        self.intervals.clear();
        self.last = None;
    }

    /// Takes note of a heartbeat.
    pub fn heard(&mut self, now: Instant, settings: &ArrivalSettings) {
        let interval = self.last.map_or(settings.initial_interval, |last| now.since(last));
        if self.last.is_none() || interval <= settings.max_recorded_interval {
            self.intervals.push(interval, settings.window);
        }
        self.last = Some(now);
    }

    /// The last heartbeat, if there was one.
    pub const fn last(&self) -> Option<Instant> {
        self.last
    }

    /// Mean of the recorded pauses in nanoseconds; zero before the first heartbeat.
    pub fn mean(&self) -> f64 {
        self.intervals.mean()
    }

    /// Phi at an instant; zero before the first heartbeat.
    pub fn phi(&self, now: Instant) -> f64 {
        match self.last.map_or(Duration::ZERO, |last| now.since(last)) {
            Duration::ZERO => 0.0,
            silence => exponential_phi(silence.as_nanos() as f64, self.mean()),
        }
    }
}

/// Phi of a silence when pauses have this mean (both in one unit): minus the decimal logarithm of the chance that a
/// pause lasts longer.
///
/// Never NaN for finite arguments: no silence at all gives zero, whatever the mean.
pub fn exponential_phi(silence: f64, mean: f64) -> f64 {
    if silence == 0.0 { 0.0 } else { silence / mean / LN_10 }
}

/// Whether a node is failed: phi is strictly beyond the threshold.
pub fn is_convicted(phi: f64, threshold: f64) -> bool {
    phi > threshold
}

/// The silence beyond which a node is failed, in the unit of the mean.
pub fn silence_until_convicted(threshold: f64, mean: f64) -> f64 {
    threshold * LN_10 * mean
}

/// Finds pauses of the judge itself: when it has not judged anybody for long, silences say nothing about the nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalPause {
    max: Duration,
    judged: Instant,
    paused: Option<Instant>,
}

impl LocalPause {
    /// For a judge that was awake at `now`, and whose pauses of more than `max` count.
    pub const fn new(max: Duration, now: Instant) -> Self {
        Self { max, judged: now, paused: None }
    }

    /// Takes note of a judgement at `now`. Returns whether it must not count: more than `max` has gone by since the one
    /// before, or less than `max` since such a pause was found.
    pub fn skips(&mut self, now: Instant) -> bool {
        let gap = now.since(core::mem::replace(&mut self.judged, now));
        if gap > self.max {
            self.paused = Some(now);
            return true;
        }
        self.paused.is_some_and(|paused| now.since(paused) < self.max)
    }
}

/// Judges each node by [`exponential_phi`] of its silence. A good answer is a heartbeat and heals at once.
///
/// Known differences: joining and restarting count as the first heartbeat. Phi is looked at only when a probe ends, and
/// only a bad one can fail a node. Cassandra gossips each second and has 2 s for both intervals and 5 s for its own
/// pauses; the defaults here are the same multiples of a probe period of 5 s.
#[derive(Clone, Debug)]
pub struct PhiAccrualExponential {
    settings: ArrivalSettings,
    max_local_pause: Duration,
    /// From the first node on.
    local_pause: Option<LocalPause>,
    /// By node.
    nodes: Vec<Arrivals>,
}

impl PhiAccrualExponential {
    /// A detector with these settings.
    pub const fn new(settings: ArrivalSettings, max_local_pause: Duration) -> Self {
        Self { settings, max_local_pause, local_pause: None, nodes: Vec::new() }
    }

    fn arrivals_mut(&mut self, node: NodeId) -> &mut Arrivals {
        if self.nodes.len() <= node.index() {
            self.nodes.resize_with(node.index() + 1, Arrivals::default);
        }
        &mut self.nodes[node.index()]
    }
}

impl FailureDetector for PhiAccrualExponential {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn reset(&mut self, now: Instant, node: NodeId) {
        let settings = self.settings;
        self.local_pause.get_or_insert(LocalPause::new(self.max_local_pause, now));
        let arrivals = self.arrivals_mut(node);
        arrivals.clear();
        arrivals.heard(now, &settings);
    }

    fn observe(
        &mut self,
        now: Instant,
        node: NodeId,
        health: &NodeHealth,
        outcome: ProbeOutcome,
    ) -> Judgement {
        let settings = self.settings;
        let skips = self.local_pause.get_or_insert(LocalPause::new(self.max_local_pause, now)).skips(now);
        let arrivals = self.arrivals_mut(node);
        match outcome {
            ProbeOutcome::Success => arrivals.heard(now, &settings),
            ProbeOutcome::Failure(_) if arrivals.last.is_none() => {
                arrivals.heard(health.last_success, &settings);
            }
            ProbeOutcome::Failure(_) => {}
        }
        // Infinite only when all remembered pauses are empty.
        let score = arrivals.phi(now).min(f64::MAX);
        let verdict = match outcome {
            ProbeOutcome::Success => Verdict::Healthy,
            ProbeOutcome::Failure(_) if !skips && is_convicted(score, settings.threshold) => Verdict::Failed,
            ProbeOutcome::Failure(_) => Verdict::Suspect,
        };
        let evidence = Evidence {
            misses: health.failures,
            silent_for: now.since(arrivals.last.unwrap_or(health.last_success)),
            score,
            threshold: settings.threshold,
            accusation: None,
        };
        Judgement { verdict, evidence }
    }
}
