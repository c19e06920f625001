//! A sweep as the rest of the program sees it.

use super::quantity::{Family, Quantity};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Most points of a design: as many as a Sobol sequence of 16 bits has.
pub const POINTS_MAX: u64 = 1 << 16;
/// Most replications of a point.
pub const REPLICATIONS_MAX: u32 = 10_000;
/// Significant digits of a value between the ends of a range: fine enough for any design, short enough to read.
const DIGITS: usize = 4;
/// Significant digits of a value that is a whole number of steps away from the start of a range. Hides the error of
/// binary floats: three steps of 0.1 are 0.3.
const STEP_DIGITS: usize = 12;

/// A sweep file.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// The scenario file, as seen from where the sweep file was named.
    pub scenario: PathBuf,
    /// Which points are tried.
    pub design: Design,
    /// Replications of each point, with seeds common to all points. From 1 to [`REPLICATIONS_MAX`], default 4.
    pub replications: u32,
    /// Seed of the first replication and of the design. `None` is the scenario's own.
    pub seed: Option<u64>,
    /// What is varied, in the order of the file. Never empty.
    pub knobs: Vec<Knob>,
    /// What is measured, as written; empty for what the SLAs measure, and the cost.
    pub metrics: Vec<String>,
}

/// Which points of the space of settings are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Design {
    /// Every combination; the last knob varies fastest.
    Grid,
    /// Independent uniform points.
    Random {
        /// How many. From 1 to [`POINTS_MAX`], default 64.
        points: u32,
    },
    /// An Owen-scrambled Sobol sequence: points that fill the space evenly, best with a power of two of them.
    Sobol {
        /// How many. From 1 to [`POINTS_MAX`], default 64.
        points: u32,
    },
}

/// One setting that is varied.
#[derive(Clone, Debug, PartialEq)]
pub struct Knob {
    /// Path in the scenario: `control.health_monitor.period`.
    pub path: String,
    /// What its values count; `None` if they are not all numbers of one kind.
    pub family: Option<Family>,
    /// Its values.
    pub values: Values,
}

/// The values of a knob.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// These, in order. Never empty, each once.
    Listed(Vec<Level>),
    /// A stretch of numbers.
    Range(Range),
}

/// One value of a knob.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// As an overlay writes it, in YAML on one line: `5s`, `{ round_robin: {} }`.
    pub text: String,
    /// The value in the base unit of the knob's family; `None` if the knob has none.
    pub number: Option<f64>,
}

/// A stretch of numbers of one family, in its base unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// What the numbers count.
    pub family: Family,
    /// Least value.
    pub from: f64,
    /// Greatest value; above `from`.
    pub to: f64,
    /// How values lie between the ends.
    pub scale: Scale,
}

/// How values lie between the ends of a range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// Any value, evenly.
    Linear,
    /// Any value, evenly in the logarithm. The ends are above zero.
    Log,
    /// Whole steps from the start: so many values, so far apart.
    Steps {
        /// Number of values, at least 2.
        count: u32,
        /// Distance.
        step: f64,
    },
    /// So many values, evenly in the logarithm.
    LogSteps {
        /// Number of values, at least 2.
        count: u32,
    },
}

impl Knob {
    /// The values one by one; `None` for a range without steps.
    pub fn levels(&self) -> Option<Vec<Level>> {
        match &self.values {
            Values::Listed(levels) => Some(levels.clone()),
            Values::Range(range) => {
                let mut levels: Vec<Level> = (0..range.steps()?).map(|index| range.step(index)).collect();
                // Whole numbers that are asked for in more steps than there are.
                levels.dedup();
                Some(levels)
            }
        }
    }

    /// The value at a place in the unit interval: 0 is the first one; 1 itself is not in it, and counts as the last.
    pub fn at(&self, place: f64) -> Level {
        match &self.values {
            Values::Listed(levels) => levels[index(place, levels.len() as u32) as usize].clone(),
            Values::Range(range) => match range.steps() {
                Some(count) => range.step(index(place, count)),
                None => range.between(place),
            },
        }
    }
}

impl Range {
    /// The number of single values, if the range has such.
    fn steps(&self) -> Option<u32> {
        match self.scale {
            Scale::Linear | Scale::Log => None,
            Scale::Steps { count, .. } | Scale::LogSteps { count } => Some(count),
        }
    }

    fn step(&self, index: u32) -> Level {
        match self.scale {
            Scale::Steps { step, .. } => {
                self.level((self.from + f64::from(index) * step).min(self.to), STEP_DIGITS)
            }
            Scale::LogSteps { count } => self.between(f64::from(index) / f64::from(count - 1)),
            Scale::Linear | Scale::Log => self.between(0.0),
        }
    }

    fn between(&self, place: f64) -> Level {
        if place <= 0.0 || place >= 1.0 {
            return self.level(if place <= 0.0 { self.from } else { self.to }, STEP_DIGITS);
        }
        let value = match self.scale {
            Scale::Linear | Scale::Steps { .. } => self.from + place * (self.to - self.from),
            Scale::Log | Scale::LogSteps { .. } => {
                let (low, high) = (libm::log(self.from), libm::log(self.to));
                libm::exp(low + place * (high - low))
            }
        };
        self.level(value, DIGITS)
    }

    fn level(&self, value: f64, digits: usize) -> Level {
        let unit = self.family.usual_unit();
        let rounded = round(value / unit, digits) * unit;
        let rounded = self.family.rounded(rounded).clamp(self.from, self.to);
        Level { text: Quantity { value: rounded, family: self.family }.to_string(), number: Some(rounded) }
    }
}

/// The position of a place among `count` equal parts of the unit interval.
fn index(place: f64, count: u32) -> u32 {
    ((place.max(0.0) * f64::from(count)) as u32).min(count - 1)
}

/// A number with so many significant digits.
fn round(value: f64, digits: usize) -> f64 {
    format!("{value:.0$e}", digits - 1).parse().expect("a number in this form is one")
}
