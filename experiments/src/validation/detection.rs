//! Failure detection: the very monitor and detectors of the control plane.

use super::case::Case;
use super::experiment::{Experiment, Family, Readings};
use super::journal::nearest_rank;
use super::numbers::{mean, variance};
use super::station::{known_metrics, part_seed};
use cusinart_policies::detection::{
    Consecutive, exact_deviations_until, exact_phi, exponential_phi, phi, silence_until,
    silence_until_convicted,
};
use cusinart_policies::{
    Duration, FailureCause, FailureDetector, HealthConfig, HealthEvent, HealthMonitor, Instant, NodeHealth,
    NodeId, ProbeAnswer, ProbeOutcome, ProbeSchedule, Verdict,
};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use serde::Deserialize;

/// The families of this file.
pub(super) const FAMILIES: &[(&str, Family)] = &[
    ("probe_detect", probe_detect),
    ("probe_fp", probe_fp),
    ("hysteresis", hysteresis),
    ("phi_normal", phi_normal),
    ("phi_exp", phi_exp),
    ("phi_akka", phi_akka),
];

/// The one node that is watched.
const NODE: NodeId = NodeId(0);
/// Probes before the node dies.
const PROBES_BEFORE: u64 = 3;

/// A uniform number in [0, 1).
fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

#[derive(Deserialize)]
struct ProbeDetect {
    interval_s: f64,
    timeout_s: f64,
    k: u32,
    schedule: Schedule,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Schedule {
    FixedRate,
    FixedDelay,
}

impl ProbeDetect {
    fn monitor(&self) -> HealthMonitor {
        let config = HealthConfig {
            period: Duration::from_secs_f64(self.interval_s),
            timeout: Duration::from_secs_f64(self.timeout_s),
            schedule: match self.schedule {
                Schedule::FixedRate => ProbeSchedule::FixedRate,
                Schedule::FixedDelay => ProbeSchedule::FixedDelay,
            },
            spread: false,
            ..HealthConfig::default()
        };
        let mut monitor = HealthMonitor::new(&config, 1, Box::new(Consecutive::new(self.k, 1)));
        monitor.join(Instant::ZERO, NODE);
        monitor
    }

    /// Seconds from the death of a node, which answers at once until then, to the word that it failed.
    fn detection_s(&self, death: Instant) -> Result<f64, String> {
        let mut monitor = self.monitor();
        loop {
            let now = monitor.next_deadline().ok_or("the monitor sends no probes")?.at;
            while let Some((_, event)) = monitor.due_timeout(now) {
                if matches!(event, Some(HealthEvent::NodeFailure { .. })) {
                    return Ok(now.as_secs_f64() - death.as_secs_f64());
                }
            }
            while let Some((node, probe)) = monitor.due_probe(now) {
                if now < death {
                    let _ = monitor.answered(now, node, probe, ProbeAnswer::Healthy);
                }
            }
        }
    }
}

fn probe_detect(case: &Case, units: u64) -> Result<Experiment, String> {
    let model: ProbeDetect = case.model()?;
    if model.timeout_s > model.interval_s {
        return Err("probes that last longer than their interval".into());
    }
    Ok(Experiment::direct(move |seed| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let times: Result<Vec<f64>, String> = (0..units)
            .map(|_| {
                let at_s = (PROBES_BEFORE as f64 + uniform(&mut rng)) * model.interval_s;
                model.detection_s(Instant::ZERO + Duration::from_secs_f64(at_s))
            })
            .collect();
        let mut times = times?;
        let fold = |start: f64, choose: fn(f64, f64) -> f64| times.iter().copied().fold(start, choose);
        let (least, most) = (fold(f64::INFINITY, f64::min), fold(0.0, f64::max));
        Ok(vec![
            ("min_detect_s".into(), least.into()),
            ("max_detect_s".into(), most.into()),
            ("mean_detect_s".into(), mean(&times).into()),
            ("std_detect_s".into(), variance(&times).sqrt().into()),
            ("p50_detect_s".into(), nearest_rank(&mut times, 0.5).into()),
            ("p99_detect_s".into(), nearest_rank(&mut times, 0.99).into()),
        ])
    }))
}

/// A detector of one node, fed with probes that are lost at random.
struct Lossy {
    detector: Consecutive,
    health: NodeHealth,
    rng: ChaCha8Rng,
    p_loss: f64,
}

impl Lossy {
    fn new(detector: Consecutive, seed: u64, p_loss: f64) -> Self {
        let health = NodeHealth::joined(Instant::ZERO);
        Self { detector, health, rng: ChaCha8Rng::seed_from_u64(seed), p_loss }
    }

    fn reset(&mut self) {
        self.detector.reset(Instant::ZERO, NODE);
        self.health = NodeHealth::joined(Instant::ZERO);
    }

    /// The verdict after one more probe.
    fn probe(&mut self) -> Verdict {
        let outcome = if uniform(&mut self.rng) < self.p_loss {
            self.health.record_failure();
            ProbeOutcome::Failure(FailureCause::Unresponsive)
        } else {
            self.health.record_success(Instant::ZERO);
            ProbeOutcome::Success
        };
        self.detector.observe(Instant::ZERO, NODE, &self.health, outcome).verdict
    }
}

#[derive(Deserialize)]
struct ProbeFp {
    p_loss: f64,
    k: u32,
    interval_s: f64,
    nodes: f64,
    horizon_probes: u64,
}

