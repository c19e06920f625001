//! Comparison of policies: the same worlds, paired difference by difference.

pub(crate) mod comparison;
pub(crate) mod difference;
mod markdown;
pub(crate) mod overall;
mod store;
mod table;
pub(crate) mod text;

pub use comparison::{
    Arm, ArmSummary, COMPARE_SCHEMA_VERSION, Comparison, MetricComparison, Rules, compare, default_objectives,
};
pub use difference::{Change, Difference};
pub use markdown::compare_markdown;
pub use overall::{Overall, ParetoPoint};
pub use store::{ArmTexts, ComparePlan, StoredArm, arms_belong_together, read_arm};
pub use table::{ArmRun, compare_table};
pub use text::compare_text;
