//! Where two runs that should be the same part.

use cusinart_policies::Instant;
use cusinart_record::{DigestRecord, RunRecord};
use cusinart_sim_core::describe_record;
use std::fmt;

/// Two runs that should be the same are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The digests of the two runs.
    pub digests: (u64, u64),
    /// The first difference.
    pub first: Difference,
}

/// The first difference between two runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// A record of the digest differs: what happened is not the same.
    Record {
        /// Its number, from 0.
        index: u64,
        /// What it says in the first run; `None` if that run has ended.
        first: Option<Event>,
        /// What it says in the second run; `None` if that run has ended.
        second: Option<Event>,
    },
    /// All records are the same, and yet a file that is written from them differs.
    Output {
        /// The file's name.
        file: &'static str,
        /// The line, from 1.
        line: usize,
        /// The line in the first run; empty if there is none.
        first: String,
        /// The line in the second run; empty if there is none.
        second: String,
    },
    /// The digests differ, but runs made again to find the record did not differ there, or were stopped.
    NotFoundAgain {
        /// The difference lies at or after this record.
        from: u64,
        /// And before this one.
        until: u64,
    },
}

/// A record of a run's digest, and what it is about in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The record.
    pub record: DigestRecord,
    /// What it is about.
    pub words: String,
}

impl Difference {
    /// The first record in which two runs differ; the records kept of both begin with number `from`.
    pub(crate) fn between_records(
        from: u64,
        (one, first): (&RunRecord, &[DigestRecord]),
        (other, second): (&RunRecord, &[DigestRecord]),
    ) -> Option<Self> {
        let same = first.iter().zip(second).take_while(|(one, other)| one == other).count();
        let event = |run: &RunRecord, records: &[DigestRecord]| {
            records.get(same).map(|record| Event { record: *record, words: describe_record(record, run) })
        };
        let (first, second) = (event(one, first), event(other, second));
        (first != second).then_some(Self::Record { index: from + same as u64, first, second })
    }

    /// The first line in which two texts differ.
    pub(crate) fn between_lines(file: &'static str, first: &str, second: &str) -> Option<Self> {
        if first == second {
            return None;
        }
        let same = first.lines().zip(second.lines()).take_while(|(one, other)| one == other).count();
        let line = |text: &str| text.lines().nth(same).unwrap_or_default().to_string();
        Some(Self::Output { file, line: same + 1, first: line(first), second: line(second) })
    }
}

impl std::error::Error for Divergence {}

impl fmt::Display for Divergence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (one, other) = self.digests;
        match &self.first {
            Difference::Record { index, first, second } => {
                writeln!(out, "the digests are {one:016x} and {other:016x}")?;
                writeln!(out, "the first event that differs is record {index}")?;
                writeln!(out, "  run 1: {}", Line(first.as_ref()))?;
                write!(out, "  run 2: {}", Line(second.as_ref()))
            }
            Difference::Output { file, line, first, second } => {
                writeln!(out, "the digests are equal, {one:016x}, but {file} differs in line {line}")?;
                writeln!(out, "  run 1: {first}")?;
                write!(out, "  run 2: {second}")
            }
            Difference::NotFoundAgain { from, until } => {
                writeln!(out, "the digests are {one:016x} and {other:016x}")?;
                write!(
                    out,
                    "the first difference lies in the records {from}..{until}; it did not show when both runs \
                     were made again"
                )
            }
        }
    }
}

/// Prints an event, or that there is none.
struct Line<'a>(Option<&'a Event>);

impl fmt::Display for Line<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(event) => {
                write!(out, "at {}: {}", Instant::from_nanos(event.record.at), event.words)
            }
            None => out.write_str("has ended"),
        }
    }
}
