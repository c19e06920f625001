//! Requests spread over levels of priority and over zones before a strategy chooses among nodes.

use super::priority::{LevelHosts, PriorityLimits, PriorityLoad, priority_load};
use super::zone_routing::{ZoneRouting, zone_routing};
use crate::catalogue::build_balancing;
use crate::{
    BalancerConfig, BalancingStrategy, ConfigError, Instant, NodeId, NodeStats, Pool, RequestOutcome,
    RouteRequest, ServiceConfig, ZoneId,
};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use rand_core::Rng;

/// A member of the service, as the layers see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) node: NodeId,
    pub(super) zone: ZoneId,
    /// Whether it may get traffic outside of a panic.
    pub(super) is_eligible: bool,
}

/// Levels of priority, each with a strategy of its own, and with one more per zone where routing looks at zones.
///
/// A request draws its level, if there are several, then its zone, if the level looks at zones and the request comes from
/// one of them; then the strategy of these nodes chooses. All tables are built when members change.
#[derive(Debug)]
pub(super) struct Layers {
    limits: PriorityLimits,
    /// Fewest eligible nodes of a level for which zones are looked at, if they are.
    zone_nodes_min: Option<u64>,
    /// By priority, best first.
    levels: Vec<Level>,
    load: PriorityLoad,
    candidates: Vec<Candidate>,
}

#[derive(Debug)]
struct Level {
    zones: Vec<ZoneId>,
    all: Group,
    /// In step with `zones`; empty unless zones are looked at.
    by_zone: Vec<Group>,
    /// Routes of requests from each zone, in step with `zones`.
    routes: Vec<ZoneRouting>,
}

/// Nodes with a strategy that knows them alone.
#[derive(Debug)]
struct Group {
    strategy: Box<dyn BalancingStrategy>,
    /// Ascending by id.
    nodes: Vec<NodeId>,
}

impl Layers {
    /// The layers of a service; `None` if its configuration asks for none.
    pub(super) fn new(config: &ServiceConfig) -> Result<Option<Self>, ConfigError> {
        let balancer = &config.balancer;
        let has_levels = config.zones.iter().any(|zone| balancer.priority(*zone) > 0);
        if !has_levels && balancer.panic_threshold <= 0.0 && balancer.zone_aware.is_none() {
            return Ok(None);
        }
        let mut priorities: Vec<u32> = config.zones.iter().map(|zone| balancer.priority(*zone)).collect();
        priorities.sort_unstable();
        priorities.dedup();
        let level = |priority: u32| {
            let zones = config.zones.iter().copied().filter(|zone| balancer.priority(*zone) == priority);
            Level::new(zones.collect(), balancer)
        };
        Ok(Some(Self {
            limits: PriorityLimits {
                overprovisioning_pct: balancer.overprovisioning_pct,
                panic_threshold_pct: 100.0 * balancer.panic_threshold,
            },
            zone_nodes_min: balancer.zone_aware.as_ref().map(|config| u64::from(config.nodes_min)),
            levels: priorities.into_iter().map(level).collect::<Result<_, _>>()?,
            load: PriorityLoad::default(),
            candidates: Vec::new(),
        }))
    }

    /// Builds all tables for these members, ascending by id, and tells the strategies.
    pub(super) fn rebuild(
        &mut self,
        now: Instant,
        members: impl Iterator<Item = Candidate>,
        stats: &[NodeStats],
    ) {
        self.candidates.clear();
        self.candidates.extend(members);
        let hosts: Vec<LevelHosts> = self.levels.iter().map(|level| level.hosts(&self.candidates)).collect();
        self.load = priority_load(&hosts, &self.limits);
        for (level, panics) in self.levels.iter_mut().zip(&self.load.panic) {
            level.rebuild(now, &self.candidates, *panics, self.zone_nodes_min, stats);
        }
    }

    /// Chooses a node; `None` if the level that is to serve has none.
    pub(super) fn choose(
        &mut self,
        now: Instant,
        request: &RouteRequest,
        stats: &[NodeStats],
        rng: &mut dyn Rng,
    ) -> Option<NodeId> {
        let level = if self.levels.len() > 1 { self.load.choose(rng.next_u64()).0 } else { 0 };
        let group = self.levels.get_mut(level)?.group(request.zone, rng);
        super::balancer::choose(
            &mut *group.strategy,
            now,
            request,
            Pool { eligible: &group.nodes, stats },
            rng,
        )
    }

