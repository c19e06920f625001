//! Tests of the report on a run made by hand.

mod fixture;
mod figures;
mod page;
