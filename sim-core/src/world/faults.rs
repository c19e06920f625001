//! Faults: when they strike, whom they hit, and how they end.
//!
//! Each occurrence keeps a record of all it touched; one that touched nothing shows in the report.

use super::World;
use super::log::Log;
use super::network::NetworkFault;
use super::nodes::Stage;
use super::occurrences::{Crews, Process};
use crate::engine::{EventQueue, SLOTS_MAX};
use crate::random::{Purpose, Sampler};
use cusinart_policies::{Duration, Instant, NodeId, ZoneId};
use cusinart_record::{EarlyEnd, FactKind, FaultId, FaultKind, FaultRecord};
use cusinart_scenarios::{FaultSpec, InFlight, NodeSelector, Path, Place, Scenario, Schedule, Strikes};

/// All faults of a run.
#[derive(Debug, Default)]
pub(super) struct Faults {
    pub(super) specs: Vec<Spec>,
    /// Sequences of occurrences, each with at most one pending event.
    pub(super) processes: Vec<Process>,
    /// By position of the spec.
    pub(super) crews: Vec<Crews>,
    records: Vec<FaultRecord>,
    /// What has to be undone, by [`FaultId`].
    hits: Vec<Hits>,
    /// Outages per zone.
    dark: Vec<u32>,
    /// Crash loops of whatever starts.
    pub(super) of_starts: Vec<FaultId>,
}

#[derive(Clone, Debug)]
pub(super) struct Spec {
    label: String,
    pub(super) schedule: Schedule,
    pub(super) gap: Option<Sampler>,
    lasts: Option<Sampler>,
    /// Life of a process in a crash loop.
    life: Option<Sampler>,
    pub(super) spec: FaultSpec,
    pub(super) gaps: Purpose,
    spans: Purpose,
    picks: Purpose,
    lives: Purpose,
}

/// The nodes an occurrence hit, each with the life it was in.
#[derive(Debug)]
struct Hits {
    spec: u32,
    process: u32,
    nodes: Vec<(NodeId, u32)>,
    /// Nodes not back yet.
    missing: usize,
    ended: bool,
}

