//! Nodes: what they truly do, whatever the control plane believes.

use super::World;
use super::audit::signed;
use super::shared_queue::Claims;
use super::sharing::Sharing;
use super::tries::Try;
use super::try_list::TryList;
use crate::engine::{Seq, Slab};
use cusinart_policies::overload::{ConcurrencyLimit, QueueDiscipline};
use cusinart_policies::{
    Duration, Instant, NodeId, OperationError, OperationId, ProbeAnswer, ServiceId, ZoneId,
};
use cusinart_record::{FactKind, FaultId, NodeState};
use cusinart_scenarios::{ColdStart, InFlight};

/// One server process on its machine: a cache line that holds what every request touches.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Node {
    pub(super) stage: Stage,
    /// Whether its process stands still.
    pub(super) hung: bool,
    /// Whether it finishes its work and takes no more.
    pub(super) draining: bool,
    /// What decides how long it takes for work.
    tempo: Tempo,
    pub(super) service: ServiceId,
    pub(super) zone: ZoneId,
    pub(super) waiting: TryList,
    /// One for each busy worker.
    pub(super) serving: TryList,
    busy_total: Duration,
    busy_since: Instant,
    /// Requests since the last sample.
    pub(super) arrived: u32,
    pub(super) completed: u32,
    pub(super) rest: Box<Rest>,
}

/// What decides how long a node takes for work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tempo {
    /// Nothing: it takes just as long as is asked for. Its pace is 1, and it is warm.
    Even,
    /// Its pace, and how cold it is.
    Uneven,
    /// These, and how many requests share its workers.
    Shared,
}

