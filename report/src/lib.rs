//! Run records to summaries, verdicts, text, JSON and plots.
mod standin;
pub use standin::{
    PageLinks, Plot, RunSummary, RunVerdict, TextStyle, facts_jsonl, plots, run_json, series_csv, summarize, text,
};
