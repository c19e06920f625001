//! The stories of a run's faults: what was touched, detected, decided, recovered.

use super::chart::{Step, Stories, Story};
use super::numbers::seconds;
use super::page::{Cell, Part, Row, Section, Tone};
use crate::faults::{FaultSummary, Progress};
use crate::human;
use crate::narrative::of_node;
use crate::recovery_times::{Detection, Recovery, RecoveryOutcome, node_name};
use crate::summary::RunSummary;
use cusinart_policies::{Duration, Instant};
use cusinart_record::RunRecord;
use std::cmp::Reverse;

/// Most stories told; of more faults, those that touched most.
const STORIES_MAX: usize = 30;
/// Most nodes of a fault listed one by one.
const NODES_MAX: usize = 20;
/// Space after the last thing of a story, as a share of its time.
const AFTER: f64 = 0.06;

/// One story per fault.
pub(super) fn stories(record: &RunRecord, summary: &RunSummary) -> Option<Part> {
    if summary.faults.is_empty() {
        return None;
    }
    let told = most_telling(summary, STORIES_MAX);
    let stories: Vec<Story> = told.iter().map(|fault| story(record, summary, fault)).collect();
    let columns = ["node", "detected", "decided", "served again", "what the control plane did"];
    let section = Section::Stories(Stories { stories, columns: columns.map(String::from).into() });
    let part = Part::new("faults", "Faults, one by one", section)
        .lead("Each on a time axis of its own, which begins when the fault struck.");
    Some(if summary.faults.len() > told.len() {
        part.note(format!(
            "{} of {} faults are told: those that touched most. run.json has all.",
            told.len(),
            human::count(summary.faults.len() as u64)
        ))
    } else {
        part
    })
}

/// So many faults that touched most, in order of time.
pub(super) fn most_telling(summary: &RunSummary, most: usize) -> Vec<&FaultSummary> {
    let mut faults: Vec<&FaultSummary> = summary.faults.iter().collect();
    if faults.len() > most {
        faults
            .sort_by_key(|fault| Reverse((fault.replicas, fault.requests, fault.nodes.len(), fault.probes)));
        faults.truncate(most);
        faults.sort_by_key(|fault| fault.fault);
    }
    faults
}

/// What a fault touched and how it was met, in a sentence.
pub(super) fn sentence(fault: &FaultSummary) -> String {
    if fault.touched_nothing {
        return "Touched nothing.".into();
    }
    let touched = [
        (fault.nodes.len() as u64, "node"),
        (fault.requests, "request"),
        (fault.probes, "probe"),
        (fault.replicas, "replica"),
    ];
    let touched: Vec<String> = touched
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| human::counted(*count, noun))
        .collect();
    let decided = match fault.decided_after_ns {
        Some(after) => format!("first decision after {}", human::span(after)),
        None => "no decision for its nodes".into(),
    };
    let met = [
        progress_text("detected", fault.detected),
        Some(decided),
        progress_text("recovered", fault.recovered),
    ];
    let met: Vec<String> = met.into_iter().flatten().collect();
    format!("Touched {}; {}.", touched.join(", "), met.join("; "))
}

/// How far the nodes of a fault came.
fn progress_text(word: &str, progress: Progress) -> Option<String> {
    if progress.expected == 0 {
        return None;
    }
    Some(match (progress.first_after_ns, progress.last_after_ns) {
        (Some(first), Some(last)) => {
            let times = if first == last {
                format!("after {}", human::span(last))
            } else {
                format!("after {} to {}", human::span(first), human::span(last))
            };
            let all = progress.done == progress.expected;
            let of =
                if all { String::new() } else { format!(" ({} of {})", progress.done, progress.expected) };
            format!("{word} {times}{of}")
        }
        (None, _) | (_, None) => format!("never {word}"),
    })
}

fn story(record: &RunRecord, summary: &RunSummary, fault: &FaultSummary) -> Story {
    let end = Instant::ZERO + summary.run.simulated_ns;
    let ended = fault.ended_ns.unwrap_or(end);
    let pairs = pairs(summary, fault);
    let last_moment = [fault.detected.last_after_ns, fault.recovered.last_after_ns, fault.decided_after_ns]
        .into_iter()
        .flatten()
        .max()
        .map_or(ended, |after| ended.max(fault.began_ns + after));
    let (from, to) = (seconds(fault.began_ns), seconds(last_moment));
    let to = (to + ((to - from) * AFTER).max(1.0)).min(seconds(end).max(from + 1.0));
    let failed = |progress: Progress| progress.done < progress.expected;
    let tone = if fault.touched_nothing {
        Tone::Warn
    } else if failed(fault.recovered) || failed(fault.detected) {
        Tone::Bad
    } else {
        Tone::Good
    };
    let lasted = match fault.ended_ns {
        None => "to the end of the run".into(),
        Some(ended) if ended == fault.began_ns => "for a moment".into(),
        Some(ended) => format!("for {}", human::span(ended.since(fault.began_ns))),
    };
    let left_out = pairs.len().saturating_sub(NODES_MAX) as u64;
    let most = pairs.len().min(NODES_MAX);
    Story {
        label: fault.label.clone(),
        when: format!("at {} {lasted}", human::clock(fault.began_ns)),
        tone,
        text: sentence(fault),
        from,
        to,
        steps: steps(fault, pairs, ended),
        nodes: pairs[..most].iter().map(|pair| node_row(record, pair)).collect(),
        note: if left_out > 0 {
            format!("{} more in run.json.", human::counted(left_out, "node"))
        } else {
            String::new()
        },
    }
}

