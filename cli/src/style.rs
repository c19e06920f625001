//! Colour, width and the ways to show progress: decided once from arguments, environment and terminal.

use crate::args::{ColorChoice, ProgressChoice};
use std::io::IsTerminal;

/// Width of a page that is not shown on a terminal.
const PAGE_COLUMNS: usize = 100;
/// Narrowest page that still holds the tables.
const PAGE_COLUMNS_MIN: usize = 60;

/// Settings of the environment that concern output. Unset and empty are the same, as <https://no-color.org> asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Environment {
    /// `NO_COLOR`: no colour.
    pub(crate) no_color: bool,
    /// `CLICOLOR_FORCE`: colour even without a terminal.
    pub(crate) force_color: bool,
    /// `TERM=dumb`: a terminal that neither colours nor moves its cursor.
    pub(crate) dumb: bool,
    /// `CI`: output is kept in a log.
    pub(crate) ci: bool,
}

impl Environment {
    /// Reads the settings of this process.
    pub(crate) fn read() -> Self {
        Self {
            no_color: variable("NO_COLOR").is_some(),
            force_color: variable("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
            dumb: variable("TERM").is_some_and(|value| value == "dumb"),
            ci: variable("CI").is_some_and(|value| value != "false" && value != "0"),
        }
    }

    /// Whether to colour.
    pub(crate) fn color(&self, choice: ColorChoice, is_terminal: bool) -> bool {
        match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto if self.no_color => false,
            ColorChoice::Auto if self.force_color => true,
            ColorChoice::Auto => is_terminal && !self.dumb,
        }
    }

    /// How to show progress: a bar needs a terminal.
    pub(crate) fn progress(&self, choice: ProgressChoice, quiet: bool, is_terminal: bool) -> ProgressStyle {
        let can_draw = is_terminal && !self.dumb;
        match choice {
            _ if quiet => ProgressStyle::None,
            ProgressChoice::None => ProgressStyle::None,
            ProgressChoice::Lines => ProgressStyle::Lines,
            ProgressChoice::Bar if can_draw => ProgressStyle::Bar,
            ProgressChoice::Bar => ProgressStyle::Lines,
            ProgressChoice::Auto if can_draw && !self.ci => ProgressStyle::Bar,
            ProgressChoice::Auto => ProgressStyle::Lines,
        }
    }
}

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProgressStyle {
    /// A bar that is drawn over and over.
    Bar,
    /// A line now and then.
    Lines,
    /// Not at all.
    None,
}

/// How this process shows things.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// Whether the result on stdout is coloured.
    pub(crate) stdout_color: bool,
    /// Whether messages on stderr are coloured.
    pub(crate) stderr_color: bool,
    /// Width of the result in columns.
    pub(crate) columns: usize,
    /// How progress is shown.
    pub(crate) progress: ProgressStyle,
    /// Whether notes on stderr are left out.
    pub(crate) quiet: bool,
}

impl Style {
    /// Decides from the arguments, the environment and what stdout and stderr are.
    pub(crate) fn decide(color: ColorChoice, progress: ProgressChoice, quiet: bool) -> Self {
        let environment = Environment::read();
        let (out, err) = (std::io::stdout().is_terminal(), std::io::stderr().is_terminal());
        Self {
            stdout_color: environment.color(color, out),
            stderr_color: environment.color(color, err),
            columns: columns(out),
            progress: environment.progress(progress, quiet, err),
            quiet,
        }
    }
}

/// Width of the terminal behind stdout.
fn columns(is_terminal: bool) -> usize {
    match terminal_size::terminal_size() {
        Some((width, _)) if is_terminal => usize::from(width.0).max(PAGE_COLUMNS_MIN),
        Some(_) | None => PAGE_COLUMNS,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "colour and progress follow the user's terminal, results do not"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_follows_the_argument_then_the_environment_then_the_terminal() {
        let plain = Environment::default();
        let no_color = Environment { no_color: true, force_color: true, ..plain.clone() };
        let forced = Environment { force_color: true, ..plain.clone() };
        let dumb = Environment { dumb: true, ..plain.clone() };
        for (environment, choice, is_terminal, expected) in [
            (&plain, ColorChoice::Auto, true, true),
            (&plain, ColorChoice::Auto, false, false),
            (&no_color, ColorChoice::Auto, true, false),
            (&no_color, ColorChoice::Always, false, true),
            (&forced, ColorChoice::Auto, false, true),
            (&forced, ColorChoice::Never, true, false),
            (&dumb, ColorChoice::Auto, true, false),
        ] {
            assert_eq!(
                environment.color(choice, is_terminal),
                expected,
                "{environment:?} {choice:?} {is_terminal}"
            );
        }
    }

    #[test]
    fn a_bar_is_drawn_only_where_it_can_be() {
        let plain = Environment::default();
        let ci = Environment { ci: true, ..plain.clone() };
        let dumb = Environment { dumb: true, ..plain.clone() };
        for (environment, choice, quiet, is_terminal, expected) in [
            (&plain, ProgressChoice::Auto, false, true, ProgressStyle::Bar),
            (&plain, ProgressChoice::Auto, false, false, ProgressStyle::Lines),
            (&ci, ProgressChoice::Auto, false, true, ProgressStyle::Lines),
            (&ci, ProgressChoice::Bar, false, true, ProgressStyle::Bar),
            (&dumb, ProgressChoice::Bar, false, true, ProgressStyle::Lines),
            (&plain, ProgressChoice::Bar, true, true, ProgressStyle::None),
            (&plain, ProgressChoice::None, false, true, ProgressStyle::None),
        ] {
            assert_eq!(
                environment.progress(choice, quiet, is_terminal),
                expected,
                "{environment:?} {choice:?}"
            );
        }
    }
}
