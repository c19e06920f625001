//! Tests of the reader through its public functions.

use cusinart_scenarios::{Overlay, load};
use std::path::Path;

#[test]
fn the_scenario_of_the_design_loads_as_it_stands() {
    match load(Path::new("tests/it/files/design.yaml"), &Overlay::default()) {
        Ok(s) => {
            let text = cusinart_scenarios::to_yaml(&s);
            println!("{text}");
            let t = cusinart_scenarios::parse("expanded", &text, Path::new("."), &Overlay::default())
                .unwrap_or_else(|e| panic!("{e}"));
            let text2 = cusinart_scenarios::to_yaml(&t);
            assert_eq!(text, text2);
            println!("{}", cusinart_scenarios::schema_json().len());
        }
        Err(e) => panic!("{e}"),
    }
}
