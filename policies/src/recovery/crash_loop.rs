//! `crash_loop_backoff`: restarts with a pause that grows from crash to crash.

use super::{RestartBackoff, RestartBackoffSettings};
use crate::catalogue::{Builtin, ParamForm, ParamInfo, PolicyEntry, PolicyKind};
use crate::{Duration, Instant, NodeId, Proposal, RecoveryCase, RecoveryStep, RecoveryStrategy};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec;

pub(crate) const BUILTIN: Builtin<dyn RecoveryStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Recovery,
        name: "crash_loop_backoff",
        summary: "Restarts a failed node, at once the first time, then after pauses that double.",
        source: "Kubernetes, Pod lifecycle: restart policy and CrashLoopBackOff (10 s, doubling to 5 min, forgotten after 10 min)",
        params: &[
            ParamInfo {
                name: "initial",
                doc: "Pause before the second restart. Shorter tries sooner and loads a node that cannot start.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(10),
                    min: Duration::from_millis(1),
                    max: Duration::from_secs(86_400),
                },
            },
            ParamInfo {
                name: "max",
                doc: "Longest pause. Shorter brings a node back sooner once its cause is mended.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(300),
                    min: Duration::from_millis(1),
                    max: Duration::from_secs(7 * 86_400),
                },
            },
            ParamInfo {
                name: "reset_after",
                doc: "Time from a restart to the next crash after which earlier crashes are forgotten. Shorter forgives \
                      slow crash loops.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(600),
                    min: Duration::from_millis(1),
                    max: Duration::from_secs(7 * 86_400),
                },
            },
        ],
        example: "crash_loop_backoff: { initial: 10s, max: 5m, reset_after: 10m }",
    },
    build: |params| {
        let (initial, max) = (params.duration("initial"), params.duration("max"));
        if max < initial {
            let expected = "less than `max`, the longest pause, or the same";
            return Err(params.misfit("initial", initial, expected));
        }
        let expire_after = params.duration("reset_after");
        Ok(Box::new(CrashLoopBackoff::new(RestartBackoffSettings { initial, max, expire_after })))
    },
};

/// The restarts of one thing that crashes again and again (Kubernetes kubelet, CrashLoopBackOff).
///
/// The first crash is followed by a restart at once, each later one by a pause that counts from the crash. A crash more
/// than `expire_after` after the last restart is a first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrashLoop {
    backoff: RestartBackoff,
}

impl CrashLoop {
    /// No crash yet.
    pub const fn new(settings: RestartBackoffSettings) -> Self {
        Self { backoff: RestartBackoff::new(settings) }
    }

    /// Takes note of a crash. Returns the pause before the restart, which is taken to happen at its end.
    pub fn crash(&mut self, crash: Instant) -> Duration {
        let pause = self.backoff.delay_after(crash);
        self.backoff.next(crash + pause, crash);
        pause
    }
}

/// Restarts a failed node, whatever it failed of, after the pause of its [`CrashLoop`]. Never declines.
///
/// Known differences: Kubernetes counts from the crash of the container, here the pause counts from the moment the
/// failure is declared; a node that recovers during the pause is not restarted, and its crash counts all the same.
#[derive(Clone, Debug)]
pub struct CrashLoopBackoff {
    settings: RestartBackoffSettings,
    nodes: BTreeMap<NodeId, CrashLoop>,
}

impl CrashLoopBackoff {
    /// A strategy that has seen no crash.
    pub const fn new(settings: RestartBackoffSettings) -> Self {
        Self { settings, nodes: BTreeMap::new() }
    }
}

impl RecoveryStrategy for CrashLoopBackoff {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn counts_failures(&self) -> bool {
        true
    }

    fn propose(&mut self, now: Instant, case: &RecoveryCase) -> Proposal {
        let node = self.nodes.entry(case.node).or_insert_with(|| CrashLoop::new(self.settings));
        Proposal::Steps(vec![RecoveryStep::RestartNode { node: case.node, pause: node.crash(now) }])
    }
}
