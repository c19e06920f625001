//! run.json, facts.jsonl and series.csv.

use crate::fixture;
use cusinart_record::{Fact, FactKind};
use cusinart_report::{facts_jsonl, run_json, series_csv, summarize};
use expect_test::expect;

#[test]
fn every_fact_is_a_line_that_reads_back() {
    let record = fixture::record();
    let text = facts_jsonl(&record);
    let read: Vec<Fact> = text
        .lines()
        .map(|line| {
            let mut value: serde_json::Value = serde_json::from_str(line).expect("a JSON object");
            let at = value["t_ns"].take();
            let kind: FactKind = serde_json::from_value(value).expect("a kind of fact");
            Fact { at: cusinart_policies::Instant::from_nanos(at.as_u64().expect("a time")), kind }
        })
        .collect();
    assert_eq!(read, record.facts);
    let shown: Vec<&str> = [0, 8, 12].iter().filter_map(|index| text.lines().nth(*index)).collect();
    expect![[r#"
        {"t_ns":60000000000,"t":"1m","fact":"decision","decision":"scaling","service":0,"plan":"maintain","current":4,"desired":4,"reason":{"policy":"threshold","metric":"utilization","value":0.55,"target":0.7,"age":1200000000,"proposed":4,"limits":[]}}
        {"t_ns":240000000000,"t":"4m","fact":"node_provisioned","node":6,"zone":0}
        {"t_ns":240000000000,"t":"4m","fact":"node_state","node":7,"state":"booting"}"#]].assert_eq(&shown.join("\n"));
}

#[test]
fn the_json_has_what_a_report_needs_and_no_nan() {
    let summary = summarize(&fixture::scenario(), &fixture::record());
    let text = run_json(&summary);
    let value: serde_json::Value = serde_json::from_str(&text).expect("valid JSON");
    assert_eq!(value["schema_version"], 1);
    assert_eq!(value["verdict"], "failed");
    assert_eq!(value["run"]["digest"], "0123456789abcdef");
    let histogram = value["clients"][0]["latency"]["histogram"].as_array().expect("pairs");
    let counted: u64 = histogram.iter().map(|pair| pair[1].as_u64().expect("a count")).sum();
    assert_eq!(Some(counted), value["clients"][0]["latency"]["count"].as_u64());
    let never = &value["slas"][5];
    assert_eq!(
        (&never["measured"], &never["infinite"]),
        (&serde_json::Value::Null, &serde_json::Value::Bool(true))
    );
    assert_eq!(text, run_json(&summarize(&fixture::scenario(), &fixture::record())), "twice the same");
    let keys =
        text.lines().filter(|line| line.starts_with("  \"")).map(str::trim).collect::<Vec<_>>().join("\n");
    expect![[r#"
          "schema_version": 1,
          "verdict": "failed",
          "run": {
          "slas": [
          "clients": [
          "services": [
          "faults": [
          "recoveries": [
          "time_to_detect": {
          "time_to_recover": {
          "control": {
          "mistakes": {
          "cost": 2.24,
          "data_loss": {
          "reasons": [
          "warnings": [
          "facts": {
          "nodes": ["#]]
    .assert_eq(&keys);
}

#[test]
fn facts_are_counted_by_kind() {
    let summary = summarize(&fixture::scenario(), &fixture::record());
    let lines: Vec<String> = summary.facts.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    expect![[r#"
        fault_began 4
        fault_ended 4
        fault_missed 1
        node_added 3
        node_adding 3
        node_failure 6
        node_provisioned 3
        node_recovered 4
        node_removed 1
        node_removing 1
        node_state 22
        node_suspected 6
        plan_completed 4
        plan_created 6
        plan_given_up 1
        replicas_lost 1
        replication_finished 1
        replication_started 1
        scaling 9
        service_degraded 2
        service_restored 1
        step_finished 21
        step_started 21
        traffic_redirected 6
        traffic_restored 4"#]]
    .assert_eq(&lines.join("\n"));
    assert_eq!(summary.facts.values().sum::<u64>(), fixture::record().facts.len() as u64);
}

#[test]
fn the_series_has_a_row_per_window() {
    let mut record = fixture::record();
    record.clients[1].name = "batch, \"nightly\"".into();
    let text = series_csv(&record);
    assert_eq!(text.lines().count(), 1 + 120);
    let shown: Vec<&str> = [0, 1, 61].iter().filter_map(|index| text.lines().nth(*index)).collect();
    expect![[r#"
        time_s,shoppers.offered_per_s,shoppers.ok_per_s,shoppers.failed_per_s,shoppers.retries_per_s,shoppers.in_flight,shoppers.p50_ms,shoppers.p95_ms,shoppers.p99_ms,shoppers.timeout_per_s,shoppers.refused_per_s,shoppers.rejected_per_s,shoppers.reset_per_s,shoppers.error_per_s,shoppers.unrouted_per_s,"batch, ""nightly"".offered_per_s","batch, ""nightly"".ok_per_s","batch, ""nightly"".failed_per_s","batch, ""nightly"".retries_per_s","batch, ""nightly"".in_flight","batch, ""nightly"".p50_ms","batch, ""nightly"".p95_ms","batch, ""nightly"".p99_ms","batch, ""nightly"".timeout_per_s","batch, ""nightly"".refused_per_s","batch, ""nightly"".rejected_per_s","batch, ""nightly"".reset_per_s","batch, ""nightly"".error_per_s","batch, ""nightly"".unrouted_per_s",frontend.provisioned,frontend.up,frontend.healthy,frontend.eligible,frontend.serving,frontend.queued,frontend.utilization,frontend.replicas_missing,store.provisioned,store.up,store.healthy,store.eligible,store.serving,store.queued,store.utilization,store.replicas_missing
        0,612.6,612.6,0,0,21,36.330949,90.827372,145.323796,0,0,0,0,0,0,41,41,0,0,1,27.478481,68.696202,109.913924,0,0,0,0,0,0,4,4,4,4,32,0,0.5,0,2,2,2,2,16,0,0.3333333333333333,0
        300,1543.4,675,868.4,434.2,1084,722.88,1807.2,2000,707.4,0,161,0,0,0,40.2,40.2,0,0,2,56.290909,140.727272,225.163636,0,0,0,0,0,0,6,3,6,6,24,333,1,0,2,1,2,2,8,0,0.6666666666666666,8"#]].assert_eq(&shown.join("\n"));
}
