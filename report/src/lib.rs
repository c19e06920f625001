//! Run records to summaries, verdicts, text, JSON and plots.
