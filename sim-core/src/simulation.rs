//! A run from outside: make it, step it, take what it leaves behind.

use crate::world::World;
use cusinart_policies::{Duration, Instant, NodeId, ServiceId};
use cusinart_record::{DigestRecord, FaultRecord, RequestError, RunRecord};
use cusinart_scenarios::Scenario;

/// One run of a scenario in virtual time.
///
/// The same scenario (with its seed) gives the same record, byte for byte, however the run is cut into pieces, on
/// any machine and in any build.
///
/// ```
/// # fn record(scenario: &cusinart_scenarios::Scenario) -> cusinart_record::RunRecord {
/// let mut simulation = cusinart_sim_core::Simulation::new(scenario);
/// while simulation.run_events(100_000) {
///     // Time to show progress, or to stop.
/// }
/// simulation.finish()
/// # }
/// ```
pub struct Simulation {
    world: World,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Running,
    Over,
}

impl std::fmt::Debug for Simulation {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Simulation").field("now", &self.now()).field("events", &self.events()).finish()
    }
}

/// One ended try of a request, for traces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TryTrace {
    /// Stable number of the request.
    pub request: u64,
    /// The service asked.
    pub service: ServiceId,
    /// The node it was sent to; `None` if no node was eligible.
    pub node: Option<NodeId>,
    /// 0 for the first try.
    pub attempt: u32,
    /// When the request should have started.
    pub intended: Instant,
    /// When this try was sent.
    pub sent: Instant,
    /// Time that a worker of speed 1 needs for it.
    pub demand: Duration,
    /// When its sender was done with it.
    pub ended: Instant,
    /// Why it failed; `None` if it was answered well.
    pub error: Option<RequestError>,
}

impl Simulation {
    /// The run of `scenario`, before its first event.
    pub fn new(scenario: &Scenario) -> Self {
        Self { world: World::new(scenario), stage: Stage::New }
    }

    /// Keeps the digest's records numbered `from..until`, to find a difference. Call it before the first event.
    pub fn keep_records(&mut self, from: u64, until: u64) {
        self.world.keep_records(from, until);
    }

    /// Lets `sink` see every ended try. Costs time; changes nothing.
    pub fn trace(&mut self, sink: Box<dyn FnMut(&TryTrace)>) {
        self.world.trace = Some(sink);
    }

    /// Lets at most `max` events happen; `false` when the run is over.
    pub fn run_events(&mut self, max: u64) -> bool {
        if self.stage == Stage::New {
            self.world.begin();
            self.stage = Stage::Running;
        }
        for _ in 0..max {
            if !self.world.step() {
                self.stage = Stage::Over;
                return false;
            }
        }
        true
    }

    /// Virtual time.
    pub fn now(&self) -> Instant {
        self.world.now
    }

    /// Events so far.
    pub fn events(&self) -> u64 {
        self.world.events
    }

    /// The occurrences of faults so far.
    pub fn faults(&self) -> &[FaultRecord] {
        self.world.faults()
    }

    /// What the run leaves behind. A run that is not over ends here and now.
    pub fn finish(self) -> RunRecord {
        self.finish_with_records().0
    }

    /// Like [`Simulation::finish`], with the records of the digest that were to be kept.
    pub fn finish_with_records(self) -> (RunRecord, Vec<DigestRecord>) {
        self.world.finish(self.stage == Stage::Over)
    }

    /// Runs to the end.
    pub fn run(mut self) -> RunRecord {
        while self.run_events(u64::MAX) {}
        self.finish()
    }
}
