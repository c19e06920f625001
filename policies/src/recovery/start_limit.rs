//! `start_limit`: restarts a node, but only so many times within a fixed window.

use crate::catalogue::{Builtin, ParamForm, ParamInfo, PolicyEntry, PolicyKind};
use crate::{Duration, Instant, NodeId, Proposal, RecoveryCase, RecoveryStep, RecoveryStrategy};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec;

pub(crate) const BUILTIN: Builtin<dyn RecoveryStrategy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Recovery,
        name: "start_limit",
        summary: "Restarts a failed node after a short pause, up to a number of starts in a fixed window.",
        source: "systemd.unit, `StartLimitIntervalSec` (10 s), `StartLimitBurst` (5), `StartLimitAction` (none); systemd.service, `RestartSec` (100 ms)",
        params: &[
            ParamInfo {
                name: "burst",
                doc: "Starts allowed in a window. Fewer stop a crash loop sooner; 0 has no limit.",
                form: ParamForm::Count { default: 5, min: 0, max: 1_000 },
            },
            ParamInfo {
                name: "interval",
                doc: "Length of the window, from its first start on. Longer catches slower crash loops; 0s has no limit.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(10),
                    min: Duration::ZERO,
                    max: Duration::from_secs(7 * 86_400),
                },
            },
            ParamInfo {
                name: "restart_pause",
                doc: "Pause before each restart. Longer makes crash loops slower, and keeps more of them below the limit.",
                form: ParamForm::Duration {
                    default: Duration::from_millis(100),
                    min: Duration::ZERO,
                    max: Duration::from_secs(86_400),
                },
            },
            ParamInfo {
                name: "action",
                doc: "What becomes of a node that hits the limit: it stays failed (`none`), or it is given up and replaced \
                      (`replace`).",
                form: ParamForm::Choice { words: &["none", "replace"] },
            },
        ],
        example: "start_limit: { burst: 5, interval: 10m, action: replace }",
    },
    build: |params| {
        Ok(Box::new(StartLimitedRestart {
            limit: StartLimit::new(params.duration("interval"), params.count("burst")),
            restart_pause: params.duration("restart_pause"),
            replaces: params.choice("action") == 1,
            nodes: BTreeMap::new(),
        }))
    },
};

/// A limit of starts in windows of a fixed length (systemd, start rate limiting).
///
/// A window begins with its first start and is over when more than `interval` has passed; `burst` starts are allowed
/// in it, the first included. Starts that are not allowed do not count. An interval or a burst of zero has no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartLimit {
    interval: Duration,
    burst: u32,
    window: Option<Window>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Window {
    began: Instant,
    starts: u32,
}

impl StartLimit {
    /// A limit that has seen no start. `burst` is in starts.
    pub const fn new(interval: Duration, burst: u32) -> Self {
        Self { interval, burst, window: None }
    }

    /// Whether a start is allowed, which then counts.
    pub fn allow(&mut self, now: Instant) -> bool {
        if self.interval.is_zero() || self.burst == 0 {
            return true;
        }
        match &mut self.window {
            Some(window) if now.since(window.began) <= self.interval => {
                let allowed = window.starts < self.burst;
                window.starts += u32::from(allowed);
                allowed
            }
            Some(_) | None => {
                self.window = Some(Window { began: now, starts: 1 });
                true
            }
        }
    }
}

/// Restarts a failed node, whatever it failed of, within the [`StartLimit`] of the node.
///
/// Known differences: the first start of a node, when it joins, does not count.
#[derive(Clone, Debug)]
pub struct StartLimitedRestart {
    /// The limit of a node that was never restarted.
    limit: StartLimit,
    restart_pause: Duration,
    replaces: bool,
    nodes: BTreeMap<NodeId, StartLimit>,
}

impl RecoveryStrategy for StartLimitedRestart {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn counts_failures(&self) -> bool {
        true
    }

    fn propose(&mut self, now: Instant, case: &RecoveryCase) -> Proposal {
        let (pause, StartLimit { interval, burst, .. }) = (self.restart_pause, self.limit);
        let node = self.nodes.entry(case.node).or_insert(self.limit);
        if node.allow(now + pause) {
            return Proposal::Steps(vec![RecoveryStep::RestartNode { node: case.node, pause }]);
        }
        let why = format!("started {burst} times within {interval}, which is the limit");
        if self.replaces { Proposal::GiveUp(why) } else { Proposal::Skip(why) }
    }
}
