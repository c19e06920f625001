//! Service level agreements: what is measured, its limit, and their text.

mod during_parser;
mod metric;
mod metric_parser;
mod metrics;
mod model;
mod parser;
mod text;

pub use metric::{Metric, Statistic};
pub use metrics::{Better, METRICS, MetricInfo, SubjectKind, Unit};
pub use model::{
    Anchor, Comparison, During, Expectation, FaultChoice, Moment, Objective, Shift, Sla, Subject,
};
pub use parser::objective;
pub(crate) use parser::sla;
