//! Between the control plane and the world: inputs in, actions out.
//!
//! Only here are actions carried out. Commands to nodes go through the provider, which no partition of the
//! network cuts off; probes, samples and requests use the network.

use super::World;
use super::kinds::Kind;
use super::network::{Message, Passage};
use super::nodes::{Node, Stage};
use crate::engine::{Seq, Slab};
use cusinart_policies::{
    Action, Duration, Input, Instant, NodeId, NodeSample, OperationError, OperationId, ProbeAnswer, ProbeId,
    ServiceId, ZoneId,
};
use cusinart_record::{EarlyEnd, FactKind};
use cusinart_scenarios::{InFlight, Rollout};
use std::collections::VecDeque;

/// Actions and inputs of one instant after which the control plane is taken to turn in a circle.
const STEPS_MAX: u32 = 50_000_000;

/// The control plane's connection to the world.
#[derive(Debug)]
pub(super) struct Control {
    /// Where it is.
    pub(super) place: usize,
    wake: Option<(Instant, Seq)>,
    /// What happened and was not told yet.
    pub(super) inbox: VecDeque<Input>,
    /// Whether the control plane may have something to say: a request failed, or the inbox holds news.
    pub(super) attention: bool,
    probes: Slab<Probe>,
    samples: Slab<(NodeId, NodeSample)>,
    sample_period: Duration,
    sample_delay: Duration,
    sample_rounds: u32,
}

/// A probe on its way, or its answer.
#[derive(Clone, Copy, Debug)]
struct Probe {
    node: NodeId,
    probe: ProbeId,
    /// Number of this probe among those of its node.
    round: u32,
    answer: ProbeAnswer,
}

impl Control {
    pub(super) fn new(place: usize, sample_period: Duration, sample_delay: Duration) -> Self {
        Self {
            place,
            wake: None,
            inbox: VecDeque::new(),
            attention: false,
            probes: Slab::default(),
            samples: Slab::default(),
            sample_period,
            sample_delay,
            sample_rounds: 0,
        }
    }
}

impl World {
    /// Tells the control plane one thing and carries out all it asks.
    pub(super) fn tell(&mut self, input: Input) {
        self.cluster.handle(self.now, input);
        self.attend_to_cluster();
    }

    /// Carries out all actions, logs all decisions and sets the alarm.
    pub(super) fn attend_to_cluster(&mut self) {
        let mut steps = 0;
        loop {
            steps += 1;
            if steps > STEPS_MAX {
                self.early_end = Some(EarlyEnd::EndlessDecisions);
                return;
            }
            self.control.attention = false;
            while let Some(decision) = self.cluster.poll_decision() {
                self.log.fact(self.now, FactKind::Decision(decision));
            }
            if let Some(action) = self.cluster.poll_action() {
                self.perform(action);
            } else if let Some(input) = self.control.inbox.pop_front() {
                self.cluster.handle(self.now, input);
            } else if !self.control.attention {
                break;
            }
        }
        let wanted = self.cluster.next_deadline().map(|deadline| deadline.at.max(self.now));
        if wanted != self.control.wake.map(|(at, _)| at) {
            self.control.wake = wanted.map(|at| (at, self.queue.schedule(at, Kind::Wake as u8, 0)));
        }
    }

    /// Attends to the control plane, if the event just dispatched gave a reason.
    #[inline]
    pub(super) fn attend_if_needed(&mut self) {
        if self.control.attention {
            self.attend_to_cluster();
        }
    }

    /// The alarm rang.
    pub(super) fn wake(&mut self, seq: Seq) {
        if self.control.wake.is_some_and(|(_, current)| current == seq) {
            self.control.wake = None;
            self.tell(Input::Wake);
        }
    }

    /// Schedules the beginnings of all rolling updates.
    pub(super) fn schedule_rollouts(&mut self) {
        for (slot, rollout) in (0..).zip(&self.rollouts) {
            self.queue.schedule(rollout.at, Kind::RolloutBegins as u8, slot);
        }
    }

    /// Somebody rolls a service out.
    pub(super) fn rollout_begins(&mut self, slot: u32) {
        let Rollout { service, max_surge, max_unavailable, .. } = self.rollouts[slot as usize];
        self.tell(Input::RolloutBegan { service, max_surge, max_unavailable });
    }

