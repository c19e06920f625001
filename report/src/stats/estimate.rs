//! An estimate and how sure it is.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A confidence interval, ends included.
///
/// An end may be `+inf`: a time that may never come. Files have no infinite numbers, so that such an end is written as
/// `null` and read back as `+inf`. The low end is never `-inf`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The least value that the data leave possible.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub low: f64,
    /// The greatest value that the data leave possible; at least `low`.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub high: f64,
}

/// A value measured over replications, in the unit of the values it was made from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The best single value; `+inf` (`null` in files) for a time that did not come while it was watched.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub value: f64,
    /// The interval around it; `None` if there are too few values for one.
    pub interval: Option<Interval>,
    /// Values it was made from.
    pub count: u32,
}

impl Interval {
    /// The interval `value ± half`. An end beyond the greatest float stays finite below and is `+inf` above.
    pub(super) fn around(value: f64, half: f64) -> Self {
        Self { low: (value - half).max(f64::MIN), high: value + half }
    }
}

/// The number of values as an estimate states it.
pub(super) fn count(values: usize) -> u32 {
    u32::try_from(values).unwrap_or(u32::MAX)
}

/// The error that a confidence leaves; `None` if the confidence does not lie between 0 and 1, both excluded.
pub(super) fn error(confidence: f64) -> Option<f64> {
    (confidence > 0.0 && confidence < 1.0).then_some(1.0 - confidence)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn write<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    value.is_finite().then_some(*value).serialize(serializer)
}

fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or(f64::INFINITY))
}
