//! Tests of the reader through its public functions.

use cusinart_scenarios::{Overlay, load};
use std::path::Path;

#[test]
fn the_scenario_of_the_design_loads_as_it_stands() {
    match load(Path::new("tests/it/files/design.yaml"), &Overlay::default()) {
        Ok(s) => println!("{s:#?}"),
        Err(e) => panic!("{e}"),
    }
}
