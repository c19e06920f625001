//! Rules that hold in every run: the run itself keeps watch on them, here in a scenario in which all goes wrong.

use super::case::Case;
use super::experiment::{Experiment, Family, Readings};
use super::station::{known_metrics, part_seed, read, with_seed};
use cusinart_record::Invariant;
use cusinart_sim_core::Simulation;
use serde::Deserialize;

/// The families of this file.
pub(super) const FAMILIES: &[(&str, Family)] = &[("invariant", invariant)];

/// Faults of every kind, retries, hedges, deadlines, breakers, scaling, rollouts, shards.
const STORM: &str = include_str!("storm.yaml");
/// Runs of it, each with another seed.
const RUNS: u64 = 2;

#[derive(Deserialize)]
struct Rule {
    rule: String,
}

/// The rule that a case is about, by the words of its text that no other one has.
fn rule_of(case: &Case) -> Result<Invariant, String> {
    let Rule { rule } = case.model()?;
    let by_name = |rule: &&Invariant| {
        let name = rule.word().replace("littles_law", "littles_law_window");
        case.id.ends_with(rule.word()) || case.id.ends_with(&name)
    };
    Invariant::ALL
        .iter()
        .find(by_name)
        .copied()
        .ok_or_else(|| format!("no rule here is the one of `{}`: {rule}", case.id))
}

fn invariant(case: &Case, _: u64) -> Result<Experiment, String> {
    let rule = rule_of(case)?;
    let (text, scenario) = read(case, STORM)?;
    let metrics = known_metrics(case);
    let replicate = move |seed: u64| -> Result<Readings, String> {
        let mut broken = 0;
        for run in 0..RUNS {
            let record = Simulation::new(&with_seed(&scenario, part_seed(seed, run))).run();
            match record.violation {
                Some(violation) if violation.rule == rule => broken += 1,
                Some(violation) => return Err(format!("another rule was broken: {violation:?}")),
                None => {}
            }
        }
        Ok(metrics.iter().map(|metric| (metric.clone(), broken.into())).collect())
    };
    Ok(Experiment { scenario: Some(text), once: false, replicate: Box::new(replicate) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cusinart_scenarios::{Overlay, parse};
    use std::path::Path;

    /// With seed 1, a copy to a node that had just died once began again endlessly in one instant.
    #[test]
    fn the_storm_ends_by_itself_and_breaks_no_rule() {
        for seed in [1, 2] {
            let overlay = Overlay { seed: Some(seed), ..Overlay::default() };
            let scenario = parse("storm.yaml", STORM, Path::new("."), &overlay).expect("it is a scenario");
            let record = Simulation::new(&scenario).run();
            assert_eq!((record.early_end, record.violation), (None, None), "seed {seed}");
        }
    }
}
