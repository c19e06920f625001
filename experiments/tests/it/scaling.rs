//! Autoscalers: the vectors of the originals, and each policy in a run.

use super::{read, simulate};
use cusinart_experiments::{VectorFile, check_vectors};
use cusinart_policies::{CapacityPlan, Decision, PolicyKind, catalogue};
use cusinart_record::FactKind;
use cusinart_report::CaseOutcome;
use cusinart_scenarios::to_yaml;
use std::fs;
use std::path::Path;

#[test]
fn every_autoscaling_vector_is_answered_as_the_original_does() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance/vectors/autoscaling");
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("the folder is there").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    let file = |path: &std::path::PathBuf| {
        let text = fs::read_to_string(path).expect("is text");
        VectorFile::read(&path.display().to_string(), &text).expect("holds vectors")
    };
    let checked = check_vectors(&paths.iter().map(file).collect::<Vec<_>>());
    assert!(checked.cases.len() > 300, "{} vectors", checked.cases.len());
    let wrong: Vec<_> = checked.cases.iter().filter(|case| case.outcome != CaseOutcome::Passed).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_scaling_policy_grows_an_overloaded_service_and_survives_being_written() {
    let entries = catalogue::entries().iter().filter(|entry| entry.kind == PolicyKind::Scaling);
    for entry in entries {
        let scenario = read(&format!(
            "
version: 1
name: overloaded
description: Two nodes for the work of four.
duration: 6m
zones: [a]
node_types: {{ std: {{ workers: 1, boot_time: 5s }} }}
services: {{ s: {{ node_type: std, nodes: 2, service_time: 80ms }} }}
clients: {{ u: {{ service: s, arrivals: {{ poisson: {{ rate: 40/s }} }}, timeout: 1s }} }}
control:
  auto_scaler: {{ period: 15s, max: 20, policy: {{ {} }} }}
",
            entry.example
        ));
        let written = to_yaml(&scenario);
        assert_eq!(read(&written).control, scenario.control, "{written}");
        let record = simulate(&scenario);
        let grows = record.facts.iter().any(|fact| match &fact.kind {
            FactKind::Decision(Decision::Scaling { plan: CapacityPlan::ScaleUp(_), reason, .. }) => {
                reason.policy == entry.name
            }
            FactKind::Decision(_)
            | FactKind::NodeState { .. }
            | FactKind::FaultBegan { .. }
            | FactKind::FaultEnded { .. }
            | FactKind::FaultMissed { .. }
            | FactKind::NodeProvisioned { .. }
            | FactKind::ReplicasLost { .. }
            | FactKind::ShardLost { .. }
            | FactKind::Breaker { .. } => false,
        });
        assert!(grows, "{}", entry.name);
    }
}