impl Faults {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let mut specs: Vec<Spec> = Vec::new();
        for fault in &scenario.faults {
            let twins = specs.iter().filter(|other| other.label == fault.label).count();
            let name = format!("{}#{twins}", fault.label);
            let purpose = |what: &str| Purpose::new(scenario.seed, &format!("fault-{what}/{name}"));
            specs.push(Spec {
                label: fault.label.clone(),
                schedule: fault.schedule.clone(),
                gap: match &fault.schedule {
                    Schedule::At(_) => None,
                    Schedule::Every { gap, .. } => Some(Sampler::new(gap)),
                },
                lasts: fault.lasts.as_ref().map(Sampler::new),
                life: match &fault.kind {
                    FaultSpec::CrashLoop { after, .. } => Some(Sampler::new(after)),
                    FaultSpec::Crash { .. }
                    | FaultSpec::Hang { .. }
                    | FaultSpec::Slow { .. }
                    | FaultSpec::ZoneOutage { .. }
                    | FaultSpec::Partition { .. }
                    | FaultSpec::Loss { .. } => None,
                },
                spec: fault.kind.clone(),
                gaps: purpose("gap"),
                spans: purpose("span"),
                picks: purpose("pick"),
                lives: purpose("life"),
            });
        }
        let crews = scenario.faults.iter().map(|fault| Crews::new(fault.crews)).collect();
        Self { specs, crews, dark: vec![0; scenario.zones.len()], ..Self::default() }
    }

    /// Starts the record of an occurrence that hits `nodes`.
    fn record(
        &mut self,
        now: Instant,
        process: u32,
        nodes: &[NodeId],
        life: impl Fn(NodeId) -> u32,
    ) -> FaultId {
        let spec = self.processes[process as usize].spec;
        let fault = FaultId(self.records.len() as u32);
        let hit = nodes.iter().map(|&node| (node, life(node))).collect();
        self.hits.push(Hits { spec, process, nodes: hit, missing: nodes.len(), ended: false });
        let Spec { label, spec, .. } = &self.specs[spec as usize];
        self.records.push(FaultRecord {
            label: label.clone(),
            kind: kind_of(spec),
            began: now,
            ended: None,
            nodes: nodes.to_vec(),
            requests: 0,
            probes: 0,
            replicas: 0,
        });
        fault
    }

    /// The nodes that an occurrence is about.
    pub(super) fn selector_of(&self, fault: FaultId) -> Option<&NodeSelector> {
        selector(&self.specs[self.hits[fault.index()].spec as usize].spec)
    }

    /// An occurrence touched a node after its beginning.
    pub(super) fn touches_late(&mut self, fault: FaultId, node: NodeId) {
        let nodes = &mut self.records[fault.index()].nodes;
        if let Err(position) = nodes.binary_search(&node) {
            nodes.insert(position, node);
        }
    }

    /// The records of all occurrences so far.
    pub(super) fn records(&self) -> &[FaultRecord] {
        &self.records
    }

    /// The records of all occurrences.
    pub(super) fn into_records(self) -> Vec<FaultRecord> {
        self.records
    }

    /// Whether a zone has no power.
    pub(super) fn is_dark(&self, zone: ZoneId) -> bool {
        self.dark[zone.index()] > 0
    }

    /// A try or its answer was lost.
    pub(super) fn request_lost(&mut self, fault: Option<FaultId>) {
        if let Some(fault) = fault {
            self.records[fault.index()].requests += 1;
        }
    }

    /// A probe or its answer was lost.
    pub(super) fn probe_lost(&mut self, fault: Option<FaultId>) {
        if let Some(fault) = fault {
            self.records[fault.index()].probes += 1;
        }
    }

    /// Replicas were destroyed.
    pub(super) fn replicas_lost(&mut self, fault: Option<FaultId>, count: u64) {
        if let Some(fault) = fault {
            self.records[fault.index()].replicas += count;
        }
    }

    /// A node that a fault had taken down or stopped serves again, or is gone for good. A crash or a hang is over
    /// with its last node.
    pub(super) fn node_is_back(
        &mut self,
        now: Instant,
        fault: Option<FaultId>,
        node: NodeId,
        (log, queue): (&mut Log, &mut EventQueue),
    ) {
        let Some(fault) = fault else { return };
        let hits = &mut self.hits[fault.index()];
        if hits.nodes.iter().any(|&(hit, _)| hit == node) {
            hits.missing = hits.missing.saturating_sub(1);
        }
        let over = match self.specs[hits.spec as usize].spec {
            FaultSpec::Crash { .. } | FaultSpec::Hang { .. } => hits.missing == 0,
            // These have a life of their own, whatever becomes of the nodes.
            FaultSpec::CrashLoop { .. }
            | FaultSpec::Slow { .. }
            | FaultSpec::ZoneOutage { .. }
            | FaultSpec::Partition { .. }
            | FaultSpec::Loss { .. } => false,
        };
        if over {
            self.close(now, fault, (log, queue));
        }
    }

    /// How long a process lives in a crash loop, and what becomes of its requests then.
    pub(super) fn life_in_crash_loop(&self, fault: FaultId, node: NodeId, life: u32) -> (Duration, InFlight) {
        let spec = &self.specs[self.hits[fault.index()].spec as usize];
        let (FaultSpec::CrashLoop { in_flight, .. }, Some(sampler)) = (&spec.spec, &spec.life) else {
            panic!("only crash loops let processes die again: {spec:?}")
        };
        (sampler.draw(&mut spec.lives.draws(node.0.into(), life)), *in_flight)
    }

    fn close(&mut self, now: Instant, fault: FaultId, (log, queue): (&mut Log, &mut EventQueue)) {
        if std::mem::replace(&mut self.hits[fault.index()].ended, true) {
            return;
        }
        self.records[fault.index()].ended = Some(now);
        log.fact(now, FactKind::FaultEnded { fault });
        let process = self.hits[fault.index()].process;
        if self.counts_from_end(process) {
            self.schedule_strike(now, process, queue);
        }
    }
}

