//! The ways in: a sweep file, or `--vary` on the command line.

use super::knob::{self, Repeats};
use super::model::{Design, Knob, POINTS_MAX, REPLICATIONS_MAX, Sweep};
use super::raw::{RawForm, RawKnob, RawPoints, RawSweep, RawValues, SettingPath, is_range};
use crate::error::ScenarioError;
use crate::log::{Finding, Log, Mark, Source, quote};
use crate::quantity::Version;
use crate::read::{At, Read};
use crate::text::{self, Named};
use crate::tree::{Node, Value};
use crate::yaml::{self, Origin};
use std::path::Path;

/// What a sweep is written in, for messages.
const YAML: &str = "a YAML file";
/// Points of a design when the file does not say.
const POINTS_DEFAULT: u32 = 64;
/// Replications of a point when the file does not say.
const REPLICATIONS_DEFAULT: u32 = 4;

/// Reads a sweep file. Its scenario is named relative to it, and not read.
///
/// # Errors
/// [`ScenarioError::Io`] if the file cannot be read, [`ScenarioError::Invalid`] with places and hints if it makes
/// no sense.
pub fn load_sweep(path: &Path) -> Result<Sweep, ScenarioError> {
    let text = text::of_file(path, YAML)?;
    parse_sweep(&path.display().to_string(), &text, path.parent().unwrap_or(Path::new("")))
}

/// Reads a sweep from a text. `name` stands in messages; the scenario is named relative to `dir`.
///
/// # Errors
/// [`ScenarioError::Invalid`] with places and hints.
pub fn parse_sweep(name: &str, text: &str, dir: &Path) -> Result<Sweep, ScenarioError> {
    text::check_size(Named { name, kind: YAML }, text.len())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut log = Log::about(name, text);
    match read(text, dir, &mut log) {
        Some(sweep) if log.is_clean() => Ok(sweep),
        Some(_) | None => Err(log.into_error()),
    }
}

/// Reads what is varied from arguments of the command line: `path=a,b,c`, `path=6..24`, `path=6..24:2`,
/// `path=10s..5m:log`, `path=10s..5m:log:7`. `flag` stands in messages.
///
/// # Errors
/// [`ScenarioError::Invalid`] with places and hints.
///
/// ```
/// # use cusinart_scenarios::vary;
/// let knobs = vary("--vary", &["services.api.nodes=2..6:2".into()]).unwrap();
/// let texts: Vec<String> = knobs[0].levels().unwrap().into_iter().map(|level| level.text).collect();
/// assert_eq!(texts, ["2", "4", "6"]);
/// ```
pub fn vary(flag: &str, arguments: &[String]) -> Result<Vec<Knob>, ScenarioError> {
    of_arguments(flag, arguments, Repeats::Refused)
}

/// Reads what is compared from arguments of the command line, as [`vary`] does, but a value may stand there twice: a
/// policy compared with itself shows how much is noise.
///
/// # Errors
/// [`ScenarioError::Invalid`] with places and hints.
pub fn vary_arms(flag: &str, arguments: &[String]) -> Result<Vec<Knob>, ScenarioError> {
    of_arguments(flag, arguments, Repeats::Allowed)
}

fn of_arguments(flag: &str, arguments: &[String], repeats: Repeats) -> Result<Vec<Knob>, ScenarioError> {
    let mut log = Log::default();
    let raw: Vec<RawKnob> =
        arguments.iter().filter_map(|argument| argument_knob(flag, argument, &mut log)).collect();
    let knobs = knob::knobs(&raw, repeats, &mut log);
    if log.is_clean() { Ok(knobs) } else { Err(log.into_error()) }
}

