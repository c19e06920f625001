//! Many runs at once on all cores. Results are in the order of the jobs, whichever ends first.

use rayon::prelude::*;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a worker did since it last said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tick {
    /// Events dispatched in a run that goes on.
    Events(u64),
    /// A run ended after so many more events.
    RunEnded(u64),
}

/// Whoever watches many runs: called from all workers. `Break` stops all runs; those that ended are kept.
pub type WatchAll<'a> = dyn Fn(Tick) -> ControlFlow<()> + Sync + 'a;

/// Threads that runs are spread over.
#[derive(Debug)]
pub struct Pool {
    threads: rayon::ThreadPool,
}

impl Pool {
    /// A pool of `jobs` threads, or of one for each core if `jobs` is 0. Where the operating system gives fewer, half
    /// of them, and so on: results do not depend on their number.
    ///
    /// # Panics
    /// If the operating system does not give a single thread.
    pub fn new(jobs: usize) -> Self {
        let build = |jobs| rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
        let mut jobs = jobs;
        loop {
            match build(jobs) {
                Ok(threads) => return Self { threads },
                Err(error) if jobs == 1 => panic!("the operating system gives no thread: {error}"),
                Err(_) => jobs = (jobs / 2).max(1),
            }
        }
    }

    /// Does `work` for every item and returns all results in the order of the items.
    pub fn each<Item: Sync, Result: Send>(
        &self,
        items: &[Item],
        work: impl Fn(&Item) -> Result + Sync,
    ) -> Vec<Result> {
        self.threads.install(|| items.par_iter().map(&work).collect())
    }

    /// Does `work` for every item and returns the results in the order of the items, up to the first that was
    /// stopped.
    pub(crate) fn map<Item, Result>(
        &self,
        items: &[Item],
        work: impl Fn(&Item, &Stop<'_>) -> Option<Result> + Sync,
        watch: &WatchAll<'_>,
    ) -> Vec<Result>
    where
        Item: Sync,
        Result: Send,
    {
        let stop = Stop { stopped: AtomicBool::new(false), watch };
        let each = |(position, item): (usize, &Item)| {
            (position, if stop.is_raised() { None } else { work(item, &stop) })
        };
        // Handed out one by one in their order, so that whoever stops early has the first ones.
        let mut results: Vec<(usize, Option<Result>)> =
            self.threads.install(|| items.iter().enumerate().par_bridge().map(each).collect());
        results.sort_by_key(|(position, _)| *position);
        results.into_iter().map_while(|(_, result)| result).collect()
    }
}

/// Tells the watcher and remembers that it wants to stop.
pub(crate) struct Stop<'a> {
    stopped: AtomicBool,
    watch: &'a WatchAll<'a>,
}

impl Stop<'_> {
    /// Tells what was done; `Break` if the work shall end.
    pub(crate) fn tell(&self, tick: Tick) -> ControlFlow<()> {
        if (self.watch)(tick).is_break() {
            self.stopped.store(true, Ordering::Relaxed);
        }
        if self.is_raised() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn is_raised(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}
