//! What of a run becomes which metric.

use super::exposition::{Exposition, Family, Type};
use crate::series::{width, windows};
use crate::summary::RunSummary;
use cusinart_record::{ClientRecord, ClientWindow, RequestError, RunRecord, ServiceWindow};
use std::collections::BTreeMap;

/// Upper ends of the buckets of latencies, in seconds.
const BUCKETS_S: [f64; 16] =
    [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];

/// Writes the numbers of a run.
pub fn openmetrics(record: &RunRecord, summary: &RunSummary) -> String {
    let mut out = Exposition::default();
    about(record, summary, &mut out);
    requests(record, &mut out);
    latency(record, &mut out);
    services(record, &mut out);
    facts(record, summary, &mut out);
    agreements(summary, &mut out);
    out.finish()
}

const fn family(name: &'static str, kind: Type, unit: &'static str, help: &'static str) -> Family {
    Family { name, kind, unit, help }
}

fn about(record: &RunRecord, summary: &RunSummary, out: &mut Exposition) {
    let header = &record.header;
    let (seed, digest) = (header.seed.to_string(), format!("{:016x}", record.digest));
    out.family(family("cusinart_run", Type::Info, "", "What was run."));
    let labels = [
        ("scenario", header.scenario.as_str()),
        ("seed", &seed),
        ("version", &header.version),
        ("digest", &digest),
    ];
    out.sample("_info", &labels, 1.0, None);
    out.family(family(
        "cusinart_simulated_seconds",
        Type::Gauge,
        "seconds",
        "Virtual time that was simulated.",
    ));
    out.sample("", &[], record.simulated.as_secs_f64(), None);
    out.family(family(
        "cusinart_cost",
        Type::Gauge,
        "",
        "Cost of all nodes, in the currency of the scenario.",
    ));
    out.sample("", &[], summary.cost, None);
}

/// Ends of all windows, in seconds of virtual time.
fn ends(record: &RunRecord) -> Vec<f64> {
    let end = |index| (record.header.window * index as u64 + width(record, index)).as_secs_f64();
    (0..windows(record)).map(end).collect()
}

fn requests(record: &RunRecord, out: &mut Exposition) {
    let ends = ends(record);
    let counter =
        |out: &mut Exposition, client: &ClientRecord, outcome: &str, count: &dyn Fn(&ClientWindow) -> u64| {
            let mut sum = 0.0;
            let outcome = [("client", client.name.as_str()), ("outcome", outcome)];
            let labels = if outcome[1].1.is_empty() { &outcome[..1] } else { &outcome[..] };
            for (window, end) in client.windows.iter().zip(&ends) {
                sum += count(window) as f64;
                out.sample("_total", labels, sum, Some(*end));
            }
        };
    out.family(family(
        "cusinart_requests",
        Type::Counter,
        "requests",
        "Requests that ended since the start of the run, by how they ended.",
    ));
    for client in &record.clients {
        counter(out, client, "ok", &|window| window.counts.ok);
        let happened = |index: usize| client.windows.iter().any(|window| window.counts.failed[index] > 0);
        let errors = RequestError::ALL.into_iter().enumerate();
        for (index, error) in errors.filter(|(index, error)| error.is_usual() || happened(*index)) {
            counter(out, client, error.word(), &|window| window.counts.failed[index]);
        }
    }
    let offered = "Requests that clients started since the start of the run.";
    out.family(family("cusinart_offered_requests", Type::Counter, "requests", offered));
    for client in &record.clients {
        counter(out, client, "", &|window| window.counts.offered);
    }
    out.family(family("cusinart_retries", Type::Counter, "", "Further tries since the start of the run."));
    for client in &record.clients {
        counter(out, client, "", &|window| window.counts.retries);
    }
    let in_flight = "Requests that were started and have not ended.";
    out.family(family("cusinart_in_flight_requests", Type::Gauge, "requests", in_flight));
    for client in &record.clients {
        for (window, end) in client.windows.iter().zip(&ends) {
            out.sample("", &[("client", &client.name)], window.in_flight as f64, Some(*end));
        }
    }
}

