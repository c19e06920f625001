//! Rolling updates.

use super::{Names, fault};
use crate::log::Log;
use crate::model::Rollout;
use crate::raw::RawRollout;
use cusinart_policies::recovery::CountOrPercent;

/// Surge and missing nodes that a rolling update may have if it does not say (Kubernetes, `Deployment`).
const SHARE_DEFAULT: CountOrPercent = CountOrPercent::Percent(25);

/// A rolling update.
pub(super) fn rollout(raw: &RawRollout, names: &Names, log: &mut Log) -> Rollout {
    fault::in_run(raw.at, "begin", names, log);
    Rollout {
        at: raw.at.value,
        service: names.service(&raw.service, log),
        max_surge: raw.max_surge.map_or(SHARE_DEFAULT, |surge| surge.value),
        max_unavailable: raw.max_unavailable.map_or(SHARE_DEFAULT, |unavailable| unavailable.value),
    }
}
