//! perfetto.json: a run in the Chrome trace event format, which <https://ui.perfetto.dev> opens.
//!
//! A process for the faults, one for each service and one for each client. A service has a track for the decisions of
//! its control plane, with their reasons, and one for each node, with its states; load, latency and capacity are
//! counters. Times are virtual. The format is described in "Trace Event Format" (Google, the document that
//! <https://perfetto.dev/docs/getting-started/other-formats> names).

mod event;
mod trace;

pub use trace::perfetto_json;
