//! The load balancer: which nodes may get traffic, what each one carries, and who gets the next request.

use super::layers::{Candidate, Layers};
use super::member::{Member, Obstacle, Traffic};
use super::outlier::{OutlierChange, OutlierDetector};
use crate::catalogue::build_balancing;
use crate::{
    BalancingStrategy, ConfigError, Decision, Instant, Labels, NodeId, NodeSpec, NodeStats, Pool, Refusal,
    RequestOutcome, RouteRequest, ServiceConfig, ServiceId,
};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use rand_core::Rng;

/// Further choices made when a strategy gives the node to be avoided.
const AVOID_TRIES: u32 = 2;

/// Spreads the requests of all services over their nodes.
///
/// A node is eligible while it is a member, healthy, not draining and not ejected. Lists of eligible nodes
/// are kept up to date with each change, so that a request costs the strategy's choice and a few table
/// look-ups: no allocation, no search.
///
/// With an [`EjectionConfig`](crate::EjectionConfig) an [`OutlierDetector`] ejects nodes whose requests fail, as Envoy
/// does: at once after too many in a row, at a sweep for their share. Sweeps also return nodes, with a clean count;
/// they happen in [`LoadBalancer::handle`]. Differences from Envoy: a node that gets no traffic for another reason, or
/// is the last eligible one, is not ejected; the jitter is drawn from a hash of the time and the node, since the control
/// plane has no randomness of its own.
///
/// With priorities, a panic threshold or zone-aware routing ([`BalancerConfig`](crate::BalancerConfig)) a request first
/// draws the level and the zone that serve it; each has a strategy of its own. In a panic all members but draining ones
/// get requests.
#[derive(Debug)]
pub struct LoadBalancer {
    /// By [`ServiceId`].
    services: Vec<ServiceTraffic>,
    /// By [`NodeId`]; ids that never joined have an absent row.
    members: Vec<Member>,
    /// By [`NodeId`], in step with `members`.
    stats: Vec<NodeStats>,
    decisions: VecDeque<Decision>,
}

/// What the balancer keeps of one service.
#[derive(Debug)]
struct ServiceTraffic {
    spread: Spread,
    labels: Labels,
    outliers: Option<OutlierDetector>,
    /// The next sweep for outliers, while one could change anything.
    next_sweep: Option<Instant>,
    zone_weights: Vec<u32>,
    /// Nodes that may get traffic, ascending by id.
    eligible: Vec<NodeId>,
}

/// Who chooses among the nodes of a service.
#[derive(Debug)]
enum Spread {
    /// One strategy, among all eligible nodes.
    Plain(Box<dyn BalancingStrategy>),
    /// Strategies by level of priority and by zone.
    Layered(Box<Layers>),
}

impl LoadBalancer {
    /// A balancer for these services, without nodes.
    ///
    /// # Errors
    /// When the catalogue cannot build a service's strategy.
    pub fn new(services: &[ServiceConfig]) -> Result<Self, ConfigError> {
        let services = services.iter().map(ServiceTraffic::new).collect::<Result<_, _>>()?;
        Ok(Self { services, members: Vec::new(), stats: Vec::new(), decisions: VecDeque::new() })
    }

    /// Replaces the strategy of a service by one for all its eligible nodes: priorities, panic and zone-aware routing
    /// end. An unknown service is ignored.
    pub fn set_strategy(&mut self, service: ServiceId, strategy: Box<dyn BalancingStrategy>) {
        if let Some(traffic) = self.services.get_mut(service.index()) {
            traffic.spread = Spread::Plain(strategy);
            traffic.tell_strategies(Instant::ZERO, service, &self.members, &self.stats);
        }
    }

    /// Adds a node, eligible at once, with the weight of its zone and empty statistics.
    ///
    /// A node that is a member already is left as it is.
    ///
    /// # Panics
    /// When the node's service is not one of those the balancer was made for.
    pub fn add_node(&mut self, now: Instant, spec: NodeSpec) {
        let traffic = &mut self.services[spec.service.index()];
        let index = spec.node.index();
        if self.members.len() <= index {
            self.members.resize_with(index + 1, Member::default);
            self.stats.resize_with(index + 1, NodeStats::default);
        }
        if self.members[index].is_member() {
            return;
        }
        let weight = traffic.zone_weights.get(spec.zone.index()).copied().unwrap_or(1);
        self.members[index] = Member::joined(spec);
        self.stats[index] = NodeStats { weight, ..NodeStats::default() };
        if let Some(outliers) = &mut traffic.outliers {
            outliers.join(spec.node);
        }
        traffic.plan_sweep(now);
        traffic.insert(spec.node);
        self.eligibility_changed(now, spec.service, Some(spec.node));
    }

