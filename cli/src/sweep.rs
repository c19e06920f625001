//! `sweep`: try many settings of a scenario, and say which ones matter and which are best.

mod args;
pub(crate) mod directory;
pub(crate) mod files;
mod plan;
mod source;

pub(crate) use args::SweepArgs;

use crate::args::Format;
use crate::console;
use crate::error::CliError;
use crate::exit::ExitCode;
use crate::interrupt;
use crate::output_dir;
use crate::repro;
use crate::style::Style;
use crate::tally::Tally;
use cusinart_experiments::{Pool, SweepJob, run_sweep};
use cusinart_report::{MeasuredPoint, SweptReplication, TextStyle, summarize_sweep, sweep_text};
use directory::SweepDirectory;
use plan::Prepared;

/// Runs the points that are not finished yet, then says what all of them show.
pub(crate) fn sweep(args: &SweepArgs, style: &Style) -> Result<ExitCode, CliError> {
    let command = args.command_line();
    repro::remember(&command);
    let pool = Pool::new(args.jobs);
    let prepared = plan::prepare(args, &pool)?;
    let seed = prepared.plan.design.seed;
    let path = match &args.out {
        Some(out) => out.clone(),
        None => output_dir::default_path(&format!("sweep-{}", prepared.name), seed),
    };
    let (directory, finished) = SweepDirectory::open(&path, &prepared.plan, args.restart)?;
    interrupt::listen();
    let left = run_points(&prepared, &directory, &finished, &pool, style)?;
    if left > 0 {
        console::warn(
            &format!(
                "interrupted; {} of {} points are kept in {}\n  go on with: {command}",
                finished.len() - left,
                finished.len(),
                path.display()
            ),
            style,
        );
        return Ok(ExitCode::Interrupted);
    }
    let points = directory.points(&prepared.plan)?;
    let summary = summarize_sweep(&prepared.plan, &points);
    let links = files::write(&directory, &prepared.plan, &points, &summary, &path)?;
    let page = match args.format {
        Format::Json => summary.to_json(),
        Format::Text => {
            let style = TextStyle { color: style.stdout_color, width: style.columns };
            sweep_text(&prepared.plan, &summary, &style, &links)
        }
    };
    console::print(&page)?;
    Ok(ExitCode::Passed)
}

/// Runs what is left to run, and returns how many points are not finished because the user stopped.
fn run_points(
    prepared: &Prepared,
    directory: &SweepDirectory,
    finished: &[bool],
    pool: &Pool,
    style: &Style,
) -> Result<usize, CliError> {
    let plan = &prepared.plan;
    let todo: Vec<u32> = plan
        .points
        .iter()
        .zip(finished)
        .filter(|(_, finished)| !**finished)
        .map(|(point, _)| point.point)
        .collect();
    if todo.len() < finished.len() {
        let done = finished.len() - todo.len();
        console::say(
            &format!("{}: {done} of {} points are there already", prepared.name, finished.len()),
            style,
        );
    }
    let tally = Tally::start(&prepared.name, style);
    let replications = plan.design.replications;
    tally.expect((todo.len() as u32).saturating_mul(replications));
    let kept = std::sync::atomic::AtomicUsize::new(0);
    let keep = |point: u32, replications: Vec<SweptReplication>| {
        let settings = plan.assignments(&plan.points[point as usize]);
        directory.keep(&MeasuredPoint { sweep: plan.hash.clone(), point, settings, replications })?;
        kept.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Ok(())
    };
    let job = SweepJob {
        todo: &todo,
        seed: plan.design.seed,
        replications,
        prepare: &|point| prepared.point(point),
        keep: &keep,
    };
    let result = run_sweep(&job, pool, &|tick| tally.count(tick));
    tally.finish();
    result?;
    Ok(todo.len() - kept.into_inner())
}
