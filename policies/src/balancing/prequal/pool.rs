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

/// Set in the rank of a hot probe.
const HOT: u64 = 1 << 63;

/// The order of the hot-cold rule with one limit.
#[derive(Clone, Copy)]
struct HotCold {
    /// A node with more requests in flight is hot.
    limit: i64,
}

impl HotCold {
    /// Hot are more requests in flight than this; with NaN none are.
    fn new(in_flight_max: f64) -> Self {
        if in_flight_max.is_nan() {
            return Self { limit: i64::MAX };
        }
        // The cast cuts off towards zero and saturates; below zero the next whole number is one less.
        let cut = in_flight_max as i64;
        let is_above = cut as f64 > in_flight_max;
        Self { limit: cut.saturating_sub(i64::from(is_above)) }
    }

    fn temperature(self, probe: &Probe) -> Temperature {
        if i64::from(probe.in_flight) > self.limit { Temperature::Hot } else { Temperature::Cold }
    }

    /// The order as one number: cold probes by latency, then hot ones by requests in flight. Latencies of more than 292
    /// years count as equal.
    fn rank(self, probe: &Probe) -> u64 {
        let cold = probe.latency.as_nanos().min(HOT - 1);
        let hot = HOT | u64::from(probe.in_flight);
        // Selected, not branched on: nobody can foretell which.
        if i64::from(probe.in_flight) > self.limit { hot } else { cold }
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
    let rule = HotCold::new(in_flight_max);
    // Above all ranks: requests in flight have 32 bits.
    let (mut best, mut least) = (None, u64::MAX);
    for (position, probe) in probes.iter().enumerate() {
        let rank = rule.rank(probe);
        if rank < least && is_eligible(probe.node) {
            (best, least) = (Some(position), rank);
        }
    }
    best.map(|position| (position, rule.temperature(&probes[position])))
}

/// The probe that is least worth keeping: of the hot ones that with the most requests in flight; if all are cold, that
/// with the highest latency; the first of equals.
pub fn worst_probe(probes: &[Probe], in_flight_max: f64) -> Option<usize> {
    let rule = HotCold::new(in_flight_max);
    let (mut worst, mut greatest) = (0, rule.rank(probes.first()?));
    for (position, probe) in probes.iter().enumerate() {
        let rank = rule.rank(probe);
        if rank > greatest {
            (worst, greatest) = (position, rank);
        }
    }
    Some(worst)
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
    /// Behind `first`; those before it have left.
    probes: Vec<Probe>,
    /// Position of the oldest probe. Moving it is how the oldest leaves.
    first: usize,
    /// Whether the next removal takes the worst, not the oldest.
    worst_is_next: bool,
}

impl ProbePool {
    /// An empty pool. All memory it will ever use is taken here.
    pub fn new(limits: ProbePoolLimits) -> Self {
        let capacity = limits.size.saturating_add(1).saturating_mul(2);
        Self { limits, probes: Vec::with_capacity(capacity), first: 0, worst_is_next: false }
    }

    /// Adds an answer, which was received after those before.
    pub fn add(&mut self, probe: Probe) {
        if self.probes.len() == self.probes.capacity() {
            self.probes.drain(..self.first);
            self.first = 0;
        }
        self.probes.push(probe);
        self.first += usize::from(self.probes().len() > self.limits.size);
    }

    /// Uses the probe that [`select_probe`] gives, which then counts one more request in flight and one use less; it
    /// leaves with its last use. `None` if fewer than the fewest are young enough: the caller chooses otherwise.
    pub fn take(&mut self, now: Instant, in_flight_max: f64) -> Option<NodeId> {
        let old = |probe: &&Probe| now.since(probe.received) > self.limits.age_max;
        self.first += self.probes().iter().take_while(old).count();
        if self.probes().len() < self.limits.probes_min {
            return None;
        }
        let (position, _) = select_probe(self.probes(), in_flight_max, |_| true)?;
        let probe = &mut self.probes[self.first + position];
        probe.in_flight = probe.in_flight.saturating_add(1);
        probe.uses = probe.uses.saturating_sub(1);
        let (node, uses) = (probe.node, probe.uses);
        if uses == 0 {
            self.remove(position);
        }
        Some(node)
    }

    /// Removes one probe: in turn the oldest and the worst. An empty pool stays as it is, and so does the turn.
    pub fn remove_one(&mut self, in_flight_max: f64) {
        let worst = if self.worst_is_next { worst_probe(self.probes(), in_flight_max) } else { Some(0) };
        if let Some(position) = worst.filter(|position| *position < self.probes().len()) {
            self.remove(position);
            self.worst_is_next = !self.worst_is_next;
        }
    }

    /// Forgets the probes of nodes that are to be left out.
    pub fn retain(&mut self, is_eligible: impl Fn(NodeId) -> bool) {
        self.probes.drain(..self.first);
        self.first = 0;
        self.probes.retain(|probe| is_eligible(probe.node));
    }

    /// The probes, oldest first.
    pub fn probes(&self) -> &[Probe] {
        &self.probes[self.first..]
    }

    /// Removes a probe: those before it move up by one place.
    fn remove(&mut self, position: usize) {
        self.probes.copy_within(self.first..self.first + position, self.first + 1);
        self.first += 1;
    }
}