    /// An operation ended; the control plane hears of it when the current event is over.
    pub(super) fn operation_finished(&mut self, operation: OperationId, result: Result<(), OperationError>) {
        self.control.inbox.push_back(Input::OperationFinished { operation, result });
        self.control.attention = true;
    }

    fn perform(&mut self, action: Action) {
        match action {
            Action::Probe { node, probe } => self.send_probe(node, probe),
            Action::StartNode { operation, node, service, zone } => {
                self.provision(operation, node, service, zone);
            }
            Action::SyncState { operation, node } => self.begin_load(operation, node),
            Action::RestartNode { operation, node } => self.restart(operation, node),
            Action::DrainNode { operation, node } => {
                self.take_leave(node);
                self.begin_drain(node, operation);
            }
            Action::StopNode { operation, node } => {
                self.stop_node(node);
                self.operation_finished(operation, Ok(()));
            }
            Action::CopyShard { operation, shard, from, to } => self.begin_copy(operation, shard, from, to),
            Action::DropReplica { shard, node } => self.drop_replica(shard, node),
        }
    }

    fn provision(&mut self, operation: OperationId, id: NodeId, service: ServiceId, zone: ZoneId) {
        assert_eq!(id.index(), self.nodes.len(), "the control plane numbers nodes without gaps");
        let dark = self.faults.is_dark(zone);
        self.add_node(service, zone, if dark { Stage::Stopped } else { Stage::Booting });
        if dark {
            self.nodes[id.index()].rest.stopped = Some(self.now);
            self.audit.bill(self.now, false);
            self.show_node(id);
            self.operation_finished(operation, Err(OperationError::Refused));
            return;
        }
        self.log.fact(self.now, FactKind::NodeProvisioned { node: id, zone });
        let (ready, works) =
            self.provisioning.as_mut().map_or((self.now, true), |queue| queue.hand_out(self.now, id, zone));
        self.nodes[id.index()].rest.stillborn = !works;
        self.begin_boot_at(id, Some(operation), ready);
        self.start_node_faults(id);
    }

    /// Adds a node to the tables.
    pub(super) fn add_node(&mut self, service: ServiceId, zone: ZoneId, stage: Stage) {
        let kind = &mut self.services[service.index()];
        let mut node = Node::new(self.now, service, zone, stage, kind.next_speed());
        (node.rest.limit, node.rest.discipline) = (kind.limit, kind.discipline);
        node.rest.caches = kind.caches.of_node(stage == Stage::Running);
        if kind.node_type.processor_sharing {
            node.share_workers(kind.node_type.workers);
        }
        self.nodes.push(node);
        self.audit.bill(self.now, true);
        self.node_shards.push(Vec::new());
        self.services[service.index()].name_node(zone);
    }

    fn restart(&mut self, operation: OperationId, id: NodeId) {
        match self.nodes[id.index()].stage {
            Stage::Dark | Stage::Stopped => {
                self.operation_finished(operation, Err(OperationError::Unreachable));
            }
            Stage::Booting | Stage::Loading | Stage::Running | Stage::Dead => {
                self.end_process(id, Stage::Dead, InFlight::Reset);
                self.begin_boot(id, Some(operation));
            }
        }
    }

    /// Stops a node for good; its replicas go with it.
    pub(super) fn stop_node(&mut self, id: NodeId) {
        if self.nodes[id.index()].stage == Stage::Stopped {
            return;
        }
        self.end_process(id, Stage::Stopped, InFlight::Reset);
        self.lose_replicas(id);
        let node = &mut self.nodes[id.index()];
        node.rest.stopped = Some(self.now);
        self.audit.bill(self.now, false);
        let struck_by = node.rest.struck_by.take();
        self.faults.node_is_back(self.now, struck_by, id, (&mut self.log, &mut self.queue));
    }

    fn send_probe(&mut self, id: NodeId, probe: ProbeId) {
        let node = &mut self.nodes[id.index()];
        let (round, to) = (node.rest.probes, node.place());
        node.rest.probes += 1;
        let probe = Probe { node: id, probe, round, answer: ProbeAnswer::Healthy };
        match self.network.passage(self.control.place, to, Message::Probe, id.0.into(), round * 2) {
            Passage::Free => self.answer_probe(probe),
            Passage::After(latency) => {
                let slot = self.control.probes.insert(probe);
                self.queue.schedule(self.now + latency, Kind::ProbeArrives as u8, slot);
            }
            Passage::Lost(fault) => self.faults.probe_lost(fault),
        }
    }

