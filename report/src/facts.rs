//! facts.jsonl: one JSON object a line.
//!
//! `t_ns` is the time in nanoseconds, `t` the same for people. `fact` is the kind of fact; decisions of the control
//! plane have `"fact":"decision"` and their kind in `decision`. All other fields are those of the kind, spans in
//! nanoseconds.

use crate::human;
use cusinart_policies::Decision;
use cusinart_record::{Fact, FactKind, RunRecord};
use serde::Serialize;
use std::collections::BTreeMap;
use std::mem::{Discriminant, discriminant};

/// A line of the file.
#[derive(Serialize)]
struct Line<'a> {
    t_ns: u64,
    t: String,
    #[serde(flatten)]
    kind: &'a FactKind,
}

/// Writes all facts, one JSON object a line, in order.
pub fn facts_jsonl(record: &RunRecord) -> String {
    let mut out = String::new();
    for fact in &record.facts {
        let line = Line { t_ns: fact.at.as_nanos(), t: human::clock(fact.at), kind: &fact.kind };
        out.push_str(&serde_json::to_string(&line).expect("facts are plain data with string keys"));
        out.push('\n');
    }
    out
}

/// Counts facts by kind; decisions by their own kind.
pub(crate) fn counts_by_kind(record: &RunRecord) -> BTreeMap<String, u64> {
    // Naming a fact means to serialize it, so that is done once for every kind and not for every fact.
    let mut kinds: Vec<(Kind, &Fact, u64)> = Vec::new();
    for fact in &record.facts {
        let kind = Kind::of(fact);
        match kinds.iter_mut().find(|(known, ..)| *known == kind) {
            Some((.., count)) => *count += 1,
            None => kinds.push((kind, fact, 1)),
        }
    }
    kinds.into_iter().map(|(_, fact, count)| (kind_name(fact), count)).collect()
}

/// The kind of a fact and, for decisions, of the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kind(Discriminant<FactKind>, Option<Discriminant<Decision>>);

impl Kind {
    fn of(fact: &Fact) -> Self {
        let decision = if let FactKind::Decision(decision) = &fact.kind { Some(decision) } else { None };
        Self(discriminant(&fact.kind), decision.map(discriminant))
    }
}

/// The kind of a fact as the file names it.
fn kind_name(fact: &Fact) -> String {
    let value = serde_json::to_value(&fact.kind).expect("facts are plain data with string keys");
    let name = value.get("decision").or(value.get("fact")).and_then(|name| name.as_str());
    name.expect("every fact is tagged with its kind").to_string()
}
