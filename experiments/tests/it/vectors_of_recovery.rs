//! The vectors of overload and recovery agree.

use cusinart_experiments::{VectorFile, check_vectors};
use cusinart_report::CaseOutcome;
use std::fs;
use std::path::Path;

#[test]
fn all_vectors_of_overload_and_recovery_agree() {
    let files = [
        "balancing/codel.json",
        "balancing/concurrency_limits.json",
        "balancing/retry_budget.json",
        "recovery/crashloop.json",
        "recovery/drain_and_transfer.json",
        "recovery/node_remediation.json",
        "recovery/pdb.json",
        "recovery/supervisor.json",
        "recovery/systemd_startlimit.json",
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance/vectors");
    let files = files.map(|name| {
        let text = fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        VectorFile::read(name, &text).unwrap_or_else(|error| panic!("{name}: {error}"))
    });
    let conformance = check_vectors(&files);
    assert_eq!(conformance.cases.len(), 108);
    for case in &conformance.cases {
        assert_eq!(case.outcome, CaseOutcome::Passed, "{} {}", case.file, case.id);
    }
}
