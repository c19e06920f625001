//! What can be asked of the command, and the help that teaches it.

use crate::compare::CompareArgs;
use crate::conformance::ConformanceArgs;
use crate::exit::ExitCode;
use crate::replications::ReplicationArgs;
use crate::report::ReportArgs;
use crate::sweep::SweepArgs;
use crate::test::TestArgs;
use crate::trace::TraceSample;
use clap::{ArgAction, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use std::path::PathBuf;

/// Simulates self-healing clusters and judges their policies
///
/// A scenario describes clients, services, nodes, network, faults, the control plane and the SLAs that must hold.
/// It is simulated in virtual time: the same scenario and seed give the same bytes on every machine.
#[derive(Debug, Parser)]
#[command(name = "cusinart-sim", version, max_term_width = 100, after_help = overview())]
pub(crate) struct Args {
    /// Options of all subcommands.
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of all subcommands.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct GlobalArgs {
    /// Colour the output; auto follows the terminal, NO_COLOR and CLICOLOR_FORCE
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "auto|always|never",
        hide_possible_values = true,
        env = "CUSINART_COLOR",
        hide_env_values = true
    )]
    pub(crate) color: ColorChoice,
    /// How to show progress on stderr; auto draws a bar on a terminal and prints lines elsewhere
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "auto|bar|lines|none",
        hide_possible_values = true,
        env = "CUSINART_PROGRESS",
        hide_env_values = true
    )]
    pub(crate) progress: ProgressChoice,
    /// Say nothing on stderr but errors
    #[arg(
        short, long, global = true, env = "CUSINART_QUIET", hide_env_values = true,
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub(crate) quiet: bool,
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal.
    #[default]
    Auto,
    /// In any case.
    Always,
    /// In no case.
    Never,
}

/// How to show progress.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressChoice {
    /// A bar on a terminal, lines elsewhere and in CI.
    #[default]
    Auto,
    /// A bar, if stderr is a terminal.
    Bar,
    /// A line every five seconds.
    Lines,
    /// Not at all.
    None,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Simulate scenarios, judge their SLAs and explain what happened
    Run(RunArgs),
    /// Test scenarios as a gate for a change: SLAs hold, and no metric is worse than a stored baseline
    Test(TestArgs),
    /// Compare policies or scenarios on the same worlds: which is better, by how much, how surely
    Compare(CompareArgs),
    /// Try many settings of a scenario: which ones matter, which are best
    Sweep(SweepArgs),
    /// Make pages and files again from what earlier commands kept, and simulate nothing
    Report(ReportArgs),
    /// Check scenario files, or a cluster.toml, without running anything
    Validate(ValidateArgs),
    /// Check the policies against known answers of real systems
    Conformance(ConformanceArgs),
    /// List the policies a scenario can name, or explain one
    Policies(PoliciesArgs),
    /// Print the JSON Schema of scenario files, for editors
    Schema(SchemaArgs),
    /// Print a completion script for a shell
    #[command(after_help = COMPLETIONS_HELP)]
    Completions(CompletionsArgs),
    /// Write a commented scenario to start from
    Init(InitArgs),
}

