//! The replays of one run: which are made, and their judgement.

use super::clues::clues;
use super::edit::Desk;
use super::suggestions::SUGGESTIONS;
use super::suspects::{suspects, without};
use crate::pool::{Pool, WatchAll};
use crate::replicate::run_watched;
use cusinart_record::RunRecord;
use cusinart_report::{Alteration, Explanation, Replay, RunSummary, SlaResult, explanation, judge_all};
use cusinart_scenarios::{Scenario, Source};
use std::ops::ControlFlow;

/// A replay before it is run.
struct Plan {
    change: Alteration,
    scenario: Scenario,
    concerns: Vec<usize>,
}

/// Runs a scenario again with one thing changed at a time and says what would have helped the agreements that were
/// missed. Every replay has the seed of the run. `more` is told how many replays there are, for whoever shows
/// progress.
///
/// What comes out does not depend on the number of threads. `Break` means that the watcher stopped it.
pub fn explain(
    source: &Source,
    scenario: &Scenario,
    (record, summary): (&RunRecord, &RunSummary),
    pool: &Pool,
    more: &mut dyn FnMut(u32),
    watch: &WatchAll<'_>,
) -> ControlFlow<(), Explanation> {
    let plans = plans(source, scenario, record, summary);
    more(u32::try_from(plans.len()).unwrap_or(u32::MAX));
    let judged = pool.map(
        &plans,
        |plan, stop| run_watched(&plan.scenario, stop).map(|record| judge_all(&plan.scenario, &record)),
        watch,
    );
    if judged.len() < plans.len() {
        return ControlFlow::Break(());
    }
    let replay =
        |(plan, slas): (Plan, Vec<SlaResult>)| Replay { change: plan.change, slas, concerns: plan.concerns };
    let replays: Vec<Replay> = plans.into_iter().zip(judged).map(replay).collect();
    ControlFlow::Continue(explanation(summary, &replays))
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
