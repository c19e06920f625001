//! `validate`: checks scenario files without running them.

use crate::args::{Format, ValidateArgs};
use crate::console;
use crate::error::CliError;
use crate::exit::ExitCode;
use crate::inputs;
use crate::style::Style;
use cusinart_scenarios::Scenario;
use serde_json::{Value, json};
use std::path::Path;

/// Checks each file; the worst one decides.
pub(crate) fn validate(args: &ValidateArgs, style: &Style) -> Result<ExitCode, CliError> {
    let mut worst = ExitCode::Passed;
    let mut good = String::new();
    let mut rows = Vec::new();
    for file in inputs::expand(&args.scenarios)? {
        let result = inputs::load(&file, &args.overlay);
        rows.push(row(&file, &result));
        match result {
            Ok(_) => good.push_str(&format!("ok  {}\n", file.display())),
            Err(error) => {
                worst = worst.worst(error.code());
                match args.format {
                    Format::Text => {
                        console::report(&error, style);
                    }
                    Format::Json => {}
                }
            }
        }
    }
    match args.format {
        Format::Text => console::print(&good)?,
        Format::Json => console::print(&format!("{:#}\n", Value::Array(rows)))?,
    }
    Ok(worst)
}

/// What is said about a file in JSON.
fn row(file: &Path, result: &Result<Scenario, CliError>) -> Value {
    let file = file.to_string_lossy();
    match result {
        Ok(scenario) => json!({
            "file": file,
            "valid": true,
            "name": scenario.name,
            "seed": scenario.seed,
            "hash": cusinart_scenarios::scenario_hash(scenario),
            "error": Value::Null,
        }),
        Err(error) => json!({ "file": file, "valid": false, "error": error.to_string() }),
    }
}
