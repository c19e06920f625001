//! The command `cusinart-sim`.
fn main() {}
