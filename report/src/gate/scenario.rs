//! One scenario of a test: its agreements, its metrics against the baseline, and what all of it comes to.

use crate::compare::comparison::default_objectives;
use crate::compare::difference::Change;
use crate::gate::change::{Measure, MetricChange, Sureness, metric_change};
use crate::gate::outcome::Outcome;
use crate::human;
use crate::study::verdict::run_meets;
use crate::study::{Looks, Replication, SlaVerdict, Study, Verdict, judge_study};
use cusinart_scenarios::{Comparison, Expectation, Objective, Scenario, Sla};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// When a test is sure.
#[derive(Clone, Debug, PartialEq)]
pub struct GateRules {
    /// When results are looked at.
    pub looks: Looks,
    /// Confidence of each agreement, and of all comparisons with the baseline together, 0..1.
    pub confidence: f64,
    /// Smallest difference that matters, as a share of the baseline's value.
    pub margin: f64,
    /// Comparisons with the baseline in the whole test, which shall all be right together.
    pub statements: usize,
    /// Whether changes against the baseline are no failure, because it is about to be written again.
    pub accepts_changes: bool,
}

/// Commands that repeat a scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commands {
    /// Tests it again with the same replications.
    pub test: String,
    /// Runs it once; a seed can be added.
    pub run: String,
}

/// What a test found of one scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioVerdict {
    /// Its name.
    pub name: String,
    /// Its file, as it was named.
    pub file: String,
    /// Hash of the expanded scenario without its seed.
    pub scenario_hash: String,
    /// Seed that the seeds of the replications come from.
    pub seed: u64,
    /// Replications.
    pub replications: u32,
    /// All of it together.
    pub outcome: Outcome,
    /// Its agreements.
    pub slas: Vec<SlaCheck>,
    /// Its metrics against the baseline; `None` if there is none.
    pub baseline: Option<AgainstBaseline>,
    /// What to know.
    pub notes: Vec<String>,
    /// The command that tests it again.
    pub repro: String,
    /// The command that runs it once, without a seed.
    pub run: String,
}

/// One agreement of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlaCheck {
    /// How it was judged.
    #[serde(flatten)]
    pub judged: SlaVerdict,
    /// Line in the scenario file, from 1; 0 if it came from elsewhere.
    pub line: usize,
    /// Whether the scenario is known to miss it.
    pub expected_miss: bool,
    /// Passed if it is as expected. An expected miss that surely holds is failed; one that may hold is passed.
    pub outcome: Outcome,
    /// Seed of the replication that misses it most; `None` if none does.
    pub worst_seed: Option<u64>,
}

/// A scenario against its baseline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgainstBaseline {
    /// Hash of the scenario that the baseline was made with.
    pub scenario_hash: String,
    /// Version of the simulator that made it.
    pub version: String,
    /// Replications of the baseline.
    pub replications: u32,
    /// Replications with the same seed in both.
    pub pairs: u32,
    /// Confidence of each difference, 0..1.
    pub confidence: f64,
    /// The metrics that both have measured.
    pub changes: Vec<MetricChange>,
}

/// Judges a scenario by its replications, which measured its [`default_objectives`].
pub fn judge_scenario(
    scenario: &Scenario,
    file: &str,
    study: &Study,
    baseline: Option<&Study>,
    rules: &GateRules,
    commands: Commands,
) -> ScenarioVerdict {
    let mut notes = Vec::new();
    let is_run = !study.replications.is_empty();
    let slas = if is_run { checks(scenario, study, &rules.looks) } else { Vec::new() };
    let baseline = baseline.filter(|_| is_run).map(|stored| {
        note_differences(scenario, study, stored, &mut notes);
        against_baseline(scenario, study, stored, rules)
    });
    if !is_run {
        notes.push("not run".into());
    } else if scenario.slas.is_empty() {
        notes.push("no SLAs: nothing to hold".into());
    }
    let mut verdict = ScenarioVerdict {
        name: scenario.name.clone(),
        file: file.to_string(),
        scenario_hash: study.scenario_hash.clone(),
        seed: study.seed,
        replications: study.replications.len() as u32,
        outcome: Outcome::Undecided,
        slas,
        baseline,
        notes,
        repro: commands.test,
        run: commands.run,
    };
    verdict.outcome = verdict.all_together(rules.accepts_changes);
    verdict
}

