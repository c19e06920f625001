//! What can go wrong at the edge, and the exit code of each.

use crate::exit::ExitCode;
use cusinart_experiments::Divergence;
use cusinart_scenarios::ScenarioError;
use std::io;
use std::path::{Path, PathBuf};

/// A failure of the command, told to the user.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// A scenario could not be read or is wrong.
    #[error("{0}")]
    Scenario(#[from] ScenarioError),
    /// The arguments fit the grammar and still make no sense.
    #[error("{message}\n  hint: {hint}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// A folder holds no scenario.
    #[error(
        "{}: no *.yaml file in this folder\n  hint: `cusinart-sim init` writes a scenario to start with",
        .0.display()
    )]
    NothingToRun(PathBuf),
    /// The paths hold no vectors.
    #[error(
        "{}: no *.json file in this folder\n  hint: the project's own vectors are in conformance/vectors",
        .0.display()
    )]
    NothingToCheck(PathBuf),
    /// A file or folder could not be read or written.
    #[error("{}: {source}", .path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file or folder is in the way.
    #[error("{}: {found}\n  hint: {hint}", .path.display())]
    InTheWay {
        /// Which one.
        path: PathBuf,
        /// What is there.
        found: String,
        /// What to do.
        hint: String,
    },
    /// A point of a sweep makes no sense.
    #[error("{point} makes no scenario\n{error}")]
    SweptPoint {
        /// Which one, with its settings.
        point: String,
        /// Why.
        error: Box<Self>,
    },
    /// A file that a command wrote earlier is not what it should be.
    #[error("{}: found {found}\n  hint: name another folder with --out, or leave the option away", .path.display())]
    Stored {
        /// Which one.
        path: PathBuf,
        /// What is in it.
        found: String,
    },
    /// What is to be reported is not what a command wrote.
    #[error("{}: found {found}, expected {expected}\n  hint: {hint}", .path.display())]
    NoResult {
        /// Which file or directory.
        path: PathBuf,
        /// What is there.
        found: String,
        /// What should be there.
        expected: String,
        /// What to do.
        hint: String,
    },
    /// Two runs of the same scenario and seed differ.
    #[error("not deterministic: {0}")]
    Diverged(Box<Divergence>),
}

impl CliError {
    /// An error of the operating system at a path.
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_path_buf(), source }
    }

    /// The exit code it leads to.
    pub(crate) fn code(&self) -> ExitCode {
        match self {
            Self::Scenario(ScenarioError::Io { .. }) => ExitCode::Io,
            Self::Scenario(ScenarioError::Invalid { .. }) => ExitCode::Invalid,
            Self::SweptPoint { error, .. } => error.code(),
            Self::Usage { .. } => ExitCode::Usage,
            Self::Stored { .. } | Self::NoResult { .. } => ExitCode::Invalid,
            Self::NothingToRun(_) | Self::NothingToCheck(_) => ExitCode::NothingToRun,
            Self::Io { .. } | Self::InTheWay { .. } => ExitCode::Io,
            Self::Diverged(_) => ExitCode::NotDeterministic,
        }
    }
}
