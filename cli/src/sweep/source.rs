//! The scenario that is varied: read once, and made anew for each point.

use crate::error::CliError;
use crate::inputs;
use cusinart_scenarios::{Overlay, Scenario};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A little more than the reader of scenarios accepts; it says so itself.
const BYTES_MAX: u64 = 16 << 20;

/// A scenario's text with what is laid over it.
pub(super) struct Source {
    name: String,
    dir: PathBuf,
    bytes: Vec<u8>,
    set: Vec<String>,
}

impl Source {
    /// Reads a file, or stdin.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(super) fn read(path: &Path, set: &[String]) -> Result<Self, CliError> {
        let mut bytes = Vec::new();
        let (name, dir) = if inputs::is_stdin(path) {
            let read = io::stdin().lock().take(BYTES_MAX).read_to_end(&mut bytes);
            read.map_err(|error| CliError::io(Path::new("<stdin>"), error))?;
            ("<stdin>".to_string(), PathBuf::from("."))
        } else {
            let io = |error| CliError::io(path, error);
            File::open(path).map_err(io)?.take(BYTES_MAX).read_to_end(&mut bytes).map_err(io)?;
            let dir = path.parent().unwrap_or(Path::new("")).to_path_buf();
            (path.display().to_string(), dir)
        };
        Ok(Self { name, dir, bytes, set: set.to_vec() })
    }

    /// The scenario with these assignments laid over it.
    ///
    /// # Errors
    /// If it makes no sense.
    pub(super) fn scenario(&self, assignments: &[String]) -> Result<Scenario, CliError> {
        let set = self.set.iter().chain(assignments).cloned().collect();
        let overlay = Overlay { set, seed: None };
        Ok(cusinart_scenarios::load_from(&self.bytes[..], &self.name, &self.dir, &overlay)?)
    }

    /// What is laid over every point.
    pub(super) fn set(&self) -> &[String] {
        &self.set
    }
}
