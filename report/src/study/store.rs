//! replications.json: a study as it is kept, one replication a line.

use crate::study::{Replication, Study};
use serde::{Deserialize, Serialize};

/// Version of the layout of replications.json.
const SCHEMA_VERSION: u32 = 1;

/// What is wrong with a stored study.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// It is no JSON of this form.
    #[error("line {}, column {}: {error}", error.line(), error.column())]
    Json {
        /// What the reader found.
        #[from]
        error: serde_json::Error,
    },
    /// It was written by another version.
    #[error("layout {found}, expected {SCHEMA_VERSION}")]
    Version {
        /// Its version.
        found: u32,
    },
    /// A replication does not have one sample for each objective.
    #[error("replication {index} has {found} samples, expected {expected}")]
    Samples {
        /// Which, from 0.
        index: usize,
        /// Its samples.
        found: usize,
        /// Objectives.
        expected: usize,
    },
}

#[derive(Serialize, Deserialize)]
struct Head {
    schema_version: u32,
    version: String,
    scenario: String,
    scenario_hash: String,
    seed: u64,
    objectives: Vec<String>,
}

/// A study as it is stored.
#[derive(Deserialize)]
pub(crate) struct Whole {
    #[serde(flatten)]
    head: Head,
    replications: Vec<Replication>,
}

impl Study {
    /// Writes the study, one replication a line.
    pub fn to_json(&self) -> String {
        let head = Head {
            schema_version: SCHEMA_VERSION,
            version: self.version.clone(),
            scenario: self.scenario.clone(),
            scenario_hash: self.scenario_hash.clone(),
            seed: self.seed,
            objectives: self.objectives.clone(),
        };
        let head = serde_json::to_string(&head).expect("the head is plain data");
        let lines: Vec<String> = self
            .replications
            .iter()
            .map(|replication| serde_json::to_string(replication).expect("samples are plain data"))
            .collect();
        let head = head.strip_suffix('}').expect("an object ends so");
        format!("{head},\"replications\":[\n{}\n]}}\n", lines.join(",\n"))
    }

    /// Reads what [`Study::to_json`] wrote.
    ///
    /// # Errors
    /// If the text is something else.
    pub fn from_json(text: &str) -> Result<Self, StudyError> {
        serde_json::from_str::<Whole>(text)?.study()
    }
}

impl Whole {
    /// Name of the scenario.
    pub(crate) fn scenario(&self) -> &str {
        &self.head.scenario
    }

    /// The study, if it makes sense.
    pub(crate) fn study(self) -> Result<Study, StudyError> {
        let Self { head, replications } = self;
        if head.schema_version != SCHEMA_VERSION {
            return Err(StudyError::Version { found: head.schema_version });
        }
        let expected = head.objectives.len();
        let wrong = replications.iter().position(|replication| replication.samples.len() != expected);
        if let Some(index) = wrong {
            return Err(StudyError::Samples { index, found: replications[index].samples.len(), expected });
        }
        Ok(Study {
            scenario: head.scenario,
            scenario_hash: head.scenario_hash,
            version: head.version,
            seed: head.seed,
            objectives: head.objectives,
            replications,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{Sample, Spell};

    fn study() -> Study {
        let times =
            Sample::Times(vec![Spell { seconds: 1.5, ended: true }, Spell { seconds: 9.0, ended: false }]);
        let replication = |seed| Replication {
            seed,
            digest: "00ff".into(),
            events: 7,
            // Such a value needs a reader of JSON that is right in the last bit.
            samples: vec![Sample::Value(0.934_558_366_578_411_2), times.clone(), Sample::Nothing],
        };
        Study {
            scenario: "s".into(),
            scenario_hash: "abc".into(),
            version: "0.1.0".into(),
            seed: 1,
            objectives: vec!["availability".into(), "time_to_detect.max".into(), "latency.p99".into()],
            replications: vec![replication(1), replication(2)],
        }
    }

    #[test]
    fn a_study_reads_back_as_it_was() {
        let text = study().to_json();
        assert_eq!(Study::from_json(&text).expect("it was written so"), study());
        assert_eq!(text.lines().count(), 4);
    }

    #[test]
    fn what_is_no_study_is_refused() {
        let good = study().to_json();
        for (wrong, words) in [
            (good[..good.len() / 2].to_string(), "EOF"),
            (good.replace("\"schema_version\":1", "\"schema_version\":2"), "layout 2, expected 1"),
            (good.replacen(",\"nothing\"", "", 1), "replication 0 has 2 samples, expected 3"),
            ("{}".to_string(), "missing field"),
        ] {
            let error = Study::from_json(&wrong).expect_err("it is wrong").to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
