//! The file that later results are compared with: the replications of every scenario, one a line, by name.

use crate::study::store::Whole;
use crate::study::{Study, StudyError};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Version of the layout of baseline files.
const SCHEMA_VERSION: u32 = 1;

/// Stored replications of many scenarios.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Baseline {
    studies: BTreeMap<String, Study>,
}

/// What is wrong with a baseline file.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It is no JSON of this form.
    #[error("no baseline: line {}, column {}: {error}", error.line(), error.column())]
    Json {
        /// What the reader found.
        #[from]
        error: serde_json::Error,
    },
    /// It was written by another version.
    #[error("a baseline of layout {found}, expected {SCHEMA_VERSION}")]
    Version {
        /// Its version.
        found: u32,
    },
    /// The replications of a scenario make no sense.
    #[error("a baseline whose scenario {scenario} has {error}")]
    Study {
        /// Name of the scenario.
        scenario: String,
        /// What is wrong.
        error: StudyError,
    },
    /// A scenario occurs more than once.
    #[error("a baseline with two scenarios {scenario}")]
    Twice {
        /// Name of the scenario.
        scenario: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    baseline_version: u32,
    scenarios: Vec<Whole>,
}

impl Baseline {
    /// The replications of a scenario.
    pub fn study(&self, scenario: &str) -> Option<&Study> {
        self.studies.get(scenario)
    }

    /// Names of its scenarios, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.studies.keys().map(String::as_str)
    }

    /// Puts the replications of a scenario in the place of those it had.
    pub fn insert(&mut self, study: Study) {
        self.studies.insert(study.scenario.clone(), study);
    }

    /// Drops the scenarios whose name is not wanted.
    pub fn retain(&mut self, mut is_wanted: impl FnMut(&str) -> bool) {
        self.studies.retain(|name, _| is_wanted(name));
    }

    /// Writes the file: scenarios in order of their names, one replication a line. The same replications give the same
    /// bytes.
    pub fn to_json(&self) -> String {
        let studies: Vec<String> =
            self.studies.values().map(|study| study.to_json().trim_end().to_string()).collect();
        format!("{{\"baseline_version\":{SCHEMA_VERSION},\"scenarios\":[\n{}\n]}}\n", studies.join(",\n"))
    }

    /// Reads what [`Baseline::to_json`] wrote.
    ///
    /// # Errors
    /// If the text is something else.
    pub fn from_json(text: &str) -> Result<Self, BaselineError> {
        let file: File = serde_json::from_str(text)?;
        if file.baseline_version != SCHEMA_VERSION {
            return Err(BaselineError::Version { found: file.baseline_version });
        }
        let mut baseline = Self::default();
        for whole in file.scenarios {
            let scenario = whole.scenario().to_string();
            let study =
                whole.study().map_err(|error| BaselineError::Study { scenario: scenario.clone(), error })?;
            if baseline.studies.insert(scenario.clone(), study).is_some() {
                return Err(BaselineError::Twice { scenario });
            }
        }
        Ok(baseline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Sample;
    use crate::study::Replication;

    fn study(name: &str) -> Study {
        let replication = |seed| Replication {
            seed,
            digest: "00ff".into(),
            events: 7,
            samples: vec![Sample::Value(0.934_558_366_578_411_2)],
        };
        Study {
            scenario: name.into(),
            scenario_hash: "abc".into(),
            version: "0.1.0".into(),
            seed: 1,
            objectives: vec!["availability".into()],
            replications: vec![replication(1), replication(2)],
        }
    }

    #[test]
    fn a_baseline_reads_back_and_does_not_know_in_which_order_it_was_made() {
        let (mut one, mut other) = (Baseline::default(), Baseline::default());
        for name in ["b", "a", "c"] {
            one.insert(study(name));
        }
        for name in ["c", "b", "a", "b"] {
            other.insert(study(name));
        }
        let text = one.to_json();
        assert_eq!(text, other.to_json());
        let read = Baseline::from_json(&text).expect("it was written so");
        assert_eq!(read, one);
        assert_eq!(read.to_json(), text);
        assert_eq!(text.lines().count(), 2 + 3 * 4, "one replication a line:\n{text}");
        let empty = Baseline::default();
        assert_eq!(Baseline::from_json(&empty.to_json()).expect("it was written so"), empty);
    }

    #[test]
    fn what_is_no_baseline_is_refused() {
        let mut baseline = Baseline::default();
        baseline.insert(study("a"));
        let good = baseline.to_json();
        baseline.insert(study("b"));
        for (wrong, words) in [
            ("{}".to_string(), "missing field"),
            (good[..good.len() - 5].to_string(), "line "),
            (study("a").to_json(), "unknown field"),
            (good.replace("\"baseline_version\":1", "\"baseline_version\":9"), "layout 9, expected 1"),
            (good.replace("\"schema_version\":1", "\"schema_version\":3"), "scenario a has layout 3"),
            (baseline.to_json().replace("\"scenario\":\"b\"", "\"scenario\":\"a\""), "two scenarios a"),
        ] {
            let error = Baseline::from_json(&wrong).expect_err("it is wrong").to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
