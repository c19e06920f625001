//! `test`: many scenarios as a gate for a change: SLAs, and metrics against a stored baseline.

mod args;
mod files;
mod plan;

pub(crate) use args::TestArgs;
pub(crate) use files::{REPLICATIONS, replace, replication_files, write_folder};

use crate::console;
use crate::error::CliError;
use crate::exit::ExitCode;
use crate::interrupt;
use crate::output_dir::{self, Kind};
use crate::replication_args::Replications;
use crate::repro;
use crate::style::Style;
use crate::tally::Tally;
use args::TestFormat;
use cusinart_experiments::{Gated, run_gate};
use cusinart_report::{
    GateRules, Outcome, PageLinks, Study, TestReport, TestSettings, TextStyle, github_commands, junit_xml,
    test_json, test_markdown, test_text,
};
use plan::Plan;
use std::path::Path;

/// Tests the scenarios.
pub(crate) fn test(args: &TestArgs, style: &Style) -> Result<ExitCode, CliError> {
    repro::remember(&args.command_line());
    if let Some(out) = &args.results.out {
        // What is in the way is told before anything is simulated.
        output_dir::check(out, Kind::Test)?;
    }
    files::check_places(args)?;
    let mut plan = plan::plan(args, style)?;
    let rules = GateRules {
        looks: args.looks(),
        confidence: args.sampling.confidence,
        margin: args.baseline.margin,
        statements: plan.baseline.as_ref().map_or(0, |baseline| baseline.statements),
        accepts_changes: args.baseline.update_baseline,
    };
    interrupt::listen();
    let gated = simulate(&plan, &rules, args, style);
    let report = TestReport::new(
        TestSettings {
            fail_on: args.fail_on.into(),
            confidence: rules.confidence,
            margin: rules.margin,
            replications_max: rules.looks.counts().last().copied().unwrap_or(0),
            shard: args.shard.map(|shard| shard.to_string()),
            baseline: plan.baseline.take(),
            interrupted: gated.stopped,
            repro: args.command_line(),
        },
        gated.verdicts.clone(),
        std::mem::take(&mut plan.refused),
    );
    let mut code = plan.code.worst(exit_code(&report));
    if report.scenarios.is_empty() && report.refused.is_empty() {
        console::warn("no scenario is in this shard: there are fewer files than shards", style);
    }
    for written in write(&report, &gated, &plan, args, style) {
        if let Err(error) = written {
            code = code.worst(console::report(&error, style));
        }
    }
    console::print(&page(&report, args, style))?;
    if gated.stopped {
        console::warn("interrupted; what was finished is judged and written", style);
        return Ok(ExitCode::Interrupted);
    }
    Ok(code)
}

fn simulate(plan: &Plan, rules: &GateRules, args: &TestArgs, style: &Style) -> Gated {
    let whole = args.baseline.update_baseline || matches!(args.replications, Replications::Fixed(_));
    let tally = Tally::start("test", style);
    let gated =
        run_gate(&plan.cases, rules, whole, &args.sampling.pool(), &mut |runs| tally.expect(runs), &|tick| {
            tally.count(tick)
        });
    tally.finish();
    gated
}

/// The code for what was tested. Files that could not be used have a code of their own.
fn exit_code(report: &TestReport) -> ExitCode {
    let worst = report.scenarios.iter().map(|scenario| scenario.outcome).max();
    let counting = worst.filter(|outcome| report.settings.fail_on.counts(*outcome));
    match counting {
        Some(Outcome::Failed) => ExitCode::SlaFailed,
        Some(Outcome::Undecided) => ExitCode::Undecided,
        Some(Outcome::Passed) | None => ExitCode::Passed,
    }
}

/// Writes all files that were asked for; one that cannot be written does not keep the others from it.
fn write(
    report: &TestReport,
    gated: &Gated,
    plan: &Plan,
    args: &TestArgs,
    style: &Style,
) -> Vec<Result<(), CliError>> {
    let results = &args.results;
    let mut written = Vec::new();
    if let Some(file) = &args.baseline.baseline
        && args.baseline.update_baseline
    {
        if gated.stopped {
            console::warn(&format!("{} stays as it was: the test was interrupted", file.display()), style);
        } else {
            written.push(write_baseline(file, plan, &gated.studies, style));
        }
    }
    if let Some(file) = &results.junit {
        written.push(files::replace(file, &junit_xml(report)));
    }
    if let Some(file) = &results.summary {
        written.push(files::replace(file, &test_markdown(report)));
    }
    if let Some(folder) = &results.out {
        written.push(files::write_folder(folder, report, &gated.studies));
    }
    if results.github {
        // GitHub reads commands from stderr too; stdout stays the result.
        for line in github_commands(report).lines() {
            console::note(line);
        }
        if let Some(file) = results.github_step_summary.as_deref().filter(|file| !file.is_empty()) {
            written.push(files::append(Path::new(file), &test_markdown(report)));
        }
    }
    written
}

fn write_baseline(file: &Path, plan: &Plan, studies: &[Study], style: &Style) -> Result<(), CliError> {
    let baseline = plan.updated_baseline(studies);
    files::replace(file, &baseline.to_json())?;
    let names = match baseline.names().count() {
        1 => "1 scenario".to_string(),
        count => format!("{count} scenarios"),
    };
    console::say(&format!("{}: baseline of {names} written", file.display()), style);
    Ok(())
}

/// What is printed.
fn page(report: &TestReport, args: &TestArgs, style: &Style) -> String {
    match args.results.format {
        TestFormat::Json => test_json(report),
        TestFormat::Markdown => test_markdown(report),
        TestFormat::Text => {
            let results = &args.results;
            let files = [&results.out, &results.junit, &results.summary];
            let files = files.into_iter().flatten().map(|file| file.display().to_string()).collect();
            let style = TextStyle { color: style.stdout_color, width: style.columns };
            test_text(report, &style, &PageLinks { repro: report.settings.repro.clone(), files })
        }
    }
}
