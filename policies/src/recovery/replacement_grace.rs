//! When a node that has just come into service may be replaced.

use crate::{Duration, Instant};

/// The earliest moment at which a node that is unhealthy since then is marked for replacement (Amazon EC2 Auto Scaling,
/// health check grace period): not before `grace` after it came into service.
pub fn earliest_replacement(in_service: Instant, grace: Duration, unhealthy_since: Instant) -> Instant {
    unhealthy_since.max(in_service + grace)
}