impl World {
    /// An occurrence of a fault.
    pub(super) fn fault_strikes(&mut self, process: u32) {
        let Process { spec: number, node, struck, .. } = self.faults.processes[process as usize];
        self.faults.processes[process as usize].struck += 1;
        let stopped = node.is_some_and(|node| self.nodes[node.index()].stage == Stage::Stopped);
        let missed = node.is_some_and(|node| !self.runs(node));
        if !stopped && (missed || !self.faults.counts_from_end(process)) {
            self.faults.schedule_strike(self.now, process, &mut self.queue);
        }
        let spec = self.faults.specs[number as usize].clone();
        let nodes = match node {
            Some(_) if missed => return,
            Some(node) => vec![node],
            None => self.pick_nodes(&spec.spec, &mut spec.picks.draws(0, struck)),
        };
        if self.faults.records.len() == SLOTS_MAX {
            self.early_end = Some(EarlyEnd::TooManyFaults);
            return;
        }
        let fault = self.faults.record(self.now, process, &nodes, |node| self.nodes[node.index()].rest.life);
        let label = spec.label.clone();
        if nodes.is_empty() && selector(&spec.spec).is_some() && !strikes_starting(&spec.spec) {
            self.faults.records[fault.index()].ended = Some(self.now);
            self.log.fact(self.now, FactKind::FaultMissed { fault, label });
            if self.faults.counts_from_end(process) {
                self.faults.schedule_strike(self.now, process, &mut self.queue);
            }
            return;
        }
        self.log.fact(self.now, FactKind::FaultBegan { fault, label });
        if let Some(lasts) = &spec.lasts {
            let entity = node.map_or(u64::MAX, |node| node.0.into());
            let span = lasts.draw(&mut spec.spans.draws(entity, struck));
            self.faults.crews[number as usize].begin(self.now, fault, span, &mut self.queue);
        }
        self.apply(fault, &spec.spec, &nodes);
    }

    fn apply(&mut self, fault: FaultId, spec: &FaultSpec, nodes: &[NodeId]) {
        match spec {
            FaultSpec::Crash { in_flight, .. } => {
                for &node in nodes {
                    self.strike_down(fault, node, Stage::Dead, *in_flight);
                }
            }
            FaultSpec::CrashLoop { strikes: Strikes::Starting, .. } => self.faults.of_starts.push(fault),
            FaultSpec::CrashLoop { in_flight, .. } => {
                for &node in nodes {
                    self.nodes[node.index()].rest.crash_loops.push(fault);
                    self.strike_down(fault, node, Stage::Dead, *in_flight);
                }
            }
            FaultSpec::Hang { .. } => {
                for &node in nodes {
                    self.begin_hang(node, fault);
                }
            }
            FaultSpec::Slow { factor, .. } => {
                for &node in nodes {
                    self.set_slowdown(node, fault, Some(*factor));
                }
            }
            FaultSpec::ZoneOutage { zone, in_flight } => {
                self.faults.dark[zone.index()] += 1;
                for &node in nodes {
                    if self.nodes[node.index()].stage == Stage::Dark {
                        self.mark_struck(fault, node);
                    } else {
                        self.strike_down(fault, node, Stage::Dark, *in_flight);
                    }
                }
                self.take_back_unfinished(*zone);
            }
            FaultSpec::Partition { from, to, one_way, path } => {
                self.hinder(fault, (from, to), *one_way, *path, 1.0);
            }
            FaultSpec::Loss { from, to, one_way, ratio, path } => {
                self.hinder(fault, (from, to), *one_way, *path, *ratio);
            }
        }
    }

    fn hinder(&mut self, fault: FaultId, sides: (&[Place], &[Place]), one_way: bool, path: Path, ratio: f64) {
        let places = |side: &[Place]| side.iter().map(|&place| self.network.place(place)).collect();
        let (from, to) = (places(sides.0), places(sides.1));
        self.network.begin(NetworkFault { fault, from, to, one_way, path, ratio });
        self.break_cut_transfers();
    }

