//! What runs of whole scenarios must show.

mod calls;
mod conformance_detection;
mod healing;
mod lessons;
mod lessons_membership;
mod lessons_nodes;
mod lessons_overload;
mod lessons_policies;
mod nodes;
mod overload;
mod queues;
mod replications;
mod runs;
mod scaling;
mod stored;
mod stored_badly;
mod theory;
mod traces;
mod variants;
mod vectors_balancing;
mod vectors_of_recovery;
mod why;
mod world;

use cusinart_record::RunRecord;
use cusinart_scenarios::{Overlay, Scenario, load, parse};
use cusinart_sim_core::{Simulation, TryTrace};
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

/// A shipped scenario with fields set as by `--set`.
fn shipped(name: &str, set: &[&str], seed: Option<u64>) -> Scenario {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let overlay = Overlay { set: set.iter().map(ToString::to_string).collect(), seed };
    load(&folder.join(format!("{name}.yaml")), &overlay).unwrap_or_else(|error| panic!("{error}"))
}

/// A scenario from its text.
fn read(text: &str) -> Scenario {
    parse("test.yaml", text, Path::new("."), &Overlay::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// All ended tries of a run, in the order of their ends.
fn tries(scenario: &Scenario) -> Vec<TryTrace> {
    let all = Rc::new(RefCell::new(Vec::new()));
    let sink = Rc::clone(&all);
    let mut simulation = Simulation::new(scenario);
    simulation.trace(Box::new(move |item| sink.borrow_mut().push(*item)));
    simulation.run();
    all.take()
}

/// Runs a scenario to its end.
fn simulate(scenario: &Scenario) -> RunRecord {
    Simulation::new(scenario).run()
}
