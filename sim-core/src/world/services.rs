//! Services: what their nodes have in common, and their time series.

use super::World;
use super::broods::{self, Caches, Step};
use super::clients::CallerId;
use super::nodes::Stage;
use super::shared_queue::SharedQueue;
use crate::random::{self, Pairs, Purpose, Sampler, Stream};
use cusinart_policies::catalogue::{build_concurrency_limit, build_queue_discipline};
use cusinart_policies::overload::{ConcurrencyLimit, QueueDiscipline};
use cusinart_policies::{Duration, ServiceId, ShardId, ZoneId};
use cusinart_record::{ServiceRecord, ServiceWindow, Shed};
use cusinart_scenarios::{NodeType, Scenario};

/// Why a policy of the scenario can be built.
const CHECKED: &str = "the reader checked it";

/// A service and its totals.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) name: String,
    pub(super) node_type: NodeType,
    /// Requests that a node serves at once.
    pub(super) places: u32,
    /// Requests that may wait beside them.
    pub(super) queue: u32,
    /// The queue of all its nodes, if they share one.
    pub(super) shared: Option<SharedQueue>,
    service_time: Sampler,
    /// Random choices of its balancing strategy.
    pub(super) routing: Stream,
    /// Service demands, by request.
    demands: Pairs,
    pub(super) boot_time: Sampler,
    /// Boot times, by node and boot.
    pub(super) boot: Purpose,
    error_ratio: f64,
    errors: Purpose,
    /// Its calls.
    pub(super) steps: Vec<Step>,
    pub(super) caches: Caches,
    pub(super) state_bytes: u64,
    pub(super) shard_bytes: u64,
    pub(super) bandwidth_bytes_per_ns: f64,
    pub(super) survives_restart: bool,
    /// First shard and number of shards.
    pub(super) shards: (ShardId, u32),
    pub(super) replicas: u32,
    pub(super) arrived: u64,
    pub(super) served: u64,
    pub(super) wasted: u64,
    pub(super) rejected: u64,
    pub(super) shed: Shed,
    /// The limit of concurrency of a node whose process has just started.
    pub(super) limit: Option<ConcurrencyLimit>,
    /// The discipline of its empty queue.
    pub(super) discipline: Option<QueueDiscipline>,
    pub(super) busy: Duration,
    /// Ends less beginnings of what workers did, in nanoseconds: with those that are at it, the time they were busy.
    pub(super) received: i128,
    pub(super) shards_lost: u32,
    pub(super) replicas_lost: u64,
    pub(super) replicas_copied: u64,
    pub(super) windows: Vec<ServiceWindow>,
    zone_names: Vec<String>,
    /// Nodes so far per zone, for their names.
    named: Vec<u32>,
    /// Names of its nodes, with their position among all nodes of the service.
    pub(super) node_names: Vec<String>,
}

impl Service {
    /// The service at `position` of the scenario; its shards start at `first_shard`.
    pub(super) fn new(scenario: &Scenario, position: usize, callers: &[CallerId], first_shard: u32) -> Self {
        let service = &scenario.services[position];
        let node_type = &scenario.node_types[service.node_type];
        let purpose = |what: &str| Purpose::new(scenario.seed, &format!("{what}/{}", service.name));
        let state = service.state.as_ref();
        let (places, queue) = match node_type.processor_sharing {
            true => (node_type.workers.saturating_add(node_type.queue), 0),
            false => (node_type.workers, node_type.queue),
        };
        Self {
            name: service.name.clone(),
            service_time: Sampler::new(&service.service_time),
            routing: random::stream(scenario.seed, &format!("routing/{}", service.name)),
            demands: purpose("demand").pairs(),
            boot_time: Sampler::new(&node_type.boot_time),
            boot: purpose("boot"),
            error_ratio: service.error_ratio,
            errors: purpose("errors"),
            steps: broods::steps(&service.calls, callers),
            caches: Caches::new(scenario, position),
            state_bytes: node_type.state_bytes,
            shard_bytes: state.map_or(0, |state| state.shard_bytes),
            bandwidth_bytes_per_ns: node_type.bandwidth_bytes_per_s / 1e9,
            survives_restart: state.is_none_or(|state| state.survives_restart),
            shards: (ShardId(first_shard), state.map_or(0, |state| state.shards)),
            replicas: state.map_or(0, |state| state.replicas),
            arrived: 0,
            served: 0,
            wasted: 0,
            rejected: 0,
            shed: Shed::default(),
            limit: service
                .concurrency_limit
                .as_ref()
                .map(|spec| *build_concurrency_limit(spec).expect(CHECKED)),
            discipline: service
                .queue_discipline
                .as_ref()
                .map(|spec| *build_queue_discipline(spec).expect(CHECKED)),
            busy: Duration::ZERO,
            received: 0,
            shards_lost: 0,
            replicas_lost: 0,
            replicas_copied: 0,
            windows: Vec::new(),
            zone_names: scenario.zones.clone(),
            named: vec![0; scenario.zones.len()],
            node_names: Vec::new(),
            places,
            queue,
            shared: service.shared_queue.map(SharedQueue::new),
            node_type: node_type.clone(),
        }
    }