/// What only few requests touch.
#[derive(Debug)]
pub(super) struct Rest {
    /// Nanoseconds of work done in a nanosecond, when nothing slows it down.
    pub(super) speed: f64,
    /// Nanoseconds of work done in a nanosecond.
    pub(super) pace: f64,
    /// Since when the process serves, and how it warms up; `None` once it is warm.
    cold: Option<(Instant, ColdStart)>,
    /// Requests refused or failed since the last sample.
    pub(super) failed: u32,
    /// The operation that waits for the node to be empty.
    drain_operation: Option<OperationId>,
    /// Whether it holds its initial state.
    pub(super) loaded: bool,
    /// The fault that took it down, while it is down.
    pub(super) struck_by: Option<FaultId>,
    /// Boots so far; tells one life of the process from the next.
    pub(super) life: u32,
    /// The pending end of its boot.
    pub(super) boot: Seq,
    /// The operation that waits for the boot.
    pub(super) boot_operation: Option<OperationId>,
    /// Probes it was sent.
    pub(super) probes: u32,
    /// Active hangs of this life of the process.
    pub(super) hangs: Vec<FaultId>,
    /// Factors of the active slowdowns.
    pub(super) slowdowns: Vec<(FaultId, f64)>,
    /// Active crash loops of its process.
    pub(super) crash_loops: Vec<FaultId>,
    /// The pending death of the process in a crash loop, and of which it dies.
    pub(super) dies: Option<(Seq, FaultId)>,
    /// Running transfers of state it takes part in.
    pub(super) transfers: u32,
    pub(super) provisioned: Instant,
    pub(super) stopped: Option<Instant>,
    /// Times it served and did not, up to `up_since`.
    up_total: Duration,
    pub(super) down_total: Duration,
    up_since: Instant,
    /// Time it had served at the end of the last sample.
    pub(super) up_sampled: Duration,
    /// Time it had served at the end of the last window.
    pub(super) up_windowed: Duration,
    /// Busy time at the end of the last sample.
    pub(super) busy_sampled: Duration,
    /// Busy time at the end of the last window.
    pub(super) busy_windowed: Duration,
    /// How many requests it takes in, as its process learnt.
    pub(super) limit: Option<ConcurrencyLimit>,
    /// What it takes out of its queue.
    pub(super) discipline: Option<QueueDiscipline>,
    /// What it took from the queue of its service.
    pub(super) claims: Claims,
    /// Entries filled of its caches of answers to calls.
    pub(super) caches: Box<[u32]>,
    /// How its requests share its workers, if they do.
    pub(super) sharing: Option<Sharing>,
    shown: NodeState,
    /// Whether its provisioning will fail.
    pub(super) stillborn: bool,
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

impl Node {
    /// A node of `speed` provisioned at `now`, in `stage`.
    pub(super) fn new(now: Instant, service: ServiceId, zone: ZoneId, stage: Stage, speed: f64) -> Self {
        let running = stage == Stage::Running;
        let rest = Rest {
            speed,
            pace: speed,
            cold: None,
            failed: 0,
            drain_operation: None,
            loaded: running,
            struck_by: None,
            life: 0,
            boot: Seq::NONE,
            boot_operation: None,
            probes: 0,
            hangs: Vec::new(),
            slowdowns: Vec::new(),
            crash_loops: Vec::new(),
            dies: None,
            up_total: Duration::ZERO,
            down_total: Duration::ZERO,
            up_since: now,
            up_sampled: Duration::ZERO,
            up_windowed: Duration::ZERO,
            transfers: 0,
            provisioned: now,
            stopped: None,
            busy_sampled: Duration::ZERO,
            busy_windowed: Duration::ZERO,
            limit: None,
            discipline: None,
            claims: Claims::default(),
            caches: Box::default(),
            sharing: None,
            stillborn: false,
            shown: if running { NodeState::Up } else { NodeState::Booting },
        };
        Self {
            stage,
            hung: false,
            draining: false,
            tempo: if speed == 1.0 { Tempo::Even } else { Tempo::Uneven },
            service,
            zone,
            waiting: TryList::default(),
            serving: TryList::default(),
            busy_total: Duration::ZERO,
            busy_since: now,
            arrived: 0,
            completed: 0,
            rest: Box::new(rest),
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

    /// Whether it serves fewer requests than it has `places` for, and moves. Who shares workers may begin while nothing
    /// moves.
    #[inline]
    pub(super) fn has_free_worker(&self, places: u32) -> bool {
        self.serving.len < places && (!self.hung || self.shares())
    }

    /// Whether its requests share its workers.
    #[inline]
    pub(super) fn shares(&self) -> bool {
        self.tempo == Tempo::Shared
    }

    /// Lets its requests share so many workers.
    pub(super) fn share_workers(&mut self, workers: u32) {
        self.tempo = Tempo::Shared;
        self.rest.sharing = Some(Sharing::new(workers));
    }

    /// Gives a try to a worker.
    #[inline]
    pub(super) fn take_up(&mut self, now: Instant, tries: &mut Slab<Try>, slot: u32) {
        self.note_busy(now);
        self.serving.push_back(tries, slot);
    }

    /// Frees the worker of a try.
    #[inline]
    pub(super) fn put_down(&mut self, now: Instant, tries: &mut Slab<Try>, slot: u32) {
        self.note_busy(now);
        self.serving.remove(tries, slot);
    }

    /// Brings the total of busy time up to `now` and returns it. A worker that stands still is not busy.
    pub(super) fn note_busy(&mut self, now: Instant) -> Duration {
        if !self.hung {
            self.busy_total += now.since(self.busy_since) * u64::from(self.busy());
        }
        self.busy_since = now;
        self.busy_total
    }

    /// Workers that are busy while it moves.
    #[inline]
    fn busy(&self) -> u32 {
        if self.tempo == Tempo::Shared { self.sharing_busy() } else { self.serving.len }
    }

    #[cold]
    fn sharing_busy(&self) -> u32 {
        self.rest.sharing.as_ref().map_or(0, Sharing::busy)
    }

    /// Brings the total of time in which it served up to `now` and returns it.
    pub(super) fn note_up(&mut self, now: Instant) -> Duration {
        let passed = now.since(self.rest.up_since);
        if self.is_up() {
            self.rest.up_total += passed;
        } else if self.stage != Stage::Stopped {
            self.rest.down_total += passed;
        }
        self.rest.up_since = now;
        self.rest.up_total
    }

    /// Changes what it does. Both totals count the time until `now` as it was before.
    pub(super) fn change(&mut self, now: Instant, stage: Stage, hung: bool) {
        self.note_busy(now);
        self.note_up(now);
        self.stage = stage;
        self.hung = hung;
    }

    /// How long the node takes for work of `demand` that is taken up at `now`.
    #[inline]
    pub(super) fn span_of(&mut self, now: Instant, demand: Duration) -> Duration {
        match self.tempo {
            Tempo::Even => demand,
            Tempo::Uneven => demand.mul_f64(self.slowness(now) / self.rest.pace),
            // The pace counts when the time is shared out.
            Tempo::Shared => demand.mul_f64(self.slowness(now)),
        }
    }

    /// By how much a cold process is slower.
    fn slowness(&mut self, now: Instant) -> f64 {
        let Some((since, ColdStart { lasts, slowdown })) = self.rest.cold else { return 1.0 };
        let elapsed = now.since(since);
        if elapsed >= lasts {
            self.rest.cold = None;
            self.set_pace(self.rest.pace);
            return 1.0;
        }
        let left = 1.0 - elapsed.as_nanos() as f64 / lasts.as_nanos() as f64;
        1.0 + (slowdown - 1.0) * left
    }

    /// The process has begun to serve and is cold.
    pub(super) fn begin_cold(&mut self, now: Instant, cold: ColdStart) {
        self.rest.cold = Some((now, cold));
        self.set_pace(self.rest.pace);
    }

    /// Sets the pace.
    pub(super) fn set_pace(&mut self, pace: f64) {
        self.rest.pace = pace;
        self.tempo = match self.tempo {
            Tempo::Shared => Tempo::Shared,
            Tempo::Even | Tempo::Uneven if pace == 1.0 && self.rest.cold.is_none() => Tempo::Even,
            Tempo::Even | Tempo::Uneven => Tempo::Uneven,
        };
    }

    /// What an observer with full sight would call its state.
    fn state(&self) -> NodeState {
        match self.stage {
            Stage::Booting | Stage::Loading => NodeState::Booting,
            Stage::Dead | Stage::Dark => NodeState::Down,
            Stage::Stopped => NodeState::Stopped,
            Stage::Running if self.hung => NodeState::Hung,
            Stage::Running if self.draining => NodeState::Draining,
            Stage::Running if !self.rest.slowdowns.is_empty() => NodeState::Slow,
            Stage::Running => NodeState::Up,
        }
    }

    /// Whether it serves, for the series.
    pub(super) fn is_up(&self) -> bool {
        self.stage == Stage::Running && !self.hung
    }

    /// What it says to a probe; `None` is silence.
    pub(super) fn probe_answer(&self) -> Option<ProbeAnswer> {
        match self.stage {
            Stage::Running if self.hung => None,
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
        if state != node.rest.shown {
            node.rest.shown = state;
            self.log.fact(self.now, FactKind::NodeState { node: id, state });
        }
    }

    /// A node's process ends, with all that it holds.
    pub(super) fn end_process(&mut self, id: NodeId, stage: Stage, in_flight: InFlight) -> u64 {
        let node = &mut self.nodes[id.index()];
        let was_running = node.stage == Stage::Running;
        if node.hung {
            self.services[node.service.index()].received -= signed(self.now) * i128::from(node.serving.len);
        }
        node.change(self.now, stage, false);
        let hangs = std::mem::take(&mut node.rest.hangs);
        node.rest.boot = Seq::NONE;
        node.rest.dies = None;
        let boot = node.rest.boot_operation.take();
        let drain = node.rest.drain_operation.take();
        for fault in hangs {
            self.faults.node_is_back(self.now, Some(fault), id, (&mut self.log, &mut self.queue));
        }
        self.end_member(id);
        let killed = self.kill_all(id, in_flight);
        if let Some(operation) = boot {
            self.operation_finished(operation, Err(OperationError::Unreachable));
        }
        if let Some(operation) = drain {
            self.operation_finished(operation, Err(OperationError::Unreachable));
        }
        self.break_transfers(id);
        self.forget_what_it_learnt(id);
        let service = self.nodes[id.index()].service;
        if was_running && !self.services[service.index()].survives_restart {
            self.lose_replicas(id);
        }
        self.show_node(id);
        killed
    }

    /// What a process has learnt is lost with it.
    fn forget_what_it_learnt(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        let service = &self.services[node.service.index()];
        (node.rest.limit, node.rest.discipline) = (service.limit, service.discipline);
        node.rest.caches = service.caches.of_node(false);
    }

    fn kill_all(&mut self, id: NodeId, in_flight: InFlight) -> u64 {
        self.claims_end(id);
        self.stop_sharing(id);
        let node = &self.nodes[id.index()];
        // What is left of shared work is known for a node of pace 1.
        let pace = if node.shares() { 1.0 } else { node.rest.pace };
        let mut killed = 0;
        loop {
            let node = &mut self.nodes[id.index()];
            let serves = node.serving.len > 0;
            let Some(slot) =
                node.serving.pop_front(&mut self.tries).or_else(|| node.waiting.pop_front(&mut self.tries))
            else {
                return killed;
            };
            if serves {
                self.services[node.service.index()].received += signed(self.now);
            }
            killed += 1;
            self.kill_try(slot, pace, in_flight);
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
        node.rest.drain_operation = Some(operation);
        self.show_node(id);
        while let Some(slot) = self.nodes[id.index()].waiting.pop_front(&mut self.tries) {
            let from = self.nodes[id.index()].place();
            self.hand_over(slot, from);
        }
        self.check_drained(id);
    }

    /// Reports a draining node that has become empty.
    pub(super) fn check_drained(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        if node.serving.len == 0
            && node.waiting.len == 0
            && let Some(operation) = node.rest.drain_operation.take()
        {
            self.operation_finished(operation, Ok(()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Node;

    #[test]
    fn what_every_request_touches_fits_a_cache_line() {
        assert_eq!((size_of::<Node>(), align_of::<Node>()), (64, 64));
    }
}
