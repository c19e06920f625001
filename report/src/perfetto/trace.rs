//! The events of a run, track by track.

use super::event::{Event, Track};
use crate::columns::finite;
use crate::control::decisions;
use crate::html::fact_words;
use crate::series::{width, windows};
use crate::truth::timelines;
use cusinart_policies::{Decision, Instant, NodeId, ServiceId};
use cusinart_record::{FaultRecord, RunRecord};
use serde_json::{Value, json};

/// Process of the faults.
const FAULTS: usize = 1;
/// Process of the first service; the clients come after the last service.
const SERVICES: usize = 2;
/// Track of the decisions in the process of a service; its nodes come below.
const DECISIONS: usize = 1;

/// Writes the trace of a run, one event a line.
pub fn perfetto_json(record: &RunRecord) -> String {
    let mut events = Vec::new();
    name_tracks(record, &mut events);
    faults(record, &mut events);
    nodes(record, &mut events);
    control(record, &mut events);
    for index in 0..windows(record) {
        clients(record, index, &mut events);
        services(record, index, &mut events);
    }
    let lines: Vec<String> = events
        .iter()
        .map(|event| serde_json::to_string(event).expect("an event is plain data with string keys"))
        .collect();
    let header = &record.header;
    let about = json!({
        "scenario": header.scenario,
        "seed": header.seed,
        "version": header.version,
        "digest": format!("{:016x}", record.digest),
    });
    format!(
        "{{\"displayTimeUnit\":\"ms\",\"otherData\":{about},\"traceEvents\":[\n{}\n]}}\n",
        lines.join(",\n")
    )
}

/// The process of a service.
fn service_process(service: ServiceId) -> usize {
    SERVICES + service.index()
}

/// The process of a client.
fn client_process(record: &RunRecord, client: usize) -> usize {
    SERVICES + record.services.len() + client
}

/// The track of a node in the process of its service.
fn node_track(record: &RunRecord, node: NodeId) -> Option<Track> {
    let service = record.nodes.get(node.index())?.service;
    Some(Track { pid: service_process(service), tid: DECISIONS + 1 + node.index() })
}

fn name_tracks(record: &RunRecord, events: &mut Vec<Event>) {
    let mut process = |pid: usize, name: String| {
        let track = Track { pid, tid: 0 };
        events.push(Event::metadata(track, "process_name", json!({ "name": name })));
        events.push(Event::metadata(track, "process_sort_index", json!({ "sort_index": pid })));
    };
    process(FAULTS, "faults".into());
    for (index, service) in record.services.iter().enumerate() {
        process(SERVICES + index, format!("service {}", service.name));
    }
    for (index, client) in record.clients.iter().enumerate() {
        process(client_process(record, index), format!("client {}", client.name));
    }
    let mut thread = |track: Track, name: String| {
        events.push(Event::metadata(track, "thread_name", json!({ "name": name })));
        events.push(Event::metadata(track, "thread_sort_index", json!({ "sort_index": track.tid })));
    };
    for lane in 0..lanes(record).1 {
        thread(Track { pid: FAULTS, tid: 1 + lane }, "faults".into());
    }
    for index in 0..record.services.len() {
        thread(Track { pid: SERVICES + index, tid: DECISIONS }, "decisions".into());
    }
    for node in &record.nodes {
        if let Some(track) = node_track(record, node.node) {
            thread(track, node.name.clone());
        }
    }
}

/// When a fault ended, or the run.
fn end(record: &RunRecord, fault: &FaultRecord) -> Instant {
    fault.ended.unwrap_or(Instant::ZERO + record.simulated).max(fault.began)
}

/// A track for each fault, so that faults on the same track follow one another, and the number of tracks.
fn lanes(record: &RunRecord) -> (Vec<usize>, usize) {
    let mut free_from: Vec<Instant> = Vec::new();
    let mut chosen = Vec::new();
    for fault in &record.faults {
        let lane = free_from.iter().position(|free| *free <= fault.began).unwrap_or(free_from.len());
        if lane == free_from.len() {
            free_from.push(Instant::ZERO);
        }
        free_from[lane] = end(record, fault);
        chosen.push(lane);
    }
    (chosen, free_from.len())
}

fn faults(record: &RunRecord, events: &mut Vec<Event>) {
    for (fault, lane) in record.faults.iter().zip(lanes(record).0) {
        let nodes: Vec<&str> = fault
            .nodes
            .iter()
            .filter_map(|node| record.nodes.get(node.index()))
            .map(|node| node.name.as_str())
            .collect();
        let args = json!({
            "kind": fault.kind,
            "nodes": nodes,
            "requests": fault.requests,
            "probes": fault.probes,
            "replicas": fault.replicas,
        });
        let track = Track { pid: FAULTS, tid: 1 + lane };
        events.push(Event::slice(
            track,
            "fault",
            fault.label.clone(),
            (fault.began, end(record, fault)),
            args,
        ));
    }
}

