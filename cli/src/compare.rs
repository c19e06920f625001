//! `compare`: which policy or scenario is better, by how much, how surely.

mod args;
mod files;
mod plan;

pub(crate) use args::CompareArgs;
pub(crate) use files::{CompareFiles, FILES, PLAN, arm_file, is_arm_file};

use crate::args::Format;
use crate::console;
use crate::error::CliError;
use crate::exit::ExitCode;
use crate::inputs;
use crate::interrupt;
use crate::output_dir::{self, Kind, Staging};
use crate::repro;
use crate::style::Style;
use crate::tally::Tally;
use args::FailOn;
use cusinart_experiments::{Compared, ComparisonPlan, run_comparison};
use cusinart_report::{Overall, PageLinks, TextStyle, compare_text};
use cusinart_scenarios::Scenario;
use std::path::{Path, PathBuf};

/// Compares the arms that the arguments name.
pub(crate) fn compare(args: &CompareArgs, style: &Style) -> Result<ExitCode, CliError> {
    let command = args.command_line();
    repro::remember(&command);
    let pool = args.sampling.pool();
    let arms = plan::load(args)?;
    // What is in the way is told before anything is simulated.
    let target = target(args, &arms[0].1);
    let staging = target.as_deref().map(|target| Staging::create(target, Kind::Compare)).transpose()?;
    let plan = plan::plan(args, arms, style)?;
    interrupt::listen();
    let tally = Tally::start(&plan.arms[0].scenario.name, style);
    let compared = run_comparison(&plan, &pool, &mut |runs| tally.expect(runs), &|tick| tally.count(tick));
    tally.finish();
    let place = staging.zip(target.as_deref());
    let has_files = place.is_some() && !compared.first_runs.is_empty();
    // What came from stdin is gone, and only the directory holds it.
    let is_gone = has_files && args.scenarios.iter().any(|file| inputs::is_stdin(file));
    let command = (!is_gone).then_some(command.as_str());
    let links = match place {
        Some(place) if has_files => write(&plan, &compared, command, place)?,
        Some(_) | None => PageLinks { repro: command.unwrap_or_default().to_string(), files: Vec::new() },
    };
    let page = match args.format {
        Format::Json => compared.comparison.to_json(),
        Format::Text => {
            let style = TextStyle { color: style.stdout_color, width: style.columns };
            compare_text(&compared.comparison, &style, &links)
        }
    };
    console::print(&page)?;
    if compared.stopped {
        let kept = if has_files { "what was finished is kept" } else { "no files were written" };
        console::warn(
            &format!("interrupted; the verdict is that of the pairs that were finished; {kept}"),
            style,
        );
        return Ok(ExitCode::Interrupted);
    }
    Ok(exit_code(&compared, args.fail_on))
}

/// Where the directory of a comparison goes.
fn target(args: &CompareArgs, first: &Scenario) -> Option<PathBuf> {
    match &args.out {
        _ if args.no_files => None,
        None => Some(output_dir::default_path(&format!("compare-{}", first.name), first.seed)),
        Some(out) => Some(out.clone()),
    }
}

/// Writes the directory, and returns what its page shall point to.
fn write(
    plan: &ComparisonPlan,
    compared: &Compared,
    command: Option<&str>,
    (staging, target): (Staging, &Path),
) -> Result<PageLinks, CliError> {
    let Compared { studies, first_runs, comparison, .. } = compared;
    let files = CompareFiles { plan, studies, first_runs, comparison, command };
    let links = files.write(&staging, target)?;
    staging.publish()?;
    Ok(links)
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
