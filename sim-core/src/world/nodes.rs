//! Nodes: what they truly do, whatever the control plane believes.

use super::World;
use super::kinds::Kind;
use super::requests::{Due, NONE, Phase, Try};
use crate::engine::{Seq, Slab};
use cusinart_policies::{
    Duration, Instant, NodeId, OperationError, OperationId, ProbeAnswer, ServiceId, ZoneId,
};
use cusinart_record::{FactKind, FaultId, NodeState};

/// One server process on its machine. The first cache line holds what every request touches.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) stage: Stage,
    /// Active hangs; above zero nothing moves.
    hangs: u32,
    workers: u32,
    busy: u32,
    queue_max: u32,
    pub(super) waiting: TryList,
    pub(super) serving: TryList,
    /// Nanoseconds of work done in a nanosecond.
    pace: f64,
    busy_total: Duration,
    busy_since: Instant,
    /// Requests since the last sample.
    pub(super) arrived: u32,
    pub(super) completed: u32,
    pub(super) failed: u32,
    pub(super) service: ServiceId,
    pub(super) zone: ZoneId,
    /// Whether it finishes its work and takes no more.
    pub(super) draining: bool,
    /// The operation that waits for it to be empty.
    drain_operation: Option<OperationId>,
    /// Whether it holds its initial state.
    pub(super) loaded: bool,
    /// The fault that took it down, while it is down.
    pub(super) struck_by: Option<FaultId>,
    /// Boots so far; tells one life of the process from the next.
    pub(super) life: u32,
    pub(super) boot: Seq,
    /// The operation that waits for the boot.
    pub(super) boot_operation: Option<OperationId>,
    /// Probes it was sent.
    pub(super) probes: u32,
    /// Factors of the active slowdowns.
    slowdowns: Vec<(FaultId, f64)>,
    /// Running transfers of state it takes part in.
    pub(super) transfers: u32,
    speed: f64,
    transfer_slowdown: f64,
    pub(super) provisioned: Instant,
    pub(super) stopped: Option<Instant>,
    /// Totals at the end of the last sample and the last window.
    pub(super) busy_sampled: Duration,
    pub(super) busy_windowed: Duration,
    shown: NodeState,
}

/// The life of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The machine is being provisioned or the process starts.
    Booting,
    /// The process runs and loads its initial state.
    Loading,
    /// The process runs and serves.
    Running,
    /// The process died; the machine is on.
    Dead,
    /// The machine has no power.
    Dark,
    /// Given back.
    Stopped,
}

/// What a node is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct NodeBuild {
    pub(super) service: ServiceId,
    pub(super) zone: ZoneId,
    pub(super) workers: u32,
    pub(super) queue_max: u32,
    pub(super) speed: f64,
    pub(super) transfer_slowdown: f64,
}

impl Node {
    /// A node provisioned at `now`, in `stage`.
    pub(super) fn new(now: Instant, build: NodeBuild, stage: Stage) -> Self {
        Self {
            stage,
            hangs: 0,
            workers: build.workers,
            busy: 0,
            queue_max: build.queue_max,
            waiting: TryList::default(),
            serving: TryList::default(),
            pace: build.speed,
            busy_total: Duration::ZERO,
            busy_since: now,
            arrived: 0,
            completed: 0,
            failed: 0,
            service: build.service,
            zone: build.zone,
            draining: false,
            drain_operation: None,
            loaded: stage == Stage::Running,
            struck_by: None,
            life: 0,
            boot: Seq::NONE,
            boot_operation: None,
            probes: 0,
            slowdowns: Vec::new(),
            transfers: 0,
            speed: build.speed,
            transfer_slowdown: build.transfer_slowdown,
            provisioned: now,
            stopped: None,
            busy_sampled: Duration::ZERO,
            busy_windowed: Duration::ZERO,
            shown: if stage == Stage::Running { NodeState::Up } else { NodeState::Booting },
        }
    }

