//! How kinds, forms and values read in messages.

use crate::catalogue::{ParamForm, ParamValue, PolicyKind};
use alloc::string::{String, ToString};
use core::fmt;

impl PolicyKind {
    /// All kinds, in order.
    pub const ALL: [Self; 7] = [
        Self::Detector,
        Self::Recovery,
        Self::Balancing,
        Self::Scaling,
        Self::Breaker,
        Self::ConcurrencyLimit,
        Self::QueueDiscipline,
    ];

    /// The word for this kind in messages and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Detector => "detector",
            Self::Recovery => "recovery strategy",
            Self::Balancing => "balancing strategy",
            Self::Scaling => "scaling policy",
            Self::Breaker => "circuit breaker",
            Self::ConcurrencyLimit => "concurrency limit",
            Self::QueueDiscipline => "queue discipline",
        }
    }
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

impl ParamForm {
    /// The default as it is written in a scenario file.
    pub fn default_text(&self) -> String {
        match *self {
            Self::Duration { default, .. } => default.to_string(),
            Self::Count { default, .. } => default.to_string(),
            Self::Ratio { default, .. } => Percent(default).to_string(),
            Self::Number { default, .. } => default.to_string(),
            Self::Flag { default } => default.to_string(),
            Self::Choice { words } => words.first().copied().unwrap_or_default().to_string(),
            Self::Text { default, .. } => default.to_string(),
        }
    }
}

impl fmt::Display for ParamForm {
    /// What is expected, as a phrase: `a whole number from 1 to 1000`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Duration { min, max, .. } => write!(out, "a time from {min} to {max}"),
            Self::Count { min, max, .. } => write!(out, "a whole number from {min} to {max}"),
            Self::Ratio { min, max, .. } => write!(out, "a share from {} to {}", Percent(min), Percent(max)),
            Self::Number { min, max, .. } => write!(out, "a number from {min} to {max}"),
            Self::Flag { .. } => out.write_str("true or false"),
            Self::Choice { words } => write!(out, "one of {}", words.join(", ")),
            Self::Text { expected, .. } => out.write_str(expected),
        }
    }
}

impl ParamValue {
    /// The form of the value in a message that complains about it.
    pub(super) const fn form_word(&self) -> &'static str {
        match self {
            Self::Duration(_) => "the time",
            Self::Count(_) => "the whole number",
            Self::Ratio(_) => "the share",
            Self::Number(_) => "the number",
            Self::Flag(_) => "the flag",
            Self::Choice(_) => "the word",
            Self::Text(_) => "the text",
        }
    }
}

impl fmt::Display for ParamValue {
    /// The value as it is written in a scenario file.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duration(value) => value.fmt(out),
            Self::Count(value) => value.fmt(out),
            Self::Ratio(value) => Percent(*value).fmt(out),
            Self::Number(value) => value.fmt(out),
            Self::Flag(value) => value.fmt(out),
            Self::Choice(word) | Self::Text(word) => word.fmt(out),
        }
    }
}

/// A fraction, written in percent with at most six decimals.
pub(crate) struct Percent(pub(crate) f64);

impl fmt::Display for Percent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}%", libm::round(self.0 * 1e8) / 1e6)
    }
}
