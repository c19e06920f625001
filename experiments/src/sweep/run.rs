//! The runs of a sweep: points on all cores, the replications of a point one after the other.

use crate::pool::{Pool, Stop, WatchAll};
use crate::replicate::run_watched;
use cusinart_report::{SweptReplication, measure_replication, replication_seed};
use cusinart_scenarios::{Objective, Scenario};
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

/// What to do with the points of a sweep. All functions are called from many threads.
#[derive(Clone, Copy)]
pub struct SweepJob<'a, Error> {
    /// Numbers of the points that are to be run.
    pub todo: &'a [u32],
    /// Seed of the first replication of every point; the others follow from it, so that all points meet the same
    /// seeds.
    pub seed: u64,
    /// Replications of each point.
    pub replications: u32,
    /// Makes the scenario of a point, and what is measured in it.
    pub prepare: &'a (dyn Fn(u32) -> Result<(Scenario, Vec<Objective>), Error> + Sync),
    /// Takes the replications of a point that is finished.
    pub keep: &'a (dyn Fn(u32, Vec<SweptReplication>) -> Result<(), Error> + Sync),
}

/// Runs the points of a sweep until all are done or the watcher stops it; a point that is not finished then is not
/// kept. What is kept of a point does not depend on the number of threads, but the order in which points are is.
///
/// # Errors
/// The first error of `prepare` or `keep`; the points that run then are given up.
pub fn run_sweep<Error: Send>(
    job: &SweepJob<'_, Error>,
    pool: &Pool,
    watch: &WatchAll<'_>,
) -> Result<(), Error> {
    let failed = Mutex::new(None);
    let watch_failure = |tick| {
        let has_failed = failed.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        if has_failed { ControlFlow::Break(()) } else { watch(tick) }
    };
    let work = |point: &u32, stop: &Stop<'_>| match run_point(job, *point, stop) {
        Ok(kept) => kept,
        Err(error) => {
            failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            None
        }
    };
    let _results_are_kept_already = pool.map(job.todo, work, &watch_failure);
    failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

/// Runs one point; `None` if it was stopped.
fn run_point<Error>(job: &SweepJob<'_, Error>, point: u32, stop: &Stop<'_>) -> Result<Option<()>, Error> {
    let (mut scenario, objectives) = (job.prepare)(point)?;
    let mut replications = Vec::with_capacity(job.replications as usize);
    for index in 0..job.replications {
        scenario.seed = replication_seed(job.seed, index);
        let Some(record) = run_watched(&scenario, stop) else { return Ok(None) };
        replications.push(measure_replication(&scenario, &record, &objectives));
    }
    (job.keep)(point, replications).map(Some)
}
