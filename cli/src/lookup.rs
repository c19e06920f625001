//! Texts that are printed as they are: the schema and the completion scripts.

use crate::args::{Args, CompletionsArgs, SchemaArgs};
use crate::console;
use crate::error::CliError;
use crate::exit::ExitCode;
use clap::CommandFactory;

/// Prints the JSON Schema of scenario files or of sweep files, or the reference made from it.
pub(crate) fn schema(args: &SchemaArgs) -> Result<ExitCode, CliError> {
    let text = if args.markdown {
        cusinart_scenarios::reference_markdown()
    } else if args.sweep {
        cusinart_scenarios::sweep_schema_json()
    } else {
        cusinart_scenarios::schema_json()
    };
    console::print(&text)?;
    Ok(ExitCode::Passed)
}

/// Prints the completion script for a shell.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<ExitCode, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "cusinart-sim", &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if args.shell == clap_complete::Shell::Bash {
        // clap_complete takes the hyphen of the command's name for the end of a word in the labels, but not where it
        // sets them, so nothing completed after the subcommand (clap issues 6421, 6529).
        script = script.replace("cusinart__subcmd__sim", "cusinart__sim");
    }
    console::print(&script)?;
    Ok(ExitCode::Passed)
}
