//! `redirect_traffic`: the failed node gets no more requests.

use crate::catalogue::{Builtin, PolicyEntry, PolicyKind};
use crate::{Instant, Proposal, RecoveryCase, RecoveryStep, RecoveryStrategy};
use alloc::boxed::Box;
use alloc::vec;

pub(crate) const BUILTIN: Builtin<dyn RecoveryStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Recovery,
        name: "redirect_traffic",
        summary: "Sends the traffic of a failed node to the other nodes of its service.",
        source: "Kubernetes, Services: endpoints that are not ready get no traffic; Envoy, health checking",
        params: &[],
        example: "redirect_traffic",
    },
    build: |_| Ok(Box::new(RedirectTraffic)),
};

/// Takes a failed node out of the balancer, whatever it failed of. Never declines: a plan is made once, and the
/// other nodes may come back while this one is still down.
///
/// Known differences: Envoy sends traffic to all nodes again when too few are healthy (its panic threshold);
/// here a service without a healthy node refuses requests.
#[derive(Clone, Copy, Debug, Default)]
pub struct RedirectTraffic;

impl RecoveryStrategy for RedirectTraffic {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn remediates(&self) -> bool {
        false
    }

    fn propose(&mut self, _now: Instant, case: &RecoveryCase) -> Proposal {
        Proposal::Steps(vec![RecoveryStep::RedirectTraffic { node: case.node }])
    }
}