/// The nodes of a fault; recoveries are in the order of faults.
fn pairs<'a>(summary: &'a RunSummary, fault: &FaultSummary) -> &'a [Recovery] {
    let from = summary.recoveries.partition_point(|pair| pair.fault < fault.fault);
    let to = summary.recoveries.partition_point(|pair| pair.fault <= fault.fault);
    &summary.recoveries[from..to]
}

fn steps(fault: &FaultSummary, pairs: &[Recovery], ended: Instant) -> Vec<Step> {
    let moments = |of: fn(&Recovery) -> Option<Duration>| -> Vec<f64> {
        let mut at: Vec<f64> =
            pairs.iter().filter_map(of).map(|after| seconds(fault.began_ns + after)).collect();
        at.sort_by(f64::total_cmp);
        at.dedup();
        at
    };
    let step = |label: &str, color, at: Vec<f64>, text: String| Step {
        label: label.into(),
        color,
        text,
        bar: at.first().zip(at.last()).map(|(from, to)| (*from, *to)),
        at,
    };
    let span = human::span;
    let mut steps = vec![Step {
        label: "fault".into(),
        color: "vermilion",
        text: span(ended.since(fault.began_ns)),
        bar: Some((seconds(fault.began_ns), seconds(ended))),
        at: Vec::new(),
    }];
    if fault.detected.expected > 0 {
        let at = moments(|pair| match pair.detection {
            Detection::After { after_ns } => Some(after_ns),
            Detection::Never { .. } | Detection::AlreadyKnown | Detection::NotExpected => None,
        });
        steps.push(step("detected", "ink", at, progress_of(fault.detected)));
    }
    let at = moments(|pair| pair.decided_after_ns);
    let text =
        fault.decided_after_ns.map_or("nothing".into(), |after| format!("first after {}", span(after)));
    steps.push(step("decided", "blue", at, text));
    if fault.recovered.expected > 0 {
        let at = moments(|pair| pair.outcome.time().flatten());
        steps.push(step("recovered", "green", at, progress_of(fault.recovered)));
    }
    steps
}

/// How many came, and when the last.
fn progress_of(progress: Progress) -> String {
    match progress.last_after_ns {
        None => format!("0 of {}", progress.expected),
        Some(last) => format!("{} of {}, last after {}", progress.done, progress.expected, human::span(last)),
    }
}

fn node_row(record: &RunRecord, pair: &Recovery) -> Row {
    let after = |after: Duration| Cell::number(human::span(after), after.as_secs_f64());
    let never =
        |word: &str, watched: Duration| Cell::toned(format!("{word} in {}", human::span(watched)), Tone::Bad);
    let detected = match pair.detection {
        Detection::After { after_ns } => after(after_ns),
        Detection::Never { watched_ns } => never("not", watched_ns),
        Detection::AlreadyKnown => "known before".into(),
        Detection::NotExpected => "not to be seen".into(),
    };
    let outcome = match pair.outcome {
        RecoveryOutcome::Back { after_ns } => after(after_ns),
        RecoveryOutcome::Replaced { after_ns, by } => {
            let text = format!("{}, by {}", human::span(after_ns), node_name(record, by));
            Cell::number(text, after_ns.as_secs_f64())
        }
        RecoveryOutcome::Never { watched_ns } => never("not", watched_ns),
        RecoveryOutcome::Removed => "removed by the auto-scaler".into(),
        RecoveryOutcome::NotOut => "was not out".into(),
    };
    let until = match pair.outcome.time().flatten() {
        Some(after) => pair.began_ns + after,
        None => Instant::ZERO + record.simulated,
    };
    Row {
        cells: vec![
            pair.node_name.as_str().into(),
            detected,
            pair.decided_after_ns.map_or("–".into(), after),
            outcome,
            of_node(record, pair.node, pair.began_ns, until).trim_start_matches("The control plane: ").into(),
        ],
        detail: Vec::new(),
    }
}
