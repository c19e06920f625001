//! The exit codes of the command, each with one meaning.

/// How the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitCode {
    /// All that was asked for was done, and every SLA holds.
    Passed,
    /// A bug of this program.
    Internal,
    /// Wrong arguments.
    Usage,
    /// A scenario or another input is wrong.
    Invalid,
    /// A folder without scenarios.
    NothingToRun,
    /// A file could not be read or written.
    Io,
    /// Two runs of the same scenario and seed differ.
    NotDeterministic,
    /// The budget was spent before the verdict was sure.
    Undecided,
    /// An SLA is broken, or a result got worse.
    SlaFailed,
    /// Stopped by a signal; what was finished is kept.
    Interrupted,
}

impl ExitCode {
    /// All codes, in the order of their numbers.
    pub(crate) const ALL: [Self; 10] = [
        Self::Passed,
        Self::Internal,
        Self::Usage,
        Self::Invalid,
        Self::NothingToRun,
        Self::Io,
        Self::NotDeterministic,
        Self::Undecided,
        Self::SlaFailed,
        Self::Interrupted,
    ];

    /// The number the shell sees.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Internal => 1,
            Self::Usage => 2,
            Self::Invalid => 3,
            Self::NothingToRun => 4,
            Self::Io => 5,
            Self::NotDeterministic => 97,
            Self::Undecided => 98,
            Self::SlaFailed => 99,
            Self::Interrupted => 130,
        }
    }

    /// What the number means, for the help.
    const fn meaning(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Internal => "internal error: a bug of cusinart-sim",
            Self::Usage => "usage: wrong arguments",
            Self::Invalid => "invalid scenario or input",
            Self::NothingToRun => "nothing to run",
            Self::Io => "a file could not be read or written",
            Self::NotDeterministic => "not deterministic: two runs differ",
            Self::Undecided => "undecided: the budget was spent first",
            Self::SlaFailed => "an SLA failed or got worse",
            Self::Interrupted => "interrupted; what was finished is kept",
        }
    }

    /// The worse of two codes: of several scenarios the worst one decides.
    pub(crate) const fn worst(self, other: Self) -> Self {
        if self.badness() >= other.badness() { self } else { other }
    }

    /// Rank among the codes; the higher, the less the other results can be relied on.
    const fn badness(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::NothingToRun => 1,
            Self::Undecided => 2,
            Self::SlaFailed => 3,
            Self::Invalid => 4,
            Self::Usage => 5,
            Self::NotDeterministic => 6,
            Self::Io => 7,
            Self::Internal => 8,
            Self::Interrupted => 9,
        }
    }

    /// The table of all codes, for the help.
    pub(crate) fn table() -> String {
        Self::ALL.iter().map(|code| format!("  {:>3}  {}\n", code.number(), code.meaning())).collect()
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ascend_and_occur_once() {
        assert!(ExitCode::ALL.windows(2).all(|pair| pair[0].number() < pair[1].number()));
    }

    #[test]
    fn the_worst_code_wins_in_any_order() {
        for (one, other, worst) in [
            (ExitCode::Passed, ExitCode::SlaFailed, ExitCode::SlaFailed),
            (ExitCode::Invalid, ExitCode::SlaFailed, ExitCode::Invalid),
            (ExitCode::Interrupted, ExitCode::Io, ExitCode::Interrupted),
        ] {
            assert_eq!(one.worst(other), worst);
            assert_eq!(other.worst(one), worst);
        }
    }
}
