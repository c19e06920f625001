//! Arguments of `sweep`.

use crate::args::{Format, OverlayArgs};
use crate::repro;
use clap::{ValueEnum, ValueHint};
use std::path::PathBuf;

/// Arguments of `sweep`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct SweepArgs {
    /// A sweep file; or, with --vary, a scenario file or - for stdin
    #[arg(value_name = "SWEEP|SCENARIO", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Vary a field: values, or a range with its step, or on a logarithmic scale
    #[arg(short = 'V', long, value_name = "PATH=A,B,…|LO..HI[:STEP|:log]")]
    pub(crate) vary: Vec<String>,
    /// Which points are tried: all combinations, random ones, or a Sobol sequence, which fills the space evenly
    #[arg(short, long, value_enum, value_name = "grid|random|sobol", hide_possible_values = true)]
    pub(crate) design: Option<DesignName>,
    /// Points of a random or Sobol design [default: the file's, or 64]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub(crate) points: Option<u32>,
    /// Replications of each point, with seeds common to all points [default: the file's, or 4]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) replications: Option<u32>,
    /// Measure this, besides the cost, e.g. latency.p99; may be given again and again [default: what the SLAs measure]
    #[arg(short, long, value_name = "METRIC")]
    pub(crate) metric: Vec<String>,
    /// Changes to the scenario.
    #[command(flatten)]
    pub(crate) overlay: OverlayArgs,
    /// Threads; 0 is one for each core
    #[arg(
        short, long, default_value_t = 0, value_name = "N", env = "CUSINART_JOBS", hide_env_values = true,
        value_parser = clap::value_parser!(u16).range(..=1024)
    )]
    pub(crate) jobs: u16,
    /// Sweep directory [default: runs/sweep-NAME-SEED]
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out: Option<PathBuf>,
    /// Begin anew where another sweep is in the way, and remove what it found
    #[arg(long)]
    pub(crate) restart: bool,
    /// Form of the result on stdout
    #[arg(short, long, value_enum, default_value_t, value_name = "text|json", hide_possible_values = true)]
    pub(crate) format: Format,
}

/// Names of the designs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DesignName {
    /// Every combination.
    Grid,
    /// Independent uniform points.
    Random,
    /// An Owen-scrambled Sobol sequence.
    Sobol,
}

const HELP: &str = "Examples:
  cusinart-sim sweep scenarios/sweeps/flash-crowd.yaml
  cusinart-sim sweep flash-crowd.yaml --vary control.load_balancer=round_robin,power_of_two \\
      --vary services.frontend.nodes=6..24:6
  cusinart-sim sweep flash-crowd.yaml --vary control.health_monitor.period=1s..30s:log \\
      --vary control.auto_scaler.min=6..24 --design sobol --points 128

Every point is checked before the first one runs. Points run on all cores; each is kept as soon as it is finished. \
The same command goes on where a stopped or killed sweep ended, and the files are the same bytes as if nothing had \
happened. Ends with 0 when all points are done, whatever their SLAs say, and with 130 if it was interrupted.";

impl SweepArgs {
    /// The command that repeats the sweep.
    pub(crate) fn command_line(&self) -> String {
        let mut words =
            vec!["cusinart-sim".to_string(), "sweep".to_string(), repro::path_argument(&self.file)];
        let mut option =
            |name: &str, value: &str| words.extend([name.to_string(), cusinart_report::shell_word(value)]);
        for field in &self.vary {
            option("--vary", field);
        }
        if let Some(name) = self.design.as_ref().and_then(DesignName::to_possible_value) {
            option("--design", name.get_name());
        }
        if let Some(points) = self.points {
            option("--points", &points.to_string());
        }
        if let Some(replications) = self.replications {
            option("--replications", &replications.to_string());
        }
        for metric in &self.metric {
            option("--metric", metric);
        }
        words.extend(self.overlay.words());
        if let Some(out) = &self.out {
            words.extend(["--out".to_string(), repro::path_argument(out)]);
        }
        words.join(" ")
    }
}