    /// Removes a node for good. Requests it still holds are counted down as they finish.
    pub fn remove_node(&mut self, now: Instant, node: NodeId) {
        let Some(member) = self.member_mut(node) else { return };
        let service = member.service;
        if let Some(outliers) = &mut self.services[service.index()].outliers {
            outliers.leave(node);
        }
        self.change(now, node, Member::leave);
    }

    /// Says whether a node is believed healthy. An ejection under way is not ended by it.
    pub fn set_healthy(&mut self, now: Instant, node: NodeId, healthy: bool) {
        self.change(now, node, |member| member.set(Obstacle::Unhealthy, !healthy));
    }

    /// Sends a node no further requests, because it will be removed.
    pub fn set_draining(&mut self, now: Instant, node: NodeId) {
        self.change(now, node, |member| member.set(Obstacle::Draining, true));
    }

    /// Sets a node's weight. A node of weight 0 gets no traffic from the strategies that look at weights, as
    /// long as another eligible node has a weight.
    pub fn adjust_weights(&mut self, now: Instant, node: NodeId, weight: u32) {
        let Some(member) = self.member_mut(node) else { return };
        let service = member.service;
        self.stats[node.index()].weight = weight;
        self.services[service.index()].tell_strategies(now, service, &self.members, &self.stats);
    }

    /// Chooses a node for a request and counts the request as in flight there.
    ///
    /// When the strategy gives the node to avoid and there is another one, it is asked up to two times more;
    /// then the next node of the list is taken.
    ///
    /// # Errors
    /// Why no node can take it.
    ///
    /// # Panics
    /// When a strategy breaks its contract and gives a node that is not eligible.
    pub fn distribute_task(
        &mut self,
        now: Instant,
        request: &RouteRequest,
        rng: &mut dyn Rng,
    ) -> Result<NodeId, Refusal> {
        let Some(traffic) = self.services.get_mut(request.service.index()) else {
            return Err(Refusal::NoEligibleNode);
        };
        let (matches, member) =
            (traffic.labels.contains(request.labels), |node: NodeId| self.members.get(node.index()));
        let node = match &mut traffic.spread {
            Spread::Plain(_) if traffic.eligible.is_empty() => return Err(Refusal::NoEligibleNode),
            _ if !matches => return Err(Refusal::NoNodeWithLabels),
            Spread::Plain(strategy) => {
                let pool = Pool { eligible: &traffic.eligible, stats: &self.stats };
                let node = choose(&mut **strategy, now, request, pool, rng).ok_or(Refusal::NoEligibleNode)?;
                let serves = member(node).is_some_and(|member| member.serves(request.service));
                assert!(serves, "{} chose {node}, which is not eligible", strategy.name());
                strategy.request_sent(node);
                node
            }
            Spread::Layered(layers) => {
                let node = layers.choose(now, request, &self.stats, rng).ok_or(Refusal::NoEligibleNode)?;
                let serves = member(node).is_some_and(|member| member.serves_in_panic(request.service));
                assert!(serves, "{node} was chosen, which may get no request in a panic either");
                layers.request_sent(node);
                node
            }
        };
        self.stats[node.index()].in_flight += 1;
        Ok(node)
    }

    /// Takes note of a finished request: one less in flight, latency, failures in a row, and ejection of the
    /// node when there are too many. An unknown node is ignored.
    pub fn update_node_stats(&mut self, now: Instant, node: NodeId, outcome: RequestOutcome) {
        let Some(stats) = self.stats.get_mut(node.index()) else { return };
        stats.in_flight = stats.in_flight.saturating_sub(1);
        if outcome.ok {
            stats.latency_mean = latency_mean(stats, outcome);
            stats.completed += 1;
            stats.consecutive_failures = 0;
        } else {
            stats.failed += 1;
            stats.consecutive_failures = stats.consecutive_failures.saturating_add(1);
        }
        let member = &self.members[node.index()];
        let Some(traffic) = self.services.get_mut(member.service.index()) else { return };
        match &mut traffic.spread {
            Spread::Plain(strategy) => strategy.request_finished(now, node, outcome),
            Spread::Layered(layers) => layers.request_finished(now, node, outcome),
        }
        if let Some(outliers) = &mut traffic.outliers {
            let may_lose = member.traffic().is_eligible() && traffic.eligible.len() >= 2;
            if let Some(change) = outliers.response(now, node, !outcome.ok, may_lose, || draw(now, node)) {
                traffic.plan_sweep(now);
                self.apply(now, change);
            }
        }
    }

