//! What would have helped: the same run with one thing changed, judged by the agreements that were missed.

use crate::human;
use crate::sla::SlaResult;
use crate::summary::RunSummary;
use cusinart_policies::Instant;
use cusinart_scenarios::Comparison;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Version of the layout of explain.json. Raised when a field changes its meaning or goes.
pub(crate) const EXPLAIN_VERSION: u32 = 1;
/// Trials told per agreement on the page.
const TOLD_MAX: usize = 6;
/// Least share of the distance to the limit that a change has to close to count as help.
const HELP_SHARE_MIN: f64 = 0.05;

/// One thing that was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "changed")]
pub enum Alteration {
    /// A fault never struck.
    WithoutFault {
        /// Its label.
        label: String,
        /// How often it struck in the run.
        times: u64,
        /// When it struck first, in nanoseconds.
        first_ns: Instant,
    },
    /// A setting had another value.
    Setting {
        /// What the change means, for people.
        words: String,
        /// The assignment `path=value` for `--set`.
        set: String,
        /// What was written before, on one line; `None` if nothing was.
        was: Option<String>,
    },
}

/// A run with one thing changed.
#[derive(Clone, Debug)]
pub struct Replay {
    /// What was changed.
    pub change: Alteration,
    /// Its agreements, in the order of the scenario.
    pub slas: Vec<SlaResult>,
    /// Positions of the agreements that the change may concern.
    pub concerns: Vec<usize>,
}

/// What a change would have done for an agreement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// What was changed.
    #[serde(flatten)]
    pub change: Alteration,
    /// What would have been measured; `None` if it is infinite or there was nothing to measure.
    pub measured: Option<f64>,
    /// Whether the measured value is infinite.
    pub infinite: bool,
    /// The measured value as people read it.
    pub text: String,
    /// Whether the agreement would have held.
    pub holds: bool,
    /// Whether it would have held, or closed at least a twentieth of the distance to the limit.
    pub helps: bool,
}

/// What would have helped an agreement that was missed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlaExplanation {
    /// The agreement, as written in the scenario.
    pub sla: String,
    /// The metric with its statistic, subject and interval.
    pub objective: String,
    /// Comparison and limit as people read them.
    pub limit: String,
    /// What was measured, as people read it.
    pub measured: String,
    /// What was tried, the most helpful first.
    pub trials: Vec<Trial>,
    /// What follows, as a sentence.
    pub conclusion: String,
}

/// What would have helped in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// Version of this layout.
    pub schema_version: u32,
    /// Name of the scenario.
    pub scenario: String,
    /// Seed of the run and of every replay.
    pub seed: u64,
    /// Replays made.
    pub replays: u64,
    /// The missed agreements, in the order of the scenario.
    pub slas: Vec<SlaExplanation>,
}

/// Judges replays of a run.
pub fn explanation(summary: &RunSummary, replays: &[Replay]) -> Explanation {
    let missed = summary.slas.iter().enumerate().filter(|(_, sla)| !sla.passed);
    Explanation {
        schema_version: EXPLAIN_VERSION,
        scenario: summary.run.scenario.clone(),
        seed: summary.run.seed,
        replays: replays.len() as u64,
        slas: missed.map(|(index, sla)| of_sla(index, sla, replays)).collect(),
    }
}

/// Writes explain.json.
pub fn explain_json(explanation: &Explanation) -> String {
    serde_json::to_string_pretty(explanation).expect("text, numbers and lists can always be written") + "\n"
}

