//! The vocabulary of a run: facts, series, histograms, digest, RunRecord.
