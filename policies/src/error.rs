//! The one error of this crate: a configuration that cannot work.

use alloc::string::{String, ToString};
use core::fmt;

/// A configuration that cannot work. After [`ClusterConfig::validate`](crate::ClusterConfig::validate) the
/// control plane cannot fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The field, as a dotted path (`health_monitor.timeout`).
    pub field: String,
    /// What was found.
    pub found: String,
    /// What is expected.
    pub expected: String,
}

impl ConfigError {
    /// An error at `field`.
    pub fn new(field: &str, found: impl fmt::Display, expected: &str) -> Self {
        Self { field: field.to_string(), found: found.to_string(), expected: expected.to_string() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: found {}, expected {}", self.field, self.found, self.expected)
    }
}

impl core::error::Error for ConfigError {}
