//! `sweep.json`: the design in full. It is written before the first run; when the sweep goes on, only how it was called
//! may change.

use cusinart_record::hash64;
use cusinart_scenarios::Unit;
use cusinart_scenarios::{Design, Family, Level};
use serde::{Deserialize, Serialize};

/// Version of the form of a sweep's files.
pub const SWEEP_SCHEMA_VERSION: u32 = 1;

/// All that decides what a sweep finds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweepPlan {
    /// Version of the form of the files, [`SWEEP_SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Always `sweep`: marks the directory.
    pub kind: String,
    /// Version of the program; another one may simulate something else.
    pub program: String,
    /// Hash of everything below but the command and the scenario's path, in 16 hexadecimal digits.
    pub hash: String,
    /// The command that was given; no part of the hash.
    pub command: String,
    /// What is varied.
    pub scenario: SweptScenario,
    /// How the points were chosen.
    pub design: SweepDesign,
    /// The settings that are varied.
    pub knobs: Vec<PlannedKnob>,
    /// What is measured.
    pub metrics: Vec<MetricPlan>,
    /// The points, in order. The first one, number 0, is the scenario as it stands.
    pub points: Vec<PlannedPoint>,
}

/// The scenario of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweptScenario {
    /// Its name.
    pub name: String,
    /// Its path, as it was given.
    pub file: String,
    /// What was laid over all points, as `path=value`.
    pub set: Vec<String>,
    /// Its SLAs.
    pub slas: Vec<String>,
}

/// How the points of a sweep were chosen, and how often each one runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweepDesign {
    /// The design.
    pub points: Design,
    /// Seed of the first replication, and of a random or Sobol design.
    pub seed: u64,
    /// Replications of each point.
    pub replications: u32,
}

/// A setting that is varied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedKnob {
    /// Path in the scenario.
    pub path: String,
    /// What its values count, if they are numbers.
    pub family: Option<Family>,
    /// Its values, if they can be listed.
    pub levels: Option<Vec<Level>>,
    /// Least and greatest value of a range, as written.
    pub range: Option<(String, String)>,
}

/// What is measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricPlan {
    /// In normal form: `latency.p99(shoppers)`.
    pub objective: String,
    /// Unit of its values.
    pub unit: Unit,
    /// The limit that the first SLA about it sets, in its base unit.
    pub limit: Option<f64>,
    /// Whether its values may be known only to be at least so great, as times that never came are.
    pub may_be_censored: bool,
}

/// One point of a design.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedPoint {
    /// Its number, from 0.
    pub point: u32,
    /// Hash of the scenario with its settings.
    pub scenario_hash: String,
    /// The value of each knob; empty for the scenario as it stands.
    pub settings: Vec<Level>,
}

impl SweepPlan {
    /// The plan with its hash.
    pub fn sealed(mut self) -> Self {
        self.hash = String::new();
        let file = std::mem::take(&mut self.scenario.file);
        let command = std::mem::take(&mut self.command);
        let content = serde_json::to_vec(&self).expect("a plan is plain data with string keys");
        self.hash = format!("{:016x}", hash64(&content));
        self.scenario.file = file;
        self.command = command;
        self
    }

    /// As it is stored: one line per point, with a newline at the end.
    pub fn to_json(&self) -> String {
        let head = Self { points: Vec::new(), ..self.clone() };
        let text = serde_json::to_string_pretty(&head).expect("a plan is plain data with string keys");
        let points: Vec<String> = self.points.iter().map(line).collect();
        let list = format!("\"points\": [\n    {}\n  ]", points.join(",\n    "));
        // The list of points is the last field, so the last such text is it, whatever names hold.
        match text.rsplit_once("\"points\": []") {
            Some((before, after)) => format!("{before}{list}{after}\n"),
            None => text + "\n",
        }
    }

    /// The settings of a point as assignments `path=value`.
    pub fn assignments(&self, point: &PlannedPoint) -> Vec<String> {
        let knobs = self.knobs.iter().zip(&point.settings);
        knobs.map(|(knob, level)| format!("{}={}", knob.path, level.text)).collect()
    }
}

fn line(point: &PlannedPoint) -> String {
    serde_json::to_string(point).expect("a point is plain data with string keys")
}
