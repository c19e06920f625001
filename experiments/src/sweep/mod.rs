//! Sweeps: the points of a design, and their runs.

mod design;
mod run;

pub use design::{DesignError, design_points};
pub use run::{SweepJob, run_sweep};
