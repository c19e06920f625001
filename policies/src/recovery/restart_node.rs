//! `restart_node`: stop and start the failed node's process, but not again and again.

use crate::catalogue::{Builtin, ParamForm, ParamInfo, PolicyEntry, PolicyKind};
use crate::{Duration, Instant, Proposal, RecoveryCase, RecoveryStep, RecoveryStrategy};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec;

pub(crate) const BUILTIN: Builtin<dyn RecoveryStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Recovery,
        name: "restart_node",
        summary: "Restarts a failed node, unless it was restarted too often lately.",
        source: "Erlang/OTP supervisor, restart intensity and period; systemd `StartLimitBurst` (default 5) and `StartLimitIntervalSec`",
        params: &[
            ParamInfo {
                name: "restarts_max",
                doc: "Restarts of one node allowed within `within`. Fewer leave a node in a crash loop alone \
                      sooner; 0 never restarts.",
                form: ParamForm::Count { default: 5, min: 0, max: 1_000 },
            },
            ParamInfo {
                name: "within",
                doc: "Span over which restarts count. Longer catches slower crash loops and holds old restarts \
                      against a node for longer.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(600),
                    min: Duration::from_secs(1),
                    max: Duration::from_secs(7 * 86_400),
                },
            },
            ParamInfo {
                name: "skip_zone_outage",
                doc: "Whether to decline while all nodes of the zone and service, at least two, are failed: nothing \
                      can be started in a dark zone. With false a restart is tried and times out.",
                form: ParamForm::Flag { default: false },
            },
        ],
        example: "restart_node: { restarts_max: 5, within: 10m }",
    },
    build: |params| {
        Ok(Box::new(RestartNode {
            restarts_max: params.count("restarts_max"),
            within: params.duration("within"),
            skip_zone_outage: params.flag("skip_zone_outage"),
        }))
    },
};

/// Restarts a failed node, whatever it failed of.
///
/// Declines when the node was restarted `restarts_max` times within the last `within` (a restart exactly that
/// old still counts): the node is in a crash loop, and is left alone until the first of these restarts is older;
/// `supervisor` has such a node replaced. Optionally declines when its whole zone is down.
///
/// Known differences: OTP counts the failures of all children of a supervisor together and gives up the
/// supervisor; here each node counts for itself. The window slides, where systemd's is fixed from its first
/// start.
#[derive(Clone, Copy, Debug)]
pub struct RestartNode {
    /// Restarts allowed within `within`.
    pub restarts_max: u32,
    /// Span over which restarts count.
    pub within: Duration,
    /// Whether to decline while the whole zone of the service is failed.
    pub skip_zone_outage: bool,
}

impl RecoveryStrategy for RestartNode {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn propose(&mut self, now: Instant, case: &RecoveryCase) -> Proposal {
        let recent = case.restarts.iter().filter(|at| now.since(**at) <= self.within).count();
        if recent >= self.restarts_max as usize {
            let why = format!(
                "restarted {recent} times within {}, at most {} allowed",
                self.within, self.restarts_max
            );
            // With this restart out of the span, one less than allowed are left in it.
            let last = case.restarts.iter().nth_back((self.restarts_max as usize).wrapping_sub(1));
            return match last {
                Some(last) => Proposal::Later { at: *last + self.within + Duration::from_nanos(1), why },
                None => Proposal::Skip(why),
            };
        }
        if self.skip_zone_outage && case.total_in_zone >= 2 && case.failed_in_zone >= case.total_in_zone {
            return Proposal::Skip(format!(
                "all {} nodes of the service in zone {} failed, so the zone is taken for dark",
                case.total_in_zone, case.zone
            ));
        }
        Proposal::Steps(vec![RecoveryStep::restart(case.node)])
    }
}
