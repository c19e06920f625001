//! Tests of the report on a run made by hand.

mod chains;
mod compare_page;
mod edges;
mod explanations;
mod exports;
mod figures;
mod files;
mod fixture;
mod gate;
mod healing;
mod html;
mod html_demo;
mod html_sweep;
mod many_faults;
mod odd_values;
mod page;
mod recoveries;
mod sla_language;
mod slas;
mod statistics;

mod sweeps;
