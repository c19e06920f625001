//! Circuit breakers as the catalogue lists them: one of several rules, and what its state came to.

use super::{
    BreakerSettings, BreakerState, BreakerWindow, CircuitBreaker, ConsecutiveBreaker,
    ConsecutiveBreakerSettings, ConsecutiveState,
};
use crate::catalogue::{Builtin, ParamForm, ParamInfo, Params, PolicyEntry, PolicyKind};
use crate::{Duration, Instant};
use alloc::boxed::Box;

const DAY: Duration = Duration::from_secs(86_400);
const RESILIENCE4J: &str = "Resilience4j, CircuitBreakerStateMachine and CircuitBreakerConfig (defaults)";

/// Opens by the share of failed or slow calls among the last so many.
pub(crate) const COUNT_WINDOW: Builtin<Breaker> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Breaker,
        name: "count_window",
        summary: "Opens when too large a share of the last calls failed or was slow.",
        source: RESILIENCE4J,
        params: &[
            ParamInfo {
                name: "calls",
                doc: "Calls that are judged, the last ones. More is calmer and slower to open.",
                form: ParamForm::Count { default: 100, min: 1, max: 1_000_000 },
            },
            MINIMUM_CALLS,
            FAILURE_RATE,
            SLOW_CALL_RATE,
            SLOW_CALL,
            WAIT_IN_OPEN,
            HALF_OPEN_CALLS,
        ],
        example: "count_window: { calls: 50, failure_rate: 30%, wait_in_open: 10s }",
    },
    build: |params| Ok(by_rates(params, BreakerWindow::Calls(params.count("calls")))),
};

/// Opens by the share of failed or slow calls of the last seconds.
pub(crate) const TIME_WINDOW: Builtin<Breaker> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Breaker,
        name: "time_window",
        summary: "Opens when too large a share of the calls of the last seconds failed or was slow.",
        source: RESILIENCE4J,
        params: &[
            ParamInfo {
                name: "seconds",
                doc: "Whole seconds whose calls are judged, the one under way included. More is calmer and slower to \
                      open.",
                form: ParamForm::Count { default: 100, min: 1, max: 86_400 },
            },
            MINIMUM_CALLS,
            FAILURE_RATE,
            SLOW_CALL_RATE,
            SLOW_CALL,
            WAIT_IN_OPEN,
            HALF_OPEN_CALLS,
        ],
        example: "time_window: { seconds: 10, minimum_calls: 20 }",
    },
    build: |params| Ok(by_rates(params, BreakerWindow::Seconds(params.count("seconds")))),
};

/// Opens after failures in a row.
pub(crate) const CONSECUTIVE_FAILURES: Builtin<Breaker> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Breaker,
        name: "consecutive_failures",
        summary: "Opens after so many failures in a row, for a time that doubles with each failed trial.",
        source: "Linkerd, linkerd2-proxy failure accrual (consecutive_failures) and the balancer.linkerd.io annotations \
                 (defaults). Linkerd judges each node; here the called service is judged as a whole, and there is no \
                 jitter",
        params: &[
            ParamInfo {
                name: "failures",
                doc: "Failures in a row after which it opens. Fewer opens sooner, also by chance.",
                form: ParamForm::Count { default: 7, min: 1, max: 1_000_000 },
            },
            ParamInfo {
                name: "backoff_min",
                doc: "Time it stays open at first. Less tries a service sooner that may still be down.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(1),
                    min: Duration::from_millis(1),
                    max: DAY,
                },
            },
            ParamInfo {
                name: "backoff_max",
                doc: "Longest time it stays open after failed trials. Less finds a service that is back sooner.",
                form: ParamForm::Duration {
                    default: Duration::from_secs(60),
                    min: Duration::from_millis(1),
                    max: DAY,
                },
            },
        ],
        example: "consecutive_failures: { failures: 20 }",
    },
    build: |params| {
        let (min_backoff, max_backoff) = (params.duration("backoff_min"), params.duration("backoff_max"));
        if min_backoff > max_backoff {
            let expected = alloc::format!("at most backoff_max, which is {max_backoff}");
            return Err(params.misfit("backoff_min", min_backoff, &expected));
        }
        let max_failures = params.count("failures");
        let settings = ConsecutiveBreakerSettings { max_failures, min_backoff, max_backoff };
        Ok(Box::new(Breaker::new(Rule::Consecutive(ConsecutiveBreaker::new(settings)))))
    },
};

