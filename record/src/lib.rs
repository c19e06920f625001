//! The vocabulary of a run: facts, series, histograms, digest, [`RunRecord`].

mod digest;
mod fact;
mod invariant;
mod run;

pub use digest::{CHECKPOINT_RECORDS, Digest, DigestRecord, content_hash, hash64};
pub use fact::{Fact, FactKind, FaultId, FaultKind, FaultRecord, NodeState};
pub use invariant::{Invariant, Violation};
pub use run::{
    ByError, ClientRecord, ClientWindow, EarlyEnd, Header, LatencyHistogram, NodeRecord, RequestCounts,
    RequestError, RunRecord, ServiceRecord, ServiceWindow, Shed, latency_histogram,
};
