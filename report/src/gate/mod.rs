//! The verdict of many scenarios together: their agreements, and their metrics against a stored baseline. Made for a
//! gate in continuous integration.

mod baseline;
mod change;
mod finding;
mod github;
mod junit;
mod markdown;
mod outcome;
mod read;
mod report;
mod scenario;
mod text;

pub use baseline::{Baseline, BaselineError};
pub use change::MetricChange;
pub use finding::Finding;
pub(crate) use finding::place;
pub use github::github_commands;
pub use junit::junit_xml;
pub use markdown::test_markdown;
pub use outcome::{FailOn, Outcome};
pub use read::read_test;
pub use report::{BaselineUse, Refused, TEST_SCHEMA_VERSION, TestReport, TestSettings, test_json};
pub use scenario::{
    AgainstBaseline, Commands, GateRules, ScenarioVerdict, SlaCheck, common_objectives, judge_scenario,
};
pub(crate) use text::mark;
pub use text::test_text;
