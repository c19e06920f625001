//! Sweeps: what is stored of them, and what they say about which settings matter.
//!
//! `docs/statistics.md` says how the numbers are made; `summary` is the way in.

pub(crate) mod best;
mod effects;
mod f_test;
mod fit;
mod front;
mod groups;
mod interactions;
mod plan;
mod point;
pub(crate) mod response;
mod stored;
mod summary;
mod table;
mod text;
pub(crate) mod words;

pub use best::{BestPoint, Gain};
pub use effects::{Effect, LevelMean, Matters, MetricEffects};
pub use front::FrontPoint;
pub use interactions::Interaction;
pub use plan::{
    MetricPlan, PlannedKnob, PlannedPoint, SWEEP_SCHEMA_VERSION, SweepDesign, SweepPlan, SweptScenario,
};
pub use point::{MeasuredPoint, PointValue, SweptReplication, measure_replication};
pub use stored::{read_sweep_plan, read_sweep_point};
pub use summary::{PointSummary, SweepSummary, summarize_sweep};
pub use table::sweep_table;
pub use text::{SweepLinks, sweep_text};
