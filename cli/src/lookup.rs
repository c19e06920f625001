//! Texts that are printed as they are: the schema and the completion scripts.

use crate::args::{Args, CompletionsArgs};
use crate::console;
use crate::error::CliError;
use crate::exit::ExitCode;
use clap::CommandFactory;

/// Prints the JSON Schema of scenario files.
pub(crate) fn schema() -> Result<ExitCode, CliError> {
    console::print(&cusinart_scenarios::schema_json())?;
    Ok(ExitCode::Passed)
}

/// Prints the completion script for a shell.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<ExitCode, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "cusinart-sim", &mut script);
    console::print(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::Passed)
}
