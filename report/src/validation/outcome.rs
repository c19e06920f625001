//! Cases and what became of them.

use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Version of the layout of the JSON. Raised when a field changes its meaning or goes.
const SCHEMA_VERSION: u32 = 1;
/// Standard errors beyond which a deviation counts for the calibration.
const FAR: f64 = 2.0;

/// How long the cases run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// A fifth of the length, with wider tolerances: for every commit.
    Smoke,
    /// The length for which the tolerances hold.
    Full,
}

/// All cases of a validation, in the order they were given.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Validation {
    /// How long they ran.
    pub tier: Tier,
    /// With which seeds.
    pub seeds: Vec<u64>,
    /// The cases.
    pub cases: Vec<ValidationCase>,
}

/// A model whose numbers are known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ValidationCase {
    /// The file it stands in, as it was named.
    pub file: String,
    /// Its name, unique in all files.
    pub id: String,
    /// The group of its file.
    pub group: String,
    /// Its kind of model.
    pub family: String,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: ValidationOutcome,
}

/// What became of a case.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ValidationOutcome {
    /// It cannot be run here.
    Unsupported {
        /// Why.
        reason: String,
    },
    /// It was run with every seed.
    Measured {
        /// What came out.
        seeds: Vec<SeedResult>,
    },
}

/// What came out of a case with one seed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeedResult {
    /// The seed.
    pub seed: u64,
    /// Whether it failed at first and was run once more, longer and with another seed; that result stands here.
    pub repeated: bool,
    /// Its numbers.
    pub metrics: Vec<MetricResult>,
}

/// One number, or another answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MetricResult {
    /// Its name.
    pub metric: String,
    /// How it is known: `exact`, `reference_simulation`, `upper_bound`, …
    pub kind: String,
    /// What is known.
    pub expected: Value,
    /// What came out: the mean over the replications; null if nothing did.
    pub got: Value,
    /// How far it may be off.
    pub tolerance: f64,
    /// By how many standard errors it is off, where the spread of the replications tells.
    pub z: Option<f64>,
    /// What is made of it.
    pub verdict: MetricVerdict,
}

/// What is made of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricVerdict {
    /// Near enough.
    Passed,
    /// Too far off.
    Wrong,
    /// Never judged.
    Information,
}

/// Cases, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ValidationTally {
    /// Near enough with every seed.
    pub passed: u64,
    /// Too far off with at least one.
    pub wrong: u64,
    /// That cannot be run here.
    pub unsupported: u64,
}

impl ValidationTally {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.passed + self.wrong + self.unsupported
    }
}

impl MetricResult {
    /// The deviation as a share of what is allowed, if both are numbers and there is more than a bound to keep.
    pub fn strain(&self) -> Option<f64> {
        let (expected, got) = (self.expected.as_f64()?, self.got.as_f64()?);
        let is_bound = self.kind.ends_with("_bound");
        (self.tolerance > 0.0 && !is_bound).then(|| (got - expected).abs() / self.tolerance)
    }
}

impl ValidationCase {
    /// Its numbers with every seed.
    pub fn results(&self) -> impl Iterator<Item = (&SeedResult, &MetricResult)> {
        let seeds = match &self.outcome {
            ValidationOutcome::Measured { seeds } => seeds.as_slice(),
            ValidationOutcome::Unsupported { .. } => &[],
        };
        seeds.iter().flat_map(|seed| seed.metrics.iter().map(move |metric| (seed, metric)))
    }

    /// Whether it ran and is wrong.
    pub fn is_wrong(&self) -> bool {
        self.results().any(|(_, metric)| metric.verdict == MetricVerdict::Wrong)
    }
}

impl Validation {
    /// The cases of each group, counted.
    pub fn by_group(&self) -> BTreeMap<&str, ValidationTally> {
        let mut tallies: BTreeMap<&str, ValidationTally> = BTreeMap::new();
        for case in &self.cases {
            let tally = tallies.entry(&case.group).or_default();
            match case.outcome {
                ValidationOutcome::Unsupported { .. } => tally.unsupported += 1,
                ValidationOutcome::Measured { .. } if case.is_wrong() => tally.wrong += 1,
                ValidationOutcome::Measured { .. } => tally.passed += 1,
            }
        }
        tallies
    }

    /// All cases, counted.
    pub fn total(&self) -> ValidationTally {
        self.by_group().values().fold(ValidationTally::default(), |sum, tally| ValidationTally {
            passed: sum.passed + tally.passed,
            wrong: sum.wrong + tally.wrong,
            unsupported: sum.unsupported + tally.unsupported,
        })
    }

    /// Numbers whose deviation is known in standard errors, and how many of them are off by more than two: of a
    /// simulator that is right about 5 %, of few replications some more.
    pub fn calibration(&self) -> (u64, u64) {
        let zs = self.cases.iter().flat_map(ValidationCase::results).filter_map(|(_, metric)| metric.z);
        zs.fold((0, 0), |(all, far), z| (all + 1, far + u64::from(z.abs() > FAR)))
    }

    /// Whether every case is near enough.
    pub fn is_whole(&self) -> bool {
        self.total().passed == self.total().total()
    }
}

/// Writes all of it as one JSON document.
pub fn validation_json(validation: &Validation) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        schema_version: u32,
        version: &'static str,
        total: ValidationTally,
        groups: BTreeMap<&'a str, ValidationTally>,
        #[serde(flatten)]
        validation: &'a Validation,
    }
    let document = Document {
        schema_version: SCHEMA_VERSION,
        version: env!("CARGO_PKG_VERSION"),
        total: validation.total(),
        groups: validation.by_group(),
        validation,
    };
    serde_json::to_string_pretty(&document).expect("cases are plain data") + "\n"
}
