//! A whole test: all scenarios and what they come to.

use crate::gate::outcome::{FailOn, Outcome};
use crate::gate::scenario::{ScenarioVerdict, SlaCheck};
use crate::human;
use serde::{Deserialize, Serialize};

/// Version of the layout of test.json. Raised when a field changes its meaning or goes.
pub const TEST_SCHEMA_VERSION: u32 = 1;

/// What a test found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestReport {
    /// Version of this layout.
    pub schema_version: u32,
    /// Version of the simulator.
    pub version: String,
    /// All of it together.
    pub outcome: Outcome,
    /// Whether the test fails, by what counts as a failure.
    pub is_failure: bool,
    /// How it was tested.
    #[serde(flatten)]
    pub settings: TestSettings,
    /// The scenarios, in order of their files.
    pub scenarios: Vec<ScenarioVerdict>,
    /// Files that could not be used.
    pub refused: Vec<Refused>,
}

/// How was tested.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestSettings {
    /// What counts as a failure.
    pub fail_on: FailOn,
    /// Confidence of each agreement, and of all comparisons with the baseline together, 0..1.
    pub confidence: f64,
    /// Smallest difference from the baseline that matters, as a share.
    pub margin: f64,
    /// The most replications that a scenario was allowed.
    pub replications_max: u32,
    /// Which part of the scenarios it is, such as `2/4`; `None` for all.
    pub shard: Option<String>,
    /// The baseline; `None` without one.
    pub baseline: Option<BaselineUse>,
    /// Whether it was stopped before the end.
    pub interrupted: bool,
    /// The command that repeats it.
    pub repro: String,
}

/// How a baseline file was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaselineUse {
    /// The file, as it was named.
    pub file: String,
    /// Whether it is written again, so that changes are accepted.
    pub updated: bool,
    /// Comparisons in the whole test, all shards together, which shall all be right together.
    pub statements: usize,
    /// Scenarios of the baseline that are not in the folders any longer.
    pub gone: Vec<String>,
    /// Scenarios that are not in the baseline.
    pub unknown: Vec<String>,
}

/// A file that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// The file, as it was named.
    pub file: String,
    /// Line from 1; 0 if the whole file is meant.
    pub line: u32,
    /// Column from 1; 0 if the whole file is meant.
    pub column: u32,
    /// What is wrong with it.
    pub message: String,
}

/// Writes test.json. Floats are the shortest that read back the same; a time that may never come is null.
pub fn test_json(report: &TestReport) -> String {
    serde_json::to_string_pretty(report).expect("a test report is plain data") + "\n"
}

impl TestReport {
    /// Puts everything together.
    pub fn new(settings: TestSettings, scenarios: Vec<ScenarioVerdict>, refused: Vec<Refused>) -> Self {
        let mut report = Self {
            schema_version: TEST_SCHEMA_VERSION,
            version: env!("CARGO_PKG_VERSION").to_string(),
            outcome: Outcome::Passed,
            is_failure: false,
            settings,
            scenarios,
            refused,
        };
        report.outcome = report.all_together();
        report.is_failure = report.fails();
        report
    }

    /// What the scenarios and the files that could not be used come to together.
    pub(super) fn all_together(&self) -> Outcome {
        let of_refused = self.refused.iter().map(|_| Outcome::Failed);
        Outcome::worst(self.scenarios.iter().map(|scenario| scenario.outcome).chain(of_refused))
    }

    /// Whether the outcome is one that fails the test.
    pub(super) fn fails(&self) -> bool {
        self.settings.fail_on.counts(self.outcome) || !self.refused.is_empty()
    }

    /// How many scenarios came out so, `Failed` with those that could not be used.
    pub(crate) fn count(&self, outcome: Outcome) -> u64 {
        let refused = if outcome == Outcome::Failed { self.refused.len() } else { 0 };
        (self.scenarios.iter().filter(|scenario| scenario.outcome == outcome).count() + refused) as u64
    }

