//! Run records to summaries, verdicts, text, JSON and plots.

mod chain;
mod control;
mod counterfactual;
mod episode;
mod explain;
mod facts;
mod faults;
mod histories;
mod human;
mod json;
mod measure;
mod narrative;
mod plot;
mod recovery_times;
mod requests;
mod rows;
mod sample;
mod series;
mod services;
mod sla;
mod stats;
mod summary;
mod table;
mod text;
mod truth;
mod warnings;
mod why;

pub use chain::{Chain, Link, LinkName};
pub use control::{ControlSummary, FalseAlarm, HealthyRestart, Mistakes, PlanCounts, ScalingCounts};
pub use counterfactual::{
    Change, Explanation, Replay, SlaExplanation, Trial, explain_json, explanation, shell_word,
};
pub use facts::facts_jsonl;
pub use faults::{FaultSummary, Progress};
pub use human::Unit;
pub use json::run_json;
pub use plot::{Plot, plots};
pub use recovery_times::{Detection, Recovery, RecoveryOutcome, Times};
pub use requests::{ClientSummary, LatencySummary};
pub use sample::{Point, Sample, Spell, samples};
pub use series::series_csv;
pub use services::{DataLoss, ServiceSummary};
pub use sla::SlaResult;
pub use stats::{
    Estimate, Interval, KaplanMeier, Paired, Truncation, holm, mean_interval, mser5, normal_quantile, paired,
    quantile_interval, spell_interval, spending, t_p_value, t_quantile, wilson_interval,
};
pub use summary::{NodeSummary, RunHeader, RunSummary, RunVerdict, SCHEMA_VERSION, summarize};
pub use text::{PageLinks, TextStyle, text};
pub use why::Reason;
