//! The summary of a run: everything that run.json says and the text page shows.

use crate::chain::chain;
use crate::control::{ControlSummary, Mistakes, control, mistakes};
use crate::counterfactual::Explanation;
use crate::explain::explain;
use crate::facts::counts_by_kind;
use crate::faults::{FaultSummary, detection_time, faults};
use crate::recovery_times::{Recovery, Times, recoveries};
use crate::requests::{ClientSummary, clients};
use crate::services::{DataLoss, ServiceSummary, data_loss, finite, services, total};
use crate::sla::{Ground, SlaResult, judge};
use crate::study::{ReplicationsSummary, Verdict};
use crate::warnings::warnings;
use crate::why::{Reason, reasons};
use cusinart_policies::{Duration, Instant, NodeId};
use cusinart_record::RunRecord;
use cusinart_scenarios::Scenario;
use serde::Serialize;
use std::collections::BTreeMap;

/// Version of the layout of run.json. Raised when a field changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything there is to say about a run.
///
/// Fields that end in `_ns` are nanoseconds: of virtual time since the start if they name a moment, else spans.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunSummary {
    /// Version of this layout.
    pub schema_version: u32,
    /// Whether all agreements hold.
    pub verdict: RunVerdict,
    /// What was run.
    pub run: RunHeader,
    /// The agreements in this run, in the order of the scenario.
    pub slas: Vec<SlaResult>,
    /// What its replications say, if there are any; they decide then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replications: Option<ReplicationsSummary>,
    /// The clients, in the order of the scenario.
    pub clients: Vec<ClientSummary>,
    /// The services, in the order of the scenario.
    pub services: Vec<ServiceSummary>,
    /// The faults, in order of their start.
    pub faults: Vec<FaultSummary>,
    /// What became of each node that a fault touched.
    pub recoveries: Vec<Recovery>,
    /// Times from a fault to the declaration of failure. Faults that were never declared count as infinite.
    pub time_to_detect: Times,
    /// Times from a fault to the node, or its replacement, serving again.
    pub time_to_recover: Times,
    /// Decisions of the control plane, counted.
    pub control: ControlSummary,
    /// Where the control plane acted against healthy nodes.
    pub mistakes: Mistakes,
    /// Cost of all nodes.
    pub cost: f64,
    /// Data loss.
    pub data_loss: DataLoss,
    /// What was decided and why, grouped, the most telling first.
    pub reasons: Vec<Reason>,
    /// What a reader has to know before believing the numbers.
    pub warnings: Vec<String>,
    /// Facts, by kind.
    pub facts: BTreeMap<String, u64>,
    /// All nodes that ever existed.
    pub nodes: Vec<NodeSummary>,
    /// What would have helped, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explain: Option<Explanation>,
}

/// What was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunHeader {
    /// Name of the scenario.
    pub scenario: String,
    /// What the scenario shows.
    pub description: String,
    /// Hash of the expanded scenario without its seed.
    pub scenario_hash: String,
    /// Seed of the run.
    pub seed: u64,
    /// Version of the simulator.
    pub version: String,
    /// Virtual time the scenario asks for.
    pub duration_ns: Duration,
    /// Virtual time that was simulated.
    pub simulated_ns: Duration,
    /// Whether the run was stopped early.
    pub interrupted: bool,
    /// Requests that start earlier do not count.
    pub warmup_ns: Duration,
    /// Width of the windows of the series.
    pub window_ns: Duration,
    /// Zone names.
    pub zones: Vec<String>,
    /// Events dispatched.
    pub events: u64,
    /// Digest of the run, 16 hexadecimal digits.
    pub digest: String,
}

/// A node that existed in the run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NodeSummary {
    /// The node.
    pub node: NodeId,
    /// Its name.
    pub name: String,
    /// Its service.
    pub service: String,
    /// Its zone.
    pub zone: String,
    /// When it was asked for, in nanoseconds.
    pub provisioned_ns: Instant,
    /// When it was given back, in nanoseconds.
    pub stopped_ns: Option<Instant>,
    /// Its cost.
    pub cost: f64,
}

