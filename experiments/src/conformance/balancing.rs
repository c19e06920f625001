//! Adapters of the balancing vectors.

use super::Family;

pub(super) const ADAPTERS: Family = &[];
