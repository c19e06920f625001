//! `compare`: which policy or scenario is better, by how much, how surely.

use crate::args::{Format, OverlayArgs};
use crate::console;
use crate::error::CliError;
use crate::exit::ExitCode;
use crate::inputs;
use crate::interrupt;
use crate::replication_args::{Replications, SamplingArgs, percent};
use crate::repro;
use crate::style::Style;
use crate::tally::Tally;
use clap::{ValueEnum, ValueHint};
use cusinart_experiments::{ArmPlan, Compared, ComparisonPlan, design_points, run_comparison};
use cusinart_report::{Looks, Overall, PageLinks, Rules, TextStyle, compare_text, default_objectives};
use cusinart_scenarios::{Design, Level, Metric, Objective, Scenario, objective, vary_arms};
use std::path::{Path, PathBuf};

/// Most arms of one comparison.
const ARMS_MAX: usize = 32;
/// Most replications of each arm.
const BUDGET: u32 = 64;
/// Replications at the first look.
const FIRST_LOOK: u32 = 8;

/// Arguments of `compare`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct CompareArgs {
    /// Scenario files; with --vary one is enough
    #[arg(required = true, value_name = "SCENARIO", value_hint = ValueHint::FilePath)]
    scenarios: Vec<PathBuf>,
    /// Compare values of a field, the first one against the others; of several fields all combinations
    #[arg(short = 'V', long, value_name = "PATH=A,B,…")]
    vary: Vec<String>,
    /// Changes to all scenarios.
    #[command(flatten)]
    overlay: OverlayArgs,
    /// Compare by this instead of what the SLAs are about, e.g. latency.p99; may be given again and again
    #[arg(short, long, value_name = "METRIC")]
    metric: Vec<String>,
    /// Smallest difference that matters, as a share of the first value
    #[arg(long, default_value = "1%", value_name = "PERCENT", value_parser = percent)]
    margin: f64,
    /// Replications of each arm; auto adds them until the verdict is sure
    #[arg(short, long, default_value = "auto", value_name = "auto|N")]
    replications: Replications,
    /// Most replications of each arm with auto
    #[arg(long, default_value_t = BUDGET, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    budget: u32,
    /// Confidence, warm-up, threads.
    #[command(flatten)]
    sampling: SamplingArgs,
    /// Which verdicts are a failure of the command
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "undecided|worse|never",
        hide_possible_values = true
    )]
    fail_on: FailOn,
    /// Form of the result on stdout
    #[arg(short, long, value_enum, default_value_t, value_name = "text|json", hide_possible_values = true)]
    format: Format,
}

/// Which verdicts are a failure of the command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
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
or the budget is spent. Ends with 0 if nothing is worse, 99 if something is, 98 if the budget was spent first.";

/// Compares the arms that the arguments name.
pub(crate) fn compare(args: &CompareArgs, style: &Style) -> Result<ExitCode, CliError> {
    let command = args.command_line();
    repro::remember(&command);
    let pool = args.sampling.pool();
    let plan = plan(args, style)?;
    interrupt::listen();
    let tally = Tally::start(&plan.arms[0].scenario.name, style);
    let compared = run_comparison(&plan, &pool, &mut |runs| tally.expect(runs), &|tick| tally.count(tick));
    tally.finish();
    let page = match args.format {
        Format::Json => {
            serde_json::to_string_pretty(&compared.comparison).expect("a comparison is plain data") + "\n"
        }
        Format::Text => {
            let style = TextStyle { color: style.stdout_color, width: style.columns };
            compare_text(&compared.comparison, &style, &PageLinks { repro: command, files: Vec::new() })
        }
    };
    console::print(&page)?;
    if compared.stopped {
        console::warn("interrupted; the verdict is that of the pairs that were finished", style);
        return Ok(ExitCode::Interrupted);
    }
    Ok(exit_code(&compared, args.fail_on))
}

fn exit_code(compared: &Compared, fail_on: FailOn) -> ExitCode {
    let verdicts = || compared.comparison.arms.iter().filter_map(|arm| arm.overall);
    let is_worse = verdicts().any(|overall| matches!(overall, Overall::Worse | Overall::TradeOff));
    let is_undecided = verdicts().any(|overall| overall == Overall::Undecided);
    match fail_on {
        FailOn::Undecided | FailOn::Worse if is_worse => ExitCode::SlaFailed,
        FailOn::Undecided if is_undecided => ExitCode::Undecided,
        FailOn::Undecided | FailOn::Worse | FailOn::Never => ExitCode::Passed,
    }
}

