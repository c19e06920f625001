//! Faults, errors and lists in words.

use crate::human;
use crate::measure::unrouted_index;
use crate::requests::WindowSum;
use cusinart_policies::Instant;
use cusinart_record::{FaultRecord, RequestError, RunRecord};

/// Faults that were active at some moment of an interval and touched something.
pub(crate) fn faults_at(record: &RunRecord, from: Instant, to: Instant) -> Vec<&FaultRecord> {
    let active = |fault: &&FaultRecord| {
        fault.began < to
            && fault.ended.is_none_or(|ended| ended > from || ended == fault.began)
            && !fault.touched_nothing()
    };
    record.faults.iter().filter(active).collect()
}

/// A fault with its time and what it touched.
pub(crate) fn fault_text(record: &RunRecord, fault: &FaultRecord) -> String {
    let until = fault.ended.map_or_else(|| "the end".into(), human::clock);
    let nodes = match fault.nodes.as_slice() {
        [] => String::new(),
        [node] => format!(", {}", crate::recovery_times::node_name(record, *node)),
        many => format!(", {} nodes", many.len()),
    };
    if fault.ended == Some(fault.began) {
        format!("{} ({}{nodes})", fault.label, human::clock(fault.began))
    } else {
        format!("{} ({}–{until}{nodes})", fault.label, human::clock(fault.began))
    }
}

/// Failures by error, most frequent first: `1,800 timeout, 133 refused`.
pub(crate) fn errors_text(failed: &[u64; 6]) -> String {
    let mut kinds: Vec<(u64, &str)> =
        failed.iter().zip(RequestError::ALL).map(|(count, error)| (*count, error.word())).collect();
    kinds.retain(|(count, _)| *count > 0);
    kinds.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let words: Vec<String> =
        kinds.iter().map(|(count, word)| format!("{} {word}", human::count(*count))).collect();
    words.join(", ")
}

/// The first few of some things and how many more there are.
pub(crate) fn list(things: &[String], most: usize) -> String {
    if things.len() <= most {
        return things.join(", ");
    }
    format!("{} and {} more", things[..most].join(", "), things.len() - most)
}

/// Requests without an eligible node in a window.
pub(crate) fn unrouted(window: &WindowSum) -> u64 {
    window.counts.failed[unrouted_index()]
}

pub(super) fn sentence(note: &str) -> String {
    format!("{}.", sentence_case(note))
}

pub(super) fn sentence_case(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