    pub(super) fn strike_down(&mut self, fault: FaultId, node: NodeId, stage: Stage, in_flight: InFlight) {
        self.mark_struck(fault, node);
        let killed = self.end_process(node, stage, in_flight);
        self.faults.records[fault.index()].requests += killed;
    }

    /// The provider takes back the nodes of a dark zone that were still being provisioned.
    fn take_back_unfinished(&mut self, zone: ZoneId) {
        for number in 0..self.nodes.len() as u32 {
            let node = &self.nodes[number as usize];
            if node.zone == zone && !node.rest.loaded {
                self.stop_node(NodeId(number));
            }
        }
    }

    fn mark_struck(&mut self, fault: FaultId, node: NodeId) {
        let before = self.nodes[node.index()].rest.struck_by.replace(fault);
        self.faults.node_is_back(self.now, before, node, (&mut self.log, &mut self.queue));
    }

    /// A fault with a length of its own ends.
    pub(super) fn fault_ends(&mut self, number: u32) {
        let fault = FaultId(number);
        let hits = &mut self.faults.hits[fault.index()];
        let nodes = std::mem::take(&mut hits.nodes);
        let number = hits.spec as usize;
        let spec = self.faults.specs[number].spec.clone();
        self.faults.crews[number].go_on(self.now, &mut self.queue);
        self.faults.close(self.now, fault, (&mut self.log, &mut self.queue));
        match spec {
            FaultSpec::Crash { .. } => {
                for (id, life) in nodes {
                    let node = &self.nodes[id.index()];
                    if node.stage == Stage::Dead
                        && node.rest.life == life
                        && node.rest.struck_by == Some(fault)
                    {
                        self.process_is_up(id);
                    }
                }
            }
            FaultSpec::CrashLoop { strikes: Strikes::Starting, .. } => self.end_loop_of_starts(fault),
            FaultSpec::CrashLoop { .. } => {
                for (id, _) in nodes {
                    self.end_crash_loop(id, fault);
                }
            }
            FaultSpec::Hang { .. } => {
                for (id, _) in nodes {
                    self.end_hang(id, fault);
                }
            }
            FaultSpec::Slow { .. } => {
                for (id, _) in nodes {
                    self.set_slowdown(id, fault, None);
                }
            }
            FaultSpec::ZoneOutage { zone, .. } => self.power_returns(zone),
            FaultSpec::Partition { .. } | FaultSpec::Loss { .. } => self.network.end(fault),
        }
    }

    fn power_returns(&mut self, zone: ZoneId) {
        self.faults.dark[zone.index()] -= 1;
        if self.faults.is_dark(zone) {
            return;
        }
        for number in 0..self.nodes.len() as u32 {
            let node = &self.nodes[number as usize];
            if node.zone == zone && node.stage == Stage::Dark {
                self.begin_boot(NodeId(number), None);
            }
        }
    }
}

/// Whether a fault strikes what starts later.
fn strikes_starting(spec: &FaultSpec) -> bool {
    matches!(spec, FaultSpec::CrashLoop { strikes: Strikes::Starting, .. })
}

pub(super) fn selector(spec: &FaultSpec) -> Option<&NodeSelector> {
    match spec {
        FaultSpec::Crash { nodes, .. }
        | FaultSpec::CrashLoop { nodes, .. }
        | FaultSpec::Hang { nodes }
        | FaultSpec::Slow { nodes, .. } => Some(nodes),
        FaultSpec::ZoneOutage { .. } | FaultSpec::Partition { .. } | FaultSpec::Loss { .. } => None,
    }
}

fn kind_of(spec: &FaultSpec) -> FaultKind {
    match spec {
        FaultSpec::Crash { .. } => FaultKind::Crash,
        FaultSpec::CrashLoop { .. } => FaultKind::CrashLoop,
        FaultSpec::Hang { .. } => FaultKind::Hang,
        FaultSpec::Slow { .. } => FaultKind::Slow,
        FaultSpec::ZoneOutage { .. } => FaultKind::ZoneOutage,
        FaultSpec::Partition { .. } => FaultKind::Partition,
        FaultSpec::Loss { .. } => FaultKind::Loss,
    }
}
