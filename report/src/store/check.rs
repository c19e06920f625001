//! Whether what was read is a run of the scenario beside it, so that everything else can rely on it.

use super::error::StoreError;
use super::record::FILE;
use super::rows::{ClientRow, StoredClient, StoredService};
use crate::study::Looks;
use cusinart_policies::{NodeId, ServiceId};
use cusinart_record::{Header, RequestCounts, RunRecord};
use cusinart_scenarios::{Scenario, scenario_hash};
use std::fmt::Debug;

/// Most of anything that a run can count: far more than a run can do, and sums over all windows stay numbers.
const COUNT_MAX: u64 = 1 << 44;

/// Something in record.json that does not fit.
pub(super) fn wrong(found: impl Into<String>, expected: impl Debug) -> StoreError {
    StoreError::new(FILE, found, format!("{expected:?}"))
}

/// Checks that two things agree.
fn same<T: PartialEq + Debug>(what: &str, found: T, expected: T) -> Result<(), StoreError> {
    if found == expected { Ok(()) } else { Err(wrong(format!("{what} {found:?}"), expected)) }
}

/// Checks that a number is at most so large.
fn at_most(what: &str, found: u64, most: u64) -> Result<(), StoreError> {
    if found <= most {
        return Ok(());
    }
    Err(StoreError::new(FILE, format!("{found} {what}"), format!("at most {most}")))
}

/// What was run is the scenario.
pub(super) fn header(header: &Header, scenario: &Scenario) -> Result<(), StoreError> {
    let hash = scenario_hash(scenario);
    if header.scenario_hash != hash {
        let expected = format!("{}, as {FILE} says: the scenario was changed", header.scenario_hash);
        return Err(StoreError::new("scenario.yaml", format!("hash {hash}"), expected));
    }
    same("scenario", &header.scenario, &scenario.name)?;
    same("seed", header.seed, scenario.seed)?;
    same("duration", header.duration, scenario.duration)?;
    same("warmup", header.warmup, scenario.warmup)?;
    same("window", header.window, scenario.window)?;
    same("zones", &header.zones, &scenario.zones)
}

/// The clients are those of the scenario, and what they counted can be added up.
pub(super) fn clients(clients: &[StoredClient], scenario: &Scenario) -> Result<(), StoreError> {
    same("number of clients", clients.len(), scenario.clients.len())?;
    for (found, expected) in clients.iter().zip(&scenario.clients) {
        same("client", &found.name, &expected.name)?;
        same("service of a client", found.service, expected.service)?;
        windows(found.windows.len(), scenario)?;
        counts(&found.counts)?;
        for (value, count) in &found.latency {
            at_most("requests with a latency", *count, COUNT_MAX)?;
            if *count == 0 {
                return Err(wrong(format!("no request with the latency {value}"), "at least 1"));
            }
        }
        let total: u128 = found.latency.iter().map(|(_, count)| u128::from(*count)).sum();
        same("requests with a latency", total, u128::from(found.counts.ok))?;
        for row in &found.windows {
            let (offered, ok, failed, retries, retries_denied, in_flight, ..): ClientRow = *row;
            counts(&RequestCounts { offered, ok, failed, retries, retries_denied, hedges: 0 })?;
            at_most("requests in flight", in_flight, COUNT_MAX)?;
        }
        column("hedges", found.hedges.len(), found.windows.len())?;
        found.hedges.iter().try_for_each(|count| at_most("hedges", *count, COUNT_MAX))?;
    }
    Ok(())
}

fn counts(counts: &RequestCounts) -> Result<(), StoreError> {
    let RequestCounts { offered, ok, failed, retries, retries_denied, hedges } = *counts;
    let all = [offered, ok, retries, retries_denied, hedges].into_iter().chain(failed.0);
    all.into_iter().try_for_each(|count| at_most("requests", count, COUNT_MAX))
}

/// The services are those of the scenario, and what they counted can be added up.
pub(super) fn services(services: &[StoredService], scenario: &Scenario) -> Result<(), StoreError> {
    same("number of services", services.len(), scenario.services.len())?;
    for (found, expected) in services.iter().zip(&scenario.services) {
        same("service", &found.name, &expected.name)?;
        windows(found.windows.len(), scenario)?;
        column("limits", found.limits.len(), found.windows.len())?;
        let shed = [found.shed.limited, found.shed.dropped, found.shed.expired];
        for count in [found.arrived, found.served, found.wasted, found.rejected].into_iter().chain(shed) {
            at_most("tries of a service", count, COUNT_MAX)?;
        }
        for count in [found.replicas_lost, found.replicas_copied] {
            at_most("replicas of a service", count, COUNT_MAX)?;
        }
    }
    Ok(())
}

/// A column that only some runs have is there for every window, or not at all.
fn column(what: &str, found: usize, windows: usize) -> Result<(), StoreError> {
    if found == 0 { Ok(()) } else { same(&format!("windows with {what}"), found, windows) }
}

fn windows(found: usize, scenario: &Scenario) -> Result<(), StoreError> {
    at_most("windows", found as u64, scenario.duration.as_nanos().div_ceil(scenario.window.as_nanos()))
}

/// Looks ascend and leave some probability of error.
pub(super) fn looks(looks: Option<&Looks>) -> Result<(), StoreError> {
    let Some(looks) = looks else { return Ok(()) };
    if looks.make_sense() {
        return Ok(());
    }
    Err(wrong(format!("looks {looks:?}"), "ascending numbers of replications"))
}

/// Ids name what exists, and times lie within the run.
pub(super) fn whole(record: &RunRecord) -> Result<(), StoreError> {
    if record.simulated > record.header.duration {
        return Err(wrong(format!("{} simulated", record.simulated), "at most the duration"));
    }
    let (zones, services) = (record.header.zones.len(), record.services.len());
    for (index, node) in record.nodes.iter().enumerate() {
        same("node", node.node.index(), index)?;
        if node.zone.index() >= zones || node.service.index() >= services || !node.cost.is_finite() {
            return Err(wrong(format!("{node:?}"), "a zone and a service that exist, and a cost"));
        }
    }
    let exists = |node: &NodeId| node.index() < record.nodes.len();
    for pair in record.faults.windows(2) {
        if pair[0].began > pair[1].began {
            return Err(wrong(format!("{:?}", pair[1]), "faults in the order of their start"));
        }
    }
    for fault in &record.faults {
        let counts = [fault.requests, fault.probes, fault.replicas];
        if !fault.nodes.iter().all(exists) || counts.into_iter().any(|count| count > COUNT_MAX) {
            return Err(wrong(format!("{fault:?}"), "nodes that exist and numbers that a run can count"));
        }
    }
    let known = |service: ServiceId| service.index() < services;
    match record.clients.iter().find(|client| !known(client.service)) {
        Some(client) => Err(wrong(format!("client {}", client.name), "a service that exists")),
        None => Ok(()),
    }
}