/// Loads all arms.
fn plan(args: &CompareArgs, style: &Style) -> Result<ComparisonPlan, CliError> {
    let combinations = combinations(&args.vary)?;
    let count = args.scenarios.len() * combinations.len();
    if !(2..=ARMS_MAX).contains(&count) {
        return Err(CliError::Usage {
            message: format!("{count} to compare, expected from 2 to {ARMS_MAX}"),
            hint: "name several scenarios, or several values of a field: \
                   --vary control.load_balancer=round_robin,power_of_two"
                .into(),
        });
    }
    let mut arms: Vec<(String, Scenario)> = Vec::new();
    for file in &args.scenarios {
        for assignments in &combinations {
            let mut overlay = args.overlay.clone();
            overlay.set.extend(assignments.iter().cloned());
            let mut scenario = inputs::load(file, &overlay)?;
            args.sampling.set_warmup(&mut scenario, style)?;
            let label = label(file, assignments, args.scenarios.len() > 1);
            let same =
                arms.iter().filter(|(known, _)| known.split(" #").next() == Some(label.as_str())).count();
            let label = if same == 0 { label } else { format!("{label} #{}", same + 1) };
            arms.push((label, scenario));
        }
    }
    let (texts, compared) = objective_texts(args, &arms[0].1)?;
    let arms = arms.into_iter().map(|(label, scenario)| {
        let objectives: Result<Vec<Objective>, CliError> =
            texts.iter().map(|text| Ok(objective(&format!("{label}: {text}"), text, &scenario)?)).collect();
        Ok(ArmPlan { label, objectives: with_slas(objectives?, &scenario), scenario })
    });
    let arms: Result<Vec<ArmPlan>, CliError> = arms.collect();
    let confidence = args.sampling.confidence;
    let looks = match args.replications {
        Replications::Auto => Looks::doubling(FIRST_LOOK, args.budget, confidence),
        Replications::Fixed(count) => Looks::once(count, confidence),
    };
    Ok(ComparisonPlan { arms: arms?, compared, rules: Rules { looks, confidence, margin: args.margin } })
}

/// For each arm its assignments `path=value`: all combinations of the fields, the last one changing fastest. Without
/// fields there is one, which changes nothing.
fn combinations(fields: &[String]) -> Result<Vec<Vec<String>>, CliError> {
    let knobs = vary_arms("--vary", fields)?;
    let points = design_points(Design::Grid, &knobs, 0).map_err(|error| CliError::Usage {
        message: error.to_string(),
        hint: "name the values one by one, or give the range a step: --vary services.api.nodes=2..6:2".into(),
    })?;
    let assignments = |point: Vec<Level>| {
        knobs.iter().zip(point).map(|(knob, level)| format!("{}={}", knob.path, level.text)).collect()
    };
    Ok(points.into_iter().map(assignments).collect())
}

/// What is measured, and how much of it is compared: the rest is there for the cost.
fn objective_texts(args: &CompareArgs, first: &Scenario) -> Result<(Vec<String>, usize), CliError> {
    let mut texts: Vec<String> = Vec::new();
    for metric in &args.metric {
        let text = objective("--metric", metric, first)?.text;
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    if texts.is_empty() {
        texts = default_objectives(first).into_iter().map(|objective| objective.text).collect();
    }
    let compared = texts.len();
    let cost = Metric::Cost.to_string();
    if !texts.contains(&cost) {
        texts.push(cost);
    }
    Ok((texts, compared))
}

/// Adds what the scenario's own SLAs are about.
fn with_slas(mut objectives: Vec<Objective>, scenario: &Scenario) -> Vec<Objective> {
    for sla in &scenario.slas {
        if objectives.iter().all(|known| known.text != sla.objective.text) {
            objectives.push(sla.objective.clone());
        }
    }
    objectives
}

/// What an arm is called: its values, and its file if there are several.
fn label(file: &Path, assignments: &[String], several_files: bool) -> String {
    let stem = || file.file_stem().map_or_else(|| "stdin".into(), |stem| stem.to_string_lossy().into_owned());
    let value = |assignment: &String| assignment.split_once('=').map_or("", |(_, value)| value).to_string();
    let last_step = |assignment: &String| {
        let path = assignment.split_once('=').map_or("", |(path, _)| path);
        format!("{}={}", path.rsplit('.').next().unwrap_or(path), value(assignment))
    };
    let mut words: Vec<String> = match assignments {
        [one] => vec![value(one)],
        several => several.iter().map(last_step).collect(),
    };
    if several_files || words.is_empty() {
        words.insert(0, stem());
    }
    words.join(" ")
}

impl CompareArgs {
    /// The command that repeats the comparison.
    fn command_line(&self) -> String {
        let mut words = vec!["cusinart-sim".to_string(), "compare".to_string()];
        words.extend(self.scenarios.iter().map(|file| repro::path_argument(file)));
        for field in &self.vary {
            words.extend(["--vary".into(), cusinart_report::shell_word(field)]);
        }
        words.extend(self.overlay.words());
        for metric in &self.metric {
            words.extend(["--metric".into(), cusinart_report::shell_word(metric)]);
        }
        if self.margin != 0.01 {
            words.extend(["--margin".into(), format!("{}%", self.margin * 100.0)]);
        }
        match self.replications {
            Replications::Auto if self.budget == BUDGET => {}
            Replications::Auto => words.extend(["--budget".into(), self.budget.to_string()]),
            Replications::Fixed(count) => words.extend(["--replications".into(), count.to_string()]),
        }
        words.extend(self.sampling.words());
        words.join(" ")
    }
}