    /// Its place in the network.
    #[inline]
    pub(super) fn place(&self) -> usize {
        self.zone.index()
    }

    /// Whether a request that arrives is taken in (a hanging process still has its connections accepted).
    #[inline]
    pub(super) fn accepts(&self) -> bool {
        self.stage == Stage::Running
    }

    /// Whether its machine can say that nobody listens.
    pub(super) fn machine_answers(&self) -> bool {
        match self.stage {
            Stage::Booting | Stage::Loading | Stage::Dead => true,
            Stage::Running | Stage::Dark | Stage::Stopped => false,
        }
    }

    /// Whether the process runs and hangs.
    #[inline]
    pub(super) fn stands_still(&self) -> bool {
        self.hangs > 0
    }

    /// Whether a worker is free and moves.
    #[inline]
    pub(super) fn has_free_worker(&self) -> bool {
        self.busy < self.workers && self.hangs == 0
    }

    /// Whether one more request may wait.
    #[inline]
    pub(super) fn has_room(&self) -> bool {
        self.waiting.len < self.queue_max
    }

    /// Requests being served.
    pub(super) fn busy(&self) -> u32 {
        self.busy
    }

    /// Workers.
    pub(super) fn workers(&self) -> u32 {
        self.workers
    }

    /// Counts one more busy worker.
    #[inline]
    pub(super) fn worker_taken(&mut self, now: Instant) {
        self.note_busy(now);
        self.busy += 1;
    }

    /// Counts one less.
    #[inline]
    pub(super) fn worker_freed(&mut self, now: Instant) {
        self.note_busy(now);
        self.busy -= 1;
    }

    /// Brings the total of busy time up to `now` and returns it.
    pub(super) fn note_busy(&mut self, now: Instant) -> Duration {
        self.busy_total += now.since(self.busy_since) * u64::from(self.busy);
        self.busy_since = now;
        self.busy_total
    }

    /// How long the node takes for work of `demand`.
    #[inline]
    pub(super) fn span_of(&self, demand: Duration) -> Duration {
        if self.pace == 1.0 { demand } else { demand.mul_f64(1.0 / self.pace) }
    }

    /// What an observer with full sight would call its state.
    fn state(&self) -> NodeState {
        match self.stage {
            Stage::Booting | Stage::Loading => NodeState::Booting,
            Stage::Dead | Stage::Dark => NodeState::Down,
            Stage::Stopped => NodeState::Stopped,
            Stage::Running if self.hangs > 0 => NodeState::Hung,
            Stage::Running if self.draining => NodeState::Draining,
            Stage::Running if !self.slowdowns.is_empty() => NodeState::Slow,
            Stage::Running => NodeState::Up,
        }
    }

    /// Whether it serves, for the series.
    pub(super) fn is_up(&self) -> bool {
        self.stage == Stage::Running && self.hangs == 0
    }

    /// What it says to a probe; `None` is silence.
    pub(super) fn probe_answer(&self) -> Option<ProbeAnswer> {
        match self.stage {
            Stage::Running if self.hangs > 0 => None,
            Stage::Running => Some(ProbeAnswer::Healthy),
            Stage::Loading => Some(ProbeAnswer::Unhealthy),
            Stage::Booting | Stage::Dead => Some(ProbeAnswer::Refused),
            Stage::Dark | Stage::Stopped => None,
        }
    }
}

impl World {
    /// Logs a node's state if it changed.
    pub(super) fn show_node(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        let state = node.state();
        if state != node.shown {
            node.shown = state;
            self.log.fact(self.now, FactKind::NodeState { node: id, state });
        }
    }

    /// Starts a node's process: it will run after its boot time.
    pub(super) fn begin_boot(&mut self, id: NodeId, operation: Option<OperationId>) {
        let node = &mut self.nodes[id.index()];
        node.stage = Stage::Booting;
        node.life += 1;
        node.boot_operation = operation;
        let service = &self.services[node.service.index()];
        let span = service.boot_time.draw(&mut service.boot.draws(id.0.into(), node.life));
        node.boot = self.queue.schedule(self.now + span, Kind::Booted as u8, id.0);
        self.show_node(id);
    }

