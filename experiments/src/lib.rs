//! Runs simulations and judges them: single runs, determinism checks, replications.

mod comparison;
mod conformance;
mod counterfactual;
mod determinism;
mod divergence;
mod gate;
mod pool;
mod replicate;
mod run;
mod sweep;
mod validation;
mod warmup;

pub use comparison::{ArmPlan, Compared, ComparisonPlan, judge_comparison, run_comparison};
pub use conformance::{VectorError, VectorFile, check_vectors};
pub use counterfactual::explain;
pub use determinism::{check_determinism, compare_runs};
pub use divergence::{Difference, Divergence, Event};
pub use gate::{GateCase, Gated, run_gate};
pub use pool::{Pool, Tick, WatchAll};
pub use replicate::{Task, measured, replicate, replicate_all};
pub use run::{Progress, Watch, run, run_traced};
pub use sweep::{DesignError, SweepJob, design_points, run_sweep};
pub use validation::{
    ValidationError, ValidationFile, ValidationPlan, validate, validation_count, validation_scenarios,
};
pub use warmup::{WarmupPilot, mser5_warmup};
