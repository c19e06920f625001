//! `run`: simulate scenarios, judge them, write their run directories, print their pages.

use crate::args::{Format, RunArgs};
use crate::console;
use crate::error::CliError;
use crate::exit::ExitCode;
use crate::inputs;
use crate::interrupt;
use crate::output_dir::{self, Staging};
use crate::progress::Meter;
use crate::replications;
use crate::repro;
use crate::style::Style;
use crate::trace;
use cusinart_experiments::Progress;
use cusinart_record::RunRecord;
use cusinart_report::{PageLinks, RunSummary, RunVerdict, TextStyle};
use cusinart_scenarios::Scenario;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// One scenario to run.
struct Job {
    file: PathBuf,
    scenario: Scenario,
    /// Its run directory, unless no files are wanted.
    target: Option<PathBuf>,
}

/// Runs each scenario; the worst exit code decides.
pub(crate) fn run(args: &RunArgs, style: &Style) -> Result<ExitCode, CliError> {
    let files = inputs::expand(&args.scenarios)?;
    let several = files.len() > 1;
    let mut worst = ExitCode::Passed;
    let mut jobs = Vec::new();
    let sampling = &args.replication.sampling;
    for file in files {
        repro::remember(&args.command_line(&file, args.overlay.seed));
        let loaded = inputs::load(&file, &args.overlay).and_then(|mut scenario| {
            sampling.set_warmup(&mut scenario, style)?;
            Ok(scenario)
        });
        match loaded {
            Ok(scenario) => {
                let target = target(args, &scenario, several);
                jobs.push(Job { file, scenario, target });
            }
            Err(error) => {
                let command = args.command_line(&file, args.overlay.seed);
                worst = worst.worst(refuse(&error, &command, style));
            }
        }
    }
    check_targets(&jobs)?;
    // What is in the way is told before anything is simulated.
    jobs.retain(|job| {
        let checked = job.target.as_deref().map_or(Ok(()), |target| output_dir::check(target).map(drop));
        if let Err(error) = &checked {
            let command = args.command_line(&job.file, Some(job.scenario.seed));
            worst = worst.worst(refuse(error, &command, style));
        }
        checked.is_ok()
    });
    interrupt::listen();
    for (position, job) in jobs.iter().enumerate() {
        let command = args.command_line(&job.file, Some(job.scenario.seed));
        repro::remember(&command);
        if position > 0 && args.format == Format::Text {
            console::print("\n")?;
        }
        let code = run_job(job, args, style).unwrap_or_else(|error| refuse(&error, &command, style));
        worst = worst.worst(code);
        if code == ExitCode::Interrupted {
            break;
        }
    }
    Ok(worst)
}

/// Tells an error with the command that repeats it.
fn refuse(error: &CliError, command: &str, style: &Style) -> ExitCode {
    let code = console::report(error, style);
    console::note(&format!("again: {command}"));
    code
}

impl RunArgs {
    /// The command that repeats the run of a file; without a seed it takes the file's.
    fn command_line(&self, file: &Path, seed: Option<u64>) -> String {
        let mut flags = self.replication.words();
        flags.extend(self.check_determinism.then(|| "--check-determinism".to_string()));
        repro::run_command(file, seed, &self.overlay.set, &flags)
    }
}

/// Where the run directory of a scenario goes.
fn target(args: &RunArgs, scenario: &Scenario, several: bool) -> Option<PathBuf> {
    match &args.out {
        _ if args.no_files => None,
        None => Some(output_dir::default_path(&scenario.name, scenario.seed)),
        Some(out) if several => Some(out.join(output_dir::directory_name(&scenario.name, scenario.seed))),
        Some(out) => Some(out.clone()),
    }
}

/// Makes sure that no run replaces the directory of another run of the same command.
fn check_targets(jobs: &[Job]) -> Result<(), CliError> {
    let mut seen = BTreeMap::new();
    for job in jobs {
        let Some(target) = &job.target else { continue };
        if let Some(other) = seen.insert(target, &job.file) {
            return Err(CliError::Usage {
                message: format!(
                    "{} and {} would both be written to {}",
                    other.display(),
                    job.file.display(),
                    target.display()
                ),
                hint: "give the scenarios different names, or use --no-files".to_string(),
            });
        }
    }
    Ok(())
}

