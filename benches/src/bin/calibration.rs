//! How often the verdicts of `compare` and the intervals of replications are right, measured by brute force.
//!
//! Prints three figures: how often two identical policies are said not to differ, how often a service time that is 2 %
//! longer is found, and how often the 95 % interval of the mean wait covers the truth of an M/M/1 queue.
//! `cargo run --release -p cusinart-benches --bin calibration [-- REPETITIONS]`; the default of 100 takes some minutes
//! on two cores. Interval coverage takes five times as many repetitions.

use cusinart_experiments::{ArmPlan, ComparisonPlan, Pool, replicate, run_comparison};
use cusinart_report::{Looks, Overall, Rules, Sample, default_objectives, mean_interval, replication_seed};
use cusinart_scenarios::{Metric, Objective, Overlay, Scenario, Statistic, load, parse};
use std::ops::ControlFlow;
use std::path::Path;

/// The scenario that is compared.
const SCENARIO: &str = "scenarios/flash-crowd.yaml";
/// Two settings that are the same policy.
const IDENTICAL: [&str; 2] = ["control.load_balancer=power_of_two"; 2];
/// A service time and one that is 2 % longer.
const LONGER: [&str; 2] = [
    "services.frontend.service_time={lognormal: {mean: 18ms, cv: 1.2}}",
    "services.frontend.service_time={lognormal: {mean: 18.36ms, cv: 1.2}}",
];
/// M/M/1 at 80 %: the mean time in the system is 1/(mu - lambda) = 0.5 s.
const QUEUE: &str = "
version: 1
name: mm1
description: A queue with a known answer.
duration: 2500s
warmup: 250s
zones: [a]
node_types: { one: { workers: 1 } }
services: { s: { node_type: one, nodes: 1, service_time: { exponential: { mean: 100ms } } } }
clients: { c: { service: s, arrivals: { poisson: { rate: 8/s } } } }
";
/// The truth of that queue, in seconds.
const SOJOURN_S: f64 = 0.5;
/// Replications of one interval of the queue.
const QUEUE_RUNS: u32 = 10;

#[expect(clippy::print_stdout, reason = "a measurement prints its result")]
fn main() {
    let repetitions = repetitions();
    let pool = Pool::new(0);
    let identical = verdicts(IDENTICAL, repetitions, &pool);
    let same = identical.iter().filter(|overall| **overall == Overall::NoDifference).count();
    println!("identical policies: no difference in {same} of {repetitions} repetitions");
    let longer = verdicts(LONGER, repetitions, &pool);
    let of = |wanted: Overall| longer.iter().filter(|overall| **overall == wanted).count();
    let (worse, trade_off) = (of(Overall::Worse), of(Overall::TradeOff));
    println!(
        "service time 2 % longer: found in {} of {repetitions} repetitions: worse in {worse}, worse in some metric and \
         better in another in {trade_off}",
        worse + trade_off
    );
    let experiments = 5 * repetitions;
    let covered = coverage(experiments, &pool);
    let share = 100.0 * f64::from(covered) / f64::from(experiments);
    println!(
        "M/M/1 at 80 %: the 95 % interval covers the truth in {covered} of {experiments} ({share:.1} %)"
    );
}

#[expect(clippy::disallowed_methods, reason = "the one argument of this program")]
fn repetitions() -> u32 {
    std::env::args().nth(1).map_or(100, |text| text.parse().expect("the argument is a number of repetitions"))
}

/// The verdicts of as many comparisons of two settings, each with its own seed.
fn verdicts(settings: [&str; 2], repetitions: u32, pool: &Pool) -> Vec<Overall> {
    let repetition = |seed: u32| {
        let arms = settings.map(|setting| {
            let overlay = Overlay { set: vec![setting.into()], seed: Some(u64::from(seed) + 1) };
            let scenario = load(Path::new(SCENARIO), &overlay).expect("the scenario is shipped");
            ArmPlan { label: setting.into(), objectives: default_objectives(&scenario), scenario }
        });
        let compared = arms[0].objectives.len();
        let rules = Rules { looks: Looks::doubling(8, 64, 0.95), confidence: 0.95, margin: 0.01 };
        let plan = ComparisonPlan { arms: arms.into(), compared, rules };
        let result = run_comparison(&plan, pool, &mut |_| {}, &|_| ControlFlow::Continue(()));
        result.comparison.arms[1].overall.expect("the second arm is compared")
    };
    (0..repetitions).map(repetition).collect()
}

/// How many of the intervals cover the truth.
fn coverage(experiments: u32, pool: &Pool) -> u32 {
    let scenario =
        parse("mm1", QUEUE, Path::new("."), &Overlay::default()).expect("the queue is well-formed");
    let objectives = [Objective::of(Metric::Latency(Statistic::Mean))];
    let covers = |experiment: u32| {
        let scenario = Scenario { seed: replication_seed(scenario.seed, experiment), ..scenario.clone() };
        let watch = |_| ControlFlow::Continue(());
        let runs = replicate(&scenario, &objectives, 0..QUEUE_RUNS, pool, &watch);
        let value = |sample: &Sample| match sample {
            Sample::Value(value) => Some(*value),
            Sample::Times(_) | Sample::Nothing => None,
        };
        let values: Vec<f64> = runs.iter().filter_map(|run| value(&run.samples[0])).collect();
        let interval = mean_interval(&values, 0.95).and_then(|estimate| estimate.interval);
        interval.is_some_and(|interval| interval.low <= SOJOURN_S && SOJOURN_S <= interval.high)
    };
    (0..experiments).filter(|experiment| covers(*experiment)).count() as u32
}
