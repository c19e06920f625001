//! A measured value.

use cusinart_policies::Instant;
use cusinart_scenarios::Comparison;

/// A measured value and what to know about it.
pub(crate) struct Measurement {
    /// The value.
    pub(crate) value: Measured,
    /// What to know.
    pub(crate) notes: Vec<String>,
    /// The part of the run that was measured, if it was not the whole.
    pub(crate) span: Option<(Instant, Instant)>,
}

/// A measured value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Measured {
    /// A number; never NaN or infinite.
    Value(f64),
    /// Something awaited never came.
    Infinite,
    /// There was nothing to measure.
    Nothing {
        /// Whether the agreement holds all the same.
        passes: bool,
    },
}

impl Measurement {
    /// Something awaited never came.
    pub(super) const fn never() -> Self {
        Self { value: Measured::Infinite, notes: Vec::new(), span: None }
    }

    /// A number.
    pub(super) fn value(value: f64) -> Self {
        Self { value: Measured::Value(value), notes: Vec::new(), span: None }
    }

    /// Nothing to measure, why, and whether the agreement holds all the same.
    pub(super) fn nothing(passes: bool, why: &str) -> Self {
        let verdict = if passes { "so it holds" } else { "so it counts as missed" };
        Self { value: Measured::Nothing { passes }, notes: vec![format!("{why}, {verdict}")], span: None }
    }

    /// A number, or why there is none.
    pub(super) fn of(value: Option<f64>, nothing: &str) -> Self {
        value.map_or_else(|| Self::nothing(false, nothing), Self::value)
    }

    /// With a note.
    pub(super) fn noting(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

/// What an agreement asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    /// How the value is compared.
    pub(crate) comparison: Comparison,
    /// The limit.
    pub(crate) limit: f64,
}
