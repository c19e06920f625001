//! Service level agreements: what is measured, its limit, and their text.

mod metric;
mod model;
mod parser;

pub use metric::{Better, METRICS, Metric, MetricInfo, Statistic, SubjectKind, Unit};
pub use model::{Comparison, Objective, Sla, Subject};
pub use parser::objective;
pub(crate) use parser::sla;
