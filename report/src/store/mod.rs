//! record.json: a run as it is kept, to be read back without loss and reported again.
//!
//! What a run left behind lies in three files of its directory, each truth in one place: the scenario in
//! scenario.yaml, the facts in facts.jsonl, and all else in record.json, which also says by which hashes the other
//! two are known.

mod check;
mod error;
mod facts;
mod record;
mod rows;
mod version;

pub use error::StoreError;
pub use record::{StoredRun, read_explanation, read_run, record_json};
pub(crate) use version::check_version;
