//! Adapters of the recovery vectors.

use super::Family;

pub(super) const ADAPTERS: Family = &[];
