//! Service level agreements: what is measured, its limit, and their text.

mod during_parser;
mod metric;
mod metric_parser;
mod model;
mod parser;
mod text;

pub use metric::{Better, METRICS, Metric, MetricInfo, Statistic, SubjectKind, Unit};
pub use model::{
    Anchor, Comparison, During, Expectation, FaultChoice, Moment, Objective, Shift, Sla, Subject,
};
pub use parser::objective;
pub(crate) use parser::sla;
