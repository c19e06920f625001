//! `run`: simulate scenarios, judge them, write their run directories, print their pages.

use crate::args::RunArgs;
use crate::console;
use crate::error::CliError;
use crate::exit::ExitCode;
use crate::inputs;
use crate::interrupt;
use crate::output_dir::{self, Kind, Staging};
use crate::progress::Meter;
use crate::repro;
use crate::results::Results;
use crate::run_files::{Extras, RunFiles};
use crate::style::Style;
use crate::tally::Tally;
use crate::trace::{self, TraceSample};
use cusinart_experiments::{Pool, Progress};
use cusinart_record::RunRecord;
use cusinart_report::{Explanation, PageLinks, RunSummary, RunVerdict};
use cusinart_scenarios::{Scenario, Source};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// One scenario to run.
struct Job {
    file: PathBuf,
    source: Source,
    scenario: Scenario,
    /// Its run directory, unless no files are wanted.
    target: Option<PathBuf>,
}

/// Runs each scenario; the worst exit code decides.
pub(crate) fn run(args: &RunArgs, style: &Style) -> Result<ExitCode, CliError> {
    check_trace(args)?;
    let files = inputs::expand(&args.scenarios)?;
    let several = files.len() > 1;
    let mut results = Results::new(several, args.format, style);
    let mut worst = ExitCode::Passed;
    let mut jobs = Vec::new();
    for file in files {
        repro::remember(&args.command_line(&file, args.overlay.seed));
        match read(&file, args, style) {
            Ok((source, scenario)) => {
                let target = target(args, &scenario, several);
                jobs.push(Job { file, source, scenario, target });
            }
            Err(error) => {
                let command = args.command_line(&file, args.overlay.seed);
                worst = worst.worst(refuse(&error, &command, style));
                results.without(file.display().to_string());
            }
        }
    }
    check_targets(&jobs)?;
    // What is in the way is told before anything is simulated.
    jobs.retain(|job| {
        let checked =
            job.target.as_deref().map_or(Ok(()), |target| output_dir::check(target, Kind::Run).map(drop));
        if let Err(error) = &checked {
            let command = args.command_line(&job.file, Some(job.scenario.seed));
            worst = worst.worst(refuse(error, &command, style));
            results.without(&job.scenario.name);
        }
        checked.is_ok()
    });
    interrupt::listen();
    for job in &jobs {
        let command = args.command_line(&job.file, Some(job.scenario.seed));
        repro::remember(&command);
        let code = run_job(job, args, &mut results, style).unwrap_or_else(|error| {
            results.without(&job.scenario.name);
            refuse(&error, &command, style)
        });
        worst = worst.worst(code);
        if code == ExitCode::Interrupted {
            break;
        }
    }
    results.finish()?;
    Ok(worst)
}

/// Makes sure that a sample of the trace was not taken for a scenario.
fn check_trace(args: &RunArgs) -> Result<(), CliError> {
    let is_sample = |file: &&PathBuf| {
        let sample = file.to_str().is_some_and(|word| word.parse::<TraceSample>().is_ok());
        sample && !file.exists()
    };
    match args.scenarios.iter().find(is_sample) {
        Some(word) if args.trace == Some(TraceSample::ALL) => Err(CliError::Usage {
            message: format!("`{}` was taken for a scenario, and there is no such file", word.display()),
            hint: format!("write --trace={}, with an equals sign", word.display()),
        }),
        Some(_) | None => Ok(()),
    }
}