    /// A node's process runs.
    pub(super) fn booted(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        node.boot = Seq::NONE;
        // A new node loads its initial state first; the control plane says when.
        node.stage = if node.loaded { Stage::Running } else { Stage::Loading };
        let operation = node.boot_operation.take();
        if self.nodes[id.index()].stage == Stage::Running {
            self.process_is_up(id);
        }
        if let Some(operation) = operation {
            self.operation_finished(operation, Ok(()));
        }
    }

    /// A node serves from now on.
    pub(super) fn process_is_up(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        node.stage = Stage::Running;
        let struck_by = node.struck_by.take();
        self.faults.node_is_back(self.now, struck_by, id, &mut self.log);
        self.show_node(id);
    }

    /// A node's process ends, with all that it holds. `reset` tells the senders at once.
    pub(super) fn end_process(&mut self, id: NodeId, stage: Stage, reset: bool) -> u64 {
        let node = &mut self.nodes[id.index()];
        let was_running = node.stage == Stage::Running;
        node.note_busy(self.now);
        node.stage = stage;
        node.busy = 0;
        node.hangs = 0;
        node.boot = Seq::NONE;
        let boot = node.boot_operation.take();
        let drain = node.drain_operation.take();
        let killed = self.kill_all(id, reset);
        if let Some(operation) = boot {
            self.operation_finished(operation, Err(OperationError::Unreachable));
        }
        if let Some(operation) = drain {
            self.operation_finished(operation, Ok(()));
        }
        self.break_transfers(id);
        let service = self.nodes[id.index()].service;
        if was_running && !self.services[service.index()].survives_restart {
            self.lose_replicas(id);
        }
        self.show_node(id);
        killed
    }

    fn kill_all(&mut self, id: NodeId, reset: bool) -> u64 {
        let mut killed = 0;
        loop {
            let node = &mut self.nodes[id.index()];
            let Some(slot) =
                node.serving.pop_front(&mut self.tries).or_else(|| node.waiting.pop_front(&mut self.tries))
            else {
                return killed;
            };
            killed += 1;
            self.kill_try(slot, reset);
        }
    }

    /// A process stands still.
    pub(super) fn begin_hang(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        node.hangs += 1;
        if node.hangs == 1 {
            node.note_busy(self.now);
            self.each_served(id, |item, now| {
                if item.phase == Phase::Serving
                    && let Due::At(at) = item.due
                {
                    item.due = Due::In(at.since(now));
                    item.event = Seq::NONE;
                }
            });
            self.show_node(id);
        }
    }

    /// A process that stood still goes on where it was.
    pub(super) fn end_hang(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        node.hangs -= 1;
        if node.hangs > 0 {
            return;
        }
        let mut slot = node.serving.head;
        let mut called = Vec::new();
        while slot != NONE {
            let item = &mut self.tries[slot];
            match (item.phase, item.due) {
                (Phase::Serving, Due::In(span)) => {
                    item.due = Due::At(self.now + span);
                    item.event = self.queue.schedule(self.now + span, Kind::ServiceDone as u8, slot);
                }
                (Phase::Called(ok), _) => called.push((slot, ok)),
                _ => {}
            }
            slot = self.tries[slot].next;
        }
        self.show_node(id);
        for (slot, ok) in called {
            self.go_on_after_call(slot, ok);
        }
        self.take_up_waiting(id);
    }

    /// Gives waiting tries to free workers.
    fn take_up_waiting(&mut self, id: NodeId) {
        loop {
            let node = &mut self.nodes[id.index()];
            if !node.has_free_worker() {
                return;
            }
            let Some(slot) = node.waiting.pop_front(&mut self.tries) else { return };
            self.begin_service(slot);
        }
    }