/// The histogram over the time that counts. A latency is counted by the upper end of its bucket in the record, which
/// has three digits.
fn latency(record: &RunRecord, out: &mut Exposition) {
    let help = "Latency of requests that were answered well and started after the warm-up, from their intended start.";
    out.family(family("cusinart_latency_seconds", Type::Histogram, "seconds", help));
    for client in &record.clients {
        let name = client.name.as_str();
        let steps: Vec<(f64, u64)> = client
            .latency
            .iter_recorded()
            .map(|step| (step.value_iterated_to() as f64 / 1e9, step.count_at_value()))
            .collect();
        for end in BUCKETS_S {
            let within: u64 = steps.iter().filter(|(value, _)| *value <= end).map(|(_, count)| count).sum();
            // OpenMetrics wants floats to look like floats in `le`.
            out.sample("_bucket", &[("client", name), ("le", &format!("{end:?}"))], within as f64, None);
        }
        let all = client.latency.len() as f64;
        out.sample("_bucket", &[("client", name), ("le", "+Inf")], all, None);
        out.sample("_count", &[("client", name)], all, None);
        out.sample("_sum", &[("client", name)], client.latency_sum as f64 / 1e9, None);
    }
}

fn services(record: &RunRecord, out: &mut Exposition) {
    let ends = ends(record);
    type Value = fn(&ServiceWindow) -> f64;
    // Name, unit and help of a family, and what is in each of its states.
    type Gauge<'a> = (&'static str, &'static str, &'static str, &'a [(&'a str, Value)]);
    let gauges: [Gauge<'_>; 4] = [
        (
            "cusinart_nodes",
            "nodes",
            "Nodes of a service: that cost money, run, are believed healthy, may be chosen.",
            &[
                ("provisioned", |window| f64::from(window.provisioned)),
                ("up", |window| f64::from(window.up)),
                ("healthy", |window| f64::from(window.healthy)),
                ("eligible", |window| f64::from(window.eligible)),
            ],
        ),
        (
            "cusinart_node_requests",
            "requests",
            "Requests at the nodes of a service.",
            &[("serving", |window| f64::from(window.serving)), ("queued", |window| f64::from(window.queued))],
        ),
        (
            "cusinart_utilization_ratio",
            "ratio",
            "Mean share of busy workers over the window.",
            &[("", |window| window.utilization)],
        ),
        (
            "cusinart_missing_replicas",
            "replicas",
            "Replicas that are missing to full replication.",
            &[("", |window| f64::from(window.replicas_missing))],
        ),
    ];
    for (name, unit, help, states) in gauges {
        out.family(family(name, Type::Gauge, unit, help));
        for service in &record.services {
            for (state, value) in states {
                let labels = [("service", service.name.as_str()), ("state", state)];
                let labels = if state.is_empty() { &labels[..1] } else { &labels[..] };
                for (window, end) in service.windows.iter().zip(&ends) {
                    out.sample("", labels, value(window), Some(*end));
                }
            }
        }
    }
}

fn facts(record: &RunRecord, summary: &RunSummary, out: &mut Exposition) {
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    for fault in &record.faults {
        let kind = serde_json::to_value(fault.kind).expect("a kind is a word");
        *kinds.entry(kind.as_str().unwrap_or_default().to_string()).or_default() += 1;
    }
    out.family(family("cusinart_faults", Type::Counter, "faults", "Faults that struck, by kind."));
    for (kind, count) in &kinds {
        out.sample("_total", &[("kind", kind)], *count as f64, None);
    }
    let help = "Facts of the run: decisions of the control plane and what happened to nodes.";
    out.family(family("cusinart_facts", Type::Counter, "facts", help));
    for (fact, count) in &summary.facts {
        out.sample("_total", &[("fact", fact)], *count as f64, None);
    }
}

fn agreements(summary: &RunSummary, out: &mut Exposition) {
    let labels = |index: usize| [("number", (index + 1).to_string())];
    out.family(family(
        "cusinart_sla_met",
        Type::Gauge,
        "",
        "1 if the SLA holds, else 0; SLAs are numbered as in the file.",
    ));
    for (index, sla) in summary.slas.iter().enumerate() {
        let [(name, number)] = &labels(index);
        out.sample("", &[(name, number), ("sla", &sla.text)], f64::from(u8::from(sla.passed)), None);
    }
    out.family(family(
        "cusinart_sla_measured",
        Type::Gauge,
        "",
        "What was measured, in the base unit of the metric.",
    ));
    for (index, sla) in summary.slas.iter().enumerate() {
        let [(name, number)] = &labels(index);
        if let Some(measured) = sla.measured {
            out.sample("", &[(name, number), ("sla", &sla.text)], measured, None);
        }
    }
}