    /// The work that a request asks for: the same on every node, at every try and in every policy.
    #[inline]
    pub(super) fn demand_of(&mut self, request: u64) -> Duration {
        self.service_time.draw(&mut self.demands.draws(request))
    }

    /// What the run leaves behind of it.
    pub(super) fn into_record(self) -> ServiceRecord {
        ServiceRecord {
            name: self.name,
            arrived: self.arrived,
            served: self.served,
            wasted: self.wasted,
            rejected: self.rejected,
            shed: self.shed,
            busy: self.busy,
            shards: self.shards.1,
            shards_lost: self.shards_lost,
            replicas_lost: self.replicas_lost,
            replicas_copied: self.replicas_copied,
            windows: self.windows,
        }
    }

    /// Price of a node for a span of time.
    pub(super) fn cost(&self, span: Duration) -> f64 {
        span.as_secs_f64() / 3_600.0 * self.node_type.cost_per_hour
    }

    /// The speed of the next node: its nodes take the speeds of their type in turn.
    pub(super) fn next_speed(&self) -> f64 {
        let speeds = &self.node_type.speeds;
        speeds[self.node_names.len() % speeds.len()]
    }

    /// Gives the next node in `zone` its name.
    pub(super) fn name_node(&mut self, zone: ZoneId) {
        self.named[zone.index()] += 1;
        let (zone_name, number) = (&self.zone_names[zone.index()], self.named[zone.index()]);
        self.node_names.push(format!("{}-{zone_name}-{number}", self.name));
    }

    /// Whether a node of this service, although up, fails this try.
    #[inline]
    pub(super) fn fails(&self, request: u64, round: u32) -> bool {
        self.error_ratio > 0.0 && random::uniform(&mut self.errors.draws(request, round)) < self.error_ratio
    }

    /// Shards.
    pub(super) fn shard_ids(&self) -> impl Iterator<Item = usize> + use<> {
        let first = self.shards.0.index();
        first..first + self.shards.1 as usize
    }
}

impl World {
    /// Ends a window of every service's series.
    pub(super) fn measure_services(&mut self) {
        let mut windows = vec![ServiceWindow::default(); self.services.len()];
        let mut capacity_s = vec![0.0; self.services.len()];
        for node in &mut self.nodes {
            let window = &mut windows[node.service.index()];
            let service = &mut self.services[node.service.index()];
            let (busy, up) = (node.note_busy(self.now), node.note_up(self.now));
            let busy_in_window = busy - node.rest.busy_windowed;
            let up_s = (up - node.rest.up_windowed).as_secs_f64();
            (node.rest.busy_windowed, node.rest.up_windowed) = (busy, up);
            service.busy += busy_in_window;
            window.utilization += busy_in_window.as_secs_f64();
            capacity_s[node.service.index()] += up_s * f64::from(service.node_type.workers);
            window.provisioned += u32::from(node.stage != Stage::Stopped);
            window.up += u32::from(node.is_up());
            window.serving += node.serving.len;
            window.queued += node.waiting.len;
            let limit = node.rest.limit.as_ref().filter(|_| node.is_up()).map_or(0, ConcurrencyLimit::limit);
            window.limit = window.limit.saturating_add(limit);
        }
        for (position, mut window) in windows.into_iter().enumerate() {
            let id = ServiceId(position as u16);
            let service = &self.services[position];
            window.healthy = self.cluster.believed_healthy(id);
            window.eligible = self.cluster.eligible(id);
            let capacity_s = capacity_s[position];
            window.utilization =
                if capacity_s > 0.0 { (window.utilization / capacity_s).min(1.0) } else { 0.0 };
            window.replicas_missing = service
                .shard_ids()
                .map(|shard| service.replicas.saturating_sub(self.shards[shard].holders.len() as u32))
                .sum();
            self.services[position].windows.push(window);
        }
    }
}