fn probe_fp(case: &Case, units: u64) -> Result<Experiment, String> {
    let model: ProbeFp = case.model()?;
    Ok(Experiment::direct(move |seed| {
        let mut lossy = Lossy::new(Consecutive::new(model.k, 1), seed, model.p_loss);
        let mut probes = 0_u64;
        for _ in 0..units {
            lossy.reset();
            probes += 1;
            while lossy.probe() != Verdict::Failed {
                probes += 1;
            }
        }
        let mut lossy = Lossy::new(Consecutive::new(model.k, 1), part_seed(seed, 1), model.p_loss);
        let mut alarmed = 0_u64;
        for _ in 0..units {
            lossy.reset();
            alarmed += u64::from((0..model.horizon_probes).any(|_| lossy.probe() == Verdict::Failed));
        }
        let mean = probes as f64 / units as f64;
        Ok(vec![
            ("mean_probes_to_false_alarm".into(), mean.into()),
            ("mean_time_to_false_alarm_s".into(), (mean * model.interval_s).into()),
            (
                "false_alarms_per_hour_fleet".into(),
                (model.nodes * 3_600.0 / (mean * model.interval_s)).into(),
            ),
            ("prob_false_alarm_within_horizon".into(), (alarmed as f64 / units as f64).into()),
        ])
    }))
}

#[derive(Deserialize)]
struct Hysteresis {
    p_loss: f64,
    k_down: u32,
    s_up: u32,
}

fn hysteresis(case: &Case, units: u64) -> Result<Experiment, String> {
    let model: Hysteresis = case.model()?;
    Ok(Experiment::direct(move |seed| {
        let mut lossy = Lossy::new(Consecutive::new(model.k_down, model.s_up), seed, model.p_loss);
        (0..units / 10).for_each(|_| {
            let _ = lossy.probe();
        });
        let (mut down, mut falls, mut rises, mut was_down) =
            (0_u64, 0_u64, 0_u64, lossy.probe() == Verdict::Failed);
        let probes = units - units / 10;
        for _ in 0..probes {
            let is_down = lossy.probe() == Verdict::Failed;
            down += u64::from(is_down);
            falls += u64::from(is_down && !was_down);
            rises += u64::from(!is_down && was_down);
            was_down = is_down;
        }
        let up = probes - down;
        Ok(vec![
            ("frac_time_marked_down".into(), (down as f64 / probes as f64).into()),
            ("mean_probes_marked_up".into(), (up as f64 / falls as f64).into()),
            ("mean_probes_marked_down".into(), (down as f64 / rises as f64).into()),
            ("flaps_per_1000_probes".into(), (1_000.0 * falls as f64 / probes as f64).into()),
        ])
    }))
}

#[derive(Deserialize)]
struct PhiNormal {
    mean_s: f64,
    std_s: f64,
    threshold: f64,
}

fn phi_normal(case: &Case, heartbeats: u64) -> Result<Experiment, String> {
    let model: PhiNormal = case.model()?;
    let counts = known_metrics(case).iter().any(|metric| metric.starts_with("prob_"));
    let heartbeats = if counts { heartbeats } else { 0 };
    Ok(Experiment::direct(move |seed| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let z = exact_deviations_until(model.threshold);
        let exceeds = |gap: f64| exact_phi(gap, model.mean_s, model.std_s) >= model.threshold;
        let late = (0..heartbeats).filter(|_| exceeds(model.mean_s + model.std_s * normal(&mut rng))).count();
        Ok(vec![
            ("time_to_threshold_s".into(), (model.mean_s + z * model.std_s).into()),
            ("z_score".into(), z.into()),
            ("phi_at_mean".into(), exact_phi(model.mean_s, model.mean_s, model.std_s).into()),
            ("prob_late_heartbeat_exceeds_threshold".into(), (late as f64 / heartbeats.max(1) as f64).into()),
        ])
    }))
}

/// A standard normal number (Box & Muller, 1958).
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let radius = libm::sqrt(-2.0 * libm::log(1.0 - uniform(rng)));
    radius * libm::cos(2.0 * std::f64::consts::PI * uniform(rng))
}

#[derive(Deserialize)]
struct PhiExp {
    mean_s: f64,
    threshold: f64,
}

fn phi_exp(case: &Case, _: u64) -> Result<Experiment, String> {
    let model: PhiExp = case.model()?;
    Ok(Experiment::direct(move |_| {
        Ok(vec![
            ("time_to_threshold_s".into(), silence_until_convicted(model.threshold, model.mean_s).into()),
            ("phi_per_mean_interval".into(), exponential_phi(model.mean_s, model.mean_s).into()),
        ])
    }))
}

#[derive(Deserialize)]
struct PhiAkka {
    mean_s: f64,
    std_s: f64,
    threshold: f64,
    #[serde(default)]
    pause_s: f64,
}

fn phi_akka(case: &Case, _: u64) -> Result<Experiment, String> {
    let model: PhiAkka = case.model()?;
    Ok(Experiment::direct(move |_| {
        let mean = model.mean_s + model.pause_s;
        let beyond = |deviations: f64| phi(mean + deviations * model.std_s, mean, model.std_s);
        let readings: Readings = vec![
            ("time_to_threshold_s".into(), silence_until(model.threshold, mean, model.std_s).into()),
            ("phi_at_mean_plus_1std".into(), beyond(1.0).into()),
            ("phi_at_mean_plus_3std".into(), beyond(3.0).into()),
        ];
        Ok(readings)
    }))
}
