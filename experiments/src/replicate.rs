//! Replications: the same scenario with other seeds, on all cores.

use crate::pool::{Pool, Stop, Tick, WatchAll};
use cusinart_record::RunRecord;
use cusinart_report::{Replication, replication_seed, samples};
use cusinart_scenarios::{Objective, Scenario};
use cusinart_sim_core::Simulation;
use std::ops::Range;

/// Events between two words to the watcher: some milliseconds of work.
const EVENTS_PER_LOOK: u64 = 1 << 16;

/// One replication to run: a scenario, which number of seed, and what to measure.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    /// The scenario; its own seed is the base of all seeds.
    pub scenario: &'a Scenario,
    /// What is measured.
    pub objectives: &'a [Objective],
    /// Number of the replication, from 0.
    pub index: u32,
}

/// Runs the replications of a scenario with the numbers `indices` and measures each. The result does not depend on
/// the number of threads. If the watcher stops it, the replications up to the first that was cut short are returned.
pub fn replicate(
    scenario: &Scenario,
    objectives: &[Objective],
    indices: Range<u32>,
    pool: &Pool,
    watch: &WatchAll<'_>,
) -> Vec<Replication> {
    let tasks: Vec<Task<'_>> = indices.map(|index| Task { scenario, objectives, index }).collect();
    replicate_all(&tasks, pool, watch)
}

/// Runs replications of several scenarios and measures each, in the order of the tasks.
pub fn replicate_all(tasks: &[Task<'_>], pool: &Pool, watch: &WatchAll<'_>) -> Vec<Replication> {
    pool.map(tasks, |task, stop| measured_run(task, stop).map(|(replication, _)| replication), watch)
}

/// What a whole run says about objectives.
pub fn measured(scenario: &Scenario, record: &RunRecord, objectives: &[Objective]) -> Replication {
    Replication {
        seed: record.header.seed,
        digest: format!("{:016x}", record.digest),
        events: record.events,
        samples: samples(scenario, record, objectives),
    }
}

/// Runs a replication and measures it; `None` if it was stopped.
pub(crate) fn measured_run(task: &Task<'_>, stop: &Stop<'_>) -> Option<(Replication, RunRecord)> {
    let seed = replication_seed(task.scenario.seed, task.index);
    let scenario = Scenario { seed, ..task.scenario.clone() };
    let record = run_watched(&scenario, stop)?;
    Some((measured(&scenario, &record, task.objectives), record))
}

/// Runs a scenario to its end; `None` if it was stopped.
pub(crate) fn run_watched(scenario: &Scenario, stop: &Stop<'_>) -> Option<RunRecord> {
    let mut simulation = Simulation::new(scenario);
    let mut told = 0;
    while simulation.run_events(EVENTS_PER_LOOK) {
        let events = simulation.events();
        if stop.tell(Tick::Events(events - told)).is_break() {
            return None;
        }
        told = events;
    }
    let record = simulation.finish();
    let _one_more_run_is_kept = stop.tell(Tick::RunEnded(record.events - told));
    Some(record)
}
