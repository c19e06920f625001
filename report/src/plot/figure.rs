//! The figures by name.

use super::{latency, nodes, render, timeline};
use crate::summary::RunSummary;
use cusinart_record::RunRecord;
use cusinart_scenarios::Scenario;

/// One figure in both formats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plot {
    /// Name of the files without their ending: `timeline`, `latency` or `nodes`.
    pub name: &'static str,
    /// The figure as SVG, with the font inside.
    pub svg: String,
    /// The figure as PNG, 1600 x 1000 pixels.
    pub png: Vec<u8>,
}

/// Draws the timeline, the latency distribution and the states of the nodes.
pub fn plots(scenario: &Scenario, record: &RunRecord, summary: &RunSummary) -> Vec<Plot> {
    let pictures = [
        ("timeline", timeline::draw(scenario, record, summary)),
        ("latency", latency::draw(scenario, summary)),
        ("nodes", nodes::draw(record, summary)),
    ];
    let render = |(name, picture)| Plot { name, svg: render::svg(&picture), png: render::png(&picture) };
    pictures.into_iter().map(render).collect()
}
