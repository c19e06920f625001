//! What can be wrong with a stored run.

/// What is wrong with a stored run: which file, what was found, what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: found {found}, expected {expected}")]
pub struct StoreError {
    /// Name of the file in the run directory.
    pub file: &'static str,
    /// What is in it.
    pub found: String,
    /// What should be in it.
    pub expected: String,
}

impl StoreError {
    pub(crate) fn new(file: &'static str, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { file, found: found.into(), expected: expected.into() }
    }

    /// A text that is no JSON of the form.
    pub(crate) fn json(file: &'static str, error: &serde_json::Error, expected: &str) -> Self {
        Self::new(file, error.to_string(), expected)
    }
}
