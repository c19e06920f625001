//! A comparison as it is kept, to be read back without loss and reported again.
//!
//! plan.json says what was compared and when it was sure. Each arm lies in four files with the names of those of a run
//! directory: its scenario, its replications, and the record and the facts of the first of them.

use super::comparison::Rules;
use crate::sample::Sample;
use crate::store::{StoreError, StoredRun, read_run};
use crate::study::{Study, replication_seed};
use cusinart_record::RunRecord;
use cusinart_scenarios::{Objective, Scenario, objective, scenario_hash};
use serde::{Deserialize, Serialize};

/// Name of the file with the plan.
const PLAN: &str = "plan.json";
/// Name of the file with the replications of an arm.
const REPLICATIONS: &str = "replications.json";
/// Version of the layout of plan.json.
const SCHEMA_VERSION: u32 = 1;
/// Largest number that is taken for one of a run: far more than any run measures.
const VALUE_MAX: f64 = 1e18;
/// Largest margin, as a share of the first arm's value.
const MARGIN_MAX: f64 = 10.0;

/// What was compared, and when it was sure.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparePlan {
    /// What the arms are called; the others are compared with the first.
    pub labels: Vec<String>,
    /// By what, in normal form: the first of what each arm measured.
    pub compared: Vec<String>,
    /// When it was sure.
    pub rules: Rules,
}

/// What plan.json holds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    schema_version: u32,
    arms: Vec<String>,
    compared: Vec<String>,
    rules: Rules,
}

impl ComparePlan {
    /// Writes plan.json.
    pub fn to_json(&self) -> String {
        let stored = Stored {
            schema_version: SCHEMA_VERSION,
            arms: self.labels.clone(),
            compared: self.compared.clone(),
            rules: self.rules.clone(),
        };
        serde_json::to_string_pretty(&stored).expect("a plan is plain data") + "\n"
    }

    /// Reads what [`ComparePlan::to_json`] wrote.
    ///
    /// # Errors
    /// If the text is something else.
    pub fn from_json(text: &str) -> Result<Self, StoreError> {
        let wrong = |found: String, expected: &str| StoreError::new(PLAN, found, expected);
        let stored: Stored = serde_json::from_str(text)
            .map_err(|error| StoreError::json(PLAN, &error, "the plan of a comparison"))?;
        if stored.schema_version != SCHEMA_VERSION {
            return Err(wrong(format!("layout {}", stored.schema_version), "layout 1"));
        }
        if stored.arms.len() < 2 || stored.compared.is_empty() {
            let found = format!("{} arms and {} metrics", stored.arms.len(), stored.compared.len());
            return Err(wrong(found, "two arms and a metric, or more"));
        }
        let Rules { looks, confidence, margin } = &stored.rules;
        let sensible = (0.0..=MARGIN_MAX).contains(margin) && (1e-9..1.0).contains(confidence);
        if !sensible || !looks.make_sense() {
            return Err(wrong(format!("{:?}", stored.rules), "looks, confidence and margin of a comparison"));
        }
        Ok(Self { labels: stored.arms, compared: stored.compared, rules: stored.rules })
    }
}

/// The texts of an arm's files, besides that of its scenario.
#[derive(Clone, Copy, Debug)]
pub struct ArmTexts<'a> {
    /// replications.json.
    pub replications: &'a str,
    /// record.json of the first replication.
    pub record: &'a str,
    /// facts.jsonl of the first replication.
    pub facts: &'a str,
}

/// An arm that was read back.
#[derive(Clone, Debug)]
pub struct StoredArm {
    /// Its scenario.
    pub scenario: Scenario,
    /// What was measured.
    pub objectives: Vec<Objective>,
    /// Its replications.
    pub study: Study,
    /// The first of them.
    pub first_run: RunRecord,
}

/// Reads an arm back.
///
/// # Errors
/// If a text is cut off, of another version, changed, or does not fit the scenario or the plan.
pub fn read_arm(
    plan: &ComparePlan,
    scenario: Scenario,
    texts: ArmTexts<'_>,
) -> Result<StoredArm, StoreError> {
    let StoredRun { scenario, record: first_run, .. } = read_run(scenario, texts.record, texts.facts)?;
    let wrong = |found: String, expected: &str| StoreError::new(REPLICATIONS, found, expected);
    let study = Study::from_json(texts.replications)
        .map_err(|error| wrong(error.to_string(), "the replications of an arm"))?;
    if study.scenario_hash != scenario_hash(&scenario) || study.seed != scenario.seed {
        return Err(wrong("those of another scenario or seed".into(), "those of the scenario beside it"));
    }
    let seeds = (0_u32..).map(|index| replication_seed(study.seed, index));
    let seeds_fit = study.replications.iter().zip(seeds).all(|(one, seed)| one.seed == seed);
    let digest = format!("{:016x}", first_run.digest);
    if !seeds_fit || study.replications.first().is_none_or(|first| first.digest != digest) {
        return Err(wrong(
            "other runs".into(),
            "one for each seed in turn, the first with the record's digest",
        ));
    }
    let samples = study.replications.iter().flat_map(|replication| &replication.samples);
    if let Some(sample) = samples.into_iter().find(|sample| !makes_sense(sample, &scenario)) {
        return Err(wrong(format!("the sample {sample:?}"), "numbers that a run can measure"));
    }
    if !study.objectives.starts_with(&plan.compared) {
        return Err(wrong("other metrics".into(), "first of all those that plan.json compares"));
    }
    let objectives: Result<Vec<Objective>, _> =
        study.objectives.iter().map(|text| objective(REPLICATIONS, text, &scenario)).collect();
    let objectives = objectives.map_err(|error| wrong(error.to_string(), "metrics of the scenario"))?;
    Ok(StoredArm { scenario, objectives, study, first_run })
}

/// Whether a run of a scenario can measure such a thing.
fn makes_sense(sample: &Sample, scenario: &Scenario) -> bool {
    match sample {
        Sample::Nothing => true,
        Sample::Value(value) => value.abs() <= VALUE_MAX,
        Sample::Times(spells) => {
            let duration = scenario.duration.as_secs_f64();
            spells.iter().all(|spell| (0.0..=duration).contains(&spell.seconds))
        }
    }
}

/// Makes sure that arms can be paired: as many replications of each, from the same seed and version.
///
/// # Errors
/// If one differs from the first; the number says which.
pub fn arms_belong_together(arms: &[StoredArm]) -> Result<(), (usize, StoreError)> {
    let known = |arm: &StoredArm| {
        let Study { seed, version, replications, .. } = &arm.study;
        (*seed, version.clone(), replications.len())
    };
    let other = arms.iter().position(|arm| known(arm) != known(&arms[0]));
    other.map_or(Ok(()), |index| {
        let ((seed, version, count), (first_seed, first_version, first_count)) =
            (known(&arms[index]), known(&arms[0]));
        let found = format!("{count} replications from seed {seed}, version {version}");
        let expected =
            format!("{first_count} from seed {first_seed}, version {first_version}, as the first arm");
        Err((index, StoreError::new(REPLICATIONS, found, expected)))
    })
}
