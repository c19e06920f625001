//! Kinds of directories that the command writes, and how each is known.

use crate::compare;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Largest mark file that is looked into, to see whether this program wrote it.
const MARK_BYTES_MAX: u64 = 64 << 20;

/// A kind of directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What `run` writes for a scenario.
    Run,
    /// What `compare` writes.
    Compare,
    /// What `test` writes.
    Test,
    /// What `sweep` fills point by point.
    Sweep,
}

impl Kind {
    /// All kinds.
    pub(crate) const ALL: [Self; 4] = [Self::Run, Self::Compare, Self::Test, Self::Sweep];

    /// The file that says whose a directory is. It is JSON and has a `schema_version`.
    pub(crate) const fn mark(self) -> &'static str {
        match self {
            Self::Run => "run.json",
            Self::Compare => "compare.json",
            Self::Test => "test.json",
            Self::Sweep => "sweep.json",
        }
    }

    /// Whether such a directory may hold a file of this name; one with anything else is not replaced.
    pub(crate) fn knows(self, name: &str) -> bool {
        let is_numbered = match self {
            Self::Run | Self::Sweep => false,
            Self::Compare => compare::is_arm_file(name),
            Self::Test => name.ends_with(crate::test::REPLICATIONS),
        };
        is_numbered || self.known().contains(&name)
    }

    /// The files with fixed names.
    const fn known(self) -> &'static [&'static str] {
        match self {
            Self::Run => &[
                "run.json",
                "report.html",
                "record.json",
                "facts.jsonl",
                "series.csv",
                "series.parquet",
                "scenario.yaml",
                "replications.json",
                "explain.json",
                "trace.csv",
                "perfetto.json",
                "openmetrics.txt",
                "timeline.svg",
                "timeline.png",
                "latency.svg",
                "latency.png",
                "nodes.svg",
                "nodes.png",
            ],
            Self::Compare => &compare::FILES,
            Self::Test => &["test.json", "report.html", "junit.xml", "summary.md"],
            Self::Sweep => {
                &["sweep.json", "journal.jsonl", "results.json", "sweep.csv", "sweep.parquet", "report.html"]
            }
        }
    }

    /// Who writes it, with an article.
    pub(crate) const fn writer(self) -> &'static str {
        match self {
            Self::Run => "a run",
            Self::Compare => "a comparison",
            Self::Test => "a test",
            Self::Sweep => "a sweep",
        }
    }

    /// Version of the layout of the mark file that this program writes.
    const fn version(self) -> u32 {
        match self {
            Self::Run => cusinart_report::SCHEMA_VERSION,
            Self::Compare => cusinart_report::COMPARE_SCHEMA_VERSION,
            Self::Test => cusinart_report::TEST_SCHEMA_VERSION,
            Self::Sweep => cusinart_report::SWEEP_SCHEMA_VERSION,
        }
    }

    /// Whether a folder holds a mark file of this kind that this program wrote.
    pub(crate) fn marks(self, folder: &Path) -> bool {
        let Ok(file) = File::open(folder.join(self.mark())) else { return false };
        let reader = io::BufReader::new(file.take(MARK_BYTES_MAX));
        let mark: Option<serde_json::Value> = serde_json::from_reader(reader).ok();
        let version = mark.and_then(|mark| mark.get("schema_version")?.as_u64());
        version == Some(u64::from(self.version()))
    }

    /// The kind of a directory by the mark file that is there, whatever is in it.
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| folder.join(kind.mark()).is_file())
    }
}
