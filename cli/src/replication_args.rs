//! Options of all commands that run a scenario many times.

use crate::error::CliError;
use crate::style::Style;
use cusinart_experiments::{Pool, WarmupPilot, mser5_warmup};
use cusinart_scenarios::Scenario;
use std::str::FromStr;

/// Replications, threads, confidence, warm-up.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Replications")]
pub(crate) struct SamplingArgs {
    /// Confidence of the intervals
    #[arg(long, default_value = "95%", value_name = "PERCENT", value_parser = confidence)]
    pub(crate) confidence: f64,
    /// How much of the start not to count: a time, or mser5 to find it by trial runs [default: the scenario's]
    #[arg(long, value_name = "TIME|mser5")]
    pub(crate) warmup: Option<Warmup>,
    /// Threads; 0 is one for each core
    #[arg(short, long, default_value_t = 0, value_name = "N", env = "CUSINART_JOBS", hide_env_values = true)]
    pub(crate) jobs: usize,
}

impl SamplingArgs {
    /// The options as words of a command; none if they are the usual ones. Threads change no byte of a result.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words = confidence_words(self.confidence);
        match self.warmup {
            None => {}
            Some(Warmup::Mser5) => words.extend(["--warmup".into(), "mser5".into()]),
            Some(Warmup::Fixed(warmup)) => words.extend(["--warmup".into(), warmup.to_string()]),
        }
        words
    }

    /// The threads to run on.
    pub(crate) fn pool(&self) -> Pool {
        Pool::new(self.jobs)
    }

    /// Sets the warm-up of a scenario as asked, and says on stderr what trial runs found.
    ///
    /// # Errors
    /// If the time asked for is not within the run.
    pub(crate) fn set_warmup(&self, scenario: &mut Scenario, style: &Style) -> Result<(), CliError> {
        match &self.warmup {
            None => Ok(()),
            Some(Warmup::Mser5) => {
                let WarmupPilot { warmup, steady } = mser5_warmup(scenario, &self.pool());
                scenario.warmup = warmup;
                let name = &scenario.name;
                if steady {
                    crate::console::say(&format!("{name}: MSER-5 leaves out the first {warmup}"), style);
                } else {
                    let text = "MSER-5 finds no steady state: half of the run would have to go; a scenario whose load \
                                changes has none, so set the warm-up yourself";
                    crate::console::warn(&format!("{name}: {text} (warm-up {warmup})"), style);
                }
                Ok(())
            }
            Some(Warmup::Fixed(warmup)) if *warmup >= scenario.duration => Err(CliError::Usage {
                message: format!(
                    "--warmup {warmup} is not within {}: it lasts {}",
                    scenario.name, scenario.duration
                ),
                hint: "leave some time that counts".into(),
            }),
            Some(Warmup::Fixed(warmup)) => {
                scenario.warmup = *warmup;
                Ok(())
            }
        }
    }
}

/// How much of the start of a run does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Warmup {
    /// Found by MSER-5 in trial runs.
    Mser5,
    /// So much.
    Fixed(cusinart_policies::Duration),
}

impl FromStr for Warmup {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "mser5" {
            return Ok(Self::Mser5);
        }
        let expected = || "expected a time such as 2m, or mser5".to_string();
        cusinart_scenarios::time(text).map(Self::Fixed).ok_or_else(expected)
    }
}

/// How many replications to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replications {
    /// As many as the verdict needs, up to the budget.
    Auto,
    /// So many.
    Fixed(u32),
}

/// Most replications of one command.
const REPLICATIONS_MAX: u32 = 1_000_000;

impl FromStr for Replications {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        match text.parse() {
            Ok(count) if (1..=REPLICATIONS_MAX).contains(&count) => Ok(Self::Fixed(count)),
            Ok(_) | Err(_) => Err(format!("expected auto or a number from 1 to {REPLICATIONS_MAX}")),
        }
    }
}

/// A share between 0 and 100 %, both excluded.
pub(crate) fn confidence(text: &str) -> Result<f64, String> {
    match percent(text) {
        Ok(share) if share > 0.0 && share < 1.0 => Ok(share),
        Ok(_) | Err(_) => Err("expected a share between 0 % and 100 %, such as 95%".into()),
    }
}

/// The option that sets a confidence; none if it is the usual one.
pub(crate) fn confidence_words(confidence: f64) -> Vec<String> {
    if confidence == 0.95 { Vec::new() } else { vec!["--confidence".into(), percent_word(confidence)] }
}

/// A share such as `1%`.
pub(crate) fn percent(text: &str) -> Result<f64, String> {
    let digits = text.strip_suffix('%').ok_or("expected a share in percent, such as 1%")?;
    match digits.trim().parse::<f64>() {
        Ok(percent) if (0.0..=1_000.0).contains(&percent) => Ok(percent / 100.0),
        Ok(_) | Err(_) => Err("expected a share in percent, such as 1%".into()),
    }
}

/// A share as [`percent`] reads it: the shortest text that gives the same number.
pub(crate) fn percent_word(share: f64) -> String {
    let mut words = (0..=17).map(|decimals| format!("{:.decimals$}%", share * 100.0));
    words.find(|word| percent(word) == Ok(share)).unwrap_or_else(|| format!("{}%", share * 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_replications_are_read() {
        assert_eq!("auto".parse(), Ok(Replications::Auto));
        assert_eq!("20".parse(), Ok(Replications::Fixed(20)));
        for wrong in ["0", "-1", "many", "1.5", "", "1000001"] {
            assert!(wrong.parse::<Replications>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn shares_are_written_as_they_were_given() {
        for text in ["1%", "7%", "0.1%", "95%", "99.9%", "0%", "33.3%", "1000%"] {
            assert_eq!(percent(text).map(percent_word), Ok(text.into()));
        }
    }

    #[test]
    fn confidences_lie_between_nothing_and_certainty() {
        assert_eq!(confidence("95%"), Ok(0.95));
        for wrong in ["0%", "100%", "95", "x%", "-5%", "nan%"] {
            assert!(confidence(wrong).is_err(), "{wrong}");
        }
    }
}