/// Reads a scenario and keeps its text.
fn read(file: &Path, args: &RunArgs, style: &Style) -> Result<(Source, Scenario), CliError> {
    let source = inputs::source(file, &args.overlay)?;
    let mut scenario = source.scenario()?;
    args.replication.sampling.set_warmup(&mut scenario, style)?;
    Ok((source, scenario))
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
        let mut flags = self.result_flags();
        flags.extend(self.check_determinism.then(|| "--check-determinism".to_string()));
        repro::run_command(file, seed, &self.overlay.set, &flags)
    }

    /// The command that repeats the result of a job, as the page says it. Nothing if only the run
    /// directory holds the scenario, since what came from stdin is gone.
    fn result_command(&self, job: &Job) -> Option<String> {
        let is_gone = job.target.is_some() && inputs::is_stdin(&job.file);
        let seed = Some(job.scenario.seed);
        (!is_gone).then(|| repro::run_command(&job.file, seed, &self.overlay.set, &self.result_flags()))
    }

    /// The options that change the result. A check of determinism is none of them.
    fn result_flags(&self) -> Vec<String> {
        let mut flags = self.replication.words();
        flags.extend(self.explain.then(|| "--explain".to_string()));
        flags.extend(self.trace.map(|sample| format!("--trace={}", sample.word())));
        flags
    }

    /// The files that were asked for.
    fn extras(&self) -> Extras {
        Extras {
            plots: !self.no_plots,
            perfetto: self.perfetto,
            openmetrics: self.openmetrics,
            trace: self.trace.is_some(),
        }
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
fn run_job(
    job: &Job,
    args: &RunArgs,
    results: &mut Results<'_>,
    style: &Style,
) -> Result<ExitCode, CliError> {
    let staging = job.target.as_deref().map(|target| Staging::create(target, Kind::Run)).transpose()?;
    let record = simulate(&job.scenario, args, staging.as_ref(), style)?;
    // A part of a run is nothing to add to, and must not take the place of what was to be added to.
    let staging = staging.filter(|_| !(args.replication.add && interrupt::raised()));
    let is_kept = staging.is_some();
    let mut summary = cusinart_report::summarize(&job.scenario, &record);
    let mut replicated = None;
    if args.replication.is_wanted() && !interrupt::raised() {
        let result = args.replication.replicate(&job.scenario, &record, job.target.as_deref(), style)?;
        summary = summary.with_replications(result.summary);
        replicated = Some((result.study, result.looks));
    }
    if args.explain && !interrupt::raised() {
        summary.explain = explain(job, (&record, &summary), &args.replication.sampling.pool(), style);
    }
    let command = args.result_command(job);
    let mut links = PageLinks { repro: command.clone().unwrap_or_default(), files: Vec::new() };
    if let (Some(staging), Some(target)) = (staging, &job.target) {
        let files = RunFiles {
            scenario: &job.scenario,
            record: &record,
            summary: &summary,
            study: replicated.as_ref().map(|(study, looks)| (study, looks)),
            command: command.as_deref(),
            extras: args.extras(),
        };
        links = files.write(&staging, target)?;
        staging.publish()?;
    }
    results.add(&summary, &links)?;
    if interrupt::raised() {
        let kept = match &job.target {
            Some(_) if is_kept => "what was simulated is kept".to_string(),
            Some(target) => format!("{} stays as it was", target.display()),
            None => "no files were asked for".to_string(),
        };
        console::warn(
            &format!("interrupted at {} of {}; {kept}", record.simulated, record.header.duration),
            style,
        );
        return Ok(ExitCode::Interrupted);
    }
    if let Some(violation) = &record.violation {
        let again = command.map(|command| format!("; again: {command}")).unwrap_or_default();
        console::warn(&format!("{violation}; this is a bug, and no number of the run counts{again}"), style);
        return Ok(ExitCode::Internal);
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

/// Runs a scenario whose SLAs were missed again with one thing changed at a time, and shows how far that is. Nothing
/// if it was interrupted.
fn explain(
    job: &Job,
    (record, summary): (&RunRecord, &RunSummary),
    pool: &Pool,
    style: &Style,
) -> Option<Explanation> {
    let tally = Tally::start(&format!("{}, explained", job.scenario.name), style);
    let explained = cusinart_experiments::explain(
        &job.source,
        &job.scenario,
        (record, summary),
        pool,
        &mut |runs| tally.expect(runs),
        &|tick| tally.count(tick),
    );
    tally.finish();
    match explained {
        ControlFlow::Continue(explanation) => Some(explanation),
        ControlFlow::Break(()) => None,
    }
}
