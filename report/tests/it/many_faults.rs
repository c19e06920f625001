//! Runs with very many faults: followed as one by one, summarized at once, drawn within bounds.

use crate::fixture::{Noise, record, scenario};
use cusinart_policies::{Decision, Duration, Instant, NodeId, RemoveReason};
use cusinart_record::{Fact, FactKind, FaultKind, FaultRecord, NodeState, RunRecord};
use cusinart_report::{
    Detection, PageLinks, Recovery, RecoveryOutcome, TextStyle, plots, run_page, summarize, text,
};
use std::collections::BTreeSet;

/// Nodes that are struck.
const NODES: u32 = 4;

#[test]
fn faults_are_followed_as_reading_all_that_follows_would() {
    for seed in 0..40 {
        let run = random_run(seed);
        let found = summarize(&scenario(), &run).recoveries;
        let pairs = run.faults.iter().map(|fault| naive(&run, fault));
        for (found, expected) in found.iter().zip(pairs) {
            let found = (found.detection, found.decided_after_ns, found.outcome);
            assert_eq!(found, expected, "seed {seed}");
        }
        assert_eq!(found.len(), run.faults.len());
    }
}

#[test]
fn a_hundred_thousand_short_faults_are_summarized_and_drawn() {
    let run = many_short_faults(100_000);
    let summary = summarize(&scenario(), &run);
    assert_eq!(summary.faults.len(), 100_000);
    let back = RecoveryOutcome::Back { after_ns: Duration::from_micros(500) };
    let as_expected = |pair: &&Recovery| {
        pair.outcome == back && matches!(pair.detection, Detection::Never { .. }) && pair.began_ns < end(&run)
    };
    assert_eq!(summary.recoveries.iter().filter(as_expected).count(), 100_000);
    assert!(text(&summary, &TextStyle::default(), &PageLinks::default()).contains("and 99,988 more"));
    let page = run_page(&scenario(), &run, &summary, &PageLinks::default());
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
    for plot in plots(&scenario(), &run, &summary) {
        let shapes = plot.svg.matches("\n<").count();
        assert!(shapes < 20_000, "{} has {shapes} shapes", plot.name);
    }
}

/// Faults of half a millisecond that make nodes slow, in turns.
fn many_short_faults(count: u64) -> RunRecord {
    let mut run = record();
    let pause = run.simulated.as_nanos() / (count + 1);
    let template = run.faults[2].clone();
    (run.faults, run.facts) = (Vec::new(), Vec::new());
    for index in 0..count {
        let node = NodeId(index as u32 % NODES);
        let began = Instant::from_nanos(pause * (index + 1));
        let ended = began + Duration::from_micros(500);
        for (at, state) in [(began, NodeState::Slow), (ended, NodeState::Up)] {
            run.facts.push(Fact { at, kind: FactKind::NodeState { node, state } });
        }
        let (ended, nodes) = (Some(ended), vec![node]);
        run.faults.push(FaultRecord { kind: FaultKind::Slow, began, ended, nodes, ..template.clone() });
    }
    run.facts.sort_by_key(|fact| fact.at);
    run
}

/// Faults, states, beliefs and acts at random, many of them at the same instants.
fn random_run(seed: u64) -> RunRecord {
    let mut run = record();
    let mut noise = Noise(seed);
    noise.next();
    let mut draw = |below: u64| noise.next() % below;
    let decision = |wanted: fn(&Decision) -> bool| {
        run.facts.iter().find_map(|fact| {
            let FactKind::Decision(decision) = &fact.kind else { return None };
            wanted(decision).then(|| decision.clone())
        })
    };
    let failure = decision(|decision| matches!(decision, Decision::NodeFailure { .. }));
    let redirect = decision(|decision| matches!(decision, Decision::TrafficRedirected { .. }));
    let (failure, redirect) = failure.zip(redirect).expect("the story has both");
    let template = run.faults[2].clone();
    let mut facts = Vec::new();
    for _ in 0..200 {
        let at = Instant::ZERO + Duration::from_secs(1 + draw(500));
        let node = NodeId(draw(u64::from(NODES)) as u32);
        let kind = match draw(16) {
            0..=2 => FactKind::Decision(for_node(&failure, node)),
            3..=5 => FactKind::Decision(Decision::NodeRecovered { node, failed_for: Duration::ZERO }),
            6 => FactKind::Decision(for_node(&redirect, node)),
            7 if draw(20) == 0 => {
                FactKind::Decision(Decision::NodeRemoving { node, why: RemoveReason::ScaleDown })
            }
            _ => {
                let states =
                    [NodeState::Up, NodeState::Up, NodeState::Slow, NodeState::Hung, NodeState::Down];
                FactKind::NodeState { node, state: states[draw(5) as usize] }
            }
        };
        facts.push(Fact { at, kind });
    }
    facts.sort_by_key(|fact| fact.at);
    let kinds = [FaultKind::Crash, FaultKind::Slow, FaultKind::Partition];
    let faults = (0..60).map(|_| {
        let began = Instant::ZERO + Duration::from_secs(1 + draw(500));
        let ended = (draw(5) > 0).then(|| began + Duration::from_secs(draw(30)));
        let (kind, nodes) = (kinds[draw(3) as usize], vec![NodeId(draw(u64::from(NODES)) as u32)]);
        FaultRecord { kind, began, ended, nodes, ..template.clone() }
    });
    run.faults = faults.collect();
    run.faults.sort_by_key(|fault| fault.began);
    run.facts = facts;
    run
}