/// Arguments of `run`.
#[derive(Debug, clap::Args)]
#[command(after_help = run_help())]
pub(crate) struct RunArgs {
    /// Scenario files, folders of *.yaml files, or - for stdin
    #[arg(required = true, value_name = "SCENARIO", value_hint = ValueHint::AnyPath)]
    pub(crate) scenarios: Vec<PathBuf>,
    /// Changes to the scenario.
    #[command(flatten)]
    pub(crate) overlay: OverlayArgs,
    /// Run directory [default: runs/NAME-SEED]; with several scenarios the folder around theirs
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out: Option<PathBuf>,
    /// Write no run directory
    #[arg(long, conflicts_with_all = ["out", "trace"])]
    pub(crate) no_files: bool,
    /// Form of the result on stdout
    #[arg(short, long, value_enum, default_value_t, value_name = "text|json", hide_possible_values = true)]
    pub(crate) format: Format,
    /// Run twice and name the first event that differs, if any does
    #[arg(long)]
    pub(crate) check_determinism: bool,
    /// For each SLA that is missed, run again with one fault or setting changed and say what would have helped
    #[arg(long, conflicts_with = "warmup")]
    pub(crate) explain: bool,
    /// Write trace.csv with one row per try of a request: all requests, or one in N (1/N)
    #[arg(
        long, value_name = "all|1/N", num_args = 0..=1, require_equals = true,
        default_missing_value = "all", conflicts_with = "check_determinism"
    )]
    pub(crate) trace: Option<TraceSample>,
    /// Write perfetto.json, the run as a trace for <https://ui.perfetto.dev>
    #[arg(long, conflicts_with = "no_files")]
    pub(crate) perfetto: bool,
    /// Write openmetrics.txt, the numbers for tools that read OpenMetrics
    #[arg(long, conflicts_with = "no_files")]
    pub(crate) openmetrics: bool,
    /// Draw plots into the run directory (the default)
    #[arg(long, overrides_with = "no_plots", action = ArgAction::SetTrue)]
    pub(crate) plots: bool,
    /// Draw no plots
    #[arg(long, overrides_with = "plots", action = ArgAction::SetTrue)]
    pub(crate) no_plots: bool,
    // Last, since its heading holds for all that follow.
    /// Replications.
    #[command(flatten)]
    pub(crate) replication: ReplicationArgs,
}

/// Changes to a scenario from the command line.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct OverlayArgs {
    /// Change a field, e.g. control.auto_scaler.max=40, or slas.0 in a list; may be given again and again
    #[arg(short, long, value_name = "PATH=VALUE", value_parser = overlay)]
    pub(crate) set: Vec<String>,
    /// Seed of every random draw, instead of the one in the file
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
}

impl OverlayArgs {
    /// The changes as the loader takes them.
    pub(crate) fn overlay(&self) -> cusinart_scenarios::Overlay {
        cusinart_scenarios::Overlay { set: self.set.clone(), seed: self.seed }
    }

    /// The changes as words of a command.
    pub(crate) fn words(&self) -> Vec<String> {
        let seed = self.seed.map(|seed| ["--seed".to_string(), seed.to_string()]);
        let set =
            self.set.iter().map(|assignment| ["--set".to_string(), cusinart_report::shell_word(assignment)]);
        seed.into_iter().chain(set).flatten().collect()
    }
}

/// Form of a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A page for people.
    #[default]
    Text,
    /// A JSON document; of several scenarios an array of them.
    Json,
}

/// Arguments of `validate`.
#[derive(Debug, clap::Args)]
#[command(after_help = VALIDATE_HELP)]
pub(crate) struct ValidateArgs {
    /// Scenario files, folders of *.yaml files, cluster configurations (*.toml), or - for stdin
    #[arg(required = true, value_name = "SCENARIO", value_hint = ValueHint::AnyPath)]
    pub(crate) scenarios: Vec<PathBuf>,
    /// Changes to the scenario.
    #[command(flatten)]
    pub(crate) overlay: OverlayArgs,
    /// Form of the result on stdout
    #[arg(short, long, value_enum, default_value_t, value_name = "text|json", hide_possible_values = true)]
    pub(crate) format: Format,
}

/// Arguments of `policies`.
#[derive(Debug, clap::Args)]
#[command(after_help = POLICIES_HELP, args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub(crate) struct PoliciesArgs {
    /// Print a page of Markdown with all of them instead
    #[arg(long)]
    pub(crate) markdown: bool,
    /// What to do with them.
    #[command(subcommand)]
    pub(crate) command: Option<PoliciesCommand>,
}

/// What to do with policies.
#[derive(Debug, Subcommand)]
pub(crate) enum PoliciesCommand {
    /// Explain a policy: parameters, units, defaults, ranges, source, example
    Show {
        /// Name of the policy, as in a scenario
        #[arg(value_name = "NAME")]
        name: String,
    },
}

/// Arguments of `schema`.
#[derive(Debug, clap::Args)]
pub(crate) struct SchemaArgs {
    /// Print a page of Markdown for people instead
    #[arg(long, conflicts_with = "sweep")]
    pub(crate) markdown: bool,
    /// The schema of sweep files
    #[arg(long)]
    pub(crate) sweep: bool,
}

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    /// Shell the script is for
    #[arg(value_enum, value_name = "SHELL")]
    pub(crate) shell: Shell,
}

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
#[command(after_help = INIT_HELP)]
pub(crate) struct InitArgs {
    /// File to write, or - for stdout; an existing file is never replaced
    #[arg(default_value = "scenario.yaml", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
}

