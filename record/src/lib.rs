//! The vocabulary of a run: facts, series, histograms, digest, [`RunRecord`].

mod fact;
mod run;

pub use fact::{Fact, FactKind, FaultId, FaultKind, FaultRecord, NodeState};
pub use run::{
    ClientRecord, ClientWindow, Header, NodeRecord, RequestCounts, RequestError, RunRecord, ServiceRecord,
    ServiceWindow,
};
