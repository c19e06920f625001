//! Arguments of `test`.

use crate::args::OverlayArgs;
use crate::exit::ExitCode;
use crate::replication_args::{Replications, SamplingArgs, percent, percent_word};
use crate::repro;
use clap::builder::FalseyValueParser;
use clap::{ArgAction, ValueEnum, ValueHint};
use cusinart_report::{FailOn, Looks, shell_word};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Replications at the first look with auto.
const FIRST_LOOK: u32 = 8;
/// Most replications of each scenario with auto.
const BUDGET: u32 = 64;
/// Smallest difference that matters.
const MARGIN: f64 = 0.01;

/// Arguments of `test`.
#[derive(Debug, clap::Args)]
#[command(after_help = help())]
pub(crate) struct TestArgs {
    /// Scenario files, folders of *.yaml files, or - for stdin
    #[arg(required = true, value_name = "SCENARIO", value_hint = ValueHint::AnyPath)]
    pub(crate) scenarios: Vec<PathBuf>,
    /// Changes to all scenarios.
    #[command(flatten)]
    pub(crate) overlay: OverlayArgs,
    /// Replications of each scenario; auto adds them until its SLAs are decided
    #[arg(short, long, default_value = "auto", value_name = "auto|N")]
    pub(crate) replications: Replications,
    /// Most replications of each scenario with auto
    #[arg(long, default_value_t = BUDGET, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    pub(crate) budget: u32,
    /// Test only part I of N, by position in the sorted list of files
    #[arg(long, value_name = "I/N")]
    pub(crate) shard: Option<Shard>,
    /// Which outcomes fail the test: fail is an SLA that is missed or a metric that got worse
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "undecided|fail|never",
        hide_possible_values = true
    )]
    pub(crate) fail_on: FailOnName,
    /// Comparison with earlier results.
    #[command(flatten)]
    pub(crate) baseline: BaselineArgs,
    /// What is written.
    #[command(flatten)]
    pub(crate) results: ResultArgs,
    /// Confidence, warm-up, threads.
    #[command(flatten)]
    pub(crate) sampling: SamplingArgs,
}

/// Comparison with earlier results.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Baseline")]
pub(crate) struct BaselineArgs {
    /// Compare every metric with this file, seed by seed
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) baseline: Option<PathBuf>,
    /// Write the baseline from this test, with the whole budget of replications; changes are accepted
    #[arg(long, requires = "baseline")]
    pub(crate) update_baseline: bool,
    /// Smallest difference that matters, as a share of the baseline's value
    #[arg(long, default_value = "1%", value_name = "PERCENT", value_parser = percent)]
    pub(crate) margin: f64,
}

/// What is written.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Results")]
pub(crate) struct ResultArgs {
    /// Write report.html, test.json, junit.xml, summary.md and the replications of each scenario into a folder
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out: Option<PathBuf>,
    /// Form of the result on stdout
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        value_name = "text|json|markdown",
        hide_possible_values = true
    )]
    pub(crate) format: TestFormat,
    /// Write JUnit XML
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) junit: Option<PathBuf>,
    /// Write Markdown, for a comment on a pull request
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) summary: Option<PathBuf>,
    /// Annotate scenario files on GitHub and add to the summary of the step; by itself where GITHUB_ACTIONS is set
    #[arg(
        long,
        env = "GITHUB_ACTIONS",
        hide_env_values = true,
        action = ArgAction::Set,
        num_args = 0..=1,
        require_equals = true,
        default_value = "false",
        default_missing_value = "true",
        value_name = "true|false",
        value_parser = FalseyValueParser::new(),
        hide_possible_values = true
    )]
    pub(crate) github: bool,
    /// The file of the step's summary on GitHub
    #[arg(long, env = "GITHUB_STEP_SUMMARY", hide = true)]
    pub(crate) github_step_summary: Option<String>,
}

/// Form of the result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum TestFormat {
    /// A page for people.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// The comment for a pull request.
    Markdown,
}

/// Which outcomes fail the test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOnName {
    /// Failed or undecided.
    #[default]
    Undecided,
    /// Failed.
    Fail,
    /// None.
    Never,
}

impl From<FailOnName> for FailOn {
    fn from(name: FailOnName) -> Self {
        match name {
            FailOnName::Undecided => Self::Undecided,
            FailOnName::Fail => Self::Fail,
            FailOnName::Never => Self::Never,
        }
    }
}

