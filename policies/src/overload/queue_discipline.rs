//! Disciplines of a queue as the catalogue lists them.

use super::{Codel, CodelSettings, Head};
use crate::catalogue::{Builtin, ParamForm, ParamInfo, PolicyEntry, PolicyKind};
use crate::{Duration, Instant};
use alloc::boxed::Box;

/// First in, first out.
pub(crate) const FIFO: Builtin<QueueDiscipline> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::QueueDiscipline,
        name: "fifo",
        summary: "First in, first out; nothing is dropped that is in the queue.",
        source: "what a plain accept queue or thread pool does",
        params: &[],
        example: "fifo: {}",
    },
    build: |_| Ok(Box::new(QueueDiscipline::Fifo)),
};

/// Drops at the head while the shortest wait is too long.
pub(crate) const CODEL: Builtin<QueueDiscipline> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::QueueDiscipline,
        name: "codel",
        summary: "Drops requests at the head of the queue, ever faster, while every one waits too long.",
        source: "RFC 8289, section 5 (Nichols, Jacobson); stops when the queue is empty, as requests have no size",
        params: &[
            ParamInfo {
                name: "target",
                doc: "Wait that is fine for good. Less keeps the queue shorter and drops more; the default is that of \
                      packets, requests often want 20ms or more.",
                form: ParamForm::Duration {
                    default: Duration::from_millis(5),
                    min: Duration::from_micros(1),
                    max: Duration::from_secs(3_600),
                },
            },
            ParamInfo {
                name: "interval",
                doc: "Time for which every request must wait longer than target before the first is dropped. Less \
                      reacts to bursts that would end by themselves.",
                form: ParamForm::Duration {
                    default: Duration::from_millis(100),
                    min: Duration::from_micros(1),
                    max: Duration::from_secs(3_600),
                },
            },
        ],
        example: "codel: { target: 20ms, interval: 100ms }",
    },
    build: |params| {
        let settings =
            CodelSettings { target: params.duration("target"), interval: params.duration("interval") };
        Ok(Box::new(QueueDiscipline::Codel(Codel::new(settings))))
    },
};

/// Which request a node takes up next, and which ones it drops instead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum QueueDiscipline {
    /// First in, first out.
    Fifo,
    /// By the time requests wait.
    Codel(Codel),
}

impl QueueDiscipline {
    /// Takes the next item to serve. `take` takes the head out of the queue; items that are dropped go to `dropped`.
    pub fn dequeue<T>(
        &mut self,
        now: Instant,
        mut take: impl FnMut() -> Option<Head<T>>,
        dropped: impl FnMut(T),
    ) -> Option<T> {
        match self {
            Self::Fifo => take().map(|head| head.item),
            Self::Codel(codel) => codel.dequeue(now, take, dropped),
        }
    }
}
