//! Tests of the report on a run made by hand.

mod figures;
mod fixture;
mod page;