    /// Takes note of a request that a node took by itself: it is in flight there, as if the node had been chosen. An
    /// unknown node is ignored.
    pub fn task_taken(&mut self, node: NodeId) {
        let Some(stats) = self.stats.get_mut(node.index()) else { return };
        stats.in_flight += 1;
        let service = self.members[node.index()].service;
        match self.services.get_mut(service.index()).map(|traffic| &mut traffic.spread) {
            Some(Spread::Plain(strategy)) => strategy.request_sent(node),
            Some(Spread::Layered(layers)) => layers.request_sent(node),
            None => {}
        }
    }

    /// Takes note that a request was taken from a node again, with no outcome to learn from. An unknown node is
    /// ignored.
    pub fn withdraw_task(&mut self, node: NodeId) {
        let Some(stats) = self.stats.get_mut(node.index()) else { return };
        stats.in_flight = stats.in_flight.saturating_sub(1);
        let service = self.members[node.index()].service;
        match self.services.get_mut(service.index()).map(|traffic| &mut traffic.spread) {
            Some(Spread::Plain(strategy)) => strategy.request_withdrawn(node),
            Some(Spread::Layered(layers)) => layers.request_withdrawn(node),
            None => {}
        }
    }

    /// Nodes of a service that may get traffic, ascending by id.
    pub fn eligible(&self, service: ServiceId) -> &[NodeId] {
        self.services.get(service.index()).map_or(&[], |traffic| &traffic.eligible)
    }

    /// What is known of a node.
    ///
    /// # Panics
    /// When the node never joined.
    pub fn stats(&self, node: NodeId) -> &NodeStats {
        &self.stats[node.index()]
    }

    /// When the next sweep for outliers is due, if one could change anything.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.services.iter().filter_map(|traffic| traffic.next_sweep).min()
    }

    /// Sweeps the services for which it is time.
    pub fn handle(&mut self, now: Instant) {
        for index in 0..self.services.len() {
            let traffic = &mut self.services[index];
            if traffic.next_sweep.is_some_and(|at| at <= now) {
                let changes = traffic.sweep(now, &self.members);
                changes.into_iter().for_each(|change| self.apply(now, change));
            }
        }
    }

    /// The next decision made since the last call, oldest first.
    pub fn poll_decision(&mut self) -> Option<Decision> {
        self.decisions.pop_front()
    }

    /// Carries out what outlier detection decided.
    fn apply(&mut self, now: Instant, change: OutlierChange) {
        match change {
            OutlierChange::Ejected { node, reason, lasts } => {
                self.decisions.push_back(Decision::NodeEjected { node, reason, period: lasts });
                self.change(now, node, |member| member.set(Obstacle::Ejected, true));
            }
            OutlierChange::Returned { node } => {
                self.stats[node.index()].consecutive_failures = 0;
                self.decisions.push_back(Decision::NodeReturned { node });
                self.change(now, node, |member| member.set(Obstacle::Ejected, false));
            }
        }
    }

    /// Changes a member and its place in the list of eligible nodes. Other nodes are left alone.
    fn change(&mut self, now: Instant, node: NodeId, change: impl FnOnce(&mut Member)) {
        let Some(member) = self.member_mut(node) else { return };
        let before = member.traffic();
        change(member);
        let (service, after) = (member.service, member.traffic());
        let traffic = &mut self.services[service.index()];
        match (before, after) {
            (Traffic::None, Traffic::Eligible) => {
                traffic.insert(node);
                self.eligibility_changed(now, service, Some(node));
            }
            (Traffic::Eligible, Traffic::None) => {
                traffic.remove(node);
                self.eligibility_changed(now, service, None);
            }
            // Layers count the members that are not eligible too.
            (Traffic::None, Traffic::None) if matches!(traffic.spread, Spread::Layered(_)) => {
                self.eligibility_changed(now, service, None);
            }
            (Traffic::None, Traffic::None) | (Traffic::Eligible, Traffic::Eligible) => {}
        }
    }

    /// Tells the strategies of a service that its nodes changed, and notes since when `newcomer` is eligible.
    fn eligibility_changed(&mut self, now: Instant, service: ServiceId, newcomer: Option<NodeId>) {
        if let Some(node) = newcomer {
            self.stats[node.index()].eligible_since = now;
        }
        self.services[service.index()].tell_strategies(now, service, &self.members, &self.stats);
    }

    fn member_mut(&mut self, node: NodeId) -> Option<&mut Member> {
        self.members.get_mut(node.index()).filter(|member| member.is_member())
    }
}