/// A word as a shell reads it back.
pub fn shell_word(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./=:,%+@".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_string()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

fn of_sla(index: usize, sla: &SlaResult, replays: &[Replay]) -> SlaExplanation {
    let concerned = replays.iter().filter(|replay| replay.concerns.contains(&index));
    let mut trials: Vec<(Rank, Trial)> = concerned
        .filter_map(|replay| {
            let result = replay.slas.get(index)?;
            Some((Rank::of(result), trial(sla, result, &replay.change)))
        })
        .collect();
    // Stable: equals stay in the order in which they were tried.
    trials.sort_by(|(one, _), (other, _)| one.compare(other));
    let trials: Vec<Trial> = trials.into_iter().map(|(_, trial)| trial).collect();
    SlaExplanation {
        sla: sla.text.clone(),
        objective: sla.objective.clone(),
        limit: sla.limit_text(),
        measured: sla.measured_text(),
        conclusion: conclusion(&trials),
        trials,
    }
}

fn trial(was: &SlaResult, result: &SlaResult, change: &Alteration) -> Trial {
    Trial {
        change: change.clone(),
        measured: result.measured,
        infinite: result.infinite,
        text: if result.measured.is_none() && !result.infinite {
            "nothing to measure".into()
        } else {
            result.measured_text()
        },
        holds: result.passed,
        helps: Rank::of(result).helps(&Rank::of(was)),
    }
}

/// How good a result is: the least is the best.
#[derive(Clone, Copy, Debug)]
struct Rank {
    missed: bool,
    /// How far the measured value lies on the wrong side of the limit; less is better.
    distance: f64,
}

impl Rank {
    fn of(result: &SlaResult) -> Self {
        let value = match result.measured {
            Some(value) => value,
            None if result.infinite => f64::INFINITY,
            // Nothing was measured: as good as can be if it holds, as bad if not.
            None if result.passed => return Self { missed: false, distance: f64::NEG_INFINITY },
            None => return Self { missed: true, distance: f64::INFINITY },
        };
        let over = value - result.limit;
        let is = |comparison: Comparison| comparison.symbol() == result.comparison;
        let distance = if is(Comparison::Below) || is(Comparison::AtMost) {
            over
        } else if is(Comparison::Equal) {
            over.abs()
        } else {
            -over
        };
        Self { missed: !result.passed, distance }
    }

    /// Whether this is enough better than a missed result.
    fn helps(&self, was: &Self) -> bool {
        // An infinite distance is closed by any finite one.
        !self.missed || self.distance < was.distance * (1.0 - HELP_SHARE_MIN)
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.missed.cmp(&other.missed).then(self.distance.total_cmp(&other.distance))
    }
}

fn conclusion(trials: &[Trial]) -> String {
    let count = |wanted: fn(&Trial) -> bool| trials.iter().filter(|trial| wanted(trial)).count() as u64;
    let (holds, helps) = (count(|trial| trial.holds), count(|trial| trial.helps && !trial.holds));
    let tried = trials.len() as u64;
    match (tried, holds, helps) {
        (0, ..) => "Nothing was found to try.".into(),
        (_, 0, 0) => format!("None of the {} helps.", human::counted(tried, "change")),
        (_, 0, _) => format!("{helps} of {} help, none is enough alone.", human::counted(tried, "change")),
        (_, _, 0) => format!("{holds} of {} would have met it.", human::counted(tried, "change")),
        (..) => {
            format!("{holds} of {} would have met it, {helps} more help.", human::counted(tried, "change"))
        }
    }
}

impl Alteration {
    /// What was changed: `without bad rollout (16 times from 1m40s)`.
    fn words(&self) -> String {
        match self {
            Self::WithoutFault { label, times: 1, first_ns } => {
                format!("without {label} at {}", human::clock(*first_ns))
            }
            Self::WithoutFault { label, times, first_ns } => {
                format!("without {label} ({} times from {})", human::count(*times), human::clock(*first_ns))
            }
            Self::Setting { words, was, .. } => match was {
                Some(was) => format!("{words} (was {was})"),
                None => words.clone(),
            },
        }
    }

    /// The option that repeats it: `--set control.health_monitor.period=2.5s`.
    fn option(&self) -> Option<String> {
        match self {
            Self::WithoutFault { .. } => None,
            Self::Setting { set, .. } => Some(format!("--set {}", shell_word(set))),
        }
    }
}

impl SlaExplanation {
    /// Head of the agreement on the page.
    pub(crate) fn heading(&self) -> String {
        format!("✗ {}: {}, limit {}", self.objective, self.measured, self.limit)
    }

    /// What helps: whether it would have held, what it is and does, and the option that repeats it.
    pub(crate) fn helpful(&self) -> Vec<(bool, String, Option<String>)> {
        let line = |trial: &Trial| {
            let verdict = if trial.holds { "holds" } else { "still missed" };
            let text = format!("{}: {}, {verdict}", trial.change.words(), trial.text);
            (trial.holds, text, trial.change.option())
        };
        self.trials.iter().filter(|trial| trial.helps).take(TOLD_MAX).map(line).collect()
    }

    /// What follows, and what was tried without help.
    pub(crate) fn closing(&self) -> String {
        let useless: Vec<String> = self
            .trials
            .iter()
            .filter(|trial| !trial.helps)
            .map(|trial| format!("{}: {}", trial.change.words(), trial.text))
            .collect();
        if useless.is_empty() {
            self.conclusion.clone()
        } else if useless.len() == self.trials.len() {
            format!("{} Tried: {}.", self.conclusion, useless.join("; "))
        } else {
            format!("{} No help: {}.", self.conclusion, useless.join("; "))
        }
    }
}