    /// A probe reached its node.
    pub(super) fn probe_arrives(&mut self, slot: u32) {
        let probe = self.control.probes[slot];
        self.control.probes.free(slot);
        let cut =
            self.network.cut_for(Message::Probe, self.control.place, self.nodes[probe.node.index()].place());
        if cut.is_some() {
            self.faults.probe_lost(cut);
            return;
        }
        self.answer_probe(probe);
    }

    /// Lets a node answer a probe.
    fn answer_probe(&mut self, mut probe: Probe) {
        let node = &self.nodes[probe.node.index()];
        let Some(answer) = node.probe_answer() else { return };
        probe.answer = answer;
        let (entity, round) = (probe.node.0.into(), probe.round * 2 + 1);
        match self.network.passage(node.place(), self.control.place, Message::Probe, entity, round) {
            Passage::Free => {
                let Probe { node, probe, answer, .. } = probe;
                self.control.inbox.push_back(Input::ProbeAnswered { node, probe, answer });
            }
            Passage::After(latency) => {
                let slot = self.control.probes.insert(probe);
                self.queue.schedule(self.now + latency, Kind::ProbeAnswered as u8, slot);
            }
            Passage::Lost(fault) => self.faults.probe_lost(fault),
        }
    }

    /// The answer to a probe reached the control plane.
    pub(super) fn probe_answered(&mut self, slot: u32) {
        let Probe { node, probe, answer, .. } = self.control.probes[slot];
        self.control.probes.free(slot);
        let cut = self.network.cut_for(Message::Probe, self.nodes[node.index()].place(), self.control.place);
        if cut.is_some() {
            self.faults.probe_lost(cut);
            return;
        }
        self.tell(Input::ProbeAnswered { node, probe, answer });
    }

    /// All nodes whose process moves measure themselves and report.
    pub(super) fn sample_taken(&mut self) {
        self.control.sample_rounds += 1;
        for number in 0..self.nodes.len() as u32 {
            let id = NodeId(number);
            let sample = self.measure(id);
            if !self.nodes[id.index()].is_up() {
                continue;
            }
            let from = self.nodes[id.index()].place();
            let round = self.control.sample_rounds;
            match self.network.passage(from, self.control.place, Message::Report, number.into(), round) {
                Passage::Free => self.schedule_sample(id, sample, Duration::ZERO),
                Passage::After(latency) => self.schedule_sample(id, sample, latency),
                Passage::Lost(_) => {}
            }
        }
        self.schedule_sampling();
    }

    /// Schedules the next round of samples.
    pub(super) fn schedule_sampling(&mut self) {
        self.queue.schedule(self.now + self.control.sample_period, Kind::SampleTaken as u8, 0);
    }

    fn schedule_sample(&mut self, node: NodeId, sample: NodeSample, latency: Duration) {
        let slot = self.control.samples.insert((node, sample));
        let at = self.now + latency + self.control.sample_delay;
        self.queue.schedule(at, Kind::SampleArrives as u8, slot);
    }

    /// A sample reached the control plane.
    pub(super) fn sample_arrives(&mut self, slot: u32) {
        let (node, sample) = self.control.samples[slot];
        self.control.samples.free(slot);
        self.tell(Input::NodeSampled { node, sample });
    }

    /// A node's measurement of the time it served since the last round.
    fn measure(&mut self, id: NodeId) -> NodeSample {
        let node = &mut self.nodes[id.index()];
        let (busy, up) = (node.note_busy(self.now), node.note_up(self.now));
        let window = up - node.rest.up_sampled;
        let workers = self.services[node.service.index()].node_type.workers;
        let capacity_s = window.as_secs_f64() * f64::from(workers);
        let busy_s = (busy - node.rest.busy_sampled).as_secs_f64();
        let sample = NodeSample {
            taken_at: self.now,
            window,
            utilization: if capacity_s > 0.0 { (busy_s / capacity_s).min(1.0) } else { 0.0 },
            in_flight: node.serving.len + node.waiting.len,
            queued: node.waiting.len,
            arrived: node.arrived,
            completed: node.completed,
            failed: node.rest.failed,
        };
        (node.rest.busy_sampled, node.rest.up_sampled) = (busy, up);
        (node.arrived, node.completed, node.rest.failed) = (0, 0, 0);
        sample
    }
}
