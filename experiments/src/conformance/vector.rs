//! Files of vectors.

use super::matching::{Tolerance, Tolerances};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The layout whose floats are near within this, by field; see the README of the autoscaling vectors.
const AUTOSCALING: &str = "autoscaling-vectors/1";
/// The other layout: tolerances stand in each vector.
const GENERAL: &str = "cusinart-vectors/1";

/// A file of vectors that was read.
#[derive(Clone, Debug)]
pub struct VectorFile {
    /// Its name, as it is shown.
    pub name: String,
    pub(super) vectors: Vec<Vector>,
}

/// Why a file is none of vectors.
#[derive(Debug, thiserror::Error)]
pub enum VectorError {
    /// It is no JSON of this form.
    #[error("line {}, column {}: {error}", error.line(), error.column())]
    Json {
        /// What the reader found.
        #[from]
        error: serde_json::Error,
    },
    /// Its layout is another one.
    #[error("schema {found:?}, expected \"{GENERAL}\" or \"{AUTOSCALING}\"")]
    Schema {
        /// The layout it names.
        found: String,
    },
}

/// One vector.
#[derive(Clone, Debug)]
pub(super) struct Vector {
    pub(super) id: String,
    pub(super) algorithm: String,
    pub(super) inputs: Value,
    pub(super) expected: Value,
    pub(super) tolerances: Tolerances,
}

#[derive(Deserialize)]
struct RawFile {
    schema: String,
    vectors: Vec<RawVector>,
}

#[derive(Deserialize)]
struct RawVector {
    id: String,
    algorithm: String,
    inputs: Value,
    expected: Value,
    #[serde(default)]
    tolerance: RawTolerance,
}

/// For every number, or by field.
#[derive(Default, Deserialize)]
struct RawTolerance {
    abs: Option<f64>,
    rel: Option<f64>,
    #[serde(flatten)]
    fields: BTreeMap<String, RawNear>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNear {
    #[serde(default)]
    abs: f64,
    #[serde(default)]
    rel: f64,
}

impl VectorFile {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// If it is no file of vectors.
    pub fn read(name: &str, text: &str) -> Result<Self, VectorError> {
        let raw: RawFile = serde_json::from_str(text)?;
        let by_field = match raw.schema.as_str() {
            AUTOSCALING => autoscaling(),
            GENERAL => BTreeMap::new(),
            _ => return Err(VectorError::Schema { found: raw.schema }),
        };
        let vector = |raw: RawVector| Vector {
            id: raw.id,
            algorithm: raw.algorithm,
            inputs: raw.inputs,
            expected: raw.expected,
            tolerances: raw.tolerance.with(&by_field),
        };
        Ok(Self { name: name.into(), vectors: raw.vectors.into_iter().map(vector).collect() })
    }
}

impl RawTolerance {
    fn with(self, by_field: &BTreeMap<String, Tolerance>) -> Tolerances {
        let some = |abs: Option<f64>, rel: Option<f64>| {
            (abs.is_some() || rel.is_some())
                .then(|| Tolerance { abs: abs.unwrap_or(0.0), rel: rel.unwrap_or(0.0) })
        };
        let mut fields = by_field.clone();
        let own =
            self.fields.into_iter().map(|(name, near)| (name, Tolerance { abs: near.abs, rel: near.rel }));
        fields.extend(own);
        Tolerances { all: some(self.abs, self.rel), fields }
    }
}

/// The tolerances of the autoscaling vectors.
fn autoscaling() -> BTreeMap<String, Tolerance> {
    let float = Tolerance { abs: 1e-6, rel: 1e-9 };
    let floats =
        ["averages", "target_value", "total_value", "metric", "values"].map(|name| (name.to_string(), float));
    let burst = ("excess_burst_capacity".to_string(), Tolerance { abs: 1.0, rel: 0.0 });
    floats.into_iter().chain([burst]).collect()
}
