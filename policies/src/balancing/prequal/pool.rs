//! The pool of probes, and the choice among them.

use crate::{Duration, Instant, NodeId};
use alloc::vec::Vec;

/// An answered probe.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probe {
    /// The node that answered.
    pub node: NodeId,
    /// Its requests in flight, plus one for each use of this probe since.
    pub in_flight: u32,
    /// Its latency with about so many requests in flight.
    pub latency: Duration,
    /// When the answer came.
    pub received: Instant,
    /// How often it may still be used.
    pub uses: u32,
}

/// On which side of the limit a node's requests in flight are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Temperature {
    /// Above the limit.
    Hot,
    /// Not above.
    Cold,
}

impl Probe {
    /// Hot iff there are more requests in flight than `in_flight_max`.
    fn temperature(&self, in_flight_max: f64) -> Temperature {
        if f64::from(self.in_flight) > in_flight_max { Temperature::Hot } else { Temperature::Cold }
    }
}

/// The hot-cold lexicographic rule: of the cold probes the one with the lowest latency; if all are hot, the one with the
/// fewest requests in flight; the first of equals. Gives its position among all `probes`.
///
/// Source: Wydrowski et al., Load is not what you should balance: Introducing Prequal, NSDI 2024, section 4.
pub fn select_probe(
    probes: &[Probe],
    in_flight_max: f64,
    is_eligible: impl Fn(NodeId) -> bool,
) -> Option<(usize, Temperature)> {
    let eligible = || probes.iter().enumerate().filter(|(_, probe)| is_eligible(probe.node));
    let cold = eligible().filter(|(_, probe)| probe.temperature(in_flight_max) == Temperature::Cold);
    if let Some((position, _)) = cold.min_by_key(|(_, probe)| probe.latency) {
        return Some((position, Temperature::Cold));
    }
    let (position, _) = eligible().min_by_key(|(_, probe)| probe.in_flight)?;
    Some((position, Temperature::Hot))
}

/// The probe that is least worth keeping: of the hot ones that with the most requests in flight; if all are cold, that
/// with the highest latency; the first of equals.
pub fn worst_probe(probes: &[Probe], in_flight_max: f64) -> Option<usize> {
    // `max_by_key` gives the last of equals, so the search goes backwards.
    let all = || probes.iter().enumerate().rev();
    let hot = all().filter(|(_, probe)| probe.temperature(in_flight_max) == Temperature::Hot);
    hot.max_by_key(|(_, probe)| probe.in_flight)
        .or_else(|| all().max_by_key(|(_, probe)| probe.latency))
        .map(|(position, _)| position)
}

/// What a pool of probes holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProbePoolLimits {
    /// Most probes; above it the oldest leaves. Default 16.
    pub size: usize,
    /// Age above which a probe is not used. Default 1 s.
    pub age_max: Duration,
    /// Fewest probes with which the rule is used. Default 2.
    pub probes_min: usize,
}

/// The last answered probes, oldest first. A node may be there several times.
#[derive(Clone, Debug)]
pub struct ProbePool {
    limits: ProbePoolLimits,
    probes: Vec<Probe>,
    /// Whether the next removal takes the worst, not the oldest.
    worst_is_next: bool,
}

impl ProbePool {
    /// An empty pool. All memory it will ever use is taken here.
    pub fn new(limits: ProbePoolLimits) -> Self {
        Self { limits, probes: Vec::with_capacity(limits.size.saturating_add(1)), worst_is_next: false }
    }

    /// Adds an answer, which was received after those before.
    pub fn add(&mut self, probe: Probe) {
        self.probes.push(probe);
        if self.probes.len() > self.limits.size {
            self.probes.remove(0);
        }
    }

    /// Uses the probe that [`select_probe`] gives, which then counts one more request in flight and one use less; it
    /// leaves with its last use. `None` if fewer than the fewest are young enough: the caller chooses otherwise.
    pub fn take(&mut self, now: Instant, in_flight_max: f64) -> Option<NodeId> {
        let old = |probe: &&Probe| now.since(probe.received) > self.limits.age_max;
        let old = self.probes.iter().take_while(old).count();
        self.probes.drain(..old);
        if self.probes.len() < self.limits.probes_min {
            return None;
        }
        let (position, _) = select_probe(&self.probes, in_flight_max, |_| true)?;
        let probe = &mut self.probes[position];
        probe.in_flight = probe.in_flight.saturating_add(1);
        probe.uses = probe.uses.saturating_sub(1);
        let (node, uses) = (probe.node, probe.uses);
        if uses == 0 {
            self.probes.remove(position);
        }
        Some(node)
    }

    /// Removes one probe: in turn the oldest and the worst. An empty pool stays as it is, and so does the turn.
    pub fn remove_one(&mut self, in_flight_max: f64) {
        let worst = if self.worst_is_next { worst_probe(&self.probes, in_flight_max) } else { Some(0) };
        if let Some(position) = worst.filter(|position| *position < self.probes.len()) {
            self.probes.remove(position);
            self.worst_is_next = !self.worst_is_next;
        }
    }

    /// Forgets the probes of nodes that are to be left out.
    pub fn retain(&mut self, is_eligible: impl Fn(NodeId) -> bool) {
        self.probes.retain(|probe| is_eligible(probe.node));
    }

    /// The probes, oldest first.
    pub fn probes(&self) -> &[Probe] {
        &self.probes
    }
}
