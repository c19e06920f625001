//! How nodes come up: handed out by the provider, booted, loaded, serving.

use super::World;
use super::kinds::Kind;
use super::nodes::Stage;
use crate::engine::Seq;
use crate::random::{self, Purpose, Sampler};
use cusinart_policies::{Instant, NodeId, OperationId, ZoneId};
use cusinart_scenarios::{Queues, Scenario};

/// The service of the provider that hands out nodes.
#[derive(Debug)]
pub(super) struct Provisioning {
    takes: Sampler,
    draws: Purpose,
    fail_ratio: f64,
    /// When each worker of each queue is free again.
    free: Vec<Vec<Instant>>,
}

impl Provisioning {
    /// The service of a scenario, if it says how nodes are handed out.
    pub(super) fn new(scenario: &Scenario) -> Option<Self> {
        let rules = scenario.provisioning.as_ref()?;
        let queues = match rules.queues {
            Queues::Shared => 1,
            Queues::PerZone => scenario.zones.len(),
        };
        Some(Self {
            takes: Sampler::new(&rules.takes),
            draws: Purpose::new(scenario.seed, "provisioning"),
            fail_ratio: rules.fail_ratio,
            free: vec![vec![Instant::ZERO; rules.at_once as usize]; queues],
        })
    }

    /// When a node that is asked for now is handed out, and whether it is one.
    pub(super) fn hand_out(&mut self, now: Instant, node: NodeId, zone: ZoneId) -> (Instant, bool) {
        let draw = |round| self.draws.draws(node.0.into(), round);
        let (takes, fails) = (self.takes.draw(&mut draw(0)), random::uniform(&mut draw(1)) < self.fail_ratio);
        let queue = zone.index().min(self.free.len() - 1);
        let worker = self.free[queue].iter_mut().min().expect("each queue has a worker");
        *worker = now.max(*worker) + takes;
        (*worker, !fails)
    }
}

impl World {
    /// Starts a node's process: it will run after its boot time.
    pub(super) fn begin_boot(&mut self, id: NodeId, operation: Option<OperationId>) {
        self.begin_boot_at(id, operation, self.now);
    }

    /// Starts a node's process at a time that may be still to come.
    pub(super) fn begin_boot_at(&mut self, id: NodeId, operation: Option<OperationId>, at: Instant) {
        let node = &mut self.nodes[id.index()];
        node.change(self.now, Stage::Booting, false);
        node.rest.life += 1;
        node.rest.boot_operation = operation;
        let service = &self.services[node.service.index()];
        let span = service.boot_time.draw(&mut service.boot.draws(id.0.into(), node.rest.life));
        node.rest.boot = self.queue.schedule(at + span, Kind::Booted as u8, id.0);
        self.show_node(id);
    }

    /// A node's process runs.
    pub(super) fn booted(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        node.rest.boot = Seq::NONE;
        if node.rest.stillborn {
            self.stop_node(id);
            return;
        }
        // A new node loads its initial state first; the control plane says when.
        let operation = node.rest.boot_operation.take();
        if node.rest.loaded {
            self.process_is_up(id);
        } else {
            node.change(self.now, Stage::Loading, false);
            self.start_member(id);
        }
        if let Some(operation) = operation {
            self.operation_finished(operation, Ok(()));
        }
    }

    /// A node serves from now on.
    pub(super) fn process_is_up(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        let loaded = node.stage == Stage::Loading;
        node.change(self.now, Stage::Running, false);
        if let Some(cold) = self.services[node.service.index()].node_type.cold_start {
            node.begin_cold(self.now, cold);
        }
        let struck_by = node.rest.struck_by.take();
        self.faults.node_is_back(self.now, struck_by, id, (&mut self.log, &mut self.queue));
        self.join_loops_of_starts(id);
        self.schedule_next_crash(id);
        self.show_node(id);
        if !loaded {
            self.start_member(id);
        }
        self.take_from_queue(id);
    }
}
