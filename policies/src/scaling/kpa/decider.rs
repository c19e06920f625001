//! How many pods the load asks for, calm or in panic.

use crate::{Duration, Instant};
use alloc::collections::VecDeque;

/// Length of the slots that a delayed scale-down keeps the maximum of.
const SLOT: Duration = Duration::from_secs(2);

/// What is set about one autoscaler.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KpaSpec {
    /// Load that a pod is meant to carry.
    pub target: f64,
    /// Load that a pod can carry.
    pub total: f64,
    /// Load that must still fit beside the observed one for requests to bypass the activator; negative has no limit.
    pub burst_capacity: f64,
    /// Pods wanted per ready pod from which on the short window rules. Default 2.
    pub panic_threshold: f64,
    /// Most growth of one decision, as a factor. Default 1000.
    pub max_scale_up_rate: f64,
    /// Most decline of one decision, as a divisor. Default 2.
    pub max_scale_down_rate: f64,
    /// Time after the last panic until the long window rules again. Default 60 s.
    pub stable_window: Duration,
    /// Whether requests can reach the service at all. Pods that nobody can reach go at once.
    pub reachable: bool,
    /// Fewest pods while there is load at all. More than 1 to have an effect.
    pub activation_scale: i32,
    /// How long a decision to go down is put off. Default none.
    pub scale_down_delay: Duration,
}

/// What was observed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KpaLoad {
    /// Mean over the long window.
    pub stable: f64,
    /// Mean over the short window.
    pub panic: f64,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KpaDecision {
    /// Pods wanted, without bounds.
    pub desired: i32,
    /// Load that still fits beside the observed one and the burst; -1 without a limit.
    pub excess_burst: f64,
    /// What the mean over the long window asks for, without limits.
    pub raw_stable: f64,
    /// What the mean over the short window asks for, without limits.
    pub raw_panic: f64,
    /// What the two ask for within the limits of one step.
    pub stepped: i32,
    /// What calm or panic makes of it, before a delay.
    pub undelayed: i32,
}

/// Decides from two means of the load, and remembers panic and past maxima.
///
/// Each mean asks for `ceil(load / target)` pods, within the limits of one step. Where the short one asks for
/// `panic_threshold` times the ready pods, panic begins: pods are only added, until the long window has passed
/// without panic.
#[derive(Clone, Debug, PartialEq)]
pub struct KpaDecider {
    panic_since: Option<Instant>,
    panic_most: i32,
    /// Slots with their maxima, ascending by slot and descending by maximum.
    slots: VecDeque<(u64, i32)>,
}

impl KpaDecider {
    /// A decider that starts beside so many ready pods. More than one may be the remains of a panic, so it starts in one.
    pub const fn new(now: Instant, ready: i32) -> Self {
        let panic_since = if ready > 1 { Some(now) } else { None };
        Self::in_state(panic_since, ready)
    }

    /// A decider in this state of panic, with this maximum of it.
    pub const fn in_state(panic_since: Option<Instant>, panic_most: i32) -> Self {
        Self { panic_since, panic_most, slots: VecDeque::new() }
    }

    /// Whether it panics.
    pub const fn panics(&self) -> bool {
        self.panic_since.is_some()
    }

    /// Decides. Nothing is decided and nothing changes while the ready pods or the load are unknown.
    pub fn decide(
        &mut self,
        now: Instant,
        spec: &KpaSpec,
        ready: Option<i32>,
        load: Option<KpaLoad>,
    ) -> Option<KpaDecision> {
        let (ready, load) = (ready?, load?);
        let pods = f64::from(ready.max(1));
        let most = libm::ceil(spec.max_scale_up_rate * pods);
        let least = if spec.reachable { libm::floor(pods / spec.max_scale_down_rate) } else { 0.0 };
        let raw_stable = libm::ceil(load.stable / spec.target);
        let raw_panic = libm::ceil(load.panic / spec.target);
        let within = |raw: f64| {
            // The cast saturates.
            let pods = raw.max(least).min(most) as i32;
            let lifted = spec.activation_scale > 1 && raw > 0.0;
            if lifted { pods.max(spec.activation_scale) } else { pods }
        };
        let (stable, panic) = (within(raw_stable), within(raw_panic));
        self.observe_panic(now, spec, raw_panic / pods);
        let undelayed = if self.panics() {
            self.panic_most = self.panic_most.max(stable).max(panic);
            self.panic_most
        } else {
            stable
        };
        let stepped = if self.panics() { stable.max(panic) } else { stable };
        let desired = self.delayed(now, spec, undelayed);
        let excess_burst = if spec.burst_capacity == 0.0 {
            0.0
        } else if spec.burst_capacity < 0.0 {
            -1.0
        } else {
            libm::floor(f64::from(ready) * spec.total - spec.burst_capacity - load.panic)
        };
        Some(KpaDecision { desired, excess_burst, raw_stable, raw_panic, stepped, undelayed })
    }

    fn observe_panic(&mut self, now: Instant, spec: &KpaSpec, pods_per_ready: f64) {
        if pods_per_ready >= spec.panic_threshold {
            self.panic_since = Some(now);
        } else if self.panic_since.is_some_and(|since| since + spec.stable_window < now) {
            self.panic_since = None;
            self.panic_most = 0;
        }
    }

    /// The most of the slots that the delay reaches back to, this one among them.
    fn delayed(&mut self, now: Instant, spec: &KpaSpec, pods: i32) -> i32 {
        if !spec.reachable || spec.scale_down_delay.is_zero() {
            return pods;
        }
        let slot = now.as_nanos() / SLOT.as_nanos();
        let kept = spec.scale_down_delay.as_nanos().div_ceil(SLOT.as_nanos());
        while self.slots.back().is_some_and(|(_, most)| *most <= pods) {
            self.slots.pop_back();
        }
        if self.slots.back().is_none_or(|(last, _)| *last < slot) {
            self.slots.push_back((slot, pods));
        }
        while self.slots.front().is_some_and(|(oldest, _)| slot.saturating_sub(*oldest) >= kept) {
            self.slots.pop_front();
        }
        self.slots.front().map_or(pods, |(_, most)| *most)
    }
}
