//! Adapters of the overload vectors.

mod codel;
mod concurrency;
mod retry;

pub(super) const ADAPTERS: &[super::Family] = &[codel::ADAPTERS, concurrency::ADAPTERS, retry::ADAPTERS];
