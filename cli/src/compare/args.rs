//! What `compare` can be asked, and the help that teaches it.

use super::plan::BUDGET;
use crate::args::{Format, OverlayArgs};
use crate::replication_args::{Replications, SamplingArgs, confidence_words, percent, percent_word};
use crate::repro;
use clap::{ValueEnum, ValueHint};
use cusinart_report::{ComparePlan, default_objectives};
use cusinart_scenarios::Scenario;
use std::path::PathBuf;

/// Smallest difference that matters, unless told otherwise.
const MARGIN: f64 = 0.01;

/// Arguments of `compare`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct CompareArgs {
    /// Scenario files; with --vary one is enough
    #[arg(required = true, value_name = "SCENARIO", value_hint = ValueHint::FilePath)]
    pub(super) scenarios: Vec<PathBuf>,
    /// Compare values of a field, the first one against the others; of several fields all combinations
    #[arg(short = 'V', long, value_name = "PATH=A,B,…")]
    pub(super) vary: Vec<String>,
    /// Changes to all scenarios.
    #[command(flatten)]
    pub(super) overlay: OverlayArgs,
    /// Compare by this instead of what the SLAs are about, e.g. latency.p99; may be given again and again
    #[arg(short, long, value_name = "METRIC")]
    pub(super) metric: Vec<String>,
    /// Smallest difference that matters, as a share of the first value
    #[arg(long, default_value = "1%", value_name = "PERCENT", value_parser = percent)]
    pub(super) margin: f64,
    /// Replications of each arm; auto adds them until the verdict is sure
    #[arg(short, long, default_value = "auto", value_name = "auto|N")]
    pub(super) replications: Replications,
    /// Most replications of each arm with auto
    #[arg(long, default_value_t = BUDGET, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    pub(super) budget: u32,
    /// Confidence, warm-up, threads.
    #[command(flatten)]
    pub(super) sampling: SamplingArgs,
    /// Which verdicts are a failure of the command
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "undecided|worse|never",
        hide_possible_values = true
    )]
    pub(super) fail_on: FailOn,
    /// Directory of the results [default: runs/compare-NAME-SEED]
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) out: Option<PathBuf>,
    /// Write no directory
    #[arg(long, conflicts_with = "out")]
    pub(super) no_files: bool,
    /// Form of the result on stdout
    #[arg(short, long, value_enum, default_value_t, value_name = "text|json", hide_possible_values = true)]
    pub(super) format: Format,
}

/// Which verdicts are a failure of the command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// Worse, a trade-off, or undecided.
    #[default]
    Undecided,
    /// Worse or a trade-off.
    Worse,
    /// None.
    Never,
}

const HELP: &str = "Examples:
  cusinart-sim compare flash-crowd.yaml --vary control.load_balancer=round_robin,power_of_two
  cusinart-sim compare old.yaml new.yaml --metric latency.p99 --metric cost
  cusinart-sim compare flash-crowd.yaml --vary control.health_monitor.period=5s,10s,20s --margin 2%

The first arm is what the others are compared with. All arms meet the same requests, luck and faults, \
replication by replication, so small differences show early. Replications are added until every metric is decided, \
or the budget is spent. The directory holds report.html for a browser, compare.md for a pull request, compare.csv \
with what each replication measured, and what `report` makes all of it from again; it appears whole or not at all. \
Ends with 0 if nothing is worse, 99 if something is, 98 if the budget was spent first.";

impl CompareArgs {
    /// The command that repeats the comparison.
    pub(super) fn command_line(&self) -> String {
        let mut words = vec!["cusinart-sim".to_string(), "compare".to_string()];
        words.extend(self.scenarios.iter().map(|file| repro::path_argument(file)));
        for field in &self.vary {
            words.extend(["--vary".into(), cusinart_report::shell_word(field)]);
        }
        words.extend(self.overlay.words());
        words.extend(self.metric.iter().flat_map(|metric| metric_words(metric)));
        words.extend(margin_words(self.margin));
        match self.replications {
            Replications::Auto => words.extend(budget_words(self.budget)),
            Replications::Fixed(count) => words.extend(["--replications".into(), count.to_string()]),
        }
        words.extend(self.sampling.words());
        words.join(" ")
    }
}

/// The options that repeat what was compared, with the arms' scenarios as they are stored.
pub(super) fn repeating_words(plan: &ComparePlan, first: &Scenario) -> Vec<String> {
    let ComparePlan { compared, rules, .. } = plan;
    let usual = default_objectives(first);
    let is_usual = usual.iter().map(|objective| &objective.text).eq(compared);
    let mut words: Vec<String> = Vec::new();
    if !is_usual {
        words.extend(compared.iter().flat_map(|metric| metric_words(metric)));
    }
    words.extend(margin_words(rules.margin));
    match rules.looks.counts() {
        [once] => words.extend(["--replications".into(), once.to_string()]),
        several => words.extend(several.last().into_iter().flat_map(|last| budget_words(*last))),
    }
    words.extend(confidence_words(rules.confidence));
    words
}

fn metric_words(metric: &str) -> [String; 2] {
    ["--metric".into(), cusinart_report::shell_word(metric)]
}

fn margin_words(margin: f64) -> Vec<String> {
    if margin == MARGIN { Vec::new() } else { vec!["--margin".into(), percent_word(margin)] }
}

fn budget_words(budget: u32) -> Vec<String> {
    if budget == BUDGET { Vec::new() } else { vec!["--budget".into(), budget.to_string()] }
}