/// A decision of the story about another node.
fn for_node(decision: &Decision, node: NodeId) -> Decision {
    let mut decision = decision.clone();
    if let Decision::NodeFailure { node: of, .. } | Decision::TrafficRedirected { node: of, .. } =
        &mut decision
    {
        *of = node;
    }
    decision
}

/// What became of the only node of a fault, found by reading all its facts from the first on.
fn naive(run: &RunRecord, fault: &FaultRecord) -> (Detection, Option<Duration>, RecoveryOutcome) {
    let (node, began) = (fault.nodes[0], fault.began);
    let network = fault.kind == FaultKind::Partition;
    let serves = |state| {
        matches!(state, NodeState::Up | NodeState::Draining)
            || (state == NodeState::Slow && fault.kind != FaultKind::Slow)
    };
    let (mut state, mut failed, mut known, mut removed) = (NodeState::Up, false, false, false);
    let (mut out, mut failed_at, mut acted_at, mut back_at) = (false, None, None, None);
    let instants: BTreeSet<Instant> = run.facts.iter().map(|fact| fact.at).chain([began]).collect();
    for at in instants {
        if at == began {
            known = failed;
        }
        let (mut touched, after) = (false, at >= began);
        for kind in run.facts.iter().filter(|fact| fact.at == at).map(|fact| &fact.kind) {
            if let FactKind::NodeState { node: of, state: new } = kind
                && *of == node
            {
                (state, touched) = (*new, true);
            }
            let FactKind::Decision(decision) = kind else { continue };
            if let Decision::NodeFailure { node: of, .. } = decision
                && *of == node
            {
                (failed, touched) = (true, true);
                failed_at = failed_at.or(after.then_some(at));
            }
            if let Decision::NodeRecovered { node: of, .. } = decision
                && *of == node
            {
                (failed, touched) = (false, true);
            }
            if let Decision::TrafficRedirected { node: of, .. } = decision
                && *of == node
            {
                touched = true;
                acted_at = acted_at.or(after.then_some(at));
            }
            if let Decision::NodeRemoving { node: of, .. } = decision
                && *of == node
            {
                (touched, removed) = (true, removed || after);
            }
        }
        let active = fault.ended.is_none_or(|ended| at <= ended);
        out |= at == began && !network && !serves(state);
        if after && touched {
            if out && serves(state) && !failed {
                back_at = Some(at);
                break;
            }
            out |= active && (failed || (!network && !serves(state)));
        }
    }
    let outcome = match back_at {
        _ if !out => RecoveryOutcome::NotOut,
        Some(at) => RecoveryOutcome::Back { after_ns: at.since(began) },
        None if removed => RecoveryOutcome::Removed,
        None => RecoveryOutcome::Never { watched_ns: end(run).since(began) },
    };
    let detection = match failed_at {
        _ if known => Detection::AlreadyKnown,
        _ if !out => Detection::NotExpected,
        Some(at) => Detection::After { after_ns: at.since(began) },
        None if network => Detection::NotExpected,
        None => Detection::Never { watched_ns: back_at.unwrap_or(end(run)).since(began) },
    };
    (detection, acted_at.map(|at: Instant| at.since(began)), outcome)
}

fn end(run: &RunRecord) -> Instant {
    Instant::ZERO + run.simulated
}
