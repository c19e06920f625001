//! Adapters of the scaling vectors.

use super::Family;

pub(super) const ADAPTERS: Family = &[];
