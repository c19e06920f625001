//! The replays of one run: which are made, and their judgement.

use super::clues::clues;
use super::edit::Desk;
use super::suggestions::SUGGESTIONS;
use super::suspects::{suspects, without};
use crate::run::{Progress, Turn, run_in_turn};
use cusinart_record::RunRecord;
use cusinart_report::{Alteration, Explanation, Replay, RunSummary, explanation, summarize};
use cusinart_scenarios::{Scenario, Source};
use rayon::prelude::*;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

/// Whoever watches runs that are made at the same time, as [`Watch`](crate::Watch).
pub type SharedWatch<'a> = dyn FnMut(&Progress) -> ControlFlow<()> + Send + 'a;

/// A replay before it is run.
struct Plan {
    change: Alteration,
    scenario: Scenario,
    concerns: Vec<usize>,
}

/// Runs a scenario again with one thing changed at a time and says what would have helped the agreements that were
/// missed. Every replay has the seed of the run.
///
/// The replays are made on all cores; what comes out does not depend on how many there are. `Break` means that the
/// watcher stopped it.
pub fn explain(
    source: &Source,
    scenario: &Scenario,
    (record, summary): (&RunRecord, &RunSummary),
    watch: &mut SharedWatch<'_>,
) -> ControlFlow<(), Explanation> {
    let plans = plans(source, scenario, record, summary);
    let board = Board::new(plans.len(), watch);
    let replays: Option<Vec<Replay>> = plans
        .into_par_iter()
        .enumerate()
        .map(|(index, plan)| {
            let mut look = |progress: &Progress| board.look(index, progress);
            let turn = Turn { run: 1, runs: 1 };
            let ControlFlow::Continue(record) = run_in_turn(&plan.scenario, turn, &mut look) else {
                return None;
            };
            board.finished();
            let slas = summarize(&plan.scenario, &record).slas;
            Some(Replay { change: plan.change, slas, concerns: plan.concerns })
        })
        .collect();
    match replays {
        Some(replays) => ControlFlow::Continue(explanation(summary, &replays)),
        None => ControlFlow::Break(()),
    }
}

/// Everything that is worth a try: faults left out, then settings in the order of their table.
fn plans(source: &Source, scenario: &Scenario, record: &RunRecord, summary: &RunSummary) -> Vec<Plan> {
    let missed: Vec<usize> =
        summary.slas.iter().enumerate().filter(|(_, sla)| !sla.passed).map(|(index, _)| index).collect();
    if missed.is_empty() {
        return Vec::new();
    }
    let mut plans: Vec<Plan> = suspects(scenario, record)
        .into_iter()
        .map(|suspect| Plan {
            scenario: without(scenario, suspect.index),
            change: Alteration::WithoutFault {
                label: suspect.label,
                times: suspect.times,
                first_ns: suspect.first,
            },
            concerns: missed.clone(),
        })
        .collect();
    let desk = Desk::new(source, scenario);
    let faults = plans.len();
    for suggestion in SUGGESTIONS {
        for index in &missed {
            let objective = &scenario.slas[*index].objective;
            let clues = clues(objective.metric, summary.slas[*index].chain.as_ref());
            if !suggestion.clues.iter().any(|clue| clues.contains(clue)) {
                continue;
            }
            for edit in desk.edits(suggestion, objective.subject) {
                let is_same = |plan: &&mut Plan| plan.scenario == edit.scenario;
                if let Some(plan) = plans[faults..].iter_mut().find(is_same) {
                    if !plan.concerns.contains(index) {
                        plan.concerns.push(*index);
                    }
                    continue;
                }
                let change = Alteration::Setting { words: edit.words.into(), set: edit.set, was: edit.was };
                plans.push(Plan { change, scenario: edit.scenario, concerns: vec![*index] });
            }
        }
    }
    plans
}

/// What runs at the same time tell one watcher: how many are done, and how far the first that is not done is.
struct Board<'a, 'b> {
    runs: u32,
    done: AtomicU32,
    stopped: AtomicBool,
    watch: Mutex<Shown<'a, 'b>>,
}

struct Shown<'a, 'b> {
    watch: &'a mut SharedWatch<'b>,
    /// The run that is shown, and how many were done when it was first shown.
    run: Option<(usize, u32)>,
}

impl<'a, 'b> Board<'a, 'b> {
    fn new(runs: usize, watch: &'a mut SharedWatch<'b>) -> Self {
        Self {
            runs: u32::try_from(runs).unwrap_or(u32::MAX),
            done: AtomicU32::new(0),
            stopped: AtomicBool::new(false),
            watch: Mutex::new(Shown { watch, run: None }),
        }
    }

    fn finished(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    fn look(&self, index: usize, progress: &Progress) -> ControlFlow<()> {
        let mut shown = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        let done = self.done.load(Ordering::Relaxed);
        // One run is shown until another one has ended, so that the times on the way make sense.
        let show = shown.run.is_none_or(|(run, then)| run == index || done != then);
        if show {
            shown.run = Some((index, done));
            let progress = Progress { run: (done + 1).min(self.runs), runs: self.runs, ..*progress };
            if (shown.watch)(&progress).is_break() {
                self.stopped.store(true, Ordering::Relaxed);
            }
        }
        if self.stopped.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
