//! The command that repeats what happened, and the message of a crash that ends with it.

use crate::console;
use crate::exit::ExitCode;
use crate::output_dir;
use cusinart_report::shell_word;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The command that repeats what is being done.
static CURRENT: Mutex<Option<String>> = Mutex::new(None);

/// The command that runs a scenario with this seed (or that of its file) and these overlays.
pub(crate) fn run_command(scenario: &Path, seed: Option<u64>, set: &[String], flags: &[String]) -> String {
    let mut words = vec!["cusinart-sim".to_string(), "run".to_string()];
    words.push(path_argument(scenario));
    if let Some(seed) = seed {
        words.extend(["--seed".to_string(), seed.to_string()]);
    }
    for overlay in set {
        words.extend(["--set".to_string(), shell_word(overlay)]);
    }
    words.extend(flags.iter().cloned());
    words.join(" ")
}

/// A path as an argument of the shell; one that looks like an option gets a `./`.
pub(crate) fn path_argument(path: &Path) -> String {
    let text = path.to_string_lossy();
    if text.starts_with('-') && text != "-" { shell_word(&format!("./{text}")) } else { shell_word(&text) }
}

/// Remembers the command for a crash.
pub(crate) fn remember(command: &str) {
    *CURRENT.lock().unwrap_or_else(PoisonError::into_inner) = Some(command.to_string());
}

/// Lets a bug of this program end with a short message, exit code 1 and nothing half-written.
pub(crate) fn install_panic_hook() {
    std::panic::set_hook(Box::new(|panic| {
        let command = CURRENT.lock().unwrap_or_else(PoisonError::into_inner).take();
        let place = panic.location().map(|at| format!("{}:{}", at.file(), at.line()));
        let what = panic.payload_as_str().unwrap_or("no message");
        console::note(&crash_message(
            place.as_deref().unwrap_or("an unknown place"),
            what,
            command.as_deref(),
        ));
        let backtrace = std::backtrace::Backtrace::capture();
        if backtrace.status() == std::backtrace::BacktraceStatus::Captured {
            console::note(&backtrace.to_string());
        }
        let _held_to_the_end = output_dir::discard_staging();
        std::process::exit(i32::from(ExitCode::Internal.number()));
    }));
}

/// What the user reads after a crash.
fn crash_message(place: &str, what: &str, command: Option<&str>) -> String {
    let repeat = command.map(|command| format!("\n  {command}")).unwrap_or_default();
    format!(
        "cusinart-sim: internal error at {place}: {what}\n\
         This is a bug of cusinart-sim {}, not of your scenario. Please report it with the scenario and\n\
         the command that repeats it (RUST_BACKTRACE=1 adds a trace):{repeat}",
        env!("CARGO_PKG_VERSION")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_reads_back_as_it_was_given() {
        for (scenario, set, expected) in [
            ("scenarios/a.yaml", vec![], "cusinart-sim run scenarios/a.yaml --seed 7"),
            ("my file.yaml", vec!["a.b=30s"], "cusinart-sim run 'my file.yaml' --seed 7 --set a.b=30s"),
            ("-", vec!["name=it's"], r"cusinart-sim run - --seed 7 --set 'name=it'\''s'"),
            (
                "-x.yaml",
                vec!["slas=[\"a < 1\"]"],
                "cusinart-sim run ./-x.yaml --seed 7 --set 'slas=[\"a < 1\"]'",
            ),
        ] {
            let set: Vec<String> = set.into_iter().map(String::from).collect();
            assert_eq!(run_command(Path::new(scenario), Some(7), &set, &[]), expected);
        }
    }

    #[test]
    fn a_crash_ends_with_the_command_that_repeats_it() {
        let text = crash_message("a.rs:7", "index out of bounds", Some("cusinart-sim run a.yaml --seed 7"));
        assert!(text.starts_with("cusinart-sim: internal error at a.rs:7: index out of bounds\n"), "{text}");
        assert!(text.ends_with("\n  cusinart-sim run a.yaml --seed 7"), "{text}");
    }
}
