//! The kinds of scalars a file holds, each with what is expected and its JSON Schema.

use crate::read::Scalar;
use crate::units::{self, Hint};
use cusinart_policies::recovery::CountOrPercent;
use cusinart_policies::{Duration, Instant};
use schemars::{Schema, json_schema};
use std::num::NonZeroU32;

/// Times as JSON Schema knows them.
const TIME_PATTERN: &str = r"^([0-9]+(\.[0-9]+)?(d|h|m|s|ms|us|µs|ns))+$";

/// A time above zero.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span(pub(crate) Duration);

/// A time in seconds, for distributions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seconds(pub(crate) f64);

/// A rate per second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate(pub(crate) f64);

/// A share between 0 and 1, written in percent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ratio(pub(crate) f64);

/// An amount of data in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bytes(pub(crate) u64);

/// A bandwidth in bytes per second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bandwidth(pub(crate) f64);

/// A finite number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number(pub(crate) f64);

/// A finite number that is not negative.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Amount(pub(crate) f64);

/// A finite number above zero.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Factor(pub(crate) f64);

/// Weight of a zone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weight(pub(crate) u32);

/// Free text.
#[derive(Clone, Debug)]
pub(crate) struct Text(pub(crate) String);

/// A count that may be without limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit(pub(crate) u32);

/// A time after which to give up, or never.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeout(pub(crate) Option<Duration>);

impl Scalar for Duration {
    const EXPECTED: &'static str = "a time with its unit, such as `30s` or `250ms`";

    fn parse(text: &str) -> Result<Self, Hint> {
        units::duration(text)
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": TIME_PATTERN })
    }
}

impl Scalar for Instant {
    const EXPECTED: &'static str = "a time since the start with its unit, such as `12m`";

    fn parse(text: &str) -> Result<Self, Hint> {
        units::duration(text).map(|time| Self::ZERO + time)
    }

    fn schema() -> Schema {
        Duration::schema()
    }
}

impl Scalar for Span {
    const EXPECTED: &'static str = "a time above zero with its unit, such as `30s` or `250ms`";

    fn parse(text: &str) -> Result<Self, Hint> {
        match units::duration(text)? {
            Duration::ZERO => Err(None),
            time => Ok(Self(time)),
        }
    }

    fn schema() -> Schema {
        Duration::schema()
    }
}

impl Scalar for Seconds {
    const EXPECTED: &'static str = Duration::EXPECTED;

    fn parse(text: &str) -> Result<Self, Hint> {
        units::seconds(text).map(Self)
    }

    fn schema() -> Schema {
        Duration::schema()
    }
}

impl Scalar for Rate {
    const EXPECTED: &'static str = "a rate, such as `400/s` or `30/min`";

    fn parse(text: &str) -> Result<Self, Hint> {
        units::rate(text).map(Self)
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?/(s|min|h)$" })
    }
}

impl Scalar for Ratio {
    const EXPECTED: &'static str = "a share from `0%` to `100%`";

    fn parse(text: &str) -> Result<Self, Hint> {
        match units::percent(text)? {
            share if share <= 1.0 => Ok(Self(share)),
            _ => Err(None),
        }
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?%$" })
    }
}

impl Scalar for Bytes {
    const EXPECTED: &'static str = "an amount of data, such as `2GiB` or `512MB`";

    fn parse(text: &str) -> Result<Self, Hint> {
        units::bytes(text).map(Self)
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?([kKMGT]?B|[KMGT]iB)$" })
    }
}

impl Scalar for Bandwidth {
    const EXPECTED: &'static str = "a bandwidth, such as `1Gbit/s` or `100MB/s`";

    fn parse(text: &str) -> Result<Self, Hint> {
        units::bandwidth(text).map(Self)
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?([kMG]?bit|[kKMGT]?B|[KMGT]iB)/s$" })
    }
}

impl Scalar for u64 {
    const EXPECTED: &'static str = "a whole number";

    fn parse(text: &str) -> Result<Self, Hint> {
        units::count(text)
    }

    fn schema() -> Schema {
        json_schema!({ "type": "integer", "minimum": 0 })
    }
}

impl Scalar for u32 {
    const EXPECTED: &'static str = "a whole number from 0 to 4294967294";

    fn parse(text: &str) -> Result<Self, Hint> {
        // The greatest value stands for "without limit" in the model.
        Self::try_from(units::count(text)?).ok().filter(|&count| count < Self::MAX).ok_or(None)
    }

