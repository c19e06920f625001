//! Comparison of policies: the same worlds, paired difference by difference.

mod comparison;
mod difference;
mod overall;
mod text;

pub use comparison::{Arm, ArmSummary, Comparison, MetricComparison, Rules, compare, default_objectives};
pub use difference::{Change, Difference};
pub use overall::{Overall, ParetoPoint};
pub use text::compare_text;
