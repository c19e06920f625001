//! The figures.

use crate::fixture;
use cusinart_report::{Plot, plots, summarize};

fn figures() -> Vec<Plot> {
    let (scenario, record) = (fixture::scenario(), fixture::record());
    plots(&scenario, &record, &summarize(&scenario, &record))
}

#[test]
fn dump() {
    for plot in figures() {
        std::fs::write(format!("/tmp/rp_{}.png", plot.name), &plot.png).expect("writes");
        std::fs::write(format!("/tmp/rp_{}.svg", plot.name), &plot.svg).expect("writes");
    }
}
