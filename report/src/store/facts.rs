//! facts.jsonl, read back.

use super::error::StoreError;
use cusinart_policies::Instant;
use cusinart_record::{Fact, FactKind};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Name of the file.
pub(super) const FILE: &str = "facts.jsonl";

/// A line of the file.
#[derive(Deserialize)]
struct Line {
    t_ns: u64,
    /// The same time for people.
    #[serde(rename = "t")]
    _t: IgnoredAny,
    #[serde(flatten)]
    kind: FactKind,
}

/// Reads all facts.
pub(super) fn read(text: &str) -> Result<Vec<Fact>, StoreError> {
    let mut facts: Vec<Fact> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let wrong =
            |found: String| StoreError::new(FILE, format!("in line {}: {found}", index + 1), "a fact");
        let Line { t_ns, kind, .. } = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
        let at = Instant::from_nanos(t_ns);
        if facts.last().is_some_and(|last| last.at > at) {
            return Err(wrong("an earlier time than in the line before".into()));
        }
        facts.push(Fact { at, kind });
    }
    Ok(facts)
}
