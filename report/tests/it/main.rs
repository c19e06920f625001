//! Tests of the report on a run made by hand.

mod edges;
mod figures;
mod files;
mod fixture;
mod many_faults;
mod page;
mod recoveries;
mod slas;
