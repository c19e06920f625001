//! Chains of causes and counterfactual replays of shipped scenarios.

use crate::{shipped, simulate};
use cusinart_experiments::{Pool, Tick, explain};
use cusinart_policies::{Decision, Instant};
use cusinart_record::{Fact, FactKind, RunRecord};
use cusinart_report::{Alteration, Explanation, PageLinks, RunSummary, TextStyle, summarize, text};
use cusinart_scenarios::{Overlay, Scenario, Source, Written, written_in_full};
use expect_test::{Expect, expect};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

/// All shipped scenarios but the day-long one.
const SHIPPED: [&str; 11] = [
    "false-alarms",
    "flash-crowd",
    "gray-failure",
    "network-partition",
    "re-replication-storm",
    "retry-storm",
    "rolling-crash",
    "scale-down-before-surge",
    "swim-partition",
    "zone-eviction",
    "zone-outage",
];

/// SLAs that no run meets, so that every kind of chain shows.
const MISSED: &str = "slas=[availability > 100%, goodput > 100%, latency.p99 < 1us, latency.mean < 1us, \
                      time_to_detect.max < 1us, time_to_recover.max < 1us, time_to_recover.p50 < 1us, \
                      false_alarms < 0, healthy_restarted < 0%, nodes.min >= 10000, plans_given_up < 0, \
                      replicas_lost < 0, retry_ratio < 0%, unrouted < 0]";

fn judged(name: &str, set: &[&str]) -> (Scenario, RunRecord, RunSummary) {
    let scenario = shipped(name, set, None);
    let record = simulate(&scenario);
    let summary = summarize(&scenario, &record);
    (scenario, record, summary)
}

fn check(name: &str, set: &[&str], expected: &Expect) {
    let (_, _, summary) = judged(name, set);
    let mut out = String::new();
    for sla in summary.slas.iter().filter(|sla| !sla.passed) {
        let Some(chain) = &sla.chain else {
            out.push_str(&format!("{}: no chain\n", sla.text));
            continue;
        };
        let fault = chain.fault.as_deref().unwrap_or("no fault");
        let node = chain.node.as_deref().unwrap_or("no node");
        out.push_str(&format!("{}: {fault}, {node}, {} in all\n", sla.text, chain.total));
        for (index, link) in chain.links.iter().enumerate() {
            let mark = if chain.largest == Some(index) { "*" } else { " " };
            let setting = link.setting.as_ref().map(|setting| format!(" [{setting}]")).unwrap_or_default();
            out.push_str(&format!("{mark} {:?} {}: {}{setting}\n", link.name, link.took(), link.what));
        }
    }
    expected.assert_eq(&out);
}

