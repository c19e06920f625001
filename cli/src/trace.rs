//! The trace of a run: one row per ended try of the requests that are sampled.

use crate::error::CliError;
use crate::output_dir::Staging;
use cusinart_policies::Instant;
use cusinart_record::{RequestError, hash64};
use cusinart_sim_core::TryTrace;
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::rc::Rc;
use std::str::FromStr;

/// Name of the file in the run directory.
pub(crate) const FILE: &str = "trace.csv";
/// Its columns. Times are nanoseconds of virtual time.
const COLUMNS: &str = "request,attempt,service,node,intended_ns,sent_ns,ended_ns,outcome\n";

/// Which requests are traced: one in so many, chosen by their number, so that each policy meets the same sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TraceSample {
    one_in: u64,
}

impl TraceSample {
    /// Every request.
    pub(crate) const ALL: Self = Self { one_in: 1 };

    /// The sample as an option's value.
    pub(crate) fn word(self) -> String {
        if self == Self::ALL { "all".to_string() } else { format!("1/{}", self.one_in) }
    }

    /// Whether a request is traced. Hashed, so that no rhythm of the requests can meet the sample's.
    fn holds(self, request: u64) -> bool {
        self.one_in == 1 || hash64(&request.to_le_bytes()).is_multiple_of(self.one_in)
    }
}

impl FromStr for TraceSample {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let sample = match text.split_once('/') {
            None if text == "all" => Some(Self::ALL),
            Some(("1", n)) => n.parse().ok().filter(|n| *n > 0).map(|one_in| Self { one_in }),
            Some(_) | None => None,
        };
        sample.ok_or_else(|| {
            "expected `all`, or `1/N` for one request in N with N a whole number above 0".to_string()
        })
    }
}

/// A trace file being written during a run.
pub(crate) struct TraceFile {
    sample: TraceSample,
    out: BufWriter<File>,
    /// The first failure to write; the run goes on and the user is told at its end.
    failed: Option<io::Error>,
}

/// A trace file shared between the run that fills it and the command that closes it.
pub(crate) type SharedTrace = Rc<RefCell<TraceFile>>;

/// Opens the trace file of a run directory.
///
/// # Errors
/// Those of the operating system.
pub(crate) fn open(staging: &Staging, sample: TraceSample) -> Result<SharedTrace, CliError> {
    let mut out = BufWriter::with_capacity(1 << 16, staging.open(FILE)?);
    let failed = out.write_all(COLUMNS.as_bytes()).err();
    Ok(Rc::new(RefCell::new(TraceFile { sample, out, failed })))
}

/// What the simulation calls for every ended try.
pub(crate) fn writer(file: &SharedTrace) -> Box<dyn FnMut(&TryTrace)> {
    let file = Rc::clone(file);
    Box::new(move |entry| file.borrow_mut().add(entry))
}

/// Closes the trace file.
///
/// # Errors
/// The first failure to write it.
pub(crate) fn close(file: &SharedTrace, staging: &Staging) -> Result<(), CliError> {
    let mut file = file.borrow_mut();
    let result = match file.failed.take() {
        Some(error) => Err(error),
        None => file.out.flush().and_then(|()| file.out.get_ref().sync_all()),
    };
    result.map_err(|error| staging.error(FILE, error))
}

impl TraceFile {
    fn add(&mut self, entry: &TryTrace) {
        if self.failed.is_none() && self.sample.holds(entry.request) {
            self.failed = write_row(&mut self.out, entry).err();
        }
    }
}

/// Writes one row. The node is empty if the balancer had none.
fn write_row(out: &mut impl Write, entry: &TryTrace) -> io::Result<()> {
    write!(out, "{},{},{},", entry.request, entry.attempt, entry.service.0)?;
    if let Some(node) = entry.node {
        write!(out, "{}", node.0)?;
    }
    let outcome = entry.error.map_or("ok", RequestError::word);
    let [intended, sent, ended] = [entry.intended, entry.sent, entry.ended].map(Instant::as_nanos);
    writeln!(out, ",{intended},{sent},{ended},{outcome}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_all_or_one_in_n() {
        assert_eq!("all".parse(), Ok(TraceSample::ALL));
        assert_eq!("1/250".parse(), Ok(TraceSample { one_in: 250 }));
        for wrong in ["", "some", "1/0", "2/3", "1/-1", "1/x", "/", "0.01"] {
            assert!(wrong.parse::<TraceSample>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn one_in_ten_takes_about_a_tenth() {
        let sample = TraceSample { one_in: 10 };
        let taken = (0..100_000).filter(|request| sample.holds(*request)).count();
        assert!((9_500..10_500).contains(&taken), "{taken}");
    }
}