/// What a scenario and its baseline have both measured.
pub fn common_objectives(scenario: &Scenario, baseline: &Study) -> Vec<Objective> {
    let mut objectives = default_objectives(scenario);
    objectives.retain(|objective| baseline.objectives.contains(&objective.text));
    objectives
}

impl SlaCheck {
    /// How a verdict comes out where a miss is expected or not.
    pub(super) const fn outcome(verdict: Verdict, expected_miss: bool) -> Outcome {
        match (expected_miss, verdict) {
            (false, Verdict::Pass) | (true, Verdict::Fail | Verdict::Undecided) => Outcome::Passed,
            (false, Verdict::Undecided) => Outcome::Undecided,
            (false, Verdict::Fail) | (true, Verdict::Pass) => Outcome::Failed,
        }
    }
}

impl ScenarioVerdict {
    /// What agreements and changes come to together. Where nothing was run or compared, nothing is known.
    pub(super) fn all_together(&self, accepts_changes: bool) -> Outcome {
        let not_compared = self.baseline.as_ref().is_some_and(|baseline| baseline.pairs == 0);
        let is_blind = self.replications == 0 || (not_compared && !accepts_changes);
        let of_slas = self.slas.iter().map(|check| check.outcome);
        let of_changes = self.changes().map(|change| change.outcome);
        Outcome::worst(of_slas.chain(of_changes).chain(is_blind.then_some(Outcome::Undecided)))
    }

    /// Its metrics against the baseline; none without one.
    pub(crate) fn changes(&self) -> impl Iterator<Item = &MetricChange> {
        self.baseline.iter().flat_map(|baseline| &baseline.changes)
    }

    /// Whether more replications cannot change a word of it: each agreement is decided, and so is each comparison that
    /// further pairs could decide.
    pub fn is_settled(&self) -> bool {
        /// Spreads are guesses: a comparison has a chance if it needs up to so many times the pairs that there are.
        const CHANCE: u64 = 2;
        let slas = self.slas.iter().all(|check| check.judged.verdict != Verdict::Undecided);
        let changes = self.baseline.as_ref().is_none_or(|baseline| {
            let all_used = baseline.pairs >= baseline.replications || baseline.pairs < self.replications;
            let most = u64::from(baseline.replications) * CHANCE;
            all_used
                || baseline.changes.iter().all(|change| {
                    let needed = change.difference.needed;
                    change.difference.change != Change::Undecided
                        || needed.is_some_and(|needed| u64::from(needed) > most)
                })
        });
        self.replications > 0 && slas && changes
    }
}

fn checks(scenario: &Scenario, study: &Study, looks: &Looks) -> Vec<SlaCheck> {
    let judged = judge_study(&scenario.slas, study, looks);
    let check = |(sla, judged): (&Sla, SlaVerdict)| SlaCheck {
        line: sla.line,
        expected_miss: sla.expected == Expectation::Miss,
        outcome: SlaCheck::outcome(judged.verdict, sla.expected == Expectation::Miss),
        worst_seed: worst_seed(sla, study),
        judged,
    };
    scenario.slas.iter().zip(judged).map(check).collect()
}

/// The seed of the replication that misses an agreement most.
fn worst_seed(sla: &Sla, study: &Study) -> Option<u64> {
    let metric = sla.objective.metric;
    let position = study.objectives.iter().position(|text| *text == sla.objective.text)?;
    let badness = |value: f64| match sla.comparison {
        Comparison::Below | Comparison::AtMost => value,
        Comparison::Above | Comparison::AtLeast => -value,
        Comparison::Equal => (value - sla.limit).abs(),
    };
    study
        .replications
        .iter()
        .map(|replication| (replication.seed, replication.samples[position].point(metric)))
        .filter(|(_, point)| !run_meets(sla, *point))
        .map(|(seed, point)| {
            // Nothing to measure, or a time that never came, is as bad as can be.
            let value = point.filter(|point| !point.at_least).map(|point| badness(point.value));
            (seed, value.unwrap_or(f64::INFINITY))
        })
        .reduce(|worst, other| if other.1 > worst.1 { other } else { worst })
        .map(|(seed, _)| seed)
}