    /// Tells the strategies that know the node of a request that was sent to it.
    pub(super) fn request_sent(&mut self, node: NodeId) {
        self.groups_of(node).for_each(|group| group.strategy.request_sent(node));
    }

    /// Tells the strategies that know the node of a request that was taken from it again.
    pub(super) fn request_withdrawn(&mut self, node: NodeId) {
        self.groups_of(node).for_each(|group| group.strategy.request_withdrawn(node));
    }

    /// Tells the strategies that know the node of a request that ended.
    pub(super) fn request_finished(&mut self, now: Instant, node: NodeId, outcome: RequestOutcome) {
        self.groups_of(node).for_each(|group| group.strategy.request_finished(now, node, outcome));
    }

    fn groups_of(&mut self, node: NodeId) -> impl Iterator<Item = &mut Group> {
        let groups = self
            .levels
            .iter_mut()
            .flat_map(|level| core::iter::once(&mut level.all).chain(&mut level.by_zone));
        groups.filter(move |group| group.nodes.binary_search(&node).is_ok())
    }
}

impl Level {
    fn new(zones: Vec<ZoneId>, config: &BalancerConfig) -> Result<Self, ConfigError> {
        let group = || Ok(Group { strategy: build_balancing(&config.strategy)?, nodes: Vec::new() });
        let looked_at = if config.zone_aware.is_some() { zones.len() } else { 0 };
        let by_zone = (0..looked_at).map(|_| group()).collect::<Result<_, ConfigError>>()?;
        Ok(Self { zones, all: group()?, by_zone, routes: Vec::new() })
    }

    fn hosts(&self, candidates: &[Candidate]) -> LevelHosts {
        let own = || candidates.iter().filter(|candidate| self.zones.contains(&candidate.zone));
        let healthy = own().filter(|candidate| candidate.is_eligible).count() as u32;
        LevelHosts { hosts: own().count() as u32, healthy, ..LevelHosts::default() }
    }

    fn rebuild(
        &mut self,
        now: Instant,
        candidates: &[Candidate],
        panics: bool,
        zone_nodes_min: Option<u64>,
        stats: &[NodeStats],
    ) {
        let zones = &self.zones;
        let own = || {
            let serves =
                |candidate: &&Candidate| zones.contains(&candidate.zone) && (panics || candidate.is_eligible);
            candidates.iter().filter(serves)
        };
        self.all.set(now, own().map(|candidate| candidate.node), stats);
        for (zone, group) in zones.iter().zip(&mut self.by_zone) {
            let nodes = own().filter(|candidate| candidate.zone == *zone).map(|candidate| candidate.node);
            group.set(now, nodes, stats);
        }
        self.routes.clear();
        // In a panic the health of zones says nothing.
        if let Some(nodes_min) = zone_nodes_min.filter(|_| !panics) {
            let count = |zone: usize| self.by_zone[zone].nodes.len() as u64;
            let senders = vec![1; zones.len()];
            let route = |zone| {
                zone_routing(
                    &senders,
                    &own_first(zone, zones.len()).map(count).collect::<Vec<_>>(),
                    nodes_min,
                )
            };
            self.routes.extend((0..zones.len()).map(route));
        }
    }

    /// The group that a request from this zone goes to.
    fn group(&mut self, zone: Option<ZoneId>, rng: &mut dyn Rng) -> &mut Group {
        let from = zone.and_then(|zone| self.zones.iter().position(|own| *own == zone));
        let to = from.and_then(|from| {
            let place = self.routes.get(from)?.zone(rng)?;
            own_first(from, self.zones.len()).nth(place)
        });
        match to {
            Some(zone) if !self.by_zone[zone].nodes.is_empty() => &mut self.by_zone[zone],
            _ => &mut self.all,
        }
    }
}

/// All zones, beginning with this one.
fn own_first(own: usize, count: usize) -> impl Iterator<Item = usize> {
    core::iter::once(own).chain((0..count).filter(move |zone| *zone != own))
}

impl Group {
    fn set(&mut self, now: Instant, nodes: impl Iterator<Item = NodeId>, stats: &[NodeStats]) {
        self.nodes.clear();
        self.nodes.extend(nodes);
        self.strategy.adjust_weights(now, Pool { eligible: &self.nodes, stats });
    }
}
