//! Many scenarios at once: replications of all of them over all cores, until each is settled or the budget is spent.

use crate::pool::{Pool, WatchAll};
use crate::replicate::{Task, replicate_all};
use cusinart_report::{
    Commands, GateRules, Replication, ScenarioVerdict, Study, default_objectives, judge_scenario,
};
use cusinart_scenarios::{Objective, Scenario, scenario_hash};

/// One scenario to test.
#[derive(Clone, Debug)]
pub struct GateCase {
    /// Its file, as it was named.
    pub file: String,
    /// The scenario.
    pub scenario: Scenario,
    /// Its replications in the baseline.
    pub baseline: Option<Study>,
    /// Commands that repeat it.
    pub commands: Commands,
}

/// What a test leaves behind.
#[derive(Clone, Debug)]
pub struct Gated {
    /// The replications of each case.
    pub studies: Vec<Study>,
    /// What they say.
    pub verdicts: Vec<ScenarioVerdict>,
    /// Whether the watcher stopped it.
    pub stopped: bool,
}

/// Tests scenarios. A scenario gets replications until it is settled, or to the last look if `whole`. `more` is told
/// before each round how many runs it will make. The result does not depend on the number of threads; if the watcher
/// stops it, the first replications of the round are kept up to the one that was cut short.
pub fn run_gate(
    cases: &[GateCase],
    rules: &GateRules,
    whole: bool,
    pool: &Pool,
    more: &mut dyn FnMut(u32),
    watch: &WatchAll<'_>,
) -> Gated {
    let objectives: Vec<Vec<Objective>> =
        cases.iter().map(|case| default_objectives(&case.scenario)).collect();
    let mut studies: Vec<Study> =
        cases.iter().zip(&objectives).map(|(case, objectives)| study(&case.scenario, objectives)).collect();
    let mut verdicts: Vec<ScenarioVerdict> =
        pool.each(&indices(cases), |at| judge(&cases[*at], &studies[*at], rules));
    let mut stopped = false;
    for look in rules.looks.counts() {
        let open: Vec<usize> =
            indices(cases).into_iter().filter(|at| whole || !verdicts[*at].is_settled()).collect();
        let tasks: Vec<(usize, u32)> = open
            .iter()
            .flat_map(|at| (studies[*at].replications.len() as u32..*look).map(move |index| (*at, index)))
            .collect();
        more(tasks.len() as u32);
        let replications = replicate_tasks(cases, &objectives, &tasks, pool, watch);
        stopped = replications.len() < tasks.len();
        for ((at, _), replication) in tasks.iter().zip(replications) {
            studies[*at].replications.push(replication);
        }
        // Judging draws thousands of resamples, which is worth all cores too.
        let judged = pool.each(&open, |at| judge(&cases[*at], &studies[*at], rules));
        for (at, verdict) in open.iter().zip(judged) {
            verdicts[*at] = verdict;
        }
        if stopped || open.is_empty() {
            break;
        }
    }
    Gated { studies, verdicts, stopped }
}

fn indices(cases: &[GateCase]) -> Vec<usize> {
    (0..cases.len()).collect()
}

/// Runs replications, each of a case and with a number.
fn replicate_tasks(
    cases: &[GateCase],
    objectives: &[Vec<Objective>],
    tasks: &[(usize, u32)],
    pool: &Pool,
    watch: &WatchAll<'_>,
) -> Vec<Replication> {
    let tasks: Vec<Task<'_>> = tasks
        .iter()
        .map(|(at, index)| Task {
            scenario: &cases[*at].scenario,
            objectives: &objectives[*at],
            index: *index,
        })
        .collect();
    replicate_all(&tasks, pool, watch)
}

fn judge(case: &GateCase, study: &Study, rules: &GateRules) -> ScenarioVerdict {
    judge_scenario(&case.scenario, &case.file, study, case.baseline.as_ref(), rules, case.commands.clone())
}

fn study(scenario: &Scenario, objectives: &[Objective]) -> Study {
    Study {
        scenario: scenario.name.clone(),
        scenario_hash: scenario_hash(scenario),
        version: env!("CARGO_PKG_VERSION").to_string(),
        seed: scenario.seed,
        objectives: objectives.iter().map(|objective| objective.text.clone()).collect(),
        replications: Vec::new(),
    }
}
