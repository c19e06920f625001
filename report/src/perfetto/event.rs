//! Events of the Chrome trace event format.

use cusinart_policies::{Duration, Instant};
use serde::Serialize;
use serde_json::Value;

/// Where an event is shown: a process is a group of tracks, a thread is a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Track {
    pub(super) pid: usize,
    pub(super) tid: usize,
}

/// One event. Its phase is the letter that names its kind.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Event {
    ph: &'static str,
    name: String,
    #[serde(flatten)]
    track: Track,
    #[serde(skip_serializing_if = "Option::is_none")]
    cat: Option<&'static str>,
    /// Microseconds since the start of the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<f64>,
    /// Microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    dur: Option<f64>,
    /// How far an instant reaches: `t` is its track.
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<&'static str>,
    #[serde(skip_serializing_if = "Value::is_null")]
    args: Value,
}

impl Event {
    /// Something that lasts.
    pub(super) fn slice(
        track: Track,
        cat: &'static str,
        name: String,
        (from, to): (Instant, Instant),
        args: Value,
    ) -> Self {
        let dur = Some(micros(to.since(from)));
        Self { ph: "X", name, track, cat: Some(cat), ts: Some(moment(from)), dur, s: None, args }
    }

    /// Something that happens.
    pub(super) fn instant(track: Track, cat: &'static str, name: String, at: Instant, args: Value) -> Self {
        Self { ph: "i", name, track, cat: Some(cat), ts: Some(moment(at)), dur: None, s: Some("t"), args }
    }

    /// Numbers from a moment on.
    pub(super) fn counter(pid: usize, name: &str, at: Instant, args: Value) -> Self {
        let track = Track { pid, tid: 0 };
        Self { ph: "C", name: name.into(), track, cat: None, ts: Some(moment(at)), dur: None, s: None, args }
    }

    /// What a process or track is called, or where it stands.
    pub(super) fn metadata(track: Track, name: &str, args: Value) -> Self {
        Self { ph: "M", name: name.into(), track, cat: None, ts: None, dur: None, s: None, args }
    }
}

fn moment(at: Instant) -> f64 {
    micros(at.since(Instant::ZERO))
}

/// Whole nanoseconds are kept up to runs of a hundred days.
fn micros(span: Duration) -> f64 {
    span.as_nanos() as f64 / 1e3
}
