//! Validation: models whose numbers are known exactly, run as scenarios.
//!
//! A case names a family, the parameters of a model and the numbers that theory (or another simulation) says. A *family*
//! makes a scenario of the parameters, the simulator runs it, and the numbers are read from its requests. What is no
//! scenario, such as a rule of a policy or of statistics, is asked of the very code that the product runs. The format of
//! the files is told in `conformance/validation/README.md`.

mod availability;
mod balancing;
mod case;
mod detection;
mod experiment;
mod invariants;
mod journal;
mod judge;
mod membership;
mod numbers;
mod published;
mod queueing;
mod scaling;
mod senders;
mod station;
mod statistics;
mod transient;

pub use case::{ValidationError, ValidationFile};

use crate::pool::{Pool, Tick, WatchAll};
use case::Case;
use cusinart_record::hash64;
use cusinart_report::{
    MetricVerdict, SeedResult, Tier, Validation, ValidationCase, ValidationOutcome, replication_seed,
};
use experiment::{Experiment, Family, Readings};

/// The families, by name.
const FAMILIES: [&[(&str, Family)]; 11] = [
    queueing::FAMILIES,
    transient::FAMILIES,
    balancing::FAMILIES,
    availability::FAMILIES,
    detection::FAMILIES,
    membership::FAMILIES,
    invariants::FAMILIES,
    senders::FAMILIES,
    published::FAMILIES,
    scaling::FAMILIES,
    statistics::FAMILIES,
];

/// A family whose cases a smoke test leaves out, as it takes too long.
const SLOW_FAMILY: &str = "ci_coverage";
/// Requests of a case beyond which a smoke test leaves it out.
const SMOKE_REQUESTS_MAX: u64 = 100_000_000;
/// Replications of a smoke test.
const SMOKE_REPLICATIONS: u64 = 2;
/// Families whose replications are many runs of their own; a smoke test takes a tenth of them.
const RUN_FAMILIES: [&str; 2] = ["mtminf_sin", "mtminf_step"];
/// Part of the runs of a replication that a smoke test takes then.
const SMOKE_RUNS: u64 = 10;

/// What to run of the files.
#[derive(Clone, Debug)]
pub struct ValidationPlan {
    /// How long.
    pub tier: Tier,
    /// The seeds; every case must pass with each.
    pub seeds: Vec<u64>,
    /// Only cases whose name or family is one of these; all if there are none.
    pub only: Vec<String>,
}

/// The scenario of each case that is one, by its name.
pub fn validation_scenarios(files: &[ValidationFile], plan: &ValidationPlan) -> Vec<(String, String)> {
    let of = |case: &Case| Some((case.id.clone(), prepare(case, case.units()).ok()?.scenario?));
    chosen(files, plan).filter_map(|(_, case)| of(case)).collect()
}

/// Runs every case of the files with every seed. `watch` hears of every replication that ended.
pub fn validate(
    files: &[ValidationFile],
    plan: &ValidationPlan,
    pool: &Pool,
    watch: &WatchAll<'_>,
) -> Validation {
    let cases: Vec<(&ValidationFile, &Case)> = chosen(files, plan).collect();
    let outcomes = pool.map(
        &cases,
        |(_, case), stop| {
            let outcome = outcome(case, plan);
            let _ = stop.tell(Tick::RunEnded(0));
            Some(outcome)
        },
        watch,
    );
    let cases = cases.iter().zip(outcomes).map(|((file, case), outcome)| ValidationCase {
        file: file.name.clone(),
        id: case.id.clone(),
        group: file.group.clone(),
        family: case.family.clone(),
        outcome,
    });
    Validation { tier: plan.tier, seeds: plan.seeds.clone(), cases: cases.collect() }
}

/// The number of cases that [`validate`] runs.
pub fn validation_count(files: &[ValidationFile], plan: &ValidationPlan) -> usize {
    chosen(files, plan).count()
}

fn chosen<'a>(
    files: &'a [ValidationFile],
    plan: &'a ValidationPlan,
) -> impl Iterator<Item = (&'a ValidationFile, &'a Case)> {
    let wanted = move |case: &Case| {
        let named =
            plan.only.is_empty() || plan.only.iter().any(|word| *word == case.id || *word == case.family);
        named && (plan.tier == Tier::Full || !is_slow(case))
    };
    let of = move |file: &'a ValidationFile| file.cases.iter().map(move |case| (file, case));
    files.iter().flat_map(of).filter(move |(_, case)| wanted(case))
}

/// Whether a smoke test leaves a case out.
fn is_slow(case: &Case) -> bool {
    // Each unit of a fan-out is so many requests.
    let requests = case.model.get("n").and_then(serde_json::Value::as_u64).unwrap_or(1);
    case.family == SLOW_FAMILY
        || case.family.starts_with("fanout") && requests * case.run.total_units > SMOKE_REQUESTS_MAX
}

fn prepare(case: &Case, units: u64) -> Result<Experiment, String> {
    let mut families = FAMILIES.into_iter().flatten();
    let (_, family) =
        families.find(|(name, _)| *name == case.family).ok_or("nothing here runs this family of models")?;
    family(case, units)
}

fn outcome(case: &Case, plan: &ValidationPlan) -> ValidationOutcome {
    match results(case, plan) {
        Ok(seeds) => ValidationOutcome::Measured { seeds },
        Err(reason) => ValidationOutcome::Unsupported { reason },
    }
}

fn results(case: &Case, plan: &ValidationPlan) -> Result<Vec<SeedResult>, String> {
    let whole = prepare(case, case.units())?;
    let parts = if RUN_FAMILIES.contains(&case.family.as_str()) { SMOKE_RUNS } else { 1 };
    let part = match plan.tier {
        Tier::Smoke if parts > 1 => Some(prepare(case, (case.units() / parts).max(1))?),
        Tier::Smoke | Tier::Full => None,
    };
    let with = |&seed: &u64| match &part {
        Some(part) => with_seed(case, (part, parts), &whole, seed, plan.tier),
        None => with_seed(case, (&whole, 1), &whole, seed, plan.tier),
    };
    plan.seeds.iter().map(with).collect()
}

/// Runs a case with a seed, of which `first` is one of so many parts of a replication; if it fails, once more with another seed and longer, as one failure may be chance.
fn with_seed(
    case: &Case,
    (first, parts): (&Experiment, u64),
    experiment: &Experiment,
    seed: u64,
    tier: Tier,
) -> Result<SeedResult, String> {
    let whole = if experiment.once { 1 } else { case.run.replications.max(1) };
    let (replications, repeated) = match tier {
        Tier::Smoke => (whole.min(SMOKE_REPLICATIONS), whole),
        Tier::Full => (whole, 4 * whole),
    };
    let widening = (whole as f64 / replications as f64 * parts as f64).sqrt();
    let metrics = judge::judge(case, &replicate(case, first, seed, replications)?, widening);
    let failed = metrics.iter().any(|metric| metric.verdict == MetricVerdict::Wrong);
    if !failed || whole == 1 {
        return Ok(SeedResult { seed, repeated: false, metrics });
    }
    let readings = replicate(case, experiment, replication_seed(seed, u32::MAX), repeated)?;
    Ok(SeedResult { seed, repeated: true, metrics: judge::judge(case, &readings, 1.0) })
}

fn replicate(case: &Case, experiment: &Experiment, seed: u64, count: u64) -> Result<Vec<Readings>, String> {
    // Each case has seeds of its own.
    let base = seed ^ hash64(case.id.as_bytes());
    (0..count).map(|number| (experiment.replicate)(replication_seed(base, number as u32))).collect()
}
