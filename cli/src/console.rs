//! Writing to stdout and stderr. A reader that has gone away is no error: `cusinart-sim ... | head` ends quietly.

use crate::error::CliError;
use crate::exit::ExitCode;
use crate::style::Style;
use std::io::{self, Write};
use std::path::Path;

const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[1;33m";
const RESET: &str = "\x1b[0m";

/// Writes a result to stdout, all at once.
///
/// # Errors
/// If stdout cannot take it, for instance because a disk is full. A closed pipe is no error.
pub(crate) fn print(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::io(Path::new("<stdout>"), error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes a line to stderr; if nobody reads it, nobody misses it.
pub(crate) fn note(text: &str) {
    let _nobody_reads = writeln!(io::stderr().lock(), "{text}");
}

/// Tells the user of an error and returns its exit code.
pub(crate) fn report(error: &CliError, style: &Style) -> ExitCode {
    // Files may hold anything, and messages quote them.
    let lines: Vec<String> = error.to_string().split('\n').map(cusinart_report::visible).collect();
    note(&format!("{} {}", label("error:", RED, style), lines.join("\n")));
    error.code()
}

/// Tells the user something, unless quiet was asked for.
pub(crate) fn say(text: &str, style: &Style) {
    if !style.quiet {
        note(text);
    }
}

/// Tells the user of something that is probably not what was meant.
pub(crate) fn warn(text: &str, style: &Style) {
    if !style.quiet {
        note(&format!("{} {text}", label("warning:", YELLOW, style)));
    }
}

fn label(word: &str, color: &str, style: &Style) -> String {
    if style.stderr_color { format!("{color}{word}{RESET}") } else { word.to_string() }
}
