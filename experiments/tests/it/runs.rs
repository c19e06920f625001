//! Runs and determinism checks on the starter scenario.

use cusinart_experiments::{Difference, check_determinism, compare_runs, run, run_traced};
use cusinart_policies::Duration;
use cusinart_scenarios::{Overlay, Scenario, parse, starter};
use std::cell::Cell;
use std::ops::ControlFlow;
use std::path::Path;
use std::rc::Rc;

/// The first minutes of the starter.
fn scenario(seed: u64) -> Scenario {
    let set = ["duration=3m", "faults=[]"].map(String::from).to_vec();
    let overlay = Overlay { set, seed: Some(seed) };
    parse("starter", starter(), Path::new("."), &overlay).expect("the starter is valid")
}

#[test]
fn the_same_scenario_and_seed_do_the_same() {
    let record =
        check_determinism(&scenario(7), &mut |_| ControlFlow::Continue(())).expect("it is deterministic");
    assert_eq!(record.digest, run(&scenario(7), &mut |_| ControlFlow::Continue(())).digest);
}

#[test]
fn two_seeds_part_at_a_record_that_is_named() {
    let divergence = compare_runs(&scenario(1), &scenario(2), &mut |_| ControlFlow::Continue(()))
        .expect_err("other seeds draw other numbers");
    match &divergence.first {
        Difference::Record { first, second, .. } => assert_ne!(first, second),
        Difference::Output { .. } | Difference::NotFoundAgain { .. } => panic!("{divergence}"),
    }
    let text = divergence.to_string();
    assert!(text.contains("the first event that differs is record "), "{text}");
    assert!(text.contains("  run 1: at ") && text.contains(" was sent to node "), "{text}");
}

#[test]
fn a_change_late_in_the_run_is_found_late() {
    let late = |seed| {
        let overlay = Overlay { set: vec!["duration=20m".to_string()], seed: Some(seed) };
        parse("starter", starter(), Path::new("."), &overlay).expect("the starter is valid")
    };
    let mut shorter = late(3);
    shorter.duration = Duration::from_secs(19 * 60);
    let divergence =
        compare_runs(&late(3), &shorter, &mut |_| ControlFlow::Continue(())).expect_err("one run is shorter");
    match divergence.first {
        Difference::Record { first: Some(first), .. } => {
            assert!(first.record.at >= shorter.duration.as_nanos(), "{first:?}");
        }
        Difference::Record { first: None, .. }
        | Difference::Output { .. }
        | Difference::NotFoundAgain { .. } => panic!("{divergence}"),
    }
}

#[test]
fn a_watcher_that_stops_a_run_keeps_what_was_simulated() {
    let scenario = scenario(7);
    let record = run(&scenario, &mut |_| ControlFlow::Break(()));
    assert!(record.events > 0);
    assert!(record.simulated < scenario.duration, "the starter has too few events to be stopped in between");
}

#[test]
fn a_trace_changes_nothing_but_tells_every_try() {
    let tries = Rc::new(Cell::new(0_u64));
    let counter = Rc::clone(&tries);
    let count = Box::new(move |_: &_| counter.set(counter.get() + 1));
    let traced = run_traced(&scenario(7), count, &mut |_| ControlFlow::Continue(()));
    assert_eq!(traced.digest, run(&scenario(7), &mut |_| ControlFlow::Continue(())).digest);
    assert!(tries.get() > 0);
}
