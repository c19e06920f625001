//! From a scenario to the state of the world at time zero, and from its last state to the record.

use super::World;
use super::audit::Audit;
use super::boots::Provisioning;
use super::clients::{Caller, CallerId, Client, NOWHERE};
use super::control::Control;
use super::extras::Extras;
use super::faults::Faults;
use super::log::{ClientLog, DigestKind, Log};
use super::members::Members;
use super::network::Network;
use super::nodes::Stage;
use super::services::Service;
use super::shards::Shard;
use crate::engine::{EventQueue, Slab};
use cusinart_policies::{Instant, Labels, NodeId, NodeSpec, SelfHealingCluster, ServiceId, ShardId};
use cusinart_record::{Digest, DigestRecord, Header, NodeRecord, RunRecord, content_hash};
use cusinart_scenarios::Scenario;

impl World {
    /// The world of a scenario before its first event.
    ///
    /// # Panics
    /// If the scenario was not made by the reader of `cusinart-scenarios`, which checks all this relies on.
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let mut queue = EventQueue::default();
        let network = Network::new(scenario);
        let mut callers = Vec::new();
        let services = build_services(scenario, &mut callers, &mut queue);
        let clients = build_clients(scenario, &mut callers, &mut queue, &network);
        let control = &scenario.control;
        let mut world = Self {
            now: Instant::ZERO,
            events: 0,
            end: Instant::ZERO + scenario.duration,
            same_instant: 0,
            early_end: None,
            queue,
            cluster: SelfHealingCluster::new(control.cluster.clone()).expect("the reader validated it"),
            control: Control::new(
                network.place(control.place),
                control.metrics_period,
                control.metrics_delay,
            ),
            clients,
            callers,
            services,
            nodes: Vec::new(),
            tries: Slab::default(),
            broods: Vec::new(),
            extras: Extras::new(scenario),
            network,
            faults: Faults::new(scenario),
            provisioning: Provisioning::new(scenario),
            members: None,
            rollouts: scenario.rollouts.clone(),
            shards: Vec::new(),
            node_shards: Vec::new(),
            transfers: Slab::default(),
            transferring: Vec::new(),
            log: Log { facts: Vec::new(), digest: Digest::default() },
            window: scenario.window,
            window_began: Instant::ZERO,
            window_ends: Instant::ZERO + scenario.window,
            trace: None,
            audit: Audit::default(),
            header: header(scenario),
        };
        world.members = world
            .cluster
            .monitor()
            .membership()
            .map(|settings| Box::new(Members::new(scenario.seed, *settings)));
        world.place_nodes(scenario);
        world.place_shards(scenario);
        world
    }

    /// The nodes of the start: each service's in turn over its zones. They serve from the first instant.
    fn place_nodes(&mut self, scenario: &Scenario) {
        for (position, service) in scenario.services.iter().enumerate() {
            let id = ServiceId(position as u16);
            for number in 0..service.nodes as usize {
                let zone = service.zones[number % service.zones.len()];
                let node = NodeId(self.nodes.len() as u32);
                self.add_node(id, zone, Stage::Running);
                self.take_from_queue(node);
                self.cluster.adopt_node(self.now, NodeSpec { node, service: id, zone });
            }
        }
    }

    /// Replicas of the start: each shard's on different nodes of its service, starting at its own, and in different
    /// zones as long as there are others.
    fn place_shards(&mut self, scenario: &Scenario) {
        let mut first_node = 0;
        for (position, service) in scenario.services.iter().enumerate() {
            let (shards, replicas) =
                service.state.as_ref().map_or((0, 0), |state| (state.shards, state.replicas));
            for number in 0..shards {
                let shard = ShardId(self.shards.len() as u32);
                let candidates =
                    (0..service.nodes).map(|turn| NodeId(first_node + (number + turn) % service.nodes));
                let holders = self.spread_over_zones(
                    candidates,
                    service.zones.len(),
                    replicas.min(service.nodes) as usize,
                );
                for &holder in &holders {
                    self.node_shards[holder.index()].push(shard);
                    self.cluster.adopt_replica(shard, holder);
                }
                self.shards.push(Shard { service: ServiceId(position as u16), holders });
            }
            first_node += service.nodes;
        }
    }

    /// The first `count` candidates whose zone holds no more than its share of those before, or else any.
    fn spread_over_zones(
        &self,
        candidates: impl Iterator<Item = NodeId> + Clone,
        zones: usize,
        count: usize,
    ) -> Vec<NodeId> {
        let mut chosen: Vec<NodeId> = Vec::with_capacity(count);
        while chosen.len() < count {
            let zone_of = |node: NodeId| self.nodes[node.index()].zone;
            let crowd =
                |node: NodeId| chosen.iter().filter(|&&other| zone_of(other) == zone_of(node)).count();
            let share = chosen.len() / zones;
            let mut free = candidates.clone().filter(|node| !chosen.contains(node));
            let Some(next) = free.clone().find(|&node| crowd(node) <= share).or_else(|| free.next()) else {
                break;
            };
            chosen.push(next);
        }
        chosen
    }

    /// Schedules the first event of everything that goes on by itself.
    pub(crate) fn begin(&mut self) {
        for number in 0..self.clients.len() as u32 {
            self.begin_client(number);
        }
        self.form_members();
        self.start_faults();
        self.schedule_rollouts();
        self.schedule_sampling();
        self.attend_to_cluster();
    }

    /// The record of the run, with the records of the digest that were to be kept.
    pub(super) fn into_record(mut self) -> (RunRecord, Vec<DigestRecord>) {
        let nodes = self.node_records();
        self.digest_totals();
        let (digest, checkpoints, kept) = self.log.digest.finish();
        let clients = self.clients.into_iter().map(|client| client.into_record(&self.callers));
        let record = RunRecord {
            header: self.header,
            nodes,
            facts: self.log.facts,
            faults: self.faults.into_records(),
            clients: clients.collect(),
            services: self.services.into_iter().map(Service::into_record).collect(),
            simulated: self.now.since(Instant::ZERO),
            early_end: self.early_end,
            violation: self.audit.violation,
            events: self.events,
            digest,
            checkpoints,
        };
        (record, kept)
    }
}