impl ServiceTraffic {
    fn new(config: &ServiceConfig) -> Result<Self, ConfigError> {
        let spread = match Layers::new(config)? {
            Some(layers) => Spread::Layered(Box::new(layers)),
            None => Spread::Plain(build_balancing(&config.balancer.strategy)?),
        };
        Ok(Self {
            spread,
            labels: config.labels,
            outliers: config.balancer.ejection.map(|config| OutlierDetector::new(config.settings())),
            next_sweep: None,
            zone_weights: config.balancer.zone_weights.clone(),
            eligible: Vec::new(),
        })
    }

    fn insert(&mut self, node: NodeId) {
        if let Err(position) = self.eligible.binary_search(&node) {
            self.eligible.insert(position, node);
        }
    }

    fn remove(&mut self, node: NodeId) {
        if let Ok(position) = self.eligible.binary_search(&node) {
            self.eligible.remove(position);
        }
    }

    /// Tells all strategies of the service its nodes and their weights.
    fn tell_strategies(&mut self, now: Instant, service: ServiceId, members: &[Member], stats: &[NodeStats]) {
        match &mut self.spread {
            Spread::Plain(strategy) => strategy.adjust_weights(now, Pool { eligible: &self.eligible, stats }),
            Spread::Layered(layers) => {
                let nodes =
                    (0..).map(NodeId).zip(members).filter(|(_, member)| member.serves_in_panic(service));
                let candidate = |(node, member): (NodeId, &Member)| Candidate {
                    node,
                    zone: member.zone,
                    is_eligible: member.traffic().is_eligible(),
                };
                layers.rebuild(now, nodes.map(candidate), stats);
            }
        }
    }

    /// One sweep for outliers. A node that gets no traffic anyway, or would be the last one, is not ejected.
    fn sweep(&mut self, now: Instant, members: &[Member]) -> Vec<OutlierChange> {
        let Some(outliers) = &mut self.outliers else { return Vec::new() };
        let mut left = self.eligible.len();
        let may_lose = |node: NodeId| {
            let may = left >= 2 && members[node.index()].traffic().is_eligible();
            left -= usize::from(may);
            may
        };
        let changes = outliers.sweep(now, may_lose, |node| draw(now, node));
        self.next_sweep = None;
        self.plan_sweep(now);
        changes
    }

    /// Sets the next sweep, if there is none and one could change anything.
    fn plan_sweep(&mut self, now: Instant) {
        if self.next_sweep.is_none() {
            let needed = self.outliers.as_ref().filter(|outliers| outliers.needs_sweeps());
            self.next_sweep = needed.map(|outliers| outliers.next_sweep(now));
        }
    }
}

/// A number that looks random, from the time and a node (the finalizer of SplitMix64).
fn draw(now: Instant, node: NodeId) -> u64 {
    let mut mixed = now.as_nanos().wrapping_add((u64::from(node.0) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// The strategy's choice, or another node if it is the one to avoid. `None` if there are no nodes.
pub(super) fn choose(
    strategy: &mut dyn BalancingStrategy,
    now: Instant,
    request: &RouteRequest,
    pool: Pool<'_>,
    rng: &mut dyn Rng,
) -> Option<NodeId> {
    if pool.eligible.is_empty() {
        return None;
    }
    let node = strategy.select_node(now, request, pool, rng);
    if request.avoid != Some(node) || pool.eligible.len() < 2 {
        return Some(node);
    }
    for _ in 0..AVOID_TRIES {
        let other = strategy.select_node(now, request, pool, rng);
        if other != node {
            return Some(other);
        }
    }
    let after = pool.eligible.partition_point(|candidate| *candidate <= node);
    Some(pool.eligible[after % pool.eligible.len()])
}

/// The mean latency with one more good request: each counts an eighth, the first one wholly (the gain of TCP's
/// smoothed round-trip time, RFC 6298).
fn latency_mean(stats: &NodeStats, outcome: RequestOutcome) -> crate::Duration {
    let (mean, latency) = (stats.latency_mean, outcome.latency);
    if stats.completed == 0 {
        return latency;
    }
    // Durations do not go below zero, so one of the two terms is zero.
    mean + (latency - mean) / 8 - (mean - latency) / 8
}
