//! Vectors: cases with known answers of real systems, computed by the public API of the policies.
//!
//! A vector names an algorithm, inputs and the expected answer. An *adapter* translates the inputs into calls of the
//! very code that scenarios run and its results back into JSON; it holds no rule of its own. The adapters of a family
//! stand in one file. The format of the files is told in `conformance/vectors/README.md` and
//! `conformance/vectors/autoscaling/README.md`.

mod balancing;
mod detection;
mod matching;
mod overload;
mod reading;
mod recovery;
mod repeats;
mod scaling;
mod vector;

pub use vector::{VectorError, VectorFile};

use cusinart_report::{CaseOutcome, Conformance, Mismatch, VectorCase};
use matching::mismatches;
use serde_json::Value;
use vector::Vector;

/// Computes the answer to the inputs of a vector. An error says what is wrong with the inputs.
type Adapter = fn(&Value) -> Result<Value, String>;

/// The adapters of a family, by the name of the algorithm.
type Family = &'static [(&'static str, Adapter)];

const FAMILIES: [&[Family]; 5] = [
    &[detection::ADAPTERS],
    &[balancing::ADAPTERS],
    overload::ADAPTERS,
    recovery::ADAPTERS,
    &[scaling::ADAPTERS],
];

/// Computes every vector of the files and compares the answers with the expected ones.
pub fn check_vectors(files: &[VectorFile]) -> Conformance {
    let of_file = |file: &VectorFile| {
        let case = |vector: &Vector| VectorCase {
            file: file.name.clone(),
            id: vector.id.clone(),
            algorithm: vector.algorithm.clone(),
            outcome: outcome(vector),
        };
        file.vectors.iter().map(case).collect::<Vec<_>>()
    };
    Conformance { cases: files.iter().flat_map(of_file).collect() }
}

fn outcome(vector: &Vector) -> CaseOutcome {
    let mut adapters = FAMILIES.into_iter().flatten().copied().flatten();
    let Some((_, adapter)) = adapters.find(|(name, _)| *name == vector.algorithm) else {
        return CaseOutcome::Unsupported;
    };
    let failed = |got: Value, mismatches: Vec<Mismatch>| CaseOutcome::Failed {
        inputs: vector.inputs.clone(),
        expected: vector.expected.clone(),
        got,
        mismatches,
    };
    match adapter(&vector.inputs) {
        Ok(got) => {
            let mismatches = mismatches(&vector.expected, &got, &vector.tolerances);
            if mismatches.is_empty() { CaseOutcome::Passed } else { failed(got, mismatches) }
        }
        Err(wrong) => {
            let mismatch = Mismatch {
                path: String::new(),
                expected: "inputs of this algorithm".into(),
                got: format!("an error: {wrong}"),
            };
            failed(Value::Null, vec![mismatch])
        }
    }
}