    /// Slows a node down by a factor, or, with `None`, ends the slowdown of this fault.
    pub(super) fn set_slowdown(&mut self, id: NodeId, fault: FaultId, factor: Option<f64>) {
        let slowdowns = &mut self.nodes[id.index()].slowdowns;
        slowdowns.retain(|(other, _)| *other != fault);
        if let Some(factor) = factor {
            slowdowns.push((fault, factor));
        }
        self.refresh_pace(id);
        self.show_node(id);
    }

    /// Recomputes a node's pace and moves the ends of what it serves.
    pub(super) fn refresh_pace(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        let slower = node.slowdowns.iter().fold(1.0, |product, (_, factor)| product * factor);
        let pace = node.speed / (slower * (1.0 + node.transfer_slowdown * f64::from(node.transfers)));
        if pace == node.pace {
            return;
        }
        let stretch = node.pace / pace;
        node.pace = pace;
        let mut slot = node.serving.head;
        while slot != NONE {
            let item = &mut self.tries[slot];
            let next = item.next;
            if item.phase == Phase::Serving {
                match item.due {
                    Due::At(at) => {
                        let due = self.now + at.since(self.now).mul_f64(stretch);
                        item.due = Due::At(due);
                        item.event = self.queue.schedule(due, Kind::ServiceDone as u8, slot);
                    }
                    Due::In(span) => item.due = Due::In(span.mul_f64(stretch)),
                }
            }
            slot = next;
        }
    }

    fn each_served(&mut self, id: NodeId, change: impl Fn(&mut Try, Instant)) {
        let mut slot = self.nodes[id.index()].serving.head;
        while slot != NONE {
            change(&mut self.tries[slot], self.now);
            slot = self.tries[slot].next;
        }
    }

    /// Empties a node: what waits goes elsewhere, what is served may end.
    pub(super) fn begin_drain(&mut self, id: NodeId, operation: OperationId) {
        if self.nodes[id.index()].stage != Stage::Running {
            self.operation_finished(operation, Ok(()));
            return;
        }
        let node = &mut self.nodes[id.index()];
        node.draining = true;
        node.drain_operation = Some(operation);
        self.show_node(id);
        while let Some(slot) = self.nodes[id.index()].waiting.pop_front(&mut self.tries) {
            self.hand_over(slot);
        }
        self.check_drained(id);
    }

    /// Reports a draining node that has become empty.
    pub(super) fn check_drained(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        if node.serving.len == 0
            && node.waiting.len == 0
            && let Some(operation) = node.drain_operation.take()
        {
            self.operation_finished(operation, Ok(()));
        }
    }
}

/// A list of tries at a node, linked through the slab.
#[derive(Clone, Copy, Debug)]
pub(super) struct TryList {
    pub(super) head: u32,
    tail: u32,
    pub(super) len: u32,
}

impl Default for TryList {
    fn default() -> Self {
        Self { head: NONE, tail: NONE, len: 0 }
    }
}

impl TryList {
    /// Adds a try at the end.
    #[inline]
    pub(super) fn push_back(&mut self, tries: &mut Slab<Try>, slot: u32) {
        let item = &mut tries[slot];
        item.previous = self.tail;
        item.next = NONE;
        if self.tail == NONE {
            self.head = slot;
        } else {
            tries[self.tail].next = slot;
        }
        self.tail = slot;
        self.len += 1;
    }

    /// Takes the first try.
    #[inline]
    pub(super) fn pop_front(&mut self, tries: &mut Slab<Try>) -> Option<u32> {
        let slot = self.head;
        (slot != NONE).then(|| {
            self.remove(tries, slot);
            slot
        })
    }

    /// Takes a try out, wherever it stands.
    #[inline]
    pub(super) fn remove(&mut self, tries: &mut Slab<Try>, slot: u32) {
        let Try { previous, next, .. } = tries[slot];
        if previous == NONE {
            self.head = next;
        } else {
            tries[previous].next = next;
        }
        if next == NONE {
            self.tail = previous;
        } else {
            tries[next].previous = previous;
        }
        self.len -= 1;
    }
}
