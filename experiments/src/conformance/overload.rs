//! Adapters of the overload vectors.

use super::Family;

pub(super) const ADAPTERS: Family = &[];
