//! From the arguments to the arms, what is measured of them, and when the comparison is sure.

use super::args::CompareArgs;
use crate::error::CliError;
use crate::inputs;
use crate::replication_args::Replications;
use crate::style::Style;
use cusinart_experiments::{ArmPlan, ComparisonPlan, design_points};
use cusinart_report::{Looks, Rules, default_objectives};
use cusinart_scenarios::{Design, Level, Metric, Objective, Scenario, objective, vary_arms};
use std::path::Path;

/// Most arms of one comparison.
const ARMS_MAX: usize = 32;
/// Most replications of each arm, unless told otherwise.
pub(super) const BUDGET: u32 = 64;
/// Replications at the first look.
const FIRST_LOOK: u32 = 8;

/// Loads all arms: labels and scenarios. All have the seed of the first.
///
/// # Errors
/// If there are too few or too many, or a file or a value makes no scenario.
pub(super) fn load(args: &CompareArgs) -> Result<Vec<(String, Scenario)>, CliError> {
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
    inputs::read_stdin_once(&args.scenarios)?;
    let mut arms: Vec<(String, Scenario)> = Vec::new();
    for file in &args.scenarios {
        let source = inputs::source(file, &args.overlay)?;
        for assignments in &combinations {
            let changed = assignments.iter().fold(source.clone(), |source, text| source.with(text));
            let scenario = changed.scenario()?;
            let seed = arms.first().map_or(scenario.seed, |(_, first)| first.seed);
            let label = label(file, assignments, args.scenarios.len() > 1);
            let same =
                arms.iter().filter(|(known, _)| known.split(" #").next() == Some(label.as_str())).count();
            let label = if same == 0 { label } else { format!("{label} #{}", same + 1) };
            arms.push((label, Scenario { seed, ..scenario }));
        }
    }
    Ok(arms)
}

/// What to compare, by what, and when it is sure.
///
/// # Errors
/// If a metric is none of an arm's scenario, or the warm-up is not within it.
pub(super) fn plan(
    args: &CompareArgs,
    mut arms: Vec<(String, Scenario)>,
    style: &Style,
) -> Result<ComparisonPlan, CliError> {
    for (_, scenario) in &mut arms {
        args.sampling.set_warmup(scenario, style)?;
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