const MINIMUM_CALLS: ParamInfo = ParamInfo {
    name: "minimum_calls",
    doc: "Calls in the window before it is judged; of a window of calls at most its size counts. Fewer opens by chance \
          when there is little traffic.",
    form: ParamForm::Count { default: 100, min: 1, max: 1_000_000 },
};
const FAILURE_RATE: ParamInfo = ParamInfo {
    name: "failure_rate",
    doc: "Share of failed calls from which on it opens. Less opens sooner.",
    form: ParamForm::Ratio { default: 0.5, min: 0.01, max: 1.0 },
};
const SLOW_CALL_RATE: ParamInfo = ParamInfo {
    name: "slow_call_rate",
    doc: "Share of slow calls, failed or not, from which on it opens. Less opens sooner.",
    form: ParamForm::Ratio { default: 1.0, min: 0.01, max: 1.0 },
};
const SLOW_CALL: ParamInfo = ParamInfo {
    name: "slow_call",
    doc: "A call that lasts longer is slow. Less lets a service that crawls open the breaker before it fails.",
    form: ParamForm::Duration { default: Duration::from_secs(60), min: Duration::from_millis(1), max: DAY },
};
const WAIT_IN_OPEN: ParamInfo = ParamInfo {
    name: "wait_in_open",
    doc: "Time it stays open before a few calls may try. Less finds a service that is back sooner and bothers one that \
          is not.",
    form: ParamForm::Duration { default: Duration::from_secs(60), min: Duration::from_millis(1), max: DAY },
};
const HALF_OPEN_CALLS: ParamInfo = ParamInfo {
    name: "half_open_calls",
    doc: "Calls let through to try whether all is well again. More judges better and risks more calls.",
    form: ParamForm::Count { default: 10, min: 1, max: 1_000_000 },
};

fn by_rates(params: &Params<'_>, window: BreakerWindow) -> Box<Breaker> {
    // To a millionth of a percent: the double of a share such as 7% is not exactly 7 percent.
    let percent = |name| libm::round(params.ratio(name) * 1e8) / 1e6;
    let settings = BreakerSettings {
        window,
        minimum_calls: params.count("minimum_calls"),
        failure_rate_threshold_pct: percent("failure_rate"),
        slow_call_rate_threshold_pct: percent("slow_call_rate"),
        slow_call_duration: params.duration("slow_call"),
        wait_in_open: params.duration("wait_in_open"),
        permitted_in_half_open: params.count("half_open_calls"),
    };
    Box::new(Breaker::new(Rule::Rates(CircuitBreaker::new(settings))))
}

/// A circuit breaker of one sender for the service it calls.
///
/// Whoever sends asks [`acquire`](Self::acquire) before each try and reports its result, or that there will be none
/// ([`release`](Self::release)). Each change of its state can be taken once.
#[derive(Clone, Debug)]
pub struct Breaker {
    rule: Rule,
    change: Option<BreakerChange>,
}

#[derive(Clone, Debug)]
enum Rule {
    Rates(CircuitBreaker),
    Consecutive(ConsecutiveBreaker),
}

/// How the state of a breaker changed.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "to", rename_all = "snake_case"))]
pub enum BreakerChange {
    /// It refuses all tries from here on.
    #[cfg_attr(feature = "serde", serde(rename = "open"))]
    Opened {
        /// What led to it.
        reason: BreakerReason,
        /// Whether it was half-open, and the trial failed.
        trial: bool,
        /// Time it stays open at least.
        stays: Duration,
    },
    /// It lets a few tries through.
    #[cfg_attr(feature = "serde", serde(rename = "half_open"))]
    HalfOpened {
        /// How many.
        calls: u32,
    },
    /// The trial went well: all tries pass.
    Closed {
        /// Calls that were judged.
        calls: u32,
    },
}

/// Why a breaker opened.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "rule", rename_all = "snake_case"))]
pub enum BreakerReason {
    /// Too large a share of calls failed.
    FailureRate {
        /// The share in percent.
        failed_pct: f64,
        /// The share from which on it opens, in percent.
        threshold_pct: f64,
        /// Calls that were judged.
        calls: u32,
    },
    /// Too large a share of calls was slow.
    SlowCallRate {
        /// The share in percent.
        slow_pct: f64,
        /// The share from which on it opens, in percent.
        threshold_pct: f64,
        /// Calls that were judged.
        calls: u32,
    },
    /// So many calls failed in a row.
    ConsecutiveFailures {
        /// Calls.
        failures: u32,
    },
}

impl Breaker {
    fn new(rule: Rule) -> Self {
        Self { rule, change: None }
    }

    /// Whether a try may be sent.
    pub fn acquire(&mut self, now: Instant) -> bool {
        match &mut self.rule {
            Rule::Rates(breaker) => {
                let was_open = matches!(breaker.state(), BreakerState::Open { .. });
                let permitted = breaker.acquire(now);
                if was_open && permitted {
                    self.change = Some(BreakerChange::HalfOpened { calls: breaker.permitted_in_half_open() });
                }
                permitted
            }
            Rule::Consecutive(breaker) => {
                let was_shut = matches!(breaker.last_state(), ConsecutiveState::Shut { .. });
                let permitted = breaker.acquire(now);
                if was_shut && permitted {
                    self.change = Some(BreakerChange::HalfOpened { calls: 1 });
                }
                permitted
            }
        }
    }

    /// Takes the result of a try that was let through and lasted so long.
    pub fn result(&mut self, now: Instant, ok: bool, lasted: Duration) {
        let change = match &mut self.rule {
            Rule::Rates(breaker) => breaker.result(now, ok, lasted),
            Rule::Consecutive(breaker) => breaker.response(now, ok),
        };
        self.change = change.or(self.change);
    }

    /// A try that was let through ends without a result.
    pub fn release(&mut self) {
        match &mut self.rule {
            Rule::Rates(breaker) => breaker.release(),
            Rule::Consecutive(breaker) => breaker.release(),
        }
    }

    /// Takes the last change, if none took it before.
    #[inline]
    pub fn take_change(&mut self) -> Option<BreakerChange> {
        self.change.take()
    }
}
