//! Progress on stderr: how far, how fast, how long still. The only place that reads the clock; no result depends on it.

use crate::console;
use crate::style::{ProgressStyle, Style};
use cusinart_experiments::Progress;
use cusinart_policies::{Duration, Instant};
use cusinart_record::RunRecord;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle as BarStyle};

/// A run shorter than this shows no bar.
const BAR_AFTER_S: f64 = 0.3;
/// Time between two lines.
pub(crate) const LINE_EVERY_S: f64 = 5.0;
/// Steps of a bar: finer than any terminal.
const BAR_STEPS: u64 = 1_000;
/// Times shorter than this say nothing about speed.
const MEASURABLE_S: f64 = 1e-3;

/// Shows the progress of one scenario.
pub(crate) struct Meter {
    name: String,
    style: ProgressStyle,
    bar: Option<ProgressBar>,
    clock: Clock,
    /// Which run of the scenario is shown, and when it began.
    run: u32,
    run_began_s: f64,
    last_line_s: f64,
}

impl Meter {
    /// A meter that begins to measure.
    pub(crate) fn start(name: &str, style: &Style) -> Self {
        Self {
            name: name.to_string(),
            style: style.progress,
            bar: None,
            clock: Clock::start(),
            run: 1,
            run_began_s: 0.0,
            last_line_s: 0.0,
        }
    }

    /// Shows how far the run is, if it is time to.
    pub(crate) fn show(&mut self, progress: &Progress) {
        let now_s = self.clock.seconds();
        if progress.run != self.run {
            self.run = progress.run;
            self.run_began_s = now_s;
        }
        match self.style {
            ProgressStyle::None => {}
            ProgressStyle::Lines => {
                if now_s - self.last_line_s >= LINE_EVERY_S {
                    self.last_line_s = now_s;
                    console::note(&format!(
                        "{}: {}",
                        self.name,
                        Line { progress, real_s: now_s - self.run_began_s }
                    ));
                }
            }
            ProgressStyle::Bar => {
                if now_s >= BAR_AFTER_S {
                    let bar = self.bar.get_or_insert_with(|| new_bar(&self.name));
                    bar.set_position((share(progress) * BAR_STEPS as f64) as u64);
                    bar.set_message(Line { progress, real_s: now_s - self.run_began_s }.to_string());
                }
            }
        }
    }

    /// Ends the show with one line on what the last run took.
    pub(crate) fn finish(self, record: &RunRecord) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        match self.style {
            ProgressStyle::None => {}
            ProgressStyle::Lines | ProgressStyle::Bar => {
                console::note(&closing_line(&self.name, record, self.clock.seconds(), self.run));
            }
        }
    }

    /// Ends the show without a word, before an error is told.
    pub(crate) fn abandon(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A bar for a run.
fn new_bar(name: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(BAR_STEPS), ProgressDrawTarget::stderr());
    let style = BarStyle::with_template("{prefix} [{bar:24}] {msg}").expect("the template is well-formed");
    bar.set_style(style.progress_chars("=> "));
    bar.set_prefix(name.to_string());
    bar
}

/// How much of a run is done, 0..=1.
fn share(progress: &Progress) -> f64 {
    let total = progress.duration.as_secs_f64();
    if total > 0.0 { (progress.now.as_secs_f64() / total).min(1.0) } else { 1.0 }
}

/// How far, how fast, how long still.
struct Line<'a> {
    progress: &'a Progress,
    real_s: f64,
}

impl std::fmt::Display for Line<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { progress, real_s } = self;
        if progress.runs > 1 {
            write!(out, "run {} of {}, ", progress.run, progress.runs)?;
        }
        let share = share(progress);
        let now = whole_seconds(progress.now.since(Instant::ZERO));
        write!(out, "{now} of {} ({:.0} %)", progress.duration, share * 100.0)?;
        if *real_s < MEASURABLE_S {
            return Ok(());
        }
        let speedup = progress.now.as_secs_f64() / real_s;
        let rate = Amount(progress.events as f64 / real_s);
        write!(out, ", {speedup:.0}x real time, {rate} events/s")?;
        if share > 0.0 {
            let left_s = real_s * (1.0 - share) / share;
            write!(out, ", {} left", whole_seconds(Duration::from_secs_f64(left_s)))?;
        }
        Ok(())
    }
}

/// What a whole scenario took.
fn closing_line(name: &str, record: &RunRecord, real_s: f64, runs: u32) -> String {
    let simulated = record.simulated;
    let times = if runs > 1 { format!(" {runs} times") } else { String::new() };
    let mut line = format!("{name}: simulated {simulated}{times} in {real_s:.2} s");
    if real_s >= MEASURABLE_S {
        let speedup = simulated.as_secs_f64() * f64::from(runs) / real_s;
        let rate = Amount(record.events as f64 * f64::from(runs) / real_s);
        line.push_str(&format!(": {speedup:.0}x real time, {rate} events/s"));
    }
    line
}

/// A span rounded down to whole seconds, for people.
pub(crate) fn whole_seconds(span: Duration) -> Duration {
    Duration::from_secs(span.as_nanos() / 1_000_000_000)
}

/// A number with three digits at least and a unit prefix.
pub(crate) struct Amount(pub(crate) f64);

impl std::fmt::Display for Amount {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            value if value >= 1e9 => write!(out, "{:.1} G", value / 1e9),
            value if value >= 1e6 => write!(out, "{:.1} M", value / 1e6),
            value if value >= 1e4 => write!(out, "{:.0} k", value / 1e3),
            value if value >= 10.0 => write!(out, "{value:.0}"),
            value => write!(out, "{value:.1}"),
        }
    }
}

/// The real clock.
pub(crate) struct Clock(std::time::Instant);

impl Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "progress tells the user how fast the run is; no result sees it"
    )]
    pub(crate) fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Real seconds since the start.
    #[expect(
        clippy::disallowed_methods,
        reason = "progress tells the user how fast the run is; no result sees it"
    )]
    pub(crate) fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(now_s: u64, events: u64, real_s: f64, runs: u32) -> String {
        let progress = Progress {
            now: Instant::ZERO + Duration::from_secs(now_s),
            duration: Duration::from_secs(1_800),
            events,
            run: 1,
            runs,
        };
        Line { progress: &progress, real_s }.to_string()
    }

    #[test]
    fn a_line_says_how_far_how_fast_and_how_long_still() {
        assert_eq!(
            line(450, 12_345_678, 1.5, 1),
            "7m30s of 30m (25 %), 300x real time, 8.2 M events/s, 4s left"
        );
        assert_eq!(line(0, 1, 0.0, 1), "0s of 30m (0 %)");
        assert_eq!(
            line(1_800, 5, 1.0, 2),
            "run 1 of 2, 30m of 30m (100 %), 1800x real time, 5.0 events/s, 0s left"
        );
    }

    #[test]
    fn amounts_stay_short() {
        for (value, text) in [
            (0.25, "0.2"),
            (12.4, "12"),
            (9_999.0, "9999"),
            (123_456.0, "123 k"),
            (2.5e6, "2.5 M"),
            (3e9, "3.0 G"),
        ] {
            assert_eq!(Amount(value).to_string(), text);
        }
    }
}
