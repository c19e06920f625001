//! One run of one scenario, watched from outside.

use cusinart_policies::{Duration, Instant};
use cusinart_record::{DigestRecord, RunRecord};
use cusinart_scenarios::Scenario;
use cusinart_sim_core::{Simulation, TryTrace};
use std::ops::ControlFlow;

/// Events between two calls of the watcher: some milliseconds of work.
const EVENTS_PER_LOOK: u64 = 1 << 16;

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Virtual time reached.
    pub now: Instant,
    /// Virtual time the scenario asks for.
    pub duration: Duration,
    /// Events dispatched.
    pub events: u64,
    /// Which run this is, from 1: a determinism check makes more than one.
    pub run: u32,
    /// Runs that will be made, as far as known.
    pub runs: u32,
}

/// Whoever watches a run: called about every 2^16 events. `Break` stops the run early; what was simulated is kept.
pub type Watch<'a> = dyn FnMut(&Progress) -> ControlFlow<()> + 'a;

/// Runs a scenario to its end, or until the watcher stops it.
///
/// Whoever stopped the run early knows it; the record shows it too: it simulated less than its header's duration.
pub fn run(scenario: &Scenario, watch: &mut Watch<'_>) -> RunRecord {
    let mut simulation = Simulation::new(scenario);
    let _stopped = drive(&mut simulation, scenario, Turn { run: 1, runs: 1 }, watch);
    simulation.finish()
}

/// Runs a scenario and hands every ended try of a request to `trace`.
pub fn run_traced(scenario: &Scenario, trace: Box<dyn FnMut(&TryTrace)>, watch: &mut Watch<'_>) -> RunRecord {
    let mut simulation = Simulation::new(scenario);
    simulation.trace(trace);
    let _stopped = drive(&mut simulation, scenario, Turn { run: 1, runs: 1 }, watch);
    simulation.finish()
}

/// Runs a scenario as one of several; `Break` carries what was simulated until the watcher stopped it.
pub(crate) fn run_in_turn(
    scenario: &Scenario,
    turn: Turn,
    watch: &mut Watch<'_>,
) -> ControlFlow<RunRecord, RunRecord> {
    let mut simulation = Simulation::new(scenario);
    match drive(&mut simulation, scenario, turn, watch) {
        ControlFlow::Continue(()) => ControlFlow::Continue(simulation.finish()),
        ControlFlow::Break(()) => ControlFlow::Break(simulation.finish()),
    }
}

/// Runs a scenario again and returns its record with the records numbered `from..until` of its digest; `None` if it
/// was stopped.
pub(crate) fn records(
    scenario: &Scenario,
    (from, until): (u64, u64),
    turn: Turn,
    watch: &mut Watch<'_>,
) -> Option<(RunRecord, Vec<DigestRecord>)> {
    let mut simulation = Simulation::new(scenario);
    simulation.keep_records(from, until);
    match drive(&mut simulation, scenario, turn, watch) {
        ControlFlow::Continue(()) => Some(simulation.finish_with_records()),
        ControlFlow::Break(()) => None,
    }
}

/// Which run of how many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub(crate) run: u32,
    pub(crate) runs: u32,
}

/// Lets a simulation run to its end, looking up now and then.
fn drive(
    simulation: &mut Simulation,
    scenario: &Scenario,
    turn: Turn,
    watch: &mut Watch<'_>,
) -> ControlFlow<()> {
    while simulation.run_events(EVENTS_PER_LOOK) {
        watch(&Progress {
            now: simulation.now(),
            duration: scenario.duration,
            events: simulation.events(),
            run: turn.run,
            runs: turn.runs,
        })?;
    }
    ControlFlow::Continue(())
}
