//! Run records to summaries, verdicts, text, JSON and plots.

mod breakers;
mod chain;
mod columns;
mod compare;
mod conformance;
mod control;
mod counterfactual;
mod episode;
mod explain;
mod facts;
mod faults;
mod gate;
mod histories;
pub mod html;
mod human;
mod json;
mod markdown;
mod measure;
mod narrative;
mod openmetrics;
mod overview;
mod page;
mod parquet;
mod perfetto;
mod plot;
mod recovery_times;
mod requests;
mod rows;
mod sample;
mod series;
mod services;
mod sla;
mod stats;
mod store;
mod study;
mod summary;
mod sweep;
mod table;
mod text;
mod truth;
mod validation;
mod warnings;
mod why;

pub use chain::{Chain, Link, LinkName};
pub use columns::{Column, Table, csv};
pub use compare::{
    Arm, ArmRun, ArmSummary, ArmTexts, COMPARE_SCHEMA_VERSION, Change, ComparePlan, Comparison, Difference,
    MetricComparison, Overall, ParetoPoint, Rules, StoredArm, arms_belong_together, compare,
    compare_markdown, compare_table, compare_text, default_objectives, read_arm,
};
pub use conformance::{
    CaseOutcome, Conformance, Mismatch, Tally, VectorCase, conformance_json, conformance_junit,
    conformance_text,
};
pub use control::{ControlSummary, FalseAlarm, HealthyRestart, Mistakes, PlanCounts, ScalingCounts};
pub use counterfactual::{
    Alteration, Explanation, Replay, SlaExplanation, Trial, explain_json, explanation, shell_word,
};
pub use cusinart_scenarios::Unit;
pub use facts::facts_jsonl;
pub use faults::{FaultSummary, Progress};
pub use gate::{
    AgainstBaseline, Baseline, BaselineError, BaselineUse, Commands, FailOn, Finding, GateRules,
    MetricChange, Outcome, Refused, ScenarioVerdict, SlaCheck, TEST_SCHEMA_VERSION, TestReport, TestSettings,
    common_objectives, github_commands, judge_scenario, junit_xml, read_test, test_json, test_markdown,
    test_text,
};
pub use html::{compare_page, run_page, sweep_page, test_page};
pub use human::visible;
pub use json::run_json;
pub use openmetrics::openmetrics;
pub use overview::{OverviewRow, OverviewVerdict, overview_text};
pub use page::{PageLinks, TextStyle};
pub use parquet::parquet;
pub use perfetto::perfetto_json;
pub use plot::{Plot, plots};
pub use recovery_times::{Detection, Recovery, RecoveryOutcome, Times};
pub use requests::{ClientSummary, LatencySummary};
pub use sample::{Point, Sample, Spell, samples};
pub use series::{series, series_csv};
pub use services::{DataLoss, ServiceSummary};
pub use sla::{SlaResult, judge_all};
pub use stats::{
    Estimate, Interval, KaplanMeier, Paired, Truncation, holm, mean_interval, mser5, normal_quantile, paired,
    quantile_interval, spell_interval, spending, t_p_value, t_quantile,
};
pub use store::{StoreError, StoredRun, read_explanation, read_run, record_json};
pub use study::{
    Looks, Method, MetricEstimate, Replication, ReplicationsSummary, SlaVerdict, Study, StudyError, Verdict,
    judge_study, replication_seed, sum_up,
};
pub use summary::{NodeSummary, RunHeader, RunSummary, RunVerdict, SCHEMA_VERSION, summarize};
pub use sweep::{
    BestPoint, Effect, FrontPoint, Gain, Interaction, LevelMean, Matters, MeasuredPoint, MetricEffects,
    MetricPlan, PlannedKnob, PlannedPoint, PointSummary, PointValue, SWEEP_SCHEMA_VERSION, SweepDesign,
    SweepLinks, SweepPlan, SweepSummary, SweptReplication, SweptScenario, measure_replication,
    read_sweep_plan, read_sweep_point, summarize_sweep, sweep_table, sweep_text,
};
pub use text::text;
pub use validation::{
    MetricResult, MetricVerdict, SeedResult, Tier, Validation, ValidationCase, ValidationOutcome,
    ValidationTally, validation_json, validation_junit, validation_markdown, validation_text,
};
pub use why::Reason;
