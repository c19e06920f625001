//! What is wrong with a scenario, pointed out so that its writer can mend it.

use std::fmt;
use std::path::PathBuf;

/// Most problems told at once; more are counted only.
pub(crate) const PROBLEMS_MAX: usize = 10;

/// A scenario that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The file cannot be read at all.
    #[error("{}: cannot be read: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        error: std::io::Error,
    },
    /// The file was read and does not make sense.
    #[error("{}", Report { problems, more: *more })]
    Invalid {
        /// What is wrong, in the order it was found; at most ten.
        problems: Vec<Problem>,
        /// Further problems that are not listed.
        more: usize,
    },
}

/// One thing that is wrong, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, or `--set path=value` for a value from the command line.
    pub file: String,
    /// Line from 1; 0 if the whole file is meant.
    pub line: u32,
    /// Column from 1, in characters; 0 if the whole file is meant.
    pub column: u32,
    /// What stands there.
    pub found: String,
    /// What should stand there.
    pub expected: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The line of the file with a caret under the place; empty if there is none.
    pub excerpt: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.file)?;
        if self.line > 0 {
            write!(out, ":{}:{}", self.line, self.column)?;
        }
        write!(out, ": found {}, expected {}", self.found, self.expected)?;
        if !self.excerpt.is_empty() {
            write!(out, "\n{}", self.excerpt)?;
        }
        match &self.hint {
            Some(hint) => write!(out, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// All problems, one after the other.
struct Report<'a> {
    problems: &'a [Problem],
    more: usize,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().enumerate() {
            if i > 0 {
                out.write_str("\n\n")?;
            }
            write!(out, "{problem}")?;
        }
        match self.more {
            0 => Ok(()),
            1 => out.write_str("\n\n1 more problem is not shown"),
            more => write!(out, "\n\n{more} more problems are not shown"),
        }
    }
}
