//! Comparison of policies: the same worlds, paired difference by difference.

pub(crate) mod comparison;
pub(crate) mod difference;
mod overall;
pub(crate) mod text;

pub use comparison::{Arm, ArmSummary, Comparison, MetricComparison, Rules, compare, default_objectives};
pub use difference::{Change, Difference};
pub use overall::{Overall, ParetoPoint};
pub use text::compare_text;
