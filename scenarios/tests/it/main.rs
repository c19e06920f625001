//! Tests of the reader and the writer through their public functions.

mod arrivals;
mod bad_files;
mod cluster_toml;
mod distributions;
mod limits;
mod mutations;
mod overlays;
mod places;
mod round_trip;
mod schema;
mod slas;
mod support;
mod sweeps;
mod traces;