/// Whether all agreements of a run hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunVerdict {
    /// All hold.
    Passed,
    /// At least one was missed.
    Failed,
    /// None was missed for sure, and for at least one more replications are needed to tell.
    Undecided,
    /// The scenario has none.
    NoSlas,
}

impl RunVerdict {
    /// The verdict of agreements that one run was judged by.
    pub(crate) fn of(slas: &[SlaResult]) -> Self {
        if slas.is_empty() {
            Self::NoSlas
        } else if slas.iter().all(|sla| sla.passed) {
            Self::Passed
        } else {
            Self::Failed
        }
    }
}

impl RunSummary {
    /// Whether all agreements hold.
    pub fn verdict(&self) -> RunVerdict {
        self.verdict
    }

    /// The agreements that were missed: over the replications, if there are any.
    pub(crate) fn missed(&self) -> Vec<&str> {
        match &self.replications {
            Some(replications) => {
                let failed = replications.slas.iter().filter(|sla| sla.verdict == Verdict::Fail);
                failed.map(|sla| sla.objective.as_str()).collect()
            }
            None => self.slas.iter().filter(|sla| !sla.passed).map(|sla| sla.objective.as_str()).collect(),
        }
    }
}

/// Summarizes and judges a run.
pub fn summarize(scenario: &Scenario, record: &RunRecord) -> RunSummary {
    let recoveries = recoveries(scenario, record);
    let mistakes = mistakes(scenario, record);
    let ground = Ground { scenario, record, recoveries: &recoveries, mistakes: &mistakes };
    let judged = scenario.slas.iter().map(|sla| {
        let mut result = judge(&ground, sla);
        if !result.passed {
            result.explanation = explain(&ground, sla, &result);
            result.chain = chain(&ground, sla);
        }
        result
    });
    let slas: Vec<SlaResult> = judged.collect();
    let faults = faults(record, &recoveries);
    RunSummary {
        schema_version: SCHEMA_VERSION,
        verdict: RunVerdict::of(&slas),
        run: run_header(scenario, record),
        clients: clients(record),
        services: services(record),
        time_to_detect: Times::of(recoveries.iter().filter_map(|pair| detection_time(pair.detection))),
        time_to_recover: Times::of(recoveries.iter().filter_map(|pair| pair.outcome.time())),
        control: control(record),
        cost: total(record.nodes.iter().map(|node| finite(node.cost))),
        data_loss: data_loss(record),
        reasons: reasons(record),
        warnings: warnings(record, &faults, &mistakes),
        facts: counts_by_kind(record),
        nodes: nodes(record),
        explain: None,
        slas,
        replications: None,
        faults,
        recoveries,
        mistakes,
    }
}

fn run_header(scenario: &Scenario, record: &RunRecord) -> RunHeader {
    let header = &record.header;
    RunHeader {
        scenario: header.scenario.clone(),
        description: scenario.description.clone(),
        scenario_hash: header.scenario_hash.clone(),
        seed: header.seed,
        version: header.version.clone(),
        duration_ns: header.duration,
        simulated_ns: record.simulated,
        interrupted: record.simulated < header.duration,
        warmup_ns: header.warmup,
        window_ns: header.window,
        zones: header.zones.clone(),
        events: record.events,
        digest: format!("{:016x}", record.digest),
    }
}

fn nodes(record: &RunRecord) -> Vec<NodeSummary> {
    let zone = |index: usize| record.header.zones.get(index).cloned().unwrap_or_default();
    let service = |index: usize| record.services.get(index).map(|s| s.name.clone()).unwrap_or_default();
    let summaries = record.nodes.iter().map(|node| NodeSummary {
        node: node.node,
        name: node.name.clone(),
        service: service(node.service.index()),
        zone: zone(node.zone.index()),
        provisioned_ns: node.provisioned,
        stopped_ns: node.stopped,
        cost: finite(node.cost),
    });
    summaries.collect()
}
