//! Counterfactual replays: the same run with one fault or setting changed.

mod clues;
mod edit;
mod explain;
mod suggestions;
mod suspects;

pub use explain::explain;
