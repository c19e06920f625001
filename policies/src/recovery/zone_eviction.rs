//! Replacements at the pace of Kubernetes' evictions: slower from a zone that is partly down, not at all from a small one.

use crate::detection::{ZoneLimits, ZoneState, evictions_stop};
use crate::{Decision, Duration, Instant, NodeId, ZoneId};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// The zones of a cluster with the nodes that wait for their replacement. Without limits nobody waits.
///
/// Each zone has a bucket with one token, refilled at its rate. Known differences: the rate is looked at when it is asked
/// for, so that a change of it counts from the last eviction on; the marks of nodes are not taken off when all zones had
/// been down.
#[derive(Clone, Debug)]
pub(crate) struct ZoneEvictions {
    limits: Option<ZoneLimits>,
    /// By [`ZoneId`].
    zones: Vec<Zone>,
    held: BTreeSet<(ZoneId, NodeId)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Zone {
    ready: u32,
    not_ready: u32,
    state: ZoneState,
    last: Option<Instant>,
}

impl ZoneEvictions {
    pub(crate) const fn new(limits: Option<ZoneLimits>) -> Self {
        Self { limits, zones: Vec::new(), held: BTreeSet::new() }
    }

    /// Whether there are limits.
    pub(crate) const fn is_limited(&self) -> bool {
        self.limits.is_some()
    }

    /// Takes note of the nodes of a zone.
    pub(crate) fn observe(&mut self, zone: ZoneId, ready: u32, not_ready: u32) {
        let Some(limits) = &self.limits else { return };
        if self.zones.len() <= zone.index() {
            self.zones.resize(zone.index() + 1, Zone::default());
        }
        let seen = &mut self.zones[zone.index()];
        *seen = Zone { ready, not_ready, state: ZoneState::of(ready, not_ready, limits), last: seen.last };
    }

    /// Lets a node of a zone be replaced, or says why it has to wait.
    pub(crate) fn hold(&mut self, now: Instant, node: NodeId, zone: ZoneId) -> Option<Decision> {
        let limits = self.limits?;
        let next = self.next_at(zone, &limits);
        if next.is_some_and(|at| at <= now) && !self.held.iter().any(|(held, _)| *held == zone) {
            self.zones[zone.index()].last = Some(now);
            return None;
        }
        self.held.insert((zone, node));
        let Zone { ready, not_ready, state, .. } = self.zones[zone.index()];
        Some(Decision::ReplacementHeld {
            node,
            zone,
            state,
            failed: not_ready,
            total: ready + not_ready,
            rate_per_s: self.rate_per_s(zone, &limits),
            wait: next.map(|at| at.since(now)),
        })
    }

    /// The next node that has waited long enough.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<NodeId> {
        let limits = self.limits?;
        let due = |zone: ZoneId| self.next_at(zone, &limits).is_some_and(|at| at <= now);
        let next = self.held.iter().copied().find(|(zone, _)| due(*zone))?;
        self.held.remove(&next);
        let (zone, node) = next;
        self.zones[zone.index()].last = Some(now);
        Some(node)
    }

    /// A node waits no longer: it recovered, or left.
    pub(crate) fn forget(&mut self, node: NodeId) {
        self.held.retain(|(_, held)| *held != node);
    }

    /// When the next waiting node may be replaced.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let limits = self.limits?;
        self.held.iter().filter_map(|(zone, _)| self.next_at(*zone, &limits)).min()
    }

    fn rate_per_s(&self, zone: ZoneId, limits: &ZoneLimits) -> f64 {
        let peopled = self.zones.iter().filter(|zone| zone.ready + zone.not_ready > 0);
        if evictions_stop(peopled.map(|zone| zone.state)) {
            return 0.0;
        }
        let Zone { ready, not_ready, state, .. } = self.zones[zone.index()];
        state.eviction_rate_per_s(ready + not_ready, limits)
    }

    /// When a node of the zone may be evicted next; never while the rate is 0.
    fn next_at(&self, zone: ZoneId, limits: &ZoneLimits) -> Option<Instant> {
        let rate_per_s = self.rate_per_s(zone, limits);
        (rate_per_s > 0.0).then(|| {
            let last = self.zones[zone.index()].last;
            last.map_or(Instant::ZERO, |last| last + Duration::from_secs_f64(1.0 / rate_per_s))
        })
    }
}
