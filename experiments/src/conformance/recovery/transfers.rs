//! Adapters of the vectors of termination, draining, state transfer and replacement.

use super::super::Family;
use super::super::reading::{at_s, in_seconds, read, real, seconds};
use cusinart_policies::Instant;
use cusinart_policies::recovery::{Termination, catch_up_seconds, earliest_replacement, transfer_seconds};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const ADAPTERS: Family = &[
    ("pod.termination", pod_termination),
    ("drain.lost_window", drain_lost_window),
    ("state_transfer.duration", transfer_duration),
    ("state_transfer.catch_up", transfer_catch_up),
    ("asg.replacement", asg_replacement),
];

/// Times of a termination, where not given none.
#[derive(Deserialize)]
struct Times {
    grace_period_s: f64,
    pre_stop_s: Option<f64>,
}

impl Times {
    fn of_policy(&self) -> Termination {
        Termination {
            grace: seconds(self.grace_period_s),
            pre_stop: seconds(self.pre_stop_s.unwrap_or_default()),
        }
    }
}

fn pod_termination(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        #[serde(flatten)]
        times: Times,
        exit_after_sigterm_s: Option<Exit>,
    }
    /// A time, or a word for none.
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Exit {
        After(f64),
        Never(Never),
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Never {
        Never,
        Inf,
    }
    let inputs: Inputs = read(inputs)?;
    let termination = inputs.times.of_policy();
    let stopped = termination.stopped(match inputs.exit_after_sigterm_s {
        Some(Exit::After(exit_s)) => Some(seconds(exit_s)),
        Some(Exit::Never(Never::Never | Never::Inf)) | None => None,
    });
    Ok(json!({
        "sigterm_at_s": in_seconds(termination.sigterm_after()),
        "stopped_at_s": in_seconds(stopped.after),
        "sigkill": stopped.killed,
    }))
}

fn drain_lost_window(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        #[serde(flatten)]
        times: Times,
        endpoint_propagation_s: f64,
    }
    let inputs: Inputs = read(inputs)?;
    let termination = inputs.times.of_policy();
    Ok(json!({
        "sigterm_at_s": in_seconds(termination.sigterm_after()),
        "window_with_refused_requests_s":
            in_seconds(termination.refusing(seconds(inputs.endpoint_propagation_s))),
    }))
}

fn transfer_duration(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        bytes: f64,
        rate_bytes_per_s: f64,
    }
    let inputs: Inputs = read(inputs)?;
    Ok(json!({ "duration_s": real(transfer_seconds(inputs.bytes, inputs.rate_bytes_per_s)) }))
}

fn transfer_catch_up(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        backlog_bytes: f64,
        throttle_bytes_per_s: f64,
        live_write_bytes_per_s: f64,
    }
    let inputs: Inputs = read(inputs)?;
    let duration =
        catch_up_seconds(inputs.backlog_bytes, inputs.throttle_bytes_per_s, inputs.live_write_bytes_per_s);
    Ok(json!({ "duration_s": duration.map_or_else(|| "never".into(), real) }))
}

fn asg_replacement(inputs: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Inputs {
        in_service_at_s: f64,
        grace_period_s: f64,
        unhealthy_since_s: Option<f64>,
    }
    let inputs: Inputs = read(inputs)?;
    let earliest = inputs.unhealthy_since_s.map(|unhealthy_since_s| {
        let (in_service, grace) = (at_s(inputs.in_service_at_s), seconds(inputs.grace_period_s));
        let at = earliest_replacement(in_service, grace, at_s(unhealthy_since_s));
        in_seconds(at.since(Instant::ZERO))
    });
    Ok(json!({ "earliest_marked_unhealthy_s": earliest }))
}
