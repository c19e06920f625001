//! Cases and what became of them.

use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Version of the layout of the JSON. Raised when a field changes its meaning or goes.
const SCHEMA_VERSION: u32 = 1;

/// All cases of a check, in the order they were given.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Conformance {
    /// The cases.
    pub cases: Vec<VectorCase>,
}

/// One case: inputs, and the answer that is known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VectorCase {
    /// The file it stands in, as it was named.
    pub file: String,
    /// Its name, unique in all files.
    pub id: String,
    /// The rule that leads from the inputs to the answer.
    pub algorithm: String,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: CaseOutcome,
}

/// What became of a case.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum CaseOutcome {
    /// The answer is the known one.
    Passed,
    /// It is another one.
    Failed {
        /// The inputs of the case.
        inputs: Value,
        /// The known answer.
        expected: Value,
        /// The answer that came out; null if none did.
        got: Value,
        /// Where the two differ.
        mismatches: Vec<Mismatch>,
    },
    /// Nothing here computes this algorithm.
    Unsupported,
}

/// A place where an answer is not the known one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// The place, such as `steps[3].replicas`; empty for the answer as a whole.
    pub path: String,
    /// What is known.
    pub expected: String,
    /// What came out, or why nothing did.
    pub got: String,
}

/// Cases of one algorithm, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// With the known answer.
    pub passed: u64,
    /// With another one.
    pub failed: u64,
    /// That nothing computes.
    pub unsupported: u64,
}

impl Tally {
    /// Counts one more.
    fn add(&mut self, outcome: &CaseOutcome) {
        match outcome {
            CaseOutcome::Passed => self.passed += 1,
            CaseOutcome::Failed { .. } => self.failed += 1,
            CaseOutcome::Unsupported => self.unsupported += 1,
        }
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.passed + self.failed + self.unsupported
    }
}

impl Conformance {
    /// The cases of each algorithm, by its name.
    pub fn by_algorithm(&self) -> BTreeMap<&str, Tally> {
        let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
        for case in &self.cases {
            tallies.entry(&case.algorithm).or_default().add(&case.outcome);
        }
        tallies
    }

    /// All cases, counted.
    pub fn total(&self) -> Tally {
        let mut tally = Tally::default();
        self.cases.iter().for_each(|case| tally.add(&case.outcome));
        tally
    }

    /// Whether every case has the known answer.
    pub fn is_whole(&self) -> bool {
        self.cases.iter().all(|case| case.outcome == CaseOutcome::Passed)
    }
}

/// Writes all of it as one JSON document.
pub fn conformance_json(conformance: &Conformance) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        schema_version: u32,
        version: &'static str,
        total: Tally,
        algorithms: BTreeMap<&'a str, Tally>,
        cases: &'a [VectorCase],
    }
    let document = Document {
        schema_version: SCHEMA_VERSION,
        version: env!("CARGO_PKG_VERSION"),
        total: conformance.total(),
        algorithms: conformance.by_algorithm(),
        cases: &conformance.cases,
    };
    serde_json::to_string_pretty(&document).expect("cases are plain data") + "\n"
}