    fn schema() -> Schema {
        json_schema!({ "type": "integer", "minimum": 0, "maximum": 4_294_967_294_u32 })
    }
}

impl Scalar for NonZeroU32 {
    const EXPECTED: &'static str = "a whole number from 1 to 4294967294";

    fn parse(text: &str) -> Result<Self, Hint> {
        Self::new(u32::parse(text)?).ok_or(None)
    }

    fn schema() -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": 4_294_967_294_u32 })
    }
}

impl Scalar for CountOrPercent {
    const EXPECTED: &'static str =
        "a number of nodes, such as `2`, or a whole share of them from `0%` to `100%`";

    fn parse(text: &str) -> Result<Self, Hint> {
        match text.strip_suffix('%') {
            None => u32::parse(text).map(Self::Count),
            Some(number) => match u32::parse(number)? {
                percent @ 0..=100 => Ok(Self::Percent(percent)),
                _ => Err(None),
            },
        }
    }

    fn schema() -> Schema {
        json_schema!({ "anyOf": [u32::schema(), { "type": "string", "pattern": "^[0-9]+%$" }] })
    }
}

impl Scalar for Weight {
    const EXPECTED: &'static str = "a whole number from 1 to 1000";

    fn parse(text: &str) -> Result<Self, Hint> {
        match u32::parse(text)? {
            weight @ 1..=1_000 => Ok(Self(weight)),
            _ => Err(None),
        }
    }

    fn schema() -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": 1000 })
    }
}

impl Scalar for Limit {
    const EXPECTED: &'static str = "a whole number from 0 to 4294967294, or `unlimited`";

    fn parse(text: &str) -> Result<Self, Hint> {
        if text == "unlimited" { Ok(Self(u32::MAX)) } else { u32::parse(text).map(Self) }
    }

    fn schema() -> Schema {
        json_schema!({ "anyOf": [u32::schema(), { "const": "unlimited" }] })
    }
}

impl Scalar for Timeout {
    const EXPECTED: &'static str = "a time above zero with its unit, such as `1s`, or `none`";

    fn parse(text: &str) -> Result<Self, Hint> {
        if text == "none" { Ok(Self(None)) } else { Span::parse(text).map(|span| Self(Some(span.0))) }
    }

    fn schema() -> Schema {
        json_schema!({ "anyOf": [Duration::schema(), { "const": "none" }] })
    }
}

impl Scalar for Number {
    const EXPECTED: &'static str = "a number";

    fn parse(text: &str) -> Result<Self, Hint> {
        units::number(text).map(Self)
    }

    fn schema() -> Schema {
        json_schema!({ "type": "number" })
    }
}

impl Scalar for Amount {
    const EXPECTED: &'static str = "a number that is not negative, at most 1000000000000";

    fn parse(text: &str) -> Result<Self, Hint> {
        match units::number(text)? {
            number if (0.0..=1e12).contains(&number) => Ok(Self(number + 0.0)),
            _ => Err(None),
        }
    }

    fn schema() -> Schema {
        json_schema!({ "type": "number", "minimum": 0, "maximum": 1e12 })
    }
}

impl Scalar for Factor {
    const EXPECTED: &'static str = "a number from 0.000001 to 1000000";

    fn parse(text: &str) -> Result<Self, Hint> {
        match units::number(text)? {
            number if (1e-6..=1e6).contains(&number) => Ok(Self(number)),
            _ => Err(None),
        }
    }

    fn schema() -> Schema {
        json_schema!({ "type": "number", "minimum": 1e-6, "maximum": 1e6 })
    }
}

impl Scalar for bool {
    const EXPECTED: &'static str = "`true` or `false`";

    fn parse(text: &str) -> Result<Self, Hint> {
        match text {
            "true" => Ok(true),
            "false" => Ok(false),
            "yes" | "on" => Err(Some("write `true`".into())),
            "no" | "off" => Err(Some("write `false`".into())),
            _ => Err(None),
        }
    }

    fn schema() -> Schema {
        json_schema!({ "type": "boolean" })
    }
}

impl Scalar for Text {
    const EXPECTED: &'static str = "text";

    fn parse(text: &str) -> Result<Self, Hint> {
        Ok(Self(text.into()))
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string" })
    }
}

/// The version of the file's form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Version;

impl Scalar for Version {
    const EXPECTED: &'static str = "`1`, the only version there is";

    fn parse(text: &str) -> Result<Self, Hint> {
        if text == "1" { Ok(Self) } else { Err(None) }
    }

    fn schema() -> Schema {
        json_schema!({ "const": 1 })
    }
}
