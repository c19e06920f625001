//! Many replications of one scenario: kept as samples, judged with intervals.

mod looks;
mod replication;
pub(crate) mod store;
mod summary;
pub(crate) mod verdict;

pub use looks::Looks;
pub use replication::{Replication, Study, replication_seed};
pub use store::StudyError;
pub use summary::{MetricEstimate, ReplicationsSummary, sum_up};
pub use verdict::{Method, SlaVerdict, Verdict, judge_study};
