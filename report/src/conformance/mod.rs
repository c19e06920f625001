//! How far the code agrees with cases whose answer is known: a table by algorithm, and the first failures in full.

mod junit;
mod outcome;
mod text;

pub use junit::conformance_junit;
pub use outcome::{CaseOutcome, Conformance, Mismatch, Tally, VectorCase, conformance_json};
pub use text::conformance_text;
