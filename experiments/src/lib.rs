//! Runs simulations and judges them: single runs, determinism checks, replications.
