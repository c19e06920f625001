//! What the scenarios about silent nodes claim to teach, asserted from the facts of their runs and of their variants.

use crate::{shipped, simulate};
use cusinart_policies::{AddReason, Decision, Instant};
use cusinart_record::{FactKind, RunRecord};
use cusinart_report::summarize;
use cusinart_scenarios::Scenario;

const SEEDS: [u64; 3] = [11, 1, 2];

fn decisions(record: &RunRecord) -> impl Iterator<Item = (Instant, &Decision)> {
    record.facts.iter().filter_map(|fact| {
        let FactKind::Decision(decision) = &fact.kind else { return None };
        Some((fact.at, decision))
    })
}

/// Failures declared of nodes that were up and reachable, and all failures declared.
fn failures(scenario: &Scenario) -> (usize, usize) {
    let record = simulate(scenario);
    let declared =
        decisions(&record).filter(|(_, decision)| matches!(decision, Decision::NodeFailure { .. }));
    (summarize(scenario, &record).mistakes.false_alarms.len(), declared.count())
}

fn swim(detector: &str, seed: u64) -> Scenario {
    let detector = format!("control.health_monitor.detector={detector}");
    shipped("swim-partition", &[&detector], Some(seed))
}

#[test]
fn probes_through_others_see_around_a_cut_that_probes_from_one_place_take_for_death() {
    for seed in SEEDS {
        let (false_alarms, declared) = failures(&swim("{swim: {}}", seed));
        assert_eq!((false_alarms, declared), (0, 1), "seed {seed}: only the dead node is declared");
        let (false_alarms, _) = failures(&swim("{consecutive: {failures: 3}}", seed));
        assert!(false_alarms >= 5, "seed {seed}: {false_alarms} false alarms by probes from one place");
    }
}

#[test]
fn hasty_suspicions_declare_living_nodes_dead() {
    let hasty = "{swim: {suspicion_mult: 1, suspicion_max_timeout_mult: 1}}";
    let false_alarms = SEEDS.map(|seed| failures(&swim(hasty, seed)).0);
    assert!(false_alarms.iter().sum::<usize>() >= 3, "{false_alarms:?}");
}

#[test]
fn members_that_doubt_themselves_accuse_others_less() {
    let accusations = |detector: &str| {
        let of_seed = |seed| {
            let record = simulate(&swim(detector, seed));
            let suspected =
                decisions(&record).filter(|(_, decision)| matches!(decision, Decision::NodeSuspected { .. }));
            suspected.count() as f64
        };
        SEEDS.map(of_seed)
    };
    let (modest, sure) = (accusations("{swim: {}}"), accusations("{swim: {awareness_max_multiplier: 1}}"));
    let all = |counts: &[f64]| counts.iter().sum::<f64>();
    assert!(all(&modest) * 1.05 < all(&sure), "{modest:?} and {sure:?} accusations");
}

/// When nodes were added in place of others.
fn replacements(set: &[&str], seed: u64) -> Vec<Instant> {
    let record = simulate(&shipped("zone-eviction", set, Some(seed)));
    let replacement = |(at, decision): (Instant, &Decision)| {
        matches!(decision, Decision::NodeAdding { why: AddReason::Replacement, .. }).then_some(at)
    };
    decisions(&record).filter_map(replacement).collect()
}

#[test]
fn who_waits_for_the_safe_time_replaces_the_dead_and_not_the_merely_silent() {
    let sight_returns = Instant::ZERO + cusinart_policies::Duration::from_secs(300);
    for seed in SEEDS {
        let patient = replacements(&[], seed);
        assert_eq!(patient.len(), 6, "seed {seed}: the dark zone's nodes, {patient:?}");
        assert!(patient.iter().all(|at| *at > sight_returns), "seed {seed}: {patient:?}");
        let hasty = ["control.recovery.strategies=[redirect_traffic, {supervisor: {intensity: 0}}]"];
        let hasty = replacements(&hasty, seed);
        let of_the_living = hasty.iter().filter(|at| **at < sight_returns).count();
        assert!(of_the_living >= 3, "seed {seed}: {hasty:?}");
    }
}

#[test]
fn nodes_of_a_zone_are_replaced_one_after_the_other_at_the_rate_of_evictions() {
    for seed in SEEDS {
        let paced = replacements(&[], seed);
        let gaps = paced.windows(2).map(|pair| pair[1].since(pair[0]).as_secs_f64());
        assert!(gaps.clone().all(|gap| gap >= 9.999), "seed {seed}: {:?}", gaps.collect::<Vec<_>>());
        let faster = replacements(&["control.recovery.zone_eviction.eviction_rate=10/s"], seed);
        let spread = |times: &[Instant]| times[times.len() - 1].since(times[0]).as_secs_f64();
        assert!(spread(&faster) + 30.0 < spread(&paced), "seed {seed}: {faster:?} and {paced:?}");
    }
}
