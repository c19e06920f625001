//! Writes and reads record.json.

use super::check;
use super::error::StoreError;
use super::facts;
use super::rows::{StoredClient, StoredService};
use super::version::check_version;
use crate::counterfactual::{EXPLAIN_VERSION, Explanation};
use crate::facts::facts_jsonl;
use crate::study::Looks;
use cusinart_policies::Duration;
use cusinart_record::{EarlyEnd, FaultRecord, Header, NodeRecord, RunRecord, Violation, hash64};
use cusinart_scenarios::Scenario;
use serde::{Deserialize, Serialize};

/// Name of the file.
pub(super) const FILE: &str = "record.json";
/// Name of the file with what would have helped.
const EXPLANATION: &str = "explain.json";
/// Version of the layout of record.json.
const SCHEMA_VERSION: u32 = 1;

/// A run that was read back.
#[derive(Clone, Debug)]
pub struct StoredRun {
    /// The scenario.
    pub scenario: Scenario,
    /// What the run left behind.
    pub record: RunRecord,
    /// When its replications were looked at, if it was replicated.
    pub looks: Option<Looks>,
}

/// What record.json holds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    schema_version: u32,
    header: Header,
    simulated: Duration,
    early_end: Option<EarlyEnd>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    violation: Option<Violation>,
    events: u64,
    digest: String,
    checkpoints: Vec<(u64, String)>,
    /// xxh3-64 of facts.jsonl.
    facts_hash: String,
    looks: Option<Looks>,
    nodes: Vec<NodeRecord>,
    faults: Vec<FaultRecord>,
    clients: Vec<StoredClient>,
    services: Vec<StoredService>,
}

/// Writes record.json: all of a run that is neither in scenario.yaml nor in facts.jsonl.
pub fn record_json(record: &RunRecord, looks: Option<&Looks>) -> String {
    let checkpoints = record.checkpoints.iter();
    let stored = Stored {
        schema_version: SCHEMA_VERSION,
        header: record.header.clone(),
        simulated: record.simulated,
        early_end: record.early_end,
        violation: record.violation.clone(),
        events: record.events,
        digest: hex(record.digest),
        checkpoints: checkpoints.map(|(records, digest)| (*records, hex(*digest))).collect(),
        facts_hash: hex(hash64(facts_jsonl(record).as_bytes())),
        looks: looks.cloned(),
        nodes: record.nodes.clone(),
        faults: record.faults.clone(),
        clients: record.clients.iter().map(StoredClient::of).collect(),
        services: record.services.iter().map(StoredService::of).collect(),
    };
    serde_json::to_string(&stored).expect("the record is plain data with string keys") + "\n"
}

/// Reads a run back from the texts of its record.json and facts.jsonl, and its scenario from scenario.yaml. Takes
/// memory in proportion to the texts and the scenario, whatever the texts say.
///
/// # Errors
/// If a text is cut off, of another version, changed, or does not fit the scenario.
pub fn read_run(scenario: Scenario, record_json: &str, facts_jsonl: &str) -> Result<StoredRun, StoreError> {
    const EXPECTED: &str = "the record of a run";
    check_version(FILE, record_json, SCHEMA_VERSION, EXPECTED)?;
    let stored: Stored =
        serde_json::from_str(record_json).map_err(|error| StoreError::json(FILE, &error, EXPECTED))?;
    check::header(&stored.header, &scenario)?;
    check::clients(&stored.clients, &scenario)?;
    check::services(&stored.services, &scenario)?;
    let found = hex(hash64(facts_jsonl.as_bytes()));
    if found != stored.facts_hash {
        let expected = format!("hash {}, as {FILE} says: it was changed or cut off", stored.facts_hash);
        return Err(StoreError::new(facts::FILE, format!("hash {found}"), expected));
    }
    check::looks(stored.looks.as_ref())?;
    let looks = stored.looks.clone();
    let record = stored.into_record(facts::read(facts_jsonl)?)?;
    check::whole(&record)?;
    Ok(StoredRun { scenario, record, looks })
}

/// Reads explain.json.
///
/// # Errors
/// If the text is something else, or of another version.
pub fn read_explanation(text: &str) -> Result<Explanation, StoreError> {
    let explanation: Explanation = serde_json::from_str(text)
        .map_err(|error| StoreError::json(EXPLANATION, &error, "what would have helped in a run"))?;
    if explanation.schema_version != EXPLAIN_VERSION {
        let found = format!("layout {}", explanation.schema_version);
        return Err(StoreError::new(EXPLANATION, found, format!("layout {EXPLAIN_VERSION}")));
    }
    Ok(explanation)
}

impl Stored {
    fn into_record(self, facts: Vec<cusinart_record::Fact>) -> Result<RunRecord, StoreError> {
        let checkpoints = self.checkpoints.into_iter();
        Ok(RunRecord {
            header: self.header,
            nodes: self.nodes,
            facts,
            faults: self.faults,
            clients: self.clients.into_iter().map(StoredClient::into_record).collect(),
            services: self.services.into_iter().map(StoredService::into_record).collect(),
            simulated: self.simulated,
            early_end: self.early_end,
            violation: self.violation,
            events: self.events,
            digest: unhex(&self.digest)?,
            checkpoints: checkpoints
                .map(|(records, digest)| Ok((records, unhex(&digest)?)))
                .collect::<Result<_, StoreError>>()?,
        })
    }
}

/// A digest as all files show it.
fn hex(digest: u64) -> String {
    format!("{digest:016x}")
}

fn unhex(text: &str) -> Result<u64, StoreError> {
    let digest = u64::from_str_radix(text, 16).ok().filter(|digest| hex(*digest) == text);
    digest.ok_or_else(|| StoreError::new(FILE, format!("{text:?} as a digest"), "16 hexadecimal digits"))
}
