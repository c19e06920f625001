//! Runs simulations and judges them: single runs, determinism checks, replications.

mod counterfactual;
mod determinism;
mod divergence;
mod run;

pub use counterfactual::{SharedWatch, explain};
pub use determinism::{check_determinism, compare_runs};
pub use divergence::{Difference, Divergence, Event};
pub use run::{Progress, Watch, run, run_traced};
