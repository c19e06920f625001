//! From files to texts: never more than a few MiB, UTF-8, and without bytes that no text holds.

use crate::error::ScenarioError;
use crate::log::{Finding, Log, Mark};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Largest file that is read: scenarios, traces, configurations of a cluster.
pub(crate) const FILE_BYTES_MAX: u64 = 8 << 20;

/// A file with a name for messages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named<'a> {
    /// The name.
    pub(crate) name: &'a str,
    /// What the file should be, such as `a YAML file`.
    pub(crate) kind: &'static str,
}

/// Bytes that are no text.
#[derive(Debug)]
pub(crate) struct NotText {
    /// What can be shown of them.
    pub(crate) shown: String,
    /// What is wrong with them.
    pub(crate) found: &'static str,
    /// Where.
    pub(crate) mark: Mark,
}

/// Opens a file and reads the text in it.
///
/// # Errors
/// [`ScenarioError::Io`] if it cannot be read, [`ScenarioError::Invalid`] if it is too large or no text.
pub(crate) fn of_file(path: &Path, kind: &'static str) -> Result<String, ScenarioError> {
    let io = |error| ScenarioError::Io { path: path.into(), error };
    let file = File::open(path).map_err(io)?;
    let name = path.display().to_string();
    of_bytes(Named { name: &name, kind }, read_some(file).map_err(io)?)
}

/// Reads a stream to its end, or to the first byte that is too many.
pub(crate) fn read_some(stream: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of bytes that were read with [`read_some`].
///
/// # Errors
/// [`ScenarioError::Invalid`] if there are too many or they are no text.
pub(crate) fn of_bytes(file: Named<'_>, bytes: Vec<u8>) -> Result<String, ScenarioError> {
    check_size(file, bytes.len())?;
    decode(bytes).map_err(|wrong| {
        let mut log = Log::about(file.name, &wrong.shown);
        let expected = format!("{} in UTF-8", file.kind);
        log.report(Finding::at(wrong.mark, wrong.found, expected).hint("is this the right file?"));
        log.into_error()
    })
}

/// Refuses a text that is too large.
///
/// # Errors
/// [`ScenarioError::Invalid`].
pub(crate) fn check_size(file: Named<'_>, length: usize) -> Result<(), ScenarioError> {
    if length as u64 <= FILE_BYTES_MAX {
        return Ok(());
    }
    let mut log = Log::about(file.name, "");
    let expected = format!("at most {} MiB", FILE_BYTES_MAX >> 20);
    log.report(
        Finding::at(Mark::default(), "a larger file", expected)
            .hint("put long rate curves into a CSV file (`trace`)"),
    );
    Err(log.into_error())
}

/// The text of bytes, or the first of them that is in no text.
pub(crate) fn decode(bytes: Vec<u8>) -> Result<String, NotText> {
    let nul = bytes.iter().position(|byte| *byte == 0);
    match (String::from_utf8(bytes), nul) {
        (Ok(text), None) => Ok(text),
        (Ok(text), Some(at)) => Err(not_text(text.as_bytes(), at, "a NUL byte")),
        (Err(error), nul) => {
            let at = error.utf8_error().valid_up_to();
            match nul.filter(|nul| *nul < at) {
                Some(nul) => Err(not_text(error.as_bytes(), nul, "a NUL byte")),
                None => Err(not_text(error.as_bytes(), at, "a byte that is not UTF-8")),
            }
        }
    }
}

/// Points at a byte.
fn not_text(bytes: &[u8], at: usize, found: &'static str) -> NotText {
    let good = &bytes[..at];
    let line_start = good.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let mark = Mark {
        source: 0,
        line: count(good.iter().filter(|byte| **byte == b'\n').count() + 1),
        column: count(String::from_utf8_lossy(&good[line_start..]).chars().count() + 1),
        length: 1,
    };
    NotText { shown: String::from_utf8_lossy(bytes).into_owned(), found, mark }
}
