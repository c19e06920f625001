//! Numbers of which the unit says what they count.

use crate::read::Scalar;
use crate::units::{self, Hint};
use schemars::{Schema, json_schema};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a number counts, known by its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Whole numbers without unit.
    Count,
    /// Numbers without unit.
    Number,
    /// Times, in seconds.
    Time,
    /// Shares, as fractions.
    Share,
    /// Rates, per second.
    Rate,
    /// Amounts of data, in bytes.
    Bytes,
    /// Bandwidths, in bytes per second.
    Bandwidth,
}

impl Family {
    /// What it is called in messages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Count => "a whole number",
            Self::Number => "a number",
            Self::Time => "a time",
            Self::Share => "a share",
            Self::Rate => "a rate",
            Self::Bytes => "an amount of data",
            Self::Bandwidth => "a bandwidth",
        }
    }

    /// What to append to the name of a column that holds such numbers: the base unit.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Count | Self::Number | Self::Share => "",
            Self::Time => "_s",
            Self::Rate => "_per_s",
            Self::Bytes => "_bytes",
            Self::Bandwidth => "_bytes_per_s",
        }
    }

    /// The unit in which people write a number with few digits, in the base unit: bandwidths are written in bits.
    pub(super) const fn usual_unit(self) -> f64 {
        match self {
            Self::Count | Self::Number | Self::Time | Self::Share | Self::Rate | Self::Bytes => 1.0,
            Self::Bandwidth => 0.125,
        }
    }

    /// The family that holds the numbers of both.
    pub(super) fn with(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Count, Self::Number) | (Self::Number, Self::Count) => Some(Self::Number),
            (one, other) if one == other => Some(one),
            (
                Self::Count
                | Self::Number
                | Self::Time
                | Self::Share
                | Self::Rate
                | Self::Bytes
                | Self::Bandwidth,
                _,
            ) => None,
        }
    }

    /// The nearest number that a scenario can hold: counts and bytes are whole, times are whole nanoseconds.
    pub(super) fn rounded(self, value: f64) -> f64 {
        match self {
            Self::Count | Self::Bytes => value.round(),
            Self::Time => (value * 1e9).round() / 1e9,
            Self::Number | Self::Share | Self::Rate | Self::Bandwidth => value,
        }
    }
}

/// A number with what it counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quantity {
    /// The number in the base unit of its family.
    pub(super) value: f64,
    /// What it counts.
    pub(super) family: Family,
}

impl Scalar for Quantity {
    const EXPECTED: &'static str = "a number with its unit, if it has one";

    fn parse(text: &str) -> Result<Self, Hint> {
        let of = |family| move |value| Self { value, family };
        if let Ok(count) = units::count(text)
            && count <= 1 << 53
        {
            return Ok(of(Family::Count)(count as f64));
        }
        units::number(text)
            .map(of(Family::Number))
            .or_else(|_| units::percent(text).map(of(Family::Share)))
            .or_else(|_| units::rate(text).map(of(Family::Rate)))
            .or_else(|_| units::bytes(text).map(|bytes| of(Family::Bytes)(bytes as f64)))
            .or_else(|_| units::bandwidth(text).map(of(Family::Bandwidth)))
            .or_else(|_| units::seconds(text).map(of(Family::Time)))
            .map_err(|_| Some("such as `5`, `0.5`, `30s`, `10%`, `400/s`, `2GiB` or `1Gbit/s`".into()))
    }

    fn schema() -> Schema {
        json_schema!({ "type": ["string", "number"] })
    }
}

impl fmt::Display for Quantity {
    /// As scenario files write it; reads back to the same number.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value;
        let text = match self.family {
            Family::Count | Family::Number => format!("{value}"),
            Family::Time => units::seconds_text(value),
            Family::Share => units::percent_text(value),
            Family::Rate => units::rate_text(value),
            Family::Bytes => units::bytes_text(value as u64),
            Family::Bandwidth => units::bandwidth_text(value),
        };
        out.write_str(&text)
    }
}
