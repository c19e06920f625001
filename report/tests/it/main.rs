//! Tests of the report on a run made by hand.

mod edges;
mod explanations;
mod figures;
mod files;
mod fixture;
mod healing;
mod many_faults;
mod odd_values;
mod page;
mod recoveries;
mod sla_language;
mod slas;
