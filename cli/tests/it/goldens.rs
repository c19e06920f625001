//! The page of every shipped scenario, as reviewed, and the kinds of facts they show together.

use crate::command::{files, repository, run_in, shipped_scenarios};
use expect_test::expect_file;
use std::collections::{BTreeMap, BTreeSet};

/// Kinds of facts and decisions that the shipped scenarios must show.
const SHOWN: [&str; 15] = [
    "node_failure",
    "service_degraded",
    "node_recovered",
    "done restart_node",
    "done replicate_state",
    "done redirect_traffic",
    "scale_up",
    "scale_down",
    "node_added",
    "node_removed",
    "traffic_redirected",
    "replicas_lost",
    "plan_given_up",
    "replacement_held",
    "rollout",
];

#[test]
fn shipped_scenarios_give_their_pages_and_show_every_kind_of_fact() {
    let scratch = tempfile::tempdir().expect("the system has a folder for temporary files");
    let mut shown = BTreeSet::new();
    for name in shipped_scenarios() {
        let out = scratch.path().join(&name);
        let args =
            ["run", &format!("scenarios/{name}.yaml"), "--no-plots", "-q", "--out", &out.to_string_lossy()];
        let outcome = run_in(&repository(), &BTreeMap::new(), &args, b"");
        assert!([0, 99].contains(&outcome.code), "{name} ended with {}: {}", outcome.code, outcome.stderr);
        // The paths at the end belong to this test's folder.
        let page = outcome.stdout.split("\nfiles:").next().expect("there is a first part");
        expect_file![format!("golden/{name}.txt")].assert_eq(page);
        let facts = files(&out).remove("facts.jsonl").expect("every run writes facts");
        for line in String::from_utf8(facts).expect("it is text").lines() {
            shown.extend(kinds(&serde_json::from_str(line).expect("each line is JSON")));
        }
    }
    let missing: Vec<_> = SHOWN.iter().filter(|kind| !shown.contains(**kind)).collect();
    assert!(missing.is_empty(), "no shipped scenario shows {missing:?}; they show {shown:?}");
}

/// What a fact shows: its own kind, that of its decision, the step that was done or the capacity plan in it.
fn kinds(fact: &serde_json::Value) -> Vec<String> {
    let word = |value: &serde_json::Value| value.as_str().map(String::from);
    let mut kinds: Vec<_> = [word(&fact["fact"]), word(&fact["decision"])].into_iter().flatten().collect();
    if fact["decision"] == "step_finished" && fact["outcome"] == "done" {
        kinds.extend(word(&fact["step"]).map(|step| format!("done {step}")));
    }
    if let Some(plan) = fact["plan"].as_object() {
        kinds.extend(plan.keys().cloned());
    }
    kinds
}
