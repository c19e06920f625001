//! Where two runs that should be the same part.

use cusinart_policies::Instant;
use cusinart_record::DigestRecord;
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
        first: Option<DigestRecord>,
        /// What it says in the second run; `None` if that run has ended.
        second: Option<DigestRecord>,
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

impl Difference {
    /// The first record in which two lists differ; both begin with record number `from`.
    pub(crate) fn between_records(
        from: u64,
        first: &[DigestRecord],
        second: &[DigestRecord],
    ) -> Option<Self> {
        let same = first.iter().zip(second).take_while(|(one, other)| one == other).count();
        let (first, second) = (first.get(same).copied(), second.get(same).copied());
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
                writeln!(out, "  run 1: {}", Record(*first))?;
                write!(out, "  run 2: {}", Record(*second))
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

/// Prints a record, or that there is none.
struct Record(Option<DigestRecord>);

impl fmt::Display for Record {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(record) => write!(
                out,
                "at {}: kind {}, entity {}, payload {:#x}",
                Instant::from_nanos(record.at),
                record.kind(),
                record.entity(),
                record.payload
            ),
            None => out.write_str("has ended"),
        }
    }
}
