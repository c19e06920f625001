//! All vectors of conformance, by the adapters of `experiments` and nothing else of it.
//!
//! The suite of the workspace computes them in `experiments`. This binary is for those who change or mutate a rule: it needs
//! this crate alone (`cargo test -p cusinart-policies --features vectors --test vectors`).

extern crate self as cusinart_report;

#[expect(unreachable_pub, unused_imports, reason = "public in the crate it belongs to")]
#[path = "../../../experiments/src/conformance/mod.rs"]
mod conformance;
#[expect(unreachable_pub, dead_code, reason = "public in the crate it belongs to, and used there")]
#[path = "../../../report/src/conformance/outcome.rs"]
mod outcome;

use conformance::{VectorFile, check_vectors};
pub(crate) use outcome::{CaseOutcome, Conformance, Mismatch, VectorCase};
use std::path::{Path, PathBuf};

#[test]
fn all_vectors_agree() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance/vectors");
    let mut files: Vec<PathBuf> =
        entries(&folder).into_iter().filter(|path| path.is_dir()).flat_map(|path| entries(&path)).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).expect("a text");
        VectorFile::read(&path.display().to_string(), &text)
            .unwrap_or_else(|error| panic!("{path:?}: {error}"))
    };
    let conformance = check_vectors(&files.iter().map(read).collect::<Vec<_>>());
    assert!(conformance.cases.len() > 600, "{} cases", conformance.cases.len());
    for case in &conformance.cases {
        assert!(matches!(case.outcome, CaseOutcome::Passed), "{} {}: {:?}", case.file, case.id, case.outcome);
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    entries.map(|entry| entry.expect("an entry of the folder").path()).collect()
}
