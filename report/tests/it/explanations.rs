//! Explanations of missed agreements.

use crate::fixture::{at, record, scenario, sla, within};
use cusinart_policies::{Decision, StepOutcome};
use cusinart_record::{FactKind, RunRecord};
use cusinart_report::summarize;
use cusinart_scenarios::{Comparison, Metric, Sla, Statistic};
use expect_test::{Expect, expect};

#[test]
fn only_windows_within_the_interval_are_named() {
    let during = |metric, limit| within((at(390.0), at(405.0)), sla("", metric, Comparison::Below, limit));
    check(
        &record(),
        during(Metric::ErrorRatio, 0.0),
        &expect![[r#"
        4,289 of 22,885 requests failed: 3,216 timeout, 1,073 rejected.
        Bad from 6m30s–6m45s (3 bad windows of 5 s): 100 % of all failures lie there.
        Worst window 6m30s–6m35s: 1,567 of 7,766 requests failed (1,175 timeout, 392 rejected), p99 2 s, 1,093 in flight; 5 of 8 nodes up, 250 requests waiting, workers 100 % busy.
        No fault was active then, but clients offered 1,526/s, 1.5 times the mean of the run.
        The control plane started 2 restarts from 6m31s; had 1 added node serving at 6m39.5s."#]],
    );
    check(
        &record(),
        during(Metric::Latency(Statistic::Quantile(0.999)), 0.0),
        &expect![[r#"
            Bad from 6m30s–6m45s (3 bad windows of 5 s).
            Worst window 6m30s–6m35s: 1,567 of 7,766 requests failed (1,175 timeout, 392 rejected), max 2.3 s, 1,093 in flight; 5 of 8 nodes up, 250 requests waiting, workers 100 % busy.
            No fault was active then, but clients offered 1,526/s, 1.5 times the mean of the run.
            The control plane started 2 restarts from 6m31s; had 1 added node serving at 6m39.5s."#]],
    );
}

#[test]
fn the_greatest_latency_counts_within_an_interval_for_high_quantiles() {
    let mut run = record();
    run.clients[0].windows[20].latency_max = 9_000_000_000;
    let missed = within(
        (at(60.0), at(180.0)),
        sla("", Metric::Latency(Statistic::Quantile(0.999)), Comparison::Below, 1.0),
    );
    check(
        &run,
        missed,
        &expect![[r#"
            Bad from 1m40s–1m45s (1 bad window of 5 s).
            Worst window 1m40s–1m45s: 0 of 3,194 requests failed, max 9 s, 22 in flight; 6 of 6 nodes up, 0 requests waiting, workers 50 % busy.
            No fault was active then, and the load was ordinary.
            The control plane did nothing in that time."#]],
    );
}

#[test]
fn a_step_that_became_obsolete_is_no_failed_try() {
    let mut run = record();
    for fact in &mut run.facts {
        if let FactKind::Decision(Decision::StepFinished { attempt, outcome, .. }) = &mut fact.kind {
            (*attempt, *outcome) = (0, StepOutcome::Obsolete);
        }
    }
    let missed = sla("", Metric::TimeToRecover(Statistic::Max), Comparison::Below, 1.0);
    check(
        &run,
        missed,
        &expect![[r#"
        Never back: frontend-b-7.
        Slowest: zone_outage b (5m–6m30s, 4 nodes) struck frontend-b-7 at 5m, which did not serve again.
        The control plane: declared failed (no answer) at 5m16.4s, plan redirect_traffic + restart_node at 5m16.4s, redirect_traffic no longer needed at 5m16.4s, restart_node no longer needed at 5m16.4s, restart_node no longer needed at 5m26.4s, restart_node no longer needed at 7m46.4s."#]],
    );
    check(
        &run,
        sla("", Metric::Availability, Comparison::AtLeast, 1.0),
        &expect![[r#"
            84,691 of 601,166 requests failed: 64,349 timeout, 20,342 rejected.
            Bad from 5m–7m (23 bad windows of 5 s, and 15 at other times): 74.67 % of all failures lie there.
            Worst window 5m–5m05s: 4,342 of 7,918 requests failed (3,537 timeout, 805 rejected), p99 2 s, 1,086 in flight; 4 of 8 nodes up, 333 requests waiting, workers 100 % busy.
            Active then: zone_outage b (5m–6m30s, 4 nodes); and clients offered 1,537/s, 1.5 times the mean of the run.
            The control plane declared 4 nodes failed from 5m12.5s (no answer); redirected the traffic of 4 nodes from 5m12.5s; started 12 restarts from 5m12.5s; gave up 1 plan at 5m45.2s (every try failed); kept the number of nodes from 6m (max 6 nodes); had 1 added node serving at 6m39.5s; saw 2 nodes recover from 6m55s; started 1 replication step at 6m58s."#]],
    );
}

/// Lists the sentences that explain a missed agreement.
fn check(record: &RunRecord, sla: Sla, expect: &Expect) {
    let mut scenario = scenario();
    scenario.slas = vec![sla];
    expect.assert_eq(&summarize(&scenario, record).slas[0].explanation.join("\n"));
}
