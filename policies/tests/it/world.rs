//! A small world that does what the control plane asks, driven by a script of things that happen.
//!
//! Probes are answered after 1 ms; a restart takes 10 s, a boot 20 s, loading state 5 s, a drain 2 s, a stop 1 s, a
//! copy 3 s.

use crate::laws::Laws;
use crate::text::{decision_text, time};
use cusinart_policies::recovery::CountOrPercent;
use cusinart_policies::{
    Action, ClusterConfig, Decision, Duration, Input, Instant, Labels, NodeId, NodeSample, NodeSpec,
    OperationError, OperationId, ProbeAnswer, RequestOutcome, RouteRequest, SelfHealingCluster, ServiceId,
    ShardId, ZoneId,
};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// What a node does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Serves.
    Up,
    /// Says that it cannot serve.
    Sick,
    /// Runs and says nothing.
    Hung,
    /// No process; a restart helps.
    Crashed,
    /// No process; a restart does not help.
    Broken,
    /// No power: says nothing and cannot be restarted.
    Dark,
    /// Being booted or restarted.
    Booting,
    /// Given back.
    Stopped,
}

/// What will happen.
#[derive(Clone, Debug)]
enum Event {
    Tell(Input),
    /// A node's boot or restart ends.
    Runs(NodeId, OperationId),
    Copied(OperationId, ShardId, NodeId, NodeId),
    Line(String),
    Samples,
}

pub(crate) struct World {
    pub(crate) cluster: SelfHealingCluster,
    pub(crate) now: Instant,
    pub(crate) nodes: Vec<(NodeSpec, State)>,
    pub(crate) replicas: BTreeSet<(ShardId, NodeId)>,
    pub(crate) actions: Vec<(Instant, Action)>,
    pub(crate) decisions: Vec<(Instant, Decision)>,
    pub(crate) laws: Laws,
    /// Most nodes, if the auto-scaler is on.
    max: Option<u32>,
    rng: ChaCha8Rng,
    events: BTreeMap<(Instant, u64), Event>,
    planned: u64,
    survives_restart: bool,
    refusing: BTreeSet<ZoneId>,
    /// Whether the results of operations get lost.
    muted: bool,
    /// Share of busy workers and share of failed requests that nodes of each service report.
    load: BTreeMap<ServiceId, (f64, f64)>,
    text: String,
}

/// Runs a script against a cluster and returns what it asked and decided, probes left out.
pub(crate) fn play(config: ClusterConfig, nodes: u32, script: &str, until: &str) -> String {
    World::new(config, nodes).play(script, until)
}

impl World {
    /// A cluster whose `nodes` nodes are dealt to services and zones in turn, and shards to nodes in turn.
    pub(crate) fn new(config: ClusterConfig, nodes: u32) -> Self {
        Self::with(config, nodes, |cluster| cluster)
    }