fn read(text: &str, dir: &Path, log: &mut Log) -> Option<Sweep> {
    let root = yaml::read(text, Origin { source: 0, column: 0 }, log)?;
    if root.get("scenario").is_none() && root.get("vary").is_none() {
        let found = if root.get("services").is_some() { "a scenario".into() } else { root.describe() };
        let whole = Mark { line: root.mark.line.max(1), column: root.mark.column.max(1), ..root.mark };
        log.report(
            Finding::at(whole, found, "a sweep: a map with `version`, `scenario` and `vary`")
                .hint("a scenario is swept with `--vary path=a,b,c`"),
        );
        return None;
    }
    let raw = RawSweep::read(&root, log)?;
    // There is one version only, which the reader has checked.
    let Version = raw.version.value;
    let knobs = knob::knobs(&raw.vary.knobs, Repeats::Refused, log);
    let design = raw.design.as_ref().map_or(Some(Design::Grid), |design| match &design.0 {
        RawForm::Grid(_) => Some(Design::Grid),
        RawForm::Random(size) => points(size, log).map(|points| Design::Random { points }),
        RawForm::Sobol(size) => points(size, log).map(|points| Design::Sobol { points }),
    })?;
    if design == Design::Grid {
        check_steps(&raw.vary.knobs, &knobs, log);
    }
    let replications = raw.replications.map_or(REPLICATIONS_DEFAULT, |count| count.value.get());
    if let Some(count) = raw.replications.filter(|_| replications > REPLICATIONS_MAX) {
        let found = format!("{replications} replications");
        log.report(Finding::at(count.mark, found, format!("at most {REPLICATIONS_MAX}")));
    }
    Some(Sweep {
        scenario: dir.join(&raw.scenario.value.0),
        design,
        replications,
        seed: raw.seed.map(|seed| seed.value),
        knobs,
        metrics: raw
            .metrics
            .iter()
            .flat_map(|metrics| &metrics.items)
            .map(|text| text.value.0.clone())
            .collect(),
    })
}

fn points(raw: &RawPoints, log: &mut Log) -> Option<u32> {
    let Some(points) = raw.points else { return Some(POINTS_DEFAULT) };
    if u64::from(points.value.get()) <= POINTS_MAX {
        return Some(points.value.get());
    }
    log.report(Finding::at(points.mark, format!("{} points", points.value), format!("at most {POINTS_MAX}")));
    None
}

/// On a grid every knob has single values.
fn check_steps(raw: &[RawKnob], knobs: &[Knob], log: &mut Log) {
    for knob in knobs.iter().filter(|knob| knob.levels().is_none()) {
        let Some(written) = raw.iter().find(|raw| raw.path.value.0 == knob.path) else { continue };
        log.report(
            Finding::at(knob::place(written), "a range without steps", "single values, for a grid")
                .hint("add `levels: 5` or a `step`, or take `design: { sobol: { points: 64 } }`"),
        );
    }
}

/// Reads one `path=values`.
fn argument_knob(flag: &str, argument: &str, log: &mut Log) -> Option<RawKnob> {
    let length = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let name = format!("{flag} {}", argument.chars().take(200).collect::<String>());
    let source = log.add_source(Source { name, text: argument.into(), has_lines: false });
    let whole = Mark { source, line: 1, column: 1, length: length(argument) };
    let Some((path, values)) = argument.split_once('=').filter(|(path, _)| !path.trim().is_empty()) else {
        log.report(
            Finding::at(whole, quote(argument), "`path=value,value` or `path=from..to`")
                .hint("for example `services.frontend.nodes=6..24:2`"),
        );
        return None;
    };
    // The values are the items of a list whose brackets are left out; the first bracket shifts all by one.
    let origin = Origin { source, column: length(path) };
    let list = yaml::read(&format!("[{values}]"), origin, log)?;
    let path = At { value: SettingPath(path.into()), mark: Mark { length: length(path), ..whole } };
    let mark = Mark { column: length(path.value.0.as_str()) + 2, length: length(values).max(1), ..whole };
    let Value::List(items) = list.value else { return None };
    let values = match items.as_slice() {
        [only] if is_range_node(only) => RawValues::read(only, log)?,
        [] | [_] | [_, _, ..] => RawValues::List(items, mark),
    };
    Some(RawKnob { path, values })
}

fn is_range_node(node: &Node) -> bool {
    match &node.value {
        Value::Scalar(text) => is_range(text),
        Value::Map(_) => node.get("from").is_some() || node.get("to").is_some(),
        Value::Null | Value::List(_) => false,
    }
}
