//! How something that a test checked came out.

use serde::{Deserialize, Serialize};

/// How something that a test checked came out; of several the worst counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// As it should be.
    Passed,
    /// More replications are needed to tell.
    Undecided,
    /// Surely not as it should be.
    Failed,
}

impl Outcome {
    /// The worst of several; passed if there are none.
    pub(super) fn worst(outcomes: impl Iterator<Item = Self>) -> Self {
        outcomes.max().unwrap_or(Self::Passed)
    }

    /// As people read it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Undecided => "undecided",
            Self::Failed => "failed",
        }
    }
}

/// Which outcomes are a failure of the whole test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailOn {
    /// Failed only.
    Fail,
    /// Failed and undecided.
    #[default]
    Undecided,
    /// None.
    Never,
}

impl FailOn {
    /// Whether an outcome is a failure.
    pub const fn counts(self, outcome: Outcome) -> bool {
        match (self, outcome) {
            (Self::Fail | Self::Undecided, Outcome::Failed) | (Self::Undecided, Outcome::Undecided) => true,
            (Self::Fail | Self::Undecided | Self::Never, Outcome::Passed)
            | (Self::Fail | Self::Never, Outcome::Undecided)
            | (Self::Never, Outcome::Failed) => false,
        }
    }
}
