//! Files of validation cases.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The layout of the files.
const SCHEMA: &str = "validation-file/v1";

/// A file of validation cases that was read.
#[derive(Clone, Debug)]
pub struct ValidationFile {
    /// Its name, as it is shown.
    pub name: String,
    pub(super) group: String,
    pub(super) cases: Vec<Case>,
}

/// Why a file is none of validation cases.
#[derive(Debug, thiserror::Error)]
pub enum ValidationError {
    /// It is no JSON of this form.
    #[error("line {}, column {}: {error}", error.line(), error.column())]
    Json {
        /// What the reader found.
        #[from]
        error: serde_json::Error,
    },
    /// Its layout is another one.
    #[error("schema {found:?}, expected \"{SCHEMA}\"")]
    Schema {
        /// The layout it names.
        found: String,
    },
}

#[derive(Deserialize)]
struct RawFile {
    group: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Layout {
    schema: String,
}

/// A model with known numbers.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Case {
    pub(super) id: String,
    pub(super) family: String,
    pub(super) model: Value,
    pub(super) expected: Vec<Expected>,
    #[serde(default)]
    pub(super) run: Run,
}

/// A known number, or another known answer.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Expected {
    pub(super) metric: String,
    pub(super) kind: Kind,
    #[serde(default)]
    pub(super) value: Value,
    #[serde(default)]
    pub(super) tolerance_abs: Option<f64>,
    #[serde(default)]
    pub(super) tolerance_time_s: Option<f64>,
    #[serde(default)]
    pub(super) min_pass: Option<f64>,
    #[serde(default)]
    pub(super) min: Option<f64>,
    #[serde(default)]
    pub(super) max: Option<f64>,
    #[serde(default)]
    pub(super) why: String,
}

/// What is known of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Exact,
    Asymptotic,
    ReferenceSimulation,
    UpperBound,
    LowerBound,
    Events,
    Information,
}

impl Kind {
    /// The word of the file.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Asymptotic => "asymptotic",
            Self::ReferenceSimulation => "reference_simulation",
            Self::UpperBound => "upper_bound",
            Self::LowerBound => "lower_bound",
            Self::Events => "events",
            Self::Information => "information",
        }
    }
}

/// The length for which the tolerances hold.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Run {
    /// Requests, windows, cycles, …, over all replications.
    #[serde(default = "one")]
    pub(super) total_units: u64,
    #[serde(default = "one")]
    pub(super) replications: u64,
}

const fn one() -> u64 {
    1
}

impl Default for Run {
    fn default() -> Self {
        Self { total_units: 1, replications: 1 }
    }
}

impl Case {
    /// The parameters of the model. An error says which is missing or wrong.
    pub(super) fn model<Model: DeserializeOwned>(&self) -> Result<Model, String> {
        Model::deserialize(&self.model).map_err(|error| format!("the model: {error}"))
    }

    /// Units of one replication.
    pub(super) fn units(&self) -> u64 {
        (self.run.total_units / self.run.replications.max(1)).max(1)
    }
}

impl ValidationFile {
    /// Reads the text of a file that is called `name`.
    ///
    /// # Errors
    /// [`ValidationError`] if it is no JSON of this form.
    pub fn read(name: &str, text: &str) -> Result<Self, ValidationError> {
        let layout: Layout = serde_json::from_str(text)?;
        if layout.schema != SCHEMA {
            return Err(ValidationError::Schema { found: layout.schema });
        }
        let file: RawFile = serde_json::from_str(text)?;
        Ok(Self { name: name.to_owned(), group: file.group, cases: file.cases })
    }
}
