//! Progress of many runs at once on stderr: runs done, events a second, time left.

use crate::console;
use crate::interrupt;
use crate::progress::{Amount, Clock, LINE_EVERY_S, whole_seconds};
use crate::style::{ProgressStyle, Style};
use cusinart_experiments::Tick;
use cusinart_policies::Duration;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle as BarStyle};
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

/// Counts runs and shows how far they are; shared by all threads.
pub(crate) struct Tally {
    name: String,
    style: ProgressStyle,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    runs: u64,
    expected: u64,
    events: u64,
    last_line_s: f64,
    bar: Option<ProgressBar>,
}

impl Tally {
    /// A tally that begins to count.
    pub(crate) fn start(name: &str, style: &Style) -> Self {
        Self {
            name: name.to_string(),
            style: style.progress,
            clock: Clock::start(),
            state: Mutex::new(State::default()),
        }
    }

    /// So many more runs are to come.
    pub(crate) fn expect(&self, runs: u32) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).expected += u64::from(runs);
    }

    /// Counts what a thread did; `Break` if the user wants to stop.
    pub(crate) fn count(&self, tick: Tick) -> ControlFlow<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match tick {
            Tick::Events(events) => state.events += events,
            Tick::RunEnded(events) => {
                state.events += events;
                state.runs += 1;
            }
        }
        self.show(&mut state);
        if interrupt::raised() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn show(&self, state: &mut State) {
        let now_s = self.clock.seconds();
        match self.style {
            ProgressStyle::None => {}
            ProgressStyle::Lines => {
                if now_s - state.last_line_s >= LINE_EVERY_S {
                    state.last_line_s = now_s;
                    console::note(&format!("{}: {}", self.name, line(state, now_s)));
                }
            }
            ProgressStyle::Bar => {
                let text = line(state, now_s);
                let (runs, expected) = (state.runs, state.expected);
                let bar = state.bar.get_or_insert_with(|| new_bar(&self.name));
                bar.set_length(expected);
                bar.set_position(runs);
                bar.set_message(text);
            }
        }
    }

    /// Ends the show with one line on what all runs took.
    pub(crate) fn finish(self) {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(bar) = &state.bar {
            bar.finish_and_clear();
        }
        match self.style {
            ProgressStyle::None => {}
            ProgressStyle::Lines | ProgressStyle::Bar => {
                let real_s = self.clock.seconds();
                let rate = rate(&state, real_s);
                console::note(&format!("{}: {} runs in {real_s:.2} s{rate}", self.name, state.runs));
            }
        }
    }
}

/// Events in a second of real time, where they are counted.
fn rate(state: &State, real_s: f64) -> String {
    if state.events == 0 {
        return String::new();
    }
    format!(", {} events/s", Amount(state.events as f64 / real_s.max(1e-3)))
}

/// How far all runs are.
fn line(state: &State, real_s: f64) -> String {
    let mut line = format!("{} of {} runs", state.runs, state.expected);
    line += &rate(state, real_s);
    if state.runs > 0 {
        let left = real_s * state.expected.saturating_sub(state.runs) as f64 / state.runs as f64;
        line += &format!(", {} left", whole_seconds(Duration::from_secs_f64(left)));
    }
    line
}

fn new_bar(name: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    let style = BarStyle::with_template("{prefix} [{bar:24}] {msg}").expect("the template is well-formed");
    bar.set_style(style.progress_chars("=> "));
    bar.set_prefix(name.to_string());
    bar
}