/// Runs one scenario from its start to its page.
fn run_job(job: &Job, args: &RunArgs, style: &Style) -> Result<ExitCode, CliError> {
    let staging = job.target.as_deref().map(Staging::create).transpose()?;
    let record = simulate(&job.scenario, args, staging.as_ref(), style)?;
    let mut summary = cusinart_report::summarize(&job.scenario, &record);
    let mut replicated = None;
    if args.replication.is_wanted() && !interrupt::raised() {
        let result = args.replication.replicate(&job.scenario, &record, job.target.as_deref(), style)?;
        summary = summary.with_replications(result.summary);
        replicated = Some(result.study);
    }
    let mut names = Vec::new();
    if let Some(staging) = staging {
        names = write_files(&staging, &job.scenario, &record, &summary, args)?;
        if let Some(study) = &replicated {
            staging.write(replications::FILE, study.to_json().as_bytes())?;
            names.push(replications::FILE.to_string());
        }
        staging.publish()?;
    }
    console::print(&result(job, args, &summary, &names, style))?;
    if interrupt::raised() {
        let kept =
            if job.target.is_some() { "what was simulated is kept" } else { "no files were asked for" };
        console::warn(
            &format!("interrupted at {} of {}; {kept}", record.simulated, record.header.duration),
            style,
        );
        return Ok(ExitCode::Interrupted);
    }
    Ok(match summary.verdict() {
        RunVerdict::Passed | RunVerdict::NoSlas => ExitCode::Passed,
        RunVerdict::Undecided => ExitCode::Undecided,
        RunVerdict::Failed => ExitCode::SlaFailed,
    })
}

/// Simulates a scenario, once or to compare twice, and shows how far it is.
fn simulate(
    scenario: &Scenario,
    args: &RunArgs,
    staging: Option<&Staging>,
    style: &Style,
) -> Result<RunRecord, CliError> {
    let mut meter = Meter::start(&scenario.name, style);
    let mut watch = |progress: &Progress| {
        meter.show(progress);
        if interrupt::raised() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let result = match (args.trace, staging) {
        _ if args.check_determinism => cusinart_experiments::check_determinism(scenario, &mut watch)
            .map_err(|divergence| CliError::Diverged(Box::new(divergence))),
        (Some(sample), Some(staging)) => {
            let file = trace::open(staging, sample)?;
            let record = cusinart_experiments::run_traced(scenario, trace::writer(&file), &mut watch);
            trace::close(&file, staging).map(|()| record)
        }
        (Some(_) | None, Some(_) | None) => Ok(cusinart_experiments::run(scenario, &mut watch)),
    };
    match &result {
        Ok(record) => {
            meter.finish(record);
            if args.check_determinism && !interrupt::raised() {
                console::note(&format!("deterministic: both runs gave digest {:016x}", record.digest));
            }
        }
        Err(_) => meter.abandon(),
    }
    result
}

/// Fills the run directory and returns the names of the files that a reader would open, best first.
fn write_files(
    staging: &Staging,
    scenario: &Scenario,
    record: &RunRecord,
    summary: &RunSummary,
    args: &RunArgs,
) -> Result<Vec<String>, CliError> {
    let mut names = Vec::new();
    if !args.no_plots {
        for plot in cusinart_report::plots(scenario, record, summary) {
            let svg = format!("{}.svg", plot.name);
            staging.write(&svg, plot.svg.as_bytes())?;
            staging.write(&format!("{}.png", plot.name), &plot.png)?;
            names.push(svg);
        }
    }
    for (name, text) in [
        ("run.json", cusinart_report::run_json(summary)),
        ("facts.jsonl", cusinart_report::facts_jsonl(record)),
        ("series.csv", cusinart_report::series_csv(record)),
        ("scenario.yaml", cusinart_scenarios::to_yaml(scenario)),
    ] {
        staging.write(name, text.as_bytes())?;
        names.push(name.to_string());
    }
    if args.trace.is_some() {
        names.push(trace::FILE.to_string());
    }
    Ok(names)
}

/// What is printed of a run.
fn result(job: &Job, args: &RunArgs, summary: &RunSummary, names: &[String], style: &Style) -> String {
    match args.format {
        Format::Json => cusinart_report::run_json(summary),
        Format::Text => {
            let links = PageLinks { repro: again(job, args), files: paths(job, names) };
            let style = TextStyle { color: style.stdout_color, width: style.columns };
            cusinart_report::text(summary, &style, &links)
        }
    }
}

/// The command that repeats a run. What came from stdin is gone, but the run directory holds the scenario.
fn again(job: &Job, args: &RunArgs) -> String {
    match &job.target {
        Some(target) if inputs::is_stdin(&job.file) => {
            repro::run_command(&target.join("scenario.yaml"), Some(job.scenario.seed), &[], &[])
        }
        Some(_) | None => args.command_line(&job.file, Some(job.scenario.seed)),
    }
}

/// The paths of files in the run directory, as the user can open them.
fn paths(job: &Job, names: &[String]) -> Vec<String> {
    let Some(target) = &job.target else { return Vec::new() };
    names.iter().map(|name| target.join(name).display().to_string()).collect()
}