/// A part of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shard {
    /// Which part, from 1.
    index: usize,
    /// How many parts.
    count: usize,
}

impl Shard {
    /// Whether the file at a position of the list is in the part.
    pub(crate) const fn holds(self, position: usize) -> bool {
        position % self.count == self.index - 1
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}/{}", self.index, self.count)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text
            .split_once('/')
            .and_then(|(index, count)| Some(Self { index: index.parse().ok()?, count: count.parse().ok()? }));
        match numbers {
            Some(shard) if (1..=shard.count).contains(&shard.index) => Ok(shard),
            Some(_) | None => Err("expected I/N with I from 1 to N, such as 2/4".into()),
        }
    }
}

impl TestArgs {
    /// When results are looked at.
    pub(crate) fn looks(&self) -> Looks {
        let confidence = self.sampling.confidence;
        match self.replications {
            Replications::Auto => Looks::doubling(FIRST_LOOK, self.budget, confidence),
            Replications::Fixed(count) => Looks::once(count, confidence),
        }
    }

    /// The command that repeats the whole test.
    pub(crate) fn command_line(&self) -> String {
        let paths = self.scenarios.iter().map(|path| repro::path_argument(path)).collect();
        let mut words = self.words(paths);
        if let Some(shard) = self.shard {
            words.extend(["--shard".into(), shard.to_string()]);
        }
        words.join(" ")
    }

    /// The command that tests one file in the same way.
    pub(crate) fn command_for(&self, file: &Path) -> String {
        self.words(vec![repro::path_argument(file)]).join(" ")
    }

    fn words(&self, paths: Vec<String>) -> Vec<String> {
        let mut words = vec!["cusinart-sim".to_string(), "test".to_string()];
        words.extend(paths);
        words.extend(self.overlay.words());
        match self.replications {
            Replications::Auto if self.budget == BUDGET => {}
            Replications::Auto => words.extend(["--budget".into(), self.budget.to_string()]),
            Replications::Fixed(count) => words.extend(["--replications".into(), count.to_string()]),
        }
        words.extend(self.sampling.words());
        if let Some(baseline) = &self.baseline.baseline {
            words.extend(["--baseline".into(), shell_word(&baseline.to_string_lossy())]);
        }
        if self.baseline.margin != MARGIN {
            words.extend(["--margin".into(), percent_word(self.baseline.margin)]);
        }
        words
    }
}

fn help() -> String {
    let codes: String = [
        (ExitCode::Passed, "all SLAs are as expected and no metric got worse"),
        (ExitCode::Invalid, "a scenario is invalid; the others were tested"),
        (ExitCode::NothingToRun, "a folder without scenarios"),
        (ExitCode::Io, "a file could not be read or written"),
        (ExitCode::Undecided, "something is undecided within the budget (not with --fail-on fail)"),
        (ExitCode::SlaFailed, "an SLA is missed or a metric got worse than the baseline"),
        (ExitCode::Interrupted, "interrupted; what was finished is judged and written"),
    ]
    .into_iter()
    .map(|(code, text)| format!("  {:>3}  {text}\n", code.number()))
    .collect();
    format!(
        "Examples:\n  \
         cusinart-sim test scenarios\n  \
         cusinart-sim test scenarios --baseline baseline.json --update-baseline\n  \
         cusinart-sim test scenarios --baseline baseline.json --junit junit.xml --summary comment.md\n  \
         cusinart-sim test scenarios --shard 2/4 --out results\n\n\
         Every scenario is run with several seeds, over all cores, until each of its SLAs surely holds or surely does \
         not. SLAs marked `expect: miss` must not hold. With a baseline each metric is compared on the same seeds; \
         one that surely got worse, and not by less than the margin, fails the test. All comparisons together are \
         right with the confidence. Results are written also when the test fails.\n\n\
         Exit codes:\n{codes}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_part_a_list_without_gap_or_overlap() {
        let shards: Vec<Shard> =
            (1..=3).map(|index| format!("{index}/3").parse().expect("it is well-formed")).collect();
        for position in 0..10 {
            assert_eq!(shards.iter().filter(|shard| shard.holds(position)).count(), 1, "{position}");
        }
        for wrong in ["0/3", "4/3", "1/0", "1", "a/b", "-1/2", "1/2/3", ""] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
