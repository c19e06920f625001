//! How far the simulator reproduces numbers that are known: a table by group, the worst deviations, what is unsupported.

mod junit;
mod outcome;
mod page;
mod text;

pub use junit::validation_junit;
pub use outcome::{
    MetricResult, MetricVerdict, SeedResult, Tier, Validation, ValidationCase, ValidationOutcome,
    ValidationTally, validation_json,
};
pub use page::validation_markdown;
pub use text::validation_text;
