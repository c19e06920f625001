//! `scheduled`: a number of nodes by the time of day.

use super::metric::Measured;
use crate::catalogue::{Builtin, ParamForm, ParamInfo, Params, PolicyEntry, PolicyKind};
use crate::{ConfigError, Duration, Instant, ScalingPolicy, ScalingProposal, ScalingView};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Most entries of a schedule.
const ENTRIES_MAX: usize = 1_000;

pub(crate) const BUILTIN: Builtin<dyn ScalingPolicy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Scaling,
        name: "scheduled",
        summary: "A number of nodes by the time of day, whatever the load.",
        source: "AWS Auto Scaling, scheduled actions; Kubernetes, KEDA cron scaler",
        params: &[
            ParamInfo {
                name: "times",
                doc: "From when on how many nodes are wanted. Before the first time of all the last one holds, as on the day \
                      before; without any, nothing changes. The run begins at 00:00.",
                form: ParamForm::Text {
                    default: "",
                    expected: "HH:MM=NODES or HH:MM:SS=NODES, ascending and below repeat, such as 06:00=10,22:00=4",
                },
            },
            ParamInfo {
                name: "repeat",
                doc: "Time after which the schedule begins anew.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(86_400),
                    min: Duration::from_secs(1),
                    max: Duration::from_secs(604_800),
                },
            },
        ],
        example: "scheduled: { times: \"06:00=10,22:00=4\" }",
    },
    build: |params| Ok(Box::new(Scheduled::from_params(params)?)),
};

/// Proposes the number of the last time that has passed. Looks at no measurement.
///
/// Known differences: the original sets the number once and lets other policies change it; here it holds until the next
/// time. The cooldowns of the auto-scaler are none unless they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheduled {
    /// Times since the begin of a day with numbers of nodes, ascending.
    times: Vec<(Duration, u32)>,
    repeat: Duration,
}

impl Scheduled {
    fn from_params(params: &Params<'_>) -> Result<Self, ConfigError> {
        let repeat = params.duration("repeat");
        let times = entries(params.text("times"), repeat).ok_or_else(|| params.unreadable("times"))?;
        Ok(Self { times, repeat })
    }

    /// The number wanted, if there is a schedule.
    fn wanted(&self, now: Instant) -> Option<u32> {
        let time = Duration::from_nanos(now.as_nanos() % self.repeat.as_nanos().max(1));
        let passed = self.times.iter().rev().find(|(at, _)| *at <= time);
        passed.or(self.times.last()).map(|(_, nodes)| *nodes)
    }
}

impl ScalingPolicy for Scheduled {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn propose(&mut self, now: Instant, view: ScalingView<'_>) -> ScalingProposal {
        let current = view.ready.saturating_add(view.starting);
        let desired = self.wanted(now).unwrap_or(current);
        let measured =
            Measured { metric: "nodes", value: Some(f64::from(current)), target: f64::from(desired) };
        ScalingProposal { desired, reason: measured.reason(self.name(), &view, desired) }
    }

    fn paces_itself(&self) -> bool {
        true
    }
}

/// Reads a schedule; `None` if it is none.
fn entries(text: &str, repeat: Duration) -> Option<Vec<(Duration, u32)>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let entry = |text: &str| {
        let (time, nodes) = text.trim().split_once('=')?;
        let nodes = nodes.trim().parse().ok().filter(|nodes: &u32| *nodes <= 1_000_000)?;
        Some((time_of_day(time.trim())?, nodes))
    };
    let entries: Vec<(Duration, u32)> = text.split(',').map(entry).collect::<Option<_>>()?;
    let ascends = entries.is_sorted_by(|(earlier, _), (later, _)| earlier < later);
    let fits = entries.len() <= ENTRIES_MAX && entries.iter().all(|(at, _)| *at < repeat);
    (ascends && fits).then_some(entries)
}

/// Reads `HH:MM` or `HH:MM:SS`.
fn time_of_day(text: &str) -> Option<Duration> {
    let part = |text: &str, below: u64| {
        let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|number: &u64| is_number && *number < below)
    };
    let mut parts = text.split(':');
    let hours = part(parts.next()?, 100)?;
    let minutes = part(parts.next()?, 60)?;
    let seconds = parts.next().map_or(Some(0), |text| part(text, 60))?;
    parts.next().is_none().then(|| Duration::from_secs(hours * 3_600 + minutes * 60 + seconds))
}
