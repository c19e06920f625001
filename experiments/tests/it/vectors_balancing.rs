//! Load balancing decides as the systems it is named after.

use cusinart_experiments::{VectorFile, check_vectors};
use cusinart_report::CaseOutcome;
use std::fs;
use std::path::Path;

const FILES: [(&str, usize); 8] = [
    ("smooth_wrr", 10),
    ("envoy_edf_least_request", 25),
    ("envoy_priority_panic", 20),
    ("maglev", 12),
    ("ring_hash", 17),
    ("peak_ewma", 6),
    ("prequal", 25),
    ("simple", 7),
];

#[test]
fn vectors_of_load_balancing_agree() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance/vectors/balancing");
    for (name, count) in FILES {
        let text = fs::read_to_string(folder.join(format!("{name}.json"))).expect("the vectors are shipped");
        let file = VectorFile::read(name, &text).expect("a file of vectors");
        let cases = check_vectors(&[file]).cases;
        assert!(cases.len() >= count, "{name} has {} vectors, expected at least {count}", cases.len());
        for case in cases {
            assert!(matches!(case.outcome, CaseOutcome::Passed), "{}: {:?}", case.id, case.outcome);
        }
    }
}
