//! run.json: the summary as it stands, in the order of its fields.

use crate::summary::RunSummary;

/// Writes the summary as pretty JSON with a newline at the end. Floats are the shortest that read back the same;
/// there is neither NaN nor infinity.
pub fn run_json(summary: &RunSummary) -> String {
    let mut text = serde_json::to_string_pretty(summary).expect("the summary is plain data with string keys");
    text.push('\n');
    text
}
