//! openmetrics.txt: the numbers of a run in the text format of OpenMetrics 1.0
//! (<https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md>).
//!
//! Timestamps are seconds of virtual time since the start of the run, at the end of each window. Numbers without
//! timestamp are of the whole run.

mod exposition;
mod families;

pub use families::openmetrics;
