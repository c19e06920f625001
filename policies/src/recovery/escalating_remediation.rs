//! `escalating_remediation`: first a restart, then a replacement, each in its turn.

use super::{ConditionStatus, NodeCondition, SafeReboot, UnhealthyRule, escalate, unhealthy_from};
use crate::catalogue::{Builtin, ParamForm, ParamInfo, Params, PolicyEntry, PolicyKind};
use crate::{Duration, FailureCause, Instant, Proposal, RecoveryCase, RecoveryStrategy};
use alloc::boxed::Box;
use alloc::format;

const DAY: Duration = Duration::from_secs(86_400);

/// A time with this default, up to a day.
const fn time(name: &'static str, doc: &'static str, default_s: u64, min: Duration) -> ParamInfo {
    ParamInfo {
        name,
        doc,
        form: ParamForm::Duration { default: Duration::from_secs(default_s), min, max: DAY },
    }
}

pub(crate) const BUILTIN: Builtin<dyn RecoveryStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Recovery,
        name: "escalating_remediation",
        summary: "Waits, restarts a failed node, and has it replaced if that does not help in time; a silent one not before it has certainly rebooted itself.",
        source: "medik8s Node Health Check, `unhealthyConditions` and `escalatingRemediations`; Self Node Remediation, `safeTimeToAssumeNodeRebootedSeconds`",
        params: &[
            time(
                "unhealthy_duration",
                "How long a node stays failed before anything is done. Longer lets it come back by itself.",
                300,
                Duration::ZERO,
            ),
            time(
                "timeout",
                "Turn of the restart, at least 1m, after which the node is replaced. Longer gives slow boots a chance.",
                300,
                Duration::from_secs(60),
            ),
            time(
                "safe_time",
                "Time from the beginning of the restart's turn after which a silent node is taken for rebooted; what the \
                 settings below add up to, if that is more. Shorter replaces sooner and risks that both serve.",
                180,
                Duration::ZERO,
            ),
            time(
                "api_check_interval",
                "From one look of a node at the control plane to its next.",
                15,
                Duration::from_millis(1),
            ),
            time("api_server_timeout", "Time limit of one such look.", 5, Duration::from_millis(1)),
            ParamInfo {
                name: "api_errors_max",
                doc: "Looks that fail in a row before a node asks its peers. More forgives short cuts.",
                form: ParamForm::Count { default: 3, min: 1, max: 1_000 },
            },
            time("peer_dial_timeout", "Time limit to reach a peer.", 5, Duration::from_millis(1)),
            time("peer_request_timeout", "Time limit of a peer's answer.", 5, Duration::from_millis(1)),
            time(
                "watchdog_timeout",
                "Time after which the watchdog of a node reboots it if nobody feeds it; none without one.",
                0,
                Duration::ZERO,
            ),
        ],
        example: "escalating_remediation: { unhealthy_duration: 30s, timeout: 2m }",
    },
    build: |params| Ok(Box::new(EscalatingRemediation::from_params(params))),
};

/// Two remediators that take turns, as Node Health Check lets them: a restart through the provider, then a replacement.
///
/// A node that is merely silent may still serve somewhere. It fences itself when it finds that it has lost the control
/// plane and its peers, which takes a while ([`SafeReboot`]); it is not replaced before that is over. Of a node that
/// refuses connections it is known that its process is gone, so its replacement waits only for the restart's turn.
///
/// Known differences: the restart is ordered once and through the provider, which reaches a node that the network does
/// not; the turn goes on if it fails. The workers that a node asks are the nodes of its service. The node's own part, to
/// reboot by itself, is not played: only its time is kept.
#[derive(Clone, Copy, Debug)]
pub struct EscalatingRemediation {
    /// How long a node stays failed before anything is done.
    pub unhealthy_duration: Duration,
    /// Turn of the restart.
    pub timeout: Duration,
    /// Configured time after which a silent node is taken for rebooted.
    pub safe_time: Duration,
    /// What that time is made of, at least.
    pub safe_reboot: SafeReboot,
}

impl EscalatingRemediation {
    fn from_params(params: &Params<'_>) -> Self {
        Self {
            unhealthy_duration: params.duration("unhealthy_duration"),
            timeout: params.duration("timeout"),
            safe_time: params.duration("safe_time"),
            safe_reboot: SafeReboot {
                api_check_interval: params.duration("api_check_interval"),
                api_server_timeout: params.duration("api_server_timeout"),
                api_errors_max: params.count("api_errors_max"),
                peer_dial_timeout: params.duration("peer_dial_timeout"),
                peer_request_timeout: params.duration("peer_request_timeout"),
                watchdog_timeout: params.duration("watchdog_timeout"),
            },
        }
    }

    /// When a node that failed now is first remediated.
    fn begins(&self, now: Instant, status: ConditionStatus) -> Instant {
        let rule = |status| UnhealthyRule { kind: "Ready", status, duration: self.unhealthy_duration };
        let rules = [rule(ConditionStatus::False), rule(ConditionStatus::Unknown)];
        let condition = NodeCondition { kind: "Ready", status, since: now };
        unhealthy_from(&condition, &rules).expect("there is a rule for each status of a failed node")
    }
}

impl RecoveryStrategy for EscalatingRemediation {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn propose(&mut self, now: Instant, case: &RecoveryCase) -> Proposal {
        let silent = match case.cause {
            FailureCause::Unresponsive => true,
            FailureCause::Crashed | FailureCause::Unhealthy => false,
        };
        let status = if silent { ConditionStatus::Unknown } else { ConditionStatus::False };
        let from = self.begins(now, status);
        let turns = escalate(&[self.timeout], from, None);
        let turn_ends = turns.phases.last().expect("one remediator has one turn").to;
        let safe_time = self.safe_reboot.used(case.total, Some(self.safe_time));
        let (end, why) = if silent && from + safe_time > turn_ends {
            let why = format!("a silent node has certainly rebooted itself only {safe_time} after that");
            (from + safe_time, why)
        } else {
            (turn_ends, format!("the turn of the restart is {}", self.timeout))
        };
        let (pause, until) = (from.since(now), end.since(now));
        // The first instant after a time, to the nanosecond, reads as that time.
        let [begins, replaces] = [pause, until].map(|time| Duration::from_millis(time.as_millis()));
        Proposal::Escalate {
            pause,
            until,
            why: format!("restarts after {begins}, replaces after {replaces}: {why}"),
        }
    }
}
