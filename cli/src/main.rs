//! The command `cusinart-sim`: simulates self-healing clusters and judges their policies.
//!
//! Read on in `args` (what can be asked) and `run` (the main job).

mod args;
mod compare;
mod conformance;
mod console;
mod error;
mod exit;
mod init;
mod inputs;
mod interrupt;
mod lookup;
mod output_dir;
mod policies;
mod progress;
mod replication_args;
mod replications;
mod report;
mod repro;
mod results;
mod run;
mod run_files;
mod style;
mod sweep;
mod tally;
mod test;
mod trace;
mod validate;

use args::{Args, Command};
use clap::Parser;
use style::Style;

fn main() -> std::process::ExitCode {
    let args = Args::parse();
    repro::install_panic_hook();
    let style = Style::decide(args.global.color, args.global.progress, args.global.quiet);
    let result = match &args.command {
        Command::Run(args) => run::run(args, &style),
        Command::Test(args) => test::test(args, &style),
        Command::Compare(args) => compare::compare(args, &style),
        Command::Sweep(args) => sweep::sweep(args, &style),
        Command::Report(args) => report::report(args, &style),
        Command::Conformance(args) => conformance::conformance(args, &style),
        Command::Validate(args) => validate::validate(args, &style),
        Command::Policies(args) => policies::policies(args),
        Command::Schema(args) => lookup::schema(args),
        Command::Completions(args) => lookup::completions(args),
        Command::Init(args) => init::init(args, &style),
    };
    result.unwrap_or_else(|error| console::report(&error, &style)).into()
}