    /// The same with policies of your own, put in by `change`.
    pub(crate) fn with(
        config: ClusterConfig,
        nodes: u32,
        change: impl FnOnce(SelfHealingCluster) -> SelfHealingCluster,
    ) -> Self {
        let services = u32::try_from(config.services.len()).expect("few services");
        let states: Vec<_> = config.services.iter().map(|service| service.state.clone()).collect();
        let zones: Vec<_> = config.services.iter().map(|service| service.zones.clone()).collect();
        let max = config.services[0].auto_scaler.as_ref().map(|scaler| scaler.max);
        let mut world = Self {
            cluster: change(SelfHealingCluster::new(config).expect("a valid configuration")),
            now: Instant::ZERO,
            nodes: Vec::new(),
            replicas: BTreeSet::new(),
            actions: Vec::new(),
            decisions: Vec::new(),
            laws: Laws::default(),
            max,
            rng: ChaCha8Rng::seed_from_u64(0),
            events: BTreeMap::new(),
            planned: 0,
            survives_restart: states.iter().flatten().all(|state| state.survives_restart),
            refusing: BTreeSet::new(),
            muted: false,
            load: BTreeMap::new(),
            text: String::new(),
        };
        for node in 0..nodes {
            let service = (node % services) as usize;
            let zone = zones[service][(node / services) as usize % zones[service].len()];
            let spec = NodeSpec { node: NodeId(node), service: ServiceId(service as u16), zone };
            world.nodes.push((spec, State::Up));
            world.cluster.adopt_node(Instant::ZERO, spec);
            world.laws.adopt(spec.node);
        }
        for (service, state) in states.iter().enumerate().filter_map(|(s, state)| Some((s, state.as_ref()?)))
        {
            let of_service: Vec<NodeId> =
                (0..nodes).filter(|n| (n % services) as usize == service).map(NodeId).collect();
            for shard in 0..state.shards {
                for replica in 0..state.replicas.min(of_service.len() as u32) {
                    let node = of_service[(shard + replica) as usize % of_service.len()];
                    let shard = ShardId(state.first.0 + shard);
                    world.replicas.insert((shard, node));
                    world.cluster.adopt_replica(shard, node);
                }
            }
        }
        world.plan(Instant::from_nanos(10_000_000_000), Event::Samples);
        world
    }

    /// Runs a script and returns what the cluster asked and decided, probes left out.
    pub(crate) fn play(mut self, script: &str, until: &str) -> String {
        self.script(script);
        self.run(time(until));
        self.text
    }

