//! What a person has to look at: each failure and each open question in words, with the commands that show it.

use crate::gate::change::MetricChange;
use crate::gate::outcome::Outcome;
use crate::gate::report::{Refused, TestReport};
use crate::gate::scenario::{ScenarioVerdict, SlaCheck};
use crate::human;
use crate::study::Verdict;
use std::cmp::Reverse;

/// Something that is not as it should be, or may not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Failed or undecided.
    pub outcome: Outcome,
    /// Name of the scenario, or the file if it could not be used.
    pub scenario: String,
    /// Its file, as it was named.
    pub file: String,
    /// Line in the file, from 1; 0 if the whole file is meant.
    pub line: u64,
    /// What was checked.
    pub title: String,
    /// What was found.
    pub text: String,
    /// The command that runs the replication in which it is worst.
    pub worst_run: Option<String>,
    /// The command that tests the scenario again.
    pub repro: Option<String>,
}

impl TestReport {
    /// All failures, then all open questions, each in order of the scenarios.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = self.of_scenarios();
        findings.extend(self.refused.iter().map(of_refused));
        findings.sort_by_key(|finding| Reverse(finding.outcome));
        findings
    }

    /// What was found in scenarios, in their order.
    pub(crate) fn of_scenarios(&self) -> Vec<Finding> {
        self.scenarios.iter().flat_map(of_scenario).collect()
    }
}

fn of_scenario(scenario: &ScenarioVerdict) -> Vec<Finding> {
    let finding = |outcome, line: usize, title: String, text: String, seed| Finding {
        outcome,
        scenario: scenario.name.clone(),
        file: scenario.file.clone(),
        line: line as u64,
        title,
        text,
        worst_run: scenario.worst_run(seed),
        repro: scenario.repro(),
    };
    let open = |outcome: Outcome| outcome != Outcome::Passed;
    let slas = scenario
        .slas
        .iter()
        .filter(|check| open(check.outcome))
        .map(|check| finding(check.outcome, check.line, check.title(), check.words(), check.worst_seed));
    let changes = scenario.changes().filter(|change| open(change.outcome)).map(|change| {
        finding(change.outcome, change.line, change.title(), change.words(), change.worst_seed)
    });
    let mut findings: Vec<Finding> = slas.chain(changes).collect();
    if findings.is_empty() && open(scenario.outcome) {
        let text = scenario.notes.join("; ");
        findings.push(finding(scenario.outcome, 0, "nothing to judge".into(), text, None));
    }
    findings
}

fn of_refused(refused: &Refused) -> Finding {
    Finding {
        outcome: Outcome::Failed,
        scenario: refused.file.clone(),
        file: refused.file.clone(),
        line: refused.line.into(),
        title: "cannot be used".into(),
        text: refused.message.clone(),
        worst_run: None,
        repro: None,
    }
}

impl Finding {
    /// Both commands, each with what it does.
    pub(super) fn commands(&self) -> String {
        commands(self.worst_run.as_deref(), self.repro.as_deref())
    }
}

/// A place in a file, as editors and browsers of code read it; 0 is the whole file.
pub(crate) fn place(file: &str, line: u64) -> String {
    if line == 0 { file.to_string() } else { format!("{file}:{line}") }
}

/// Commands as lines of a message.
pub(super) fn commands(worst_run: Option<&str>, repro: Option<&str>) -> String {
    let worst = worst_run.map(|command| format!("\nworst run: {}", human::visible(command)));
    let repro = repro.map(|command| format!("\nrepro: {}", human::visible(command)));
    worst.into_iter().chain(repro).collect()
}

impl ScenarioVerdict {
    /// The command that runs a replication.
    pub(crate) fn worst_run(&self, seed: Option<u64>) -> Option<String> {
        let seed = seed.filter(|_| !self.run.is_empty())?;
        Some(format!("{} --seed {seed}", self.run))
    }

    /// The command that tests it again.
    pub(crate) fn repro(&self) -> Option<String> {
        Some(self.repro.clone()).filter(|command| !command.is_empty())
    }
}

impl SlaCheck {
    /// How it came out, in words.
    pub(crate) fn words(&self) -> String {
        let judged = &self.judged;
        let (runs, met) = (u64::from(judged.runs), u64::from(judged.runs_met));
        let measured = format!("measured {}, the limit is {}", judged.measured_text(), judged.limit_text());
        let kept = format!("{met} of {} keep it", human::counted(runs, "run"));
        let has_interval = judged.measured.is_some_and(|measured| measured.interval.is_some());
        let mut text = match (judged.verdict, self.expected_miss) {
            (Verdict::Pass, true) => {
                format!("holds, but is expected to be missed: {measured}; {kept}; remove `expect: miss`")
            }
            (Verdict::Fail, true) => format!("missed as expected: {measured}; {kept}"),
            (Verdict::Pass, false) => format!("{measured}; {kept}"),
            (Verdict::Fail, false) => format!("missed: {measured}; {kept}"),
            (Verdict::Undecided, _) if has_interval => {
                format!(
                    "the interval reaches over the limit: {measured}; {kept}; more replications would tell"
                )
            }
            (Verdict::Undecided, _) => {
                format!("{} are too few for an interval: {measured}; {kept}", human::counted(runs, "run"))
            }
        };
        for note in &judged.notes {
            text += &format!("; {note}");
        }
        text
    }
}

impl MetricChange {
    /// What was checked.
    pub(crate) fn title(&self) -> String {
        format!("{} against the baseline", self.objective)
    }

    /// How it came out, in words.
    pub(crate) fn words(&self) -> String {
        let difference = &self.difference;
        let lead = match (self.outcome, &self.after) {
            (Outcome::Failed, None) => {
                return format!("nothing to measure any longer: {}", self.values_text());
            }
            (Outcome::Failed, Some(_)) => "worse",
            (Outcome::Undecided, _) => "looks worse, but not surely",
            (Outcome::Passed, _) => difference.change.word(),
        };
        let mut text = format!(
            "{lead}: {}, difference {} over {}; up to {} do not matter",
            self.values_text(),
            self.difference_text(),
            human::counted(difference.pairs.into(), "pair"),
            human::quantity(self.margin, self.unit)
        );
        if let Some(needed) = difference.needed.filter(|_| self.outcome == Outcome::Undecided) {
            text += &format!("; about {} would tell", human::counted(needed.into(), "pair"));
        }
        if difference.censored > 0 {
            text += &format!(
                "; in {} a time was still running at the end",
                human::counted(difference.censored.into(), "pair")
            );
        }
        text
    }
}
