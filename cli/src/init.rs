//! `init`: a commented scenario to start from.

use crate::args::InitArgs;
use crate::console;
use crate::error::CliError;
use crate::exit::ExitCode;
use crate::inputs;
use crate::repro;
use crate::style::Style;
use std::fs::File;
use std::io::{self, Write};

/// Writes the starter scenario where nothing is yet.
pub(crate) fn init(args: &InitArgs, style: &Style) -> Result<ExitCode, CliError> {
    let text = cusinart_scenarios::starter();
    if inputs::is_stdin(&args.file) {
        console::print(text)?;
        return Ok(ExitCode::Passed);
    }
    let mut file = match File::create_new(&args.file) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(CliError::InTheWay {
                path: args.file.clone(),
                found: "exists and is not replaced".to_string(),
                hint: "name another file: cusinart-sim init my-cluster.yaml".to_string(),
            });
        }
        Err(error) => return Err(CliError::io(&args.file, error)),
    };
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(|error| CliError::io(&args.file, error))?;
    if !style.quiet {
        let path = repro::path_argument(&args.file);
        console::note(&format!("wrote {path}; run it with: cusinart-sim run {path}"));
    }
    Ok(ExitCode::Passed)
}