#[test]
fn a_crash_is_a_matter_of_probes() {
    check(
        "rolling-crash",
        &[],
        &expect![[r#"
        availability >= 99.9%: bad rollout, api-a-5, 10s in all
          FirstMiss 4.721359549s: one probe every 5 s, timeout 1 s [control.health_monitor.period]
        * Detection 5s: 2 misses in a row, connection refused [control.health_monitor.detector.consecutive.failures]
          Restart 278.640451ms: its process boots, requests are served well again before [node_types.api.boot_time]
    "#]],
    );
}

#[test]
fn a_zone_outage_is_a_matter_of_boots_elsewhere() {
    let set = ["slas=[time_to_recover.max < 30s, time_to_detect.max < 10s, availability >= 99.9999%]"];
    check(
        "zone-outage",
        &set,
        &expect![[r#"
        time_to_recover.max < 30s: zone_outage c, orders-c-5, 1m25.675405149s in all
          FirstMiss 4.262379212s: one probe every 5 s, timeout 1 s [control.health_monitor.period]
          Detection 10s: 3 misses in a row, no answer [control.health_monitor.detector.consecutive.failures]
          Backoff 10s: before try 2 of restart_node [control.recovery.backoff.initial]
        * Boot 52.823091345s: of the replacement [node_types.standard.boot_time]
          Load 8.589934592s: before it serves [node_types.standard.state]
        time_to_detect.max < 10s: zone_outage c, orders-c-3, 15.721359549s in all
          FirstMiss 5.721359549s: one probe every 5 s, timeout 1 s [control.health_monitor.period]
        * Detection 10s: 3 misses in a row, no answer [control.health_monitor.detector.consecutive.failures]
        availability >= 99.9999%: zone_outage c, orders-c-5, 15s in all
          FirstMiss 4.262379212s: one probe every 5 s, timeout 1 s [control.health_monitor.period]
        * Detection 10s: 3 misses in a row, no answer [control.health_monitor.detector.consecutive.failures]
          Backoff 737.620788ms: before try 2 of restart_node, requests are served well again before [control.recovery.backoff.initial]
    "#]],
    );
}

#[test]
fn a_crowd_is_a_matter_of_scaling() {
    check(
        "flash-crowd",
        &[],
        &expect![[r#"
        availability >= 99%: no fault, load of frontend, 3m25s in all
          Rise 55s: the cycle at 9m still sees utilization 0.369 against 0.7 [control.auto_scaler.policy.threshold.scale_up]
        * Cycle 1m: until the cycle at 10m, with a sample 10 s old; requests suffer from 9m50s [control.auto_scaler.period]
          Boot 58.890915212s: first of 3 nodes added to 9 [node_types.web.boot_time]
          Load 17.179869184s: before it serves [node_types.web.state]
          Rounds 13.929215604s: 1 further scale-up of 3 nodes until it is enough [control.auto_scaler.policy.threshold.step_up]
        latency.p99 < 500ms: no fault, load of frontend, 3m30s in all
          Rise 55s: the cycle at 9m still sees utilization 0.369 against 0.7 [control.auto_scaler.policy.threshold.scale_up]
        * Cycle 1m: until the cycle at 10m, with a sample 10 s old; requests suffer from 9m45s [control.auto_scaler.period]
          Boot 58.890915212s: first of 3 nodes added to 9 [node_types.web.boot_time]
          Load 17.179869184s: before it serves [node_types.web.state]
          Rounds 18.929215604s: 1 further scale-up of 3 nodes until it is enough [control.auto_scaler.policy.threshold.step_up]
    "#]],
    );
}

#[test]
fn slow_nodes_are_seen_by_nobody() {
    check(
        "gray-failure",
        &[],
        &expect![[r#"
        availability >= 99.5%: slow disks, profiles-a-1, 10m in all
        * Fault 10m: slow disks goes on, and no probe shows it [control.load_balancer.ejection]
    "#]],
    );
}

#[test]
fn links_add_up_and_their_settings_exist() {
    let mut kinds = BTreeSet::new();
    for name in SHIPPED {
        let (scenario, record, summary) = judged(name, &[MISSED]);
        let full = written_in_full(&scenario);
        for chain in summary.slas.iter().filter_map(|sla| sla.chain.as_ref()) {
            let mut cursor = chain.from_ns;
            for link in &chain.links {
                assert_eq!(link.from_ns, cursor, "{name}: {chain:?}");
                assert!(link.to_ns > cursor, "{name}: {chain:?}");
                cursor = link.to_ns;
                kinds.insert(format!("{:?}", link.name));
                if let Some(setting) = &link.setting {
                    assert!(exists(&full, &scenario, setting), "{name}: there is no {setting}");
                }
            }
            assert_eq!(cursor.since(chain.from_ns), chain.total, "{name}: {chain:?}");
            assert!(cursor <= Instant::ZERO + record.simulated, "{name}: {chain:?}");
        }
    }
    expect!["Aftermath Backoff Boot Cycle Detection Effect Ejection FailedTry Fault FirstMiss Load Nothing Readiness Replacement Replication Restart Rise Rounds Turn"].assert_eq(&kinds.into_iter().collect::<Vec<_>>().join(" "));
}

/// Whether a setting that a chain names is one of the scenario, or one that it lacks and could have.
fn exists(full: &Written, scenario: &Scenario, setting: &str) -> bool {
    if setting.ends_with(".retries.budget") || setting.contains(".ejection") {
        return true;
    }
    let of_services = scenario.services.iter().any(|service| {
        let own = setting.replacen("control.", &format!("services.{}.", service.name), 1);
        full.at(&own).is_some()
    });
    full.at(setting).is_some() || of_services
}

#[test]
fn without_a_fault_all_before_it_stays_the_same() {
    for name in SHIPPED {
        let scenario = shipped(name, &[], None);
        let whole = simulate(&scenario);
        for index in 0..scenario.faults.len() {
            let mut changed = scenario.clone();
            changed.faults[index] = changed.faults[index].never();
            let without = simulate(&changed);
            let label = &scenario.faults[index].label;
            let strikes = whole.faults.iter().filter(|fault| fault.label == *label);
            let Some(first) = strikes.map(|fault| fault.began).min() else {
                assert_eq!(whole.digest, without.digest, "{name}: {label} never struck");
                continue;
            };
            assert!(!without.faults.iter().any(|fault| fault.label == *label), "{name}: {label} strikes");
            assert_eq!(before(&whole, first), before(&without, first), "{name} without {label}");
            assert_ne!(whole.digest, without.digest, "{name}: {label} changes something");
            let window = (first.as_nanos() / whole.header.window.as_nanos()) as usize;
            for (one, other) in whole.clients.iter().zip(&without.clients) {
                assert_eq!(one.windows[..window], other.windows[..window], "{name} without {label}");
            }
        }
    }
}

fn before(record: &RunRecord, at: Instant) -> &[Fact] {
    &record.facts[..record.facts.partition_point(|fact| fact.at < at)]
}

#[test]
fn faults_that_stay_strike_as_before() {
    let faults = "faults=[{ label: early, at: 1m, crash: { nodes: 1 } }, \
                  { label: often, every: { exponential: { mean: 40s } }, hang: { nodes: 1 }, for: 5s }, \
                  { label: often, every: { exponential: { mean: 50s } }, slow: { nodes: 2, factor: 3 }, for: 5s }]";
    let scenario = shipped("gray-failure", &[faults, "duration=6m"], None);
    let strikes = |record: &RunRecord, label: &str| -> Vec<_> {
        let faults = record.faults.iter().filter(|fault| fault.label == label);
        faults.map(|fault| (fault.kind, fault.began)).collect()
    };
    let whole = simulate(&scenario);
    assert!(strikes(&whole, "often").len() > 6);
    let mut changed = scenario.clone();
    changed.faults[0] = changed.faults[0].never();
    let without = simulate(&changed);
    assert_eq!(strikes(&without, "early"), []);
    assert_eq!(strikes(&without, "often"), strikes(&whole, "often"));
    // Twins keep their own draws, too.
    let mut changed = scenario.clone();
    changed.faults[1] = changed.faults[1].never();
    let of_second = |record: &RunRecord| -> Vec<_> {
        strikes(record, "often")
            .into_iter()
            .filter(|(kind, _)| *kind == cusinart_record::FaultKind::Slow)
            .collect()
    };
    assert_eq!(of_second(&simulate(&changed)), of_second(&whole));
    // Requests start at the same moments, whatever strikes.
    for (one, other) in whole.clients[0].windows.iter().zip(&without.clients[0].windows) {
        assert_eq!(one.counts.offered, other.counts.offered);
    }
}

/// Explains a run and lets nobody stop it.
fn explain_to_the_end(
    source: &Source,
    scenario: &Scenario,
    run: (&RunRecord, &RunSummary),
    pool: &Pool,
) -> Explanation {
    let mut expected = 0;
    let ended = AtomicU32::new(0);
    let count = |tick: Tick| {
        ended.fetch_add(u32::from(matches!(tick, Tick::RunEnded(_))), Ordering::Relaxed);
        ControlFlow::Continue(())
    };
    let explained = explain(source, scenario, run, pool, &mut |runs| expected += runs, &count);
    assert_eq!(ended.into_inner(), expected, "as many replays as were told");
    match explained {
        ControlFlow::Continue(explanation) => explanation,
        ControlFlow::Break(()) => panic!("nobody stopped it"),
    }
}

/// A scenario explained on all cores.
fn explained(name: &str, set: &[&str]) -> (Scenario, RunSummary, Explanation) {
    explained_on(&Pool::new(0), name, set)
}

/// A scenario explained.
fn explained_on(pool: &Pool, name: &str, set: &[&str]) -> (Scenario, RunSummary, Explanation) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../scenarios/{name}.yaml"));
    let overlay = Overlay { set: set.iter().map(ToString::to_string).collect(), seed: None };
    let source = Source::open(&path, &overlay).expect("it is shipped");
    let (scenario, record, summary) = judged(name, set);
    let explanation = explain_to_the_end(&source, &scenario, (&record, &summary), pool);
    (scenario, summary, explanation)
}

/// The section of the page about what would have helped.
fn page(summary: RunSummary, explanation: Explanation) -> String {
    let summary = RunSummary { explain: Some(explanation), ..summary };
    let page = text(&summary, &TextStyle { color: false, width: 100 }, &PageLinks::default());
    let section = page.split("What would have helped").nth(1).expect("the page has the section");
    let body = section.split_once('\n').expect("the title is a line").1;
    format!("What would have helped\n{}\n", body.split("\n\n").next().unwrap_or_default().trim_end())
}

#[test]
fn what_helps_is_told_with_the_option_that_repeats_it() {
    let (_, summary, explanation) = explained("rolling-crash", &[]);
    expect![[r#"
        What would have helped
          ✗ availability: 93.41 %, limit >= 99.9 %
            ✓ without bad rollout (16 times from 1m40s): 100 %, holds
            ✓ with ejection of nodes whose requests fail: 100 %, holds
              --set 'control.load_balancer.ejection={}'
            ↗ with one missed probe less to declare a failure (was 2): 97.77 %, still missed
              --set control.health_monitor.detector.consecutive.failures=1
            ↗ with probes twice as often (was 5s): 96.74 %, still missed
              --set control.health_monitor.period=2.5s
            ↗ with a quarter more nodes at the start (was 10): 95.12 %, still missed
              --set services.api.nodes=13
            2 of 7 changes would have met it, 3 more help. No help: with boots twice as fast (was
            {lognormal: {median: 12s, p99: 30s}}): 93.47 %; with half the timeout of probes (was 1s): 93.41
            %.
    "#]]
    .assert_eq(&page(summary, explanation));
}

#[test]
fn it_is_said_when_nothing_helps() {
    // A median of 1 ms is out of reach of any setting: serving a request takes longer.
    let (_, summary, explanation) = explained("zone-outage", &["duration=8m", "slas=[latency.p50 < 1ms]"]);
    assert!(explanation.slas[0].trials.iter().all(|trial| !trial.helps && !trial.holds));
    expect![[r#"
        What would have helped
          ✗ latency.p50: 17.7 ms, limit < 1 ms
            None of the 4 changes helps. Tried: without zone_outage c at 5m: 17.7 ms; with ejection of nodes
            whose requests fail: 17.7 ms; with the node that has least connections (was {power_of_two: {}}):
            17.7 ms; with a quarter more nodes at the start (was 15): 17.7 ms.
    "#]]
    .assert_eq(&page(summary, explanation));
}

#[test]
fn a_replay_is_what_set_gives() {
    let (_, summary, explanation) = explained("rolling-crash", &[]);
    let mut settings = 0;
    for trial in &explanation.slas[0].trials {
        let Alteration::Setting { set, .. } = &trial.change else { continue };
        settings += 1;
        let (_, _, repeated) = judged("rolling-crash", &[set]);
        assert_eq!(repeated.slas[0].measured, trial.measured, "{set}");
        assert_eq!(repeated.slas[0].passed, trial.holds, "{set}");
    }
    assert!(settings >= 3, "{explanation:?}");
    assert!(!summary.slas[0].passed);
}

#[test]
fn a_file_written_in_full_is_explained_the_same() {
    let (scenario, summary, explanation) = explained("flash-crowd", &["duration=13m"]);
    let full = cusinart_scenarios::to_yaml(&scenario);
    let source = Source::new("scenario.yaml", &full, Path::new("."), &Overlay::default());
    let again = source.scenario().expect("it is read back");
    let record = simulate(&again);
    let of_full = explain_to_the_end(&source, &again, (&record, &summary), &Pool::new(0));
    let measured = |explanation: &Explanation| -> Vec<String> {
        let mut all: Vec<String> =
            explanation.slas[0].trials.iter().map(|trial| trial.text.clone()).collect();
        all.sort();
        all
    };
    let sets = |explanation: &Explanation| -> Vec<String> {
        let trials = explanation.slas.iter().flat_map(|sla| &sla.trials);
        let set = |change: &Alteration| match change {
            Alteration::Setting { set, .. } => Some(set.clone()),
            Alteration::WithoutFault { .. } => None,
        };
        trials.filter_map(|trial| set(&trial.change)).collect()
    };
    assert!(sets(&explanation).iter().any(|set| set.starts_with("control.auto_scaler.period=")));
    assert!(sets(&of_full).iter().any(|set| set.starts_with("services.frontend.auto_scaler.period=")));
    assert_eq!(measured(&explanation), measured(&of_full));
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let with = |threads: usize| {
        let (_, _, explanation) = explained_on(&Pool::new(threads), "gray-failure", &["duration=5m"]);
        cusinart_report::explain_json(&explanation)
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn whoever_watches_can_stop_it() {
    let (scenario, record, summary) = judged("gray-failure", &["duration=5m"]);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/gray-failure.yaml");
    let source = Source::open(&path, &Overlay::default()).expect("it is shipped");
    let stop = |_: Tick| ControlFlow::Break(());
    let run = (&record, &summary);
    let stopped = explain(&source, &scenario, run, &Pool::new(2), &mut |_| {}, &stop);
    assert_eq!(stopped, ControlFlow::Break(()));
}

#[test]
fn what_was_met_is_not_explained() {
    let (_, summary, explanation) = explained("zone-outage", &["duration=8m", "slas=[availability >= 50%]"]);
    assert!(summary.slas.iter().all(|sla| sla.passed));
    assert_eq!((explanation.replays, explanation.slas.len()), (0, 0));
}

#[test]
fn every_replacement_on_the_page_is_a_node_that_was_added() {
    let (_, record, summary) = judged("zone-outage", &[]);
    let added = record
        .facts
        .iter()
        .filter(|fact| matches!(&fact.kind, FactKind::Decision(Decision::NodeAdded { .. })));
    assert_eq!(summary.control.replaced, added.count() as u64);
    assert_eq!((summary.control.recovered, summary.control.restarts_refused), (0, 10));
}
