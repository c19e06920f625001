//! Scenario files: strict YAML with units, pointed errors and a JSON Schema.

mod distribution;
mod error;
mod expand;
mod load;
mod log;
mod model;
mod overlay;
mod policy;
mod quantity;
mod raw;
mod read;
mod reference;
mod resolve;
mod schema;
mod section;
mod sla;
mod source;
mod sweep;
mod text;
mod toml_tree;
mod tree;
mod units;
mod words;
mod written;
mod yaml;

pub use distribution::Distribution;
pub use error::{Problem, ScenarioError};
pub use expand::{scenario_hash, to_yaml};
pub use load::{cluster_config_from_toml, load, load_cluster_config, load_from, parse, starter};
pub use model::{
    Arrivals, Cache, Call, CallStep, Client, ColdStart, Control, Fault, FaultSpec, HedgeAfter, Hedging,
    InFlight, Jitter, Link, MmppState, Network, NodeSelector, NodeType, Path, Patience, Pick, Place,
    Provisioning, Queues, RateCurve, RequestDeadline, RetryBudget, Rollout, Scenario, Schedule, Service,
    ServiceState, Strikes, WindowBudget,
};
pub use overlay::Overlay;
pub use reference::reference_markdown;
pub use schema::{schema_json, sweep_schema_json};
pub use sla::{
    Anchor, Better, Comparison, During, Expectation, FaultChoice, METRICS, Metric, MetricInfo, Moment,
    Objective, Shift, Sla, Statistic, Subject, SubjectKind, Unit, objective,
};
pub use source::{Source, written_in_full};
pub use sweep::{
    Design, Family, Knob, Level, POINTS_MAX, REPLICATIONS_MAX, Range, Scale, Sweep, Values, load_sweep,
    parse_sweep, vary, vary_arms,
};
pub use units::time;
pub use written::Written;