impl World {
    /// Adds what no event told to the digest: what faults touched and clients counted.
    fn digest_totals(&mut self) {
        for (number, fault) in (0..).zip(self.faults.records()) {
            self.log.digest(self.now, DigestKind::Touched, number, content_hash(fault));
        }
        for (number, client) in (0..).zip(&self.clients) {
            self.log.digest(self.now, DigestKind::Counted, number, content_hash(&client.log.counts));
        }
    }

    fn node_records(&self) -> Vec<NodeRecord> {
        let mut named = vec![0; self.services.len()];
        let records = self.nodes.iter().enumerate().map(|(number, node)| {
            let service = &self.services[node.service.index()];
            let name = &service.node_names[named[node.service.index()]];
            named[node.service.index()] += 1;
            NodeRecord {
                node: NodeId(number as u32),
                name: name.clone(),
                service: node.service,
                zone: node.zone,
                provisioned: node.rest.provisioned,
                stopped: node.rest.stopped,
                cost: service.cost(node.rest.stopped.unwrap_or(self.now).since(node.rest.provisioned)),
            }
        });
        records.collect()
    }
}

fn header(scenario: &Scenario) -> Header {
    Header {
        scenario: scenario.name.clone(),
        scenario_hash: cusinart_scenarios::scenario_hash(scenario),
        seed: scenario.seed,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        duration: scenario.duration,
        warmup: scenario.warmup,
        window: scenario.window,
        zones: scenario.zones.clone(),
    }
}

fn build_services(scenario: &Scenario, callers: &mut Vec<Caller>, queue: &mut EventQueue) -> Vec<Service> {
    let mut first_shard = 0;
    let mut services = Vec::new();
    for (position, service) in scenario.services.iter().enumerate() {
        let calls = service.calls.iter().flat_map(|step| &step.calls).enumerate().map(|(number, call)| {
            let name = format!("{}/call{number}", service.name);
            let timeout = call.patience.timeout.map(|timeout| queue.lane(timeout));
            let target = (call.service, NOWHERE, Labels::NONE);
            let mut caller = Caller::new(scenario.seed, &name, target, &call.patience, timeout);
            caller.sender.clone_from(&service.name);
            add_caller(callers, caller)
        });
        let calls: Vec<CallerId> = calls.collect();
        services.push(Service::new(scenario, position, &calls, first_shard));
        first_shard += service.state.as_ref().map_or(0, |state| state.shards);
    }
    services
}

fn build_clients(
    scenario: &Scenario,
    callers: &mut Vec<Caller>,
    queue: &mut EventQueue,
    network: &Network,
) -> Vec<Client> {
    let mut taken = Vec::new();
    let clients = scenario.clients.iter().map(|client| {
        let timeout = client.patience.timeout.map(|timeout| queue.lane(timeout));
        let target = (client.service, network.place(client.place), client.labels);
        let caller =
            add_caller(callers, Caller::new(scenario.seed, &client.name, target, &client.patience, timeout));
        let log = ClientLog::new(Instant::ZERO + scenario.warmup);
        Client::new(scenario.seed, client, caller, log, &mut taken)
    });
    clients.collect()
}

fn add_caller(callers: &mut Vec<Caller>, caller: Caller) -> CallerId {
    callers.push(caller);
    CallerId(u16::try_from(callers.len() - 1).expect("a scenario has fewer than 65,536 clients and calls"))
}
