//! How far the simulator reproduces numbers that are known: a table by group, the worst deviations, what is unsupported.

mod outcome;
mod text;

pub use outcome::{
    MetricResult, MetricVerdict, SeedResult, Tier, Validation, ValidationCase, ValidationOutcome,
    ValidationTally, validation_json,
};
pub use text::validation_text;
