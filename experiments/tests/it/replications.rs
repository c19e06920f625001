//! Replications and comparisons: the same on any number of threads, paired, and stopped without loss.

use cusinart_experiments::{ArmPlan, Compared, ComparisonPlan, Pool, Tick, replicate, run_comparison};
use cusinart_report::{Change, Looks, Overall, Rules, Study, default_objectives, judge_study};
use cusinart_scenarios::{Overlay, Scenario, parse};
use expect_test::{Expect, expect};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

const SCENARIO: &str = "
version: 1
name: small
description: Four nodes, one of which crashes.
duration: 60s
zones: [a, b]
node_types: { web: { workers: 4, queue: 64, boot_time: 5s, cost_per_hour: 1 } }
services: { frontend: { node_type: web, nodes: 4, service_time: { exponential: { mean: 20ms } } } }
clients: { users: { service: frontend, timeout: 1s, arrivals: { poisson: { rate: 300/s } } } }
faults: [ { at: 20s, crash: { nodes: 1 } } ]
control: { health_monitor: { period: 1s, timeout: 500ms }, recovery: { strategies: [restart_node] } }
slas: [ 'availability >= 99%', 'time_to_recover.max < 30s' ]
";

fn scenario(set: &[&str]) -> Scenario {
    let overlay = Overlay { set: set.iter().map(ToString::to_string).collect(), seed: None };
    parse("small.yaml", SCENARIO, Path::new("."), &overlay).unwrap_or_else(|error| panic!("{error}"))
}

fn go_on(_: Tick) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn study(jobs: usize, counts: &[u32]) -> Study {
    let scenario = scenario(&[]);
    let objectives = default_objectives(&scenario);
    let mut study = Study {
        scenario: scenario.name.clone(),
        scenario_hash: cusinart_scenarios::scenario_hash(&scenario),
        version: "test".into(),
        seed: scenario.seed,
        objectives: objectives.iter().map(|objective| objective.text.clone()).collect(),
        replications: Vec::new(),
    };
    for count in counts {
        let done = study.replications.len() as u32;
        study.replications.extend(replicate(&scenario, &objectives, done..*count, &Pool::new(jobs), &go_on));
    }
    study
}

#[test]
fn threads_and_rounds_do_not_change_a_byte() {
    let one = study(1, &[6]).to_json();
    assert_eq!(one, study(2, &[6]).to_json());
    assert_eq!(one, study(3, &[1, 2, 6]).to_json(), "replications added later are the same");
}

#[test]
fn slas_are_judged_with_intervals() {
    let judged = judge_study(&scenario(&[]).slas, &study(2, &[10]), &Looks::once(10, 0.95));
    let lines: Vec<String> = judged
        .iter()
        .map(|sla| {
            format!(
                "{}: {} {:?}, {} of {} runs",
                sla.text,
                sla.measured_text(),
                sla.verdict,
                sla.runs_met,
                sla.runs
            )
        })
        .collect();
    expect![[r#"
        availability >= 99%: 96.78 % [96.66 %, 96.89 %] Fail, 0 of 10 runs
        time_to_recover.max < 30s: 8.85 s [8.24 s, 9 s] Pass, 10 of 10 runs"#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn who_stops_early_keeps_the_first_replications() {
    let scenario = scenario(&[]);
    let objectives = default_objectives(&scenario);
    let ended = AtomicU32::new(0);
    let stop_after_three = |tick: Tick| match tick {
        Tick::RunEnded(_) if ended.fetch_add(1, Ordering::Relaxed) == 2 => ControlFlow::Break(()),
        Tick::RunEnded(_) | Tick::Events(_) => ControlFlow::Continue(()),
    };
    let kept = replicate(&scenario, &objectives, 0..50, &Pool::new(1), &stop_after_three);
    assert_eq!(kept, study(1, &[3]).replications);
}

fn compared(arms: [&[&str]; 2], jobs: usize) -> Compared {
    let arms = arms.map(|set| {
        let scenario = scenario(set);
        ArmPlan { label: set.join(" "), objectives: default_objectives(&scenario), scenario }
    });
    let compared = arms[0].objectives.len();
    let rules = Rules { looks: Looks::doubling(4, 16, 0.95), confidence: 0.95, margin: 0.01 };
    run_comparison(
        &ComparisonPlan { arms: arms.into(), compared, rules },
        &Pool::new(jobs),
        &mut |_| {},
        &go_on,
    )
}

#[test]
fn a_policy_does_not_differ_from_itself() {
    let same = ["control.load_balancer=power_of_two"];
    let result = compared([&same, &same], 2);
    assert_eq!(result.comparison.arms[1].overall, Some(Overall::NoDifference));
    assert_eq!(result.comparison.replications, 4, "the first look is enough");
    let differences = result.comparison.metrics.iter().flat_map(|metric| &metric.differences);
    assert!(differences.clone().all(|difference| difference.change == Change::NoDifference));
}

#[test]
fn a_longer_service_time_is_found_on_any_number_of_threads() {
    let check = |expect: &Expect| {
        let arms = [&["seed=1"][..], &["seed=1", "services.frontend.service_time.exponential.mean=21ms"]];
        let one = compared(arms, 1);
        let two = compared(arms, 2);
        assert_eq!(one.studies, two.studies);
        let lines: Vec<String> = one
            .comparison
            .metrics
            .iter()
            .map(|metric| format!("{}: {}", metric.objective, metric.differences[0].change.word()))
            .collect();
        let overall = one.comparison.arms[1].overall.map(Overall::word);
        expect.assert_eq(&format!("{overall:?} after {}\n{}", one.comparison.replications, lines.join("\n")));
    };
    check(&expect![[r#"
        Some("worse") after 4
        availability: no difference
        time_to_recover.max: no difference
        latency.mean: worse
        latency.p99: worse
        cost: no difference
        time_to_detect.mean: no difference
        time_to_recover.mean: no difference"#]]);
}