fn nodes(record: &RunRecord, events: &mut Vec<Event>) {
    for (node, spans) in record.nodes.iter().zip(timelines(record)) {
        let Some(track) = node_track(record, node.node) else { continue };
        events.extend(spans.iter().map(|span| {
            let name = fact_words::state_word(span.state).to_string();
            Event::slice(track, "node", name, (span.from, span.to), Value::Null)
        }));
    }
}

fn control(record: &RunRecord, events: &mut Vec<Event>) {
    for (at, decision) in decisions(record) {
        let words = fact_words::decision(record, decision);
        let service = service_of(record, decision).unwrap_or(ServiceId(0));
        let track = Track { pid: service_process(service), tid: DECISIONS };
        let args = json!({ "of": words.of, "why": words.text, "decision": decision });
        events.push(Event::instant(track, "decision", format!("{} {}", words.what, words.of), at, args));
    }
}

/// The service that a decision is about.
fn service_of(record: &RunRecord, decision: &Decision) -> Option<ServiceId> {
    let of_node = |node: &NodeId| record.nodes.get(node.index()).map(|node| node.service);
    match decision {
        Decision::ServiceDegraded { service, .. }
        | Decision::ServiceRestored { service, .. }
        | Decision::Scaling { service, .. }
        | Decision::Rollout { service, .. }
        | Decision::NodeAdding { service, .. } => {
            (service.index() < record.services.len()).then_some(*service)
        }
        Decision::NodeSuspected { node, .. }
        | Decision::NodeFailure { node, .. }
        | Decision::NodeRecovered { node, .. }
        | Decision::PlanCreated { node, .. }
        | Decision::StepStarted { node, .. }
        | Decision::StepFinished { node, .. }
        | Decision::PlanCompleted { node, .. }
        | Decision::PlanGivenUp { node, .. }
        | Decision::TrafficRedirected { node, .. }
        | Decision::TrafficRestored { node, .. }
        | Decision::NodeEjected { node, .. }
        | Decision::NodeReturned { node }
        | Decision::NodeAdded { node, .. }
        | Decision::NodeAddFailed { node, .. }
        | Decision::NodeRemoving { node, .. }
        | Decision::RemovalCancelled { node }
        | Decision::ReplacementHeld { node, .. }
        | Decision::NodeRemoved { node, .. }
        | Decision::ReplicationStarted { to: node, .. }
        | Decision::ReplicationFinished { to: node, .. } => of_node(node),
    }
}

/// Load and latency of a window stand from its start.
fn clients(record: &RunRecord, index: usize, events: &mut Vec<Event>) {
    let start = Instant::ZERO + record.header.window * index as u64;
    let seconds = width(record, index).as_secs_f64();
    let per_s = |count: u64| finite(count as f64 / seconds).unwrap_or_default();
    let millis = |nanos: u64| nanos as f64 / 1e6;
    for (position, client) in record.clients.iter().enumerate() {
        let Some(window) = client.windows.get(index) else { continue };
        let pid = client_process(record, position);
        let counts = &window.counts;
        let load = json!({
            "offered": per_s(counts.offered),
            "ok": per_s(counts.ok),
            "failed": per_s(counts.failed_total()),
            "retries": per_s(counts.retries),
        });
        events.push(Event::counter(pid, "requests per second", start, load));
        let latency = json!({ "p50": millis(window.latency_p50), "p99": millis(window.latency_p99) });
        events.push(Event::counter(pid, "latency in ms", start, latency));
        let end = start + width(record, index);
        events.push(Event::counter(pid, "in flight", end, json!({ "requests": window.in_flight })));
    }
}

/// The state of a service stands from the end of its window.
fn services(record: &RunRecord, index: usize, events: &mut Vec<Event>) {
    let end = Instant::ZERO + record.header.window * index as u64 + width(record, index);
    for (position, service) in record.services.iter().enumerate() {
        let Some(window) = service.windows.get(index) else { continue };
        let pid = SERVICES + position;
        let nodes = json!({
            "provisioned": window.provisioned,
            "up": window.up,
            "healthy": window.healthy,
            "eligible": window.eligible,
        });
        events.push(Event::counter(pid, "nodes", end, nodes));
        let requests = json!({ "serving": window.serving, "queued": window.queued });
        events.push(Event::counter(pid, "requests", end, requests));
        let utilization = finite(window.utilization).unwrap_or_default();
        events.push(Event::counter(pid, "utilization", end, json!({ "busy": utilization })));
        if service.shards > 0 {
            let missing = json!({ "replicas": window.replicas_missing });
            events.push(Event::counter(pid, "replicas missing", end, missing));
        }
    }
}
