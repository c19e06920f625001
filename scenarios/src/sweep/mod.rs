//! Sweeps: which settings of a scenario to vary, over which values, and in which design.

mod flow;
mod knob;
mod load;
mod model;
mod quantity;
mod raw;

pub use load::{load_sweep, parse_sweep, vary, vary_arms};
pub use model::{Design, Knob, Level, POINTS_MAX, REPLICATIONS_MAX, Range, Scale, Sweep, Values};
pub use quantity::Family;
pub(crate) use raw::RawSweep;
