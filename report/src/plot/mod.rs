//! Figures.
use crate::summary::RunSummary;
use cusinart_record::RunRecord;
use cusinart_scenarios::Scenario;

/// A figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plot {
    /// Name.
    pub name: &'static str,
    /// SVG.
    pub svg: String,
    /// PNG.
    pub png: Vec<u8>,
}

/// Draws.
pub fn plots(scenario: &Scenario, record: &RunRecord, summary: &RunSummary) -> Vec<Plot> {
    let _ = (scenario, record, summary);
    Vec::new()
}
