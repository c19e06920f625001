//! Reading inputs, and writing numbers that JSON has no word for.

use super::repeats::written_out;
use cusinart_policies::recovery::CountOrPercent;
use cusinart_policies::{Duration, Instant};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Nanoseconds of a second.
const SECOND_NS: f64 = 1e9;
/// Nanoseconds of a millisecond.
pub(super) const MILLISECOND_NS: f64 = 1e6;

/// The inputs as an adapter wants them, with every entry that repeats written out: all but the last of its copies have
/// `is_last: false`. Fields that the adapter does not name are context.
pub(super) fn read<T: DeserializeOwned>(inputs: &Value) -> Result<T, String> {
    serde_json::from_value(written_out(inputs)?).map_err(|error| error.to_string())
}

/// A time of seconds. Times in vectors are virtual and may be fractions; they are rounded to a nanosecond.
pub(super) fn seconds(seconds: f64) -> Duration {
    span(seconds * SECOND_NS)
}

/// A time of milliseconds.
pub(super) fn millis(millis: f64) -> Duration {
    span(millis * MILLISECOND_NS)
}

/// So many seconds after the start.
pub(super) fn at_s(at_s: f64) -> Instant {
    Instant::ZERO + seconds(at_s)
}

/// So many milliseconds after the start.
pub(super) fn at_ms(at_ms: f64) -> Instant {
    Instant::ZERO + millis(at_ms)
}

/// Milliseconds of a time.
pub(super) fn in_millis(time: Duration) -> f64 {
    time.as_nanos() as f64 / MILLISECOND_NS
}

/// Seconds of a time.
pub(super) fn in_seconds(time: Duration) -> f64 {
    time.as_nanos() as f64 / SECOND_NS
}

/// What a flag is that stands nowhere.
pub(super) fn yes() -> bool {
    true
}

/// A number of nodes, or percent of all: `2` or `"51%"`.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "Value")]
pub(super) struct NodeAmount(pub(super) CountOrPercent);

impl TryFrom<Value> for NodeAmount {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let wrong = || format!("{value}, expected a number of nodes or percent");
        let number = |number: u64| u32::try_from(number).map_err(|_| wrong());
        match (value.as_u64(), value.as_str()) {
            (Some(count), _) => number(count).map(CountOrPercent::Count).map(Self),
            (None, Some(text)) => {
                let percent = text.strip_suffix('%').and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
                number(percent).map(CountOrPercent::Percent).map(Self)
            }
            (None, None) => Err(wrong()),
        }
    }
}

/// A number as vectors write it: `"inf"` where it has no end.
pub(super) fn real(value: f64) -> Value {
    if value == f64::INFINITY { "inf".into() } else { value.into() }
}

fn span(nanos: f64) -> Duration {
    // The cast saturates, so that a time beyond the range of the clock becomes its end.
    Duration::from_nanos(libm::round(nanos.max(0.0)) as u64)
}
