//! Every policy of the catalogue in a run: the shipped scenarios as they stand, and variants of them, each with what came
//! of it. A policy that none of them names fails the test.

use crate::{shipped, simulate};
use cusinart_policies::{PolicyKind, PolicySpec, catalogue};
use cusinart_report::{RunSummary, summarize};
use cusinart_scenarios::Scenario;
use expect_test::expect_file;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::{fs, thread};

/// What differs from a shipped scenario: the field that names the policy, and the policies.
const VARIANTS: [(&str, &str, &[&str]); 7] = [
    (
        "rolling-crash",
        "control.health_monitor.detector",
        &[
            "haproxy",
            "consul",
            "kubernetes_probes",
            "kubernetes_node_lease",
            "phi_accrual",
            "phi_accrual_exponential",
            "deadline",
            "swim",
        ],
    ),
    (
        "rolling-crash",
        "control.recovery.strategies",
        &[
            "[redirect_traffic, crash_loop_backoff]",
            "[redirect_traffic, supervisor]",
            "[redirect_traffic, start_limit]",
            "[redirect_traffic, escalating_remediation]",
        ],
    ),
    (
        "prequal-vs-p2c",
        "control.load_balancer",
        &[
            "round_robin",
            "weighted_round_robin",
            "edf_round_robin",
            "least_connections",
            "join_shortest_queue",
            "least_request",
            "power_of_two",
            "peak_ewma",
            "ring_hash",
            "maglev",
            "random",
        ],
    ),
    (
        "hpa-flapping",
        "control.auto_scaler.policy",
        &[
            "{ threshold: {} }",
            "{ target_tracking: {} }",
            "{ fixed: { nodes: 12 } }",
            "{ scheduled: { times: '00:00=10,00:20=13' } }",
            "{ keda: { metric: in_flight, target_per_node: 4 } }",
            "{ aws_step_scaling: {} }",
            "{ aws_target_tracking: {} }",
            "{ holt_winters: { season_length: 20, season: 50%, ahead: 1m } }",
            "{ decaying_histogram: { half_life: 10m } }",
        ],
    ),
    (
        "load-shedding",
        "clients.app.breaker",
        &[
            "{ count_window: { wait_in_open: 5s } }",
            "{ time_window: { seconds: 10, wait_in_open: 5s } }",
            "{ consecutive_failures: { backoff_min: 5s } }",
        ],
    ),
    (
        "load-shedding",
        "services.checkout.concurrency_limit",
        &["{ aimd: { timeout: 200ms } }", "vegas", "gradient2"],
    ),
    ("load-shedding", "services.checkout.queue_discipline", &["fifo", "codel"]),
];

#[test]
fn every_policy_of_the_catalogue_runs_in_a_shipped_scenario_or_a_variant_of_one() {
    let mut used = BTreeSet::new();
    for name in shipped_names() {
        used.extend(policies(&shipped(&name, &[], None)));
    }
    let mut page = String::new();
    for (name, field, values) in VARIANTS {
        let scenarios: Vec<_> =
            values.iter().map(|value| shipped(name, &[&format!("{field}={value}")], None)).collect();
        used.extend(scenarios.iter().flat_map(policies));
        writeln!(page, "{name}, {field}").expect("a string takes all");
        for (value, line) in values.iter().zip(outcomes(&scenarios)) {
            writeln!(page, "  {value}\n    {line}").expect("a string takes all");
        }
    }
    expect_file!["golden/variants.txt"].assert_eq(&page);
    let missing: Vec<_> = catalogue::entries()
        .iter()
        .map(|entry| (entry.kind, entry.name.to_owned()))
        .filter(|policy| !used.contains(policy))
        .collect();
    assert!(missing.is_empty(), "no shipped scenario and no variant uses {missing:?}");
}

fn shipped_names() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let mut names: Vec<_> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| path.file_stem().expect("a file has a name").to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The policies that a scenario names, or has by default.
fn policies(scenario: &Scenario) -> Vec<(PolicyKind, String)> {
    let cluster = &scenario.control.cluster;
    let mut policies = vec![(PolicyKind::Detector, cluster.health.detector.name.clone())];
    policies.extend(cluster.recovery.strategies.iter().map(|spec| (PolicyKind::Recovery, spec.name.clone())));
    for service in &cluster.services {
        policies.push((PolicyKind::Balancing, service.balancer.strategy.name.clone()));
        let scaler = service.auto_scaler.as_ref();
        policies.extend(scaler.map(|scaler| (PolicyKind::Scaling, scaler.policy.name.clone())));
    }
    let mut add = |kind, spec: &Option<PolicySpec>| {
        policies.extend(spec.iter().map(|spec| (kind, spec.name.clone())));
    };
    for service in &scenario.services {
        add(PolicyKind::ConcurrencyLimit, &service.concurrency_limit);
        add(PolicyKind::QueueDiscipline, &service.queue_discipline);
        let calls = service.calls.iter().flat_map(|step| &step.calls);
        calls.for_each(|call| add(PolicyKind::Breaker, &call.patience.breaker));
    }
    scenario.clients.iter().for_each(|client| add(PolicyKind::Breaker, &client.patience.breaker));
    policies
}

/// What came of the scenarios, on two threads.
fn outcomes(scenarios: &[Scenario]) -> Vec<String> {
    let (first, second) = scenarios.split_at(scenarios.len() / 2);
    let run = |scenarios: &[Scenario]| -> Vec<_> { scenarios.iter().map(outcome).collect() };
    thread::scope(|scope| {
        let other = scope.spawn(move || run(second));
        let mut lines = run(first);
        lines.extend(other.join().expect("no run panics"));
        lines
    })
}

fn outcome(scenario: &Scenario) -> String {
    let record = simulate(scenario);
    let RunSummary { clients, control, cost, services, .. } = summarize(scenario, &record);
    let client = &clients[0];
    let availability = client.availability.unwrap_or(0.0) * 100.0;
    let p99 = client.latency.p99_ns.map_or(0.0, |p99| p99 as f64 / 1e6);
    let restarts = control.plans.steps_started.get("restart_node").copied().unwrap_or(0);
    format!(
        "good {availability:.2} %, p99 {p99:.1} ms; {} failures, {restarts} restarts, {} replaced; {} up, {} down, {} nodes at most, cost {cost:.2}; digest {:016x}",
        control.failures_declared,
        control.replaced,
        control.scaling.ups,
        control.scaling.downs,
        services[0].nodes_max,
        record.digest,
    )
}
