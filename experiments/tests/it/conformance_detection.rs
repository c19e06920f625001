//! The vectors of failure detection.

use cusinart_experiments::{VectorFile, check_vectors};
use cusinart_report::CaseOutcome;
use std::path::Path;

#[test]
fn all_vectors_of_detection_agree() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance/vectors/detection");
    let entries = std::fs::read_dir(&folder).expect("the folder of vectors is there");
    let mut files: Vec<VectorFile> = entries
        .map(|entry| {
            let path = entry.expect("an entry of the folder").path();
            let text = std::fs::read_to_string(&path).expect("a text");
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            VectorFile::read(&name, &text).unwrap_or_else(|error| panic!("{name}: {error}"))
        })
        .collect();
    files.sort_by(|one, other| one.name.cmp(&other.name));
    let checked = check_vectors(&files);
    assert!(checked.cases.len() > 100, "{} cases", checked.cases.len());
    for case in checked.cases {
        assert!(matches!(case.outcome, CaseOutcome::Passed), "{} {}: {:?}", case.file, case.id, case.outcome);
    }
}
