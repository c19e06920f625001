//! `validate`: checks scenario files and `cluster.toml` files without running anything.

use crate::args::{Format, ValidateArgs};
use crate::console;
use crate::error::CliError;
use crate::exit::ExitCode;
use crate::inputs;
use crate::style::Style;
use cusinart_policies::ClusterConfig;
use cusinart_scenarios::Scenario;
use serde_json::{Value, json};
use std::path::Path;

/// What a good file holds.
enum Checked {
    Scenario(Box<Scenario>),
    Cluster(Box<ClusterConfig>),
}

/// Checks each file; the worst one decides.
pub(crate) fn validate(args: &ValidateArgs, style: &Style) -> Result<ExitCode, CliError> {
    let mut worst = ExitCode::Passed;
    let mut good = String::new();
    let mut rows = Vec::new();
    for file in inputs::expand(&args.scenarios)? {
        let result = check(&file, args);
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

/// Reads a file as what its name says: a cluster's configuration if it ends in `.toml`, else a scenario.
fn check(file: &Path, args: &ValidateArgs) -> Result<Checked, CliError> {
    if file.extension().is_none_or(|extension| extension != "toml") {
        return Ok(Checked::Scenario(Box::new(inputs::load(file, &args.overlay)?)));
    }
    let cluster = cusinart_scenarios::load_cluster_config(file)?;
    Ok(Checked::Cluster(Box::new(cluster)))
}

/// What is said about a file in JSON.
fn row(file: &Path, result: &Result<Checked, CliError>) -> Value {
    let file = file.to_string_lossy();
    match result {
        Ok(Checked::Scenario(scenario)) => json!({
            "file": file,
            "valid": true,
            "kind": "scenario",
            "name": scenario.name,
            "seed": scenario.seed,
            "hash": cusinart_scenarios::scenario_hash(scenario),
        }),
        Ok(Checked::Cluster(cluster)) => json!({
            "file": file,
            "valid": true,
            "kind": "cluster",
            "services": cluster.services.len(),
        }),
        Err(error) => json!({ "file": file, "valid": false, "error": error.to_string() }),
    }
}
