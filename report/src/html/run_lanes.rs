//! The states of a run's nodes over time, by service and zone.

use super::chart::{Lane, LaneGroup, Lanes, MarkRow};
use super::fact_words::state_word;
use super::numbers::seconds;
use super::page::{Part, Section};
use crate::control::decisions;
use crate::human;
use crate::truth::{Span, timelines};
use cusinart_policies::{Decision, Duration, Instant};
use cusinart_record::{NodeState, RunRecord};
use std::collections::BTreeMap;

/// Most nodes in a page; of more, those with trouble come first.
const NODES_MAX: usize = 1_500;
/// Most stretches in a page before short ones are left out.
const SPANS_MAX: usize = 12_000;
/// Most marks in a page.
const MARKS_MAX: usize = 5_000;
/// Steps that the run is cut into when there are too many stretches.
const STEPS: u64 = 800;
/// States from the best to the worst, with their colours.
const STATES: [(NodeState, &str); 6] = [
    (NodeState::Up, "calm"),
    (NodeState::Booting, "sky"),
    (NodeState::Draining, "grey"),
    (NodeState::Slow, "orange"),
    (NodeState::Hung, "purple"),
    (NodeState::Down, "vermilion"),
];

/// States of nodes over time.
pub(super) fn lanes(record: &RunRecord) -> Part {
    let spans = timelines(record);
    let chosen = chosen(record, &spans);
    let existed = existing(record).count();
    let many = chosen.iter().map(|index| spans[*index].len()).sum::<usize>() > SPANS_MAX;
    let mut marks = marks(record);
    let mut groups: BTreeMap<(usize, usize), Vec<Lane>> = BTreeMap::new();
    for index in &chosen {
        let node = &record.nodes[*index];
        let lane = Lane {
            name: node.name.clone(),
            troubled: has_trouble(&spans[*index]),
            spans: stretches(&spans[*index], if many { record.simulated } else { Duration::ZERO }),
            marks: marks.remove(index).unwrap_or_default(),
        };
        groups.entry((node.service.index(), node.zone.index())).or_default().push(lane);
    }
    let group = |((service, zone), lanes): ((usize, usize), Vec<Lane>)| {
        let name = record.services.get(service).map_or("?", |service| service.name.as_str());
        let zone = record.header.zones.get(zone).map_or("?", String::as_str);
        LaneGroup { label: format!("{name}, zone {zone}"), lanes }
    };
    let row = |label: &str, color| MarkRow { label: label.into(), color };
    let section = Section::Lanes(Lanes {
        end: record.simulated.as_secs_f64(),
        states: STATES.iter().map(|(state, color)| row(state_word(*state), color)).collect(),
        marks: vec![row("declared failed", "ink"), row("believed healthy again", "green")],
        groups: groups.into_iter().map(group).collect(),
    });
    let mut part = Part::new("nodes", "Nodes", section)
        .lead("What each node truly did, and when the control plane declared it failed or healthy again.");
    if chosen.len() < existed {
        let existed = human::counted(existed as u64, "node");
        part = part.note(format!(
            "{} of {existed} are shown: those with trouble first.",
            human::count(chosen.len() as u64)
        ));
    }
    if many {
        part = part.note("Stretches too short to be seen are left out; trouble is kept.");
    }
    part
}

/// Nodes that existed for some time: a start that was refused leaves a node that was given back at once.
fn existing(record: &RunRecord) -> impl Iterator<Item = usize> {
    let existed = |index: &usize| {
        let node = &record.nodes[*index];
        node.stopped.is_none_or(|stopped| stopped > node.provisioned)
    };
    (0..record.nodes.len()).filter(existed)
}

/// Indices of the nodes to show, in order.
fn chosen(record: &RunRecord, spans: &[Vec<Span>]) -> Vec<usize> {
    let mut chosen: Vec<usize> = existing(record).collect();
    if chosen.len() > NODES_MAX {
        chosen.sort_by_key(|index| !has_trouble(&spans[*index]));
        chosen.truncate(NODES_MAX);
        chosen.sort_unstable();
    }
    chosen
}

fn has_trouble(spans: &[Span]) -> bool {
    spans.iter().any(|span| is_trouble(span.state))
}

fn is_trouble(state: NodeState) -> bool {
    match state {
        NodeState::Slow | NodeState::Hung | NodeState::Down => true,
        NodeState::Booting | NodeState::Up | NodeState::Draining | NodeState::Stopped => false,
    }
}

/// The stretches of a node. If `simulated` is given it is cut into steps, and what begins in the step of the stretch
/// before is left out unless it is trouble.
fn stretches(spans: &[Span], simulated: Duration) -> Vec<(f64, f64, usize)> {
    let step = (simulated.as_nanos() / STEPS).max(1);
    let mut kept: Vec<&Span> = Vec::new();
    for span in spans {
        let same_step = |last: &&Span| span.from.as_nanos() / step == last.from.as_nanos() / step;
        match kept.last() {
            Some(last) if !simulated.is_zero() && same_step(last) => {
                if is_trouble(span.state) && !is_trouble(last.state) {
                    kept.pop();
                    kept.push(span);
                }
            }
            Some(_) | None => kept.push(span),
        }
    }
    let index = |state| STATES.iter().position(|(known, _)| *known == state);
    let of = |span: &&Span| Some((seconds(span.from), seconds(span.to), index(span.state)?));
    let mut stretches: Vec<(f64, f64, usize)> = kept.iter().filter_map(of).collect();
    // What was left out is filled by the stretch before it.
    for at in 1..stretches.len() {
        stretches[at - 1].1 = stretches[at].0;
    }
    if let (Some(last), Some(span)) = (stretches.last_mut(), spans.last()) {
        last.1 = seconds(span.to);
    }
    stretches
}

/// Declarations by node.
fn marks(record: &RunRecord) -> BTreeMap<usize, Vec<(f64, usize)>> {
    let mut marks: BTreeMap<usize, Vec<(f64, usize)>> = BTreeMap::new();
    let declared = decisions(record).filter_map(|(at, decision)| declaration(at, decision));
    for (at, node, kind) in declared.take(MARKS_MAX) {
        marks.entry(node).or_default().push((seconds(at), kind));
    }
    marks
}

fn declaration(at: Instant, decision: &Decision) -> Option<(Instant, usize, usize)> {
    if let Decision::NodeFailure { node, .. } = decision {
        Some((at, node.index(), 0))
    } else if let Decision::NodeRecovered { node, .. } = decision {
        Some((at, node.index(), 1))
    } else {
        None
    }
}
