//! Comparison of arms: replications are added, in pairs, until every word of the verdict is sure or the budget spent.

use crate::pool::{Pool, Stop, WatchAll};
use crate::replicate::{Task, measured_run};
use cusinart_record::RunRecord;
use cusinart_report::{Arm, Comparison, Rules, Study, compare};
use cusinart_scenarios::{Objective, Scenario, scenario_hash};

/// One of the things to compare.
#[derive(Clone, Debug)]
pub struct ArmPlan {
    /// What it is called.
    pub label: String,
    /// Its scenario. All arms run with the seeds that come from the first arm's.
    pub scenario: Scenario,
    /// What is measured, each in terms of this scenario; the same texts in all arms.
    pub objectives: Vec<Objective>,
}

/// What a comparison leaves behind.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The replications of each arm.
    pub studies: Vec<Study>,
    /// The record of each arm's first replication; empty if it was stopped before there was a whole pair.
    pub first_runs: Vec<RunRecord>,
    /// What they say.
    pub comparison: Comparison,
    /// Whether the watcher stopped it before it was decided.
    pub stopped: bool,
}

/// What to compare, by what, and when it is sure.
#[derive(Clone, Debug)]
pub struct ComparisonPlan {
    /// The arms; the others are compared with the first.
    pub arms: Vec<ArmPlan>,
    /// How many of the objectives are compared: the first ones. The others serve the SLAs and the cost.
    pub compared: usize,
    /// When a comparison is sure.
    pub rules: Rules,
}

/// Compares arms with the first of them. `more` is told before each round how many runs it will make, for whoever
/// shows progress.
pub fn run_comparison(
    plan: &ComparisonPlan,
    pool: &Pool,
    more: &mut dyn FnMut(u32),
    watch: &WatchAll<'_>,
) -> Compared {
    let mut studies: Vec<Study> = plan.arms.iter().map(|arm| study(arm, &plan.arms[0])).collect();
    let (mut first_runs, mut stopped) = (Vec::new(), false);
    for look in plan.rules.looks.counts() {
        let done = studies[0].replications.len() as u32;
        more((look - done) * plan.arms.len() as u32);
        let (records, whole) = add_pairs(&plan.arms, &mut studies, *look, pool, watch);
        first_runs.extend(records);
        stopped = !whole;
        if stopped || judge_comparison(plan, &studies).is_finished() {
            break;
        }
    }
    let comparison = judge_comparison(plan, &studies);
    Compared { studies, first_runs, comparison, stopped }
}

/// Judges the studies of a comparison, one for each arm.
pub fn judge_comparison(plan: &ComparisonPlan, studies: &[Study]) -> Comparison {
    let views: Vec<Arm<'_>> = plan
        .arms
        .iter()
        .zip(studies)
        .map(|(arm, study)| Arm { label: &arm.label, scenario: &arm.scenario, study })
        .collect();
    compare(&views, &plan.arms[0].objectives[..plan.compared], &plan.rules)
}

/// An empty study of an arm.
fn study(arm: &ArmPlan, first: &ArmPlan) -> Study {
    Study {
        scenario: arm.scenario.name.clone(),
        scenario_hash: scenario_hash(&arm.scenario),
        version: env!("CARGO_PKG_VERSION").to_string(),
        seed: first.scenario.seed,
        objectives: arm.objectives.iter().map(|objective| objective.text.clone()).collect(),
        replications: Vec::new(),
    }
}

/// Adds replications to all arms until they have `count`. Returns the records of the first replications, if they are
/// among them, and `false` if it was stopped; whole pairs are kept.
fn add_pairs(
    arms: &[ArmPlan],
    studies: &mut [Study],
    count: u32,
    pool: &Pool,
    watch: &WatchAll<'_>,
) -> (Vec<RunRecord>, bool) {
    let done = studies[0].replications.len() as u32;
    // Arms side by side, so that what was finished when it is stopped are whole pairs.
    let scenarios: Vec<Scenario> =
        arms.iter().map(|arm| Scenario { seed: studies[0].seed, ..arm.scenario.clone() }).collect();
    let tasks: Vec<Task<'_>> = (done..count)
        .flat_map(|index| {
            let pairs = arms.iter().zip(&scenarios);
            pairs.map(move |(arm, scenario)| Task { scenario, objectives: &arm.objectives, index })
        })
        .collect();
    let run = |task: &Task<'_>, stop: &Stop<'_>| {
        let (replication, record) = measured_run(task, stop)?;
        Some((replication, (task.index == 0).then_some(record)))
    };
    let results = pool.map(&tasks, run, watch);
    let whole = results.len() == tasks.len();
    let mut results = results.into_iter();
    let mut first_runs = Vec::new();
    while results.len() >= arms.len() {
        for (study, (replication, record)) in studies.iter_mut().zip(results.by_ref()) {
            study.replications.push(replication);
            first_runs.extend(record);
        }
    }
    (first_runs, whole)
}