/// Checks the form of `path=value`; what the path means is for the loader to say.
fn overlay(text: &str) -> Result<String, String> {
    match text.split_once('=') {
        Some((path, _)) if !path.trim().is_empty() => Ok(text.to_string()),
        Some(_) | None => Err("expected PATH=VALUE, e.g. control.auto_scaler.max=40".to_string()),
    }
}

fn overview() -> String {
    format!(
        "Examples:\n  \
         cusinart-sim init                               write scenario.yaml to start from\n  \
         cusinart-sim run scenario.yaml                  simulate it and say what held and why\n  \
         cusinart-sim run scenario.yaml --set services.frontend.nodes=20\n  \
         cusinart-sim policies                           which policies there are\n\n\
         Exit codes:\n{}",
        ExitCode::table()
    )
}

fn run_help() -> String {
    format!(
        "Examples:\n  \
         cusinart-sim run scenarios/flash-crowd.yaml\n  \
         cusinart-sim run flash-crowd.yaml --seed 7 --set control.load_balancer='{{round_robin: {{}}}}'\n  \
         cusinart-sim run scenarios --no-plots --format json\n  \
         cusinart-sim run flash-crowd.yaml --trace=1/100\n  \
         generate-scenario | cusinart-sim run -\n\n\
         The run directory appears whole or not at all. It replaces an earlier run and nothing else. Ctrl-C stops \
         the run and keeps what was simulated. A run that is killed may leave a folder \
         .cusinart-sim-unfinished-* beside its directory, which can be removed.\n\n\
         Exit codes (of several scenarios the worst one):\n{}",
        ExitCode::table()
    )
}

const VALIDATE_HELP: &str = "Examples:
  cusinart-sim validate scenarios
  cusinart-sim validate flash-crowd.yaml --set duration=5m
  cusinart-sim validate scenarios --format json
  cusinart-sim validate cluster.toml

Prints `ok` and the name per good file on stdout, errors with line and column on stderr.
Ends with 0 if all files are good, 3 if one is not, 4 if there is none, 5 if one cannot be read.";

const POLICIES_HELP: &str = "Examples:
  cusinart-sim policies
  cusinart-sim policies show power_of_two";

const COMPLETIONS_HELP: &str = "Examples:
  cusinart-sim completions bash > ~/.local/share/bash-completion/completions/cusinart-sim
  cusinart-sim completions zsh > ~/.zfunc/_cusinart-sim
  cusinart-sim completions fish > ~/.config/fish/completions/cusinart-sim.fish";

const INIT_HELP: &str = "Examples:
  cusinart-sim init
  cusinart-sim init my-cluster.yaml
  cusinart-sim init - | cusinart-sim run -";

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_grammar_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn trace_takes_its_sample_only_with_an_equals_sign() {
        let trace = |args: &[&str]| {
            let words = ["cusinart-sim", "run"].iter().chain(args);
            match Args::try_parse_from(words).expect("it is well-formed").command {
                Command::Run(run) => (run.trace, run.scenarios.len()),
                Command::Test(_)
                | Command::Compare(_)
                | Command::Sweep(_)
                | Command::Report(_)
                | Command::Conformance(_)
                | Command::Validate(_)
                | Command::Policies(_)
                | Command::Schema(_)
                | Command::Completions(_)
                | Command::Init(_) => unreachable!("`run` was given"),
            }
        };
        assert_eq!(trace(&["a.yaml"]), (None, 1));
        assert_eq!(trace(&["--trace", "a.yaml"]), (Some(TraceSample::ALL), 1));
        assert_eq!(trace(&["--trace=1/100", "a.yaml", "b.yaml"]).1, 2);
    }

    #[test]
    fn the_last_of_plots_and_no_plots_counts() {
        for (flags, plots) in [(vec!["--plots", "--no-plots"], false), (vec!["--no-plots", "--plots"], true)]
        {
            let words = ["cusinart-sim", "run", "a.yaml"].into_iter().chain(flags);
            let args = Args::try_parse_from(words).expect("it is well-formed");
            assert!(matches!(args.command, Command::Run(run) if run.no_plots != plots));
        }
    }
}
