//! The settings that are tried, one notch better each: a table to be extended.

use super::clues::Clue;

/// How a value is changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Notch {
    /// Every time, share or rate in it is multiplied.
    Times(f64),
    /// A number is changed by this, and stays at least 1.
    By(i32),
    /// A number grows or shrinks by this share, by at least 1, and stays at least 1.
    Share(f64),
    /// It is set where nothing is set.
    PutIfAbsent(&'static str),
    /// It is set to this whatever it was, if it says something else.
    Put(&'static str),
}

/// One setting, what is done to it and when that is plausible.
#[derive(Clone, Copy, Debug)]
pub(super) struct Suggestion {
    /// Path for `--set`. `{service}`, `{type}` and `{client}` stand for each that the agreement is about, `{detector}`
    /// and `{scaling}` for the policy in use, `{balancer}` and `{scaler}` for where its section stands.
    pub(super) path: &'static str,
    /// What is done to the value.
    pub(super) notch: Notch,
    /// What the change means.
    pub(super) words: &'static str,
    /// It is tried if one of these is known.
    pub(super) clues: &'static [Clue],
}

const fn suggestion(
    path: &'static str,
    notch: Notch,
    words: &'static str,
    clues: &'static [Clue],
) -> Suggestion {
    Suggestion { path, notch, words, clues }
}

/// All suggestions, in the order in which they are tried and, if they help equally, told.
pub(super) const SUGGESTIONS: &[Suggestion] = &[
    suggestion(
        "control.health_monitor.period",
        Notch::Times(0.5),
        "with probes twice as often",
        &[Clue::Detection, Clue::Readiness],
    ),
    suggestion(
        "{detector}.failures",
        Notch::By(-1),
        "with one missed probe less to declare a failure",
        &[Clue::Detection],
    ),
    suggestion(
        "{detector}.threshold",
        Notch::Times(0.75),
        "with a lower threshold to declare a failure",
        &[Clue::Detection],
    ),
    suggestion(
        "{detector}.pause",
        Notch::Times(0.5),
        "with half the silence to declare a failure",
        &[Clue::Detection],
    ),
    suggestion(
        "{detector}.probe_interval",
        Notch::Times(0.5),
        "with nodes that probe each other twice as often",
        &[Clue::Detection],
    ),
    suggestion(
        "{detector}.suspicion_mult",
        Notch::By(-1),
        "with shorter suspicions among the nodes",
        &[Clue::Detection],
    ),
    suggestion(
        "control.health_monitor.timeout",
        Notch::Times(0.5),
        "with half the timeout of probes",
        &[Clue::Detection],
    ),
    suggestion(
        "{detector}.successes",
        Notch::By(-1),
        "with one good probe less to be back",
        &[Clue::Readiness],
    ),
    suggestion(
        "{detector}.failures",
        Notch::By(1),
        "with one missed probe more to declare a failure",
        &[Clue::FalseAlarm],
    ),
    suggestion(
        "{detector}.failures",
        Notch::Times(2.0),
        "with twice the missed probes to declare a failure",
        &[Clue::FalseAlarm],
    ),
    suggestion(
        "{detector}.threshold",
        Notch::Times(1.5),
        "with a higher threshold to declare a failure",
        &[Clue::FalseAlarm],
    ),
    suggestion(
        "{detector}.pause",
        Notch::Times(2.0),
        "with twice the silence to declare a failure",
        &[Clue::FalseAlarm],
    ),
    suggestion(
        "control.health_monitor.period",
        Notch::Times(2.0),
        "with probes half as often",
        &[Clue::FalseAlarm],
    ),
    suggestion("node_types.{type}.boot_time", Notch::Times(0.5), "with boots twice as fast", &[Clue::Boot]),
    suggestion(
        "node_types.{type}.bandwidth",
        Notch::Times(2.0),
        "with twice the bandwidth for state",
        &[Clue::Load, Clue::CopiesTooMany, Clue::CopiesTooFew],
    ),
    suggestion(
        "control.recovery.attempts",
        Notch::Put("1"),
        "with a replacement after the first failed try",
        &[Clue::Plans],
    ),
    suggestion(
        "control.recovery.backoff.initial",
        Notch::Times(0.5),
        "with half the pause between tries",
        &[Clue::Plans],
    ),
    suggestion(
        "control.recovery.restart_timeout",
        Notch::Times(0.5),
        "with half the time for a restart",
        &[Clue::Plans],
    ),
    suggestion(
        "control.recovery.plans_at_once",
        Notch::Times(2.0),
        "with twice the plans at once",
        &[Clue::Plans],
    ),
    suggestion("control.recovery.attempts", Notch::By(2), "with two tries more", &[Clue::GivenUp]),
    suggestion(
        "control.recovery.backoff.initial",
        Notch::Times(2.0),
        "with twice the pause between tries",
        &[Clue::GivenUp],
    ),
    suggestion(
        "control.recovery.transfers_at_once",
        Notch::Times(0.5),
        "with half the copies at once",
        &[Clue::CopiesTooMany],
    ),
    suggestion(
        "control.recovery.transfers_at_once",
        Notch::Times(2.0),
        "with twice the copies at once",
        &[Clue::CopiesTooFew],
    ),
    suggestion("{scaler}.period", Notch::Times(0.5), "with scaling cycles twice as often", &[Clue::Scaling]),
    suggestion("{scaler}.max", Notch::Times(2.0), "with twice as many nodes allowed", &[Clue::Scaling]),
    suggestion(
        "{scaler}.min",
        Notch::Share(0.25),
        "with a quarter more nodes at least",
        &[Clue::Scaling, Clue::Capacity],
    ),
    suggestion("{scaling}.scale_up", Notch::Times(0.75), "with scaling up earlier", &[Clue::Scaling]),
    suggestion("{scaling}.target", Notch::Times(0.75), "with a lower target of scaling", &[Clue::Scaling]),
    suggestion("{scaling}.step_up", Notch::Times(2.0), "with twice the step up", &[Clue::Scaling]),
    suggestion(
        "services.{service}.nodes",
        Notch::Share(0.25),
        "with a quarter more nodes at the start",
        &[Clue::Capacity],
    ),
    suggestion(
        "clients.{client}.retries.budget",
        Notch::PutIfAbsent("10%"),
        "with a budget for retries",
        &[Clue::Requests],
    ),
    suggestion(
        "{balancer}.ejection",
        Notch::PutIfAbsent("{}"),
        "with ejection of nodes whose requests fail",
        &[Clue::Requests],
    ),
    suggestion(
        "{balancer}",
        Notch::Put("{least_connections: {}}"),
        "with the node that has least connections",
        &[Clue::Requests],
    ),
    suggestion("{scaler}.min", Notch::Share(-0.25), "with a quarter less nodes at least", &[Clue::Cost]),
    suggestion("{scaler}.max", Notch::Share(-0.25), "with a quarter less nodes at most", &[Clue::Cost]),
    suggestion(
        "services.{service}.nodes",
        Notch::Share(-0.25),
        "with a quarter less nodes at the start",
        &[Clue::Cost],
    ),
];
