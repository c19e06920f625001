//! Explanations of missed agreements.

mod dispatch;
mod nodes;
mod requests;
mod times;
mod words;

pub(crate) use dispatch::explain;
pub(crate) use words::{errors_text, faults_at, list, unrouted};
