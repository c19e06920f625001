//! Tests of the control plane through its door: inputs in, actions and decisions out.

mod world;

mod failures;