    /// The result in one sentence: `1 of 10 scenarios failed, 1 undecided; 26 of 28 SLAs as expected; …`.
    pub(crate) fn sentence(&self) -> String {
        let all = (self.scenarios.len() + self.refused.len()) as u64;
        let (failed, undecided) = (self.count(Outcome::Failed), self.count(Outcome::Undecided));
        let mut text = match (failed, undecided) {
            (0, 0) => format!("{} passed", human::counted(all, "scenario")),
            (0, undecided) => format!("{undecided} of {} undecided", human::counted(all, "scenario")),
            (failed, 0) => format!("{failed} of {} failed", human::counted(all, "scenario")),
            (failed, undecided) => {
                format!("{failed} of {} failed, {undecided} undecided", human::counted(all, "scenario"))
            }
        };
        text += &format!("; {} as expected", self.slas_as_expected());
        if let Some(worse) = self.metrics_worse() {
            text += &format!("; {worse} worse than the baseline");
        }
        text
    }

    /// `26 of 28 SLAs`: those that came out as expected.
    pub(crate) fn slas_as_expected(&self) -> String {
        let checks = || self.scenarios.iter().flat_map(|scenario| &scenario.slas);
        let good = checks().filter(|check| check.outcome == Outcome::Passed).count();
        format!("{good} of {}", human::counted(checks().count() as u64, "SLA"))
    }

    /// `2 of 14 metrics`: those that are worse than the baseline; `None` if nothing was compared.
    pub(crate) fn metrics_worse(&self) -> Option<String> {
        let changes = || self.scenarios.iter().flat_map(ScenarioVerdict::changes);
        changes().next()?;
        let worse = changes().filter(|change| change.outcome == Outcome::Failed).count();
        Some(format!("{worse} of {}", human::counted(changes().count() as u64, "metric")))
    }

    /// What the numbers stand on.
    pub(crate) fn footing(&self) -> String {
        let settings = &self.settings;
        let mut text = format!(
            "up to {} replications of each scenario · each SLA is judged with {} confidence",
            human::count(settings.replications_max.into()),
            human::percent(settings.confidence)
        );
        if let Some(baseline) = settings.baseline.as_ref().filter(|baseline| baseline.statements > 0) {
            text += &format!(
                ", all {} with the baseline together · differences up to about {} do not matter",
                human::counted(baseline.statements as u64, "comparison"),
                human::percent(settings.margin)
            );
        }
        if let Some(shard) = &settings.shard {
            text += &format!(" · shard {shard}");
        }
        text
    }

    /// What to know, each with the scenario it is about.
    pub(crate) fn notes(&self) -> Vec<String> {
        let of_scenarios = self
            .scenarios
            .iter()
            .flat_map(|scenario| scenario.notes.iter().map(move |note| format!("{}: {note}", scenario.name)));
        let mut notes: Vec<String> = of_scenarios.collect();
        if let Some(baseline) = &self.settings.baseline {
            let file = &baseline.file;
            if baseline.updated {
                notes.push(format!("{file} is written from this test: changes against it are accepted"));
            }
            notes.extend(baseline.unknown.iter().map(|name| format!("{name}: not in {file}")));
            notes.extend(
                baseline.gone.iter().map(|name| format!("{name}: in {file}, but no scenario any longer")),
            );
        }
        if self.settings.interrupted {
            notes.push("interrupted: the verdicts are those of the replications that were finished".into());
        }
        notes
    }
}

impl ScenarioVerdict {
    /// `5 of 5`: agreements as expected.
    pub(crate) fn slas_text(&self) -> String {
        format!("{} of {}", self.count(Outcome::Passed), self.slas.len())
    }

    /// How many agreements came out so.
    pub(crate) fn count(&self, outcome: Outcome) -> usize {
        self.slas.iter().filter(|check| check.outcome == outcome).count()
    }

    /// Its metrics against the baseline in a few words.
    pub(crate) fn baseline_text(&self) -> String {
        self.baseline.as_ref().map_or_else(|| "–".into(), |baseline| baseline.text())
    }
}

impl SlaCheck {
    /// The text of the agreement, and that a miss is expected.
    pub(crate) fn title(&self) -> String {
        let expected = if self.expected_miss { " (expected to be missed)" } else { "" };
        format!("{}{expected}", self.judged.text)
    }
}