/// Says in which way the scenario and its baseline are not the same.
fn note_differences(scenario: &Scenario, study: &Study, stored: &Study, notes: &mut Vec<String>) {
    if stored.scenario_hash != study.scenario_hash {
        notes.push("the scenario is not the one of the baseline".into());
    }
    if stored.version != study.version {
        notes.push(format!("the baseline was made by version {}", stored.version));
    }
    let pairs = pairs(study, stored).len() as u64;
    let runs = study.replications.len() as u64;
    if stored.seed != study.seed {
        notes.push(format!("the baseline has seed {}, not {}", stored.seed, study.seed));
    }
    if pairs == 0 {
        notes.push("no seed is in the baseline: nothing was compared".into());
    } else if pairs < runs {
        notes.push(format!("{} of {runs} seeds are not in the baseline", runs - pairs));
    }
    let objectives: Vec<String> =
        default_objectives(scenario).into_iter().map(|objective| objective.text).collect();
    let lacks = |all: &[String], some: &[String]| {
        all.iter().filter(|text| !some.contains(text)).cloned().collect::<Vec<_>>().join(", ")
    };
    let (unknown, gone) = (lacks(&objectives, &stored.objectives), lacks(&stored.objectives, &objectives));
    if !unknown.is_empty() {
        notes.push(format!("not in the baseline: {unknown}"));
    }
    if !gone.is_empty() {
        notes.push(format!("in the baseline, but not measured any longer: {gone}"));
    }
}

/// Replications with the same seed, the baseline's first.
fn pairs<'a>(study: &'a Study, stored: &'a Study) -> Vec<(&'a Replication, &'a Replication)> {
    let by_seed: BTreeMap<u64, &Replication> =
        stored.replications.iter().map(|replication| (replication.seed, replication)).collect();
    study.replications.iter().filter_map(|after| Some((*by_seed.get(&after.seed)?, after))).collect()
}

fn against_baseline(
    scenario: &Scenario,
    study: &Study,
    stored: &Study,
    rules: &GateRules,
) -> AgainstBaseline {
    let pairs = pairs(study, stored);
    // A baseline with fewer replications than the budget ends the looks earlier.
    let looks = rules.looks.up_to(stored.replications.len() as u32);
    let confidence = looks.confidence(pairs.len() as u32, rules.statements);
    let sureness = Sureness { difference: confidence, values: rules.confidence, margin: rules.margin };
    let position = |study: &Study, text: &str| study.objectives.iter().position(|known| known == text);
    let objectives = common_objectives(scenario, stored);
    let changes = objectives.iter().filter_map(|objective| {
        let line = scenario.slas.iter().find(|sla| sla.objective.text == objective.text);
        let measure = Measure {
            objective,
            line: line.map_or(0, |sla| sla.line),
            positions: (position(stored, &objective.text)?, position(study, &objective.text)?),
        };
        let mut change = (!pairs.is_empty()).then(|| metric_change(measure, &pairs, sureness))?;
        if rules.accepts_changes {
            change.outcome = Outcome::Passed;
        }
        Some(change)
    });
    AgainstBaseline {
        scenario_hash: stored.scenario_hash.clone(),
        version: stored.version.clone(),
        replications: stored.replications.len() as u32,
        pairs: pairs.len() as u32,
        confidence,
        changes: changes.collect(),
    }
}

impl AgainstBaseline {
    /// How many metrics changed so.
    pub fn count(&self, change: Change) -> usize {
        self.changes.iter().filter(|metric| metric.difference.change == change).count()
    }

    /// `2 worse, 1 better, 9 no difference`; `same` if nothing differs at all.
    pub fn text(&self) -> String {
        if self.pairs == 0 {
            return "not compared".into();
        }
        let parts: Vec<String> = [Change::Worse, Change::Better, Change::Undecided, Change::NoDifference]
            .into_iter()
            .filter(|change| self.count(*change) > 0)
            .map(|change| format!("{} {}", human::count(self.count(change) as u64), change.word()))
            .collect();
        if parts.is_empty() { "nothing to compare".into() } else { parts.join(", ") }
    }
}
