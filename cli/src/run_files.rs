//! The files of a run directory, made of what was kept of the run: by `run` at its end, by `report` again.

use crate::error::CliError;
use crate::output_dir::Staging;
use crate::replications;
use crate::repro;
use crate::trace;
use cusinart_record::RunRecord;
use cusinart_report::{Looks, PageLinks, RunSummary, Study};
use cusinart_scenarios::Scenario;
use std::path::Path;

/// The page for browsers.
const PAGE: &str = "report.html";
/// The record, for `report`.
pub(crate) const RECORD: &str = "record.json";
/// The facts.
pub(crate) const FACTS: &str = "facts.jsonl";
/// The scenario with every default written out.
pub(crate) const SCENARIO: &str = "scenario.yaml";
/// What would have helped.
pub(crate) const EXPLANATION: &str = "explain.json";
/// The trace for Perfetto.
pub(crate) const PERFETTO: &str = "perfetto.json";
/// The numbers as OpenMetrics.
pub(crate) const OPENMETRICS: &str = "openmetrics.txt";
/// A plot that is there if plots are.
pub(crate) const PLOT: &str = "timeline.svg";

/// Files that not every run directory has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extras {
    /// SVG and PNG of each plot.
    pub(crate) plots: bool,
    /// The trace for Perfetto.
    pub(crate) perfetto: bool,
    /// The numbers as OpenMetrics.
    pub(crate) openmetrics: bool,
    /// trace.csv, which whoever fills the directory brings.
    pub(crate) trace: bool,
}

/// What the files are made of.
pub(crate) struct RunFiles<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) record: &'a RunRecord,
    pub(crate) summary: &'a RunSummary,
    /// The replications and when they were looked at, if there are any.
    pub(crate) study: Option<(&'a Study, &'a Looks)>,
    /// The command that repeats the run, if the scenario lies elsewhere.
    pub(crate) command: Option<&'a str>,
    pub(crate) extras: Extras,
}

impl RunFiles<'_> {
    /// Fills the run directory that will stand at `target`. Returns the command that repeats the run and the paths that
    /// a reader would open, best first.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(crate) fn write(&self, staging: &Staging, target: &Path) -> Result<PageLinks, CliError> {
        let Self { scenario, record, summary, .. } = *self;
        let mut names = vec![PAGE.to_string()];
        if self.extras.plots {
            for plot in cusinart_report::plots(scenario, record, summary) {
                let svg = format!("{}.svg", plot.name);
                staging.write(&svg, plot.svg.as_bytes())?;
                staging.write(&format!("{}.png", plot.name), &plot.png)?;
                names.push(svg);
            }
        }
        for (name, bytes) in self.contents() {
            staging.write(name, &bytes)?;
            names.push(name.to_string());
        }
        if self.extras.trace {
            names.push(trace::FILE.to_string());
        }
        // The page stands beside its files and says how to repeat the run from there, so that it is the same in any
        // place.
        let files = names.iter().filter(|name| *name != PAGE).cloned().collect();
        let links = PageLinks { repro: "cusinart-sim run scenario.yaml".into(), files };
        staging.write(PAGE, cusinart_report::run_page(scenario, record, summary, &links).as_bytes())?;
        let repro = match self.command {
            Some(command) => command.to_string(),
            None => repro::run_command(&target.join(SCENARIO), Some(scenario.seed), &[], &[]),
        };
        let files = names.iter().map(|name| target.join(name).display().to_string()).collect();
        Ok(PageLinks { repro, files })
    }

    /// Names and bytes of all files but the pictures, best first.
    fn contents(&self) -> Vec<(&'static str, Vec<u8>)> {
        let Self { scenario, record, summary, .. } = *self;
        let series = cusinart_report::series(record);
        let looks = self.study.map(|(_, looks)| looks);
        let mut contents = vec![
            ("run.json", cusinart_report::run_json(summary).into_bytes()),
            (FACTS, cusinart_report::facts_jsonl(record).into_bytes()),
            ("series.csv", cusinart_report::csv(&series).into_bytes()),
            ("series.parquet", cusinart_report::parquet(&series)),
            (SCENARIO, cusinart_scenarios::to_yaml(scenario).into_bytes()),
            (RECORD, cusinart_report::record_json(record, looks).into_bytes()),
        ];
        if let Some((study, _)) = self.study {
            contents.push((replications::FILE, study.to_json().into_bytes()));
        }
        if let Some(explanation) = &summary.explain {
            contents.push((EXPLANATION, cusinart_report::explain_json(explanation).into_bytes()));
        }
        if self.extras.perfetto {
            contents.push((PERFETTO, cusinart_report::perfetto_json(record).into_bytes()));
        }
        if self.extras.openmetrics {
            contents.push((OPENMETRICS, cusinart_report::openmetrics(record, summary).into_bytes()));
        }
        contents
    }
}