    /// Plans the lines of a script: a time, a verb and its objects.
    pub(crate) fn script(&mut self, script: &str) {
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (at, rest) = line.split_once(' ').expect("a time before what happens");
            self.plan(time(at), Event::Line(rest.to_owned()));
        }
    }

    /// Lets time pass up to `until`.
    pub(crate) fn run(&mut self, until: Instant) {
        self.obey();
        loop {
            let event = self.events.first_key_value().map(|((at, _), _)| *at);
            let deadline = self.cluster.next_deadline().map(|deadline| deadline.at);
            let Some(next) = event.into_iter().chain(deadline).min().filter(|at| *at <= until) else { break };
            self.now = self.now.max(next);
            if event == Some(next) {
                let (_, event) = self.events.pop_first().expect("it was just seen");
                self.happen(event);
            } else {
                self.tell(Input::Wake);
                let again = self.cluster.next_deadline().map(|deadline| deadline.at);
                assert!(again.is_none_or(|again| again > next), "a deadline in the past: {again:?}");
            }
        }
        self.now = until;
    }

    pub(crate) fn tell(&mut self, input: Input) {
        if self.muted && matches!(input, Input::OperationFinished { .. }) {
            return;
        }
        self.cluster.handle(self.now, input);
        self.obey();
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Tell(input) => self.tell(input),
            Event::Runs(node, operation) => {
                let state = &mut self.nodes[node.index()].1;
                if *state == State::Booting {
                    *state = State::Up;
                }
                let result = match state {
                    State::Dark => Err(OperationError::Unreachable),
                    State::Up
                    | State::Sick
                    | State::Hung
                    | State::Crashed
                    | State::Broken
                    | State::Booting
                    | State::Stopped => Ok(()),
                };
                self.tell(Input::OperationFinished { operation, result });
            }
            Event::Copied(operation, shard, from, to) => {
                let up = |node: NodeId| self.nodes[node.index()].1 == State::Up;
                let result = if !self.replicas.contains(&(shard, from)) {
                    Err(OperationError::SourceLost)
                } else if up(from) && up(to) {
                    self.replicas.insert((shard, to));
                    Ok(())
                } else {
                    Err(OperationError::Unreachable)
                };
                self.tell(Input::OperationFinished { operation, result });
            }
            Event::Line(line) => self.line(&line),
            Event::Samples => self.samples(),
        }
    }

    fn line(&mut self, line: &str) {
        writeln!(self.text, "{} -- {line}", self.now).expect("strings take everything");
        let mut words = line.split_whitespace();
        let verb = words.next().expect("a verb");
        if matches!(verb, "mute" | "speak") {
            self.muted = verb == "mute";
            return;
        }
        for object in words.by_ref() {
            let number = |prefix: &str| -> Option<u32> { object.strip_prefix(prefix)?.parse().ok() };
            match (verb, number("n"), number("z")) {
                ("refuse", _, Some(zone)) => drop(self.refusing.insert(ZoneId(zone as u16))),
                ("allow", _, Some(zone)) => drop(self.refusing.remove(&ZoneId(zone as u16))),
                ("load" | "errors", ..) => self.set_load(verb, object),
                ("rollout", ..) => {
                    let service = ServiceId(object[1..].parse().expect("a service"));
                    let quarter = CountOrPercent::Percent(25);
                    let (max_surge, max_unavailable) = (quarter, quarter);
                    self.tell(Input::RolloutBegan { service, max_surge, max_unavailable });
                }
                (verb, Some(node), _) => self.set_state(NodeId(node), verb),
                _ => panic!("cannot read: {line}"),
            }
        }
    }

    /// `load s0=90%`, `errors s0=20%`.
    fn set_load(&mut self, verb: &str, object: &str) {
        let (service, share) = object.split_once('=').expect("service=share");
        let service = ServiceId(service[1..].parse().expect("a service"));
        let share: f64 = share.trim_end_matches('%').parse::<f64>().expect("a share") / 100.0;
        let load = self.load.entry(service).or_default();
        if verb == "load" { load.0 = share } else { load.1 = share }
    }

    pub(crate) fn set_state(&mut self, node: NodeId, verb: &str) {
        let state = match verb {
            "crash" => State::Crashed,
            "hang" => State::Hung,
            "heal" => State::Up,
            "sick" => State::Sick,
            "break" => State::Broken,
            "dark" => State::Dark,
            _ => panic!("unknown verb {verb}"),
        };
        if let Some(entry) = self.nodes.get_mut(node.index()).filter(|entry| entry.1 != State::Stopped) {
            entry.1 = state;
            if matches!(state, State::Crashed | State::Broken | State::Dark) && !self.survives_restart {
                self.replicas.retain(|&(_, holder)| holder != node);
            }
        }
    }

    fn samples(&mut self) {
        self.plan(self.now + Duration::from_secs(10), Event::Samples);
        let up: Vec<_> =
            self.nodes.iter().filter(|(_, state)| *state == State::Up).map(|(spec, _)| *spec).collect();
        for spec in up {
            let Some(&(utilization, errors)) = self.load.get(&spec.service) else { continue };
            let sample = NodeSample {
                taken_at: self.now,
                window: Duration::from_secs(10),
                utilization,
                in_flight: (utilization * 8.0) as u32,
                queued: 0,
                arrived: 100,
                completed: 100 - (errors * 100.0) as u32,
                failed: (errors * 100.0) as u32,
            };
            self.tell(Input::NodeSampled { node: spec.node, sample });
        }
    }

    /// Writes down decisions and carries out actions.
    fn obey(&mut self) {
        while let Some(decision) = self.cluster.poll_decision() {
            writeln!(self.text, "{} {}", self.now, decision_text(&decision))
                .expect("strings take everything");
            self.laws.decided(&decision);
            self.decisions.push((self.now, decision));
        }
        while let Some(action) = self.cluster.poll_action() {
            if !matches!(action, Action::Probe { .. }) {
                writeln!(self.text, "{}   -> {action:?}", self.now).expect("strings take everything");
            }
            self.laws.asked(&action);
            self.actions.push((self.now, action.clone()));
            self.perform(action);
        }
        self.laws.settled(self.max);
        self.request();
    }

    /// Sends one request to the first service.
    fn request(&mut self) {
        let request = RouteRequest {
            service: ServiceId(0),
            key: self.planned,
            labels: Labels::NONE,
            avoid: None,
            zone: None,
        };
        if let Ok(node) = self.cluster.route(self.now, &request, &mut self.rng) {
            self.laws.routed(node);
            let outcome = RequestOutcome {
                ok: self.nodes[node.index()].1 == State::Up,
                latency: Duration::from_millis(20),
            };
            self.cluster.request_finished(self.now, node, outcome);
        }
    }

    /// Ends every fault and all load.
    pub(crate) fn heal_all(&mut self) {
        self.refusing.clear();
        self.muted = false;
        self.load.clear();
        let ill = |entry: &&mut (NodeSpec, State)| !matches!(entry.1, State::Stopped | State::Booting);
        self.nodes.iter_mut().filter(ill).for_each(|entry| entry.1 = State::Up);
    }

    fn perform(&mut self, action: Action) {
        match action {
            Action::Probe { node, probe } => {
                let answer = match self.nodes[node.index()].1 {
                    State::Up => ProbeAnswer::Healthy,
                    State::Sick => ProbeAnswer::Unhealthy,
                    State::Crashed | State::Broken | State::Booting | State::Stopped => ProbeAnswer::Refused,
                    State::Hung | State::Dark => return,
                };
                let input = Input::ProbeAnswered { node, probe, answer };
                self.plan(self.now + Duration::from_millis(1), Event::Tell(input));
            }
            Action::StartNode { operation, node, service, zone } => {
                assert_eq!(node.index(), self.nodes.len(), "node ids are dense");
                let refused = self.refusing.contains(&zone);
                let state = if refused { State::Stopped } else { State::Booting };
                self.nodes.push((NodeSpec { node, service, zone }, state));
                if refused {
                    self.end(operation, 1, Err(OperationError::Refused));
                } else {
                    self.plan(self.now + Duration::from_secs(20), Event::Runs(node, operation));
                }
            }
            Action::SyncState { operation, .. } => self.end(operation, 5, Ok(())),
            Action::RestartNode { operation, node } => {
                let state = &mut self.nodes[node.index()].1;
                match *state {
                    State::Dark => return self.end(operation, 1, Err(OperationError::Unreachable)),
                    State::Broken | State::Stopped => {}
                    State::Up | State::Sick | State::Hung | State::Crashed | State::Booting => {
                        *state = State::Booting;
                    }
                }
                if !self.survives_restart {
                    self.replicas.retain(|&(_, holder)| holder != node);
                }
                self.plan(self.now + Duration::from_secs(10), Event::Runs(node, operation));
            }
            Action::DrainNode { operation, node } => match self.nodes[node.index()].1 {
                State::Hung => {}
                State::Up | State::Sick => self.end(operation, 2, Ok(())),
                State::Crashed | State::Broken | State::Dark | State::Booting | State::Stopped => {
                    self.end(operation, 1, Err(OperationError::Unreachable));
                }
            },
            Action::StopNode { operation, node } => {
                self.nodes[node.index()].1 = State::Stopped;
                self.replicas.retain(|&(_, holder)| holder != node);
                self.end(operation, 1, Ok(()));
            }
            Action::CopyShard { operation, shard, from, to } => {
                self.plan(self.now + Duration::from_secs(3), Event::Copied(operation, shard, from, to));
            }
            Action::DropReplica { shard, node } => drop(self.replicas.remove(&(shard, node))),
        }
    }

    fn end(&mut self, operation: OperationId, after_s: u64, result: Result<(), OperationError>) {
        let input = Input::OperationFinished { operation, result };
        self.plan(self.now + Duration::from_secs(after_s), Event::Tell(input));
    }

    fn plan(&mut self, at: Instant, event: Event) {
        self.planned += 1;
        self.events.insert((at.max(self.now), self.planned), event);
    }
}
